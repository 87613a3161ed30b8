// Package store is the contract of what kumoban keeps: scans, findings with
// their history, exceptions, questions, runs of fixes and the audit log. The
// adapters, sqlite and postgres, hold to it by one suite, storetest.
package store

import (
	"context"
	"iter"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/resource"
)

// Store keeps everything. Its methods may be called side by side. Times are kept
// in microseconds and come back in UTC; in texts, NUL and broken UTF-8 become
// U+FFFD.
type Store interface {
	// View runs do over one unchanging state; it never waits for a writer.
	View(ctx context.Context, do func(Reader) error) error
	// Update runs do as the only writer and keeps all that it wrote, or, where do
	// or the store fails or the process dies, nothing. A second writer waits for
	// a while, then gets a Problem of kind Busy.
	Update(ctx context.Context, do func(Writer) error) error
	// Size is the bytes that the store takes, where it can tell; else 0.
	Size(ctx context.Context) (int64, error)
	Close() error
}

// Reader looks. What is asked for by id and is not there is a *NotFound. While
// it hands things on it may be asked, and a Writer may write.
type Reader interface {
	// Records returns those of ids that exist, in no order.
	Records(ctx context.Context, ids []string) ([]lifecycle.Record, error)
	// IDs returns up to limit ids that begin with prefix, in order.
	IDs(ctx context.Context, prefix string, limit int) ([]string, error)
	// Page returns one page, and where the next begins; "" at the end.
	Page(ctx context.Context, q Query) ([]lifecycle.Record, string, error)
	// Each hands on every record that the filter lets through, in the order of
	// Page, without holding them all.
	Each(ctx context.Context, f Filter, do func(*lifecycle.Record) error) error
	// Count is how many the filter lets through.
	Count(ctx context.Context, f Filter) (int, error)
	// Tally counts records by what the score needs; no group is empty.
	Tally(ctx context.Context, f Filter) ([]Group, error)
	// Resources counts records by their resources, most records first, up to limit
	// resources, and tells where the next page begins ("" at the end) and how many
	// resources there are.
	Resources(ctx context.Context, f Filter, after string, limit int) (list []OfResource, next string, total int, err error)
	// Alike hands on counts of records, of which an owner is told by the same; apart
	// hands on each by itself, with its resource.
	Alike(ctx context.Context, f Filter, apart bool, do func(*Alike) error) error
	// EachID hands on the ids that the filter lets through, in no order.
	EachID(ctx context.Context, f Filter, do func(id string) error) error
	// DecidedAt are, of each record that the filter lets through now, the last change
	// of its workflow, and the last of its severity, by a time.
	DecidedAt(ctx context.Context, at time.Time, f Filter) ([]lifecycle.Event, error)
	// History is a record's events in the order they were added.
	History(ctx context.Context, finding string) ([]lifecycle.Event, error)
	// LastNotes are the latest notes of those of some records that have any, in
	// no order.
	LastNotes(ctx context.Context, findings []string) ([]lifecycle.Event, error)

	Scan(ctx context.Context, id int64) (Scan, error)
	// Scans are the latest first; limit 0: all.
	Scans(ctx context.Context, limit int) ([]Scan, error)
	// StatesAt hands on, for every record that was known when a scan was saved,
	// what it was then, in the order of ids. The filter's statuses and states are
	// those of then, all else is as it is now.
	StatesAt(ctx context.Context, scan int64, f Filter) iter.Seq2[StateAt, error]
	// Scores are the points of the trend, oldest first, since a time.
	Scores(ctx context.Context, since time.Time) ([]Score, error)

	Exception(ctx context.Context, id string) (lifecycle.Exception, error)
	// Exceptions are those of ids that exist, in no order.
	Exceptions(ctx context.Context, ids []string) ([]lifecycle.Exception, error)
	// Exceptions of one record, oldest first, ended ones too.
	ExceptionsOf(ctx context.Context, finding string) ([]lifecycle.Exception, error)
	// ExceptionsUntil are those in force that end by themselves before a time, first
	// ending first: see [lifecycle.Exception.Ends].
	ExceptionsUntil(ctx context.Context, t time.Time) ([]lifecycle.Exception, error)
	// Conditioned hands on those in force that rest on conditions, some at a time, in
	// the order of their ids. What do writes changes nothing in which ones those are.
	Conditioned(ctx context.Context, do func([]lifecycle.Exception) error) error
	// ExceptionsPage is one page of exceptions in a state, or of those that were in
	// force at a time.
	ExceptionsPage(ctx context.Context, q ExceptionQuery) (Exceptions, error)
	// Proposals are the exceptions that wait for an approver, oldest first.
	Proposals(ctx context.Context) ([]lifecycle.Exception, error)

	// Settings are what was decided for all who work on the store, by name.
	Settings(ctx context.Context) (map[string]string, error)

	// Owners is the owner directory, by the names of its entries.
	Owners(ctx context.Context) ([]ask.Listing, error)

	Question(ctx context.Context, id string) (ask.Question, error)
	// Questions by what is asked for, oldest first.
	Questions(ctx context.Context, q QuestionFilter) ([]ask.Question, error)

	Run(ctx context.Context, id string) (Run, error)
	// Runs that touched a record ("": all), latest first, without plans and journals.
	Runs(ctx context.Context, finding string) ([]Run, error)

	// Item is the one of a kind and id; Items are those that a query lets through,
	// by when they are due, then by id.
	Item(ctx context.Context, kind ItemKind, id string) (Item, error)
	Items(ctx context.Context, q ItemQuery) ([]Item, error)

	// Links are those of records, those of one record by ARN.
	Links(ctx context.Context, ids []string) ([]Link, error)
	// LinkByARN is the one under which Security Hub knows a finding of ours; else
	// it is a *NotFound "link".
	LinkByARN(ctx context.Context, arn string) (Link, error)

	// Audit hands on the entries from a sequence number on, in order.
	Audit(ctx context.Context, from int64) iter.Seq2[audit.Entry, error]
	// AuditOf are the entries about one subject, in order.
	AuditOf(ctx context.Context, subject string) ([]audit.Entry, error)
	// Head is the last entry; the zero Entry where there is none.
	Head(ctx context.Context) (audit.Entry, error)
	// Compare holds every table to what the entries of the audit log wrote, or to
	// what follows from it, and hands on what differs. Whether the entries
	// themselves are whole, only [audit.Verify] tells.
	Compare(ctx context.Context, do func(Difference) error) (Compared, error)
}

// Writer writes. It sees its own writing.
type Writer interface {
	Reader
	// AddScan stores a scan and returns its id, greater than every one before.
	AddScan(ctx context.Context, s Scan) (int64, error)
	// Insert stores records that are not there yet; in bulk.
	Insert(ctx context.Context, records []lifecycle.Record) error
	// Replace stores records anew that are there; in bulk. For one that is not,
	// here and in Touch, there is a *NotFound.
	Replace(ctx context.Context, records []lifecycle.Record) error
	// Touch sets LastSeen and LastScan of records in which nothing else changed; in bulk.
	Touch(ctx context.Context, ids []string, at time.Time, scan int64) error
	// Unseen hands on the ACTIVE records of a source, account and Region that a
	// scan did not see. What do writes changes nothing in which ones are handed on.
	Unseen(ctx context.Context, source string, at resource.Scope, scan int64, do func(*lifecycle.Record) error) error
	// AddEvents adds to the histories of records that are there.
	AddEvents(ctx context.Context, events []lifecycle.Event) error
	AddScores(ctx context.Context, scores []Score) error
	// PutException, PutQuestion and PutRun store by id, anew or again.
	PutException(ctx context.Context, e lifecycle.Exception) error
	PutQuestion(ctx context.Context, q ask.Question) error
	PutRun(ctx context.Context, r Run) error
	// PutSetting decides one setting, anew or again.
	PutSetting(ctx context.Context, name, value string) error
	// SetOwners makes the list the whole owner directory.
	SetOwners(ctx context.Context, list []ask.Listing) error
	// PutItem stores an item by kind and id, anew or again.
	PutItem(ctx context.Context, i Item) error
	// DropItems forgets work of a kind and state that was due before a time. Items
	// that the audit log vouches for stay: of them it is an error.
	DropItems(ctx context.Context, kind ItemKind, state string, before time.Time) (int64, error)
	// PutLinks stores links by ARN, anew or again, of records that are there; in bulk.
	PutLinks(ctx context.Context, links []Link) error
	// Append adds an entry to the audit log and returns it sealed. It vouches for
	// what the transaction wrote since the entry before; what no entry vouches for
	// at the end gets one of its own.
	Append(ctx context.Context, e audit.Entry) (audit.Entry, error)
}

// Scan is one saved look.
type Scan struct {
	ID         int64
	Started    time.Time
	Ended      time.Time
	Source     string // lifecycle.SourceLive, or the root of a source
	Version    string // of kumoban
	Incomplete string // "", "interrupted" or "timeout"
	Accounts   []resource.Account
	Controls   []string
	Wide       []string `json:",omitempty"` // those of them that judge what is the account's, whatever the Region
	Gaps       []resource.Gap
	Findings   int // how many it had to say
	Kind       ScanKind
	Looked     []string // of a look after a fix: the findings that it was at
}

// ScanKind says what a look came from.
type ScanKind string

// The kinds. A look that an earlier build saved has none: see [Scan.What].
const (
	KindScan   ScanKind = "scan"
	KindImport ScanKind = "import" // of a saved report
	KindApply  ScanKind = "fix apply"
	KindResume ScanKind = "fix resume"
	KindUndo   ScanKind = "fix undo"
	KindVerify ScanKind = "fix verify"
	KindFix    ScanKind = "fix" // one of these four
)

// Around tells whether a scan looked around, rather than at what a fix changed.
func (s *Scan) Around() bool { return len(s.Accounts) > 0 || len(s.Gaps) > 0 }

// What is the scan's kind, or what can be told of it where none was kept: an
// import counts as a scan then.
func (s *Scan) What() ScanKind {
	switch {
	case s.Kind != "":
		return s.Kind
	case s.Around():
		return KindScan
	}
	return KindFix
}

// Filter chooses records; an empty field lets all through. Within a list any
// one is enough; patterns are globs (* and ?), anchored, and case-insensitive
// for controls only.
type Filter struct {
	Controls   []string // patterns
	Severities []control.Severity
	Statuses   []control.Status
	Workflows  []lifecycle.Workflow
	States     []lifecycle.State
	Accounts   []string
	Regions    []string
	Types      []resource.Type
	Resources  []string          // patterns over the ARN, address or name
	Tags       map[string]string // all must be there; the value is a pattern
	Sources    []string
	Since      time.Time // changed at or after
	Exception  *bool     // has one in force, or has none
	Assignees  []string  // who works on it; "" is nobody
}

// Order is what a page is sorted by; the id breaks ties, so that the order is
// total and stable.
type Order string

// The orders.
const (
	BySeverity Order = "severity" // most severe first, then control, account, Region, resource
	ByChanged  Order = "changed"  // latest change first; of the same time, the id downwards
	ByResource Order = "resource" // account, Region, resource, control
)

// Query is one page.
type Query struct {
	Filter
	Order Order  // "": BySeverity
	After string // what Page returned; "": the first page
	Limit int    // at least 1
}

// Group counts records that are alike.
type Group struct {
	Partition, Account, Region string
	Control                    string
	Status                     control.Status
	Suppressed, Archived       bool
	NotOffered                 bool
	Severity                   control.Severity // the one that counts
	N                          int
}

// StateAt is what a record was when a scan had been saved.
type StateAt struct {
	Finding  string
	Control  string
	Resource resource.Ref
	Status   control.Status
	State    lifecycle.State
	Severity control.Severity // the one that counts now
}

// Score is one point of the trend.
type Score struct {
	Scan               int64
	At                 time.Time
	Partition, Account string // "" and "": all accounts together
	Region             string // "": all Regions together
	Passed             int    // controls
	Failed             int
	Unknown            int
	NoData             int
	Disabled           int
	Known              int // controls of the standard, evaluated or not
}

// QuestionFilter chooses questions.
type QuestionFilter struct {
	Finding string    // "" all
	Open    bool      // only those without an answer
	DueBy   time.Time // only those due before; zero: all
}

// Run is one run of a fix: its plan and journal as they were last seen.
type Run struct {
	ID       string
	Digest   string // of the plan
	Findings []string
	State    string // "begun", "done", "failed", "undone"
	By       string
	Started  time.Time
	Updated  time.Time
	Plan     []byte
	Journal  []byte
}

// Link is what Security Hub has of a record: its own finding, or the one that we
// pushed.
type Link struct {
	Finding    string    // the record's id
	ARN        string    // the finding's id in Security Hub; that of one that we pushed is the record's
	ProductArn string    // whose finding it is there
	Digest     string    // of what we pushed last; "": nothing
	UpdatedAt  time.Time // of what we pushed last
	Workflow   string    // NEW, NOTIFIED, SUPPRESSED or RESOLVED; "": not pulled yet
	Compliance string    // PASSED, FAILED, WARNING or NOT_AVAILABLE
	State      string    // ACTIVE or ARCHIVED
	SeenAt     time.Time // of the last pull that saw it
}
