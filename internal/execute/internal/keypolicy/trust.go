package keypolicy

import (
	"encoding/json"

	"github.com/kumoban/kumoban/internal/fact"
)

// Trusts tells whether a role's trust policy lets a service assume the role.
// What depends on conditions, or on a principal that is left out rather than
// named, nobody can tell from outside. The error is that of a document that is
// none.
func Trusts(policy string, services ...string) (fact.Truth, error) {
	var document struct{ Statement list[statement] }
	if err := json.Unmarshal([]byte(policy), &document); err != nil {
		return fact.Unknown, err
	}
	allowed, denied := fact.False, fact.False
	for i := range document.Statement {
		s := &document.Statement[i]
		about := s.action("sts:AssumeRole").And(s.trusted(services))
		if len(s.Condition) > 0 {
			about = about.And(fact.Unknown)
		}
		switch s.Effect {
		case "Allow":
			allowed = allowed.Or(about)
		case "Deny":
			denied = denied.Or(about)
		}
	}
	return allowed.And(denied.Not()), nil
}

func (s *statement) trusted(services []string) fact.Truth {
	if s.NotPrincipal != nil {
		return fact.Unknown
	}
	return s.Principal.names(services)
}
