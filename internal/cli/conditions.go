package cli

import (
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
)

// conditions tells what a scan saw of what exceptions rest on.
func (p *program) conditions(d *desk.Desk, s *keep.Saved) {
	p.notices(d.Lapsed(s.Lapses, s.Lapsed))
	if s.Unread > 0 {
		p.tell("keep.while.unread", locale.A("n", s.Unread), locale.A("store", p.sameStore))
	}
	if s.NotLooked > 0 {
		p.tell("keep.while.notLooked", locale.A("n", s.NotLooked))
	}
}
