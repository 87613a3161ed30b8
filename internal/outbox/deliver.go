package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Times of delivery.
const (
	// Lease is how long whoever took a message has for it. After it somebody else takes
	// it: whoever took it may be dead, between sending it and saying so.
	Lease     = 6 * time.Minute
	giveUp    = 3 * 24 * time.Hour // after which nobody tries any more
	firstWait = 30 * time.Second
	longest   = 6 * time.Hour  // between two attempts
	mostAsked = 24 * time.Hour // that a receiver may ask for
	keepSent  = 30 * 24 * time.Hour
	keepLost  = 90 * 24 * time.Hour
)

// Claim takes up to n messages that are due, to channels that whoever asks can deliver
// to; nobody else gets them before the lease is over. It writes nothing where none is.
func Claim(ctx context.Context, k *keep.Keeper, channels []string, n int) (list []Stored, err error) {
	now := k.Now().UTC().Truncate(time.Microsecond)
	find := func(r store.Reader) (due []store.Item, err error) {
		for _, name := range channels {
			some, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemMessage, States: []string{Waiting, Failed}, About: name, DueBy: now, Limit: n})
			if err != nil {
				return nil, err
			}
			due = append(due, some...)
		}
		slices.SortStableFunc(due, func(a, b store.Item) int { return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID)) })
		return due[:min(n, len(due))], nil
	}
	any := false
	err = k.Store.View(ctx, func(r store.Reader) error {
		due, err := find(r)
		any = len(due) > 0
		return err
	})
	if err != nil || !any {
		return nil, err
	}
	err = k.Store.Update(ctx, func(w store.Writer) error {
		list = nil
		due, err := find(w)
		for i := range due {
			due[i].Due = now.Add(Lease)
			if err := w.PutItem(ctx, due[i]); err != nil {
				return err
			}
			s, err := read(&due[i])
			if err != nil {
				return err
			}
			list = append(list, s)
		}
		return err
	})
	return list, err
}

// Attempt is what became of one attempt to deliver a message.
type Attempt struct {
	Error  map[locale.Lang]string // nil: it was delivered
	After  time.Duration          // what the receiver asks for before the next
	Final  bool                   // the receiver says that no other attempt will do
	Jitter float64                // from 0 to 1: attempts to a server that was away come spread
}

// Tell notes an attempt, and returns the message as it is now.
func Tell(ctx context.Context, k *keep.Keeper, key string, a Attempt) (s Stored, err error) {
	now := k.Now().UTC().Truncate(time.Microsecond)
	err = keep.Patiently(ctx, nil, func() error {
		return k.Store.Update(ctx, func(w store.Writer) error {
			i, err := w.Item(ctx, store.ItemMessage, key)
			if err != nil {
				return err
			}
			if s, err = read(&i); err != nil {
				return err
			}
			s.attempted(a, now)
			return put(ctx, w, &s)
		})
	})
	return s, err
}

// attempted moves a message on by an attempt.
func (s *Stored) attempted(a Attempt, now time.Time) {
	m := &s.Message
	m.Tries++
	m.Tried, m.Error = now, a.Error
	if a.Error == nil {
		s.State, s.Due = Sent, now
		return
	}
	wait := longest
	if doublings := m.Tries - 1; doublings < 16 {
		wait = min(longest, firstWait<<doublings)
	}
	const spread = 0.2 // to either side
	wait += time.Duration((2*a.Jitter - 1) * spread * float64(wait))
	wait = max(wait, min(a.After, mostAsked))
	if s.State, s.Due = Failed, now.Add(wait); a.Final || s.Due.Sub(m.Since) > giveUp {
		s.State, s.Due = GivenUp, now
	}
}

// Tidy gives up what nobody could try in time, for its channel is nowhere set up any
// more, and forgets what was done long ago.
func Tidy(ctx context.Context, k *keep.Keeper, why map[locale.Lang]string) error {
	now := k.Now().UTC().Truncate(time.Microsecond)
	return k.Store.Update(ctx, func(w store.Writer) error {
		late, err := w.Items(ctx, store.ItemQuery{Kind: store.ItemMessage, States: []string{Waiting, Failed}, DueBy: now.Add(-giveUp)})
		if err != nil {
			return err
		}
		for i := range late {
			s, err := read(&late[i])
			if err != nil {
				return err
			}
			if s.State, s.Due = GivenUp, now; s.Message.Error == nil {
				s.Message.Error = why
			}
			if err := put(ctx, w, &s); err != nil {
				return err
			}
		}
		for state, keep := range map[string]time.Duration{Sent: keepSent, GivenUp: keepLost} {
			if _, err := w.DropItems(ctx, store.ItemMessage, state, now.Add(-keep)); err != nil {
				return err
			}
		}
		return nil
	})
}

// List are messages in some states, the last due first; no states: all.
func List(ctx context.Context, r store.Reader, states []string, limit int) ([]Stored, error) {
	if len(states) == 0 {
		states = States()
	}
	items, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemMessage, States: states, Down: true, Limit: limit})
	if err != nil {
		return nil, err
	}
	list := make([]Stored, len(items))
	for i := range items {
		if list[i], err = read(&items[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Retry has messages tried again at once: those of keys, or, without any, all that
// failed or were given up. One that is not there, or has arrived, is refused.
func Retry(ctx context.Context, k *keep.Keeper, keys []string) (n int, err error) {
	now := k.Now().UTC().Truncate(time.Microsecond)
	err = k.Store.Update(ctx, func(w store.Writer) error {
		n = 0
		list, err := chosen(ctx, w, keys)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			s := &list[i]
			s.State, s.Due, s.Message.Since = Failed, now, now
			if err := put(ctx, w, s); err != nil {
				return err
			}
			n++
		}
		detail, err := json.Marshal(map[string]int{"messages": n})
		if err != nil {
			return err
		}
		_, err = w.Append(ctx, audit.Entry{At: now, Actor: k.Actor, Action: "messages.retry", Subject: "messages", Detail: string(detail)})
		return err
	})
	return n, err
}

func chosen(ctx context.Context, r store.Reader, keys []string) (list []Stored, err error) {
	if len(keys) == 0 {
		return List(ctx, r, []string{Failed, GivenUp}, 0)
	}
	for _, key := range keys {
		i, err := r.Item(ctx, store.ItemMessage, key)
		var none *store.NotFound
		if errors.As(err, &none) || err == nil && i.State == markID {
			return nil, locale.Errorf("messages.unknown", locale.A("id", locale.Clean(key)))
		}
		if err != nil {
			return nil, err
		}
		s, err := read(&i)
		if err != nil {
			return nil, err
		}
		if s.State == Sent {
			return nil, locale.Errorf("messages.arrived", locale.A("id", key))
		}
		list = append(list, s)
	}
	return list, nil
}
