package web

import (
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/view"
)

// Told is what is to be told beside what an operation did.
type Told struct {
	Head    string   `json:"auditHead" doc:"whoever keeps it can prove later that nothing was cut off; empty where nothing was changed"`
	Notices []string `json:"notices" doc:"what is to be told beside it"`
}

// telling takes what a use case tells on its way.
type telling struct{ notices []desk.Notice }

func (t *telling) tell(key string, args ...locale.Arg) {
	t.notices = append(t.notices, desk.Tell(key, args...))
}

// told has them in words, and the audit log's head apart.
func (t *telling) told(v *view.View) Told {
	out := Told{Notices: []string{}}
	for _, n := range t.notices {
		if n.Key == desk.HeadKey {
			out.Head, _ = n.Args[0].Value.(string)
			continue
		}
		out.Notices = append(out.Notices, told(v, n))
	}
	return out
}

// env is what use cases are handed from outside, for whoever asks.
func (a *api) env(at *asked, t *telling) *app.Env {
	env := *a.options.Env
	env.Catalog, env.Tell = at.view.Catalog, t.tell
	return &env
}
