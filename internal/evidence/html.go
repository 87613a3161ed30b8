package evidence

import (
	_ "embed"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	pages "github.com/kumoban/kumoban/internal/page"
)

//go:embed page.html.tmpl
var pageText string

// page is what the template shows; every text in it has been cleaned.
type page struct {
	Lang, Title, MadeAt string
	Facts               []fact
	Says                string
	Notes               []string
	Story               []shown
	Questions           []asked
	Entries             []entry
	Whole               bool
	Verified            string
	Compared            comparedJSON
	Head                string
}

// fact is a label and its value.
type fact struct{ Label, Value string }

// shown is a Moment with its time in words.
type shown struct {
	Moment
	When string
	Plan string // of a fix: "good" where the plan has the digest that was approved, else "bad"
}

type asked struct{ ID, Text string }

type entry struct {
	Seq, At, Actor, Action, Subject, Reason, Hash string
	Details                                       []fact
	Intact                                        bool
}

// HTML writes the pack as one page that needs nothing else: no script, no
// picture, no style from elsewhere. It prints.
func (p *Pack) HTML(w io.Writer, catalog *locale.Catalog) error {
	t, err := newTeller(p, catalog)
	if err != nil {
		return err
	}
	tmpl, err := pages.Parse(pageText, pages.Funcs{
		"t":     func(args ...any) any { key, _ := args[0].(string); return t.text(key) },
		"stamp": func(args ...any) any { at, _ := args[0].(time.Time); return t.stamp(at) },
	})
	if err != nil {
		return err
	}
	return tmpl.Execute(w, t.page())
}

func (t *teller) page() *page {
	f := t.finding()
	var notes []string
	for i := range f.Notes {
		notes = append(notes, f.Notes[i].Text)
	}
	p := &page{
		Lang: string(t.catalog.Lang), Title: clean(f.Control + " " + f.Title), MadeAt: t.text("madeAt", locale.A("at", t.stamp(t.MadeAt)), locale.A("version", t.Version)),
		Facts: t.facts(&f), Says: f.Message.Text, Notes: notes, Whole: t.Audit.Problem == nil, Verified: t.verified().Says, Compared: t.compared(), Head: clean(t.Audit.Last),
	}
	for _, m := range t.story() {
		s := shown{Moment: m, When: t.stamp(m.At)}
		if m.Kind == string(lifecycle.EventFixed) && !m.again {
			for i := range t.Runs {
				if t.Runs[i].ID == m.Ref {
					s.Plan = map[bool]string{true: "good", false: "bad"}[digestHolds(&t.Runs[i])]
				}
			}
		}
		p.Story = append(p.Story, s)
	}
	for i := range t.Questions {
		p.Questions = append(p.Questions, asked{clean(t.Questions[i].ID), lines(t.Questions[i].Text)})
	}
	for i := range t.Entries {
		e := &t.Entries[i]
		p.Entries = append(p.Entries, entry{
			strconv.FormatInt(e.Seq, 10), t.stamp(e.At), clean(e.Actor), clean(e.Action), clean(e.Subject), clean(e.Reason), clean(e.Hash), details(e.Detail, t.zone()), e.Intact(),
		})
	}
	return p
}

func (t *teller) facts(f *findingJSON) []fact {
	r := &t.Record
	severity := r.Severity.String()
	if r.Override != 0 {
		severity = t.text("overridden", locale.A("now", r.Override.String()), locale.A("own", severity))
	}
	var list []fact
	for _, x := range [][2]string{
		{"id", f.ID}, {"resource", f.Resource.Name}, {"type", string(f.Resource.Type)}, {"arn", r.Resource.ID()}, {"account", f.Resource.Account}, {"region", f.Resource.Region},
		{"severity", severity}, {"status", r.Status.String()}, {"workflow", string(r.Workflow)}, {"state", string(r.State)}, {"firstSeen", t.stamp(r.FirstSeen)}, {"lastSeen", t.stamp(r.LastSeen)},
		{"reopened", strconv.Itoa(r.Reopened)}, {"while", t.resting()}, {"unread", t.unread()},
	} {
		if x[1] != "" {
			list = append(list, fact{t.text("label." + x[0]), clean(x[1])})
		}
	}
	return list
}

// inForce is the exception that lets the finding be; nil: none.
func (t *teller) inForce() *lifecycle.Exception {
	return find(t.Exceptions, func(x *lifecycle.Exception) bool { return x.ID == t.Record.Exception && x.ID != "" })
}

// resting is what that exception rests on beside its time.
func (t *teller) resting() string {
	if x := t.inForce(); x != nil {
		return strings.Join(x.While, "; ")
	}
	return ""
}

// unread says what of that nobody can read.
func (t *teller) unread() string {
	x := t.inForce()
	if x == nil || x.UnreadSince.IsZero() {
		return ""
	}
	return t.text("unread", locale.A("condition", clean(x.Unread)), locale.A("since", t.stamp(x.UnreadSince)), locale.A("why", clean(x.UnreadWhy)))
}

// lines cleans a text of several lines, and keeps the lines.
func lines(s string) string {
	parts := strings.Split(s, "\n")
	for i := range parts {
		parts[i] = clean(strings.TrimSuffix(parts[i], "\r"))
	}
	return strings.Join(parts, "\n")
}
