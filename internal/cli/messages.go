package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
)

// messages is the command kumoban messages.
func (p *program) messages() *cobra.Command {
	c := &cobra.Command{Use: "messages", Short: p.text("messages.short"), Long: p.text("messages.long"), Example: p.text("messages.example"), Args: cobra.NoArgs}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(p.messagesList(), p.messagesRetry(), p.messagesTest())
	return c
}

func (p *program) messagesList() *cobra.Command {
	f := &storeFlags{}
	var states []string
	var limit int
	c := &cobra.Command{Use: "list", Short: p.text("messages.list.short"), Long: p.text("messages.list.long"), Example: p.text("messages.list.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		if limit < 1 || limit > 10000 {
			return locale.Errorf("keep.badLimit", locale.A("limit", limit))
		}
		box, err := messages.List(ctx, d, states, limit)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		if f.format == "json" {
			return v.MessagesJSON(p.stdout, box)
		}
		return v.Messages(p.stdout, box)
	})
	listVar(c.Flags(), &states, "state", p.text("flag.messageState"))
	c.Flags().IntVar(&limit, "limit", 100, p.text("flag.messageLimit"))
	f.reads(p, c.Flags())
	p.completeFrom(c, "state", outbox.States()...)
	return c
}

func (p *program) messagesRetry() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "retry [ID...]", Short: p.text("messages.retry.short"), Long: p.text("messages.retry.long"), Example: p.text("messages.retry.example"), Args: cobra.ArbitraryArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		n, err := messages.Retry(ctx, d, args)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, p.catalog.Text("messages.retried", locale.A("n", n)))
		return nil
	})
	c.Flags().StringVar(&f.by, "by", "", p.text("flag.by"))
	f.format = "text"
	f.base(p, c.Flags())
	return c
}

func (p *program) messagesTest() *cobra.Command {
	f := &storeFlags{}
	c := &cobra.Command{Use: "test CHANNEL", Short: p.text("messages.test.short"), Long: p.text("messages.test.long"), Example: p.text("messages.test.example"), Args: cobra.ExactArgs(1)}
	run := p.onStore(f, func(ctx context.Context, d *desk.Desk, args []string) error {
		channels, err := p.channels(ctx, c)
		if err != nil {
			return err
		}
		n, err := messages.Test(ctx, d, channels, args[0])
		if err == nil {
			fmt.Fprintln(p.stdout, p.catalog.Text("messages.tested", locale.A("channel", args[0]), locale.A("n", n)))
		}
		return err
	})
	c.RunE = run
	f.format = "text"
	f.base(p, c.Flags())
	return c
}
