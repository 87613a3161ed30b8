package console

import (
	"bytes"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/room"
)

// ofRoom tells how to change a thing by the pages of its room: what is on one page
// is changed there at once.
func ofRoom(s *Page, p *plan.Plan) {
	e := catalog.Find(s.Step.Thing.Type)
	scope := resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}
	names := e.Room.Names(scope, s.Step.Thing.ARN)
	left := slices.Clone(s.Step.Changes)
	for len(left) > 0 {
		i := slices.IndexFunc(e.Room.Pages, func(page room.Page) bool { return slices.Contains(page.Sets, room.Pattern(left[0].Property)) })
		if i < 0 {
			s.Do("room.other", locale.A("thing", s.Words.Thing(s.Step.Thing)), locale.A("service", e.Service.Doc), locale.A("change", s.Words.Change(&left[0])))
			left = left[1:]
			continue
		}
		page := &e.Room.Pages[i]
		key := keyOf(page, left[0].Property)
		s.open(page, func(path string) string {
			if path == "key" {
				return key
			}
			return names[path]
		})
		left = s.fields(page, key, left)
		s.save(page)
	}
}

// Outline writes how the changes are made, without what to look at before.
func (k Kinds) Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	for i := range p.Steps {
		s := &Page{Words: w, Step: &p.Steps[i]}
		if !part.OfRoom(s.Step) {
			return locale.Errorf("render.error.notOfRoom", locale.A("thing", w.Thing(s.Step.Thing)))
		}
		ofRoom(s, p)
		for _, line := range s.lines {
			b.WriteString(strings.TrimLeft(line, " ") + "\n")
		}
	}
	return nil
}

// keyOf is the element whose own page it is, "" where a page is for all.
func keyOf(page *room.Page, property string) string {
	if !slices.Contains(page.Open, "{key}") {
		return ""
	}
	for _, step := range room.Steps(property) {
		if step.Keyed {
			return step.Key
		}
	}
	return ""
}

// fields tells what to change on a page, each field once, and returns the changes
// that belong elsewhere.
func (s *Page) fields(page *room.Page, key string, changes []plan.Change) (left []plan.Change) {
	var told []string
	for i := range changes {
		c := &changes[i]
		if !slices.Contains(page.Sets, room.Pattern(c.Property)) || keyOf(page, c.Property) != key {
			left = append(left, *c)
			continue
		}
		if at := page.At[room.Pattern(c.Property)]; at != room.None && (at == "" || !slices.Contains(told, at)) {
			s.field(page, c)
			told = append(told, at)
		}
	}
	return left
}

func (s *Page) open(page *room.Page, look func(string) string) {
	var path []string
	for _, label := range page.Open[1:] {
		if name, _ := room.Expand(label, look); name != label {
			path = append(path, name)
			continue
		}
		path = append(path, s.label(label))
	}
	s.Do("room.open", locale.A("console", page.Open[0]), locale.A("path", s.row(path)))
}

// row puts labels one after the other.
func (s *Page) row(labels []string) string {
	all := labels[0]
	for _, label := range labels[1:] {
		all = s.Words.Say("console.room.then", locale.A("one", all), locale.A("other", label))
	}
	return all
}

func (s *Page) label(english string) string {
	return s.Words.Say("console.room.label", locale.A("label", locale.LabelIn(s.Words.Catalog.Lang, english)))
}

// labels are those of "Encryption > Server-side encryption".
func (s *Page) labels(chain string) string {
	var all []string
	for label := range strings.SplitSeq(chain, " > ") {
		all = append(all, s.label(label))
	}
	text := all[0]
	for _, label := range all[1:] {
		text = s.Words.Say("console.room.below", locale.A("one", text), locale.A("other", label))
	}
	return text
}

// field tells how to change one property.
func (s *Page) field(page *room.Page, c *plan.Change) {
	will, was := plan.Normal(c.Will), locale.A("was", s.Words.Inline(c.Was))
	steps := room.Steps(c.Property)
	if last := steps[len(steps)-1]; last.Keyed {
		element := locale.A("element", last.Key)
		if will == nil {
			s.Do("room.take", element)
		} else {
			s.Do("room.add", element, locale.A("value", s.Words.Inline(will)))
		}
		return
	}
	field := s.Words.Say("console.room.named", locale.A("property", s.Words.Property(c.Property)))
	if at := page.At[room.Pattern(c.Property)]; at != "" {
		field = s.labels(at)
	}
	text := s.Words.Value(will)
	shown := page.Shows[text]
	if shown == "" {
		shown = page.Shows["*"]
	}
	switch {
	case shown != "":
		s.Do("room.set", locale.A("field", field), locale.A("value", s.labels(shown)), was)
	case will == true:
		s.Do("room.on", locale.A("field", field), was)
	case will == false:
		s.Do("room.off", locale.A("field", field), was)
	default:
		s.Do("room.enter", locale.A("field", field), locale.A("value", s.Words.Inline(will)), was)
	}
}

func (s *Page) save(page *room.Page) {
	for _, at := range page.At {
		if at == room.None {
			return
		}
	}
	if page.Save == nil {
		s.Do("room.plainSave")
		return
	}
	var labels []string
	save := page.Save
	if s.Step.PutOff && page.Later != nil {
		save = page.Later
	}
	for _, label := range save {
		labels = append(labels, s.label(label))
	}
	key := "room.save"
	if len(labels) > 1 {
		key = "room.saveAll"
	}
	s.Do(key, locale.A("path", s.row(labels)))
}
