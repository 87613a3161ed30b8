// Package text writes reports for people at a terminal.
package text

import (
	"bufio"
	"io"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

// Handler writes for people at a terminal, all of it at End: who looked
// and where can only be said then. It holds the findings that it names and
// counts the others.
type Handler struct {
	stream.Kept               // of it, the gaps
	w           *bufio.Writer // keeps its first error for Flush
	texts       *stream.Texts
	opts        Options
	held        held
	here        *stream.Tally              // of Regions where AWS offers the control; they make the score
	away        *finding.Tally             // of the others
	letBe       map[string]int             // by control: what would count, but is let be
	severities  map[control.Severity]int   // of what failed here
	notIn       map[string]map[string]bool // by control: the others
	empty       map[string]int             // by control: how many PASSED findings of here stand for "no resource"
	vacants     map[string]int             // the same of away
	places      map[place]bool             // whether there was any resource, or something hides whether there was
}

// place is where a service was looked for.
type place struct{ service, account, region string }

// Options are the choices of a text report.
type Options struct {
	Color       bool   // ANSI colours
	Verbose     bool   // name all resources, and those that pass or are not applicable too
	NextCommand string // the command to suggest at the end; empty: the report picks one
	Store       string // what a command needs to find the store, after a space; usually empty
	// Known fills in what a store knows of findings that the report names; nil: no
	// store does.
	Known func([]*finding.Finding)
}

// New returns a handler that writes to w.
func New(w io.Writer, texts *stream.Texts, opts Options) *Handler {
	return &Handler{
		w: bufio.NewWriter(w), texts: texts, opts: opts, here: stream.NewTally(), away: finding.NewTally(nil),
		held: held{all: opts.Verbose, kind: map[string]map[kind]*sample{}}, letBe: map[string]int{}, severities: map[control.Severity]int{},
		notIn: map[string]map[string]bool{}, empty: map[string]int{}, vacants: map[string]int{}, places: map[place]bool{},
	}
}

// Finding counts a finding, and keeps it if the report is to name it.
func (h *Handler) Finding(f *finding.Finding) error {
	counted, empties := h.here.Tally, h.empty
	if f.NotOffered {
		counted, empties = h.away, h.vacants
		h.notOffered(f.Control, f.Resource.Region)
	}
	if stream.LetBe(f) {
		h.letBe[f.Control]++
	} else {
		counted.Add(f)
		if f.Status == control.Failed && !f.NotOffered {
			h.severities[f.Severity]++
		}
	}
	empty := f.Status == control.Passed && f.Reason == finding.ReasonEmpty
	if empty {
		empties[f.Control]++
	}
	at := place{service(f.Control), f.Resource.Account, f.Resource.Region}
	h.places[at] = h.places[at] || !empty || f.Message.Key == finding.OthersOnly
	if h.opts.Verbose || f.Status == control.Failed || f.Status == control.Unknown {
		h.held.add(f)
	}
	return nil
}

func (h *Handler) notOffered(id, region string) {
	if h.notIn[id] == nil {
		h.notIn[id] = map[string]bool{}
	}
	h.notIn[id][region] = true
}

// absent notes which controls AWS does not offer where an account is that nobody
// could name, for no finding says so.
func (h *Handler) absent(g *resource.Gap, set control.Set) {
	for _, c := range set {
		if stream.Unnamed(g) && !c.Offered(g.Region) && stream.Hides(g, c.Control) {
			h.notOffered(c.ID, g.Region)
		}
	}
}

func service(id string) string {
	s, _, _ := strings.Cut(id, ".")
	return s
}

// End writes the report.
func (h *Handler) End(s *stream.Scan) error {
	h.SortGaps()
	h.here.Hide(s.Controls, h.Gaps)
	for _, g := range h.Gaps {
		h.absent(g, s.Controls)
	}
	v := &view{
		Handler: h, scan: s, ids: stream.ControlIDs(s.Controls, h.here.Tally, h.away), accounts: map[string]string{}, regions: map[string]bool{},
		severity: map[string]control.Severity{},
	}
	v.known()
	for _, a := range s.Accounts {
		v.accounts[a.ID] = a.Name
		for _, r := range a.Regions {
			v.regions[r] = true
		}
	}
	v.incomplete()
	v.opening()
	v.totals()
	v.services()
	v.gaps()
	v.next()
	v.incomplete()
	return h.w.Flush()
}

// known asks the store about what is named, and sees which control is how severe.
func (v *view) known() {
	var list []*finding.Finding
	v.stored = v.opts.Known != nil
	v.held.each(func(f *finding.Finding) {
		v.severity[f.Control] = max(v.severity[f.Control], f.Severity)
		v.stored = v.stored || f.Kept != nil
		list = append(list, f)
	})
	if v.opts.Known != nil {
		v.opts.Known(list)
	}
	for _, c := range v.scan.Controls {
		v.severity[c.ID] = c.Severity
	}
}

// view writes one report.
type view struct {
	*Handler
	scan     *stream.Scan
	ids      []string                    // of controls, in order
	severity map[string]control.Severity // of controls, by id
	share    int                         // how many lines a control may take to name resources
	stored   bool                        // a store has the findings, so that they have ids to type
	accounts map[string]string           // id → name, to tell accounts apart
	regions  map[string]bool
	// wrongRegion: nothing at all was found in the one Region that was looked into.
	wrongRegion bool
}

func (v *view) say(key string, args ...locale.Arg) safe {
	return clean(v.texts.Say("report."+key, args...))
}

// many renders the text for a number, which English has another one of for 1.
func (v *view) many(n int, key string, args ...locale.Arg) string {
	if n == 1 {
		key += "One"
	}
	return v.texts.Say("report."+key, append(args, locale.A("n", n))...)
}

// names joins identifiers, all of them, where a sentence would show the first few.
func names(arg string, items []string) locale.Arg { return locale.A(arg, strings.Join(items, ", ")) }

func (v *view) paint(c color, s safe) safe { return paint(v.opts.Color, c, s) }

func (v *view) line(indent int, parts ...safe) {
	v.w.WriteString(strings.Repeat("  ", indent))
	for _, p := range parts {
		v.w.WriteString(string(p))
	}
	v.w.WriteByte('\n')
}

func (v *view) incomplete() {
	if v.scan.Incomplete == "" {
		return
	}
	v.line(0, v.paint(yellow, v.say("incomplete", locale.A("reason", v.texts.Named("report.incomplete", v.scan.Incomplete)))))
}
