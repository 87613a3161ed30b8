package findings_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

func need(list ...access.Permission) []access.Permission { return list }

// offline is where there is no AWS.
func offline(context.Context, string) (aws.Config, error) {
	return aws.Config{}, errors.New("no network here")
}

// TestPermissions: nothing is read or decided without the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ids := h.Scan(h.Desk(access.Admin("kei")), control.Failed)
	ctx := t.Context()
	decide := func(needs []access.Permission, do func(d *desk.Desk) (*findings.Decided, error)) desktest.Operation {
		return desktest.Op(needs, func(d *desk.Desk) error { _, err := do(d); return err })
	}
	h.Permissions(map[string]desktest.Operation{
		"List": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error {
			_, err := findings.List(ctx, d, findings.Query{Order: findings.BySeverity, Limit: 1, Number: 1})
			return err
		}),
		"Grouped": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error {
			_, err := findings.Grouped(ctx, d, findings.Choice{}, findings.ByOwner, "", 1)
			return err
		}),
		"ExceptionsBy": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error {
			_, err := findings.ExceptionsBy(ctx, d, findings.ExceptionQuery{State: "ended", Limit: 1})
			return err
		}),
		"Search":     desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := findings.Search(ctx, d, "x"); return err }),
		"Candidates": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := findings.Candidates(ctx, d, "", false); return err }),
		"AccountIDs": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := findings.AccountIDs(ctx, d, nil); return err }),
		"Show":       desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := findings.Show(ctx, d, ids[0]); return err }),
		"Expiring":   desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := findings.Expiring(ctx, d, "7d"); return err }),
		"Proposed":   desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := findings.Proposed(ctx, d); return err }),
		"Export": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error {
			return findings.Export(ctx, d, &app.Env{}, app.Outputs{}, findings.Choice{Since: "never"})
		}),
		"Changer": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error {
			_, err := findings.Changer(ctx, d, &app.Env{Log: slog.New(slog.DiscardHandler), Load: offline}, app.FixOptions{Region: desktest.Region}, &findings.Story{})
			return err
		}),
		"Evidence":   desktest.Op(need(access.AuditRead), func(d *desk.Desk) error { _, _, err := findings.Evidence(ctx, d, ids[0], "test"); return err }),
		"Note":       decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) { return findings.Note(ctx, d, ids, "x") }),
		"Notify":     decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) { return findings.Notify(ctx, d, ids, "x") }),
		"Resolve":    decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) { return findings.Resolve(ctx, d, ids, "x") }),
		"Unsuppress": decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) { return findings.Unsuppress(ctx, d, ids, "x") }),
		"Assign": decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) {
			return findings.Assign(ctx, d, ids, "hana", "x")
		}),
		"Follow": decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) {
			return findings.Follow(ctx, d, ids, "OPS-1", "x")
		}),
		"SetSeverity": decide(need(access.FindingsDecide), func(d *desk.Desk) (*findings.Decided, error) {
			return findings.SetSeverity(ctx, d, ids, "low", "x")
		}),
		"Approve": decide(need(access.ExceptionsApprove), func(d *desk.Desk) (*findings.Decided, error) { return findings.Approve(ctx, d, ids, "x") }),
		"Reject":  decide(need(access.ExceptionsApprove), func(d *desk.Desk) (*findings.Decided, error) { return findings.Reject(ctx, d, ids, "x") }),
		"Suppress": decide(need(access.ExceptionsRequest), func(d *desk.Desk) (*findings.Decided, error) {
			return findings.Suppress(ctx, d, ids, findings.Exemption{Reason: "x", Until: "7d"})
		}),
		"Suppress, with an approver": decide(need(access.ExceptionsRequest, access.ExceptionsApprove), func(d *desk.Desk) (*findings.Decided, error) {
			return findings.Suppress(ctx, d, ids, findings.Exemption{Reason: "x", Until: "7d", ApprovedBy: "mina"})
		}),
	})
}

func list(t *testing.T, d *desk.Desk, c findings.Choice, limit, number int) *findings.Page {
	t.Helper()
	page, err := findings.List(t.Context(), d, findings.Query{Choice: c, Order: findings.BySeverity, Limit: limit, Number: number})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestList pages by number and by what the page before said, which come to the same.
func TestList(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Granted("u-1", "Sato", access.FindingsRead, access.ScansSave))
	if page := list(t, d, findings.Choice{}, 1, 1); !page.Empty || page.Total != 0 {
		t.Errorf("an empty store: %+v", page)
	}
	h.Scan(d, control.Failed, control.Passed, control.Failed, control.Unknown)
	first := list(t, d, findings.Choice{}, 2, 1)
	if first.Empty || len(first.Records) != 2 || first.Total != 3 || first.Next == "" {
		t.Fatalf("%d of %d, next %q", len(first.Records), first.Total, first.Next)
	}
	second := list(t, d, findings.Choice{}, 2, 2)
	after, err := findings.List(t.Context(), d, findings.Query{Order: findings.BySeverity, Limit: 2, Number: 1, After: first.Next})
	if err != nil || len(second.Records) != 1 || second.Next != "" || after.Records[0].ID != second.Records[0].ID {
		t.Errorf("the second page: %+v, by its mark: %+v, %v", second, after, err)
	}
	if n := list(t, d, findings.Choice{Statuses: []string{"passed"}}, 9, 1).Total; n != 1 {
		t.Errorf("%d pass", n)
	}
	for want, q := range map[string]findings.Query{
		"page 3":     {Order: findings.BySeverity, Limit: 2, Number: 3},
		"0":          {Order: findings.BySeverity, Limit: 2},
		"10001":      {Order: findings.BySeverity, Limit: 10001, Number: 1},
		"\"age\"":    {Order: "age", Limit: 2, Number: 1},
		"12 digits":  {Order: findings.BySeverity, Limit: 2, Number: 1, Choice: findings.Choice{Accounts: []string{"shop"}}},
		"--resource": {Order: findings.BySeverity, Limit: 2, Number: 1, Choice: findings.Choice{Resources: []string{""}}},
		"S3.999":     {Order: findings.BySeverity, Limit: 2, Number: 1, Choice: findings.Choice{Controls: []string{"S3.999"}}},
		"OPEN":       {Order: findings.BySeverity, Limit: 2, Number: 1, Choice: findings.Choice{Workflows: []string{"OPEN"}}},
		"someday":    {Order: findings.BySeverity, Limit: 2, Number: 1, Choice: findings.Choice{Since: "someday"}},
	} {
		if _, err := findings.List(t.Context(), d, q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAccounts are found by the names by which scans know them.
func TestAccounts(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed)
	got, err := findings.AccountIDs(t.Context(), d, []string{"444455556666", "Shop"})
	if err != nil || strings.Join(got, " ") != "444455556666 "+desktest.Account {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := findings.AccountIDs(t.Context(), d, []string{"bank"}); err == nil || !strings.Contains(err.Error(), "shop ("+desktest.Account+")") {
		t.Errorf("another name: %v", err)
	}
}

// told are the keys of notices.
func told(said []desk.Notice) (keys string) {
	for _, n := range said {
		keys += n.Key + " "
	}
	return keys
}

// TestSuppress returns what became of findings, whose place the exception took and
// what is to be told.
func TestSuppress(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed, control.Passed)
	names := []string{desktest.Control + " bucket-1", ids[1]}
	done, err := findings.Suppress(t.Context(), d, names, findings.Exemption{Reason: "a test bucket", Until: "30d"})
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Records) != 2 || done.Records[0].ID != ids[0] || done.Records[0].Workflow != lifecycle.Suppressed || len(done.Exceptions) != 2 || done.Head.Seq == 0 || len(done.Replaced) > 0 {
		t.Errorf("%+v", done)
	}
	if got, want := told(done.Notices), "keep.suppressedPassed keep.nextSuppressed "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	again, err := findings.Suppress(t.Context(), d, ids[:1], findings.Exemption{Reason: "longer", Until: "60d"})
	if err != nil || len(again.Replaced) != 1 || again.Replaced[0].Reason != "a test bucket" {
		t.Errorf("again: %+v, %v", again, err)
	}
	s, err := findings.Show(t.Context(), d, ids[0])
	if err != nil || len(s.Exceptions) != 2 || len(s.Events) == 0 || !s.Latest.After(h.Time) {
		t.Errorf("story: %+v, %v", s, err)
	}
	soon, err := findings.Expiring(t.Context(), d, "90d")
	if err != nil || len(soon.List) != 2 || soon.Of[ids[0]].ID != ids[0] {
		t.Errorf("expiring: %+v, %v", soon, err)
	}
	none := map[string]findings.Exemption{
		"--reason": {Until: "7d"}, "--until": {Reason: "x"}, "--reason and --until": {}, "past": {Reason: "x", Until: h.Time.AddDate(0, 0, -2).Format(time.DateOnly)},
	}
	for want, e := range none {
		if _, err := findings.Suppress(t.Context(), d, ids, e); err == nil {
			t.Errorf("without %s it is suppressed", want)
		}
	}
}

// TestProposed: what four eyes have to see waits, and is approved by another.
func TestProposed(t *testing.T) {
	h := desktest.New(t)
	on := true
	h.Config.FourEyes = &on
	d := h.Desk(access.Admin("kei"))
	if _, err := d.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := h.Scan(d, control.Failed)
	done, err := findings.Suppress(t.Context(), d, ids, findings.Exemption{Reason: "x", Until: "30d"})
	if err != nil || told(done.Notices) != "keep.proposed " || done.Records[0].Workflow != lifecycle.New {
		t.Fatalf("%+v, %v", done, err)
	}
	if list, err := findings.Proposed(t.Context(), d); err != nil || len(list.List) != 1 {
		t.Errorf("proposed: %+v, %v", list, err)
	}
	if _, err := findings.Approve(t.Context(), d, ids, "fine"); err == nil {
		t.Error("whoever proposed it approves it")
	}
	if done, err = findings.Approve(t.Context(), d.For(access.Granted("mina", "Mina", access.ExceptionsApprove)), ids, "fine"); err != nil || done.Records[0].Workflow != lifecycle.Suppressed {
		t.Errorf("approved: %+v, %v", done, err)
	}
}

// TestDecide writes to the names of whoever decides.
func TestDecide(t *testing.T) {
	h := desktest.New(t)
	ids := h.Scan(h.Desk(access.Admin("kei")), control.Failed)
	d := h.Desk(access.Granted("u-7", "Sato", access.FindingsDecide, access.FindingsRead))
	if _, err := findings.Note(t.Context(), d, ids, " "); err == nil {
		t.Error("a note of nothing")
	}
	if _, err := findings.SetSeverity(t.Context(), d, ids, "", "x"); err == nil {
		t.Error("no severity")
	}
	if done, err := findings.Assign(t.Context(), d, ids, "hana", ""); err != nil || done.Records[0].Assignee != "hana" {
		t.Errorf("assigned: %+v, %v", done, err)
	}
	if done, err := findings.Follow(t.Context(), d, ids, "OPS-1", ""); err != nil || done.Records[0].Ticket != "OPS-1" {
		t.Errorf("followed: %+v, %v", done, err)
	}
	if list, err := findings.List(t.Context(), d, findings.Query{Choice: findings.Choice{Assignees: []string{"hana"}}, Order: findings.BySeverity, Limit: 9, Number: 1}); err != nil || len(list.Records) != 1 {
		t.Errorf("listed: %+v, %v", list, err)
	}
	if list, err := findings.List(t.Context(), d, findings.Query{Choice: findings.Choice{Assignees: []string{"-"}}, Order: findings.BySeverity, Limit: 9, Number: 1}); err != nil || len(list.Records) != 0 {
		t.Errorf("nobody's: %+v, %v", list, err)
	}
	done, err := findings.Resolve(t.Context(), d, ids, "by hand")
	if err != nil || done.Records[0].Workflow != lifecycle.Resolved || told(done.Notices) != "keep.resolvedStays " {
		t.Fatalf("%+v, %v", done, err)
	}
	s, err := findings.Show(t.Context(), d, ids[0])
	if err != nil || s.Events[len(s.Events)-1].By != "u-7" {
		t.Errorf("%+v, %v", s.Events, err)
	}
}

// TestExport writes where it is told to.
func TestExport(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed, control.Passed)
	catalog, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := &app.Env{Version: "test", Controls: h.Config.Controls.Controls(), Catalog: catalog, Stdout: &out, Now: func() time.Time { return h.Time }}
	o := app.Outputs{Formats: []string{"json"}}
	o.Report.Zone = time.UTC
	if err := findings.Export(t.Context(), d, env, o, findings.Choice{}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "bucket-1") || strings.Contains(text, "bucket-2") {
		t.Errorf("exported: %s", text)
	}
}

// TestEvidence gathers a finding's story with the audit log.
func TestEvidence(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed)
	pack, said, err := findings.Evidence(t.Context(), d, ids[0], "test")
	if err != nil || len(said) > 0 || pack.Audit.Problem != nil {
		t.Errorf("%+v, %v, %v", pack, said, err)
	}
}
