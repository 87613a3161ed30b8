package casefile

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/forms"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Live tells whether a form is of an account, and not of a source.
func Live(form room.Form) bool { return form == room.Answer || form == room.Item }

// Built is what a source of a form would hand on.
type Built struct {
	Units []resource.Unit
	Gaps  []resource.Gap
	IDs   map[string]string // the case's id of a resource, by its own
}

// Now is when a case is judged that does not say: 2026-11-30.
const Now fact.Time = 1795996800

// At is when the case is judged.
func (c *Case) At() fact.Time { return cmp.Or(c.Now, Now) }

// Scope is where every case plays.
func Scope() resource.Scope {
	return resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}
}

// Build has a case as a source of a form would have it: each resource is written
// in the form, and read again. What the form has no type for is left out.
func (c *Case) Build(of *control.Control, form room.Form) (*Built, error) {
	b := builder{Built{IDs: map[string]string{}}, of, c, form, &asker.Asker{Scope: Scope()}}
	for i := range c.Resources {
		if r := &c.Resources[i]; r.Parent == "" {
			if err := b.root(r); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.Name, r.ID, err)
			}
		}
	}
	for _, name := range c.Gaps {
		e := catalog.Find(resource.Type(name))
		if e == nil {
			return nil, fmt.Errorf("%s: there is no type %s", c.Name, name)
		}
		if Live(form) {
			call := asker.Declare(e, &e.Room.Finds)
			b.Gaps = append(b.Gaps, b.asker.Hidden(&awsclient.Fault{Call: call.Name(), Code: "AccessDeniedException"}, resource.Ref{}, family(e)...))
		}
	}
	if form == room.Item {
		b.unseen()
	}
	return &b.Built, nil
}

// family are a type and those that belong to it, however deep.
func family(e *catalog.Entry) []resource.Type {
	types := []resource.Type{e.Room.Type}
	for _, c := range e.Room.Children {
		types = append(types, family(e.Of(c.Of))...)
	}
	return types
}

// unseen leaves a gap for what AWS Config does not record, or has no item of, though
// every account has one.
func (b *builder) unseen() {
	for _, check := range b.of.Checks {
		e := catalog.Find(check.Type)
		seen := slices.ContainsFunc(b.Units, func(u resource.Unit) bool { return u.Resources[0].ResourceType() == check.Type })
		if e != nil && (!forms.Has(e, room.Item) || e.Room.Setting && !seen) {
			b.Gaps = append(b.Gaps, forms.Unseen(Scope(), e))
		}
		for _, j := range check.Joins {
			if e := catalog.Find(j.Type); !forms.Has(e, room.Item) {
				b.Gaps = append(b.Gaps, forms.Unseen(Scope(), e))
			}
		}
	}
}

// TypeOf is the type of a resource: the first that the control judges, where the case
// does not say.
func (*Case) TypeOf(r *Resource, of *control.Control) resource.Type {
	return resource.Type(cmp.Or(r.Type, string(of.Checks[0].Type)))
}

type builder struct {
	Built
	of    *control.Control
	in    *Case
	form  room.Form
	asker *asker.Asker
}

func (b *builder) root(r *Resource) error {
	var u resource.Unit
	if err := b.resource(r, nil, nil, &u); err != nil || len(u.Resources) == 0 {
		return err
	}
	b.Units = append(b.Units, u)
	return nil
}

// resource builds one, and those that belong to it.
func (b *builder) resource(r *Resource, above *room.Tree, parent resource.Resource, u *resource.Unit) error {
	e := catalog.Find(b.in.TypeOf(r, b.of))
	if e == nil {
		return fmt.Errorf("there is no type %s", r.Type)
	}
	if !forms.Has(e, b.form) {
		return nil
	}
	answer, err := forms.Write(e, room.Answer, r.Properties)
	if err != nil {
		return err
	}
	about := asker.About{Tree: b.named(e, answer, above, r.ID), Under: under(e, above)}
	if split := e.Room.Finds.Split; split != nil {
		list, why := split([]any{about.Tree})
		if why != "" || len(list) != 1 {
			return fmt.Errorf("an answer makes %d of it: %s", len(list), why)
		}
		about.Tree = list[0]
	}
	res, err := b.read(e, r, about, parent)
	if err != nil || res == nil {
		return err
	}
	b.IDs[res.GetMeta().ID()] = r.ID
	u.Resources = append(u.Resources, res)
	return b.children(e, r, &about.Tree, res, u)
}

func (b *builder) children(e *catalog.Entry, r *Resource, tree *room.Tree, res resource.Resource, u *resource.Unit) error {
	for _, child := range e.Room.Children {
		slot := asker.Slot(res, child.Name)
		list := reflect.MakeSlice(slot.Holds(), 0, 1)
		for i := range b.in.Resources {
			below := &b.in.Resources[i]
			if below.Parent != r.ID || b.in.TypeOf(below, b.of) != e.Of(child.Of).Room.Type {
				continue
			}
			at := len(u.Resources)
			if err := b.resource(below, tree, res, u); err != nil {
				return err
			}
			list = reflect.Append(list, reflect.ValueOf(u.Resources[at]))
		}
		slot.SetAny(list.Interface(), nil)
	}
	return nil
}

// read writes a resource in the form, and reads it.
func (b *builder) read(e *catalog.Entry, r *Resource, about asker.About, parent resource.Resource) (resource.Resource, error) {
	call := asker.Declare(e, &e.Room.Finds)
	if b.form == room.Answer {
		res, gaps, ok := b.asker.Make(e, b.asker.Whole(e, about), call, parent)
		if !ok || len(gaps) > 0 {
			return nil, fmt.Errorf("nobody can tell what it is: %v", gaps)
		}
		return res, nil
	}
	ref, ok := resource.Ref{Scope: Scope(), Type: e.Room.Type, Address: r.ID, Name: r.ID}, true
	properties, origin := r.Properties, &fact.Origin{File: "source", Line: 1, Column: 1}
	if b.form == room.Item {
		var above *resource.Ref
		if parent != nil {
			above = &parent.GetMeta().Ref
		}
		if ref, ok = b.asker.Identify(e, about, above); !ok {
			return nil, fmt.Errorf("its ARN is not known")
		}
		properties, origin = given(e, properties, about.Tree), &fact.Origin{Call: "config:BatchGetResourceConfig"}
	}
	tree, err := forms.Write(e, b.form, properties)
	if err != nil {
		return nil, err
	}
	switch b.form {
	case room.Item:
		tree = forms.Item(tree, nil)
	case room.Terraform:
		if tree, ok = forms.Values(e, cmp.Or(r.Terraform, e.Room.TF[0]), tree, nil); !ok {
			return nil, nil //nolint:nilnil // it declares something else
		}
	}
	return forms.Read(e, b.form, ref, tree, origin, parent), nil
}

// given are the properties with the names that every resource has.
func given(e *catalog.Entry, properties, answer room.Tree) room.Tree {
	out := maps.Clone(properties)
	for i := range e.Room.Properties {
		p := &e.Room.Properties[i]
		if text := room.TextOf(answer, p.Path(room.Answer)); out[p.Name] == nil && text != "" && p.Kind == room.String {
			out[p.Name] = text
		}
	}
	return out
}

// under is what calls about a resource take from its parent.
func under(e *catalog.Entry, above *room.Tree) room.Tree {
	out := room.Tree{}
	if above != nil {
		for member, path := range e.Room.Below {
			out[member] = room.TextOf(*above, path)
		}
	}
	return out
}

// named has an answer name the resource: by its id in the case, where the case says
// nothing else.
func (b *builder) named(e *catalog.Entry, tree room.Tree, above *room.Tree, id string) room.Tree {
	if e.Room.Setting {
		return tree
	}
	look := b.asker.Look(asker.About{Tree: tree, Under: under(e, above)})
	account, _, _ := strings.Cut(strings.Join(after(strings.Split(e.Room.ARN, ":"), 4), ":"), ":")
	for _, name := range names(e.Room.ARN) {
		if look(name) != "" {
			continue
		}
		v := id
		if account == "{"+name+"}" {
			v = b.asker.Account
		}
		tree = room.Put(tree, name, v)
	}
	look = b.asker.Look(asker.About{Tree: tree, Under: under(e, above)})
	if arn, ok := room.Expand(e.Room.ARN, look); ok && e.Room.ARNIn != "" && room.TextOf(tree, e.Room.ARNIn) == "" {
		tree = room.Put(tree, e.Room.ARNIn, arn)
	}
	if first, _, _ := strings.Cut(e.Room.ID, "|"); first != "" && asker.ID(e, tree) == "" {
		tree = room.Put(tree, first, id)
	}
	return tree
}

func after(list []string, n int) []string { return list[min(n, len(list)):] }

// names are those in a pattern.
func names(pattern string) (list []string) {
	for _, part := range strings.Split(pattern, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		name, _, _ = strings.Cut(strings.TrimSuffix(name, "+"), "|")
		if !slices.Contains([]string{"partition", "region", "account"}, name) {
			list = append(list, name)
		}
	}
	return list
}
