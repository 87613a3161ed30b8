package awslive

import (
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/asker"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/room"
	"github.com/kumoban/kumoban/internal/source"
)

func getCallerIdentity() *awsclient.Call {
	return &awsclient.Call{Service: "sts", Operation: "GetCallerIdentity", Action: "GetCallerIdentity", Resource: "*"}
}

func assumeRole() *awsclient.Call {
	return &awsclient.Call{Service: "sts", Operation: "AssumeRole", Action: "AssumeRole", Resource: "::role"}
}

func listRegions() *awsclient.Call {
	return &awsclient.Call{Service: "account", Operation: "ListRegions", Action: "ListRegions", Resource: "*", Expect: "Regions"}
}

// Calls lists every call that a scan with these controls may make in an
// account, without those that find out who and where (sts, account).
func Calls(set control.Set) []*awsclient.Call {
	s := declaring(set)
	var calls []*awsclient.Call
	for _, kind := range []source.Kind{source.Regional, source.Wide} {
		for _, e := range s.roots(kind) {
			calls = append(calls, s.callsOf(e)...)
		}
	}
	return calls
}

// declaring is a scope that makes no calls, and tells which ones a run would make.
func declaring(set control.Set) *scope {
	return &scope{Asker: asker.Asker{Looks: set.Looks}, set: set}
}

// callsOf are those about a type and what belongs to it.
func (s *scope) callsOf(e *catalog.Entry) []*awsclient.Call {
	calls := []*awsclient.Call{asker.Declare(e, &e.Room.Finds)}
	if first := e.Room.Finds.If; first != nil {
		calls = append(calls, asker.Declare(e, first))
	}
	for _, r := range s.Reads(e) {
		calls = append(calls, asker.DeclareAll(e, r)...)
	}
	for _, c := range e.Room.Children {
		if child := e.Of(c.Of); s.needed(child) {
			calls = append(calls, s.callsOf(child)...)
		}
	}
	return calls
}

// OneCalls lists every call that [Session.One] may make for resources that
// these controls judge; closely, those of a [Session] that looks so.
func OneCalls(set control.Set, closely bool) []*awsclient.Call {
	s := declaring(set)
	s.Looks = whoeverMends(set)
	var calls []*awsclient.Call
	for _, t := range set.Joined() {
		e := catalog.Find(t)
		for e.Room.Parent != "" {
			e = e.Of(e.Room.Parent)
		}
		calls = append(calls, s.callsOf(e)...)
	}
	s.Closely = closely
	for _, t := range set.Types() {
		for e := catalog.Find(t); e != nil; e = e.Of(e.Room.Parent) {
			for i := range e.Room.Alone {
				calls = append(calls, aloneCalls(e, &e.Room.Alone[i])...)
			}
			if e.Room.Type == t {
				for _, r := range s.Reads(e) {
					calls = append(calls, asker.DeclareAll(e, r)...)
				}
			}
			for _, c := range e.Room.Children {
				if child := e.Of(c.Of); set.MayRead(child.Room.Type) && !set.Judges(child.Room.Type) {
					calls = append(calls, asker.Declare(child, &child.Room.Finds))
				}
			}
		}
	}
	return calls
}

// aloneCalls are those of a read about one resource, for each pattern that its
// ARN may have.
func aloneCalls(e *catalog.Entry, r *room.Read) []*awsclient.Call {
	calls := []*awsclient.Call{asker.Declare(e, r)}
	for _, pattern := range e.Room.ARNs {
		c := asker.Declare(e, r)
		c.Resource = asker.AnyOf(pattern)
		calls = append(calls, c)
	}
	return calls
}
