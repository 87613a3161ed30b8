package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// A history is a word over these letters, one step an hour:
//
//	F P U N  a scan sees the stage so (Unknown: could not judge, N: not applicable)
//	f p u    an older scan, saved late, saw it so
//	G        a scan saw all, but not the stage
//	X        a scan could not look where the stage is
//	I        a scan was stopped early
//	O        the control was switched off
//	s S t r n e   suppress, anew for long, unsuppress, resolve, notify, expire
//	c a scan finds the condition of the exception false; q could not read it; w it holds
//	0 1 2 3  Security Hub says NEW, NOTIFIED, SUPPRESSED, RESOLVED; ( ) the same, decided before ours
const letters = "FFFFPPPPUUUNNfpuGGXXIOOsStrnecqw0123()"

// hub is the model: what Security Hub would keep, in its own words.
type hub struct {
	compliance, record, workflow string
	exception                    int    // the step that made it; 0 none
	until                        int    // when it ends
	looks                        string // every look that counted; A archived
	table                        []row
}

type row struct {
	from, event *regexp.Regexp
	to          string
}

// workflowTable is Security Hub's, with what we decided where it is silent.
func workflowTable() []row {
	var table []row
	for _, r := range [][3]string{
		{"SUPPRESSED", ".*", "SUPPRESSED"},
		{".*", "ARCHIVED/.* ACTIVE/PASSED", "RESOLVED"},
		{".*", ".*/(FAILED|NOT_AVAILABLE) ACTIVE/PASSED", "RESOLVED"},
		{"NOTIFIED|RESOLVED", "ARCHIVED/.* ACTIVE/.*", "NEW"},
		{"NOTIFIED|RESOLVED", ".*/PASSED .*/(FAILED|NOT_AVAILABLE)", "NEW"},
	} {
		table = append(table, row{regexp.MustCompile("^(" + r[0] + ")$"), regexp.MustCompile("^(" + r[1] + ")$"), r[2]})
	}
	return table
}

func (h *hub) look(record, compliance, letter string) {
	event := h.record + "/" + h.compliance + " " + record + "/" + compliance
	for _, row := range h.table {
		if row.from.MatchString(h.workflow) && row.event.MatchString(event) {
			h.workflow = row.to
			break
		}
	}
	h.record, h.compliance, h.looks = record, compliance, h.looks+letter
}

func (h *hub) choose(workflow string, exception, until int) {
	h.workflow, h.exception, h.until = workflow, exception, until
}

func (h *hub) step(letter byte, n int) {
	passes := map[bool]string{true: "RESOLVED", false: "NEW"}[h.compliance == "PASSED"]
	alive := h.record == "ACTIVE"
	switch letter {
	case 'F':
		h.look("ACTIVE", "FAILED", "F")
	case 'P':
		h.look("ACTIVE", "PASSED", "P")
	case 'U':
		h.look("ACTIVE", "NOT_AVAILABLE", "U")
	case 'N':
		h.look("ARCHIVED", "NOT_AVAILABLE", "A")
	case 'G':
		if alive {
			h.look("ARCHIVED", "NOT_AVAILABLE", "A")
		}
	case 'O':
		if alive {
			h.record, h.looks = "ARCHIVED", h.looks+"A"
		}
	case 's', 'S':
		if alive {
			h.choose("SUPPRESSED", n, n+map[byte]int{'s': 2, 'S': 50}[letter])
		}
	case 't':
		if h.workflow == "SUPPRESSED" {
			h.choose(passes, 0, 0)
		}
	case 'r', 'n':
		if alive {
			h.choose(map[byte]string{'r': "RESOLVED", 'n': "NOTIFIED"}[letter], 0, 0)
		}
	case 'e':
		if h.exception > 0 && n >= h.until {
			h.choose(passes, 0, 0)
		}
	case 'c':
		if h.exception > 0 {
			h.choose(passes, 0, 0)
		}
	case '0', '1', '2', '3':
		if to := []string{"NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"}[letter-'0']; to != h.workflow {
			h.choose(to, 0, 0)
		}
	}
}

// reopened is read off the looks: a run of failures after a closure after a failure.
func (h *hub) reopened() int {
	runs := strings.FieldsFunc(strings.ReplaceAll(h.looks, "U", ""), func(r rune) bool { return r != 'F' })
	return max(0, len(runs)-1)
}

// real is the code under test, driven as whoever saves scans drives it.
type real struct {
	r          *Record
	events     []Event
	exceptions map[string]Exception
}

func (x *real) keep(r Record, events []Event, err error) {
	if err == nil {
		x.r, x.events = &r, append(x.events, events...)
	}
}

func (x *real) saw(n, at int, s control.Status) error {
	o := seen(n, s)
	o.At = hour(at)
	if n%3 == 0 {
		o.Notes = []locale.Message{locale.M("x.note")} // what is told changes, though the verdict may not
	}
	r, events, change := Observe(x.r, o)
	if change == Stale && at == n || change == Touched && len(events) > 0 {
		return fmt.Errorf("change %d with %s", change, told(events))
	}
	x.keep(r, events, nil)
	return nil
}

func (x *real) unseen(n int, edit func(*Look)) {
	l := whole()
	l.At, l.Scan = hour(n), int64(n)
	edit(&l)
	if why := Cover(l).Why(x.r); why != "" {
		r, events := Archive(x.r, why, hour(n), int64(n))
		x.keep(r, events, nil)
	}
}

func (x *real) step(letter byte, n int) error {
	switch letter {
	case 'F', 'P', 'U', 'N':
		return x.saw(n, n, statusOf(letter))
	case 'f', 'p', 'u':
		return x.saw(n, 0, statusOf(letter-'a'+'A'))
	case 'G':
		x.unseen(n, func(*Look) {})
	case 'X':
		x.unseen(n, func(l *Look) {
			l.Gaps = []resource.Gap{{Scope: tokyo, Parent: api([]string{"", "/restapis/a"}[n%2]), Hides: []resource.Type{stageType}}}
		})
	case 'I':
		x.unseen(n, func(l *Look) { l.Incomplete = true })
	case 'O':
		x.unseen(n, func(l *Look) { l.Disabled = l.Controls })
	case 's', 'S':
		e := exception(n, n+map[byte]int{'s': 2, 'S': 50}[letter])
		e.ID = fmt.Sprint(n)
		x.exceptions[e.ID] = e
		x.keep(Suppress(x.r, e))
	case 't':
		x.keep(Unsuppress(x.r, by(n)))
	case 'r':
		x.keep(Resolve(x.r, by(n)))
	case 'n':
		x.keep(Notify(x.r, by(n)))
	case 'e':
		e := x.exceptions[x.r.Exception]
		x.keep(Expire(x.r, &e, hour(n)))
	case 'c', 'q', 'w':
		e := x.exceptions[x.r.Exception]
		if x.r.Exception == "" || e.ID == "" {
			break
		}
		o := Outcome{Truth: map[byte]fact.Truth{'c': fact.False, 'w': fact.True}[letter], Looked: true, Condition: "no tag x", Fact: "tag x=1", Why: "a:B C"}
		r, now, events := LookAt(x.r, &e, o, hour(n), int64(n))
		if letter != 'c' && (!reflect.DeepEqual(r, *x.r) || now.UnreadSince.IsZero() != (letter == 'w')) {
			return fmt.Errorf("%c changed the record, or left %v", letter, now.UnreadSince)
		}
		x.exceptions[e.ID] = now
		x.keep(r, events, nil)
	case '0', '1', '2', '3':
		x.keep(FromHub(x.r, []Workflow{New, Notified, Suppressed, Resolved}[letter-'0'], lastDecision(x.r, x.events), by(n), ""))
	case '(', ')':
		x.keep(FromHub(x.r, map[byte]Workflow{'(': New, ')': Suppressed}[letter], lastDecision(x.r, x.events), By{"", hour(0), ""}, ""))
	}
	return nil
}

func statusOf(letter byte) control.Status {
	return map[byte]control.Status{'F': control.Failed, 'P': control.Passed, 'U': control.Unknown, 'N': control.NotApplicable}[letter]
}

// differ runs a history through both and says where they part; "" nowhere.
func differ(table []row, history string) string {
	first := history[0]
	h := hub{record: "ACTIVE", compliance: "NEVER", workflow: "NEW", table: table}
	h.step(first, 1)
	if first == 'P' {
		h.workflow = "RESOLVED"
	}
	x := real{exceptions: map[string]Exception{}}
	for i := range len(history) {
		letter, before := history[i], Record{}
		if i > 0 {
			before = *x.r
			h.step(letter, i+1)
		}
		if err := x.step(letter, i+1); err != nil {
			return fmt.Sprintf("step %d: %v", i+1, err)
		}
		r := x.r
		compliance := r.Status.String()
		if r.Status == control.Unknown || r.Status == control.NotApplicable {
			compliance = "NOT_AVAILABLE"
		}
		exception := ""
		if h.exception > 0 {
			exception = fmt.Sprint(h.exception)
		}
		got := fmt.Sprint(r.State, " ", compliance, " ", r.Workflow, " exception ", r.Exception, " reopened ", r.Reopened)
		want := fmt.Sprint(h.record, " ", h.compliance, " ", h.workflow, " exception ", exception, " reopened ", h.reopened())
		if got != want {
			return fmt.Sprintf("step %d (%c): %s\nthe model: %s", i+1, letter, got, want)
		}
		if wrong := laws(&x, &before, letter); wrong != "" {
			return fmt.Sprintf("step %d (%c): %s", i+1, letter, wrong)
		}
	}
	return ""
}

// laws hold of every record after every step.
func laws(x *real, before *Record, letter byte) string {
	r := x.r
	status, state, workflow := r.First, stateOf(r.First), New
	if r.First == control.Passed {
		workflow = Resolved
	}
	for _, e := range x.events {
		now := map[EventKind]string{EventCompliance: status.String(), EventState: string(state), EventWorkflow: string(workflow)}
		if was, known := now[e.Kind]; known && was != e.From || known && e.From == e.To {
			return fmt.Sprintf("an event of %s goes from %s to %s, but it was %s", e.Kind, e.From, e.To, was)
		}
		switch e.Kind {
		case EventCompliance:
			if status.UnmarshalText([]byte(e.To)) != nil {
				return "no status " + e.To
			}
		case EventState:
			state = State(e.To)
		case EventWorkflow:
			workflow = Workflow(e.To)
		}
	}
	switch {
	case status != r.Status || state != r.State || workflow != r.Workflow:
		return fmt.Sprint("the events lead to ", status, " ", state, " ", workflow)
	case strings.ContainsRune("XIfpu()", rune(letter)) && words(before) != words(r):
		return "a scan that could not look, or looked before, changed " + words(before)
	case letter == 'U' && before.ID != "" && (r.Status == control.Passed || r.State == Archived || r.Workflow == Resolved && before.Workflow != Resolved):
		return "a doubt closed it"
	case r.Exception != "" && r.Workflow != Suppressed:
		return "an exception in force, but not suppressed"
	case r.LastSeen.Before(r.FirstSeen) || r.Updated.Before(r.Changed) || r.Changed.Before(before.Changed):
		return fmt.Sprintf("times: %+v", r)
	case r.Status == control.NotApplicable && r.State != Archived:
		return "not applicable, yet active"
	}
	return ""
}

// shrink leaves out steps as long as the two still differ.
func shrink(table []row, history string) string {
	for i := 0; i < len(history); {
		shorter := history[:i] + history[i+1:]
		if shorter != "" && strings.ContainsRune("FPUN", rune(shorter[0])) && differ(table, shorter) != "" {
			history, i = shorter, 0
		} else {
			i++
		}
	}
	return history
}

// TestModel runs 10,000 histories through the code and an independent model.
func TestModel(t *testing.T) {
	const histories, longest = 10_000, 40
	random := rand.New(rand.NewPCG(4, 2027))
	table, used := workflowTable(), map[byte]int{}
	for range histories {
		history := []byte{"FPUN"[random.IntN(4)]}
		for range random.IntN(longest) {
			history = append(history, letters[random.IntN(len(letters))])
		}
		for _, b := range history {
			used[b]++
		}
		if differ(table, string(history)) != "" {
			least := shrink(table, string(history))
			t.Fatalf("%s\nleast: %s\n%s", history, least, differ(table, least))
		}
	}
	for _, b := range slices.Compact([]byte(letters)) {
		if used[b] < histories/10 {
			t.Errorf("%c came only %d times", b, used[b])
		}
	}
}
