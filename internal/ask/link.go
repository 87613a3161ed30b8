package ask

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// Link lets whoever holds its token answer one question, until a time. Of the token
// nothing is kept but what tells it again.
type Link struct {
	ID        string `json:"-"` // the token's SHA-256
	Question  string `json:"-"`
	Recipient string // the owner that it was made for
	Address   string `json:",omitempty"` // the owner's, for mail
	MadeBy    string
	MadeAt    time.Time
	Expires   time.Time
	// Seal is made with the token over what the link is for: a link in the store that
	// somebody changed there fits no token any more.
	Seal    string
	State   LinkState `json:"-"`
	Ended   time.Time // when it was used or revoked; zero: it was not
	EndedBy string    `json:",omitempty"`
}

// LinkState is what became of a link.
type LinkState string

// The states of links. One that is over by its time is still open in the store.
const (
	LinkOpen    LinkState = "open"
	LinkUsed    LinkState = "used"    // the question was answered by it
	LinkRevoked LinkState = "revoked" // taken back, or another was made
	LinkExpired LinkState = "expired"
)

// linkDays is how long a link lasts after the day by which an answer is wanted, and
// at least.
const linkDays = 7

// tokenBytes is how much chance a token holds.
const tokenBytes = 32

// MakeLink makes a link for the owner of a question, and its token.
func MakeLink(q *Question, by string, now time.Time) (Link, string) {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // it never fails
	token := base64.RawURLEncoding.EncodeToString(secret)
	from := q.Due
	if from.Before(now) {
		from = now
	}
	l := Link{
		ID: LinkID(token), Question: q.ID, Recipient: q.Owner, Address: q.Address, MadeBy: by, MadeAt: now.UTC().Truncate(time.Microsecond),
		Expires: from.AddDate(0, 0, linkDays).UTC().Truncate(time.Microsecond), State: LinkOpen,
	}
	l.Seal = l.seal(token)
	return l, token
}

// Token tells whether a text has the form of a token.
func Token(text string) bool {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(secret) == tokenBytes
}

// LinkID is under which a link is kept.
func LinkID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (l *Link) seal(token string) string {
	m := hmac.New(sha256.New, []byte(token))
	for _, part := range []string{"kumoban link", l.Question, l.Recipient, l.Address, l.MadeBy, l.MadeAt.UTC().Format(time.RFC3339Nano), l.Expires.UTC().Format(time.RFC3339Nano)} {
		_, _ = m.Write([]byte(part + "\x00")) // a hash takes everything
	}
	return hex.EncodeToString(m.Sum(nil))
}

// Fits tells whether a token is this link's, and nothing of it was changed since it
// was made.
func (l *Link) Fits(token string) bool {
	return l.ID == LinkID(token) && hmac.Equal([]byte(l.Seal), []byte(l.seal(token)))
}

// Now is the state of a link at a time.
func (l *Link) Now(at time.Time) LinkState {
	if l.State == LinkOpen && !at.Before(l.Expires) {
		return LinkExpired
	}
	return l.State
}

// Holder is how histories and the audit log name whoever holds the link.
func (l *Link) Holder() string {
	to := []rune(l.Recipient)
	return lifecycle.ByLink + string(to[:min(len(to), MostName-len(lifecycle.ByLink))])
}

// LinkPath is where the owner's page is.
const LinkPath = "/a/"

// ParsePublic reads the address by which owners reach the server: https, and http on
// this machine alone, with nothing behind the host.
func ParsePublic(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(address), "/"))
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return nil, locale.Errorf("ask.link.badPublic")
	}
	ip, err := netip.ParseAddr(u.Hostname())
	here := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && here) {
		return nil, locale.Errorf("ask.link.badPublic")
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// LinkURL is the whole address of a page.
func LinkURL(public *url.URL, token string) string { return public.String() + LinkPath + token }
