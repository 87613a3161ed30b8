package story

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/app/owners"
	"github.com/kumoban/kumoban/internal/app/rulings"
	"github.com/kumoban/kumoban/internal/app/scanning"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/awsclient"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/source/awslive"
)

// The people of the company, by what histories have of them.
const (
	scheduler = "scheduler"             // which scans at night
	triage    = "tanaka@example.com"    // reads findings, asks for exceptions
	manager   = "suzuki@example.com"    // approves them
	platform  = "kobayashi@example.com" // changes accounts
)

// second is the Region in which the company keeps little.
const second = "ap-northeast-3"

// deed is what somebody does.
type deed func(context.Context, *teller) error

// by is the desk of somebody.
func (t *teller) by(who string) *desk.Desk { return t.desk.For(access.Admin(who)) }

// load is the way into the company's accounts.
func (t *teller) load(_ context.Context, profile string) (aws.Config, error) {
	return t.demo.Within(t.demo.Profiles[profile], t.demo.Region), nil
}

// scan looks at all accounts and keeps what it finds, as every night.
func scan(ctx context.Context, t *teller) error {
	d := t.by(scheduler)
	if _, err := d.Prepare(ctx); err != nil {
		return err
	}
	for _, account := range slices.Concat([]string{""}, slices.Sorted(maps.Values(t.demo.Profiles))) {
		if err := t.happen(ctx, account, "report"); err != nil {
			return err
		}
	}
	o := Scanning(t.demo)
	if _, err := scanning.Save(ctx, d, &o, scanning.Options{Tell: func([]desk.Notice) {}}); err != nil {
		return err
	}
	o.Known = nil // the double leaves nothing out in silence, and to ask the store takes longer than to ask the double
	_, err := app.Scan(ctx, t.env, o)
	return err
}

// Scanning are the options of a scan of the whole company.
func Scanning(demo *app.Demo) app.ScanOptions {
	o := app.ScanOptions{Rate: awsclient.Unlimited(), Regions: []string{demo.Region, second}, Targets: []awslive.Target{{Name: "web shop"}}}
	for _, profile := range slices.Sorted(maps.Keys(demo.Profiles)) {
		o.Targets = append(o.Targets, awslive.Target{Name: profile, Profile: profile})
	}
	return o
}

// scanBlind is a scan while a Region refuses to be looked at.
func scanBlind(ctx context.Context, t *teller) error {
	fault := t.demo.Double.Fault(awsdouble.Fault{Region: second, Kind: awsdouble.Deny})
	defer fault.Remove()
	return scan(ctx, t)
}

func happens(name string) deed {
	return func(ctx context.Context, t *teller) error { return t.happen(ctx, "", name) }
}

// opens adds an account to the company.
// lends gives every account a role in which whoever works there may fix.
func lends(role string) deed {
	return func(_ context.Context, t *teller) error {
		for _, account := range slices.Concat([]string{t.demo.Account}, slices.Sorted(maps.Values(t.demo.Profiles))) {
			fixture := fmt.Sprintf(`{"roles": [{"roleName": %q, "assumeRolePolicyDocument": {"Version": "2012-10-17", "Statement":
				{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Action": "sts:AssumeRole"}}}]}`, role, account)
			if err := t.demo.Double.Load(account, t.demo.Region, []byte(fixture)); err != nil {
				return err
			}
		}
		return nil
	}
}

func opens(account, profile, name string) deed {
	return func(ctx context.Context, t *teller) error {
		t.demo.Profiles[profile] = account
		return t.happen(ctx, account, name)
	}
}

func set(who, name, value, why string) deed {
	return func(ctx context.Context, t *teller) error {
		_, err := rulings.Set(ctx, t.by(who), name, value, t.text(why))
		return err
	}
}

// import of the owner directory; more are the lines that it did not have before.
func directory(who string, more ...ask.Listing) deed {
	return func(ctx context.Context, t *teller) error {
		var lines []ask.Line
		for i, l := range slices.Concat(listed(), more) {
			l.Lang = t.options.Lang
			lines = append(lines, ask.Line{Number: i + 1, Listing: l})
		}
		_, _, err := owners.Import(ctx, t.by(who), lines, false)
		return err
	}
}

type decision func(ctx context.Context, d *desk.Desk, names []string, text string) (*findings.Decided, error)

func decides(who string, do decision, why string, names ...string) deed {
	return func(ctx context.Context, t *teller) error {
		_, err := do(ctx, t.by(who), names, t.text(why))
		return err
	}
}

func severity(who, name, to, why string) deed {
	return func(ctx context.Context, t *teller) error {
		_, err := findings.SetSeverity(ctx, t.by(who), []string{name}, to, t.text(why))
		return err
	}
}

// requests an exception, which waits for somebody else to approve it.
func requests(who, name, why, until string, while ...string) deed {
	return func(ctx context.Context, t *teller) error {
		_, err := findings.Suppress(ctx, t.by(who), []string{name}, findings.Exemption{Reason: t.text(why), Until: until, While: while})
		return err
	}
}

// asks the owners of findings. The question is remembered under a label.
func asks(label, due string, names ...string) deed {
	return func(ctx context.Context, t *teller) error {
		asked, err := asking.Ask(ctx, t.by(triage), t.env, asking.Request{
			Findings: names, Due: due, Lang: t.options.Lang, Prices: t.prices, Reach: t.reach(),
		})
		if err != nil {
			return err
		}
		if len(asked) != 1 {
			return fmt.Errorf("%s: %d owners were asked, not one", label, len(asked))
		}
		t.questions[label] = asked[0].ID
		_, _, err = asking.Sent(ctx, t.by(triage), []string{asked[0].ID})
		return err
	}
}

func answers(label string, r asking.Reply, words string) deed {
	return func(ctx context.Context, t *teller) error {
		r.Words = t.text(words)
		_, err := asking.Answer(ctx, t.by(triage), t.questions[label], r)
		return err
	}
}

func withdraws(label, why string) deed {
	return func(ctx context.Context, t *teller) error {
		_, _, err := asking.Withdraw(ctx, t.by(triage), []string{t.questions[label]}, t.text(why))
		return err
	}
}

// reach is the way to the company's first account for whoever looks or changes there.
func (t *teller) reach() app.FixOptions { return app.FixOptions{Rate: awsclient.Unlimited()} }
