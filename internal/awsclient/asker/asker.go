// Package asker asks AWS about resources as their rooms say: it makes the calls,
// puts the answers together, and fills the typed resources. Those who look, and
// those who change, ask the same way.
package asker

import (
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsclient/wire"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/resource"
)

// Asker asks in one account and Region.
type Asker struct {
	resource.Scope
	Lane   *awsclient.Lane
	Client *wire.Client
	// Looks tells whether anybody looks at a property; reads that serve nothing else
	// are not made. Nil: at all.
	Looks func(t resource.Type, property string) bool
	// Hurries are names of what waits for a thing's maintenance window and may be made
	// at once with a write.
	Hurries []string
	// Closely asks what scans go without, too.
	Closely bool
}

// Origin is where a value comes from that a call answered.
func Origin(c *awsclient.Call) *fact.Origin { return &fact.Origin{Call: c.Name()} }

// Unread is the origin of a value that a failed call hides.
func Unread(err error) *fact.Origin {
	f := awsclient.AsFault(err)
	return &fact.Origin{Call: f.Call, Fault: f.Code}
}

// Hidden is the gap of a failed call; parent is the zero Ref for a listing of the
// whole account.
func (s *Asker) Hidden(err error, parent resource.Ref, types ...resource.Type) resource.Gap {
	f := awsclient.AsFault(err)
	return resource.Gap{Scope: s.Scope, Parent: parent, Hides: types, Call: f.Call, Code: f.Code, Message: f.Message}
}

// NotFound is the code of a thing that an answer leaves out.
const NotFound = "NotFoundException"

// notYet is the code of a thing that an answer is too old to have.
const notYet = "NotYet"
