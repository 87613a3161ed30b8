package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/guide"
	"github.com/kumoban/kumoban/internal/handbook"
	"github.com/kumoban/kumoban/internal/locale"
)

// controls registers what is said of controls. It needs no store, but somebody who
// is signed in.
func (a *api) controls() {
	add(a, operation{"list-controls", http.MethodGet, "/controls", access.FindingsRead, "The controls that kumoban judges, with all that can be said of them beside their guides."},
		func(_ context.Context, at *asked, in *struct {
			Services []string `query:"service,explode"`
			Controls []string `query:"control,explode" doc:"ids, or globs over them"`
		}) (*body[*guide.Listed], error) {
			set, err := control.Select(a.options.Controls, control.Selection{Services: in.Services, Patterns: in.Controls})
			if err != nil {
				return nil, err
			}
			list, err := guide.ListBody(at.view.Catalog, set.Controls())
			return &body[*guide.Listed]{list}, err
		})
	add(a, operation{"get-control", http.MethodGet, "/controls/{id}", access.FindingsRead, "A control with its guide."},
		func(_ context.Context, at *asked, in *struct {
			ID string `path:"id" maxLength:"40"`
		}) (*body[*guide.Explained], error) {
			set, err := control.Select(a.options.Controls, control.Selection{Patterns: []string{in.ID}})
			if err != nil {
				return nil, err
			}
			c := set.Find(in.ID)
			if c == nil { // a glob
				return nil, locale.Errorf("web.oneControl", locale.A("id", locale.Clean(in.ID)))
			}
			g, err := handbook.Load(c, at.view.Catalog)
			if err != nil {
				return nil, err
			}
			explained, err := g.Body(at.view.Catalog, c)
			return &body[*guide.Explained]{explained}, err
		})
}
