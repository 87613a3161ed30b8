package app

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// ofRooms tells whether Terraform's resources of a type are, or set a part of, what
// a room knows.
func ofRooms(kind string) bool {
	for _, s := range catalog.Services() {
		for i := range s.Rooms {
			r := &s.Rooms[i]
			if slices.Contains(r.TF, kind) || slices.ContainsFunc(r.States, func(k room.State) bool { return k.TF == kind }) {
				return true
			}
		}
	}
	return false
}

// ownersByRoom are the addresses of Terraform resources that manage one of a room:
// first those that set the properties that are to change.
func (s *State) ownersByRoom(ref resource.Ref, properties []string) (list []string) {
	e := catalog.Find(ref.Type)
	if e == nil {
		return nil
	}
	for _, p := range properties {
		if at := s.setterByRoom(ref, p); at != "" && !slices.Contains(list, at) {
			list = append(list, at)
		}
	}
	for i := range s.owned {
		if o := &s.owned[i]; o.ofRoom(e, &ref) && !slices.Contains(list, o.address) {
			list = append(list, o.address)
		}
	}
	return list
}

// setterByRoom is the address of the Terraform resource in which a property is
// written; "" where the state has none.
func (s *State) setterByRoom(ref resource.Ref, property string) string {
	e := catalog.Find(ref.Type)
	if e == nil {
		return ""
	}
	apart := apartFrom(e, property)
	for i := range s.owned {
		if o := &s.owned[i]; o.ofRoom(e, &ref) && (apart == "" && !partly(e, o.kind) || apart == o.kind) {
			return o.address
		}
	}
	return ""
}

// apartFrom is the type of the Terraform resource that sets a property, where that is
// not the one of the thing itself.
func apartFrom(e *catalog.Entry, property string) string {
	steps := room.Steps(property)
	if len(steps) == 0 {
		return ""
	}
	p := room.Find(e.Room.Properties, steps[0].Name)
	if p == nil || !strings.HasPrefix(p.TF, "aws_") {
		return ""
	}
	kind, _, _ := strings.Cut(p.TF, ".")
	return kind
}

// partly tells whether Terraform's resources of a type only set a part of a room's.
func partly(e *catalog.Entry, kind string) bool {
	return slices.ContainsFunc(e.Room.Properties, func(p room.Property) bool {
		head, _, _ := strings.Cut(p.TF, ".")
		return head == kind
	})
}

// ofRoom tells whether an instance is the resource of a ref, or sets a part of it.
// One without an ARN goes by a name in the ref's.
func (o *owned) ofRoom(e *catalog.Entry, ref *resource.Ref) bool {
	switch {
	case !slices.Contains(e.Room.TF, o.kind) || o.Region != "" && o.Region != ref.Region:
		return false
	case e.Room.Setting:
		return true
	case o.ARN != "":
		return o.ARN == ref.ARN
	}
	for _, pattern := range append([]string{e.Room.ARN}, e.Room.ARNs...) {
		names, _ := room.Fits(pattern, ref.ARN)
		for key, name := range names {
			if key != "partition" && key != "region" && key != "account" && (name == o.ID || strings.HasPrefix(o.ID, name+",")) {
				return true
			}
		}
	}
	return false
}
