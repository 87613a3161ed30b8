package ask

import (
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Item is one finding that a question is about, with its control.
type Item struct {
	Record  *lifecycle.Record
	Control *control.Control
	Before  []locale.Message // what had been agreed on about it, and why that is over
	Costs   []string         // what its fixes cost, in sentences; none where nobody asked AWS
}

// Message is a question in words, before it goes into a medium. What came from
// outside has been through [locale.Clean].
type Message struct {
	Subject string
	Intro   string
	Topics  []Topic
	Choices []Option
	Closing string
	While   string // what an acceptance may rest on, as all findings have it; "": nothing
	Link    string // the address of the owner's page; "": there is none

	question *Question
	catalog  *locale.Catalog
}

// Topic is what is said of one control and its findings.
type Topic struct {
	Control  string // id
	Title    string
	Severity string // the highest among the findings
	Risk     string // two sentences
	Findings []Evidence
	Fixes    []FixText
	Affected string
	Proper   string // when to accept it is proper
	Never    string // when it never is
	Asks     []Ask
}

// Ask is a question that only the owner can answer.
type Ask struct {
	control.Question
	Text string
}

// Evidence is one finding.
type Evidence struct {
	ID       string
	Resource string       // its name for people
	Where    string       // type, account and Region
	Ref      string       // ARN or address
	Finding  finding.JSON // its texts are clean; names and arguments are as they came
	Costs    []string
	Since    string // a date
	Record   *lifecycle.Record
}

// FixText is what one way to fix would change, and what that costs.
type FixText struct {
	Name, Change, Cost string
	On                 resource.Type // what it is a fix of; of several for one type any one is enough
}

// Option is one choice of the owner.
type Option struct {
	Choice  Choice
	Label   string
	Until   string // a date to begin with, or ""
	Command string
}

// The dates that a message proposes, counted from the day the answer is due.
// They are a start: the owner writes another.
const (
	fixDays    = 30
	acceptDays = 90
)

// Compose puts a question into words, in the catalogue's language and with
// dates in a zone. Findings of one control are told together.
func Compose(q *Question, items []Item, catalog *locale.Catalog, zone *time.Location) (*Message, error) {
	m := &Message{question: q, catalog: catalog}
	due := q.Due.In(zone)
	owner := locale.Clean(q.Owner)
	subject := "ask.subject"
	if len(items) == 1 {
		subject = "ask.subject.one"
	}
	m.Subject = catalog.Text(subject, locale.A("id", q.ID), locale.A("n", len(items)), locale.A("due", day(due)))
	m.Intro = catalog.Text("ask.intro", locale.A("owner", owner), locale.A("how", how(catalog, q.OwnerFrom)), locale.A("by", locale.Clean(q.AskedBy)), locale.A("due", day(due)))
	if q.Deputy != "" {
		m.Intro += catalog.Text("ask.deputy", locale.A("deputy", locale.Clean(q.Deputy)))
	}
	m.Closing = catalog.Text("ask.closing", locale.A("by", locale.Clean(q.AskedBy)))
	for _, item := range items {
		if err := m.add(item, zone); err != nil {
			return nil, err
		}
	}
	m.qualify()
	replies, while := m.placeholders(items), passing(items)
	m.While = strings.Trim(while, "'")
	for _, c := range Choices() {
		o := Option{Choice: c, Label: catalog.Text("ask.choice." + string(c))}
		if c == Accept && while != "" {
			o.Label = catalog.Text("ask.choice.acceptWhile")
		}
		switch c {
		case FixBy:
			o.Until = day(due.AddDate(0, 0, fixDays))
		case Accept:
			until := due.AddDate(0, 0, acceptDays)
			if !q.Latest.IsZero() && q.Latest.Before(until) {
				until = q.Latest.In(zone)
			}
			o.Until = day(until)
		}
		o.Command = Command(q.ID, c, o.Until, q.Owner, while, replies, catalog)
		m.Choices = append(m.Choices, o)
	}
	return m, nil
}

func (m *Message) add(item Item, zone *time.Location) error {
	texts, err := item.Control.Messages(m.catalog.Lang)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(m.Topics, func(t Topic) bool { return t.Control == item.Control.ID })
	if i < 0 {
		i = len(m.Topics)
		m.Topics = append(m.Topics, topic(item.Control, texts))
	}
	t, r := &m.Topics[i], item.Record
	if s := r.Effective(); t.Severity == "" || s > severity(t.Severity) {
		t.Severity = s.String()
	}
	t.addFixes(item.Control, r, texts)
	e := m.evidence(r, item.Before, texts, zone)
	for _, c := range item.Costs {
		e.Costs = append(e.Costs, locale.Clean(c))
	}
	t.Findings = append(t.Findings, e)
	return nil
}

// topic is what is said of a control whatever its findings.
func topic(c *control.Control, texts locale.Texts) Topic {
	t := Topic{
		Control: c.ID, Title: texts["title"], Risk: texts["ask.risk"],
		Affected: texts["affected"], Proper: texts["suppress.proper"], Never: texts["suppress.never"],
	}
	for _, q := range c.Questions {
		t.Asks = append(t.Asks, Ask{q, texts["owner."+q.Key]})
	}
	return t
}

// placeholders are the replies that a command has room for, each key once, or
// once for each control that asks something else by it.
func (m *Message) placeholders(items []Item) (list []string) {
	for i := range m.Topics {
		for _, one := range m.Topics[i].Asks {
			if text := one.Key + "=" + m.catalog.Text("ask.placeholder."+placeholder(one.Question)); !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
	}
	return list
}

// qualify names the control before the keys by which several controls ask
// different things.
func (m *Message) qualify() {
	texts := map[string]string{}
	differ := map[string]bool{}
	for i := range m.Topics {
		for _, one := range m.Topics[i].Asks {
			if was, ok := texts[one.Key]; ok && was != one.Text {
				differ[one.Key] = true
			}
			texts[one.Key] = one.Text
		}
	}
	for i := range m.Topics {
		for j := range m.Topics[i].Asks {
			if one := &m.Topics[i].Asks[j]; differ[one.Key] {
				one.Key = m.Topics[i].Control + "." + one.Key
			}
		}
	}
}

// placeholder names what an owner writes in place of a reply: the unit of a
// number, or the kind.
func placeholder(q control.Question) string {
	if q.Kind == control.Number {
		return string(q.Unit)
	}
	return "yesNo"
}

func (m *Message) evidence(r *lifecycle.Record, before []locale.Message, texts locale.Texts, zone *time.Location) Evidence {
	told := *r
	told.Notes = append(slices.Clone(before), r.Notes...)
	told.Tags = nil // nobody needs them to answer
	said := lifecycle.NewJSON(&told, func(n locale.Message) string { return locale.Clean(m.catalog.Render(texts, n)) })
	e := Evidence{
		ID: r.ID, Resource: locale.Clean(r.Resource.Name), Ref: locale.Clean(r.Resource.ID()), Record: r,
		Finding: said.JSON,
	}
	if e.Resource == "" {
		e.Resource = e.Ref
	}
	var where []string
	for _, part := range []string{string(r.Resource.Type), r.Resource.Account, r.Resource.Region} {
		if part != "" {
			where = append(where, locale.Clean(part))
		}
	}
	e.Where = strings.Join(where, ", ")
	since := r.Changed
	if since.IsZero() {
		since = r.FirstSeen
	}
	if !since.IsZero() {
		e.Since = day(since.In(zone))
	}
	return e
}

// addFixes adds the control's remedies for the resource's type.
func (t *Topic) addFixes(c *control.Control, r *lifecycle.Record, texts locale.Texts) {
	for i := range c.Remedies {
		name := c.Remedies[i].Name
		if !c.Remedies[i].Mends(r.Resource.Type) || slices.ContainsFunc(t.Fixes, func(f FixText) bool { return f.Name == name }) {
			continue
		}
		t.Fixes = append(t.Fixes, FixText{name, texts["remedy."+name], texts["remedy."+name+".cost"], c.Remedies[i].On})
	}
}

func severity(label string) control.Severity {
	s, err := control.ParseSeverity(label)
	if err != nil {
		return 0
	}
	return s
}

// how says in words how the owner was found.
func how(catalog *locale.Catalog, from string) string {
	if key, ok := strings.CutPrefix(from, "tag:"); ok {
		return catalog.Text("ask.from.tag", locale.A("key", locale.Clean(key)))
	}
	switch from {
	case "stack", "cloudtrail", "directory":
		return catalog.Text("ask.from." + from)
	}
	return catalog.Text("ask.from.named")
}

// passing is a tag that all the findings of a question share and that says that
// nobody's production is concerned: an acceptance may rest on it. "" where there
// is none, or where a shell could read it as more than words.
func passing(items []Item) string {
	if len(items) == 0 {
		return ""
	}
	for _, key := range []string{"env", "Env", "environment", "Environment", "stage", "Stage"} {
		value := items[0].Record.Tags[key]
		if !slices.Contains([]string{"dev", "development", "test", "testing", "qa", "stg", "staging", "sandbox", "demo", "poc"}, strings.ToLower(value)) {
			continue
		}
		if !slices.ContainsFunc(items, func(i Item) bool { return i.Record.Tags[key] != value }) {
			return "'tag " + key + "=" + value + "'"
		}
	}
	return ""
}

// Command is the command line that records an answer; until is "" where the
// choice has no date, while what an acceptance rests on, and replies are
// KEY=PLACEHOLDER. A name that a shell could read as more than a word is not put
// into it: the owner writes it.
func Command(id string, c Choice, until, by, while string, replies []string, catalog *locale.Catalog) string {
	words := []string{"kumoban", "answer", id, string(c)}
	if until != "" {
		words = append(words, "--until", until)
	}
	if !plain(by) {
		by = catalog.Text("ask.yourName")
	}
	words = append(words, "--by", by)
	if c == Accept && while != "" {
		words = append(words, "--while", while)
	}
	if c == Accept {
		words = append(words, "--reason", `"`+catalog.Text("ask.yourReason")+`"`)
	}
	for _, r := range replies { // last, for they may be left out
		words = append(words, "--reply", r)
	}
	return strings.Join(words, " ")
}

// plain tells whether every shell takes the text as one word that means itself.
func plain(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return s != "" && strings.Trim(s, letters+"._/:+=@-") == "" && strings.ContainsAny(s[:1], letters)
}
