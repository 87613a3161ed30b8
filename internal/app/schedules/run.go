package schedules

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/store"
)

// look is how often it is looked whether a schedule has come.
const look = 20 * time.Second

// Clock starts the scans of schedules.
type Clock struct {
	Desk    *desk.Desk // its own, on the store; nobody else works at it
	Runner  *jobs.Runner
	Subject func(ctx context.Context, id string) (access.Subject, error)
	Log     *slog.Logger
}

// Run does, until ctx ends.
func (c *Clock) Run(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := c.start(ctx); err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "schedules", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// start starts what has come. What came while nobody looked is started once.
func (c *Clock) start(ctx context.Context) error {
	if _, err := c.Desk.Prepare(ctx); err != nil { // the zone may be another
		return err
	}
	list, err := List(ctx, c.Desk)
	for i := range list {
		if s := &list[i]; !s.Next.IsZero() && !c.Desk.Now().Before(s.Next) {
			err = errors.Join(err, c.come(ctx, s.Name))
		}
	}
	return err
}

// come starts the scan of a schedule, unless its last one still goes on. That it came is
// kept with the job, or neither is.
func (c *Clock) come(ctx context.Context, name string) error {
	k, err := c.Desk.Keeper(access.FindingsRead)
	if err != nil {
		return err
	}
	return k.Store.Update(ctx, func(w store.Writer) error {
		s, err := read(ctx, w, name)
		if err == nil {
			err = s.seen(ctx, w, c.Desk.Zone())
		}
		if err != nil || s.Next.IsZero() || c.Desk.Now().Before(s.Next) {
			return err // another process was quicker
		}
		m := mark{At: now(c.Desk), Job: s.Job}
		if goes, err := c.goes(ctx, w, s.Job); err != nil || goes {
			return errors.Join(err, m.put(ctx, w, name))
		}
		who, err := c.Subject(ctx, s.By)
		if err != nil {
			return errors.Join(err, m.put(ctx, w, name))
		}
		j, err := c.Runner.Add(ctx, w, who, scanjob.Name, s.request())
		if err != nil {
			return err
		}
		m.Job = j.ID
		return m.put(ctx, w, name)
	})
}

// goes tells whether a job has not ended.
func (c *Clock) goes(ctx context.Context, r store.Reader, id string) (bool, error) {
	if id == "" {
		return false, nil
	}
	i, err := r.Item(ctx, store.ItemJob, id)
	var none *store.NotFound
	if errors.As(err, &none) {
		return false, nil // it is forgotten
	}
	return err == nil && !jobs.State(i.State).Ended(), err
}

func (m *mark) put(ctx context.Context, w store.Writer, name string) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return w.PutItem(ctx, store.Item{Kind: store.ItemPart, ID: markID(name), State: "schedule", About: name, Due: m.At, Doc: text})
}
