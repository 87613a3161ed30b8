package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

func (p *program) answer() *cobra.Command {
	f := &storeFlags{}
	var until, reason, whose string
	var replies, while, apart []string
	c := &cobra.Command{
		Use: "answer QUESTION fix|fix-by|accept|not-mine|back|done", Short: p.text("answer.short"), Long: p.text("answer.long"), Example: p.text("answer.example"),
		Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				var list []string
				for _, choice := range append(ask.Choices(), ask.Remarks()...) {
					list = append(list, string(choice))
				}
				return list, cobra.ShellCompDirectiveNoFileComp
			}
			return p.questionIDs(f)(c, args, typed)
		},
	}
	var recorded string
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		reply := asking.Reply{By: d.Subject.ID, Choice: ask.Choice(args[1]), Until: until, While: while, Words: reason, Replies: replies, Owner: whose, Apart: apart}
		if recorder, err := p.actor(recorded); err == nil {
			d = d.For(access.Admin(recorder))
		}
		a, err := asking.Answer(ctx, d, args[0], reply)
		if a == nil {
			return err
		}
		if a.Remark != nil {
			return errors.Join(err, p.remarked(f, a))
		}
		if a.Same {
			p.tell("keep.answeredSame", locale.A("id", a.Question.ID))
			return errors.Join(err, p.answered(f, a))
		}
		err = errors.Join(err, p.answered(f, a))
		p.head(a.Head)
		if b := a.Before; b != nil {
			p.tell("keep.answerReplaced", locale.A("id", a.Question.ID), locale.A("choice", string(b.Choice)), locale.A("by", locale.Clean(b.By)), locale.A("date", b.At.In(p.zone).Format(time.DateOnly)))
		}
		return err
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&until, "until", "", p.text("flag.until"))
	flags.StringVar(&whose, "owner", "", p.text("flag.whose"))
	listVar(flags, &apart, "apart", p.text("flag.apart"))
	listVar(flags, &while, "while", p.text("flag.while"))
	flags.StringVar(&reason, "reason", "", p.text("flag.reason"))
	pairsVar(flags, &replies, "reply", p.text("flag.reply"))
	flags.StringVar(&recorded, "recorded-by", "", p.text("flag.recordedBy"))
	f.decides(p, flags)
	flags.Lookup("by").Usage = p.text("flag.answeredBy")
	return c
}

// answered shows a question with its answer, and what became of its findings.
func (p *program) answered(f *storeFlags, a *asking.Answered) error {
	v, err := p.view()
	if err != nil {
		return err
	}
	states := []asking.Asked{{Question: a.Question}}
	if f.format == "json" {
		return v.QuestionsJSON(p.stdout, states)
	}
	if err := v.Questions(p.stdout, states); err != nil {
		return err
	}
	v.Know(a.Exceptions)
	fmt.Fprintln(p.stdout)
	err = v.Decided(p.stdout, a.Records)
	var fixed []lifecycle.Record
	for i := range a.Records {
		if a.Question.Answer.Of(a.Records[i].ID).Choice != ask.Accept {
			fixed = append(fixed, a.Records[i])
		}
	}
	if err == nil && len(fixed) > 0 {
		err = v.Fixes(p.stdout, fixed)
	}
	if err == nil {
		p.notices(a.Notices)
	}
	return err
}

// remarked shows what was said instead of an answer.
func (p *program) remarked(f *storeFlags, a *asking.Answered) error {
	v, err := p.view()
	switch {
	case err != nil:
		return err
	case f.format == "json":
		err = v.QuestionsJSON(p.stdout, []asking.Asked{{Question: a.Question}})
	default:
		err = v.Remarks(p.stdout, &a.Question)
	}
	if a.Same {
		p.tell("keep.remarkedSame", locale.A("id", a.Question.ID))
		return err
	}
	p.tell("keep.remarked", locale.A("id", a.Question.ID), locale.A("said", string(a.Remark.Choice)))
	p.head(a.Head)
	return err
}

// questionIDs completes the ids of questions that wait for an answer.
func (p *program) questionIDs(f *storeFlags) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		d, err := p.completing(c, f)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer d.Close()
		questions, _ := asking.Waiting(c.Context(), d) // without an answer there is nothing to complete
		var list []string
		for i := range questions {
			list = append(list, questions[i].ID+"\t"+locale.Clean(questions[i].Owner))
		}
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}
