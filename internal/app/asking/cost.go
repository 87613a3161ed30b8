package asking

import (
	"context"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// estimate puts what fixes of the findings cost into the items of questions, in
// the language of each.
func (a *asker) estimate(ctx context.Context) error {
	if a.request.Prices == nil {
		return nil
	}
	var records []*lifecycle.Record
	for _, g := range a.groups {
		for i := range g.items {
			records = append(records, g.items[i].Record)
		}
	}
	costs := app.Costs(ctx, a.env, a.request.Reach, a.request.Prices, records)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, g := range a.groups {
		catalog, err := locale.New(g.question.Lang)
		if err != nil {
			return err
		}
		for i := range g.items {
			g.items[i].Costs = costed(catalog, costs[g.items[i].Record.ID])
		}
	}
	return nil
}

// costed says what each way to fix a finding costs.
func costed(catalog *locale.Catalog, ways []app.Costed) (lines []string) {
	say := func(m locale.Message) string { return locale.Clean(catalog.Text(m.Key, m.Args...)) }
	for i, w := range ways {
		if w.Cost == nil {
			lines = append(lines, say(w.Why))
			continue
		}
		head := say(w.Cost.Headline(w.Region))
		if len(ways) > 1 {
			head = catalog.Text("cli.ask.way", locale.A("n", i+1), locale.A("of", len(ways)), locale.A("cost", head))
		}
		lines = append(lines, head)
		for n := range w.Cost.Lines {
			line := say(w.Cost.Lines[n].Message())
			if len(ways) > 1 {
				line = "  " + line
			}
			lines = append(lines, line)
		}
	}
	return lines
}
