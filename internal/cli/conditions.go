package cli

import (
	"cmp"
	"time"

	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
)

// conditions tells what a scan saw of what exceptions rest on.
func (p *program) conditions(s *keep.Saved) {
	p.lapsed(s.Lapses, s.Lapsed)
	if s.Unread > 0 {
		p.tell("keep.while.unread", locale.A("n", s.Unread), locale.A("store", p.sameStore))
	}
	if s.NotLooked > 0 {
		p.tell("keep.while.notLooked", locale.A("n", s.NotLooked))
	}
}

// lapsed names exceptions that ended because their reason did, n in all, and how
// to ask the owner again.
func (p *program) lapsed(list []keep.Lapse, n int) {
	if n == 0 {
		return
	}
	p.tell("keep.while.lapsed", locale.A("n", n))
	for i := range list {
		l := &list[i]
		said := condition.Said(l.Condition, l.Fact, l.Why)
		p.tell("keep.while.one", locale.A("id", keep.Short(l.Finding)), locale.A("control", l.Control),
			locale.A("resource", locale.Clean(cmp.Or(l.Resource.Name, l.Resource.ID()))), locale.A("fact", &locale.Error{Message: said}))
	}
	if more := n - len(list); more > 0 {
		p.tell("keep.while.more", locale.A("n", more))
	}
	p.tell("keep.while.next", locale.A("id", keep.Short(list[0].Finding)), locale.A("due", p.now().In(p.zone).AddDate(0, 0, 14).Format(time.DateOnly)), locale.A("store", p.sameStore))
}
