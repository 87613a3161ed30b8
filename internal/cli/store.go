package cli

import (
	"context"
	"fmt"
	"io"
	"os/user"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/app/scanning"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/view"
)

// storeFlags say which store, and who works on it.
type storeFlags struct {
	store   string
	makes   bool   // the store, where there is none
	still   bool   // not even exceptions that are over are ended before
	names   bool   // arguments are findings
	control string // of those that are named by their resources alone
	by      string
	format  string
	quiet   bool
	debug   bool
}

// reads registers the flags of a command that looks; decides those of one that
// changes something.
func (f *storeFlags) reads(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.format, "format", "text", p.text("flag.listFormat"))
	f.base(p, flags)
}

// completing opens the store for a shell that completes a word: where the
// settings say, and without a word of its own.
func (p *program) completing(c *cobra.Command, f *storeFlags) (*desk.Desk, error) {
	p.stderr = io.Discard
	if err := p.settle(c); err != nil {
		return nil, err
	}
	config, err := p.keeping(c)
	if err != nil {
		return nil, err
	}
	return p.opened(c.Context(), config, f.store, "", false)
}

// base registers what every command on the store has.
func (f *storeFlags) base(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.store, "store", "", p.text("flag.store"))
	flags.BoolVarP(&f.quiet, "quiet", "q", false, p.text("flag.quiet"))
	flags.BoolVar(&f.debug, "debug", false, p.text("flag.debug"))
	flags.String("config", "", p.text("flag.config"))
}

func (f *storeFlags) decides(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.by, "by", "", p.text("flag.by"))
	f.reads(p, flags)
}

func (f *storeFlags) checkFormat() error {
	if f.format != "text" && f.format != "json" {
		return locale.Errorf("cli.unknownFormat", locale.A("format", f.format), locale.A("formats", []string{"text", "json"}))
	}
	return nil
}

// actor is who works: named, or whom the system knows.
func (p *program) actor(named string) (string, error) {
	for _, name := range []string{named, p.getenv("USER"), p.getenv("LOGNAME"), p.getenv("USERNAME")} {
		if name = strings.TrimSpace(name); name != "" {
			return name, desk.Named(name)
		}
	}
	if u, err := user.Current(); err == nil && strings.TrimSpace(u.Username) != "" {
		return u.Username, nil
	}
	return "", locale.Errorf("keep.nobody")
}

// place is where the store is: as given, else in the user's folder for state.
func (p *program) storePlace(given string) string {
	if given != "" {
		return given
	}
	dir := p.getenv("KUMOBAN_STATE_DIR")
	if dir == "" {
		dir = p.stateDir()
	}
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, desk.FileName)
}

// keeping is what the kumoban.yaml of a command says of keeping findings.
func (p *program) keeping(c *cobra.Command) (*desk.Config, error) {
	path, _ := c.Flags().GetString("config")
	return p.fileRules(c.Context(), path)
}

// opened opens a store for somebody, who may do everything: they are alone with it.
// From then on days are counted as it counts them.
func (p *program) opened(ctx context.Context, config *desk.Config, given, by string, makes bool) (*desk.Desk, error) {
	d, err := desk.Open(ctx, desk.Options{
		Address: p.storePlace(given), Make: makes, Subject: access.Admin(by), Now: p.now, Zone: p.machineZone(), Config: config,
	})
	if err == nil {
		p.zone = d.Zone()
	}
	return d, err
}

// prepared does what is due on a store before all else, and tells it.
func (p *program) prepared(d *desk.Desk, do func() ([]desk.Notice, error)) error {
	said, err := do()
	p.zone = d.Zone()
	p.notices(said)
	return err
}

// notices tells what is to be told beside a result.
func (p *program) notices(said []desk.Notice) {
	for _, n := range said {
		tell := p.tell
		if n.Always {
			tell = p.warn
		}
		tell(n.Key, n.Args...)
	}
}

// onStore makes the RunE of a command that works on the store. Exceptions whose
// time has come are ended first, so that no list shows what is over.
func (p *program) onStore(f *storeFlags, do func(ctx context.Context, d *desk.Desk, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if err := p.settle(c); err != nil {
			return err
		}
		p.quiet, p.sameStore = f.quiet, sameStore(c)
		if err := f.checkFormat(); err != nil {
			return err
		}
		args, err := p.findingNames(f, args)
		if err != nil {
			return err
		}
		by, err := p.actor(f.by)
		if err != nil && c.Flags().Lookup("by") != nil {
			return err
		}
		config, err := p.keeping(c)
		if err != nil {
			return err
		}
		d, err := p.opened(c.Context(), config, f.store, by, f.makes)
		if err != nil {
			return p.debugged(f.debug, err)
		}
		defer d.Close()
		if !f.still {
			err := p.prepared(d, func() ([]desk.Notice, error) { return d.Prepare(c.Context()) })
			if err != nil {
				return p.debugged(f.debug, err)
			}
		}
		return p.debugged(f.debug, do(c.Context(), d, args))
	}
}

// debugged shows what the engine of the store said, where that was asked for.
func (p *program) debugged(debug bool, err error) error {
	if cause := desk.Cause(err); debug && cause != nil {
		fmt.Fprintln(p.stderr, locale.Clean(cause.Error()))
	}
	return err
}

// view shows what the store holds in the user's language.
func (p *program) view() (*view.View, error) {
	texts, err := report.NewTexts(p.catalog, p.controls())
	return &view.View{Catalog: p.catalog, Texts: texts, Zone: p.zone, Now: p.now(), Store: p.sameStore}, err
}

// head prints where the audit chain is now: whoever keeps it can prove later
// that nothing was cut off.
func (p *program) head(e audit.Entry) { p.tell("keep.head", locale.A("head", e.Head())) }

// headIf prints the head of the audit chain where it moved.
func (p *program) headIf(e audit.Entry) {
	if e.Seq > 0 {
		p.head(e)
	}
}

// named tells whether the store was named on the command line or in the
// environment: for this run, not for all of a project's.
func (p *program) named(c *cobra.Command) bool {
	return c.Flags().Changed("store") || p.getenv("KUMOBAN_STORE") != ""
}

// saver has a scan saved, where it is to be, and returns what closes the store:
// a scan of something that only stands in for AWS goes to a store that was named
// for it, never to the one of every day. What kumoban.yaml says of keeping findings
// has to be right even where nothing is saved, before a scan of an hour begins.
func (p *program) saver(ctx context.Context, c *cobra.Command, given string, no bool, o *app.ScanOptions) (func(), error) {
	nothing := func() {}
	config, err := p.keeping(c)
	switch {
	case err != nil || no:
		return nothing, err
	case app.StandIn("", o.Endpoint) && !p.named(c):
		if given != "" {
			p.notSaved(locale.Errorf("keep.standIn", locale.A("stand", locale.Clean(o.Endpoint))))
		}
		return nothing, nil
	}
	by, err := p.actor("")
	if err != nil {
		by = "kumoban" // a scan decides nothing; a machine may have no user
	}
	d, err := p.opened(ctx, config, given, by, true)
	if err != nil {
		if given != "" {
			return nothing, err
		}
		p.notSaved(err)
		return nothing, nil
	}
	if err := p.prepared(d, func() ([]desk.Notice, error) { return d.Decide(ctx) }); err != nil {
		d.Close()
		return nothing, err
	}
	if err := rulings.Lame(ctx, d); err != nil {
		p.tell("keep.pastRule", locale.A("error", p.explain(err)))
	}
	p.sameStore = sameStore(c)
	if err := p.dated(ctx, d, &o.Outputs); err != nil {
		return d.Close, err
	}
	keeping := scanning.Options{Tell: p.notices}
	if given == "" {
		keeping.Lost = p.notSaved
	}
	if p.saving, err = scanning.Save(ctx, d, o, keeping); err != nil {
		return d.Close, err
	}
	return d.Close, nil
}

// notSaved says why a scan that nobody named a store for is not in the usual one.
func (p *program) notSaved(why error) { p.tell("keep.notSaved", locale.A("error", p.explain(why))) }
