package keep

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// LinkFault is why a token opens nothing.
type LinkFault struct{ locale.Message }

// Error returns the English sentence.
func (e *LinkFault) Error() string { return e.Unwrap().Error() }

// Unwrap returns the sentence as a [locale.Error].
func (e *LinkFault) Unwrap() error { return &locale.Error{Message: e.Message} }

// putLink keeps a link. Its token is in no store.
func putLink(ctx context.Context, w store.Writer, l *ask.Link) error {
	doc, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return w.PutItem(ctx, store.Item{Kind: store.ItemLink, ID: l.ID, State: string(l.State), About: l.Question, Due: l.Expires, Doc: doc})
}

func linkOf(i *store.Item) (l ask.Link, err error) {
	err = json.Unmarshal(i.Doc, &l)
	l.ID, l.Question, l.State, l.Expires = i.ID, i.About, ask.LinkState(i.State), i.Due
	return l, err
}

// Links are those of a question, the one that lasts longest last.
func Links(ctx context.Context, r store.Reader, question string) (list []ask.Link, err error) {
	items, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemLink, About: question})
	for i := 0; err == nil && i < len(items); i++ {
		var l ask.Link
		l, err = linkOf(&items[i])
		list = append(list, l)
	}
	return list, err
}

// FindLink is the link of a token, with its question. A token that is nobody's, or
// whose link was revoked or changed in the store, is a [*LinkFault]: who holds it is
// told nothing else.
func FindLink(ctx context.Context, r store.Reader, token string) (l ask.Link, q ask.Question, err error) {
	unknown := &LinkFault{locale.M("ask.link.unknown")}
	if !ask.Token(token) {
		return l, q, unknown
	}
	item, err := r.Item(ctx, store.ItemLink, ask.LinkID(token))
	var none *store.NotFound
	if errors.As(err, &none) {
		return l, q, unknown
	}
	if err == nil {
		l, err = linkOf(&item)
	}
	switch {
	case err != nil:
		return l, q, err
	case !l.Fits(token):
		return l, q, unknown
	case l.State == ask.LinkRevoked:
		return l, q, &LinkFault{locale.M("ask.link.revoked")}
	}
	q, err = r.Question(ctx, l.Question)
	if err == nil && (q.Owner != l.Recipient || q.Address != l.Address) {
		return l, q, unknown // it was for somebody else
	}
	return l, q, err
}

// MakeLink makes the link by which the owner of a question can answer it. Those made
// before end with it. The token is told once, here.
func (k *Keeper) MakeLink(ctx context.Context, id string) (l ask.Link, token string, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		q, err := w.Question(ctx, strings.ToLower(id))
		if err == nil {
			err = k.waitsFor(ctx, w, &q)
		}
		if err != nil {
			return err
		}
		l, token = ask.MakeLink(&q, k.Actor, k.now())
		head, err = k.makeLink(ctx, w, &l)
		return err
	})
	return l, token, head, err
}

// waitsFor refuses a question to which nobody waits for an answer.
func (k *Keeper) waitsFor(ctx context.Context, r store.Reader, q *ask.Question) error {
	p, err := Policy(ctx, r)
	if err != nil {
		return err
	}
	inZone(q, p.Zone)
	return q.Waits()
}

func (k *Keeper) makeLink(ctx context.Context, w store.Writer, l *ask.Link) (audit.Entry, error) {
	ended, err := k.endLinks(ctx, w, l.Question)
	if err != nil {
		return audit.Entry{}, err
	}
	if err := putLink(ctx, w, l); err != nil {
		return audit.Entry{}, err
	}
	return k.note(ctx, w, "link.make", l.Question, "", map[string]any{"link": l.ID, "recipient": l.Recipient, "address": l.Address, "expires": l.Expires, "ended": ended})
}

// endLinks revokes the open links of a question, and returns their ids.
func (k *Keeper) endLinks(ctx context.Context, w store.Writer, question string) (ended []string, err error) {
	list, err := Links(ctx, w, question)
	for i := 0; err == nil && i < len(list); i++ {
		if l := &list[i]; l.State == ask.LinkOpen {
			l.State, l.Ended, l.EndedBy = ask.LinkRevoked, k.now(), k.Actor
			ended = append(ended, l.ID)
			err = putLink(ctx, w, l)
		}
	}
	return ended, err
}

// RevokeLinks ends the links of a question that are open, and returns how many.
func (k *Keeper) RevokeLinks(ctx context.Context, id, why string) (n int, head audit.Entry, err error) {
	err = k.Store.Update(ctx, func(w store.Writer) error {
		q, err := w.Question(ctx, strings.ToLower(id))
		if err != nil {
			return err
		}
		ended, err := k.endLinks(ctx, w, q.ID)
		if n = len(ended); err != nil {
			return err
		}
		if n == 0 {
			return locale.Errorf("ask.link.none", locale.A("id", q.ID))
		}
		head, err = k.note(ctx, w, "link.revoke", q.ID, why, map[string]any{"links": ended})
		return err
	})
	return n, head, err
}

// byLink is what somebody does who holds a link, in its name. Of a link that is over,
// nothing is done but to ask for another.
func (k *Keeper) byLink(ctx context.Context, token string, do func(*Keeper, store.Writer, *ask.Link, *ask.Question) error) error {
	return k.Store.Update(ctx, func(w store.Writer) error {
		l, q, err := FindLink(ctx, w, token)
		if err != nil {
			return err
		}
		as := *k
		as.Actor = l.Holder()
		return do(&as, w, &l, &q)
	})
}

// opens refuses a link that is over.
func (k *Keeper) opens(l *ask.Link) error {
	if l.Now(k.now()) == ask.LinkExpired {
		return &LinkFault{locale.M("ask.link.expired")}
	}
	return nil
}

// AnswerByLink records what the holder of a link answered. It is nobody's word but
// the holder's: it approves as far as the policy lets an owner's answer do that, and
// counts as no second pair of eyes. A link answers once; the same answer again changes
// nothing.
func (k *Keeper) AnswerByLink(ctx context.Context, token string, a ask.Answer, replies ...string) (q ask.Question, head audit.Entry, err error) {
	err = k.byLink(ctx, token, func(k *Keeper, w store.Writer, l *ask.Link, found *ask.Question) error {
		if err := k.opens(l); err != nil {
			return err
		}
		a.By, a.RecordedBy, a.Link = k.Actor, k.Actor, l.ID
		before := found.Answer
		if found.Withdrawn == nil && before != nil && before.Link != l.ID {
			return k.waitsFor(ctx, w, found)
		}
		var err error
		if q, head, err = k.answerIn(ctx, w, found, a, replies); err != nil {
			return err
		}
		if head.Seq == 0 {
			return nil // it was said just so
		}
		if before != nil {
			return locale.Errorf("ask.link.used")
		}
		l.State, l.Ended, l.EndedBy = ask.LinkUsed, k.now(), k.Actor
		if err := putLink(ctx, w, l); err != nil {
			return err
		}
		head, err = k.note(ctx, w, "link.use", q.ID, "", map[string]any{"link": l.ID})
		return err
	})
	return q, head, err
}

// RemarkByLink puts down what the holder of a link said without answering.
func (k *Keeper) RemarkByLink(ctx context.Context, token string, r ask.Remark) (q ask.Question, said ask.Remark, head audit.Entry, err error) {
	err = k.byLink(ctx, token, func(k *Keeper, w store.Writer, l *ask.Link, found *ask.Question) error {
		over := k.opens(l)
		switch {
		case r.Choice == ask.NewLink && over == nil:
			return locale.Errorf("ask.link.works")
		case r.Choice != ask.NewLink && over != nil:
			return over
		}
		r.By, r.RecordedBy, r.Link = k.Actor, k.Actor, l.ID
		var err error
		q, said, head, err = k.remarkIn(ctx, w, found, r)
		return err
	})
	return q, said, head, err
}
