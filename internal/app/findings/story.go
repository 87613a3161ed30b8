package findings

import (
	"context"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/evidence"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Story is all that the store knows of one finding.
type Story struct {
	Record     lifecycle.Record
	Events     []lifecycle.Event
	Exceptions []lifecycle.Exception
	Questions  []ask.Question
	Runs       []store.Run
	Links      []store.Link // what Security Hub has of it
	Owner      string       // whom a question would go to; "" where nothing tells
	Latest     time.Time    // the last moment at which an exception that is made now may end
}

// Show gathers the story of a finding, named as [keep.Find] takes it.
func Show(ctx context.Context, d *desk.Desk, name string) (*Story, error) {
	var s *Story
	err := d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) (err error) {
		s, err = story(ctx, k, r, name)
		if err != nil {
			return err
		}
		held, err := keep.Policy(ctx, r)
		s.Latest = held.Until(d.Now())
		return err
	})
	return s, err
}

func story(ctx context.Context, k *keep.Keeper, r store.Reader, name string) (*Story, error) {
	ids, err := keep.Find(ctx, r, []string{name})
	if err != nil {
		return nil, err
	}
	id := ids[0]
	records, err := r.Records(ctx, ids)
	if err != nil {
		return nil, err
	}
	s := &Story{Record: records[0]}
	owner, err := k.OwnerOf(ctx, r)
	if err != nil {
		return nil, err
	}
	s.Owner = owner(&s.Record).Owner
	if s.Events, err = r.History(ctx, id); err != nil {
		return nil, err
	}
	if s.Exceptions, err = r.ExceptionsOf(ctx, id); err != nil {
		return nil, err
	}
	if s.Questions, err = r.Questions(ctx, store.QuestionFilter{Finding: id}); err != nil {
		return nil, err
	}
	if s.Runs, err = r.Runs(ctx, id); err != nil {
		return nil, err
	}
	s.Links, err = r.Links(ctx, ids)
	return s, err
}

// Changer says who changed the resource of a finding last, as CloudTrail has it, or
// why that is not known.
func Changer(ctx context.Context, d *desk.Desk, env *app.Env, reach app.FixOptions, s *Story) (locale.Message, error) {
	if err := d.Subject.May(access.FindingsRead); err != nil {
		return locale.Message{}, err
	}
	results, err := app.LastChanged(ctx, env, reach, []resource.Ref{s.Record.Resource})
	if err != nil {
		return locale.Message{}, err
	}
	return results[0].Message(), nil
}

// Evidence gathers what proves the story of a finding, with the whole audit log
// verified. What is wrong with that is to be told beside it.
func Evidence(ctx context.Context, d *desk.Desk, name, version string) (*evidence.Pack, []desk.Notice, error) {
	k, err := d.Keeper(access.AuditRead)
	if err != nil {
		return nil, nil, err
	}
	pack, err := k.Evidence(ctx, name, version)
	if err != nil {
		return nil, nil, err
	}
	var said []desk.Notice
	if pack.Audit.Problem != nil {
		m := pack.Audit.Message()
		said = append(said, desk.Warn(m.Key, m.Args...))
	}
	if pack.Compared.Differences > 0 {
		m := pack.Compared.Message()
		said = append(said, desk.Warn(m.Key, m.Args...))
	}
	return pack, said, nil
}
