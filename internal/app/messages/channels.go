// Package messages delivers what people have to be told: it takes messages out of the
// outbox, puts them into words, sends them, and keeps account of what became of them.
package messages

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/letter"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/notify"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/report"
)

// Settings are those of one channel, with its secrets.
type Settings struct {
	outbox.Channel
	URL    string // of Webhook and Slack
	Secret string // of Webhook, to sign with
	Mail   notify.MailServer
}

// Kinds are those that a channel can have.
func Kinds() []string {
	return []string{string(outbox.Webhook), string(outbox.Slack), string(outbox.Mail)}
}

// Channels are where messages go, and how they get there. They hold secrets, and show
// none. They may be used side by side.
type Channels struct {
	list  []*channel
	mu    sync.Mutex
	texts map[locale.Lang]*report.Texts
}

// channel is one of them.
type channel struct {
	outbox.Channel
	target notify.Target
	signer *notify.Signer
	mailer *notify.Mailer
	poster *notify.Poster
}

// Open checks the settings of channels, and calls nobody. One that is refused is an error
// that names it. The poster is what goes over HTTP.
func Open(list []Settings, poster *notify.Poster) (*Channels, error) {
	c := &Channels{texts: map[locale.Lang]*report.Texts{}}
	for i := range list {
		one, err := list[i].open(poster)
		if err == nil && c.find(one.Name) != nil {
			err = locale.Errorf("messages.twice")
		}
		if err != nil {
			return nil, locale.Errorf("messages.badChannel", locale.A("name", locale.Clean(list[i].Name)), locale.A("error", err))
		}
		c.list = append(c.list, one)
	}
	return c, nil
}

func (s *Settings) open(poster *notify.Poster) (c *channel, err error) {
	c = &channel{Channel: s.Channel, poster: poster}
	switch {
	case !outbox.Name(s.Name):
		return nil, locale.Errorf("messages.badName")
	case !slices.Contains(locale.Langs(), s.Lang):
		return nil, locale.Errorf("messages.badLang", locale.A("lang", locale.Clean(string(s.Lang))))
	}
	switch s.Kind {
	case outbox.Slack, outbox.Webhook:
		if c.target, err = notify.ParseTarget(s.URL); err == nil && s.Kind == outbox.Webhook {
			c.signer, err = notify.NewSigner(s.Secret)
		}
		return c, err
	case outbox.Mail:
		return c, c.openMail(s)
	}
	return nil, locale.Errorf("messages.badKind", locale.A("kind", locale.Clean(string(s.Kind))), locale.A("kinds", Kinds()))
}

func (c *channel) openMail(s *Settings) (err error) {
	if len(s.To) == 0 && !s.Owners {
		return locale.Errorf("messages.noRecipient")
	}
	for _, to := range s.To {
		if !notify.MailAddress(to) {
			return locale.Errorf("messages.badAddress", locale.A("address", locale.Clean(to)))
		}
	}
	c.mailer, err = notify.NewMailer(s.Mail)
	return err
}

// Names are those of the channels.
func (c *Channels) Names() (names []string) {
	for _, one := range c.list {
		names = append(names, one.Name)
	}
	return names
}

// Mailer is how other mail of kumoban goes out: as that of the first channel that is
// one of mail; nil where there is none.
func (c *Channels) Mailer() *notify.Mailer {
	for _, one := range c.list {
		if one.mailer != nil {
			return one.mailer
		}
	}
	return nil
}

func (c *Channels) find(name string) *channel {
	for _, one := range c.list {
		if one.Name == name {
			return one
		}
	}
	return nil
}

// in are the texts of a language.
func (c *Channels) in(lang locale.Lang, controls control.Set) (*report.Texts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.texts[lang]; t != nil {
		return t, nil
	}
	catalog, err := locale.New(lang)
	if err != nil {
		return nil, err
	}
	t, err := report.NewTexts(catalog, controls.Controls())
	if err == nil {
		c.texts[lang] = t
	}
	return t, err
}

// attemptTimeout is how long one attempt to deliver a message may take.
const attemptTimeout = 30 * time.Second

// send tries once to deliver a message. The error is a [*notify.Undelivered], the
// context's, or one of the program's.
func (c *channel) send(ctx context.Context, s *outbox.Stored, l *letter.Letter, now time.Time) error {
	within, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	err := c.attempt(within, s, l, now)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return &notify.Undelivered{Why: locale.Errorf("messages.late", locale.A("seconds", int(attemptTimeout.Seconds())))}
	}
	return err
}

func (c *channel) attempt(ctx context.Context, s *outbox.Stored, l *letter.Letter, now time.Time) error {
	switch c.Kind {
	case outbox.Webhook:
		body, err := l.Webhook(s.Key, &s.Message)
		if err != nil {
			return err
		}
		headers, err := c.signer.Headers(s.Key, now, body)
		if err == nil {
			_, err = c.poster.Attempt(ctx, c.target, body, headers)
		}
		return err
	case outbox.Slack:
		body, err := l.Slack()
		if err != nil {
			return err
		}
		return c.poster.AttemptSlack(ctx, c.target, body)
	}
	return c.mailer.Send(ctx, notify.Letter{To: s.Message.To, Subject: l.Subject, Text: l.Text(), Key: s.Key, At: s.Message.Made})
}
