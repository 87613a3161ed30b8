package world

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Role is an IAM role as GetRole returns it, with the managed policies that
// are attached to it.
type Role struct {
	RoleName    string
	Path        string
	RoleID      string `json:"RoleId"`
	Arn         string
	CreateDate  *ISO
	Description string
	// AssumeRolePolicyDocument is the trust policy; a fixture may give the
	// document itself or its text. None: nobody may assume the role.
	AssumeRolePolicyDocument *Document
	// AttachedPolicies as ListAttachedRolePolicies returns them.
	AttachedPolicies    []AttachedPolicy
	PermissionsBoundary *Boundary
	Tags                []Tag
}

// Boundary is a role's permissions boundary as GetRole returns it.
type Boundary struct{ PermissionsBoundaryType, PermissionsBoundaryArn string }

// Tag is a tag as IAM writes it.
type Tag struct{ Key, Value string }

// AttachedPolicy is a managed policy on a role.
type AttachedPolicy struct {
	PolicyName string
	PolicyArn  string
}

// Document is a policy document.
type Document struct{ Text string }

// UnmarshalJSON reads a document or its text.
func (d *Document) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &d.Text) == nil {
		return nil
	}
	d.Text = string(b)
	return nil
}

// MarshalJSON writes the document as text, as AWS does.
func (d Document) MarshalJSON() ([]byte, error) { return json.Marshal(d.Text) }

// Policy is what the double understands of a policy document.
type Policy struct{ Statements []Statement }

// Statement is one statement of a policy.
type Statement struct {
	Effect string
	// Principals by kind: "AWS", "Service", …; "*" alone is kind "AWS".
	Principals map[string][]string
	Actions    []string
	// ConditionValues are the values of every condition, whatever its key.
	ConditionValues []string
	// ExternalIDs are those of which a caller has to name one; none: it need not.
	ExternalIDs []string
}

// ParsePolicy reads a policy document; it fails on what IAM calls malformed.
func ParsePolicy(text string) (Policy, error) {
	var raw struct {
		Version   string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return Policy{}, fmt.Errorf("syntax: %w", err)
	}
	var list []rawStatement
	if json.Unmarshal(raw.Statement, &list) != nil {
		list = make([]rawStatement, 1)
		if err := json.Unmarshal(raw.Statement, &list[0]); err != nil {
			return Policy{}, fmt.Errorf("statement: %w", err)
		}
	}
	var p Policy
	for _, s := range list {
		statement, err := s.parse()
		if err != nil {
			return Policy{}, err
		}
		p.Statements = append(p.Statements, statement)
	}
	return p, nil
}

// Covers tells whether the statement is about an action, in either effect.
func (s Statement) Covers(action string) bool {
	return slices.ContainsFunc(s.Actions, func(a string) bool { return Like(strings.ToLower(a), strings.ToLower(action)) })
}

// Like matches * and ? as IAM does.
func Like(pattern, text string) bool {
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(quoted)
	return regexp.MustCompile(`^` + quoted + `$`).MatchString(text)
}

type rawStatement struct {
	Effect    string
	Principal json.RawMessage
	Action    oneOrMany
	Condition map[string]map[string]oneOrMany
}

func (s rawStatement) parse() (Statement, error) {
	out := Statement{Effect: s.Effect, Actions: s.Action, Principals: map[string][]string{}}
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return out, fmt.Errorf("effect %q", s.Effect)
	}
	var all string
	if json.Unmarshal(s.Principal, &all) == nil && all != "" {
		out.Principals["AWS"] = []string{all}
	} else if len(s.Principal) > 0 {
		kinds := map[string]oneOrMany{}
		if err := json.Unmarshal(s.Principal, &kinds); err != nil {
			return out, fmt.Errorf("principal: %w", err)
		}
		for kind, values := range kinds {
			out.Principals[kind] = values
		}
	}
	for _, keys := range s.Condition {
		out.ExternalIDs = append(out.ExternalIDs, keys["sts:ExternalId"]...)
		for _, values := range keys {
			out.ConditionValues = append(out.ConditionValues, values...)
		}
	}
	return out, nil
}

type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = []string{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// Trusts reports whether the trust policy lets a principal of this kind
// ("AWS" or "Service") assume the role.
func (r *Role) Trusts(kind string, principals ...string) bool { return r.Lets("", kind, principals...) }

// Lets is Trusts of one who names an external id; "": none.
func (r *Role) Lets(externalID, kind string, principals ...string) bool {
	if r.AssumeRolePolicyDocument == nil {
		return false
	}
	p, err := ParsePolicy(r.AssumeRolePolicyDocument.Text)
	if err != nil {
		return false
	}
	allowed := false
	for _, s := range p.Statements {
		known := len(s.ExternalIDs) == 0 || anyOf(s.ExternalIDs, externalID)
		if known && anyOf(s.Actions, "sts:AssumeRole", "sts:*", "*") && anyOf(s.Principals[kind], append(principals, "*")...) {
			if s.Effect == "Deny" {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

func anyOf(have []string, want ...string) bool {
	for _, h := range have {
		for _, w := range want {
			if h == w {
				return true
			}
		}
	}
	return false
}

// HasPolicy reports whether a managed policy of this name is attached.
func (r *Role) HasPolicy(name string) bool {
	for _, p := range r.AttachedPolicies {
		if strings.HasSuffix(p.PolicyArn, "/"+name) {
			return true
		}
	}
	return false
}

// WebACL is a web ACL as wafv2 GetWebACL returns it.
type WebACL struct {
	Name             string
	ID               string          `json:"Id"`
	ARN              string          `json:"ARN"`
	DefaultAction    json.RawMessage `json:",omitempty"`
	Description      string          `json:",omitempty"`
	Rules            json.RawMessage
	VisibilityConfig json.RawMessage `json:",omitempty"`
	Capacity         int
	LabelNamespace   string `json:",omitempty"`
	// LockToken is sent beside the ACL, not in it.
	LockToken string `json:"-"`
}

// LogGroup is a log group as DescribeLogGroups returns it.
type LogGroup struct {
	LogGroupName              string  `json:"logGroupName"`
	CreationTime              int64   `json:"creationTime"`
	RetentionInDays           *int    `json:"retentionInDays,omitempty"`
	MetricFilterCount         int     `json:"metricFilterCount"`
	Arn                       string  `json:"arn"`
	StoredBytes               int64   `json:"storedBytes"`
	KmsKeyID                  *string `json:"kmsKeyId,omitempty"`
	LogGroupClass             string  `json:"logGroupClass"`
	LogGroupArn               string  `json:"logGroupArn"`
	DeletionProtectionEnabled *bool   `json:"deletionProtectionEnabled,omitempty"`

	// These are told by operations of their own.
	Tags                map[string]string    `json:"-"`
	Streams             []*LogStream         `json:"-"`
	SubscriptionFilters []SubscriptionFilter `json:"-"`
}

// SubscriptionFilter is a subscription filter as DescribeSubscriptionFilters
// returns it.
type SubscriptionFilter struct {
	FilterName     string `json:"filterName"`
	LogGroupName   string `json:"logGroupName"`
	FilterPattern  string `json:"filterPattern"`
	DestinationArn string `json:"destinationArn"`
	CreationTime   int64  `json:"creationTime"`
}

// ResourcePolicy is a CloudWatch Logs resource policy.
type ResourcePolicy struct {
	PolicyName      string `json:"policyName"`
	PolicyDocument  string `json:"policyDocument"`
	LastUpdatedTime int64  `json:"lastUpdatedTime"`
	PolicyScope     string `json:"policyScope,omitempty"`
}

// DeliveryStream is a Firehose stream as DescribeDeliveryStream returns it.
type DeliveryStream struct {
	DeliveryStreamName                    string
	DeliveryStreamARN                     string
	DeliveryStreamStatus                  string
	DeliveryStreamEncryptionConfiguration json.RawMessage `json:",omitempty"`
	DeliveryStreamType                    string
	VersionID                             string `json:"VersionId"`
	CreateTimestamp                       *Epoch `json:",omitempty"`
	Destinations                          json.RawMessage
	HasMoreDestinations                   bool
}

// Key is a KMS key: what DescribeKey returns, its policy, rotation and aliases.
type Key struct {
	KeyMetadata
	Policy               *Document
	KeyRotationEnabled   bool
	RotationPeriodInDays int
	Aliases              []string
	Tags                 []KeyTag
}

// KeyTag is a tag as KMS writes it.
type KeyTag struct{ TagKey, TagValue string }

// KeyMetadata is DescribeKey's output.
type KeyMetadata struct {
	AWSAccountID          string `json:"AWSAccountId"`
	KeyID                 string `json:"KeyId"`
	Arn                   string
	CreationDate          *Epoch `json:",omitempty"`
	Enabled               bool
	Description           string
	KeyUsage              string
	KeyState              string
	Origin                string
	KeyManager            string
	CustomerMasterKeySpec string
	KeySpec               string
	EncryptionAlgorithms  []string
	MultiRegion           bool
	DeletionDate          *Epoch `json:",omitempty"`
}

// Event is a management event, as CloudTrail keeps it.
type Event struct {
	ID, Name, Source, Username string
	Time                       time.Time
	AccessKeyID                string
	ResourceType, ResourceName string
	ErrorCode                  string
	Record                     json.RawMessage
}
