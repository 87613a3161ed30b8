// Package scanning keeps what scans find.
package scanning

import (
	"context"
	"io"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
)

// Saved is what saving a scan changed.
type Saved = keep.Saved

// Saving is a scan on its way into a store.
type Saving struct {
	// Saved is what that changed; nil as long as it is not kept.
	Saved *Saved
}

// Options say what becomes of a scan that is to be saved.
type Options struct {
	// Tell is told what saving it changed, before its reports are written.
	Tell func([]desk.Notice)
	// Lost is told why it could not be saved, and the scan goes on; nil: it fails.
	Lost func(error)
	// Wanted is asked when a scan is over whether it shall be saved; nil: it shall.
	Wanted func() error
}

// Run scans live accounts, and saves what it found; nil where it did not.
func Run(ctx context.Context, d *desk.Desk, env *app.Env, of app.ScanOptions, o Options) (app.Result, *Saved, error) {
	if err := d.Subject.May(access.ScansRun); err != nil {
		return app.Result{}, nil, err
	}
	saving, err := Save(ctx, d, &of, o)
	if err != nil {
		return app.Result{}, nil, err
	}
	result, err := app.Scan(ctx, env, of)
	return result, saving.Saved, err
}

// Save has a scan saved when it is over. What the store knows then, the reports of
// the scan tell.
func Save(ctx context.Context, d *desk.Desk, of *app.ScanOptions, o Options) (*Saving, error) {
	k, err := d.Keeper(access.ScansSave)
	if err != nil {
		return nil, err
	}
	saving := &Saving{}
	of.Known = k.Knows
	if of.Asked, err = k.Asked(ctx); err != nil {
		return nil, err
	}
	of.Stored = func() store.Store {
		if saving.Saved == nil {
			return nil
		}
		return k.Store
	}
	of.Keep = func(ctx context.Context, scan store.Scan, seen *spool.Spool) error {
		if o.Wanted != nil {
			if err := o.Wanted(); err != nil {
				return err
			}
		}
		saved, err := k.SaveScan(ctx, scan, seen)
		switch {
		case err == nil:
			saving.Saved = &saved
			o.Tell(d.Saved(&saved))
		case o.Lost == nil:
			return err
		default:
			o.Lost(err)
		}
		return nil
	}
	return saving, nil
}

// Import saves a scan that the json or jsonl report holds, and tells what that
// changed. The path "-" is stdin; standIns lets in what only stands in for AWS.
func Import(ctx context.Context, d *desk.Desk, env *app.Env, stdin io.Reader, path string, standIns bool) ([]desk.Notice, error) {
	k, err := d.Keeper(access.ScansSave)
	if err != nil {
		return nil, err
	}
	var said []desk.Notice
	err = app.Import(ctx, env, stdin, path, standIns, func(ctx context.Context, scan store.Scan, seen *spool.Spool) error {
		scan.Kind = store.KindImport
		saved, err := k.SaveScan(ctx, scan, seen)
		if err == nil {
			said = d.Saved(&saved)
		}
		return err
	})
	return said, err
}
