// Package keypolicy tells whether the policy of a KMS key lets CloudWatch Logs
// use the key for a log group, and that of a role a service assume the role, by
// IAM's rules for policies. It is pure.
package keypolicy

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// Use is what the key would be used for.
type Use struct {
	Region, Partition string
	Key, LogGroup     string // ARNs; the log group's without ":*"
}

// Verdict is what a policy says of a [Use].
type Verdict struct {
	Missing []string // actions that no statement allows
	Denied  []string // actions that a statement denies
	Unsure  []string // actions that depend on conditions which nobody can judge from outside
}

// Actions lists what CloudWatch Logs needs of a key, by the statement in "Encrypt
// log data in CloudWatch Logs using AWS KMS".
func Actions() []string {
	return []string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"}
}

// samples are the operations that an action of [Actions] stands for.
func samples(action string) []string {
	return map[string][]string{
		"kms:Encrypt*": {"kms:Encrypt"}, "kms:Decrypt*": {"kms:Decrypt"}, "kms:ReEncrypt*": {"kms:ReEncryptFrom", "kms:ReEncryptTo"},
		"kms:GenerateDataKey*": {"kms:GenerateDataKey"}, "kms:Describe*": {"kms:DescribeKey"},
	}[action]
}

// Principals names CloudWatch Logs in the Region; in China either name is taken
// for it.
func (u *Use) Principals() []string {
	name := "logs." + u.Region + ".amazonaws.com"
	if u.Partition == "aws-cn" {
		return []string{name + ".cn", name}
	}
	return []string{name}
}

// Statement is what a policy needs to let CloudWatch Logs use the key for this
// log group alone.
func (u *Use) Statement() string {
	// The encoder cannot fail on strings.
	text, _ := json.Marshal(struct {
		Sid, Effect string
		Principal   map[string]string
		Action      []string
		Resource    string
		Condition   map[string]map[string]string
	}{
		"CloudWatchLogs", "Allow", map[string]string{"Service": u.Principals()[0]}, Actions(), "*",
		map[string]map[string]string{"ArnEquals": {logsContext: u.LogGroup}},
	})
	return string(text)
}

const logsContext = "kms:EncryptionContext:aws:logs:arn"

// Judge reads a policy. The error is that of a document that is none.
func Judge(policy string, u Use) (Verdict, error) {
	var document struct{ Statement list[statement] }
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return Verdict{}, err
	}
	var v Verdict
	for _, action := range Actions() {
		allowed, denied := fact.True, fact.False
		for _, sample := range samples(action) {
			a, d := fact.False, fact.False
			for i := range document.Statement {
				s := &document.Statement[i]
				switch s.Effect {
				case "Allow":
					a = a.Or(s.covers(sample, &u))
				case "Deny":
					d = d.Or(s.covers(sample, &u))
				}
			}
			allowed, denied = allowed.And(a), denied.Or(d)
		}
		switch {
		case denied == fact.True:
			v.Denied = append(v.Denied, action)
		case allowed == fact.False:
			v.Missing = append(v.Missing, action)
		case allowed == fact.Unknown || denied == fact.Unknown:
			v.Unsure = append(v.Unsure, action)
		}
	}
	return v, nil
}

// list is a value, or several, as policies write them.
type list[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *list[T]) UnmarshalJSON(data []byte) error {
	var several []T
	if err := json.Unmarshal(data, &several); err == nil {
		*l = several
		return nil
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*l = []T{one}
	return nil
}

type statement struct {
	Effect                  string
	Principal, NotPrincipal principals
	Action, NotAction       list[string]
	Resource, NotResource   list[string]
	Condition               map[string]map[string]list[any]
}

// covers tells whether a statement is about CloudWatch Logs doing something
// with the key for the log group.
func (s *statement) covers(action string, u *Use) fact.Truth {
	return s.principal(u).And(s.action(action)).And(s.resource(u)).And(s.conditions(u))
}

func (s *statement) principal(u *Use) fact.Truth {
	if s.NotPrincipal != nil {
		return s.NotPrincipal.names(u.Principals()).Not()
	}
	return s.Principal.names(u.Principals())
}

func (s *statement) action(action string) fact.Truth {
	named := func(l list[string]) bool {
		return slices.ContainsFunc(l, func(p string) bool { return Like(strings.ToLower(p), strings.ToLower(action)) })
	}
	if s.NotAction != nil {
		return fact.Of(!named(s.NotAction))
	}
	return fact.Of(named(s.Action))
}

func (s *statement) resource(u *Use) fact.Truth {
	named := func(l list[string]) bool {
		return slices.ContainsFunc(l, func(p string) bool { return Like(p, u.Key) })
	}
	if s.NotResource != nil {
		return fact.Of(!named(s.NotResource))
	}
	return fact.Of(named(s.Resource))
}

// principals are the names of each kind. "*" alone, and {"AWS": "*"}, are
// everybody, services too.
type principals map[string]list[string]

// UnmarshalJSON implements json.Unmarshaler.
func (p *principals) UnmarshalJSON(data []byte) error {
	var all string
	if json.Unmarshal(data, &all) == nil {
		*p = principals{"AWS": {all}}
		return nil
	}
	var kinds map[string]list[string]
	err := json.Unmarshal(data, &kinds)
	*p = kinds
	return err
}

// names tells whether a service, which may have several names, is among them.
func (p principals) names(services []string) fact.Truth {
	service := slices.ContainsFunc(p["Service"], func(name string) bool { return slices.Contains(services, name) })
	return fact.Of(service || slices.Contains(p["AWS"], "*") || slices.Contains(p["*"], "*"))
}

// Like matches * and ? as IAM does, in time that grows with the product of the
// lengths at most.
func Like(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
