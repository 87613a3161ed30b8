// Package fixes is what people do with plans that are made: they see whether one
// may be applied, apply it, go on with its run, look at what became of it and take
// it back. A store keeps account of all that.
package fixes

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/execute"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Place is where runs are worked on: the folder of their journals, the account that
// they change and the store that is told. It is for one subject, for one goroutine
// at a time and, once it was used, to be closed.
type Place struct {
	Subject access.Subject
	Env     *app.Env
	Reach   app.FixOptions // the account; without a witness
	Dir     string         // of the journals
	// Store is the address of the store. "" is the one beside the journals, which
	// need not work; one that was named has to.
	Store string
	Off   bool // no store is told of what is done; owners are asked for all the same
	Open  desk.Opener
	Tell  func(desk.Notice) // what is to be told on the way
	// InRoles has steps carried out in the role that the store's settings name for the
	// account, and in no other way; else they are in the role of Reach, if there is one.
	InRoles bool

	keeper *keep.Keeper // of the store, once it was opened to be told
	done   func()
}

// Close ends the work at a place.
func (at *Place) Close() {
	if at.done != nil {
		at.done()
	}
	at.done, at.keeper = nil, nil
}

// address is the store that was named, or the one beside the journals.
func (at *Place) address() string { return cmp.Or(at.Store, at.beside()) }

func (at *Place) beside() string { return filepath.Join(filepath.Dir(at.Dir), desk.FileName) }

// identity is how journals name the store.
func (at *Place) identity() string { return desk.Called(at.address(), at.beside()) }

// who is the one who works here, if they have a name that the store can keep.
func (at *Place) who() (string, error) {
	if at.Subject.ID == "" {
		return "", locale.Errorf("keep.nobody")
	}
	return at.Subject.ID, desk.Named(at.Subject.ID)
}

// reading asks a store that is there, and makes none.
func (at *Place) reading(ctx context.Context, do func(store.Reader) error) error {
	return at.readingFor(ctx, access.FixesApply, do)
}

// readingFor is reading with the permission of what is done.
func (at *Place) readingFor(ctx context.Context, may access.Permission, do func(store.Reader) error) error {
	if there, err := desk.There(at.address()); err != nil || !there {
		return err
	}
	d, done, err := at.Open(ctx, at.address(), false)
	var problem *store.Problem
	if errors.As(err, &problem) && problem.Kind == store.Missing {
		return nil
	}
	if err != nil {
		return err
	}
	defer done()
	return d.For(at.Subject).View(ctx, may, func(_ *keep.Keeper, rd store.Reader) error { return do(rd) })
}

// opened opens the store to be told, once.
func (at *Place) opened(ctx context.Context) error {
	if at.keeper != nil {
		return nil
	}
	d, done, err := at.Open(ctx, at.address(), true)
	if err != nil {
		return err
	}
	at.done = done
	d = d.For(at.Subject)
	if at.keeper, err = d.Keeper(access.FixesApply); err != nil {
		return err
	}
	said, err := d.Decide(ctx)
	for _, n := range said {
		at.Tell(n)
	}
	return err
}

// forgive says that a store which nobody named did not work.
func (at *Place) forgive(key string, err error) error {
	if err == nil || at.Store != "" {
		return err
	}
	at.Tell(desk.Warn(key, desk.Why(err)))
	return nil
}

// Event is what became of a step.
type Event = execute.Event

// The events that a step may end with, and what would become of it.
const (
	Began        = execute.Began
	Done         = execute.Done
	Undone       = execute.Undone
	WouldNot     = execute.WouldNot
	WouldRemove  = execute.WouldRemove
	WouldRestore = execute.WouldRestore
	// Scheduled is why a step is done that AWS makes later.
	Scheduled = execute.Scheduled
)

// Report is how far a run has come.
type Report = execute.Report

// GuardError is why a run stopped that found what its plan excludes.
type GuardError = execute.GuardError
