package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixjob"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/app/scanjob"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/shell"
	"github.com/kumoban/kumoban/internal/web"
)

// defaultListen is where the console is, if nobody says otherwise.
const defaultListen = "127.0.0.1:8700"

func (p *program) serve() *cobra.Command {
	f := &storeFlags{makes: true}
	scans, runs := &scanFlags{}, &runFlags{format: "text"}
	var listen string
	var noOpen bool
	at := &ownerFlags{}
	c := &cobra.Command{Use: "serve", Short: p.text("serve.short"), Long: p.text("serve.long"), Example: p.text("serve.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		var err error
		if p.deliversTo, err = p.channels(ctx, c); err != nil {
			return err
		}
		setup, err := p.scanSetup(ctx, c, scans)
		if err != nil {
			return err
		}
		dir, err := runs.runs(p)
		if err != nil {
			return err
		}
		fixes, err := p.fixSetup(setup, p.storePlace(f.store), dir)
		if err != nil {
			return err
		}
		o, err := at.prepare(ctx)
		if err != nil {
			return err
		}
		l, err := p.listen(ctx, listen)
		if err != nil {
			return err
		}
		return p.serving(ctx, d, l, setup, fixes, noOpen, &o)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&listen, "listen", defaultListen, p.text("flag.serve.listen"))
	at.register(p, flags)
	flags.BoolVar(&noOpen, "no-open", false, p.text("flag.serve.noOpen"))
	flags.StringVar(&f.by, "by", "", p.text("flag.by"))
	scans.reach(p, flags)
	scans.selectionFlags.register(p, flags)
	flags.StringVar(&scans.rate, "rate", "", p.text("flag.rate"))
	flags.StringVar(&runs.dir, "state-dir", "", p.text("flag.fix.stateDir"))
	f.format = "text"
	f.base(p, flags)
	return c
}

// listen listens on an address of the loopback interface alone: there is no sign-in
// for others yet.
func (p *program) listen(ctx context.Context, on string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(strings.Replace(on, "localhost:", "127.0.0.1:", 1))
	switch {
	case err != nil:
		return nil, locale.Errorf("web.badListen", locale.A("listen", locale.Clean(on)))
	case !at.Addr().IsLoopback():
		return nil, locale.Errorf("web.notLoopback", locale.A("listen", on))
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", at.String())
	if err != nil {
		return nil, locale.Errorf("web.portTaken", locale.A("listen", on), locale.A("error", locale.Cause(err)))
	}
	return l, nil
}

// serving serves on l until the program is interrupted, which is how it ends.
func (p *program) serving(ctx context.Context, d *desk.Desk, l net.Listener, scans *scanjob.Setup, fixes *fixjob.Setup, noOpen bool, o *ownerSite) error {
	host := l.Addr().String()
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		return err
	}
	var log io.Writer = io.Discard
	if !p.quiet {
		log = p.stderr
	}
	logger := slog.New(slog.NewTextHandler(log, nil))
	many, done, err := p.bulkSetup()
	if err != nil {
		return err
	}
	defer done()
	runner, run := p.runner(d, logger, slices.Concat(many.Kinds(), fixes.Kinds(), []jobs.Kind{scans.Kind()}))
	s, err := web.New(web.Options{
		Desk: d, Subject: access.Admin(d.Subject.ID), Hosts: []string{host, "localhost:" + port}, Lang: p.catalog.Lang, Controls: p.controls(),
		Version: version(), Now: p.now, Log: logger, Messages: p.deliversTo, Env: p.env(slog.New(slog.DiscardHandler), silent{}), Jobs: runner, Bulk: many, Fixes: fixes,
		Public: o.public, Forwarded: o.listener != nil && o.certificate == nil,
	})
	if err != nil {
		return err
	}
	stop, err := p.delivering(ctx, d, logger)
	if err != nil {
		return err
	}
	defer stop()
	url := "http://" + host
	link := url + s.Link()
	fmt.Fprintln(p.stdout, p.catalog.Text("web.started", locale.A("url", url), locale.A("link", link)))
	if !noOpen {
		shell.Browse(ctx, link)
	}
	if o.listener != nil {
		fmt.Fprintln(p.stdout, p.catalog.Text("web.owners", locale.A("listen", o.listener.Addr().String()), locale.A("url", o.public.String())))
		if o.certificate == nil {
			p.tell("web.ownersPlain")
		}
	}
	err = beside(ctx, run, func(ctx context.Context) error { return o.serve(ctx, s, l) })
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stderr, p.catalog.Text("web.stopped"))
	return nil
}

// delivering delivers messages beside the server, where kumoban.yaml says where they go,
// until ctx is done or it is stopped.
func (p *program) delivering(ctx context.Context, d *desk.Desk, log *slog.Logger) (stop func(), err error) {
	if p.deliversTo == nil {
		return func() {}, nil
	}
	if err := messages.Set(ctx, d, p.deliversTo); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	postman := d.For(access.Granted("kumoban", "kumoban", access.MessagesSend))
	go func() {
		defer close(ended)
		if err := messages.Run(ctx, postman, p.deliversTo, log); err != nil {
			log.ErrorContext(ctx, "messages", "error", err.Error())
		}
	}()
	return func() { cancel(); <-ended }, nil
}
