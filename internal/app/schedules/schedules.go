// Package schedules starts scans at their times.
package schedules

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"regexp"
	"strings"
	"time"

	"github.com/netresearch/go-cron"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Schedule is when to scan what.
type Schedule struct {
	Name     string    `json:"name"`
	Cron     string    `json:"cron"` // five fields, in the store's zone
	Accounts []string  `json:"accounts,omitempty"`
	Paused   bool      `json:"paused,omitempty"`
	By       string    `json:"by"`    // for whom the scans run
	Since    time.Time `json:"since"` // when it was decided, or went on after a pause

	Last time.Time `json:"-"` // when it last started a scan, or let one be for another that ran; zero: never
	Job  string    `json:"-"` // which that was
	Next time.Time `json:"-"` // zero: it is paused
}

// parser takes what crontab does: a day that both a day of the month and a day of the
// week name is one that either names.
var parser = cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor | cron.DowOrDom)

// jitter is how much later than its time a scan begins at most, so that those of many
// stores do not begin in one second. A schedule's own is always the same.
const jitter = 2 * time.Minute

var named = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$`)

// most is how many schedules a store may have.
const most = 100

func parse(spec string) (cron.Schedule, error) {
	s, err := parser.Parse(spec)
	if err == nil && !strings.Contains(spec, "TZ=") && !strings.Contains(spec, "@every") && s.Next(time.Unix(0, 0)).After(time.Time{}) {
		return s, nil
	}
	return nil, locale.Errorf("jobs.badCron", locale.A("cron", locale.Clean(spec)))
}

// next is when a schedule comes next after a time.
func (s *Schedule) next(after time.Time, zone *time.Location) time.Time {
	c, err := parse(s.Cron)
	if err != nil || s.Paused {
		return time.Time{} // a build that knew another syntax wrote it
	}
	late := fnv.New32a()
	_, _ = late.Write([]byte(s.Name))
	at := c.Next(after.In(zone))
	if at.IsZero() {
		return at
	}
	return at.Add(time.Duration(late.Sum32()) % jitter).UTC()
}

// Put decides a schedule by its name, anew or again.
func Put(ctx context.Context, d *desk.Desk, s Schedule) (Schedule, error) {
	k, err := d.Keeper(access.ScansRun)
	if err != nil {
		return s, err
	}
	if !named.MatchString(s.Name) {
		return s, locale.Errorf("jobs.badName", locale.A("name", locale.Clean(s.Name)))
	}
	if _, err := parse(s.Cron); err != nil {
		return s, err
	}
	for _, id := range s.Accounts {
		if !desk.Account(id) {
			return s, locale.Errorf("hub.badAccount", locale.A("id", locale.Clean(id)))
		}
	}
	s.By, s.Since = d.Subject.ID, now(d)
	err = k.Store.Update(ctx, func(w store.Writer) error {
		all, err := w.Items(ctx, store.ItemQuery{Kind: store.ItemSchedule, States: []string{on, paused}})
		if err == nil && len(all) >= most {
			err = locale.Errorf("jobs.tooManySchedules", locale.A("n", most))
		}
		if err != nil {
			return err
		}
		return put(ctx, w, d, &s, "schedule.put")
	})
	if err == nil {
		err = k.Store.View(ctx, func(r store.Reader) error { return s.seen(ctx, r, d.Zone()) })
	}
	return s, err
}

// The states of the items: what was removed stays for the audit log.
const (
	on      = "on"
	paused  = "paused"
	removed = "removed"
)

func put(ctx context.Context, w store.Writer, d *desk.Desk, s *Schedule, action string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	state := on
	switch {
	case action == "schedule.remove":
		state = removed
	case s.Paused:
		state = paused
	}
	if err := w.PutItem(ctx, store.Item{Kind: store.ItemSchedule, ID: s.Name, State: state, Due: s.Since, Doc: text}); err != nil {
		return err
	}
	_, err = w.Append(ctx, audit.Entry{At: now(d), Actor: d.Subject.ID, Action: action, Subject: s.Name, Detail: string(text)})
	return err
}

func now(d *desk.Desk) time.Time { return d.Now().UTC().Truncate(time.Microsecond) }

// Remove ends a schedule.
func Remove(ctx context.Context, d *desk.Desk, name string) error {
	k, err := d.Keeper(access.ScansRun)
	if err != nil {
		return err
	}
	return k.Store.Update(ctx, func(w store.Writer) error {
		s, err := read(ctx, w, name)
		if err != nil {
			return err
		}
		return put(ctx, w, d, &s, "schedule.remove")
	})
}

// List are the schedules, by when they were decided.
func List(ctx context.Context, d *desk.Desk) (list []Schedule, err error) {
	err = d.View(ctx, access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		list, err = all(ctx, r, d.Zone())
		return err
	})
	return list, err
}

func all(ctx context.Context, r store.Reader, zone *time.Location) ([]Schedule, error) {
	items, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemSchedule, States: []string{on, paused}})
	if err != nil {
		return nil, err
	}
	list := []Schedule{}
	for i := range items {
		var s Schedule
		if err := json.Unmarshal(items[i].Doc, &s); err != nil {
			return nil, err
		}
		if err := s.seen(ctx, r, zone); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func read(ctx context.Context, r store.Reader, name string) (s Schedule, err error) {
	i, err := r.Item(ctx, store.ItemSchedule, name)
	if err == nil && i.State == removed {
		err = &store.NotFound{What: "item.schedule", ID: name}
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(i.Doc, &s)
}

// mark is when a schedule last came, which is no decision: the audit log does not tell
// of it.
type mark struct {
	At  time.Time `json:"at"`
	Job string    `json:"job"`
}

func markID(name string) string { return "schedule/" + name }

// seen reads when the schedule last came, and says when it comes next.
func (s *Schedule) seen(ctx context.Context, r store.Reader, zone *time.Location) error {
	i, err := r.Item(ctx, store.ItemPart, markID(s.Name))
	var none *store.NotFound
	if err != nil && !errors.As(err, &none) {
		return err
	}
	var m mark
	if err == nil {
		if err := json.Unmarshal(i.Doc, &m); err != nil {
			return err
		}
	}
	s.Last, s.Job = m.At, m.Job
	after := s.Since
	if m.At.After(after) {
		after = m.At
	}
	s.Next = s.next(after, zone)
	return nil
}

// request is what a scan of the schedule looks at.
func (s *Schedule) request() scanjob.ScanRequest {
	return scanjob.ScanRequest{Accounts: s.Accounts}
}
