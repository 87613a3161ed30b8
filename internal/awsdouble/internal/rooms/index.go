// Package rooms answers, for the AWS double, the calls that the catalogue's rooms
// make: reads and writes are the inverse of what a room says of them, so that no
// type has code here. What is there is kept as trees of answers' members.
package rooms

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/awsclient/wire/protocol"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
	"github.com/kumoban/kumoban/internal/awsdouble/internal/world"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// use is one thing for which a room makes a call.
type use struct {
	entry *catalog.Entry
	read  *room.Read
	write *room.Write
	finds bool // the read is the type's listing
	makes bool // the call makes one
	ends  bool // the call takes away what another made
	aside bool // the call is another that the read makes besides
}

// index has what each call is used for, by service and operation.
var index = sync.OnceValue(func() map[string]map[string][]use { //nolint:gochecknoglobals // computed once, never changed
	all := map[string]map[string][]use{}
	add := func(call string, u use) {
		model, operation := u.entry.Service.Operation(call)
		if all[model] == nil {
			all[model] = map[string][]use{}
		}
		all[model][operation] = append(all[model][operation], u)
	}
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			e := catalog.Find(s.Rooms[i].Type)
			for n, r := range reads(e.Room) {
				add(r.Call, use{entry: e, read: r, finds: n == 0})
				for _, other := range r.Uses {
					if other != r.Call {
						add(other, use{entry: e, read: r, aside: true})
					}
				}
			}
			if located := e.Room.Located; located != nil {
				add(located.Call, use{entry: e, read: located})
			}
			if e.Room.Make != nil {
				add(e.Room.Make.Call, use{entry: e, makes: true})
				if e.Room.Make.Unmake.Call != "" {
					add(e.Room.Make.Unmake.Call, use{entry: e, write: &e.Room.Make.Unmake, ends: true})
				}
			}
			for i := range e.Room.Writes {
				w := &e.Room.Writes[i]
				add(w.Call, use{entry: e, write: w})
				if w.Bare != nil {
					add(w.Bare.Call, use{entry: e, write: w.Bare})
				}
			}
		}
	}
	return all
})

// reads are all reads of a room, its listing first.
func reads(r *room.Room) []*room.Read {
	list := []*room.Read{&r.Finds}
	if r.Finds.If != nil {
		list = append(list, r.Finds.If)
	}
	for i := range r.Each {
		list = append(list, &r.Each[i])
	}
	for i := range r.Alone {
		list = append(list, &r.Alone[i])
	}
	return list
}

// Route finds the operation of a service, by the name in signatures, that a
// request asks for; nil: no room makes such a call.
func Route(signing string, q *protocol.Request) *service.Operation {
	for _, model := range slices.Sorted(maps.Keys(index())) {
		s, err := wire.Model(model)
		if err != nil || s.Signing != signing {
			continue
		}
		o := s.Route(q)
		if o == nil {
			continue
		}
		if uses := index()[model][o.Name]; uses != nil {
			return operation(model, o, uses)
		}
	}
	return nil
}

// operation is a call of the catalogue as the double has operations.
func operation(model string, o *protocol.Operation, uses []use) *service.Operation {
	first := uses[0]
	out := &service.Operation{Service: model, Signing: o.Service.Signing, Name: o.Name, Protocol: service.Modelled, Model: o, Write: first.write != nil || first.makes}
	call := asker.Declare(first.entry, &room.Read{Call: model + ":" + o.Name})
	switch {
	case first.makes:
		m := first.entry.Room.Make
		call = asker.DeclareWrite(first.entry, &room.Write{Call: m.Call, Action: m.Action, On: m.On, Rate: m.Rate}, "")
	case first.write != nil:
		call = asker.DeclareWrite(first.entry, first.write, "")
	case !first.aside:
		call = asker.Declare(first.entry, first.read)
	}
	out.IAM, out.Own, out.Shared = call.Service+":"+call.Action, (*service.Rate)(call.Quota), (*service.Rate)(call.Shared)
	out.Resource = func(r *service.Request) string {
		a := newAsked(r, o, uses)
		if rest, ok := strings.CutPrefix(call.Resource, ":*:"); ok && first.entry.Room.Setting && !strings.Contains(rest, "*") {
			return "arn:" + world.Partition(a.Region.Name) + ":" + call.Service + ":" + a.Region.Name + ":" + a.Account.ID + ":" + rest
		}
		return a.on()
	}
	out.Do = func(r *service.Request) (any, error) { return newAsked(r, o, uses).answer() }
	return out
}
