package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/view"
)

func (p *program) answer() *cobra.Command {
	f := &storeFlags{}
	var until, reason string
	var replies []string
	var while []string
	c := &cobra.Command{
		Use: "answer QUESTION fix|fix-by|accept", Short: p.text("answer.short"), Long: p.text("answer.long"), Example: p.text("answer.example"),
		Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return []string{string(ask.Fix), string(ask.FixBy), string(ask.Accept)}, cobra.ShellCompDirectiveNoFileComp
			}
			return p.questionIDs(f)(c, args, typed)
		},
	}
	var recorded string
	c.RunE = p.onDesk(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		k, err := d.Keeper(access.QuestionsAnswer)
		if err != nil {
			return err
		}
		end, err := p.throughDay(d, "--until", until)
		if err != nil {
			return err
		}
		if ask.Choice(args[1]) == ask.Accept && until == "" && strings.TrimSpace(reason) == "" {
			return locale.Errorf("keep.both", locale.A("one", locale.Errorf("ask.noDate", locale.A("choice", args[1]))), locale.A("other", locale.Errorf("ask.noReason")))
		}
		by := k.Actor
		if k.Actor, err = p.actor(recorded); err != nil {
			k.Actor = by
		}
		before, err := p.answeredBefore(ctx, k, args[0])
		if err != nil {
			return err
		}
		q, head, err := k.Answer(ctx, args[0], ask.Answer{By: by, Choice: ask.Choice(args[1]), Until: end, While: while, Words: reason}, replies...)
		if err != nil {
			return err
		}
		if head.Seq == 0 {
			p.tell("keep.answeredSame", locale.A("id", q.ID))
			return p.answered(ctx, k, f, q)
		}
		err = p.answered(ctx, k, f, q)
		p.head(head)
		if before != nil {
			p.tell("keep.answerReplaced", locale.A("id", q.ID), locale.A("choice", string(before.Choice)), locale.A("by", locale.Clean(before.By)), locale.A("date", before.At.In(p.zone).Format(time.DateOnly)))
		}
		return err
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&until, "until", "", p.text("flag.until"))
	listVar(flags, &while, "while", p.text("flag.while"))
	flags.StringVar(&reason, "reason", "", p.text("flag.reason"))
	pairsVar(flags, &replies, "reply", p.text("flag.reply"))
	flags.StringVar(&recorded, "recorded-by", "", p.text("flag.recordedBy"))
	f.decides(p, flags)
	flags.Lookup("by").Usage = p.text("flag.answeredBy")
	return c
}

// answeredBefore is the answer that a question has; nil: none.
func (p *program) answeredBefore(ctx context.Context, k *keep.Keeper, id string) (before *ask.Answer, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		q, err := r.Question(ctx, strings.ToLower(id))
		before = q.Answer
		return err
	})
	return before, err
}

// answered shows a question with its answer, and what became of its findings.
func (p *program) answered(ctx context.Context, k *keep.Keeper, f *storeFlags, q ask.Question) error {
	v, err := p.view()
	if err != nil {
		return err
	}
	states := []view.Asked{{Question: q}}
	if f.format == "json" {
		return v.QuestionsJSON(p.stdout, states)
	}
	if err := v.Questions(p.stdout, states); err != nil {
		return err
	}
	var records []lifecycle.Record
	err = k.Store.View(ctx, func(r store.Reader) error {
		records, err = r.Records(ctx, q.Findings)
		if err != nil {
			return err
		}
		if err := excepted(ctx, r, v, records); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout)
		if err := v.Decided(p.stdout, records); err != nil || q.Answer.Choice == ask.Accept {
			return err
		}
		return v.Fixes(p.stdout, records)
	})
	if err != nil || q.Answer.Choice != ask.Accept {
		return err
	}
	if n := len(records) - waiting(records); n > 0 {
		p.tell("keep.acceptedNothing", locale.A("n", n))
	}
	return p.tellProposals(ctx, k, records)
}

// questionIDs completes the ids of questions that wait for an answer.
func (p *program) questionIDs(f *storeFlags) func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		d, err := p.completing(c, f)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer d.Close()
		var list []string
		_ = d.View(c.Context(), access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error { // without an answer there is nothing to complete
			questions, err := r.Questions(c.Context(), store.QuestionFilter{Open: true})
			for i := range questions {
				list = append(list, questions[i].ID+"\t"+locale.Clean(questions[i].Owner))
			}
			return err
		})
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}
