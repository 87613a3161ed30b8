// Package owner serves the owner's page: where the owner of resources answers a
// question without signing in, by a link. It is written for whoever reads it on a
// phone, works without script, and is thin over the use cases.
package owner

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/page"
)

// Root is where the pages are, with what they are made of.
const Root = ask.LinkPath

const style = Root + "page.css"

//go:embed page.css
var css []byte

//go:embed page.html
var markup string

// policy is what a page may do: show itself, by its own style, and send its form. It
// runs nothing.
const policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mostOfBody is what an answer may carry: words of every choice, and replies.
const mostOfBody = 128 << 10

// Options say what the pages work with.
type Options struct {
	At    func(context.Context, access.Subject) (*desk.Desk, error) // the store
	Lang  locale.Lang                                               // of those who do not say theirs
	Env   *app.Env
	Reach app.FixOptions // of accounts, where an owner says that something is fixed
	Now   func() time.Time
	Log   *slog.Logger
	// Forwarded says that a proxy stands before the server, which tells who called in
	// the last word of X-Forwarded-For.
	Forwarded bool
}

// Handler answers below Root.
type Handler struct {
	options  Options
	catalogs map[locale.Lang]*locale.Catalog
	pages    map[locale.Lang]*page.Template
	cross    *http.CrossOriginProtection
	limits   limits
	etag     string
}

// New makes one.
func New(o Options) (*Handler, error) {
	sum := sha256.Sum256(css)
	h := &Handler{
		options: o, catalogs: map[locale.Lang]*locale.Catalog{}, pages: map[locale.Lang]*page.Template{}, cross: http.NewCrossOriginProtection(),
		limits: newLimits(o.Now), etag: `"` + hex.EncodeToString(sum[:12]) + `"`,
	}
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			return nil, err
		}
		h.catalogs[lang] = catalog
		if h.pages[lang], err = page.Parse(markup, page.Funcs{"say": sayer(catalog)}); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// sayer is a function of templates: a text of the page, with arguments by name.
func sayer(c *locale.Catalog) func(...any) any {
	return func(args ...any) any {
		var list []locale.Arg
		for i := 1; i+1 < len(args); i += 2 {
			list = append(list, locale.A(fmt.Sprint(args[i]), args[i+1]))
		}
		return c.Text("ownerpage."+fmt.Sprint(args[0]), list...)
	}
}

// ServeHTTP implements [http.Handler]. Nothing but POST changes anything: programs
// that look into mails, and previews, fetch links.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	if r.TLS != nil {
		head.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if !h.limits.address(h.address(r)) {
		h.Refuse(w, r, http.StatusTooManyRequests, locale.M("ownerpage.tooMany"))
		return
	}
	token, ok := strings.CutPrefix(r.URL.Path, Root)
	switch {
	case r.URL.Path == style && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		h.style(w, r)
	case !ok || !ask.Token(token) || r.URL.RawPath != "":
		h.guessed(r)
		h.Refuse(w, r, http.StatusNotFound, locale.M(asking.LinkUnknown))
	case !h.limits.may(h.address(r), ask.LinkID(token), r.Method == http.MethodPost):
		head.Set("Retry-After", "60")
		h.Refuse(w, r, http.StatusTooManyRequests, locale.M("ownerpage.tooMany"))
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		h.show(w, r, token)
	case r.Method == http.MethodPost:
		h.post(w, r, token)
	default:
		head.Set("Allow", "GET, HEAD, POST")
		h.Refuse(w, r, http.StatusMethodNotAllowed, locale.M("ownerpage.badRequest"))
	}
}

func (h *Handler) style(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", "text/css; charset=utf-8")
	head.Set("Cache-Control", "no-cache")
	head.Set("ETag", h.etag)
	if r.Header.Get("If-None-Match") == h.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(css) // whoever asked may be gone
}

// desk is where whoever holds a link works.
func (h *Handler) desk(r *http.Request) (*desk.Desk, error) {
	return h.options.At(r.Context(), asking.Holder())
}

// show shows the question of a link.
func (h *Handler) show(w http.ResponseWriter, r *http.Request, token string) {
	d, o, ok := h.open(w, r, token)
	if ok {
		h.write(w, r, http.StatusOK, h.paper(r, d, o, form{}))
	}
}

// open opens a link; where it cannot, it says so.
func (h *Handler) open(w http.ResponseWriter, r *http.Request, token string) (d *desk.Desk, o *asking.Opened, ok bool) {
	d, err := h.desk(r)
	if err == nil {
		o, err = asking.Open(r.Context(), d, token)
	}
	if err != nil {
		h.failed(w, r, h.asked(r), err)
		return nil, nil, false
	}
	return d, o, true
}

// post takes what the holder of a link says.
func (h *Handler) post(w http.ResponseWriter, r *http.Request, token string) {
	if err := h.cross.Check(r); err != nil {
		h.Refuse(w, r, http.StatusForbidden, locale.M("ownerpage.crossSite"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostOfBody)
	if m, code := parse(r); code != 0 {
		h.Refuse(w, r, code, m)
		return
	}
	d, err := h.desk(r)
	if err != nil {
		h.failed(w, r, h.asked(r), err)
		return
	}
	f := read(r.PostForm)
	a, err := asking.AnswerByLink(r.Context(), d, token, f.reply())
	if err == nil && f.Choice == string(ask.Done) && !a.Same {
		env := *h.options.Env
		env.Catalog, env.Tell = h.catalogs[h.options.Lang], func(string, ...locale.Arg) {}
		_, err = asking.LookAgain(r.Context(), d, &env, h.options.Reach, token)
	}
	if err != nil {
		h.again(w, r, token, f, err)
		return
	}
	http.Redirect(w, r, here(r), http.StatusSeeOther)
}

// here is the page that a form was on, in its language.
func here(r *http.Request) string {
	if lang, err := locale.Parse(r.URL.Query().Get("lang")); err == nil {
		return r.URL.Path + "?lang=" + string(lang)
	}
	return r.URL.Path
}

// again shows the form anew, with what was written and why it was not taken.
func (h *Handler) again(w http.ResponseWriter, r *http.Request, token string, f form, wrong error) {
	fault := desk.FaultOf(wrong)
	if fault != desk.Wrong {
		h.failed(w, r, h.asked(r), wrong)
		return
	}
	d, o, ok := h.open(w, r, token)
	if !ok {
		return
	}
	p := h.paper(r, d, o, f)
	p.Wrong = h.sentence(p.Lang, wrong)
	code := http.StatusUnprocessableEntity
	if o.Closed() { // somebody was faster
		code = http.StatusConflict
	}
	h.write(w, r, code, p)
}

// sentence is what an error says to an owner, who knows no command.
func (h *Handler) sentence(lang locale.Lang, err error) string {
	var said *locale.Error
	if !errors.As(err, &said) {
		return h.catalogs[lang].Text("ownerpage.inner")
	}
	var args []locale.Arg
	for _, a := range said.Args {
		if inner, ok := a.Value.(error); ok {
			a = locale.A(a.Name, h.sentence(lang, inner))
		}
		args = append(args, a)
	}
	key := said.Key
	if own := "ownerpage.wrong." + key; h.catalogs[lang].Has(own) {
		key = own
	}
	return h.catalogs[lang].Text(key, args...)
}

// failed answers with the sentence of an error. Of a link, all that is not open to
// its holder looks alike.
func (h *Handler) failed(w http.ResponseWriter, r *http.Request, lang locale.Lang, err error) {
	code, m := http.StatusInternalServerError, locale.M("ownerpage.inner")
	var said *locale.Error
	ours := errors.As(err, &said)
	switch fault := desk.FaultOf(err); {
	case ours && fault == desk.Unknown && said.Key == asking.LinkUnknown:
		h.guessed(r)
		code, m = http.StatusNotFound, said.Message
	case ours && fault == desk.Unknown && (said.Key == asking.LinkRevoked || said.Key == asking.LinkOver):
		code, m = http.StatusGone, said.Message
	case fault == desk.Busy:
		code, m = http.StatusServiceUnavailable, locale.M("ownerpage.busy")
	default: // what the store says may hold what is nobody's business
		h.options.Log.ErrorContext(r.Context(), "owner's page failed", "fault", string(fault), "error", err.Error())
	}
	h.say(w, r, lang, code, m)
}

// Refuse answers with one sentence on a page of its own.
func (h *Handler) Refuse(w http.ResponseWriter, r *http.Request, code int, m locale.Message) {
	h.say(w, r, h.asked(r), code, m)
}

func (h *Handler) say(w http.ResponseWriter, r *http.Request, lang locale.Lang, code int, m locale.Message) {
	h.write(w, r, code, &paper{Lang: lang, Shown: string(lang), Title: h.catalogs[lang].Text("ownerpage.name"), Wrong: h.catalogs[lang].Text(m.Key, m.Args...)})
}

func (h *Handler) write(w http.ResponseWriter, r *http.Request, code int, p *paper) {
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Language", string(p.Lang))
	var b strings.Builder
	if err := h.pages[p.Lang].Execute(&b, p); err != nil {
		h.options.Log.ErrorContext(r.Context(), "owner's page is not written", "error", err.Error())
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(b.String())) // whoever asked may be gone
	}
}

// asked is the language that a request asks for: of the switch, or of the browser.
func (h *Handler) asked(r *http.Request) locale.Lang {
	if lang, err := locale.Parse(r.URL.Query().Get("lang")); err == nil {
		return lang
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		name, _, _ := strings.Cut(tag, "-")
		if lang, err := locale.Parse(strings.ToLower(name)); err == nil {
			return lang
		}
	}
	return h.options.Lang
}
