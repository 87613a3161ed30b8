package messages

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/letter"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/store"
)

// Set makes channels those to which the store's messages go, whoever writes them.
// Secrets stay where they are.
func Set(ctx context.Context, d *desk.Desk, c *Channels) error {
	k, err := d.Keeper(access.MessagesSend)
	if err != nil {
		return err
	}
	list := make([]outbox.Channel, len(c.list))
	for i, one := range c.list {
		list[i] = one.Channel
	}
	return keep.Patiently(ctx, nil, func() error {
		return k.Store.Update(ctx, func(w store.Writer) error {
			_, err := outbox.SetChannels(ctx, w, list, k.Actor, k.Now())
			return err
		})
	})
}

// How often the outbox is looked at, and put in order.
const (
	lookEvery = 10 * time.Second
	tidyEvery = time.Hour
)

// Run delivers until ctx is done: what is in the outbox, and what time alone brings
// about. What goes wrong with the store it says, and tries again.
func Run(ctx context.Context, d *desk.Desk, c *Channels, log *slog.Logger) error {
	k, err := d.Keeper(access.MessagesSend)
	if err != nil {
		return err
	}
	r := &rounds{k, c, log}
	var tidied time.Time
	for ctx.Err() == nil {
		if now := k.Now(); now.Sub(tidied) >= tidyEvery {
			tidied = now
			r.warn(ctx, outbox.Tidy(ctx, k, spoken(locale.Errorf("messages.notHere"))))
		}
		_, err := outbox.Sweep(ctx, k)
		r.warn(ctx, err)
		n, err := r.round(ctx)
		r.warn(ctx, err)
		if n > 0 {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// Deliver sends what is due now, once, and returns how many messages it tried.
func Deliver(ctx context.Context, d *desk.Desk, c *Channels, log *slog.Logger) (int, error) {
	k, err := d.Keeper(access.MessagesSend)
	if err != nil {
		return 0, err
	}
	return (&rounds{k, c, log}).round(ctx)
}

// rounds deliver to channels.
type rounds struct {
	*keep.Keeper
	channels *Channels
	log      *slog.Logger
}

func (r *rounds) warn(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		r.log.WarnContext(ctx, "messages", "error", err.Error())
	}
}

// mostAtOnce is how many messages are taken together: each has its time within the
// lease, also where all are slow.
const mostAtOnce = 10

// round delivers some messages that are due, those of different channels side by side,
// and notes of each what became of it as soon as that is known.
func (r *rounds) round(ctx context.Context) (int, error) {
	list, err := outbox.Claim(ctx, r.Keeper, r.channels.Names(), mostAtOnce)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	zone, err := r.zone(ctx)
	if err != nil {
		return 0, err
	}
	by := map[string][]outbox.Stored{}
	for _, s := range list {
		by[s.Message.Channel] = append(by[s.Message.Channel], s)
	}
	type tried struct {
		s   outbox.Stored
		err error
	}
	done := make(chan tried)
	for name, some := range by {
		go func() {
			for _, s := range some {
				done <- tried{s, r.try(ctx, r.channels.find(name), &s, zone)}
			}
		}()
	}
	var wrong []error
	for range list {
		if t := <-done; ctx.Err() == nil { // else nobody knows: it is tried again after the lease
			wrong = append(wrong, r.tell(ctx, &t.s, t.err))
		}
	}
	return len(list), errors.Join(wrong...)
}

func (r *rounds) zone(ctx context.Context) (zone *time.Location, err error) {
	err = r.Store.View(ctx, func(rd store.Reader) error {
		p, err := keep.Policy(ctx, rd)
		zone = p.Zone
		return err
	})
	return zone, err
}

// try tries once to deliver a message.
func (r *rounds) try(ctx context.Context, c *channel, s *outbox.Stored, zone *time.Location) error {
	texts, err := r.channels.in(s.Message.Lang, r.Controls)
	if err != nil {
		return err
	}
	return c.send(ctx, s, letter.Write(&s.Message, texts, zone), r.Now())
}

// tell notes what became of an attempt.
func (r *rounds) tell(ctx context.Context, s *outbox.Stored, err error) error {
	a := outbox.Attempt{Jitter: rand.Float64()} //nolint:gosec // it spreads attempts
	if err != nil {
		a.Error = spoken(err)
	}
	var u *notify.Undelivered
	if errors.As(err, &u) {
		a.After, a.Final = u.After, u.Final
	}
	now, failed := outbox.Tell(ctx, r.Keeper, s.Key, a)
	switch {
	case failed != nil:
		return failed
	case now.State == outbox.GivenUp:
		r.log.ErrorContext(ctx, "message given up", "channel", s.Message.Channel, "id", s.Key, "error", err.Error())
	case err != nil:
		r.log.WarnContext(ctx, "message not delivered", "channel", s.Message.Channel, "id", s.Key, "next", now.Due, "error", err.Error())
	}
	return nil
}

// spoken is an error in every language: whoever reads it later may speak another.
func spoken(err error) map[locale.Lang]string {
	all := map[locale.Lang]string{}
	var ours *locale.Error
	for _, lang := range locale.Langs() {
		catalog, failed := locale.New(lang)
		if failed != nil || !errors.As(err, &ours) {
			all[lang] = locale.Clean(err.Error())
			continue
		}
		all[lang] = catalog.Text(ours.Key, ours.Args...)
	}
	return all
}
