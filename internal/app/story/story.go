// Package story tells the life of the demo company: some weeks of scans, decisions,
// exceptions, questions and fixes, on a clock of its own that ends now. Everything is
// done by the use cases, against the double of AWS, as people would do it.
package story

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	fixing "github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
)

// StoreName and RunsName are what is in the folder: the store, and the journals of
// fixes beside it, where the commands look for them.
const (
	StoreName = desk.FileName
	RunsName  = "runs"
)

// Viewer is who looks at the company in the console: whoever approves exceptions there.
const Viewer = manager

// Options say where the story is told, and in which language its people write.
type Options struct {
	Dir      string           // a folder without a store in it
	Now      func() time.Time // the story ends at what it says at first
	Lang     locale.Lang
	Version  string // of kumoban
	Controls []*control.Control
}

// zone is the company's.
const zone = "Asia/Tokyo"

// weeks is how long the story is.
const weeks = 6

// Tell tells the story. The company that it leaves is there until it is stopped, by
// the clock of the options: its runs can be resumed and undone, and it can be scanned.
// A story that could not be told to its end leaves nothing.
func Tell(ctx context.Context, o Options) (*app.Demo, error) {
	if err := o.room(); err != nil {
		return nil, err
	}
	t, err := newTeller(ctx, &o)
	if err != nil {
		return nil, errors.Join(err, o.forget())
	}
	err = t.all(ctx)
	t.desk.Close()
	if err != nil {
		t.demo.Stop()
		return nil, errors.Join(err, o.forget())
	}
	t.clock.arrive(o.Now)
	return t.demo, nil
}

// room makes the folder, and refuses one that holds what the story would write.
func (o *Options) room() error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return locale.Errorf("story.noFolder", locale.A("folder", o.Dir), locale.A("error", locale.Cause(err)))
	}
	for _, name := range []string{StoreName, RunsName} {
		path := filepath.Join(o.Dir, name)
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return locale.Errorf("story.there", locale.A("path", path))
		}
	}
	return nil
}

// forget takes away what was written.
func (o *Options) forget() error {
	written, err := filepath.Glob(filepath.Join(o.Dir, StoreName) + "*") // with SQLite's own files
	for _, path := range append(written, filepath.Join(o.Dir, RunsName)) {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// teller tells one story.
type teller struct {
	options *Options
	clock   *clock
	end     time.Time // now
	demo    *app.Demo
	env     *app.Env
	desk    *desk.Desk
	catalog *locale.Catalog
	changes map[string]happening
	prices  *cost.Table

	questions, runs map[string]string           // ids, by labels
	plans           map[string]*fixing.Proposal // by labels
}

func newTeller(ctx context.Context, o *Options) (*teller, error) {
	t := &teller{options: o, end: o.Now(), clock: &clock{}, questions: map[string]string{}, runs: map[string]string{}, plans: map[string]*fixing.Proposal{}}
	t.clock.set(t.at(7*weeks, 0, 0))
	if err := json.Unmarshal(changes, &t.changes); err != nil {
		return nil, err
	}
	var err error
	if t.catalog, err = locale.New(o.Lang); err != nil {
		return nil, err
	}
	if t.prices, err = cost.BuiltIn(catalog.Usages()); err != nil {
		return nil, err
	}
	set, err := control.Select(o.Controls, control.Selection{})
	if err != nil {
		return nil, err
	}
	t.desk, err = desk.Open(ctx, desk.Options{
		Address: filepath.Join(o.Dir, StoreName), Make: true, Subject: access.Admin(scheduler), Now: t.clock.now, Zone: zone,
		Config: &desk.Config{File: "kumoban.yaml", Controls: set},
	})
	if err != nil {
		return nil, err
	}
	if t.demo, err = app.StartDemoAt(t.clock.now); err != nil { //nolint:contextcheck // Stop ends it
		t.desk.Close()
		return nil, err
	}
	t.demo.Profiles = map[string]string{}
	t.env = &app.Env{
		Version: o.Version, Controls: o.Controls, Catalog: t.catalog, Stdout: io.Discard, Log: slog.New(slog.DiscardHandler), Now: t.clock.now,
		Progress: scanned{t.clock}, Tell: func(string, ...locale.Arg) {}, Load: t.load,
	}
	return t, nil
}

// text is what somebody wrote, in the language of the story.
func (t *teller) text(key string) string { return t.catalog.Text("story." + key) }

// at is a moment of the company's day, so many days ago.
func (t *teller) at(daysAgo, hour, minute int) time.Time {
	there, _ := time.LoadLocation(zone) // the store has it
	y, m, d := t.end.In(there).Date()
	return time.Date(y, m, d-daysAgo, hour, minute, 0, 0, there)
}

// scanned lets the time go by that a scan takes.
type scanned struct{ clock *clock }

func (scanned) Step(int, int) {}
func (s scanned) Done()       { s.clock.pass(83 * time.Second) }
