// Package logs is CloudWatch Logs in the AWS double: log groups, what they hold, and who
// may write into them.
package logs

import (
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/kms"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

// operation declares one of them.
func operation(name string, write bool, resource func(*service.Request) string, do func(*service.Request) (any, error)) *service.Operation {
	o := service.NewJSON("logs", name, write, resource, do)
	o.Busy = &service.Error{Status: 400, Code: "OperationAbortedException"}
	return o
}

// Operations are all operations of the service.
func Operations() []*service.Operation {
	// IAM judges log groups by their ARN with a log stream, which a policy's
	// ":*" covers, and tags by the ARN without.
	group := func(r *service.Request) string {
		return r.Region.AccountARN("logs", "log-group:"+r.Field("logGroupName")+":log-stream:")
	}
	tagged := func(r *service.Request) string { return r.Field("resourceArn") }
	every := func(r *service.Request) string { return r.Region.AccountARN("logs", "log-group::log-stream:") }
	return []*service.Operation{
		operation("CreateLogGroup", true, group, createLogGroup),
		operation("DeleteLogGroup", true, group, deleteLogGroup),
		operation("PutRetentionPolicy", true, group, putRetentionPolicy),
		operation("DeleteRetentionPolicy", true, group, deleteRetentionPolicy),
		operation("DescribeLogGroups", false, every, describeLogGroups),
		operation("AssociateKmsKey", true, group, associateKmsKey),
		operation("DisassociateKmsKey", true, group, disassociateKmsKey),
		operation("ListTagsForResource", false, tagged, listLogTags),
		operation("TagResource", true, tagged, tagLogs),
		operation("PutSubscriptionFilter", true, group, putSubscriptionFilter),
		operation("DescribeSubscriptionFilters", false, group, describeSubscriptionFilters),
		operation("CreateLogStream", true, group, createLogStream),
		operation("PutLogEvents", false, group, putLogEvents),
		operation("DescribeLogStreams", false, group, describeLogStreams),
		operation("FilterLogEvents", false, group, filterLogEvents),
		operation("PutResourcePolicy", true, nil, putResourcePolicy),
		operation("DescribeResourcePolicies", false, nil, describeResourcePolicies),
	}
}

func badLogs(message string) *service.Error {
	return service.Refuse("InvalidParameterException", message)
}

func missingLogs(message string) *service.Error {
	return service.Refuse("ResourceNotFoundException", message)
}

func createLogGroup(r *service.Request) (any, error) {
	var in struct {
		LogGroupName              string            `json:"logGroupName"`
		KmsKeyID                  string            `json:"kmsKeyId"`
		Tags                      map[string]string `json:"tags"`
		LogGroupClass             string            `json:"logGroupClass"`
		DeletionProtectionEnabled *bool             `json:"deletionProtectionEnabled"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if !regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`).MatchString(in.LogGroupName) {
		return nil, badLogs("1 validation error detected: Value at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+")
	}
	if r.Region.LogGroup(in.LogGroupName) != nil {
		return nil, service.Refuse("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	if !slices.Contains([]string{"", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"}, in.LogGroupClass) {
		return nil, badLogs("1 validation error detected: Value '" + in.LogGroupClass + "' at 'logGroupClass' failed to satisfy constraint")
	}
	g := &world.LogGroup{LogGroupName: in.LogGroupName, CreationTime: r.Now.UnixMilli(), LogGroupClass: in.LogGroupClass,
		DeletionProtectionEnabled: in.DeletionProtectionEnabled, Tags: in.Tags}
	r.Region.CompleteLogGroup(g)
	if in.KmsKeyID != "" {
		if err := useKey(r, g, in.KmsKeyID); err != nil {
			return nil, err
		}
	}
	r.Region.LogGroups = append(r.Region.LogGroups, g)
	return nil, nil
}

func logGroup(r *service.Request, name string) (*world.LogGroup, error) {
	if g := r.Region.LogGroup(name); g != nil {
		return g, nil
	}
	return nil, missingLogs("The specified log group does not exist.")
}

func deleteLogGroup(r *service.Request) (any, error) {
	var in struct {
		LogGroupName string `json:"logGroupName"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if g.DeletionProtectionEnabled != nil && *g.DeletionProtectionEnabled {
		return nil, service.Refuse("ValidationException", "The log group is protected from deletion")
	}
	r.Region.LogGroups = slices.DeleteFunc(r.Region.LogGroups, func(x *world.LogGroup) bool { return x == g })
	return nil, nil
}

func putRetentionPolicy(r *service.Request) (any, error) {
	var in struct {
		LogGroupName    string `json:"logGroupName"`
		RetentionInDays int    `json:"retentionInDays"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	days := []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
	if !slices.Contains(days, in.RetentionInDays) {
		return nil, badLogs("1 validation error detected: Value at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set")
	}
	g.RetentionInDays = &in.RetentionInDays
	return nil, nil
}

func deleteRetentionPolicy(r *service.Request) (any, error) {
	var in struct {
		LogGroupName string `json:"logGroupName"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	g.RetentionInDays = nil
	return nil, nil
}

func describeLogGroups(r *service.Request) (any, error) {
	var in struct {
		LogGroupNamePrefix  string `json:"logGroupNamePrefix"`
		LogGroupNamePattern string `json:"logGroupNamePattern"`
		NextToken           string `json:"nextToken"`
		Limit               *int   `json:"limit"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.LogGroupNamePrefix != "" && in.LogGroupNamePattern != "" {
		return nil, badLogs("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	size := 50
	if in.Limit != nil {
		size = *in.Limit
	}
	if size < 1 || size > 50 {
		return nil, badLogs("1 validation error detected: Value at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50")
	}
	list := []*world.LogGroup{}
	for _, g := range r.Region.LogGroups {
		if strings.HasPrefix(g.LogGroupName, in.LogGroupNamePrefix) && strings.Contains(g.LogGroupName, in.LogGroupNamePattern) {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b *world.LogGroup) int { return strings.Compare(a.LogGroupName, b.LogGroupName) })
	page, next, ok := service.Page(list, "loggroups"+r.Account.ID+r.Region.Name+in.LogGroupNamePrefix, in.NextToken, size)
	if !ok {
		return nil, badLogs("The specified nextToken is invalid.")
	}
	return struct {
		LogGroups []*world.LogGroup `json:"logGroups"`
		NextToken string            `json:"nextToken,omitempty"`
	}{page, next}, nil
}

func associateKmsKey(r *service.Request) (any, error) {
	var in struct {
		LogGroupName       string `json:"logGroupName"`
		KmsKeyID           string `json:"kmsKeyId"`
		ResourceIdentifier string `json:"resourceIdentifier"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if (in.LogGroupName == "") == (in.ResourceIdentifier == "") {
		return nil, badLogs("Exactly one of logGroupName and resourceIdentifier must be specified.")
	}
	g, err := logGroup(r, in.LogGroupName+in.ResourceIdentifier)
	if err != nil {
		return nil, err
	}
	return nil, useKey(r, g, in.KmsKeyID)
}

func disassociateKmsKey(r *service.Request) (any, error) {
	var in struct {
		LogGroupName string `json:"logGroupName"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	g, err := logGroup(r, in.LogGroupName)
	if err != nil {
		return nil, err
	}
	g.KmsKeyID = nil
	return nil, nil
}

// useKey needs the ARN of an enabled symmetric key whose policy lets CloudWatch
// Logs of this Region use it, and for this log group if the policy names any. A
// policy that does not is refused as a lack of permission, in the same words.
func useKey(r *service.Request, g *world.LogGroup, arn string) error {
	k := kms.Find(r, arn)
	if k == nil || k.Arn != arn || !k.Enabled || k.KeySpec != "SYMMETRIC_DEFAULT" {
		return badLogs("The specified KMS Key Id could not be found.")
	}
	if !servesLogs(r, k, g) {
		return service.Refuse("AccessDeniedException", "The specified KMS key does not exist or is not allowed to be used with Arn '"+g.LogGroupArn+"'")
	}
	g.KmsKeyID = &arn
	return nil
}

func servesLogs(r *service.Request, k *world.Key, g *world.LogGroup) bool {
	p, err := world.ParsePolicy(k.Policy.Text)
	if err != nil {
		return false
	}
	covers := func(s world.Statement, effect string) bool {
		if s.Effect != effect || !slices.Contains(s.Principals["Service"], "logs."+r.Region.Name+".amazonaws.com") && !slices.Contains(s.Principals["AWS"], "*") {
			return false
		}
		named := slices.DeleteFunc(slices.Clone(s.ConditionValues), func(v string) bool { return !strings.Contains(v, ":logs:") })
		return len(named) == 0 || slices.ContainsFunc(named, func(v string) bool { return world.Like(v, g.LogGroupArn) })
	}
	for _, action := range []string{"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"} {
		allowed := slices.ContainsFunc(p.Statements, func(s world.Statement) bool { return covers(s, "Allow") && s.Covers(action) })
		denied := slices.ContainsFunc(p.Statements, func(s world.Statement) bool { return covers(s, "Deny") && s.Covers(action) })
		if !allowed || denied {
			return false
		}
	}
	return true
}

// putResourcePolicy keeps at most ten policies of at most 5,120 characters.
func putResourcePolicy(r *service.Request) (any, error) {
	var in struct {
		PolicyName     string `json:"policyName"`
		PolicyDocument string `json:"policyDocument"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.PolicyName == "" || in.PolicyDocument == "" || len(in.PolicyDocument) > 5120 {
		return nil, badLogs("1 validation error detected: Value at 'policyDocument' failed to satisfy constraint: Member must have length less than or equal to 5120")
	}
	if _, err := world.ParsePolicy(in.PolicyDocument); err != nil {
		return nil, badLogs("The policy document is not valid")
	}
	p := &world.ResourcePolicy{PolicyName: in.PolicyName, PolicyDocument: in.PolicyDocument, LastUpdatedTime: r.Now.UnixMilli(), PolicyScope: "ACCOUNT"}
	i := slices.IndexFunc(r.Region.ResourcePolicies, func(x *world.ResourcePolicy) bool { return x.PolicyName == p.PolicyName })
	switch {
	case i >= 0:
		r.Region.ResourcePolicies[i] = p
	case len(r.Region.ResourcePolicies) >= 10:
		return nil, service.Refuse("LimitExceededException", "Resource limit exceeded.")
	default:
		r.Region.ResourcePolicies = append(r.Region.ResourcePolicies, p)
	}
	return struct {
		ResourcePolicy *world.ResourcePolicy `json:"resourcePolicy"`
	}{p}, nil
}

func describeResourcePolicies(r *service.Request) (any, error) {
	var in struct {
		Limit *int `json:"limit"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	list := r.Region.ResourcePolicies
	if list == nil {
		list = []*world.ResourcePolicy{}
	}
	return struct {
		ResourcePolicies []*world.ResourcePolicy `json:"resourcePolicies"`
	}{list}, nil
}
