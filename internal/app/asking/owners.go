package asking

import (
	"context"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/trail"
)

// known is what the store tells of the findings that are asked about.
type known struct {
	byID      map[string]*lifecycle.Record
	before    map[string][]locale.Message // what had been agreed on
	directory *ask.Directory
}

func (a *asker) known(ctx context.Context) (*known, error) {
	out := &known{byID: map[string]*lifecycle.Record{}, before: map[string][]locale.Message{}}
	err := a.keeper.Store.View(ctx, func(r store.Reader) error {
		listed, err := r.Owners(ctx)
		if err != nil {
			return err
		}
		out.directory = ask.NewDirectory(listed)
		records, err := r.Records(ctx, a.ids)
		for i := 0; err == nil && i < len(records); i++ {
			id := records[i].ID
			out.byID[id] = &records[i]
			out.before[id], err = keep.Before(ctx, r, id)
		}
		return err
	})
	return out, err
}

// owners groups findings by whom to ask about them. One without an owner stops
// all: to ask half of them would look as if all had been asked.
func (a *asker) owners(ctx context.Context) error {
	known, err := a.known(ctx)
	if err != nil {
		return err
	}
	changers, err := a.changers(ctx, known)
	if err != nil {
		return err
	}
	var named []string // each once: an id may be given twice
	seen := map[string]bool{}
	for _, id := range a.ids {
		if known.byID[id] != nil && !seen[id] {
			named, seen[id] = append(named, id), true
		}
	}
	if a.request.Owner == "" {
		if err := a.moreTags(ctx, named, known); err != nil {
			return err
		}
	}
	keys := a.request.OwnerTags
	if len(keys) == 0 {
		keys = a.keeper.OwnerTags
	}
	asked, unowned := ask.Group(named, func(id string) ask.Hints {
		r := known.byID[id]
		return ask.Hints{Named: a.request.Owner, Listed: known.directory.Of(r), Tags: r.Tags, Keys: keys, Changer: changers[id]}
	})
	if len(unowned) > 0 {
		return locale.Errorf("keep.about", locale.A("id", finding.Short(unowned[0])), locale.A("error", locale.Errorf("ask.noOwner")))
	}
	for _, g := range asked {
		one := group{Candidate: g.Candidate}
		for _, id := range g.Findings {
			r := known.byID[id]
			c := a.keeper.Controls.Find(r.Control)
			if c == nil {
				return control.NoSuch(control.IDs(a.keeper.Controls.Controls()), r.Control)
			}
			one.items = append(one.items, ask.Item{Record: r, Control: c, Before: known.before[id]})
		}
		a.groups = append(a.groups, one)
	}
	return nil
}

// moreTags asks AWS for the tags that scans go without, of resources whose owner the
// directory does not know.
func (a *asker) moreTags(ctx context.Context, ids []string, known *known) error {
	var unknown []*lifecycle.Record
	for _, id := range ids {
		if r := known.byID[id]; r.Tags == nil && app.TagsCloser(r) && known.directory.Of(r) == nil {
			unknown = append(unknown, r)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	tags, why := app.Tags(ctx, a.env, a.request.Reach, unknown)
	for _, r := range unknown {
		if m, failed := why[r.ID]; failed {
			a.about(r.ID, locale.Errorf("keep.ownersTags", locale.A("error", &locale.Error{Message: m})))
		}
		if found, read := tags[r.ID]; read {
			r.Tags = found
		}
	}
	return ctx.Err()
}

// changers asks CloudTrail, where that is wanted and nobody is named.
func (a *asker) changers(ctx context.Context, known *known) (map[string]string, error) {
	who := map[string]string{}
	if !a.request.CloudTrail || a.request.Owner != "" {
		return who, nil
	}
	var refs []resource.Ref
	for _, id := range a.ids {
		refs = append(refs, known.byID[id].Resource)
	}
	results, err := app.LastChanged(ctx, a.env, a.request.Reach, refs)
	if err != nil {
		return nil, err
	}
	for i := range results {
		if results[i].Outcome == trail.Found {
			who[a.ids[i]] = results[i].Change.Who
			continue
		}
		a.about(a.ids[i], &locale.Error{Message: results[i].Message()})
	}
	return who, nil
}

// about tells what is wrong with one finding.
func (a *asker) about(id string, err error) {
	a.env.Tell("keep.about", locale.A("id", finding.Short(id)), locale.A("error", err))
}
