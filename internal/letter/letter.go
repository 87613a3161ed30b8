// Package letter puts messages of the outbox into words, and into the form in which
// each kind of channel takes them. It is pure: a message that is sent twice is the same.
package letter

import (
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/report"
)

// Letter is a message in words. What came from outside has been through [locale.Clean].
type Letter struct {
	Subject  string
	Sections []string // some lines each
}

// Text is the whole, as plain text.
func (l *Letter) Text() string { return strings.Join(l.Sections, "\n\n") + "\n" }

// writer writes in one language.
type writer struct {
	texts *report.Texts
	zone  *time.Location
	m     *outbox.Message
	out   Letter
}

// Write puts a message into the language of the texts, with days in a zone.
func Write(m *outbox.Message, texts *report.Texts, zone *time.Location) *Letter {
	w := &writer{texts: texts, zone: zone, m: m}
	switch {
	case m.Topic == outbox.Daily && m.Digest != nil:
		w.digest(m.Digest)
	case m.Topic == outbox.Questions:
		w.subject(len(m.Questions))
		w.questions()
	case m.Topic == outbox.Test:
		w.subject(0)
		w.out.Sections = append(w.out.Sections, w.say("messages.test", locale.A("channel", m.Channel)))
	default:
		w.subject(w.m.Count())
		w.out.Sections = append(w.out.Sections, w.say("messages.about."+string(m.Topic)))
		w.groups()
	}
	w.closing()
	return &w.out
}

func (w *writer) say(key string, args ...locale.Arg) string { return w.texts.Say(key, args...) }

func (w *writer) add(lines ...string) {
	w.out.Sections = append(w.out.Sections, strings.Join(lines, "\n"))
}

func (w *writer) subject(n int) {
	w.out.Subject = w.say("messages.subject."+string(w.m.Topic), locale.A("n", n))
}

// groups tells of findings by control and owner.
func (w *writer) groups() {
	for i := range w.m.Groups {
		w.group(&w.m.Groups[i])
	}
	if w.m.More > 0 {
		w.add(w.say("messages.more", locale.A("n", w.m.More)))
	}
}

func (w *writer) group(g *outbox.Group) {
	lines := []string{g.Control + " (" + g.Severity.String() + ") " + w.texts.Title(g.Control)}
	if w.m.Owner == "" {
		owner := locale.Clean(g.Owner)
		if owner == "" {
			owner = w.say("messages.noOwner")
		}
		lines = append(lines, w.say("messages.owner", locale.A("owner", owner)))
	}
	if g.Days > 0 {
		lines = append(lines, w.say("messages.days", locale.A("n", g.Days)))
	}
	lines = append(lines, w.say("messages.count", locale.A("n", g.N)))
	for _, e := range g.Some {
		where := e.Account
		if e.Region != "" && e.Account != "" {
			where += ", " + e.Region
		}
		one := "  " + e.ID + "  " + locale.Clean(e.Resource)
		if where != "" {
			one += " (" + locale.Clean(where) + ")"
		}
		lines = append(lines, one)
	}
	if more := g.N - len(g.Some); more > 0 && len(g.Some) > 0 {
		lines = append(lines, "  "+w.say("messages.others", locale.A("n", more)))
	}
	w.add(lines...)
}

func (w *writer) questions() {
	lines := []string{w.say("messages.about.questions")}
	for i := range w.m.Questions {
		q := &w.m.Questions[i]
		lines = append(lines, w.say("messages.question", locale.A("id", q.ID), locale.A("owner", locale.Clean(q.Owner)), locale.A("due", w.day(q.Due)), locale.A("n", q.N)))
	}
	w.add(lines...)
}

func (w *writer) day(t time.Time) string { return t.In(w.zone).Format(time.DateOnly) }

// digest tells of a day, or some.
func (w *writer) digest(d *outbox.Digest) {
	w.out.Subject = w.say("messages.subject.digest", locale.A("day", w.day(d.To)), locale.A("new", d.New.All()), locale.A("open", d.Open.All()))
	const minute = "2006-01-02 15:04"
	lines := []string{
		w.say("messages.digest.span", locale.A("from", d.From.In(w.zone).Format(minute)), locale.A("to", d.To.In(w.zone).Format(minute)), locale.A("zone", w.zone.String())),
		w.counts("messages.digest.new", &d.New),
	}
	if w.m.Owner == "" {
		lines = append(lines, w.counts("messages.digest.closed", &d.Closed))
	}
	lines = append(lines, w.counts("messages.digest.open", &d.Open))
	if d.Overdue.All() > 0 {
		lines = append(lines, w.counts("messages.digest.overdue", &d.Overdue))
	}
	w.add(lines...)
	if waits := w.waits(d); len(waits) > 0 {
		w.add(append([]string{w.say("messages.digest.waits")}, waits...)...)
	}
	for _, u := range d.Undelivered {
		w.add(w.say("messages.digest.undelivered", locale.A("channel", u.Channel), locale.A("n", u.N)))
	}
	if len(w.m.Groups) > 0 {
		key := "messages.digest.groups"
		if w.m.Owner != "" {
			key = "messages.digest.yours"
		}
		w.add(w.say(key))
		w.groups()
	}
	if d.Head != "" {
		w.add(w.say("messages.digest.head", locale.A("head", d.Head)))
	}
}

// waits are what waits for somebody, a line each; what does not is left out.
func (w *writer) waits(d *outbox.Digest) (lines []string) {
	for _, one := range []struct {
		key string
		n   int
	}{{"unknown", d.Unknown}, {"questions", d.Questions}, {"lateQuestions", d.LateQuestions}, {"proposals", d.Proposals}, {"ending", d.Ending}} {
		if one.n > 0 {
			lines = append(lines, "  "+w.say("messages.digest."+one.key, locale.A("n", one.n)))
		}
	}
	return lines
}

// counts are findings by severity: those of which there are none are left out.
func (w *writer) counts(key string, c *outbox.Counts) string {
	var parts []string
	for _, s := range []control.Severity{control.Critical, control.High, control.Medium, control.Low} {
		if n := *c.Of(s); n > 0 {
			parts = append(parts, w.say("messages.digest.count", locale.A("severity", s.String()), locale.A("n", n)))
		}
	}
	if len(parts) == 0 {
		return w.say(key+"None", locale.A("n", 0))
	}
	return w.say(key, locale.A("n", c.All()), locale.A("counts", parts))
}

// closing says where there is more, and why whoever reads it got it.
func (w *writer) closing() {
	var lines []string
	if len(w.m.Groups) > 0 && len(w.m.Groups[0].Some) > 0 {
		lines = append(lines, w.say("messages.next", locale.A("id", w.m.Groups[0].Some[0].ID)))
	}
	if w.m.Owner != "" {
		lines = append(lines, w.say("messages.why", locale.A("owner", locale.Clean(w.m.Owner))))
	}
	if len(lines) > 0 {
		w.add(lines...)
	}
}
