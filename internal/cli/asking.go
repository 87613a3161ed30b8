package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/locale"
)

// askFlags are the flags of kumoban ask.
type askFlags struct {
	storeFlags
	reachFlags
	costFlags
	owner, due, via, webhook string
	public                   string
	ownerTags                []string
	cloudTrail, again, link  bool
}

func (p *program) asking() *cobra.Command {
	f := &askFlags{}
	c := &cobra.Command{
		Use: "ask ID…", Short: p.text("ask.short"), Long: p.text("ask.long"), Example: p.text("ask.example"),
	}
	p.takesFindings(c, &f.storeFlags, manyFindings)
	c.RunE = p.onStore(&f.storeFlags, func(ctx context.Context, d *desk.Desk, args []string) error {
		request := asking.Request{
			Findings: args, Owner: f.owner, Due: f.due, Via: f.via, Webhook: f.webhook, OwnerTags: f.ownerTags, Again: f.again, CloudTrail: f.cloudTrail,
			Lang: p.catalog.Lang, ForAll: c.Flags().Changed("lang"), ByHand: p.byHand(f),
		}
		var err error
		if request.Public, err = f.owners(); err != nil {
			return err
		}
		if request.Prices, err = f.table(p, c); err != nil {
			return err
		}
		quiet := p.quiet
		request.Reach, err = f.options(p)
		if p.quiet = quiet; err != nil {
			return err
		}
		asked, err := asking.Ask(ctx, d, p.env(p.logger(f.storeFlags.quiet, false, f.storeFlags.debug), silent{}), request)
		if f.format != "json" || err != nil && asked == nil {
			return err
		}
		v, failed := p.view()
		if failed == nil {
			failed = v.QuestionsJSON(p.stdout, asked)
		}
		return errors.Join(err, failed)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.owner, "owner", "", p.text("flag.owner"))
	flags.StringVar(&f.due, "due", "", p.text("flag.due"))
	flags.StringVar(&f.via, "via", "", p.text("flag.via"))
	flags.StringVar(&f.webhook, "webhook", "", p.text("flag.webhook"))
	listVar(flags, &f.ownerTags, "owner-tag", p.text("flag.ownerTag"))
	flags.BoolVar(&f.cloudTrail, "cloudtrail", false, p.text("flag.cloudtrail"))
	flags.BoolVar(&f.link, "link", false, p.text("flag.askLink"))
	flags.StringVar(&f.public, "public-url", "", p.text("flag.publicURL"))
	flags.BoolVar(&f.again, "again", false, p.text("flag.askAgain"))
	f.costFlags.register(p, flags)
	flags.StringVar(&f.profile, "profile", "", p.text("flag.fix.profile"))
	flags.StringVar(&f.roleARN, "role-arn", "", p.text("flag.roleARN"))
	f.decides(p, flags)
	p.completeFrom(c, "via", ask.Channels()...)
	c.AddCommand(p.askList(), p.askShow(), p.askSent(), p.askLink(), p.askWithdraw())
	return p.callsAWS(c, always("ask"))
}

// owners is where owners answer: questions get a link where that is known.
func (f *askFlags) owners() (*url.URL, error) {
	if f.link && f.public == "" {
		return nil, locale.Errorf("cli.ask.noPublic")
	}
	return asking.Public(f.public)
}

// byHand is how questions are shown that the user sends.
func (p *program) byHand(f *askFlags) func(string) (asking.Send, error) {
	return func(channel string) (asking.Send, error) {
		switch {
		case f.format == "json" && channel == "mail":
			return nil, locale.Errorf("keep.mailJSON")
		case f.format == "json":
			return func(context.Context, *ask.Message) error { return nil }, nil // the JSON holds its text
		case channel == "mail":
			return func(_ context.Context, m *ask.Message) error {
				_, err := p.stdout.Write(m.Mail())
				return err
			}, nil
		}
		return func(_ context.Context, m *ask.Message) error {
			_, err := fmt.Fprintln(p.stdout, m.Text())
			return err
		}, nil
	}
}

func (p *program) askList() *cobra.Command {
	f := &storeFlags{}
	var overdue, all bool
	c := &cobra.Command{Use: "list", Short: p.text("ask.list.short"), Long: p.text("ask.list.long"), Example: p.text("ask.list.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		list, waiting, err := asking.List(ctx, d, overdue, all)
		if err != nil {
			return err
		}
		v, err := p.view()
		switch {
		case err != nil:
			return err
		case f.format == "json":
			return v.QuestionsJSON(p.stdout, list)
		case len(list) == 0:
			return v.NoQuestions(p.stdout, all, overdue, waiting)
		}
		return v.Questions(p.stdout, list)
	})
	c.Flags().BoolVar(&overdue, "overdue", false, p.text("flag.overdue"))
	c.Flags().BoolVar(&all, "all", false, p.text("flag.allQuestions"))
	f.reads(p, c.Flags())
	return c
}

func (p *program) askShow() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "show QUESTION", Short: p.text("ask.show.short"), Example: p.text("ask.show.example"), Args: cobra.ExactArgs(1), ValidArgsFunction: p.questionIDs(f)}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		q, err := asking.Show(ctx, d, args[0])
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.QuestionsJSON(p.stdout, []asking.Asked{q})
		}
		fmt.Fprintln(p.stdout, q.Text)    // it was cleaned when it was composed
		if q.Sent != nil || !q.Closed() { // who answered was asked
			if err := v.SentOn(p.stdout, &q.Question); err != nil {
				return err
			}
		}
		if err := v.Remarks(p.stdout, &q.Question); err != nil {
			return err
		}
		if q.Answer != nil {
			return v.Answer(p.stdout, q.Answer)
		}
		return v.Questions(p.stdout, []asking.Asked{q})
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
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		list, head, err := asking.Withdraw(ctx, d, args, reason)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			err = v.QuestionsJSON(p.stdout, list)
		} else {
			err = v.Questions(p.stdout, list)
		}
		p.head(head)
		return err
	})
	c.Flags().StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, c.Flags())
	return c
}

// askLink is the command that makes the link of an owner, and takes it back.
func (p *program) askLink() *cobra.Command {
	f := &storeFlags{}
	var public, reason string
	var revoke bool
	c := &cobra.Command{
		Use: "link QUESTION", Short: p.text("ask.link.short"), Long: p.text("ask.link.long"), Example: p.text("ask.link.example"),
		Args: cobra.ExactArgs(1), ValidArgsFunction: p.questionIDs(f),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		if revoke {
			n, head, err := asking.RevokeLinks(ctx, d, args[0], reason)
			if err == nil {
				p.tell("keep.linksRevoked", locale.A("id", locale.Clean(args[0])), locale.A("n", n))
				p.head(head)
			}
			return err
		}
		if public == "" {
			return locale.Errorf("cli.ask.noPublic")
		}
		at, err := asking.Public(public)
		if err != nil {
			return err
		}
		l, err := asking.MakeLink(ctx, d, args[0], at)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err == nil {
			err = v.Link(p.stdout, l, f.format == "json")
		}
		p.head(l.Head)
		return err
	})
	c.Flags().StringVar(&public, "public-url", "", p.text("flag.publicURL"))
	c.Flags().BoolVar(&revoke, "revoke", false, p.text("flag.revokeLink"))
	c.Flags().StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, c.Flags())
	return c
}

// askSent is the command that says that questions went out by the user's means.
func (p *program) askSent() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{
		Use: "sent QUESTION…", Short: p.text("ask.sent.short"), Long: p.text("ask.sent.long"), Example: p.text("ask.sent.example"),
		Args: cobra.MinimumNArgs(1), ValidArgsFunction: p.questionIDs(f),
	}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		told, head, err := asking.Sent(ctx, d, (&list{}).all(args))
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		var questions []asking.Asked
		for i := range told {
			questions = append(questions, asking.Asked{Question: told[i].Question})
		}
		if f.format == "json" {
			err = v.QuestionsJSON(p.stdout, questions)
		}
		for i := range told {
			if f.format == "text" && err == nil {
				err = v.Told(p.stdout, &told[i].Question, told[i].Before, told[i].Notified)
			}
		}
		p.headIf(head)
		return err
	})
	f.decides(p, c.Flags())
	return c
}
