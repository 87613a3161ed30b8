package cli

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/web"
)

// ownerFlags say where owners reach their page.
type ownerFlags struct{ listen, public, cert, key string }

func (f *ownerFlags) register(p *program, flags *pflag.FlagSet) {
	flags.StringVar(&f.listen, "owner-listen", "", p.text("flag.serve.ownerListen"))
	flags.StringVar(&f.public, "public-url", "", p.text("flag.publicURL"))
	flags.StringVar(&f.cert, "tls-cert", "", p.text("flag.serve.tlsCert"))
	flags.StringVar(&f.key, "tls-key", "", p.text("flag.serve.tlsKey"))
}

// ownerSite is what serves owners, once all that it takes is there.
type ownerSite struct {
	public      *url.URL
	listener    net.Listener // nil: no address but the console's
	certificate *tls.Certificate
}

// prepare reads what owners are served by, and listens.
func (f *ownerFlags) prepare(ctx context.Context) (o ownerSite, err error) {
	switch {
	case f.listen == "" && (f.cert != "" || f.key != ""):
		return o, locale.Errorf("cli.serve.needsOwnerListen")
	case f.listen != "" && f.public == "":
		return o, locale.Errorf("cli.serve.needsPublic")
	case (f.cert == "") != (f.key == ""):
		return o, locale.Errorf("cli.serve.bothTLS")
	}
	if o.public, err = asking.Public(f.public); err != nil || f.listen == "" {
		return o, err
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return o, locale.Errorf("cli.serve.badTLS", locale.A("error", locale.Cause(err)))
		}
		o.certificate = &pair
	}
	at, err := netip.ParseAddrPort(strings.Replace(f.listen, "localhost:", "127.0.0.1:", 1))
	if err != nil {
		return o, locale.Errorf("cli.serve.badOwnerListen", locale.A("listen", locale.Clean(f.listen)))
	}
	var config net.ListenConfig
	if o.listener, err = config.Listen(ctx, "tcp", at.String()); err != nil {
		return o, locale.Errorf("cli.serve.ownerPortTaken", locale.A("listen", f.listen), locale.A("error", locale.Cause(err)))
	}
	return o, nil
}

// serve serves owners beside the console; when one of the two ends, both do.
func (o *ownerSite) serve(ctx context.Context, s *web.Server, console net.Listener) error {
	if o.listener == nil {
		return s.Serve(ctx, console)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer cancel()
		done <- s.ServeOwners(ctx, o.listener, o.certificate)
	}()
	err := s.Serve(ctx, console)
	cancel()
	if failed := <-done; err == nil {
		err = failed
	}
	return err
}
