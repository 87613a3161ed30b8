package rooms

import (
	"net/http"
	"slices"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// make makes what a call asks for: the inverse of how a room fills its input in. A
// second thing of an ARN is refused.
func (a *asked) make() (any, error) {
	e := a.uses[0].entry
	m := e.Room.Make
	var built room.Tree
	if m.Build != nil {
		built = m.Build(resource.Scope{Partition: world.Partition(a.Region.Name), Account: a.Account.ID, Region: a.Region.Name})
	}
	for name := range a.in {
		if m.In[name] == nil && built[name] == nil {
			return nil, a.unsupported()
		}
	}
	t := &world.Thing{Type: string(e.Room.Type), Tree: room.Tree{}}
	if !wide(e) {
		t.Region = a.Region.Name
	}
	u := use{entry: e, write: &room.Write{In: m.In}}
	got := taken{values: map[string]any{}, parts: map[string]any{}}
	if err := a.take(u, t, room.Tree(m.In), a.in, true, &got); err != nil {
		return nil, err
	}
	for name, v := range got.values {
		path, p := leaf(e, name)
		t.Tree = tree(t.Tree, path, word(p, v))
	}
	for path, v := range m.Only {
		t.Tree = tree(t.Tree, path, v)
	}
	if marks := tagsIn(a.in); m.Mark != "" && marks != nil {
		t.Tree = tree(t.Tree, m.Mark, marks)
	}
	complete(a.Region, e, t)
	if err := Keep(a.Region, t); err != nil {
		return nil, a.twice()
	}
	return a.told(t), nil
}

// end takes away what a call names.
func (a *asked) end() (any, error) {
	u := a.uses[0]
	gone := a.hits(u.entry, u.write.In)
	if len(gone) != 1 {
		return nil, a.gone(u.entry)
	}
	a.Account.Things = slices.DeleteFunc(a.Account.Things, func(t *world.Thing) bool { return t == gone[0] })
	return fit(a.o.Out, room.Tree{}), nil
}

// twice refuses a name that something has.
func (a *asked) twice() error {
	code := "ResourceAlreadyExistsException"
	if a.o.Service.Protocol == protocol.RESTXML {
		code = "BucketAlreadyOwnedByYou" // the only one that is made so
	}
	return &service.Error{Status: http.StatusConflict, Code: code, Message: "It is there already."}
}

// tagsIn is the first list of keys with values in an input.
func tagsIn(in any) any {
	switch in := in.(type) {
	case room.Tree:
		for _, v := range in {
			if tags := tagsIn(v); tags != nil {
				return tags
			}
		}
	case []any:
		for _, v := range in {
			if m, ok := v.(room.Tree); ok && m["Key"] != nil && m["Value"] != nil {
				return in
			}
			if tags := tagsIn(v); tags != nil {
				return tags
			}
		}
	}
	return nil
}
