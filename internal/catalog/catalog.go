// Package catalog is the registry of the resource types that kumoban knows:
// every floor above asks it, and none knows a service by name.
package catalog

//go:generate go run ../tool/roomgen/scan ../..
//go:generate go run ../tool/roomgen ../..

import (
	"sync"

	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// Entry is one resource type with its service.
type Entry struct {
	Service *room.Service
	Room    *room.Room
	new     func(resource.Type) resource.Resource
}

// New makes a resource of the type of which nothing is known.
func (e *Entry) New() resource.Resource { return e.new(e.Room.Type) }

type registry struct {
	services []*room.Service
	byType   map[resource.Type]*Entry
}

var all = sync.OnceValue(func() registry {
	r := registry{byType: map[resource.Type]*Entry{}}
	for _, p := range packages() {
		s := p.rooms()
		r.services = append(r.services, s)
		for i := range s.Rooms {
			r.byType[s.Rooms[i].Type] = &Entry{s, &s.Rooms[i], p.new}
		}
	}
	return r
})

type pkg struct {
	rooms func() *room.Service
	new   func(resource.Type) resource.Resource
}

// Find returns what is known of a type, or nil.
func Find(t resource.Type) *Entry { return all().byType[t] }

// ByARN returns what is known of the type of an ARN, or nil.
func ByARN(arn string) *Entry {
	for _, s := range Services() {
		for i := range s.Rooms {
			for _, pattern := range append([]string{s.Rooms[i].ARN}, s.Rooms[i].ARNs...) {
				if _, ok := room.Fits(pattern, arn); ok && pattern != "" {
					return Find(s.Rooms[i].Type)
				}
			}
		}
	}
	return nil
}

// Of returns what is known of the type of that struct in the same service, or nil.
func (e *Entry) Of(goName string) *Entry {
	if r := e.Service.Room(goName); r != nil {
		return Find(r.Type)
	}
	return nil
}

// Services lists the services in the order of their packages.
func Services() []*room.Service { return all().services }

// Usages are what AWS bills of what the rooms know, with their prices.
func Usages() (all []cost.Usage) {
	for _, s := range Services() {
		all = append(all, s.Usages...)
	}
	return all
}
