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
// and where can only be said then. It keeps the findings that it names and
// counts the others.
type Handler struct {
	stream.Kept
	w       *bufio.Writer // keeps its first error for Flush
	texts   *stream.Texts
	opts    Options
	here    *stream.Tally              // of Regions where AWS offers the control; they make the score
	away    *finding.Tally             // of the others
	notIn   map[string]map[string]bool // by control: the others
	empty   map[string]int             // by control: how many PASSED findings of here stand for "no resource"
	vacants map[string]int             // the same of away
	places  map[place]bool             // whether there was any resource, or something hides whether there was
}

// place is where a service was looked for.
type place struct{ service, account, region string }

// Options are the choices of a text report.
type Options struct {
	Color       bool   // ANSI colours
	Verbose     bool   // name the resources that pass or are not applicable too
	NextCommand string // the command to suggest at the end; empty: the report picks one
}

// New returns a handler that writes to w.
func New(w io.Writer, texts *stream.Texts, opts Options) *Handler {
	return &Handler{
		w: bufio.NewWriter(w), texts: texts, opts: opts, here: stream.NewTally(), away: finding.NewTally(nil),
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
	counted.Add(f)
	empty := f.Status == control.Passed && f.Reason == finding.ReasonEmpty
	if empty {
		empties[f.Control]++
	}
	at := place{service(f.Control), f.Resource.Account, f.Resource.Region}
	h.places[at] = h.places[at] || !empty || f.Message.Key == finding.OthersOnly
	if h.opts.Verbose || f.Status == control.Failed || f.Status == control.Unknown {
		h.Keep(f)
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
	h.SortByName()
	h.here.Hide(s.Controls, h.Gaps)
	for _, g := range h.Gaps {
		h.absent(g, s.Controls)
	}
	v := &view{
		Handler: h, scan: s, ids: stream.ControlIDs(s.Controls, h.here.Tally, h.away), named: map[string][]*finding.Finding{},
		accounts: map[string]string{}, regions: map[string]bool{},
	}
	for _, f := range h.Findings {
		v.named[f.Control] = append(v.named[f.Control], f)
	}
	for _, a := range s.Accounts {
		v.accounts[a.ID] = a.Name
		for _, r := range a.Regions {
			v.regions[r] = true
		}
	}
	v.incomplete()
	v.head()
	v.controls()
	v.scores()
	v.gaps()
	v.next()
	v.incomplete()
	return h.w.Flush()
}

// view writes one report.
type view struct {
	*Handler
	scan     *stream.Scan
	ids      []string // of controls, in order
	named    map[string][]*finding.Finding
	accounts map[string]string // id → name, to tell accounts apart
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

// head says who looked, and where.
func (v *view) head() {
	s := v.scan
	v.line(0, v.paint(bold, v.say("title", locale.A("version", s.Version))))
	source, key := locale.A("source", v.texts.Named("report.source", s.Source)), "source"
	if s.Endpoint != "" {
		key = "sourceEndpoint"
	}
	v.line(0, v.say(key, source, locale.A("endpoint", s.Endpoint)))
	same := true
	for _, a := range s.Accounts {
		same = same && strings.Join(a.Regions, " ") == strings.Join(s.Accounts[0].Regions, " ")
	}
	for _, a := range s.Accounts {
		v.line(0, clean(v.texts.Account(a)))
		if !same {
			v.line(1, v.regionList(a.Regions))
		}
	}
	if same && len(s.Accounts) > 0 {
		v.line(0, v.regionList(s.Accounts[0].Regions))
	}
	if s.Exported {
		v.line(0, v.say("exported", locale.A("at", stream.Moment(s.Ended))))
	} else {
		v.line(0, v.say("time", locale.A("started", stream.Moment(s.Started)), locale.A("took", stream.Took(s).String())))
	}
	v.line(0)
}

func (v *view) regionList(regions []string) safe {
	return clean(v.many(len(regions), "regions", names("regions", regions)))
}
