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
	Owner   string   // of not-mine: whose it is
	Apart   []string // FINDING=CHOICE or FINDING=CHOICE@UNTIL: findings with an answer of their own
}

// Answered is a question with its answer, and what became of its findings.
type Answered struct {
	Question   ask.Question
	Before     *ask.Answer // which this one replaced; nil: none
	Remark     *ask.Remark // what was said instead of an answer, so that the question stays open; nil: it was an answer
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
	if reply.Choice.Open() {
		remark, err := reply.remark()
		if err != nil {
			return nil, err
		}
		q, said, head, err := k.Remark(ctx, id, remark)
		return remarked(ctx, k, q, said, head, err)
	}
	out := &Answered{}
	if out.Before, err = answerOf(ctx, k, id); err != nil {
		return nil, err
	}
	a, err := reply.answer(ctx, d, k, id)
	if err != nil {
		return nil, err
	}
	out.Question, out.Head, err = k.Answer(ctx, id, a, reply.Replies...)
	if err != nil {
		return nil, err
	}
	out.Same = out.Head.Seq == 0
	return out, out.read(ctx, k)
}

// remark is the reply that leaves a question open.
func (r *Reply) remark() (ask.Remark, error) {
	if r.Until != "" || len(r.While) > 0 || len(r.Replies) > 0 || len(r.Apart) > 0 {
		return ask.Remark{}, locale.Errorf("ask.remark.more", locale.A("choice", string(r.Choice)))
	}
	return ask.Remark{Choice: r.Choice, By: r.By, Owner: r.Owner, Words: r.Words}, nil
}

// answer is the reply as the store takes it.
func (r *Reply) answer(ctx context.Context, d *desk.Desk, k *keep.Keeper, id string) (ask.Answer, error) {
	if r.Owner != "" {
		return ask.Answer{}, locale.Errorf("ask.remark.owner")
	}
	end, err := d.Through("until", r.Until)
	if err != nil {
		return ask.Answer{}, err
	}
	if r.Choice == ask.Accept && r.Until == "" && strings.TrimSpace(r.Words) == "" {
		return ask.Answer{}, locale.Errorf("keep.both", locale.A("one", locale.Errorf("ask.noDate", locale.A("choice", string(r.Choice)))), locale.A("other", locale.Errorf("ask.noReason")))
	}
	a := ask.Answer{By: r.By, Choice: r.Choice, Until: end, While: r.While, Words: r.Words}
	a.Apart, err = r.apart(ctx, d, k, id)
	return a, err
}

// apart are the findings with an answer of their own.
func (r *Reply) apart(ctx context.Context, d *desk.Desk, k *keep.Keeper, id string) (list []ask.Part, err error) {
	if len(r.Apart) == 0 {
		return nil, nil
	}
	var q ask.Question
	err = k.Store.View(ctx, func(rd store.Reader) (err error) {
		q, err = rd.Question(ctx, strings.ToLower(id))
		return err
	})
	for i := 0; err == nil && i < len(r.Apart); i++ {
		var said ask.Apart
		if said, err = ask.ParseApart(r.Apart[i]); err != nil {
			return nil, err
		}
		part := ask.Part{Choice: said.Choice}
		if part.Finding, err = q.Whole(said.Finding); err == nil {
			part.Until, err = d.Through("apart", said.Until)
		}
		list = append(list, part)
	}
	return list, err
}

// remarked is what became of a remark.
func remarked(ctx context.Context, k *keep.Keeper, q ask.Question, said ask.Remark, head audit.Entry, err error) (*Answered, error) {
	if err != nil {
		return nil, err
	}
	out := &Answered{Question: q, Remark: &said, Head: head, Same: head.Seq == 0}
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
	if err != nil || a.Remark != nil || !a.Question.Answer.Accepts() {
		return err
	}
	var accepted []lifecycle.Record
	for i := range a.Records {
		if a.Question.Answer.Of(a.Records[i].ID).Choice == ask.Accept {
			accepted = append(accepted, a.Records[i])
		}
	}
	if n := len(accepted) - desk.Waiting(accepted); n > 0 {
		a.Notices = append(a.Notices, desk.Tell("keep.acceptedNothing", locale.A("n", n)))
	}
	said, err := desk.Proposed(ctx, k, accepted)
	a.Notices = append(a.Notices, said...)
	return err
}
