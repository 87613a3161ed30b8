package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/auditing"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/locale"
)

func (p *program) auditing() *cobra.Command {
	c := &cobra.Command{
		Use: "audit", Short: p.text("audit.short"), Long: p.text("audit.long"), Example: p.text("audit.example"), Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.auditVerify(), p.auditExport())
	return c
}

func (p *program) auditVerify() *cobra.Command {
	f := &storeFlags{still: true}
	var head, file string
	c := &cobra.Command{Use: "verify", Short: p.text("audit.verify.short"), Long: p.text("audit.verify.long"), Example: p.text("audit.verify.example"), Args: cobra.NoArgs}
	fromStore := p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		v, err := auditing.Verify(ctx, d, head)
		if err != nil {
			return err
		}
		return p.verified(f, v.Chain, &v)
	})
	c.RunE = func(c *cobra.Command, args []string) error {
		if file == "" {
			return fromStore(c, args)
		}
		if err := f.checkFormat(); err != nil {
			return err
		}
		report, err := app.VerifyAudit(c.Context(), p.stdin, file, head)
		if err != nil {
			return err
		}
		return p.verified(f, report, nil)
	}
	c.Flags().StringVar(&head, "head", "", p.text("flag.head"))
	c.Flags().StringVar(&file, "file", "", p.text("flag.auditFile"))
	f.reads(p, c.Flags())
	return c
}

func (p *program) auditExport() *cobra.Command {
	f := &storeFlags{}
	var output string
	c := &cobra.Command{Use: "export", Short: p.text("audit.export.short"), Long: p.text("audit.export.long"), Example: p.text("audit.export.example"), Args: cobra.NoArgs}
	c.RunE = p.onStore(f, func(ctx context.Context, d *desk.Desk, _ []string) error {
		return p.into(output, func(w io.Writer) error { return auditing.Export(ctx, d, w) })
	})
	c.Flags().StringVar(&output, "output", "", p.text("flag.auditOutput"))
	f.base(p, c.Flags())
	f.format = "text"
	return c
}

// into writes to a file that takes its name only when it is whole, or to stdout.
func (p *program) into(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(p.stdout)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := app.WriteFile(path, b.Bytes()); err != nil {
		return err
	}
	p.tell("keep.wrote", locale.A("file", path))
	return nil
}

// shownDifferences is how many lines of differences people get; JSON has more.
const shownDifferences = 100

// verified says whether the chain is whole and the store what it says; exit code
// 1 says that it is not. Of an export there is no store.
func (p *program) verified(f *storeFlags, r audit.Report, of *auditing.Verified) error {
	m := r.Message()
	if f.format == "json" {
		v, err := p.view()
		if err != nil {
			return err
		}
		if err := v.AuditJSON(p.stdout, r, of); err != nil {
			return err
		}
	} else {
		if r.Problem == nil {
			fmt.Fprintln(p.stdout, p.phrase(m.Key, m.Args...))
		}
		p.compared(of)
		if r.Problem == nil && r.Last != "" {
			fmt.Fprintln(p.stdout, p.phrase("keep.head", locale.A("head", r.Last)))
		}
	}
	if r.Problem != nil {
		return locale.Errorf(m.Key, m.Args...)
	}
	if of != nil && of.Compared.Differences > 0 {
		m := of.Compared.Message()
		return locale.Errorf(m.Key, m.Args...)
	}
	return nil
}

// compared says in what the store is not as the audit log has it, or that it is.
func (p *program) compared(of *auditing.Verified) {
	if of == nil {
		return
	}
	c, differences := &of.Compared, of.Differences
	say := func(m locale.Message) { fmt.Fprintln(p.stdout, p.phrase(m.Key, m.Args...)) }
	for i := range differences[:min(len(differences), shownDifferences)] {
		say(differences[i].Message())
	}
	if more := int(c.Differences) - shownDifferences; more > 0 {
		fmt.Fprintln(p.stdout, p.phrase("keep.moreDifferences", locale.A("n", more)))
	}
	if c.Differences == 0 {
		say(c.Message())
	}
	if m, some := c.Before(); some {
		say(m)
	}
}
