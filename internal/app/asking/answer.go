package asking

import (
	"context"
	"strings"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Reply is what an owner said. Whoever is at the desk writes it down.
type Reply struct {
	By      string // the owner
	Choice  ask.Choice
	Until   string // a date or a span
	While   []string
	Words   string
	Replies []string // KEY=VALUE, to what the findings' controls ask
}

// Answered is a question with its answer, and what became of its findings.
type Answered struct {
	Question   ask.Question
	Before     *ask.Answer // which this one replaced; nil: none
	Same       bool        // that was its answer before, and nothing changed
	Records    []lifecycle.Record
	Exceptions []lifecycle.Exception
	Head       audit.Entry
	Notices    []desk.Notice // of the findings
}

// Answer records what an owner said. What is there beside an error was kept.
func Answer(ctx context.Context, d *desk.Desk, id string, reply Reply) (*Answered, error) {
	k, err := d.Keeper(access.QuestionsAnswer)
	if err != nil {
		return nil, err
	}
	end, err := d.Through("until", reply.Until)
	if err != nil {
		return nil, err
	}
	if reply.Choice == ask.Accept && reply.Until == "" && strings.TrimSpace(reply.Words) == "" {
		return nil, locale.Errorf("keep.both", locale.A("one", locale.Errorf("ask.noDate", locale.A("choice", string(reply.Choice)))), locale.A("other", locale.Errorf("ask.noReason")))
	}
	out := &Answered{}
	if out.Before, err = answerOf(ctx, k, id); err != nil {
		return nil, err
	}
	out.Question, out.Head, err = k.Answer(ctx, id, ask.Answer{By: reply.By, Choice: reply.Choice, Until: end, While: reply.While, Words: reply.Words}, reply.Replies...)
	if err != nil {
		return nil, err
	}
	out.Same = out.Head.Seq == 0
	return out, out.read(ctx, k)
}

// answerOf is the answer that a question has; nil: none.
func answerOf(ctx context.Context, k *keep.Keeper, id string) (answer *ask.Answer, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		q, err := r.Question(ctx, strings.ToLower(id))
		answer = q.Answer
		return err
	})
	return answer, err
}

// read reads what became of the findings.
func (a *Answered) read(ctx context.Context, k *keep.Keeper) error {
	err := k.Store.View(ctx, func(r store.Reader) (err error) {
		if a.Records, err = r.Records(ctx, a.Question.Findings); err != nil {
			return err
		}
		a.Exceptions, err = desk.Exceptions(ctx, r, a.Records)
		return err
	})
	if err != nil || a.Question.Answer.Choice != ask.Accept {
		return err
	}
	if n := len(a.Records) - desk.Waiting(a.Records); n > 0 {
		a.Notices = append(a.Notices, desk.Tell("keep.acceptedNothing", locale.A("n", n)))
	}
	said, err := desk.Proposed(ctx, k, a.Records)
	a.Notices = append(a.Notices, said...)
	return err
}
