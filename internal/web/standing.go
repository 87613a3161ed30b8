package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/view"
)

// none is the input of an operation that takes nothing.
type none struct{}

// me is who is signed in, and what they may do.
type me struct {
	ID          string              `json:"id"`
	Name        string              `json:"name"`
	Permissions []access.Permission `json:"permissions"`
	Language    string              `json:"language"`
	Zone        string              `json:"zone" doc:"the time zone by which the store counts days"`
	Version     string              `json:"version"`
}

func (a *api) me() {
	add(a, operation{"get-me", http.MethodGet, "/me", access.FindingsRead, "Who is signed in, and what they may do."},
		func(_ context.Context, at *asked, _ *none) (*body[me], error) {
			out := me{ID: at.who.ID, Name: at.who.Name, Language: string(at.view.Catalog.Lang), Zone: at.desk.Zone().String(), Version: a.options.Version}
			out.Permissions = slices.DeleteFunc(access.Permissions(), func(p access.Permission) bool { return at.who.May(p) != nil })
			return &body[me]{out}, nil
		})
}

// Places are the query parameters that narrow to accounts, Regions and controls.
type Places struct {
	Accounts []string `query:"account,explode"`
	Regions  []string `query:"region,explode"`
	Controls []string `query:"control,explode"`
}

// ExceptedFindings are exceptions with their findings.
type ExceptedFindings struct {
	view.ExceptionsBody
	Findings []view.Finding `json:"findings"`
}

func excepted(at *asked, list *findings.Exceptions, err error) (*body[ExceptedFindings], error) {
	if err != nil {
		return nil, err
	}
	at.view.Know(list.List)
	records := slices.SortedFunc(maps.Values(list.Of), func(a, b lifecycle.Record) int { return strings.Compare(a.ID, b.ID) })
	return &body[ExceptedFindings]{ExceptedFindings{at.view.ExceptionsBody(list.List), at.view.FindingsBody(records, len(records), "").Findings}}, nil
}

// standing registers what tells how things stand.
func (a *api) standing() {
	add(a, operation{"list-scores", http.MethodGet, "/scores", access.FindingsRead, "Security scores, one an account and Region, and of all together."},
		func(ctx context.Context, at *asked, in *Places) (*body[view.ScoresBody], error) {
			place, err := in.place(ctx, at)
			if err != nil {
				return nil, err
			}
			list, err := standing.Scores(ctx, at.desk, place)
			if err != nil {
				return nil, err
			}
			return &body[view.ScoresBody]{at.view.ScoresBody(list)}, nil
		})
	add(a, operation{"list-scans", http.MethodGet, "/scans", access.FindingsRead, "Scans, the latest first, with what they looked at and the score after each."},
		func(ctx context.Context, at *asked, in *struct {
			Limit int `query:"limit" minimum:"1" maximum:"1000" default:"50"`
		}) (*body[view.ScansBody], error) {
			past, err := standing.History(ctx, at.desk, in.Limit, false)
			if err != nil {
				return nil, err
			}
			return &body[view.ScansBody]{at.view.ScansBody(past.Scans, past.Scores)}, nil
		})
	add(a, operation{"list-expiring", http.MethodGet, "/exceptions/expiring", access.FindingsRead, "Exceptions in force that end within a span, the first to end first."},
		func(ctx context.Context, at *asked, in *struct {
			Within string `query:"within" default:"30d" maxLength:"20"`
		}) (*body[ExceptedFindings], error) {
			list, err := findings.Expiring(ctx, at.desk, in.Within)
			return excepted(at, list, err)
		})
	add(a, operation{"list-proposals", http.MethodGet, "/exceptions/proposed", access.FindingsRead, "Exceptions that wait for an approver, oldest first."},
		func(ctx context.Context, at *asked, _ *none) (*body[ExceptedFindings], error) {
			list, err := findings.Proposed(ctx, at.desk)
			return excepted(at, list, err)
		})
	add(a, operation{"diff-scans", http.MethodGet, "/diff", access.FindingsRead, "What changed between two scans. Without any: since the last scan before the latest."},
		func(ctx context.Context, at *asked, in *struct {
			Places
			From  string `query:"from" maxLength:"20" doc:"a scan's number"`
			To    string `query:"to" maxLength:"20" doc:"a scan's number; none: the latest"`
			Since string `query:"since" maxLength:"40" doc:"in place of from: the last scan that had ended by then, a date or a span such as 1d"`
			Still bool   `query:"still" doc:"also what failed in both"`
		}) (*body[view.DiffBody], error) {
			place, err := in.place(ctx, at)
			if err != nil {
				return nil, err
			}
			var diff *standing.Difference
			if in.Since != "" {
				diff, err = standing.DiffSince(ctx, at.desk, in.Since, place)
			} else {
				var scans []string
				for _, scan := range []string{in.From, in.To} {
					if scan != "" {
						scans = append(scans, scan)
					}
				}
				diff, err = standing.Diff(ctx, at.desk, scans, place)
			}
			if err != nil {
				return nil, err
			}
			return &body[view.DiffBody]{at.view.DiffBody(diff, in.Still)}, nil
		})
}

// place is what they narrow to, accounts by the names that scans know, too.
func (p *Places) place(ctx context.Context, at *asked) (standing.Place, error) {
	accounts, err := findings.AccountIDs(ctx, at.desk, p.Accounts)
	if err == nil {
		err = (&findings.Choice{Accounts: accounts, Regions: p.Regions}).Check()
	}
	return standing.Place{Accounts: accounts, Regions: p.Regions, Controls: p.Controls}, err
}
