package rooms

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// asked is one call.
type asked struct {
	*service.Request
	o    *protocol.Operation
	uses []use
	in   room.Tree
}

func newAsked(r *service.Request, o *protocol.Operation, uses []use) *asked {
	return &asked{Request: r, o: o, uses: uses, in: r.In}
}

func (a *asked) answer() (any, error) {
	if a.InFault != nil {
		return nil, service.Refuse("SerializationException", a.InFault.Error())
	}
	if a.o.In != nil {
		if err := check(a.o.In, a.in, ""); err != nil {
			return nil, err
		}
	}
	switch {
	case a.uses[0].makes:
		return a.make()
	case a.uses[0].ends:
		return a.end()
	case a.uses[0].write != nil:
		return a.change()
	}
	u, ok := a.best()
	if !ok {
		return nil, a.unsupported()
	}
	if u.aside || u.read.Gather != nil {
		return a.gathered(u)
	}
	return a.read(u)
}

// unsupported refuses input that no room uses: the double does not pretend to
// understand it.
func (a *asked) unsupported() error {
	return &service.Error{Status: http.StatusNotImplemented, Code: "UnknownOperationException", Message: "awsdouble does not know what this input of " + a.o.Name + " means"}
}

// on is the ARN that IAM judges.
func (a *asked) on() string {
	for _, u := range a.uses {
		if u.aside {
			if t, _ := a.elementOf(u); t != nil && t.ARN != "" {
				return t.ARN
			}
			continue
		}
		if u.read != nil && !a.fits(u) {
			continue
		}
		var list []*world.Thing
		if !u.makes {
			list = a.hits(u.entry, u.input())
		}
		switch {
		case u.entry.Room.Setting:
		case len(list) == 1 && list[0].ARN != "":
			return list[0].ARN
		case len(list) == 0 && !u.finds:
			if arn, ok := a.named(u); ok {
				return arn
			}
		}
	}
	return "*"
}

// named is the ARN of what a call names that is not there.
func (a *asked) named(u use) (string, bool) {
	names := map[string]string{"partition": world.Partition(a.Region.Name), "region": a.Region.Name, "account": a.Account.ID}
	for name, pattern := range u.input() {
		got := text(a.in[strings.TrimSuffix(name, "?")])
		if v, is := pattern.(room.V); is && u.makes {
			path, _ := leaf(u.entry, string(v))
			names[path] = got
		} else if p := text(pattern); strings.HasPrefix(p, "{") && strings.HasSuffix(p, "}") {
			names[strings.Trim(p, "{}")] = got
		}
	}
	return room.Expand(u.entry.Room.ARN, func(path string) string { return names[path] })
}

func (u *use) input() room.Tree {
	switch {
	case u.write != nil:
		return u.write.In
	case u.makes:
		return u.entry.Room.Make.In
	}
	return u.read.In
}

// best is the use that says most of what was asked: that all of the input belongs
// to, with most of what tells resources apart.
func (a *asked) best() (use, bool) {
	most, found := -1, use{}
	for _, u := range a.uses {
		if u.aside {
			return u, true
		}
		n := 0
		for name, pattern := range u.read.In {
			got := a.in[strings.TrimSuffix(name, "?")]
			if got != nil && (identifies(u.entry, pattern) || plainText(pattern) && text(pattern) == text(got)) {
				n++
			}
		}
		if u.read.Gather != nil && len(a.uses) > 1 && u.read.Into != "" {
			n = -1 // what it makes of several calls; another says what this one answers
		}
		if a.fits(u) && n > most {
			most, found = n, u
		}
	}
	return found, most >= 0
}

// fits tells whether the input is one that a read gives.
func (a *asked) fits(u use) bool {
	if u.read == nil || u.aside {
		return true
	}
	for name := range a.in {
		_, must := u.read.In[name]
		_, may := u.read.In[name+"?"]
		if !must && !may && !a.pages(name) {
			return false
		}
	}
	for name, pattern := range u.read.In {
		if identifies(u.entry, pattern) && !strings.HasSuffix(name, "?") && a.in[name] == nil {
			return false
		}
		want, isBool := pattern.(bool)
		if got, given := a.in[name].(bool); isBool && given && got != want {
			return false // two types have one listing, such as trails with and without shadows
		}
	}
	return true
}

// pages tells whether a member of the input is the pager's.
func (a *asked) pages(name string) bool {
	return a.o.Pager != nil && (name == a.o.Pager.Limit || slices.Contains(a.o.Pager.In, name))
}

// hits are the things of a type that the call is about.
func (a *asked) hits(e *catalog.Entry, in room.Tree) []*world.Thing {
	var list []*world.Thing
	for _, t := range things(e, a.Region) {
		if a.about(t, e, in) {
			list = append(list, t)
		}
	}
	return list
}

// about tells whether a thing is one that the call is about.
func (a *asked) about(t *world.Thing, e *catalog.Entry, in room.Tree) bool {
	for name, pattern := range in {
		name = strings.TrimSuffix(name, "?")
		got, given := a.in[name]
		switch {
		case !given || a.pages(name):
		case identifies(e, pattern):
			if !of(pattern, got, t, e, a.Region) {
				return false
			}
		case len(paths(pattern)) == 0 && plainText(pattern) && text(pattern) != text(got):
			return false
		}
	}
	return true
}

func plainText(v any) bool {
	switch v.(type) {
	case string, bool, int64:
		return true
	}
	return false
}

// absentees are the names that were asked for and that nothing has.
func (a *asked) absentees(e *catalog.Entry, in room.Tree) []string {
	var missing []string
	for name, pattern := range in {
		list, isList := a.in[name].([]any)
		if !isList || !identifies(e, pattern) {
			continue
		}
		for _, one := range list {
			if !slices.ContainsFunc(things(e, a.Region), func(t *world.Thing) bool { return of(pattern, []any{one}, t, e, a.Region) }) {
				missing = append(missing, text(one))
			}
		}
	}
	return missing
}

// gone refuses what is about something that is not there.
func (a *asked) gone(e *catalog.Entry) error {
	if p := e.Of(e.Room.Parent); p != nil && !a.parents(e, p) {
		e = p
	}
	code := "ResourceNotFoundException"
	if len(e.Room.Gone) > 0 {
		code = e.Room.Gone[0]
	}
	status := http.StatusBadRequest
	if a.o.Service.Protocol == protocol.RESTXML || a.o.Service.Protocol == protocol.RESTJSON || a.o.Service.Protocol == protocol.Query {
		status = http.StatusNotFound
	}
	return &service.Error{Status: status, Code: code, Message: "There is no such " + strings.ToLower(e.Room.GoName()) + "."}
}

// parents tells whether there is a parent like the one that the call names.
func (a *asked) parents(e, above *catalog.Entry) bool { return len(a.above(e, above)) > 0 }

// above are the parents that the call names, of things of a type.
func (a *asked) above(e, parent *catalog.Entry) []*world.Thing {
	var list []*world.Thing
	for _, u := range a.uses {
		for name, pattern := range u.input() {
			for member, path := range e.Room.Below {
				if !slices.Contains(paths(pattern), member) || a.in[name] == nil {
					continue
				}
				for _, t := range things(parent, a.Region) {
					if !ended(t, parent) && of("{"+path+"}", a.in[name], t, parent, a.Region) {
						list = append(list, t)
					}
				}
			}
		}
	}
	return list
}
