package web

import (
	"context"
	"net/http"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/view"
)

// runs registers the runs of fixes that the store knows.
func (a *api) runs() {
	add(a, operation{"list-runs", http.MethodGet, "/runs", access.FixesRead, "Runs of fixes that the store knows, the latest first."},
		func(ctx context.Context, at *asked, in *struct {
			Finding string `query:"finding" maxLength:"200" doc:"only those about this finding"`
			Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*body[view.KeptRunsBody], error) {
			list, of, err := fixes.KeptList(ctx, at.desk, in.Finding, in.Limit)
			if err != nil {
				return nil, err
			}
			return &body[view.KeptRunsBody]{at.view.KeptRunsBody(list, of)}, nil
		})
	add(a, operation{"get-run", http.MethodGet, "/runs/{id}", access.FixesRead, "A run with its plan, what became of each step, and its journal."},
		func(ctx context.Context, at *asked, in *struct {
			ID string `path:"id" maxLength:"200"`
		}) (*body[view.KeptRunBody], error) {
			run, err := fixes.KeptShow(ctx, at.desk, in.ID)
			if err != nil {
				return nil, err
			}
			unread := ""
			if run.Unread != nil {
				m := sentence(run.Unread, requestID(ctx))
				unread = at.view.Catalog.Text(m.Key, m.Args...)
			}
			return &body[view.KeptRunBody]{at.view.KeptRunBody(run, unread)}, nil
		})
}
