package cli

import (
	"context"
	"log/slog"
	"os"
	"sync"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/bulk"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixjob"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/app/schedules"
	"github.com/kumoban/kumoban/internal/app/story"
	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/locale"
)

// scanSetup is how a server scans: as kumoban scan does with the same flags. What is
// wrong with them is said before anything is served.
func (p *program) scanSetup(ctx context.Context, c *cobra.Command, f *scanFlags) (*scanjob.Setup, error) {
	config, err := p.keeping(c)
	if err != nil {
		return nil, err
	}
	options := func(ctx context.Context) (app.ScanOptions, error) {
		o, _, err := f.options(ctx, p)
		o.Selection.Off = config.Disabled
		if err == nil && app.StandIn("", o.Endpoint) && !p.named(c) {
			err = locale.Errorf("keep.standIn", locale.A("stand", locale.Clean(o.Endpoint)))
		}
		return o, err
	}
	if _, _, err := f.options(ctx, p); err != nil {
		return nil, err
	}
	return &scanjob.Setup{Env: p.env(p.logger(true, false, false), silent{}), Options: options}, nil
}

// demoScans is how the server of a demo scans: the demo company's accounts.
func (p *program) demoScans(demo *app.Demo) *scanjob.Setup {
	env := p.env(p.logger(true, false, false), silent{})
	env.Load = demo.Load
	return &scanjob.Setup{Env: env, Options: func(context.Context) (app.ScanOptions, error) { return story.Scanning(demo), nil }}
}

// bulkSetup is what bulk jobs of a server are handed. Files of exports are in a folder
// that is gone when done is called.
func (p *program) bulkSetup() (s *bulk.Setup, done func(), err error) {
	dir, err := os.MkdirTemp("", "kumoban-export-")
	return &bulk.Setup{Env: p.env(p.logger(true, false, false), silent{}), Dir: dir}, func() { _ = os.RemoveAll(dir) }, err
}

// fixSetup is how a server fixes: it reaches accounts as it does to scan them, and has
// its journals in a folder.
func (p *program) fixSetup(scans *scanjob.Setup, store, dir string) (*fixjob.Setup, error) {
	prices, err := cost.BuiltIn(catalog.Usages())
	if err != nil {
		return nil, err
	}
	return &fixjob.Setup{Env: scans.Env, Dir: dir, Store: store, Prices: prices, Reach: func(ctx context.Context, account, region string) (app.FixOptions, error) {
		o, err := scans.Options(ctx)
		if err != nil {
			return app.FixOptions{}, err
		}
		way, err := app.WayTo(ctx, scans.Env, o.Targets, account, region, o.Rate)
		return app.FixOptions{Target: way, Region: region, Rate: o.Rate}, err
	}}, nil
}

// runner runs jobs for whoever serves, who is the only one that works there, and starts
// those whose time comes.
func (p *program) runner(d *desk.Desk, log *slog.Logger, kinds []jobs.Kind) (r *jobs.Runner, run func(context.Context)) {
	only := access.Admin(d.Subject.ID)
	who := func(_ context.Context, id string) (access.Subject, error) {
		if id != only.ID {
			return access.Subject{}, locale.Errorf("jobs.nobody", locale.A("who", locale.Clean(id)))
		}
		return only, nil
	}
	r = jobs.New(jobs.Options{Desk: d, Kinds: kinds, Now: p.now, Log: log, Subject: who})
	clock := &schedules.Clock{Desk: d.For(access.Granted("kumoban", "kumoban", access.FindingsRead)), Runner: r, Subject: who, Log: log}
	return r, func(ctx context.Context) {
		var working sync.WaitGroup
		working.Go(func() { clock.Run(ctx) })
		r.Run(ctx)
		working.Wait()
	}
}

// beside does something for as long as a server serves, and comes back when both are
// over.
func beside(ctx context.Context, do func(context.Context), serve func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var working sync.WaitGroup
	working.Go(func() { do(ctx) })
	err := serve(ctx)
	cancel()
	working.Wait()
	return err
}
