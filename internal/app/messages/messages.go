package messages

import (
	"context"
	"slices"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/letter"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/store"
)

// Box is what is in the outbox, and where it goes.
type Box struct {
	Messages []outbox.Stored // the last due first
	Channels []outbox.Channel
}

// List returns messages in some states; without any, those that have not arrived.
func List(ctx context.Context, d *desk.Desk, states []string, limit int) (box Box, err error) {
	err = d.View(ctx, access.MessagesRead, func(_ *keep.Keeper, r store.Reader) error {
		for _, s := range states {
			if !slices.Contains(outbox.States(), s) {
				return locale.Errorf("messages.badState", locale.A("state", locale.Clean(s)), locale.A("states", outbox.States()))
			}
		}
		if len(states) == 0 {
			states = []string{outbox.Waiting, outbox.Failed, outbox.GivenUp}
		}
		if box.Messages, err = outbox.List(ctx, r, states, limit); err != nil {
			return err
		}
		box.Channels, err = outbox.Channels(ctx, r)
		return err
	})
	return box, err
}

// Retry has messages tried again at once, also those that were given up: those of ids,
// or, without any, all that have not arrived. It returns how many.
func Retry(ctx context.Context, d *desk.Desk, ids []string) (int, error) {
	k, err := d.Keeper(access.MessagesSend)
	if err != nil {
		return 0, err
	}
	return outbox.Retry(ctx, k, ids)
}

// Test sends a test message to a channel, at once and once, to each of its receivers,
// and returns how many there are. The error says what is wrong.
func Test(ctx context.Context, d *desk.Desk, c *Channels, name string) (int, error) {
	k, err := d.Keeper(access.MessagesSend)
	if err != nil {
		return 0, err
	}
	if c == nil || len(c.list) == 0 {
		return 0, locale.Errorf("messages.noChannels")
	}
	to := c.find(name)
	if to == nil {
		return 0, locale.Errorf("messages.noChannel", locale.A("name", locale.Clean(name)), locale.A("names", c.Names()))
	}
	texts, err := c.in(to.Lang, k.Controls)
	if err != nil {
		return 0, err
	}
	receivers := []string{""}
	if to.Kind == outbox.Mail {
		if receivers = to.To; len(receivers) == 0 {
			return 0, locale.Errorf("messages.ownersAlone", locale.A("name", name))
		}
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	for _, address := range receivers {
		m := outbox.Message{Topic: outbox.Test, Channel: to.Name, Kind: to.Kind, To: address, Lang: to.Lang, Made: now}
		s := &outbox.Stored{Key: outbox.NewKey(), Message: m}
		if err := to.send(ctx, s, letter.Write(&m, texts, d.Zone()), now); err != nil {
			return 0, err
		}
	}
	return len(receivers), nil
}

// Overdue counts the findings that fail past the deadline of their severity.
func Overdue(ctx context.Context, d *desk.Desk) (c outbox.Counts, err error) {
	err = d.View(ctx, access.FindingsRead, func(k *keep.Keeper, r store.Reader) error {
		p, err := keep.Policy(ctx, r)
		if err == nil {
			c, err = outbox.Overdue(ctx, r, &p, k.Now())
		}
		return err
	})
	return c, err
}
