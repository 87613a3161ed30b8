package apigateway

import (
	"strings"

	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// Setting is what a step says of one method setting of a REST stage.
type Setting struct {
	Key     string        // as API Gateway spells it: "*/*", "~1orders~1{id}/GET"
	Changes []plan.Change // by the setting's own names: "CachingEnabled"
	With    []plan.Change
}

// Exists tells whether the stage has the setting already: something of it is
// known.
func (s *Setting) Exists() bool {
	for _, list := range [][]plan.Change{s.Changes, s.With} {
		for i := range list {
			if list[i].Was != nil {
				return true
			}
		}
	}
	return false
}

// Gone tells whether the whole setting is taken away.
func (s *Setting) Gone() bool {
	for i := range s.Changes {
		if plan.Normal(s.Changes[i].Will) != nil {
			return false
		}
	}
	return true
}

// Default tells whether this is the setting of all methods that have none of
// their own.
func (s *Setting) Default() bool { return s.Key == "*/*" }

// Method returns the verb and the path that the setting is for: "GET" and
// "/orders/{id}". API Gateway spells keys in two ways, "~1orders/GET" and
// "orders/GET".
func (s *Setting) Method() (verb, path string) {
	i := strings.LastIndexByte(s.Key, '/')
	if i < 0 {
		return s.Key, ""
	}
	verb, path = s.Key[i+1:], strings.ReplaceAll(s.Key[:i], "~1", "/")
	if path != "*" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return verb, path
}

// Label names the method for people: "GET /orders/{id}", or "*/*".
func (s *Setting) Label() string {
	if s.Default() {
		return s.Key
	}
	verb, path := s.Method()
	return strings.TrimSpace(verb + " " + path)
}

// SettingOf splits `MethodSettings["~1orders/GET"].CachingEnabled`.
func SettingOf(property string) (key, field string, ok bool) {
	name, key, field, ok := part.Element(property)
	return key, field, ok && name == "MethodSettings"
}

// Settings returns the method settings that a step changes, in its order.
func Settings(s *plan.Step) []*Setting {
	var settings []*Setting
	byKey := map[string]*Setting{}
	for _, c := range s.Changes {
		key, field, ok := SettingOf(c.Property)
		if !ok {
			continue
		}
		if byKey[key] == nil {
			byKey[key] = &Setting{Key: key}
			settings = append(settings, byKey[key])
		}
		c.Property = field
		byKey[key].Changes = append(byKey[key].Changes, c)
	}
	for _, c := range s.With {
		key, field, ok := SettingOf(c.Property)
		if !ok || byKey[key] == nil {
			continue
		}
		c.Property = field
		byKey[key].With = append(byKey[key].With, c)
	}
	return settings
}

// Other returns the changes of a step that are not of method settings.
func Other(changes []plan.Change) []plan.Change {
	var other []plan.Change
	for _, c := range changes {
		if _, _, ok := SettingOf(c.Property); !ok {
			other = append(other, c)
		}
	}
	return other
}
