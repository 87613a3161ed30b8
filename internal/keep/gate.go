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
		questions, err := r.Questions(ctx, store.QuestionFilter{Finding: id})
		if err != nil {
			return nil, err
		}
		var last *ask.Answer
		for i := range questions {
			if a := questions[i].Answer; a != nil && (last == nil || a.At.After(last.At)) {
				last = a
			}
		}
		if last == nil || last.Choice != ask.Fix && last.Choice != ask.FixBy {
			list = append(list, id)
		}
	}
	return list, nil
}
