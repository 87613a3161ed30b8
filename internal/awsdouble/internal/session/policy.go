// Package session judges calls by the policy that a session of a role was begun with.
package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limit is how many characters a session policy may have.
const Limit = 2048

// Policy is a session policy. None (nil) allows all that the role may do.
type Policy struct{ statements []statement }

type statement struct {
	Sid       string
	Effect    string
	Action    list
	Resource  list
	Condition map[string]map[string]list
}

// list is one text or several.
type list []string

// UnmarshalJSON reads it.
func (l *list) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*l = []string{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(l))
}

// ErrSize and ErrLetters say what AWS does not take, whatever it means.
var (
	ErrSize    = errors.New("Member must have length less than or equal to 2048")                                 //nolint:staticcheck // AWS's words
	ErrLetters = errors.New(`Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+`) //nolint:staticcheck // likewise
)

// Parse reads a session policy. What the double does not understand is an error.
func Parse(text string) (*Policy, error) {
	switch {
	case utf8.RuneCountInString(text) > Limit:
		return nil, ErrSize
	case strings.ContainsFunc(text, func(r rune) bool { return r > '\u00ff' || r < ' ' && r != '\t' && r != '\n' && r != '\r' }):
		return nil, ErrLetters
	}
	var raw struct {
		Version   string
		Statement []statement
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("syntax: %w", err)
	}
	if raw.Version != "2012-10-17" || len(raw.Statement) == 0 {
		return nil, errors.New("it has another version, or no statement")
	}
	for _, s := range raw.Statement {
		if err := s.check(); err != nil {
			return nil, err
		}
	}
	return &Policy{raw.Statement}, nil
}

func (s *statement) check() error {
	if s.Effect != "Allow" || len(s.Action) == 0 || len(s.Resource) == 0 {
		return errors.New("the double knows statements that allow actions on resources")
	}
	for operator := range s.Condition {
		if operator != "StringEquals" && operator != "ArnEquals" {
			return fmt.Errorf("the double does not know the operator %s", operator)
		}
	}
	return nil
}

// Need is what a call must be allowed: an action on a resource, and what is known of the
// call, by condition keys.
type Need struct {
	Action, Resource string
	Keys             map[string]string
}

// Allows tells whether the policy allows it.
func (p *Policy) Allows(n Need) bool {
	return p == nil || slices.ContainsFunc(p.statements, func(s statement) bool {
		return s.Action.fit(strings.ToLower(n.Action), strings.ToLower) && s.Resource.fit(n.Resource, func(r string) string { return r }) && s.holds(n.Keys)
	})
}

// holds tells whether all conditions hold. A key that the call does not have is no value.
func (s *statement) holds(keys map[string]string) bool {
	for operator, wants := range s.Condition {
		for _, key := range slices.Collect(maps.Keys(wants)) {
			is, there := keys[key]
			equal := slices.Contains(wants[key], is) || operator == "ArnEquals" && wants[key].fit(is, func(r string) string { return r })
			if !there || !equal {
				return false
			}
		}
	}
	return true
}

func (l list) fit(text string, as func(string) string) bool {
	return slices.ContainsFunc(l, func(pattern string) bool { return like(as(pattern), text) })
}

// like matches as IAM does: * and ? cross slashes and colons, and stand for themselves
// as ${*} and ${?}.
func like(pattern, text string) bool {
	for i, literal := range []string{"${*}", "${?}", "${$}"} {
		pattern = strings.ReplaceAll(pattern, literal, string(rune(i+1)))
	}
	return match([]rune(pattern), []rune(text))
}

func match(pattern, text []rune) bool {
	for len(pattern) > 0 {
		switch p := pattern[0]; {
		case p == '*':
			for i := range len(text) + 1 {
				if match(pattern[1:], text[i:]) {
					return true
				}
			}
			return false
		case len(text) == 0, p != '?' && text[0] != plain(p):
			return false
		}
		pattern, text = pattern[1:], text[1:]
	}
	return len(text) == 0
}

// plain is what a rune of a pattern stands for.
func plain(r rune) rune {
	if r >= 1 && r <= 3 {
		return []rune("*?$")[r-1]
	}
	return r
}
