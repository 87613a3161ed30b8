package asking

import (
	"context"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// estimate puts what fixes of the findings cost into the items of questions, in
// the language of each, and keeps it with them in all: AWS is asked once.
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
	catalogs := map[locale.Lang]*locale.Catalog{}
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			return err
		}
		catalogs[lang] = catalog
	}
	for n := range a.groups {
		g := &a.groups[n]
		g.question.Costs = map[string]map[locale.Lang][]string{}
		for i := range g.items {
			id := g.items[i].Record.ID
			said := map[locale.Lang][]string{}
			for lang, catalog := range catalogs {
				said[lang] = costed(catalog, costs[id])
			}
			g.question.Costs[id], g.items[i].Costs = said, said[g.question.Lang]
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
