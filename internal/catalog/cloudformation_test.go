package catalog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/room"
)

// schema is a node of a resource schema of CloudFormation, as cfn-lint has it.
type schema struct {
	Ref               string `json:"$ref"`
	Type              oneOrMore
	Properties        map[string]*schema
	PatternProperties map[string]*schema
	Items             *schema
	AllOf             []*schema
	AnyOf             []*schema
	OneOf             []*schema

	Definitions          map[string]*schema
	CreateOnlyProperties []string
	ReadOnlyProperties   []string
}

// oneOrMore is a text, or a list of them.
type oneOrMore []string

func (o *oneOrMore) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		*o = oneOrMore{s}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

// TestCloudFormation holds what rooms say of templates to CloudFormation's resource
// schemas: types, paths of what a template may declare, and their kinds.
func TestCloudFormation(t *testing.T) {
	known := tell(t).Types
	for _, s := range catalog.Services() {
		nested := use{}
		for i := range s.Rooms {
			r := &s.Rooms[i]
			root := known[string(r.Type)]
			lacks := slices.Contains(r.Lacks, room.Template)
			switch {
			case lacks && root != nil:
				t.Errorf("%s: CloudFormation has the type, and the room says that it lacks it", r.Type)
			case !lacks && root == nil:
				t.Errorf("%s: CloudFormation has no such type; the room has to say that it lacks it", r.Type)
			case root != nil:
				c := template{t: t, service: s, root: root, nested: nested}
				c.check(root, r.Properties, string(r.Type), "/properties", "")
			}
		}
		nested.report(t, s, "a template")
	}
}

// use tells of properties of objects whether any resource that has the object has
// them: a service's resources may share it, and one of them lack some.
type use map[string]bool

func (u use) note(key string, found bool) { u[key] = u[key] || found }

func (u use) report(t *testing.T, s *room.Service, form string) {
	t.Helper()
	for key, found := range u {
		if !found {
			t.Errorf("%s: %s has no %s", s.Package, form, key)
		}
	}
}

type template struct {
	t       *testing.T
	service *room.Service
	root    *schema
	nested  use
}

// check follows the properties of a resource, or of the object that is named.
func (c *template) check(in *schema, properties []room.Property, name, pointer, object string) {
	for i := range properties {
		p := &properties[i]
		path := p.Path(room.Template)
		if path == room.None {
			continue
		}
		of := name + "." + p.Name
		found, at := c.follow(in, path)
		if object != "" {
			c.nested.note(object+"."+p.Name, found != nil)
		} else if found == nil {
			c.t.Errorf("a template has no %s (%s)", of, path)
		}
		if found == nil {
			continue
		}
		attribute := strings.Contains(path, "[") // all are texts
		if len(found.Type) > 0 && !attribute && !slices.ContainsFunc(found.Type, func(is string) bool { return strings.Contains(templateKinds(p.Kind), "|"+is+"|") }) {
			c.t.Errorf("%s is a %s here, and %v in templates", of, p.Kind, found.Type)
		}
		if slices.Contains(c.root.ReadOnlyProperties, pointer+at) {
			c.t.Errorf("%s is read-only in templates", of)
		}
		if o := c.service.Object(p.Of); o != nil {
			c.inner(found, p, o, of, pointer+at)
		}
	}
}

func (c *template) inner(found *schema, p *room.Property, object *room.Object, of, at string) {
	switch {
	case p.Kind == room.One:
		c.check(found, keyless(c.service, object), of, at, object.Go)
	case p.Kind == room.List:
		c.check(c.resolve(found.Items), object.Properties, of, at+"/*", object.Go)
	case found.Items != nil: // a list, whose elements have no key of that name
		c.check(c.resolve(found.Items), object.Properties[1:], of, at+"/*", object.Go)
	default: // any object, or one whose members are described
		for _, v := range found.PatternProperties {
			c.check(c.resolve(v), object.Properties[1:], of, at+"/*", object.Go)
		}
	}
}

// keyless are the properties of an object that stands alone: those of a map carry
// their key as the first.
func keyless(s *room.Service, object *room.Object) []room.Property {
	of := func(p room.Property) bool { return p.Kind == room.Map && p.Of == object.Go }
	if slices.ContainsFunc(s.Rooms, func(r room.Room) bool { return slices.ContainsFunc(r.Properties, of) }) {
		return object.Properties[1:]
	}
	return object.Properties
}

// TestReplacements finds what a change in a template makes anew where the API
// changes it: no write of a room may be about such a property, and a remedy that
// is has to say that it replaces.
func TestReplacements(t *testing.T) {
	known := tell(t).Types
	for e := range entries {
		root := known[string(e.Room.Type)]
		if root == nil {
			continue
		}
		c := template{t: t, service: e.Service, root: root}
		for _, w := range e.Room.Writes {
			for _, property := range w.Sets {
				if c.replaces(e.Room, property) {
					t.Errorf("%s: %s sets %s, and a template that changes it makes the resource anew", e.Room.Type, w.Call, property)
				}
			}
		}
		for _, k := range controls.All() {
			for _, r := range k.Remedies {
				for _, touch := range r.Touches {
					for _, property := range touch.Properties {
						if touch.Type == e.Room.Type && !touch.Make && c.replaces(e.Room, property) && !slices.Contains(r.Does, remedy.Replaces) {
							t.Errorf("%s: remedy %s changes %s, which makes the resource anew, and does not say so", k.ID, r.Name, property)
						}
					}
				}
			}
		}
	}
}

// replaces tells whether a change of a property makes the resource anew.
func (c *template) replaces(r *room.Room, property string) bool {
	pointer, in, properties := "/properties", c.root, r.Properties
	for _, step := range room.Steps(property) {
		p := room.Find(properties, step.Name)
		if p == nil || p.Path(room.Template) == room.None || strings.Contains(p.CFN, "[") {
			return false
		}
		found, at := c.follow(in, p.Path(room.Template))
		if found == nil {
			return false
		}
		pointer += at
		if slices.Contains(c.root.CreateOnlyProperties, pointer) {
			return true
		}
		if in = found; step.Keyed {
			in, pointer = c.resolve(found.Items), pointer+"/*"
		}
		if o := c.service.Object(p.Of); o != nil {
			properties = o.Properties
		}
	}
	return false
}

// follow returns what a path leads to, and its pointer.
func (c *template) follow(in *schema, path string) (*schema, string) {
	at := ""
	for path != "" {
		step, rest, _ := strings.Cut(path, ".")
		if i := strings.IndexByte(step, '['); i >= 0 {
			selector, after, _ := strings.Cut(path[i+1:], "]")
			key, _, _ := strings.Cut(selector, "=")
			list := c.member(in, step[:i])
			if list == nil || list.Items == nil {
				return nil, ""
			}
			in, at, path = c.resolve(list.Items), at+"/"+step[:i]+"/*", strings.TrimPrefix(after, ".")
			if c.member(in, key) == nil {
				return nil, ""
			}
			continue
		}
		if in = c.member(in, step); in == nil {
			return nil, ""
		}
		at, path = at+"/"+step, rest
	}
	return in, at
}

// member finds a member by its exact name, in whichever alternative has it.
func (c *template) member(in *schema, name string) *schema {
	if in == nil {
		return nil
	}
	if m, ok := in.Properties[name]; ok {
		return c.resolve(m)
	}
	for _, way := range slices.Concat(in.AllOf, in.AnyOf, in.OneOf) {
		if m := c.member(c.resolve(way), name); m != nil {
			return m
		}
	}
	return nil
}

func (c *template) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		name, ok := strings.CutPrefix(s.Ref, "#/definitions/")
		if !ok {
			panic(fmt.Sprintf("a reference to %s", s.Ref))
		}
		s = c.root.Definitions[name]
	}
	return s
}

// templateKinds are the types in JSON that a kind is written as.
func templateKinds(k room.Kind) string {
	switch k {
	case room.Bool:
		return "|boolean|"
	case room.Int, room.Float:
		return "|integer|number|"
	case room.Strings, room.List:
		return "|array|"
	case room.Tags, room.Map:
		return "|array|object|"
	case room.One:
		return "|object|"
	case room.Document:
		return "|object|string|"
	}
	return "|string|"
}
