// Package asking puts questions about findings to the owners of their resources,
// and takes their answers.
package asking

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/locale"
)

// Send sends a question.
type Send func(context.Context, *ask.Message) error

// Request says what to ask whom, and how.
type Request struct {
	Findings  []string // as [keep.Find] takes them
	Owner     string   // "": whoever the directory, the tags and CloudTrail tell
	Due       string   // a date or a span
	Via       string   // a channel; "": each owner's own
	Webhook   string   // where channels that kumoban posts to are
	OwnerTags []string // tag keys that name owners; none: the usual ones
	Again     bool     // also about what waits for an answer already
	Lang      locale.Lang
	ForAll    bool // in that language, whatever an owner's own is

	CloudTrail bool           // asks who changed resources last
	Reach      app.FixOptions // the account, where AWS has to be asked
	Prices     *cost.Table    // to estimate what fixes cost; nil: nobody wants that

	// Public is the address by which owners reach the server: questions get a link to
	// the owner's page. nil: they get none.
	Public *url.URL

	// ByHand sends by channels on which the questioner does: it shows the question.
	ByHand func(channel string) (Send, error)
}

// Ask puts one question to each owner, stores it, and only then sends it: an answer
// to a question that nobody stored would have no place. It returns those that were
// asked, also where one could not be; nil says that none was tried. How far it is, it
// tells on the way.
func Ask(ctx context.Context, d *desk.Desk, env *app.Env, q Request) ([]Asked, error) {
	k, err := d.Keeper(access.QuestionsAsk)
	if err != nil {
		return nil, err
	}
	a := asker{desk: d, keeper: k, env: env, request: q}
	if err := a.prepare(ctx); err != nil {
		return nil, err
	}
	asked := []Asked{}
	for i := range a.groups {
		if err := a.put(ctx, &a.groups[i]); err != nil {
			return asked, err
		}
		asked = append(asked, Asked{Question: a.groups[i].question, Link: a.groups[i].link})
	}
	return asked, nil
}

// asker asks one request.
type asker struct {
	desk    *desk.Desk
	keeper  *keep.Keeper
	env     *app.Env
	request Request
	ids     []string
	groups  []group
}

// group are the findings of one owner.
type group struct {
	ask.Candidate
	items    []ask.Item
	send     Send
	question ask.Question
	link     string
}

// prepare makes the questions, and refuses what cannot be asked before the first is.
func (a *asker) prepare(ctx context.Context) error {
	q := &a.request
	due, err := a.desk.Through("due", q.Due)
	if err == nil {
		err = desk.Named(q.Owner)
	}
	if err == nil {
		a.ids, err = desk.Find(ctx, a.keeper, q.Findings)
	}
	if err == nil && q.Via != "" && !slices.Contains(ask.Channels(), q.Via) {
		err = locale.Errorf("keep.badVia", locale.A("via", locale.Clean(q.Via)))
	}
	if err == nil {
		err = a.owners(ctx)
	}
	if err == nil {
		err = a.channels()
	}
	if err != nil {
		return err
	}
	for i := range a.groups {
		g := &a.groups[i]
		g.question = ask.Question{
			Owner: g.Owner, OwnerFrom: g.From, Address: g.Address, Deputy: g.Deputy, Due: due, Lang: q.Lang, AskedBy: a.keeper.Actor, Channel: g.Channel,
		}
		if g.Lang != "" && !q.ForAll {
			g.question.Lang = g.Lang
		}
		for _, item := range g.items {
			g.question.Findings = append(g.question.Findings, item.Record.ID)
		}
		if err := g.question.Check(a.desk.Now()); err != nil {
			return err
		}
	}
	if err := a.keeper.Askable(ctx, a.ids, q.Again); err != nil {
		return err
	}
	return a.estimate(ctx)
}

// Possible refuses a day, an owner or a channel that no question could have, before
// a finding is named.
func Possible(d *desk.Desk, due, owner, via string) error {
	if err := d.Subject.May(access.QuestionsAsk); err != nil {
		return err
	}
	until, err := d.Through("--due", due)
	if err == nil {
		err = desk.Named(owner)
	}
	if err == nil && !until.IsZero() && until.Before(d.Now()) {
		err = locale.Errorf("keep.pastDay", locale.A("date", due), locale.A("flag", "--due"))
	}
	if err == nil && via != "" && !slices.Contains(ask.Channels(), via) {
		err = locale.Errorf("keep.badVia", locale.A("via", locale.Clean(via)))
	}
	return err
}

// put stores a question and sends it.
func (a *asker) put(ctx context.Context, g *group) error {
	q := &g.question
	message, head, err := a.store(ctx, q, g.items)
	if err != nil {
		return err
	}
	g.link = message.Link
	if err := g.send(ctx, message); err != nil {
		a.tell(desk.Tell("keep.askNotSent", locale.A("id", q.ID)), desk.Head(head))
		return err
	}
	a.tell(desk.Tell("keep.asked", locale.A("id", q.ID), locale.A("owner", locale.Clean(q.Owner)), locale.A("n", len(q.Findings))))
	if !posts(q.Channel) { // whether it reaches the owner, kumoban cannot know
		a.tell(desk.Head(head), desk.Tell("keep.nextSent", locale.A("id", q.ID)))
		return nil
	}
	told, sealed, err := a.keeper.Sent(ctx, []string{q.ID})
	if err != nil {
		a.tell(desk.Tell("keep.sentNotNoted", locale.A("id", q.ID)), desk.Head(head))
		return err
	}
	*q = told[0].Question
	a.tell(desk.Tell("keep.sent", locale.A("id", q.ID), locale.A("n", told[0].Notified)), desk.Head(sealed))
	return nil
}

func (a *asker) tell(said ...desk.Notice) {
	for _, n := range said {
		a.env.Tell(n.Key, n.Args...)
	}
}

// store writes a question and stores it. Where another takes its id meanwhile it is
// written anew, a few times.
func (a *asker) store(ctx context.Context, q *ask.Question, items []ask.Item) (message *ask.Message, head audit.Entry, err error) {
	catalog, err := locale.New(q.Lang)
	if err != nil {
		return nil, head, err
	}
	if q.Latest, err = latest(ctx, a.keeper); err != nil {
		return nil, head, err
	}
	for range 5 {
		if q.ID, err = a.keeper.NewQuestionID(ctx); err != nil {
			return nil, head, err
		}
		if message, err = ask.Compose(q, items, catalog, a.desk.Zone()); err != nil {
			return nil, head, err
		}
		if a.request.Public != nil {
			link, token := ask.MakeLink(q, a.keeper.Actor, a.desk.Now())
			q.Link, message.Link = &link, ask.LinkURL(a.request.Public, token)
		}
		q.Text = message.Kept()
		var taken *keep.Taken
		asked := []ask.Question{*q}
		if head, err = a.keeper.Ask(ctx, asked); !errors.As(err, &taken) {
			*q = asked[0]
			return message, head, err
		}
	}
	return nil, head, err
}

// channels decides how each group is asked: as was said, as the directory has
// it, or printed. What cannot go out that way is refused before the first does.
func (a *asker) channels() error {
	mails, shown := 0, 0
	of := map[string]bool{}
	for i := range a.groups {
		g := &a.groups[i]
		g.Channel = cmp.Or(a.request.Via, g.Channel, "print")
		var err error
		if g.send, err = a.channel(g.Channel); err != nil {
			return err
		}
		of[g.Channel] = true
		switch g.Channel {
		case "mail":
			mails++
			shown++
		case "print":
			shown++
		}
	}
	if mails > 0 && shown > 1 {
		return locale.Errorf("keep.oneMail", locale.A("n", len(a.groups)))
	}
	if of["slack"] && of["webhook"] {
		return locale.Errorf("keep.oneWebhook") // they have one address between them
	}
	return nil
}

func (a *asker) channel(name string) (Send, error) {
	if posts(name) {
		return post(name, a.request.Webhook)
	}
	if a.request.ByHand != nil {
		return a.request.ByHand(name)
	}
	return func(context.Context, *ask.Message) error { return nil }, nil // the question holds its text
}
