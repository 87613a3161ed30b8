package keep

import (
	"context"

	"github.com/kumoban/kumoban/internal/ask"
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
		if last == nil || last.Answer.Choice != ask.Fix && last.Answer.Choice != ask.FixBy {
			list = append(list, id)
		}
	}
	return list, nil
}

// LastAnswered is the question about a finding that was answered last; nil: none was.
func LastAnswered(ctx context.Context, r store.Reader, finding string) (last *ask.Question, err error) {
	questions, err := r.Questions(ctx, store.QuestionFilter{Finding: finding})
	for i := range questions {
		if a := questions[i].Answer; a != nil && (last == nil || a.At.After(last.Answer.At)) {
			last = &questions[i]
		}
	}
	return last, err
}
