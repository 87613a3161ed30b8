package web

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
)

// Sessions last for a working day, and end when nobody uses them for some hours; a
// link is used once, soon.
const (
	linkFor    = 10 * time.Minute
	sessionFor = 12 * time.Hour
	unusedFor  = 4 * time.Hour
	cookie     = "kumoban_session"
)

// hash is what is kept of a secret: whoever reads the memory cannot sign in by it.
type hash [sha256.Size]byte

type session struct {
	who         access.Subject
	until, used time.Time
}

// sessions are who is signed in, and the links by which one may.
type sessions struct {
	now func() time.Time

	mu    sync.Mutex
	links map[hash]session
	open  map[hash]session
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, links: map[hash]session{}, open: map[hash]session{}}
}

// link makes a secret by which somebody signs in, once.
func (s *sessions) link(who access.Subject) string {
	secret := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links[sha256.Sum256([]byte(secret))] = session{who: who, until: s.now().Add(linkFor)}
	return secret
}

// enter signs in by a link, which is used up; it returns the new session's secret.
func (s *sessions) enter(link string) (secret string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	key := hash(sha256.Sum256([]byte(link)))
	by, ok := s.links[key]
	if !ok {
		return "", false
	}
	delete(s.links, key)
	secret = rand.Text()
	now := s.now()
	s.open[sha256.Sum256([]byte(secret))] = session{by.who, now.Add(sessionFor), now}
	return secret, true
}

// who is signed in by a request.
func (s *sessions) who(r *http.Request) (access.Subject, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return access.Subject{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	key := hash(sha256.Sum256([]byte(c.Value)))
	in, ok := s.open[key]
	if ok {
		in.used = s.now()
		s.open[key] = in
	}
	return in.who, ok
}

// leave ends the session of a request.
func (s *sessions) leave(r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, sha256.Sum256([]byte(c.Value)))
	}
}

// sweep forgets what is over.
func (s *sessions) sweep() {
	now := s.now()
	for key, l := range s.links {
		if now.After(l.until) {
			delete(s.links, key)
		}
	}
	for key, in := range s.open {
		if now.After(in.until) || now.Sub(in.used) > unusedFor {
			delete(s.open, key)
		}
	}
}

// Link makes a path by which the server's subject signs in, once, within ten
// minutes.
func (s *Server) Link() string { return "/signin/" + s.sessions.link(s.options.Subject) }

// signIn is the page behind a link.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	secret, ok := s.sessions.enter(r.PathValue("link"))
	if !ok && !s.within(s.guesses, w, r) {
		return
	}
	if !ok {
		s.say(w, r, http.StatusForbidden, "web.usedLink")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil, MaxAge: int(sessionFor.Seconds())})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOut ends the session.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.leave(r)
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	w.WriteHeader(http.StatusNoContent)
}
