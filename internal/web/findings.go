package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/view"
)

// Chosen are the query parameters that choose findings, as the flags of `kumoban
// findings list` do.
type Chosen struct {
	Services   []string `query:"service,explode"`
	Controls   []string `query:"control,explode"`
	Severities []string `query:"severity,explode"`
	Statuses   []string `query:"status,explode"`
	Workflows  []string `query:"workflow,explode"`
	Accounts   []string `query:"account,explode" doc:"ids, or names by which scans know accounts"`
	Regions    []string `query:"region,explode"`
	Types      []string `query:"type,explode"`
	Resources  []string `query:"resource,explode" doc:"globs over ids and names"`
	Tags       []string `query:"tag,explode" doc:"KEY=VALUE"`
	Assignees  []string `query:"assignee,explode" doc:"who works on it; - is nobody"`
	Since      string   `query:"since" doc:"a date, or a span such as 7d"`
	Suppressed bool     `query:"suppressed"`
	Archived   bool     `query:"archived"`
	All        bool     `query:"all"`
}

func (c *Chosen) choice(ctx context.Context, at *asked) (findings.Choice, error) {
	out := findings.Choice{
		Services: c.Services, Controls: c.Controls, Severities: c.Severities, Statuses: c.Statuses, Workflows: c.Workflows,
		Regions: c.Regions, Types: c.Types, Resources: c.Resources, Tags: c.Tags, Assignees: c.Assignees,
		Archived: c.Archived, All: c.All, Suppressed: c.Suppressed, Since: c.Since,
	}
	var err error
	out.Accounts, err = findings.AccountIDs(ctx, at.desk, c.Accounts)
	return out, err
}

type listInput struct {
	Chosen
	Sort  string `query:"sort" enum:"severity,changed,resource" default:"severity"`
	After string `query:"after" doc:"what the page before said: the next one begins there"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type body[T any] struct{ Body T }

type storyOutput struct {
	ETag string `header:"ETag" doc:"of the finding; decisions take it"`
	Body view.StoryBody
}

func (a *api) findings() {
	add(a, operation{"list-findings", http.MethodGet, "/findings", access.FindingsRead, "A page of findings. Without filters: those that wait for somebody."},
		func(ctx context.Context, at *asked, in *listInput) (*body[view.FindingsBody], error) {
			choice, err := in.choice(ctx, at)
			if err != nil {
				return nil, err
			}
			page, err := findings.List(ctx, at.desk, findings.Query{Choice: choice, Order: findings.Order(in.Sort), After: in.After, Limit: in.Limit, Number: 1})
			if err != nil {
				return nil, err
			}
			at.view.Know(page.Exceptions)
			return &body[view.FindingsBody]{at.view.FindingsBody(page.Records, page.Total, page.Next)}, nil
		})
	add(a, operation{"search", http.MethodGet, "/search", access.FindingsRead, "Where to go for what somebody typed: an id, an ARN, Security Hub's ARN, an account, a control, a question or a resource's name."},
		func(ctx context.Context, at *asked, in *struct {
			Q string `query:"q" required:"true" maxLength:"400"`
		}) (*body[view.HitsBody], error) {
			hits, err := findings.Search(ctx, at.desk, in.Q)
			if err != nil {
				return nil, err
			}
			return &body[view.HitsBody]{at.view.HitsBody(hits)}, nil
		})
	add(a, operation{"get-finding", http.MethodGet, "/findings/{id}", access.FindingsRead, "All that is known of one finding."},
		func(ctx context.Context, at *asked, in *struct {
			ID string `path:"id" maxLength:"200"`
		}) (*storyOutput, error) {
			story, err := findings.Show(ctx, at.desk, in.ID)
			if err != nil {
				return nil, err
			}
			return &storyOutput{tag(story.Record.Updated), at.view.StoryBody(&view.Story{Story: *story})}, nil
		})
}

// tag is the ETag of a finding that was updated then.
func tag(updated time.Time) string {
	return `"` + strconv.FormatInt(updated.UnixMicro(), 36) + `"`
}

// updated is when a finding of a tag was updated; ok is false of what is no tag.
func updated(tag string) (at time.Time, ok bool) {
	text, err := strconv.Unquote(tag)
	if err != nil {
		return at, false
	}
	n, err := strconv.ParseInt(text, 36, 64)
	return time.UnixMicro(n).UTC(), err == nil
}
