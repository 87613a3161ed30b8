package keep

import (
	"context"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// Unagreed are those of findings whose fix no owner has agreed to: the last answer
// about each is none, or neither fix nor fix-by.
func Unagreed(ctx context.Context, r store.Reader, findings []string) (list []string, err error) {
	for _, id := range findings {
		last, err := LastAnswered(ctx, r, id)
		if err != nil {
			return nil, err
		}
		if last == nil {
			list = append(list, id)
			continue
		}
		if a := last.Answer.Of(id); a.Choice != ask.Fix && a.Choice != ask.FixBy {
			list = append(list, id)
		}
	}
	return list, nil
}

// LastAnswered is the question about a finding that was answered last, while what
// was agreed on is not over; nil: there is none.
func LastAnswered(ctx context.Context, r store.Reader, finding string) (last *ask.Question, err error) {
	questions, err := r.Questions(ctx, store.QuestionFilter{Finding: finding})
	if err != nil {
		return nil, err
	}
	for i := range questions {
		if a := questions[i].Answer; a != nil && (last == nil || a.At.After(last.Answer.At)) {
			last = &questions[i]
		}
	}
	if last == nil {
		return nil, nil
	}
	events, err := r.History(ctx, finding)
	for _, e := range events {
		if settles(&e) && !e.At.Before(last.Answer.At) {
			return nil, err
		}
	}
	return last, err
}

// settles tells whether what was agreed on before an event is over with it: the
// finding passes or is gone, or the fix was taken back.
func settles(e *lifecycle.Event) bool {
	switch e.Kind {
	case lifecycle.EventCompliance:
		return e.To == control.Passed.String()
	case lifecycle.EventState:
		return e.To == string(lifecycle.Archived)
	case lifecycle.EventReopened, lifecycle.EventUndone:
		return true
	}
	return false
}
