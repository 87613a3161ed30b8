package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/rules"
)

func (p *program) rulesCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "rules", Short: p.text("rules.short"), Long: p.text("rules.long"), Example: p.text("rules.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.rulesTest(), p.rulesApply())
	return c
}

func (p *program) rulesTest() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "test", Short: p.text("rules.test.short"), Long: p.text("rules.test.long"), Example: p.text("rules.test.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		if err := rulings.Lame(ctx, d); err != nil {
			return err
		}
		list, err := rulings.Rules(d)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		trial := v.Trial(list)
		err = rulings.Try(ctx, d, func(r *lifecycle.Record, hits []rules.Hit) error {
			trial.Add(r, hits)
			return nil
		})
		switch {
		case err != nil:
			return err
		case f.format == "json":
			return trial.JSON(p.stdout)
		case len(list) == 0:
			return p.noRules(ctx, c)
		}
		return trial.Text(p.stdout)
	})
	f.reads(p, c.Flags())
	return c
}

// noRules says that no rule is there, and where one would be.
func (p *program) noRules(ctx context.Context, c *cobra.Command) error {
	path, _ := c.Flags().GetString("config")
	if path == "" {
		path = p.getenv("KUMOBAN_CONFIG")
	}
	file, err := p.config(ctx, path)
	if err != nil {
		return err
	}
	key := "keep.noRules"
	if !file.found {
		key = "keep.noConfig"
	}
	_, err = fmt.Fprintln(p.stdout, p.phrase(key, locale.A("file", file.path)))
	return err
}

func (p *program) rulesApply() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "apply", Short: p.text("rules.apply.short"), Long: p.text("rules.apply.long"), Example: p.text("rules.apply.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		if err := rulings.Lame(ctx, d); err != nil {
			return err
		}
		list, err := rulings.Rules(d)
		if err != nil {
			return err
		}
		n, head, err := rulings.Apply(ctx, d)
		if err != nil {
			return err
		}
		if f.format == "json" {
			_, err = fmt.Fprintf(p.stdout, "{\"schemaVersion\": 1, \"changed\": %d}\n", n)
		} else if len(list) == 0 {
			err = p.noRules(ctx, c)
		} else {
			_, err = fmt.Fprintln(p.stdout, p.phrase("keep.ruled", locale.A("n", n)))
		}
		if n > 0 {
			p.head(head)
		}
		return err
	})
	f.decides(p, c.Flags())
	return c
}
