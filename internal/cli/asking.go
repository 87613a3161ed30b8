package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/cost"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/view"
)

// askFlags are the flags of kumoban ask.
type askFlags struct {
	storeFlags
	reachFlags
	costFlags
	owner, due, via, webhook string
	ownerTags                []string
	cloudTrail, again        bool
	speaks                   bool // --lang was given: it is the message's language
}

func (p *program) asking() *cobra.Command {
	f := &askFlags{}
	c := &cobra.Command{
		Use: "ask ID…", Short: p.text("ask.short"), Long: p.text("ask.long"), Example: p.text("ask.example"),
	}
	p.takesFindings(c, &f.storeFlags, manyFindings)
	c.RunE = p.onDesk(&f.storeFlags, func(ctx context.Context, d *desk.Desk, args []string) error {
		k, err := d.Keeper(access.QuestionsAsk)
		if err != nil {
			return err
		}
		due, err := p.throughDay(d, "--due", f.due)
		if err == nil {
			err = desk.Named(f.owner)
		}
		f.speaks = c.Flags().Changed("lang")
		if err != nil {
			return err
		}
		ids, err := whole(ctx, k, args)
		if err != nil {
			return err
		}
		table, err := f.table(p, c)
		if err != nil {
			return err
		}
		return p.askOwners(ctx, k, f, table, ids, due)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.owner, "owner", "", p.text("flag.owner"))
	flags.StringVar(&f.due, "due", "", p.text("flag.due"))
	flags.StringVar(&f.via, "via", "", p.text("flag.via"))
	flags.StringVar(&f.webhook, "webhook", "", p.text("flag.webhook"))
	listVar(flags, &f.ownerTags, "owner-tag", p.text("flag.ownerTag"))
	flags.BoolVar(&f.cloudTrail, "cloudtrail", false, p.text("flag.cloudtrail"))
	flags.BoolVar(&f.again, "again", false, p.text("flag.askAgain"))
	f.costFlags.register(p, flags)
	flags.StringVar(&f.profile, "profile", "", p.text("flag.fix.profile"))
	flags.StringVar(&f.roleARN, "role-arn", "", p.text("flag.roleARN"))
	f.decides(p, flags)
	p.completeFrom(c, "via", ask.Channels()...)
	c.AddCommand(p.askList(), p.askShow(), p.askSent(), p.askWithdraw())
	return p.callsAWS(c, always("ask"))
}

// askOwners puts one question to each owner, stores it, and only then sends it: an
// answer to a question that nobody stored would have no place.
func (p *program) askOwners(ctx context.Context, k *keep.Keeper, f *askFlags, table *cost.Table, ids []string, due time.Time) error {
	if f.via != "" && !slices.Contains(ask.Channels(), f.via) {
		return locale.Errorf("keep.badVia", locale.A("via", locale.Clean(f.via)))
	}
	groups, err := p.owners(ctx, k, f, ids)
	if err != nil {
		return err
	}
	if err := p.channels(f, groups); err != nil {
		return err
	}
	questions := make([]ask.Question, len(groups))
	for i, g := range groups {
		q := &questions[i]
		*q = ask.Question{Owner: g.Owner, OwnerFrom: g.From, Address: g.Address, Deputy: g.Deputy, Due: due, Lang: p.catalog.Lang, AskedBy: k.Actor, Channel: g.Channel}
		if g.Lang != "" && !f.speaks {
			q.Lang = g.Lang
		}
		for _, item := range g.items {
			q.Findings = append(q.Findings, item.Record.ID)
		}
		if err := q.Check(p.now()); err != nil {
			return err // before the first is sent
		}
	}
	if err := k.Askable(ctx, ids, f.again); err != nil {
		return err
	}
	if err := p.estimate(ctx, f, table, groups, questions); err != nil {
		return err
	}
	asked := 0
	for asked < len(questions) && err == nil {
		err = p.askOne(ctx, k, &questions[asked], &groups[asked])
		asked++
	}
	if f.format != "json" {
		return err
	}
	if err != nil {
		asked--
	}
	v, failed := p.view()
	if failed == nil {
		var states []view.Asked
		for _, q := range questions[:asked] {
			states = append(states, view.Asked{Question: q})
		}
		failed = v.QuestionsJSON(p.stdout, states)
	}
	return errors.Join(err, failed)
}

func (p *program) askOne(ctx context.Context, k *keep.Keeper, q *ask.Question, g *owned) error {
	message, head, err := p.putQuestion(ctx, k, q, g.items)
	if err != nil {
		return err
	}
	if err := g.send(ctx, message); err != nil {
		p.tell("keep.askNotSent", locale.A("id", q.ID), locale.A("store", p.sameStore))
		p.head(head)
		return err
	}
	p.tell("keep.asked", locale.A("id", q.ID), locale.A("owner", locale.Clean(q.Owner)), locale.A("n", len(q.Findings)))
	if !posts(q.Channel) { // whether it reaches the owner, kumoban cannot know
		p.head(head)
		p.tell("keep.nextSent", locale.A("id", q.ID), locale.A("store", p.sameStore))
		return nil
	}
	told, sealed, err := k.Sent(ctx, []string{q.ID})
	if err != nil {
		p.tell("keep.sentNotNoted", locale.A("id", q.ID), locale.A("store", p.sameStore))
		p.head(head)
		return err
	}
	*q = told[0].Question
	p.tell("keep.sent", locale.A("id", q.ID), locale.A("n", told[0].Notified))
	p.head(sealed)
	return nil
}

// putQuestion writes a question and stores it. Where another takes its id
// meanwhile it is written anew, a few times.
func (p *program) putQuestion(ctx context.Context, k *keep.Keeper, q *ask.Question, items []ask.Item) (message *ask.Message, head audit.Entry, err error) {
	catalog, err := locale.New(q.Lang)
	if err != nil {
		return nil, head, err
	}
	q.Latest, err = p.latest(ctx, k)
	if err != nil {
		return nil, head, err
	}
	for range 5 {
		if q.ID, err = k.NewQuestionID(ctx); err != nil {
			return nil, head, err
		}
		if message, err = ask.Compose(q, items, catalog, p.zone); err != nil {
			return nil, head, err
		}
		q.Text = message.Text()
		var taken *keep.Taken
		asked := []ask.Question{*q}
		if head, err = k.Ask(ctx, asked); !errors.As(err, &taken) {
			*q = asked[0]
			return message, head, err
		}
	}
	return nil, head, err
}

func (p *program) askList() *cobra.Command {
	f := &storeFlags{}
	var overdue, all bool
	c := &cobra.Command{Use: "list", Short: p.text("ask.list.short"), Long: p.text("ask.list.long"), Example: p.text("ask.list.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			states, err := p.questions(ctx, r)
			if err != nil {
				return err
			}
			waiting := 0
			states = slices.DeleteFunc(states, func(q view.Asked) bool {
				if !q.Closed() && q.Ended == "" {
					waiting++
				}
				late := q.Broken || q.Ended == "" && q.Overdue(p.now())
				return !late && (overdue || !all && q.Closed())
			})
			switch {
			case f.format == "json":
				return v.QuestionsJSON(p.stdout, states)
			case len(states) == 0:
				return v.NoQuestions(p.stdout, all, overdue, waiting)
			}
			return v.Questions(p.stdout, states)
		})
	})
	c.Flags().BoolVar(&overdue, "overdue", false, p.text("flag.overdue"))
	c.Flags().BoolVar(&all, "all", false, p.text("flag.allQuestions"))
	f.reads(p, c.Flags())
	return c
}

// questions are all, with what became of their findings.
func (p *program) questions(ctx context.Context, r store.Reader) ([]view.Asked, error) {
	list, err := r.Questions(ctx, store.QuestionFilter{})
	if err != nil {
		return nil, err
	}
	return p.asked(ctx, r, list...)
}

// asked says of questions whether somebody still waits for an answer, and whether
// a fix was promised by a day that is over while a finding still fails.
func (p *program) asked(ctx context.Context, r store.Reader, list ...ask.Question) (states []view.Asked, err error) {
	for i := range list {
		q := view.Asked{Question: list[i]}
		promised := q.Answer != nil && q.Answer.Choice == ask.FixBy && !q.Answer.Until.After(p.now())
		if !q.Closed() || promised {
			records, err := r.Records(ctx, q.Findings)
			if err != nil {
				return nil, err
			}
			q.Ended = keep.AskedNoMore(&q.Question, records)
			q.Broken = promised && slices.ContainsFunc(records, func(r lifecycle.Record) bool { return keep.Waits(&r) })
		}
		states = append(states, q)
	}
	return states, nil
}

func (p *program) askShow() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "show QUESTION", Short: p.text("ask.show.short"), Example: p.text("ask.show.example"), Args: cobra.ExactArgs(1), ValidArgsFunction: p.questionIDs(f)}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			q, err := r.Question(ctx, strings.ToLower(args[0]))
			if err != nil {
				return err
			}
			states, err := p.asked(ctx, r, q)
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.QuestionsJSON(p.stdout, states)
			}
			fmt.Fprintln(p.stdout, q.Text)    // it was cleaned when it was composed
			if q.Sent != nil || !q.Closed() { // who answered was asked
				if err := v.SentOn(p.stdout, &q); err != nil {
					return err
				}
			}
			if q.Answer != nil {
				return v.Answer(p.stdout, q.Answer)
			}
			return v.Questions(p.stdout, states)
		})
	})
	f.reads(p, c.Flags())
	return c
}

func (p *program) askWithdraw() *cobra.Command {
	f := &storeFlags{}
	var reason string
	c := &cobra.Command{
		Use: "withdraw QUESTION…", Short: p.text("ask.withdraw.short"), Long: p.text("ask.withdraw.long"), Example: p.text("ask.withdraw.example"),
		Args: cobra.MinimumNArgs(1), ValidArgsFunction: p.questionIDs(f),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		list, head, err := k.Withdraw(ctx, args, reason)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		var states []view.Asked
		for _, q := range list {
			states = append(states, view.Asked{Question: q})
		}
		if f.format == "json" {
			err = v.QuestionsJSON(p.stdout, states)
		} else {
			err = v.Questions(p.stdout, states)
		}
		p.head(head)
		return err
	})
	c.Flags().StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, c.Flags())
	return c
}
