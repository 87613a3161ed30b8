// Package iam is IAM in the AWS double: roles, as far as kumoban's guidance and fixes use
// them.
package iam

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
)

func Operations() []*service.Operation {
	operation := func(name string, write bool, do func(*service.Request) (any, error)) *service.Operation {
		return &service.Operation{
			Service: "iam", Signing: "iam", Version: "2010-05-08", Name: name, Protocol: service.Query, Write: write, Do: do,
			Resource: roleARN, Busy: &service.Error{Status: 409, Code: "ConcurrentModification"},
		}
	}
	return []*service.Operation{
		operation("CreateRole", true, createRole),
		operation("GetRole", false, getRole),
		operation("UpdateAssumeRolePolicy", true, updateAssumeRolePolicy),
		operation("AttachRolePolicy", true, attachRolePolicy),
		operation("ListAttachedRolePolicies", false, listAttachedRolePolicies),
	}
}

// roleARN is what IAM judges: the role with its path, which of a role that is
// there, or will be, is more than the request's name.
func roleARN(r *service.Request) string {
	name := r.Form.Get("RoleName")
	if x := roleByName(r, name); x != nil {
		return x.Arn
	}
	path := r.Form.Get("Path")
	if path == "" {
		path = "/"
	}
	return "arn:" + world.Partition(r.Region.Name) + ":iam::" + r.Account.ID + ":role" + path + name
}

type roleXML struct {
	Path, RoleName, RoleId, Arn, CreateDate, AssumeRolePolicyDocument string
	Description                                                       string `xml:",omitempty"`
	MaxSessionDuration                                                int
	PermissionsBoundary                                               *world.Boundary `xml:",omitempty"`
	Tags                                                              []world.Tag     `xml:"Tags>member,omitempty"`
}

type roleResult struct{ Role roleXML }

func showRole(x *world.Role) roleResult {
	out := roleXML{
		Path: x.Path, RoleName: x.RoleName, RoleId: x.RoleID, Arn: x.Arn, Description: x.Description,
		CreateDate: x.CreateDate.UTC().Format("2006-01-02T15:04:05Z"), MaxSessionDuration: 3600, Tags: x.Tags,
		PermissionsBoundary: x.PermissionsBoundary,
	}
	if x.AssumeRolePolicyDocument != nil {
		out.AssumeRolePolicyDocument = url.PathEscape(x.AssumeRolePolicyDocument.Text)
	}
	return roleResult{out}
}

func createRole(r *service.Request) (any, error) {
	if err := r.FormOnly("RoleName", "Path", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"); err != nil {
		return nil, err
	}
	name, document := r.Form.Get("RoleName"), r.Form.Get("AssumeRolePolicyDocument")
	if !regexp.MustCompile(`^[\w+=,.@-]{1,64}$`).MatchString(name) {
		return nil, service.Refuse("ValidationError", "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-")
	}
	if roleByName(r, name) != nil {
		return nil, &service.Error{Status: 409, Code: "EntityAlreadyExists", Message: "Role with name " + name + " already exists."}
	}
	if d := r.Form.Get("MaxSessionDuration"); d != "" {
		if n, err := strconv.Atoi(d); err != nil || n < 3600 || n > 43200 {
			return nil, service.Refuse("ValidationError", "Value at 'maxSessionDuration' failed to satisfy constraint")
		}
	}
	if err := checkTrust(document); err != nil {
		return nil, err
	}
	if path := r.Form.Get("Path"); path != "" && !regexp.MustCompile(`^(/|/[!-~]{1,510}/)$`).MatchString(path) {
		return nil, service.Refuse("ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	boundary, err := boundary(r)
	if err != nil {
		return nil, err
	}
	x := &world.Role{
		PermissionsBoundary: boundary,
		RoleName:            name, Path: r.Form.Get("Path"), Description: r.Form.Get("Description"), Tags: formTags(r),
		AssumeRolePolicyDocument: &world.Document{Text: document}, CreateDate: &world.ISO{Time: r.Now},
	}
	r.Region.CompleteRole(x)
	r.Account.Roles = append(r.Account.Roles, x)
	return showRole(x), nil
}

// boundary is the permissions boundary of a role to be made. The double keeps no
// policies of customers: it takes those of the account to be there.
func boundary(r *service.Request) (*world.Boundary, error) {
	arn := r.Form.Get("PermissionsBoundary")
	if arn == "" {
		return nil, nil
	}
	iam := "arn:" + world.Partition(r.Region.Name) + ":iam::"
	name, aws := strings.CutPrefix(arn, iam+"aws:policy/")
	if !strings.HasPrefix(arn, iam+r.Account.ID+":policy/") && (!aws || !slices.Contains(managedPolicies(), name)) {
		return nil, noSuchEntity("Scope ARN: " + arn + " does not exist or is not attachable.")
	}
	return &world.Boundary{PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: arn}, nil
}

func checkTrust(document string) error {
	if p, err := world.ParsePolicy(document); err != nil || len(p.Statements) == 0 {
		return service.Refuse("MalformedPolicyDocument", "This policy contains invalid Json")
	}
	return nil
}

// formTags reads Tags.member.1.Key and so on.
func formTags(r *service.Request) (tags []world.Tag) {
	for i := 1; ; i++ {
		key := "Tags.member." + strconv.Itoa(i)
		if !r.Form.Has(key + ".Key") {
			return tags
		}
		tags = append(tags, world.Tag{Key: r.Form.Get(key + ".Key"), Value: r.Form.Get(key + ".Value")})
	}
}

func roleByName(r *service.Request, name string) *world.Role {
	for _, x := range r.Account.Roles {
		if x.RoleName == name {
			return x
		}
	}
	return nil
}

func role(r *service.Request) (*world.Role, error) {
	name := r.Form.Get("RoleName")
	if x := roleByName(r, name); x != nil {
		return x, nil
	}
	return nil, noSuchEntity("The role with name " + name + " cannot be found.")
}

func noSuchEntity(message string) *service.Error {
	return &service.Error{Status: 404, Code: "NoSuchEntity", Message: message}
}

func getRole(r *service.Request) (any, error) {
	if err := r.FormOnly("RoleName"); err != nil {
		return nil, err
	}
	x, err := role(r)
	if err != nil {
		return nil, err
	}
	return showRole(x), nil
}

func updateAssumeRolePolicy(r *service.Request) (any, error) {
	if err := r.FormOnly("RoleName", "PolicyDocument"); err != nil {
		return nil, err
	}
	x, err := role(r)
	if err != nil {
		return nil, err
	}
	document := r.Form.Get("PolicyDocument")
	if err := checkTrust(document); err != nil {
		return nil, err
	}
	x.AssumeRolePolicyDocument = &world.Document{Text: document}
	return nil, nil
}

// managedPolicies are the AWS managed policies that the double knows; each has
// its path, which is easily forgotten.
func managedPolicies() []string {
	return []string{
		"service-role/AmazonAPIGatewayPushToCloudWatchLogs", "AmazonAPIGatewayAdministrator", "AmazonAPIGatewayInvokeFullAccess",
		"AdministratorAccess", "ReadOnlyAccess", "SecurityAudit", "job-function/ViewOnlyAccess",
	}
}

func attachRolePolicy(r *service.Request) (any, error) {
	if err := r.FormOnly("RoleName", "PolicyArn"); err != nil {
		return nil, err
	}
	x, err := role(r)
	if err != nil {
		return nil, err
	}
	arn := r.Form.Get("PolicyArn")
	name, managed := strings.CutPrefix(arn, "arn:"+world.Partition(r.Region.Name)+":iam::aws:policy/")
	if !managed || !slices.Contains(managedPolicies(), name) {
		return nil, noSuchEntity("Policy " + arn + " does not exist or is not attachable.")
	}
	if !slices.ContainsFunc(x.AttachedPolicies, func(p world.AttachedPolicy) bool { return p.PolicyArn == arn }) {
		x.AttachedPolicies = append(x.AttachedPolicies, world.AttachedPolicy{PolicyArn: arn})
		r.Region.CompleteRole(x)
	}
	return nil, nil
}

func listAttachedRolePolicies(r *service.Request) (any, error) {
	if err := r.FormOnly("RoleName"); err != nil {
		return nil, err
	}
	x, err := role(r)
	if err != nil {
		return nil, err
	}
	return struct {
		AttachedPolicies []world.AttachedPolicy `xml:"AttachedPolicies>member"`
		IsTruncated      bool
	}{AttachedPolicies: x.AttachedPolicies}, nil
}
