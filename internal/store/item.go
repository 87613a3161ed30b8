package store

import "time"

// Item is what is kept whole, as JSON, by its kind and id: what people decide beside
// findings, or work that is under way.
type Item struct {
	Kind  ItemKind
	ID    string
	State string    // a word of the kind's own
	About string    // what it belongs to: an account, a question, a run; "" nothing
	Due   time.Time // when somebody has to look at it next, or when it began
	Doc   []byte    // JSON
}

// ItemKind is a kind of items.
type ItemKind string

// The kinds of what people decide: the audit log vouches for them.
const (
	ItemLink     ItemKind = "link"     // of an owner's page
	ItemApproval ItemKind = "approval" // of a plan
	ItemSchedule ItemKind = "schedule" // of scans
	ItemView     ItemKind = "view"     // filters of findings that somebody saved
	ItemChannel  ItemKind = "channel"  // where messages go
)

// The kinds of work. What it changes for good the audit log tells; the work itself is
// forgotten some time after it is done.
const (
	ItemJob     ItemKind = "job"
	ItemPart    ItemKind = "part"    // of what a job works on
	ItemMessage ItemKind = "message" // of the outbox
)

// Vouched tells whether the audit log vouches for items of a kind.
func (k ItemKind) Vouched() bool { return k != ItemJob && k != ItemPart && k != ItemMessage }

// ItemQuery chooses items of one kind; an empty field lets all through.
type ItemQuery struct {
	Kind   ItemKind
	States []string
	About  string
	DueBy  time.Time // those due at or before
	Down   bool      // the last due first
	After  *Item     // only those that come behind it, by when it is due and its id
	Limit  int       // 0: all
}
