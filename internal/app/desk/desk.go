// Package desk is where use cases work: an open store with its policy in force,
// whoever works, the clock and the zone by which days are counted. It alone opens
// stores, and hands none out without a permission.
package desk

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/rules"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

// Config is what kumoban.yaml says of keeping findings.
type Config struct {
	File      string      // its name
	Controls  control.Set // all that kumoban has
	Rules     []rules.Rule
	Disabled  []string // ids of controls that are switched off
	FourEyes  *bool    // which the store decides now; nil: it says nothing
	OwnerTags []string // tag keys that name owners; nil: the usual ones
}

// Options say which store to open, and for whom.
type Options struct {
	Address string // of the store
	Make    bool   // the store, where there is none
	Subject access.Subject
	Now     func() time.Time
	Zone    string // the machine's, for a store that has not decided yet
	Config  *Config
}

// FileName is the file of a store that nobody named.
const FileName = "kumoban.db"

// Opener opens a store by its address, or makes it, for the subject of whoever
// asks; done has to be called when nobody works at it any more.
type Opener func(ctx context.Context, address string, makes bool) (d *Desk, done func(), err error)

// Desk is a place to work at, for one subject and one goroutine at a time.
type Desk struct {
	Subject access.Subject
	options Options
	keeper  *keep.Keeper
	held    policy.Policy
	memory  *memory
}

// Open opens a store.
func Open(ctx context.Context, o Options) (*Desk, error) {
	if o.Address == "" {
		return nil, locale.Errorf("keep.noStore")
	}
	opens := open.Existing
	if o.Make {
		opens = open.Store
	}
	s, err := opens(ctx, o.Address)
	if err != nil {
		return nil, err
	}
	d := on(s, o)
	if err := d.abide(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return d, nil
}

func on(s store.Store, o Options) *Desk {
	return &Desk{Subject: o.Subject, options: o, memory: &memory{}, keeper: &keep.Keeper{
		Store: outbox.Watch(s, o.Now, o.Config.OwnerTags), Now: o.Now, Actor: o.Subject.ID, Controls: o.Config.Controls, Rules: o.Config.Rules, Disabled: o.Config.Disabled, OwnerTags: o.Config.OwnerTags,
	}}
}

// For is a desk at the same store for another subject, who may work side by side with
// this one. It knows the policy as it was here; Prepare has it follow.
func (d *Desk) For(s access.Subject) *Desk {
	other := *d
	k := *d.keeper
	k.Actor = s.ID
	other.Subject, other.keeper = s, &k
	return &other
}

// Close closes the store, for all who are at it. What was written was acknowledged
// before.
func (d *Desk) Close() { _ = d.keeper.Store.Close() }

// Keeper is what works on the store, for whoever has a permission.
func (d *Desk) Keeper(p access.Permission) (*keep.Keeper, error) {
	if err := d.Subject.May(p); err != nil {
		return nil, err
	}
	return d.keeper, nil
}

// View looks at one unchanging state of the store, for whoever has a permission.
func (d *Desk) View(ctx context.Context, p access.Permission, do func(*keep.Keeper, store.Reader) error) error {
	k, err := d.Keeper(p)
	if err != nil {
		return err
	}
	return k.Store.View(ctx, func(r store.Reader) error { return do(k, r) })
}

// Now is the time.
func (d *Desk) Now() time.Time { return d.options.Now() }

// Zone is the time zone by which the store counts days.
func (d *Desk) Zone() *time.Location { return d.held.Zone }

// abide counts days as the store does; where it has not decided yet, as the
// machine does.
func (d *Desk) abide(ctx context.Context) error {
	return d.keeper.Store.View(ctx, func(r store.Reader) error {
		values, err := r.Settings(ctx)
		if err != nil {
			return err
		}
		values[policy.TimeZone] = cmp.Or(values[policy.TimeZone], d.options.Zone)
		if d.held, err = policy.Of(values); err != nil {
			return err
		}
		d.keeper.Rules = rules.In(d.options.Config.Rules, d.held.Zone)
		return nil
	})
}

// Shown is the address of a store as a message may show it; "" where it holds, or
// may hold, a password.
func Shown(address string) string { return open.Shown(address) }

// Called is what others call a store in what they write down: "" is the one at
// beside, wherever both are moved. It holds no password.
func Called(address, beside string) string {
	if open.Server(address) {
		u, err := url.Parse(address)
		if err != nil {
			return "?" // nobody else's
		}
		named := url.URL{Scheme: "postgres", Host: u.Host, Path: u.Path}
		if schema := u.Query().Get("search_path"); schema != "" {
			named.RawQuery = url.Values{"search_path": {schema}}.Encode()
		}
		return named.String()
	}
	at, err := filepath.Abs(address)
	usual, failed := filepath.Abs(beside)
	if err != nil || failed != nil || at == usual {
		return ""
	}
	return at
}

// There tells whether there is a store, as far as a file shows it.
func There(address string) (bool, error) {
	if open.Server(address) {
		return true, nil
	}
	_, err := os.Stat(address)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if in, failed := os.Stat(filepath.Dir(address)); err != nil && failed == nil && !in.IsDir() {
		return false, nil // in what is no folder there is none
	}
	return true, nil //nolint:nilerr // who opens it says what is wrong
}

// Cause is what the engine of a store said of an error; nil where it said nothing.
func Cause(err error) error {
	var problem *store.Problem
	if errors.As(err, &problem) {
		return problem.Cause
	}
	return nil
}
