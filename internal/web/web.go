// Package web serves the console's API over HTTP. It is thin over the use cases, as
// cli is: it reads requests, asks them, and answers in the shapes that commands
// write as JSON.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"golang.org/x/time/rate"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/bulk"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixjob"
	"github.com/kumoban/kumoban/internal/app/jobs"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/view"
	"github.com/kumoban/kumoban/internal/web/owner"
	"github.com/kumoban/kumoban/internal/web/ui"
)

// Options say what is served, and to whom.
type Options struct {
	Desk    *desk.Desk     // the store; it stays open for as long as the server serves
	Subject access.Subject // who signs in by the link
	Hosts   []string       // by which the server may be called, as the Host header has them: "127.0.0.1:8700"
	Public  *url.URL       // by which owners reach their page; nil: they cannot
	// Forwarded says that a proxy stands before what owners reach, and tells who calls.
	Forwarded bool
	Lang      locale.Lang // of those who do not say theirs
	Controls  []*control.Control
	Version   string
	Now       func() time.Time
	Log       *slog.Logger
	Env       *app.Env           // what use cases are handed from outside; what they tell goes to whoever asks
	Reach     app.FixOptions     // of accounts, where AWS has to be asked
	Fixes     *fixjob.Setup      // of its kinds of jobs; nil: no run can be worked on
	Webhook   string             // where questions by Slack and webhook go; "": nowhere
	Bulk      *bulk.Setup        // what bulk jobs are handed; nil: there are none
	Jobs      *jobs.Runner       // which runs for as long as the server serves; nil: no job can be started
	Messages  *messages.Channels // where messages go; nil: nowhere
}

// Server answers requests.
type Server struct {
	options  Options
	views    map[locale.Lang]*view.View
	sessions *sessions
	front    http.Handler // the console's files and pages
	owner    *owner.Handler
	handler  http.Handler
	closing  context.Context //nolint:containedctx // it ends when the server shuts down, and with it answers that go on for long
	close    context.CancelFunc

	requests, guesses *limit

	mu       sync.Mutex
	prepared time.Time // when what is due on the store was done last
}

// New makes a server.
func New(o Options) (*Server, error) {
	s := &Server{options: o, views: map[locale.Lang]*view.View{}, sessions: newSessions(o.Now),
		requests: newLimit(requestsASecond, requestsAtOnce), guesses: newLimit(rate.Every(time.Minute/guessesAMinute), guessesAtOnce)}
	s.closing, s.close = context.WithCancel(context.Background())
	if o.Jobs == nil {
		s.options.Jobs = jobs.New(jobs.Options{Desk: o.Desk, Now: o.Now, Log: o.Log})
	}
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			return nil, err
		}
		texts, err := report.NewTexts(catalog, o.Controls)
		if err != nil {
			return nil, err
		}
		s.views[lang] = &view.View{Catalog: catalog.InConsole(), Texts: texts}
	}
	front, err := ui.Handler()
	if err != nil {
		return nil, err
	}
	s.front = front
	if s.owner, err = owner.New(owner.Options{
		At: s.at, Lang: o.Lang, Env: o.Env, Reach: o.Reach, Now: o.Now, Log: o.Log, Forwarded: o.Forwarded,
	}); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	s.pages(mux)
	s.api(mux)
	s.handler = s.guarded(mux)
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Limits of connections: who sends slowly, or nothing, is not waited for.
const (
	headersWithin  = 5 * time.Second
	requestWithin  = 30 * time.Second
	answerWithin   = 2 * time.Minute
	idleFor        = 2 * time.Minute
	mostOfHeaders  = 32 << 10
	shutDownWithin = 10 * time.Second

	ownersWithin       = 15 * time.Second // their requests are small
	ownersAnswerWithin = time.Minute      // with a look at their resources
)

// Serve answers on l until ctx is done, then lets requests that run end.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	return s.serve(ctx, s.server(ctx, s), l)
}

func (s *Server) server(ctx context.Context, h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headersWithin, ReadTimeout: requestWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: mostOfHeaders, ErrorLog: slog.NewLogLogger(s.options.Log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
}

func (s *Server) serve(ctx context.Context, server *http.Server, l net.Listener) error {
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		s.close()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutDownWithin)
		defer cancel()
		done <- server.Shutdown(late)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

// prepareEvery is how often what is due on the store is done: exceptions whose time
// has come end, so that no list shows what is over.
const prepareEvery = 15 * time.Second

// at is the desk for whoever asks.
func (s *Server) at(ctx context.Context, who access.Subject) (*desk.Desk, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.options.Now(); now.Sub(s.prepared) >= prepareEvery {
		said, err := s.options.Desk.Prepare(ctx)
		for _, n := range said {
			s.options.Log.InfoContext(ctx, told(s.views[locale.English], n))
		}
		if err != nil {
			return nil, err
		}
		s.prepared = now
	}
	return s.options.Desk.For(who), nil
}

// viewed is how a page is shown in a language, now.
func (s *Server) viewed(lang locale.Lang, d *desk.Desk) *view.View {
	v := *s.views[lang]
	v.Zone, v.Now = d.Zone(), d.Now()
	return &v
}

// told is what is to be told, in words.
func told(v *view.View, n desk.Notice) string {
	args := slices.Clone(n.Args)
	for i := range args {
		if why, ok := args[i].Value.(desk.Reason); ok {
			args[i].Value = &locale.Error{Message: sentence(why.Err, "")}
		}
	}
	return v.Catalog.Text(n.Key, args...)
}
