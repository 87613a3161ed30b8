package asking

import (
	"context"
	"net/url"
	"time"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Linked is a link as it is told, once, to whoever made it.
type Linked struct {
	Question string
	URL      string // the whole address: whoever has it can answer
	Owner    string // whom it is for
	Address  string // where mail goes, where the directory has it
	Expires  time.Time
	Head     audit.Entry
}

// Public reads the address by which owners reach the server; "" is none.
func Public(address string) (*url.URL, error) {
	if address == "" {
		return nil, nil
	}
	return ask.ParsePublic(address)
}

// MakeLink makes the link by which the owner of a question answers it. Those made
// before end with it.
func MakeLink(ctx context.Context, d *desk.Desk, id string, public *url.URL) (*Linked, error) {
	k, err := d.Keeper(access.QuestionsAsk)
	if err != nil {
		return nil, err
	}
	if public == nil {
		return nil, locale.Errorf("ask.link.noPublic")
	}
	l, token, head, err := k.MakeLink(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Linked{l.Question, ask.LinkURL(public, token), l.Recipient, l.Address, l.Expires, head}, nil
}

// RevokeLinks ends the links of a question that are open, and returns how many.
func RevokeLinks(ctx context.Context, d *desk.Desk, id, why string) (int, audit.Entry, error) {
	k, err := d.Keeper(access.QuestionsAsk)
	if err != nil {
		return 0, audit.Entry{}, err
	}
	return k.RevokeLinks(ctx, id, why)
}

// Holder is who holds a link, before anybody has looked which: it may use one, and
// nothing else.
func Holder() access.Subject { return access.Granted("link", "link", access.LinksUse) }

// Opened is what a link shows.
type Opened struct {
	Whole
	Messages map[locale.Lang]*ask.Message // the question in words
	State    ask.LinkState
	Expires  time.Time
}

// Message keys of what a link cannot do.
const (
	LinkUnknown  = "ask.link.unknown"
	LinkRevoked  = "ask.link.revoked"
	LinkOver     = "ask.link.expired"
	LinkUsed     = "ask.link.used"
	LinkAnswered = "ask.remark.answered"
)

// Open shows the question of a link, and changes nothing.
func Open(ctx context.Context, d *desk.Desk, token string) (*Opened, error) {
	out := &Opened{Messages: map[locale.Lang]*ask.Message{}}
	err := d.View(ctx, access.LinksUse, func(k *keep.Keeper, r store.Reader) error {
		l, q, err := keep.FindLink(ctx, r, token)
		if err != nil {
			return err
		}
		out.State, out.Expires = l.Now(d.Now()), l.Expires
		if out.Asked, err = asked(ctx, r, &q, d.Now()); err != nil {
			return err
		}
		if out.Records, err = inOrder(ctx, r, q.Findings); err != nil {
			return err
		}
		if out.Exceptions, err = desk.Exceptions(ctx, r, out.Records); err != nil {
			return err
		}
		held, err := keep.Policy(ctx, r)
		if err != nil {
			return err
		}
		q.Latest = held.Until(k.Now())
		return out.compose(ctx, d, k, r, &q)
	})
	return out, err
}

// compose puts the question into words, as it would be asked now.
func (o *Opened) compose(ctx context.Context, d *desk.Desk, k *keep.Keeper, r store.Reader, q *ask.Question) error {
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			return err
		}
		var items []ask.Item
		for i := range o.Records {
			record := &o.Records[i]
			c := k.Controls.Find(record.Control)
			if c == nil {
				continue // this kumoban does not know it any more
			}
			item := ask.Item{Record: record, Control: c, Costs: q.Costs[record.ID][lang]}
			if item.Before, err = keep.Before(ctx, r, record.ID); err != nil {
				return err
			}
			items = append(items, item)
		}
		if o.Messages[lang], err = ask.Compose(q, items, catalog, d.Zone()); err != nil {
			return err
		}
	}
	return nil
}

// AnswerByLink records what the holder of a link said: an answer, or a remark, after
// which the question stays open. Whose word it is, the link alone says.
func AnswerByLink(ctx context.Context, d *desk.Desk, token string, reply Reply) (*Answered, error) {
	k, err := d.Keeper(access.LinksUse)
	if err != nil {
		return nil, err
	}
	id, err := questionOf(ctx, k, token)
	if err != nil {
		return nil, err
	}
	if reply.Choice.Open() {
		remark, err := reply.remark()
		if err != nil {
			return nil, err
		}
		q, said, head, err := k.RemarkByLink(ctx, token, remark)
		return remarked(ctx, k, q, said, head, err)
	}
	a, err := reply.answer(ctx, d, k, id)
	if err != nil {
		return nil, err
	}
	out := &Answered{}
	if out.Question, out.Head, err = k.AnswerByLink(ctx, token, a, reply.Replies...); err != nil {
		return nil, err
	}
	out.Same = out.Head.Seq == 0
	return out, out.read(ctx, k)
}

// questionOf is the id of the question of a link.
func questionOf(ctx context.Context, k *keep.Keeper, token string) (id string, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		l, _, err := keep.FindLink(ctx, r, token)
		id = l.Question
		return err
	})
	return id, err
}

// LookAgain judges the findings of a question anew, because the holder of its link
// says that they are fixed, and keeps what that saw. What could not be looked at is
// kept with why.
func LookAgain(ctx context.Context, d *desk.Desk, env *app.Env, reach app.FixOptions, token string) ([]ask.Saw, error) {
	k, err := d.Keeper(access.LinksUse)
	if err != nil {
		return nil, err
	}
	var records []lifecycle.Record
	var l ask.Link
	err = k.Store.View(ctx, func(r store.Reader) error {
		var q ask.Question
		if l, q, err = keep.FindLink(ctx, r, token); err != nil {
			return err
		}
		if err := q.Waits(); err != nil {
			return err
		}
		if l.Now(d.Now()) != ask.LinkOpen {
			return locale.Errorf(LinkOver)
		}
		records, err = inOrder(ctx, r, q.Findings)
		return err
	})
	if err != nil {
		return nil, err
	}
	var list []*lifecycle.Record
	for i := range records {
		list = append(list, &records[i])
	}
	now, why := app.Look(ctx, env, reach, list)
	status := map[string]string{}
	for i := range now {
		status[now[i].ID()] = now[i].Status.String()
	}
	var saw []ask.Saw
	for _, r := range list {
		one := ask.Saw{Finding: r.ID, Status: status[r.ID]}
		if m, failed := why[r.ID]; failed {
			one.Why = &locale.Said{Key: m.Key, Args: m.Args, Text: env.Catalog.Text(m.Key, m.Args...)}
		}
		saw = append(saw, one)
	}
	as := *k
	as.Actor = l.Holder()
	_, _, err = as.SaveLook(ctx, l.Question, saw, now, env.Version)
	return saw, err
}
