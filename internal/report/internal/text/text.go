// Package text writes reports for people at a terminal.
package text

import (
	"bufio"
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
)

// Handler writes for people at a terminal, all of it at End: who looked
// and where can only be said then. It keeps the findings that it names and
// counts the others.
type Handler struct {
	stream.Kept
	w     *bufio.Writer // keeps its first error for Flush
	texts *stream.Texts
	opts  Options
	tally *finding.Tally
	empty map[string]int // by control: how many PASSED findings stand for "no resource"
}

// Options are the choices of a text report.
type Options struct {
	Color       bool   // ANSI colours
	Verbose     bool   // name the resources that pass or are not applicable too
	NextCommand string // the command to suggest at the end; empty: the report picks one
}

// New returns a handler that writes to w.
func New(w io.Writer, texts *stream.Texts, opts Options) *Handler {
	return &Handler{
		w: bufio.NewWriter(w), texts: texts, opts: opts, tally: finding.NewTally(nil), empty: map[string]int{},
	}
}

// Finding counts a finding, and keeps it if the report is to name it.
func (h *Handler) Finding(f *finding.Finding) error {
	h.tally.Add(f)
	if f.Status == control.Passed && f.Reason == finding.ReasonEmpty {
		h.empty[f.Control]++
	}
	if h.opts.Verbose || f.Status == control.Failed || f.Status == control.Unknown {
		h.Keep(f)
	}
	return nil
}

// End writes the report.
func (h *Handler) End(s *stream.Scan) error {
	h.Sort(s.Controls)
	v := &view{Handler: h, scan: s, ids: stream.ControlIDs(s.Controls, h.tally), named: map[string][]*finding.Finding{}}
	for _, f := range h.Findings {
		v.named[f.Control] = append(v.named[f.Control], f)
	}
	v.places()
	v.incomplete()
	v.head()
	v.controls()
	v.scores()
	v.unread()
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
}

func (v *view) places() {
	v.accounts, v.regions = map[string]string{}, map[string]bool{}
	for _, a := range v.scan.Accounts {
		v.accounts[a.ID] = a.Name
		for _, r := range a.Regions {
			v.regions[r] = true
		}
	}
}

func (v *view) say(key string, args ...locale.Arg) safe {
	return clean(v.texts.Say("report."+key, args...))
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
	v.line(0, v.say("source", locale.A("source", v.texts.Named("report.source", s.Source))))
	same := true
	for _, a := range s.Accounts {
		same = same && strings.Join(a.Regions, " ") == strings.Join(s.Accounts[0].Regions, " ")
	}
	for _, a := range s.Accounts {
		v.line(0, v.account(a))
		if !same {
			v.line(1, v.say("regions", names("regions", a.Regions)))
		}
	}
	if same && len(s.Accounts) > 0 {
		v.line(0, v.say("regions", names("regions", s.Accounts[0].Regions)))
	}
	v.line(0, v.say("time", locale.A("started", s.Started.UTC().Format("2006-01-02 15:04:05 UTC")),
		locale.A("took", took(s).String())))
	v.line(0)
}

// took rounds to what a person wants to know.
func took(s *stream.Scan) time.Duration {
	d := s.Ended.Sub(s.Started)
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(time.Second / 10)
}

func (v *view) account(a stream.Account) safe {
	id, key := a.ID, "account"
	if id == "" {
		id = v.texts.Say("report.noAccount")
	}
	if a.Name != "" {
		key += "Named"
	}
	if a.Caller != "" {
		key += "Caller"
	}
	return v.say(key, locale.A("account", id), locale.A("name", a.Name), locale.A("caller", a.Caller))
}

// scores says for each service how many of its controls pass.
func (v *view) scores() {
	var services []string
	byService := map[string][]string{}
	for _, id := range v.ids {
		service, _, _ := strings.Cut(id, ".")
		if byService[service] == nil {
			services = append(services, service)
		}
		byService[service] = append(byService[service], id)
	}
	for _, service := range services {
		v.score(service, byService[service])
	}
	t := v.tally.Total
	v.line(0, v.say("findings", locale.A("n", t.Passed+t.Failed+t.Unknown+t.NotApplicable), locale.A("counts", v.counts(t, 0))))
}

func (v *view) score(service string, ids []string) {
	passed, of, open, noData := 0, 0, 0, []string(nil)
	for _, id := range ids {
		switch v.tally.Status(id) {
		case finding.ControlNoData:
			noData = append(noData, id)
			continue
		case finding.ControlPassed:
			passed++
		case finding.ControlUnknown:
			open++
		}
		of++
	}
	args := []locale.Arg{
		locale.A("service", v.texts.Named("report.service", service)), locale.A("passed", passed), locale.A("of", of),
		locale.A("failed", of-passed-open), locale.A("unknown", open),
	}
	key := "score"
	switch {
	case of == 0:
		key = "scoreNone"
	case v.scan.Incomplete != "":
		key = "scoreSoFar"
	}
	v.line(0, v.paint(bold, v.say(key, args...)))
	if len(noData) > 0 {
		v.line(1, v.say("noData", names("controls", noData)))
	}
}

// unread lists the gaps.
func (v *view) unread() {
	if len(v.Gaps) == 0 {
		return
	}
	v.line(0)
	v.line(0, v.paint(yellow, v.say("gaps", locale.A("n", len(v.Gaps)))))
	for _, g := range v.Gaps {
		v.line(1, v.paint(yellow, "! "), clean(g.Call), " ", clean(g.Code), v.where(g.Account, g.Region, false))
		if g.Message != "" {
			v.line(2, clean(g.Message))
		}
		types := make([]string, len(g.Hides))
		for i, t := range g.Hides {
			types[i] = string(t)
		}
		key := "hides"
		if g.Parent.Type != "" {
			key = "hidesParts"
		}
		v.line(2, v.say(key, names("types", types), locale.A("parent", cmp.Or(g.Parent.Name, string(g.Parent.Type))), locale.A("id", g.Parent.ID())))
	}
}

// next suggests what to type.
func (v *view) next() {
	command := v.opts.NextCommand
	if command == "" {
		command = v.suggest()
	}
	v.line(0)
	v.line(0, v.say("next", locale.A("command", command)))
}

// suggest looks at the worst first: what fails, then what was refused.
func (v *view) suggest() string {
	worst, severity, failed := "", control.Severity(0), 0
	for id, fs := range v.named {
		n, s := 0, control.Severity(0)
		for _, f := range fs {
			if f.Status == control.Failed && !f.NotOffered {
				n, s = n+1, max(s, f.Severity)
			}
		}
		if n > 0 && (s > severity || s == severity && (n > failed || n == failed && v.before(id, worst))) {
			worst, severity, failed = id, s, n
		}
	}
	if worst != "" {
		return "kumoban controls explain " + worst
	}
	for _, g := range v.Gaps {
		if strings.Contains(g.Code, "AccessDenied") || strings.Contains(g.Code, "Unauthorized") {
			return "kumoban iam-policy scan"
		}
	}
	if len(v.Gaps) > 0 || v.tally.Total.Unknown > 0 || v.scan.Incomplete != "" {
		return "kumoban scan"
	}
	return "kumoban controls list"
}
