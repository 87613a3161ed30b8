package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/view"
)

// findingsDecide makes a command that takes ids and a reason.
func (p *program) findingsDecide(name string) *cobra.Command {
	f := &storeFlags{}
	var reason string
	flag := "reason"
	if name == "note" {
		flag = "text"
	}
	c := &cobra.Command{
		Use: name + " ID…", Short: p.text("findings." + name + ".short"), Long: p.text("findings." + name + ".long"),
		Example: p.text("findings." + name + ".example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		if name == "note" && strings.TrimSpace(reason) == "" {
			return needs("text")
		}
		do := map[string]func(context.Context, []string, string) (keep.Decided, error){
			"approve": k.Approve, "reject": k.Reject, "note": k.Note, "notify": k.Notify, "resolve": k.Resolve, "unsuppress": k.Unsuppress,
		}[name]
		ids, err := whole(ctx, k, args)
		if err != nil {
			return err
		}
		decided, err := do(ctx, ids, reason)
		if err = p.decided(ctx, k, f, decided, err); err != nil || name != "resolve" {
			return err
		}
		if n := waiting(decided.Records); n > 0 {
			p.tell("keep.resolvedStays", locale.A("n", n))
		}
		return nil
	})
	c.Flags().StringVar(&reason, flag, "", p.text("flag."+flag))
	f.decides(p, c.Flags())
	return c
}

// needs says which flag is missing, and what it is for.
func needs(flag string) error {
	return locale.Errorf("keep.needs", locale.A("flag", "--"+flag), locale.A("why", locale.Errorf("keep.why."+flag)))
}

// waiting is how many findings do not pass.
func waiting(records []lifecycle.Record) (n int) {
	for i := range records {
		if s := records[i].Status; s == control.Failed || s == control.Unknown {
			n++
		}
	}
	return n
}

// replaced says which exceptions others would take the place of.
func (p *program) replaced(ctx context.Context, k *keep.Keeper, v *view.View, ids []string) (said []string, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		records, err := r.Records(ctx, ids)
		if err != nil {
			return err
		}
		for i := range records {
			if records[i].Exception == "" {
				continue
			}
			e, err := r.Exception(ctx, records[i].Exception)
			if err != nil {
				return err
			}
			said = append(said, p.phrase("keep.replaces", locale.A("id", keep.Short(records[i].ID)), locale.A("was", v.Exempted(&e))))
		}
		return nil
	})
	return said, err
}

// whole makes whole ids of what was typed.
func whole(ctx context.Context, k *keep.Keeper, names []string) (ids []string, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		ids, err = keep.Find(ctx, r, names)
		return err
	})
	return ids, err
}

func (p *program) findingsSuppress() *cobra.Command {
	f := &storeFlags{}
	var reason, until, approved string
	var while []string
	c := &cobra.Command{
		Use: "suppress ID…", Short: p.text("findings.suppress.short"), Long: p.text("findings.suppress.long"),
		Example: p.text("findings.suppress.example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		end, err := p.throughDay("--until", until)
		switch {
		case err != nil:
			return err
		case strings.TrimSpace(reason) == "" && until == "":
			return locale.Errorf("keep.both", locale.A("one", needs("reason")), locale.A("other", needs("until")))
		case strings.TrimSpace(reason) == "":
			return needs("reason")
		case until == "":
			return needs("until")
		case end.Before(p.now()):
			return locale.Errorf("keep.pastDay", locale.A("date", until), locale.A("flag", "--until"))
		}
		if err := shortName(approved); err != nil {
			return err
		}
		ids, err := whole(ctx, k, args)
		if err != nil {
			return err
		}
		return p.suppress(ctx, k, f, ids, keep.Exemption{Reason: reason, Until: end, While: while, ApprovedBy: approved})
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&reason, "reason", "", p.text("flag.reason"))
	flags.StringVar(&until, "until", "", p.text("flag.until"))
	listVar(flags, &while, "while", p.text("flag.while"))
	flags.StringVar(&approved, "approved-by", "", p.text("flag.approvedBy"))
	f.decides(p, flags)
	return c
}

// suppress makes exceptions, and says whose place they take and how to go on.
func (p *program) suppress(ctx context.Context, k *keep.Keeper, f *storeFlags, ids []string, e keep.Exemption) error {
	v, err := p.view()
	if err != nil {
		return err
	}
	replaced, err := p.replaced(ctx, k, v, ids)
	if err != nil {
		return err
	}
	decided, err := k.Suppress(ctx, ids, e)
	if err = p.decided(ctx, k, f, decided, err); err != nil {
		return err
	}
	for _, said := range replaced {
		if !p.quiet {
			fmt.Fprintln(p.stderr, said)
		}
	}
	if err := p.tellProposals(ctx, k, decided.Records); err != nil || decided.Records[0].Workflow != lifecycle.Suppressed {
		return err
	}
	if n := len(decided.Records) - waiting(decided.Records); n > 0 {
		p.tell("keep.suppressedPassed", locale.A("n", n))
	}
	p.tell("keep.nextSuppressed", locale.A("id", keep.Short(ids[0])), locale.A("store", p.sameStore))
	return nil
}

func (p *program) findingsSeverity() *cobra.Command {
	f := &storeFlags{}
	var reason, to string
	c := &cobra.Command{
		Use: "severity ID…", Short: p.text("findings.severity.short"), Long: p.text("findings.severity.long"),
		Example: p.text("findings.severity.example"),
	}
	p.takesFindings(c, f, manyFindings)
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, args []string) error {
		var severity control.Severity
		if to == "" {
			return needs("to")
		}
		if to != "control" {
			var err error
			if severity, err = control.ParseSeverity(to); err != nil {
				return err
			}
		}
		ids, err := whole(ctx, k, args)
		if err != nil {
			return err
		}
		decided, err := k.SetSeverity(ctx, ids, severity, reason)
		return p.decided(ctx, k, f, decided, err)
	})
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&to, "to", "", p.text("flag.severityTo"))
	p.completeFrom(c, "to", "low", "medium", "high", "critical", "control")
	flags.StringVar(&reason, "reason", "", p.text("flag.reason"))
	f.decides(p, flags)
	return c
}

// decided shows what a decision changed.
func (p *program) decided(ctx context.Context, k *keep.Keeper, f *storeFlags, d keep.Decided, err error) error {
	if err != nil {
		return err
	}
	v, err := p.view()
	if err != nil {
		return err
	}
	err = k.Store.View(ctx, func(r store.Reader) error { return excepted(ctx, r, v, d.Records) })
	if err != nil {
		return err
	}
	if f.format == "json" {
		err = v.FindingsJSON(p.stdout, d.Records, len(d.Records), "")
	} else {
		err = v.Decided(p.stdout, d.Records)
	}
	p.head(d.AuditHead)
	return err
}

// excepted tells a view when the exceptions that findings name end, and of which
// scans could not look at a condition.
func excepted(ctx context.Context, r store.Reader, v *view.View, records []lifecycle.Record) error {
	var ids []string
	for i := range records {
		if records[i].Exception != "" {
			ids = append(ids, records[i].Exception)
		}
	}
	v.Ends, v.Unread = map[string]time.Time{}, map[string]lifecycle.Exception{}
	list, err := r.Exceptions(ctx, ids)
	for i := range list {
		e := &list[i]
		if end := e.Ends(); !end.IsZero() {
			v.Ends[e.ID] = end
		}
		if !e.UnreadSince.IsZero() {
			v.Unread[e.ID] = *e
		}
	}
	return err
}

func (p *program) findingsExpiring() *cobra.Command {
	f := &storeFlags{}
	var within string
	c := &cobra.Command{
		Use: "expiring", Short: p.text("findings.expiring.short"), Long: p.text("findings.expiring.long"), Example: p.text("findings.expiring.example"), Args: cobra.NoArgs,
	}
	c.RunE = p.onStore(f, func(ctx context.Context, k *keep.Keeper, _ []string) error {
		span, err := days(within)
		if err != nil {
			return err
		}
		v, err := p.view()
		if err != nil {
			return err
		}
		return k.Store.View(ctx, func(r store.Reader) error {
			list, err := r.ExceptionsUntil(ctx, p.now().Add(span))
			if err != nil {
				return err
			}
			if f.format == "json" {
				return v.ExpiringJSON(p.stdout, list)
			}
			return p.expiring(ctx, v, r, list, p.stdout)
		})
	})
	c.Flags().StringVar(&within, "within", "30d", p.text("flag.within"))
	f.reads(p, c.Flags())
	return c
}

func (p *program) expiring(ctx context.Context, v *view.View, r store.Reader, list []lifecycle.Exception, w io.Writer) error {
	of, err := recordsOf(ctx, r, list)
	if err != nil {
		return err
	}
	return v.Expiring(w, list, of)
}
