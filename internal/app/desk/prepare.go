package desk

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/condition"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// Notice is something to tell beside a result. Texts that name a command have a
// place {store} for what it needs to find the same store, which only whoever shows
// them knows.
type Notice struct {
	locale.Message
	Always bool // also to those who asked for silence
}

// Tell makes a Notice.
func Tell(key string, args ...locale.Arg) Notice { return Notice{Message: locale.M(key, args...)} }

// Warn makes a Notice that nobody may miss.
func Warn(key string, args ...locale.Arg) Notice {
	return Notice{Message: locale.M(key, args...), Always: true}
}

// Reason is an argument of a [Notice], or of an error: what went wrong, which
// whoever shows it puts into words.
type Reason struct{ Err error }

// Error implements error.
func (r Reason) Error() string { return r.Err.Error() }

// Unwrap is the error itself.
func (r Reason) Unwrap() error { return r.Err }

// Why makes the argument "error" of a reason.
func Why(err error) locale.Arg { return locale.A("error", Reason{err}) }

// HeadKey is the message that tells a head of the audit log, its one argument.
const HeadKey = "keep.head"

// Head is where the audit chain is now: whoever keeps it can prove later that
// nothing was cut off.
func Head(e audit.Entry) Notice { return Tell(HeadKey, locale.A("head", e.Head())) }

// Prepare does what is due on a store whoever works at it: it decides what has to
// be decided and ends exceptions whose time has come, so that no list shows what is
// over. What it returns is to be told, also where it fails.
func (d *Desk) Prepare(ctx context.Context) ([]Notice, error) {
	said, err := d.Decide(ctx)
	if err != nil {
		return said, err
	}
	more, err := d.expire(ctx)
	return append(said, more...), err
}

// Decide decides what a store has to have decided, and says what it took over from
// kumoban.yaml, or what of that file has no effect any more. A tightening alone is
// taken over: a file that lies about loosens nothing.
func (d *Desk) Decide(ctx context.Context) (said []Notice, err error) {
	config := d.options.Config
	wants := map[string]string{policy.TimeZone: d.options.Zone}
	if config.FourEyes != nil && *config.FourEyes {
		wants[policy.FourEyes] = policy.On
	}
	did, head, err := d.keeper.Settle(ctx, wants, "")
	var problem *store.Problem
	switch {
	case errors.As(err, &problem) && problem.Kind == store.Busy:
		return nil, nil // the next command does it
	case err != nil:
		return nil, err
	}
	if _, took := did[policy.FourEyes]; took {
		said = append(said, Tell("policy.tookOver", locale.A("file", config.File)), Head(head))
	}
	err = d.abide(ctx)
	if err == nil && config.FourEyes != nil && *config.FourEyes != d.held.FourEyes {
		said = append(said, Tell("policy.noEffect", locale.A("file", config.File)))
	}
	return said, err
}

// expire ends exceptions that are over. Where somebody else is writing, it is
// said and left to them.
func (d *Desk) expire(ctx context.Context) (said []Notice, err error) {
	ended, err := d.keeper.Expire(ctx)
	var problem *store.Problem
	if errors.As(err, &problem) && problem.Kind == store.Busy {
		return []Notice{Tell("keep.expireLater")}, nil
	}
	if err != nil || ended.Expired+len(ended.Unread) == 0 {
		return nil, err
	}
	if ended.Expired > 0 {
		said = append(said, Tell("keep.expired", locale.A("n", ended.Expired)))
	}
	said = append(said, d.Lapsed(ended.Unread, len(ended.Unread))...)
	err = d.keeper.Store.View(ctx, func(r store.Reader) error {
		head, err := r.Head(ctx)
		if err == nil {
			said = append(said, Head(head))
		}
		return err
	})
	return said, err
}

// Lapsed names exceptions that ended because their reason did, n in all, and how
// to ask the owner again.
func (d *Desk) Lapsed(list []keep.Lapse, n int) []Notice {
	if n == 0 {
		return nil
	}
	said := []Notice{Tell("keep.while.lapsed", locale.A("n", n))}
	for i := range list {
		l := &list[i]
		why := condition.Said(l.Condition, l.Fact, l.Why)
		said = append(said, Tell("keep.while.one", locale.A("id", finding.Short(l.Finding)), locale.A("control", l.Control),
			locale.A("resource", locale.Clean(cmp.Or(l.Resource.Name, l.Resource.ID()))), locale.A("fact", &locale.Error{Message: why})))
	}
	if more := n - len(list); more > 0 {
		said = append(said, Tell("keep.while.more", locale.A("n", more)))
	}
	due := d.Now().In(d.Zone()).AddDate(0, 0, 14).Format(time.DateOnly)
	return append(said, Tell("keep.while.next", locale.A("id", finding.Short(list[0].Finding)), locale.A("due", due)))
}
