package keypolicy

import (
	"fmt"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// conditions are all true, one of them is not, or nobody can tell: what a
// request's context holds is known of a few keys only.
func (s *statement) conditions(u *Use) fact.Truth {
	all := fact.True
	for operator, keys := range s.Condition {
		for key, values := range keys {
			all = all.And(condition(operator, key, values, u))
		}
	}
	return all
}

func condition(operator, key string, values list[any], u *Use) fact.Truth {
	wants := make([]string, len(values))
	for i, v := range values {
		wants[i] = fmt.Sprint(v)
	}
	operator, _ = strings.CutSuffix(operator, "IfExists")
	set, operator, isSet := strings.Cut(operator, ":") // ForAnyValue: and ForAllValues: make no difference to a single value
	if !isSet {
		operator = set
	}
	has, known := context(key, u)
	if !known {
		return fact.Unknown
	}
	if operator == "Null" {
		return fact.Of(len(wants) == 1 && wants[0] == "false")
	}
	compare, inverse := comparison(operator)
	if compare == nil {
		return fact.Unknown
	}
	met := fact.False
	for _, want := range wants {
		if strings.Contains(want, "${") { // a policy variable
			met = met.Or(fact.Unknown)
		} else {
			met = met.Or(fact.Of(compare(want, has)))
		}
	}
	if inverse {
		return met.Not()
	}
	return met
}

// context is what is known of the requests that CloudWatch Logs makes.
func context(key string, u *Use) (value string, known bool) {
	switch {
	case strings.EqualFold(key, logsContext):
		return u.LogGroup, true
	case strings.EqualFold(key, "kms:EncryptionContextKeys"):
		return strings.TrimPrefix(logsContext, "kms:EncryptionContext:"), true
	case strings.EqualFold(key, "aws:PrincipalServiceName"):
		return u.Principals()[0], true
	case strings.EqualFold(key, "aws:PrincipalIsAWSService"):
		return "true", true
	}
	return "", false
}

// comparison returns how an operator compares what a policy wants with what is
// there, and whether it wants the opposite.
func comparison(operator string) (compare func(want, has string) bool, inverse bool) {
	switch operator {
	case "StringEquals", "StringNotEquals":
		compare = func(want, has string) bool { return want == has }
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "Bool":
		compare = strings.EqualFold
	case "StringLike", "StringNotLike":
		compare = Like
	case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
		compare = arnLike
	}
	return compare, strings.Contains(operator, "Not")
}

// arnLike compares the six parts of ARNs one by one, so that * in one of them
// does not reach into the next.
func arnLike(pattern, arn string) bool {
	wants, has := strings.SplitN(pattern, ":", 6), strings.SplitN(arn, ":", 6)
	if len(wants) != 6 || len(has) != 6 {
		return pattern == "*"
	}
	for i := range wants {
		if !Like(wants[i], has[i]) {
			return false
		}
	}
	return true
}
