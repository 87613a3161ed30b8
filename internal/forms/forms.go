// Package forms reads resources in the forms in which they are written down beside
// the answers of AWS's API: AWS Config's items, CloudFormation's properties and the
// values of Terraform's provider. It goes by the rooms alone, and it is pure:
// whoever reads files or asks AWS Config hands in values, and takes out resources.
// [Write] is the way back: a resource as each form has it.
package forms

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Has tells whether a form has resources of a type at all.
func Has(e *catalog.Entry, form room.Form) bool {
	if form == room.Terraform {
		return len(e.Room.TF) > 0
	}
	return !slices.Contains(e.Room.Lacks, form)
}

// NotRecorded is the code of what AWS Config has no items of.
const NotRecorded = "NotRecorded"

// Unseen is the gap of a type of which AWS Config has no items, and so nobody can
// tell by them what there is.
func Unseen(at resource.Scope, e *catalog.Entry) resource.Gap {
	return resource.Gap{Scope: at, Hides: []resource.Type{e.Room.Type}, Call: "config:SelectResourceConfig", Code: NotRecorded}
}

// Settle is what becomes of a verdict in a form. What only a running resource has, a
// template or Terraform's source says nothing of: there the control does not apply.
// A setting that the form cannot declare gives no verdict, and ok is false.
func Settle(form room.Form) func(resource.Type, control.Verdict) (control.Verdict, bool) {
	return func(t resource.Type, v control.Verdict) (settled control.Verdict, ok bool) {
		if form != room.Template && form != room.Terraform {
			return v, true
		} else if t == resource.AccountType {
			return v, false // no source declares all that an account has
		} else if v.Status != control.Unknown {
			return v, true
		}
		p := property(catalog.Find(t), v.Missing, form)
		switch {
		case p == nil || p.Path(form) != room.None:
			return v, true
		case p.ReadOnly:
			return control.Exempt("finding.runtime", locale.A("property", v.Missing)), true
		}
		return v, false
	}
}

// property is the one that a name leads to, or the object on the way that the form
// does not have; nil: there is none.
func property(e *catalog.Entry, name string, form room.Form) (p *room.Property) {
	if e == nil {
		return nil
	}
	properties := e.Room.Properties
	for _, step := range room.Steps(name) {
		if p = room.Find(properties, step.Name); p == nil || p.Path(form) == room.None {
			return p
		}
		if o := e.Service.Object(p.Of); o != nil {
			properties = o.Properties
		}
	}
	return p
}

// Read makes a resource of what a form says of it. What the form does not have is
// unknown. A resource that the source names by its address is called by that
// wherever another refers to it, so its id is the address where the source itself
// does not give one.
func Read(e *catalog.Entry, form room.Form, ref resource.Ref, tree room.Tree, origin *fact.Origin, parent resource.Resource) resource.Resource {
	res := e.New()
	*res.GetMeta() = resource.Meta{Ref: ref, Origin: origin}
	at := reflect.ValueOf(res).Elem()
	if parent != nil && e.Room.Parent != "" {
		at.FieldByName(e.Room.Parent).Set(reflect.ValueOf(parent))
	}
	if shape := e.Room.Shapes[form]; shape.Read != nil {
		tree = shape.Read(tree)
	}
	room.Filler{Service: e.Service, Form: form}.Fill(res, e.Room.Properties, tree, origin, nil)
	if id := ID(e); id != nil && ref.Address != "" {
		slot := at.FieldByName(id.Name).Addr().Interface().(fact.Slot) //nolint:forcetypeassert // generated so
		if _, set := slot.Any(); set != fact.True {
			slot.SetAny(ref.Address, origin)
		}
	}
	return res
}

// ID is the property by which others refer to resources of a type, or nil.
func ID(e *catalog.Entry) *room.Property {
	for i := range e.Room.Properties {
		p := &e.Room.Properties[i]
		if p.Kind == room.String && strings.EqualFold(p.Path(room.Answer), e.Room.ID) {
			return p
		}
	}
	return nil
}

// Item is what an item of AWS Config says: what supplements the configuration lies
// beside it, and is text where Config gives it so. Config writes an object that is
// not there as one of nothing but nulls.
func Item(configuration, supplementary room.Tree) room.Tree {
	out := room.Merge(configuration, nil)
	for name, v := range supplementary {
		if text, ok := v.(string); ok && (strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")) {
			var parsed any
			if json.Unmarshal([]byte(text), &parsed) == nil {
				v = parsed
			}
		}
		out[name] = v
	}
	for name, v := range out {
		out[name] = filled(v)
	}
	return out
}

// filled is a value without nulls; nil where nothing else is in it.
func filled(v any) any {
	switch v := v.(type) {
	case room.Tree:
		out := room.Tree{}
		for name, inner := range v {
			if inner = filled(inner); inner != nil {
				out[name] = inner
			}
		}
		if len(out) == 0 && len(v) > 0 {
			return nil
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			if out[i] = filled(item); out[i] == nil {
				out[i] = item
			}
		}
		return out
	}
	return v
}

// Values is what Terraform says of a resource: the values of the one that declares
// it, of a type of Terraform's, and beside them those that belong to it, by their
// types. What a plan knows only later is [room.Unknown] where the configuration says
// something of it, and else left out: the room says what that means. ok is false
// where it declares something else.
func Values(e *catalog.Entry, of string, main room.Tree, beside map[string][]room.Tree) (out room.Tree, ok bool) {
	special := e.Room.Declared[of]
	for name, ending := range special.Only {
		v, there := room.Get(main, name)
		if text, isText := v.(string); there && isText && !strings.HasSuffix(text, ending) {
			return nil, false
		}
	}
	out = room.Merge(main, nil)
	for name, v := range special.Gives {
		if out[name] == nil {
			out[name] = v
		}
	}
	for name, all := range beside {
		list := make([]any, len(all))
		for i, values := range all {
			list[i] = values
		}
		out[name] = list
	}
	return out, true
}
