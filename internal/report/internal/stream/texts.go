package stream

import (
	"fmt"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Between separates a message from its notes where both share one field.
const Between = " | "

// Texts renders what findings say in one language.
type Texts struct {
	catalog  *locale.Catalog
	controls map[string]locale.Texts // by control id
	zone     *time.Location          // by which people read times; nil: each time's own
}

// In are the same texts with times by the clock of a zone.
func (t *Texts) In(zone *time.Location) *Texts {
	there := *t
	there.zone = zone
	return &there
}

// Moment shows a time by the texts' clock; see [Moment].
func (t *Texts) Moment(at time.Time) string {
	if t.zone != nil {
		at = at.In(t.zone)
	}
	return Moment(at)
}

// Day is the day of a time by the texts' clock.
func (t *Texts) Day(at time.Time) string {
	if t.zone != nil {
		at = at.In(t.zone)
	}
	return at.Format(time.DateOnly)
}

// NewTexts reads the messages of controls in the catalogue's language; it
// fails where a control lacks them.
func NewTexts(cat *locale.Catalog, controls []*control.Control) (*Texts, error) {
	t := &Texts{catalog: cat, controls: make(map[string]locale.Texts, len(controls))}
	for _, c := range controls {
		texts, err := c.Messages(cat.Lang)
		if err != nil {
			return nil, fmt.Errorf("messages of %s: %w", c.ID, err)
		}
		t.controls[c.ID] = texts
	}
	return t, nil
}

// Catalog is that of the texts.
func (t *Texts) Catalog() *locale.Catalog { return t.catalog }

// Lang is the language of the texts.
func (t *Texts) Lang() locale.Lang { return t.catalog.Lang }

// Title returns a control's title, or its id where the title is not known.
func (t *Texts) Title(id string) string {
	if title, ok := t.controls[id]["title"]; ok {
		return title
	}
	return id
}

// Remediation is the address under which AWS says how to fix what a control finds.
func Remediation(id string) string {
	return "https://docs.aws.amazon.com/console/securityhub/" + id + "/remediation"
}

// Message renders a message of a control: by the control's own texts, else by
// the catalogue. A message that neither knows, of a control of another
// version, shows as its key and arguments.
func (t *Texts) Message(id string, m locale.Message) string {
	own := t.controls[id]
	if _, ok := own[m.Key]; ok || t.catalog.Has(m.Key) {
		return t.catalog.Render(own, m)
	}
	if len(m.Args) == 0 {
		return m.Key
	}
	args := make([]string, len(m.Args))
	for i, a := range m.Args {
		args[i] = fmt.Sprintf("%s=%v", a.Name, a.Value)
	}
	return m.Key + " (" + strings.Join(args, ", ") + ")"
}

// Notes renders a finding's notes as one string, "" where it has none.
func (t *Texts) Notes(f *finding.Finding) string {
	if len(f.Notes) == 0 {
		return ""
	}
	notes := make([]string, len(f.Notes))
	for i, n := range f.Notes {
		notes[i] = t.Message(f.Control, n)
	}
	return strings.Join(notes, Between)
}

// Describe says what was found in one text, for formats whose readers see no
// other place for it: the resource's name, the message, the notes, and whether
// AWS offers the control there.
func (t *Texts) Describe(f *finding.Finding) string {
	text := t.Message(f.Control, f.Message)
	if f.Resource.Type != resource.AccountType && f.Resource.Name != "" {
		text = f.Resource.Name + ": " + text
	}
	if notes := t.Notes(f); notes != "" {
		text += Between + notes
	}
	if f.NotOffered {
		text += Between + t.Say("report.notOffered", locale.A("region", f.Resource.Region))
	}
	return text
}

// Say renders a message of the catalogue.
func (t *Texts) Say(key string, args ...locale.Arg) string { return t.catalog.Text(key, args...) }

// Named renders group.name, or name itself where the catalogue lacks it.
func (t *Texts) Named(group, name string) string {
	if key := group + "." + name; t.catalog.Has(key) {
		return t.catalog.Text(key)
	}
	return name
}

// Account says which account was looked at, and by whom.
func (t *Texts) Account(a resource.Account) string {
	id, name, key := a.ID, a.Name, "report.account"
	if id == "" {
		id = t.Say("report.noAccount")
		if name != "" {
			name = t.Say("report.profile", locale.A("name", name))
		}
	}
	if name != "" {
		key += "Named"
	}
	if a.Caller != "" {
		key += "Caller"
	}
	return t.Say(key, locale.A("account", id), locale.A("name", name), locale.A("caller", a.Caller))
}
