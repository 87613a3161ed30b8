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
func ofRoom(s *page, p *plan.Plan) {
	e := catalog.Find(s.step.Thing.Type)
	scope := resource.Scope{Partition: p.Partition, Account: p.Account, Region: p.Region}
	names := e.Room.Names(scope, s.step.Thing.ARN)
	left := slices.Clone(s.step.Changes)
	for len(left) > 0 {
		i := slices.IndexFunc(e.Room.Pages, func(page room.Page) bool { return slices.Contains(page.Sets, room.Pattern(left[0].Property)) })
		if i < 0 {
			s.do("room.other", locale.A("thing", s.words.Thing(s.step.Thing)), locale.A("service", e.Service.Doc), locale.A("change", s.words.Change(&left[0])))
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
func Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	for i := range p.Steps {
		s := &page{words: w, step: &p.Steps[i]}
		if !part.OfRoom(s.step) {
			return locale.Errorf("render.error.notOfRoom", locale.A("thing", w.Thing(s.step.Thing)))
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
func (s *page) fields(page *room.Page, key string, changes []plan.Change) (left []plan.Change) {
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

func (s *page) open(page *room.Page, look func(string) string) {
	var path []string
	for _, label := range page.Open[1:] {
		if name, _ := room.Expand(label, look); name != label {
			path = append(path, name)
			continue
		}
		path = append(path, s.label(label))
	}
	s.do("room.open", locale.A("console", page.Open[0]), locale.A("path", s.row(path)))
}

// row puts labels one after the other.
func (s *page) row(labels []string) string {
	all := labels[0]
	for _, label := range labels[1:] {
		all = s.words.Say("console.room.then", locale.A("one", all), locale.A("other", label))
	}
	return all
}

func (s *page) label(english string) string {
	return s.words.Say("console.room.label", locale.A("label", locale.LabelIn(s.words.Catalog.Lang, english)))
}

// labels are those of "Encryption > Server-side encryption".
func (s *page) labels(chain string) string {
	var all []string
	for label := range strings.SplitSeq(chain, " > ") {
		all = append(all, s.label(label))
	}
	text := all[0]
	for _, label := range all[1:] {
		text = s.words.Say("console.room.below", locale.A("one", text), locale.A("other", label))
	}
	return text
}

// field tells how to change one property.
func (s *page) field(page *room.Page, c *plan.Change) {
	will, was := plan.Normal(c.Will), locale.A("was", s.words.Inline(c.Was))
	steps := room.Steps(c.Property)
	if last := steps[len(steps)-1]; last.Keyed {
		element := locale.A("element", last.Key)
		if will == nil {
			s.do("room.take", element)
		} else {
			s.do("room.add", element, locale.A("value", s.words.Inline(will)))
		}
		return
	}
	field := s.words.Say("console.room.named", locale.A("property", s.words.Property(c.Property)))
	if at := page.At[room.Pattern(c.Property)]; at != "" {
		field = s.labels(at)
	}
	text := s.words.Value(will)
	shown := page.Shows[text]
	if shown == "" {
		shown = page.Shows["*"]
	}
	switch {
	case shown != "":
		s.do("room.set", locale.A("field", field), locale.A("value", s.labels(shown)), was)
	case will == true:
		s.do("room.on", locale.A("field", field), was)
	case will == false:
		s.do("room.off", locale.A("field", field), was)
	default:
		s.do("room.enter", locale.A("field", field), locale.A("value", s.words.Inline(will)), was)
	}
}

func (s *page) save(page *room.Page) {
	for _, at := range page.At {
		if at == room.None {
			return
		}
	}
	if page.Save == nil {
		s.do("room.plainSave")
		return
	}
	var labels []string
	for _, label := range page.Save {
		labels = append(labels, s.label(label))
	}
	s.do("room.save", locale.A("path", s.row(labels)))
}
