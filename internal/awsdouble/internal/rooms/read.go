package rooms

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// read answers as a room reads.
func (a *asked) read(u use) (any, error) {
	e, r := u.entry, u.read
	list := a.hits(e, r.In)
	if r.Items != "" && r.Into == "" {
		return a.listing(u, list)
	}
	if len(list) == 0 {
		if len(r.Absent) > 0 && e.Room.Setting {
			return nil, a.absent(r)
		}
		return nil, a.gone(e)
	}
	t := list[0]
	if err := a.elsewhere(t, e); err != nil {
		return nil, err
	}
	if r.Items != "" { // a listing about one
		all, _ := room.Get(t.Tree, r.Into)
		return a.page(r.Items, elements(all))
	}
	return a.one(e, r, t)
}

// one answers about one thing.
func (a *asked) one(e *catalog.Entry, r *room.Read, t *world.Thing) (any, error) {
	part := any(t.Tree)
	if r.Into != "" {
		part, _ = room.Get(t.Tree, r.Into)
	}
	m, _ := part.(room.Tree)
	none := len(m) == 0 || r.Into == "" && r.Expect != "" && room.TextOf(m, r.Expect) == ""
	if none && len(r.Absent) > 0 {
		return nil, a.absent(r)
	}
	if m == nil {
		m = room.Tree{}
	}
	switch {
	case part == nil && r.Bare:
		m = room.Tree{}
	case r.Take != "":
		m = room.With(t.Tree, r.Take, m)
	case e.Room.ARNIn == "" && t.ARN != "":
		m = room.Merge(room.Tree{"ARN": t.ARN}, m)
	}
	if whole := a.o.Out.Member(r.Expect); whole != nil && whole.Kind == protocol.Structure && m[r.Expect] == nil && r.Into == "" && !r.Bare {
		m = room.With(m, r.Expect, room.Tree{}) // a whole answer has it, if nothing is in it
	}
	return fit(a.o.Out, m), nil
}

// elements are the items of a list, or of tags as templates have them, by the names
// that services give their parts.
func elements(all any) []any {
	tags, is := all.(room.Tree)
	if !is {
		items, _ := all.([]any)
		return items
	}
	var items []any
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		items = append(items, room.Tree{"Key": key, "Value": tags[key], "TagKey": key, "TagValue": tags[key]})
	}
	return items
}

func (a *asked) absent(r *room.Read) error {
	status := http.StatusBadRequest
	if a.o.Service.Protocol != protocol.JSON {
		status = http.StatusNotFound
	}
	return &service.Error{Status: status, Code: r.Absent[0], Message: "There is none."}
}

// elsewhere sends who asks S3 about a bucket of another Region there.
func (a *asked) elsewhere(t *world.Thing, e *catalog.Entry) error {
	home := room.TextOf(t.Tree, e.Room.Home)
	if e.Room.Home == "" || !e.Room.Finds.PerAccount || home == "" || home == a.Region.Name || e.Room.Located != nil && a.o.Name == e.Room.Located.Call {
		return nil
	}
	return &service.Error{
		Status: http.StatusMovedPermanently, Code: "PermanentRedirect", Header: http.Header{"X-Amz-Bucket-Region": {home}},
		Message: "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
	}
}

// listing answers with all that the call is about.
func (a *asked) listing(u use, list []*world.Thing) (any, error) {
	e, r := u.entry, u.read
	missing := a.absentees(e, r.In)
	lenient := a.o.Out.Member("failures") != nil
	above := e.Of(e.Room.Parent)
	if len(missing) > 0 && !lenient || len(list) == 0 && a.names(e, r) || above != nil && !a.parents(e, above) {
		return nil, a.gone(e)
	}
	var items []any
	for _, t := range list {
		switch {
		case u.finds && ended(t, e):
		case r.As != "":
			v, _ := room.Get(t.Tree, r.As)
			items = append(items, v)
		default:
			items = append(items, t.Tree)
		}
	}
	out, err := a.page(r.Items, items)
	if err == nil && lenient {
		var failures []any
		for _, name := range missing {
			failures = append(failures, room.Tree{"arn": name, "reason": "MISSING"})
		}
		out["failures"] = fit(a.o.Out.Member("failures").Ref, failures)
	}
	return out, err
}

// names tells whether the call names the one thing that it is about.
func (a *asked) names(e *catalog.Entry, r *room.Read) bool {
	for name, pattern := range r.In {
		s, isText := pattern.(string)
		if isText && identifies(e, pattern) && !below(e, s) && !strings.HasSuffix(s, "[]}") && a.in[name] != nil {
			return true
		}
	}
	return false
}

// most is how many items an answer holds where the call does not say.
const most = 100

// page is the page of a listing that the call asks for.
func (a *asked) page(path string, items []any) (room.Tree, error) {
	pager := a.o.Pager
	if pager == nil {
		return a.laid(path, items), nil
	}
	size := most
	if n, ok := a.in[pager.Limit].(int64); ok {
		size = int(n)
	} else if n, ok := a.in[pager.Limit].(string); ok {
		_, _ = scan(n, &size)
	}
	token := ""
	if v := a.in[pager.In[0]]; v != nil {
		token = text(v)
	}
	page, next, ok := service.Page(items, a.o.Name+a.Account.ID+a.Region.Name, token, max(1, size))
	if !ok {
		return nil, service.Refuse("InvalidNextToken", "The token is not valid.")
	}
	out := a.laid(path, page)
	if next != "" {
		out = tree(out, pager.Out[0], next)
	}
	if pager.More != "" {
		out = tree(out, pager.More, next != "")
	}
	return out, nil
}

// laid lays items where an answer has them: "Reservations[].Instances[]".
func (a *asked) laid(path string, items []any) room.Tree {
	head, rest, nested := strings.Cut(strings.TrimSuffix(path, "[]"), "[].")
	if nested {
		outer := make([]any, len(items))
		for i, item := range items {
			outer[i] = tree(room.Tree{}, strings.TrimSuffix(rest, "[]"), []any{item})
		}
		items = outer
	}
	if items == nil {
		items = []any{}
	}
	out := fit(a.o.Out, tree(room.Tree{}, head, items))
	m, _ := out.(room.Tree)
	return m
}
