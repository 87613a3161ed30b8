package sqlstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/store"
)

// sealed is a table whose rows the audit log vouches for: each row that is
// written is written down a second time, as a line, and the entry of the audit
// log that belongs to it has the digest of the lines.
type sealed struct {
	name    string
	key     int // how many columns, the first ones, name a row
	columns []column
	rest    bool // it has columns without names of their own in a line

	names  []string // of what a line holds
	told   []column // likewise
	layout int      // of its lines: the highest that a column came with
}

// column is how a line holds a column.
type column struct {
	name  string
	kind  kind
	stays stays
	rest  bool // told by a digest of all such columns together

	since  int    // the layout that it came with: lines of earlier ones have none
	before string // what rows of earlier layouts have in it
}

type kind uint8

const (
	asText kind = iota
	asNumber
	asTime   // a number, of microseconds
	asDoc    // a JSON document
	asBlob   // told by its digest
	asTags   // an object of texts, which engines space and order their own way
	asStatus // a number, of a compliance status
)

// stays says how a column may change when a row is written again. One that
// changes otherwise was changed behind kumoban's back and then written anew.
type stays uint8

const (
	free    stays = iota
	always        // never
	once          // from nothing, and never again
	between       // from nothing, and back to it
	answer        // a question, of which the answer may change, and that takes on once that it was sent or withdrawn, and remarks
)

func cols(k kind, names ...string) (list []column) {
	for _, name := range names {
		list = append(list, column{name: name, kind: k})
	}
	return list
}

// later marks columns that came with a layout, and what the migration put into
// the rows that were there: lines that were written before stay readable.
func (t sealed) later(layout int, before string, names ...string) sealed {
	for i := range t.columns {
		if slices.Contains(names, t.columns[i].name) {
			t.columns[i].since, t.columns[i].before = layout, before
		}
	}
	return t
}

// staying marks columns.
func (t sealed) staying(how stays, names ...string) sealed {
	for i := range t.columns {
		if slices.Contains(names, t.columns[i].name) {
			t.columns[i].stays = how
		}
	}
	return t
}

// sealedTables are all that is written by people's decisions, by scans and by
// runs. What is not among them is reckoned anew from them: see derived.go.
func sealedTables() (tables []*sealed) {
	for _, t := range []sealed{
		sealedFindings(),
		sealed{name: "events", key: 1, columns: slices.Concat(cols(asNumber, "seq"), cols(asText, "finding"), cols(asTime, "at"),
			cols(asText, "kind", "was", "became", "actor", "reason"), cols(asNumber, "scan"))},
		sealed{name: "exceptions", key: 1, columns: slices.Concat(cols(asText, "id", "finding", "reason"), cols(asTime, "until"),
			cols(asText, "actor", "approver", "question"), cols(asTime, "created", "ended"), cols(asText, "ended_by"),
			cols(asNumber, "proposal"), cols(asTime, "approved"))}.
			later(1, "0", "proposal").later(1, decimal(never()), "approved").
			staying(always, "finding", "reason", "until", "actor", "question", "created", "proposal").staying(once, "approver", "approved", "ended", "ended_by"),
		sealed{name: "conditions", key: 1, columns: slices.Concat(cols(asText, "exception", "finding", "holds"), cols(asTime, "unread_since"), cols(asText, "unread", "unread_why"))}.
			staying(always, "finding", "holds").staying(between, "unread_since"),
		sealed{name: "questions", key: 1, columns: slices.Concat(cols(asText, "id"), cols(asTime, "asked", "due"), cols(asNumber, "answered"), cols(asDoc, "doc"))}.
			staying(always, "asked", "due").staying(answer, "doc"),
		sealed{name: "runs", key: 1, columns: slices.Concat(cols(asText, "id", "digest"), cols(asDoc, "findings"), cols(asText, "state", "actor"),
			cols(asTime, "started", "updated"), cols(asBlob, "plan", "journal"))}.staying(always, "actor", "started"),
		sealed{name: "scans", key: 1, columns: slices.Concat(cols(asNumber, "id"), cols(asDoc, "doc"), cols(asNumber, "last_event"))}.staying(always, "doc"),
		sealed{name: "scores", key: 5, columns: slices.Concat(cols(asNumber, "scan"), cols(asTime, "at"), cols(asText, "partition", "account", "region"),
			cols(asNumber, "passed", "failed", "unknown", "no_data", "disabled", "known"))}.staying(always, "passed", "failed", "unknown", "no_data", "disabled", "known"),
		sealed{name: "links", key: 1, columns: slices.Concat(cols(asText, "arn", "finding", "product", "digest"), cols(asTime, "pushed"),
			cols(asText, "workflow", "compliance", "state"), cols(asTime, "seen"))},
		sealed{name: "settings", key: 1, columns: cols(asText, "name", "value")},
		sealed{name: "items", key: 2, columns: slices.Concat(cols(asText, "kind", "id", "state", "about"), cols(asTime, "due"), cols(asDoc, "doc"))},
		sealed{name: "owners", key: 1, columns: slices.Concat(cols(asText, "id"), cols(asNumber, "listed"), cols(asDoc, "doc"))},
	} {
		tables = append(tables, t.ready())
	}
	return tables
}

// sealedFindings names what people decide and auditors are told; all else of a
// finding, which scans say anew, is in one digest.
func sealedFindings() sealed {
	t := sealed{name: "findings", key: 1, rest: true}
	for _, name := range storedColumns() {
		c := column{name: name}
		switch name {
		case "rank", "live", "not_offered", "tagset":
			c.kind, c.rest = asNumber, true
		case "previous", "reopened", "changed", "updated":
			c.kind, c.rest = asNumber, true
		case "severity", "override", "first_scan":
			c.kind = asNumber
		case "first_seen":
			c.kind = asTime
		case "status", "first_status":
			c.kind = asStatus
		case "tags":
			c.kind, c.rest = asTags, true
		case "id", "control", "workflow", "state", "exception":
		case "assignee", "ticket":
			c.since = 1
		default:
			c.rest = true
		}
		t.columns = append(t.columns, c)
	}
	return t.staying(always, "control", "first_seen", "first_status", "first_scan")
}

// fields are the names of what a line holds.
func (t *sealed) fields() []string { return t.names }

// field is the column of a field of a line.
func (t *sealed) field(i int) *column { return &t.told[i] }

// ready reckons what a line holds.
func (t *sealed) ready() *sealed {
	for _, c := range t.columns {
		if !c.rest {
			t.told = append(t.told, c)
		}
	}
	if t.rest {
		t.told = append(t.told, column{name: store.Rest, kind: asBlob})
	}
	for _, c := range t.told {
		t.names = append(t.names, c.name)
		t.layout = max(t.layout, c.since)
	}
	return t
}

// cell is a value as a line holds it, whichever engine it comes from.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case []byte:
		if len(v) == 0 {
			return ""
		}
		sum := sha256.Sum256(v)
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return fmt.Sprint(v)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// title begins a line: the table's name, and its layout where it had others.
func (t *sealed) title() string {
	if t.layout == 0 {
		return t.name
	}
	return t.name + "#" + strconv.Itoa(t.layout)
}

// appendLine adds a row to lines: the table's name and the fields, each after
// its length. The values are those of the table's columns.
func (t *sealed) appendLine(b []byte, values []any) []byte {
	b = appendText(b, t.title())
	for i, c := range t.columns {
		if !c.rest {
			b = appendText(b, cell(values[i]))
		}
	}
	if !t.rest {
		return b
	}
	var room [1024]byte
	rest := room[:0]
	for i, c := range t.columns {
		if c.rest {
			rest = appendText(rest, cell(values[i]))
		}
	}
	sum := sha256.Sum256(rest)
	return appendText(b, string(sum[:16]))
}

// cutText takes what appendText added.
func cutText(b []byte) (s string, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || uint64(len(b)-size) < n {
		return "", nil, false
	}
	return string(b[size : size+int(n)]), b[size+int(n):], true
}

// line is a row as it was written down.
type line struct {
	table  *sealed
	fields []string
}

func (l *line) key() string { return strings.Join(l.fields[:l.table.key], "\x00") }

// cutLine takes the first of lines.
func cutLine(tables map[string]*sealed, b []byte) (l line, rest []byte, ok bool) {
	title, b, ok := cutText(b)
	name, number, later := strings.Cut(title, "#")
	layout, err := strconv.Atoi(number)
	if l.table = tables[name]; !ok || l.table == nil || later && (err != nil || layout < 1 || layout > l.table.layout) {
		return l, nil, false
	}
	l.fields = make([]string, len(l.table.told))
	for i, c := range l.table.told {
		if c.since > layout {
			l.fields[i] = c.before
			continue
		}
		if l.fields[i], b, ok = cutText(b); !ok {
			return l, nil, false
		}
	}
	return l, b, true
}

// shown is a field as people read it.
func (c *column) shown(s string) string {
	switch n, err := strconv.ParseInt(s, 10, 64); {
	case err != nil:
	case c.kind == asTime && n == never():
		return ""
	case c.kind == asTime:
		return moment(n).Format(time.RFC3339Nano)
	case c.kind == asStatus && n >= 0 && n <= int64(control.NotApplicable):
		return readStatus(n).String()
	}
	if c.name == store.Rest {
		return hex.EncodeToString([]byte(s))
	}
	return s
}
