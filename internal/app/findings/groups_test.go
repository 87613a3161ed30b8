package findings_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/store"
)

// TestGrouped counts findings by what they have in common.
func TestGrouped(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed, control.Unknown, control.Passed, control.Failed)
	k, err := d.Keeper(access.OwnersWrite)
	if err != nil {
		t.Fatal(err)
	}
	owners := func(list ...ask.Listing) {
		t.Helper()
		if err := k.Store.Update(t.Context(), func(w store.Writer) error { return w.SetOwners(t.Context(), list) }); err != nil {
			t.Fatal(err)
		}
	}
	is := func(by findings.By, c findings.Choice, want string) {
		t.Helper()
		groups, err := findings.Grouped(t.Context(), d, c, by, "", 10)
		if err != nil {
			t.Fatalf("by %s: %v", by, err)
		}
		var got []string
		for _, g := range groups.List {
			failed := 0
			for of, n := range g.Of {
				if of.Status == control.Failed {
					failed += n
				}
			}
			got = append(got, fmt.Sprintf("%s %d/%d", g.Key, failed, g.N))
		}
		if strings.Join(got, ", ") != want || groups.Total != len(got) {
			t.Errorf("by %s: %v of %d, want %s", by, got, groups.Total, want)
		}
	}
	all := findings.Choice{All: true}
	is(findings.ByControl, findings.Choice{}, "S3.9 2/3")
	is(findings.ByControl, all, "S3.9 2/4")
	is(findings.ByService, all, "S3 2/4")
	is(findings.ByAccount, all, desktest.Account+" 2/4")
	is(findings.ByRegion, all, desktest.Region+" 2/4")
	is(findings.BySeverest, all, "MEDIUM 2/4")
	is(findings.ByPlace, findings.Choice{Statuses: []string{"FAILED"}}, "arn:aws:s3:::bucket-1 1/1, arn:aws:s3:::bucket-4 1/1")
	is(findings.ByOwner, all, " 2/4")
	owners(ask.Listing{Account: desktest.Account, Team: "all"})
	is(findings.ByOwner, all, "all 2/4")
	owners(ask.Listing{Account: desktest.Account, Team: "all"}, ask.Listing{Resource: "bucket-[12]", Team: "no glob"}, ask.Listing{Resource: "*-1", Team: "web"})
	is(findings.ByOwner, all, "all 1/3, web 1/1")
	is(findings.ByOwner, findings.Choice{All: true, Resources: []string{"bucket-1", "bucket-2"}}, "all 0/1, web 1/1")
	if _, err := findings.Grouped(t.Context(), d, all, "colour", "", 1); err == nil {
		t.Error("by colour")
	}
}

// TestExceptionsBy: exceptions have pages by their state, with their findings.
func TestExceptionsBy(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed, control.Failed, control.Failed)
	for i, id := range ids[:2] {
		if _, err := findings.Suppress(t.Context(), d, []string{id}, findings.Exemption{Reason: "x", Until: fmt.Sprint(30-i, "d")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := findings.Unsuppress(t.Context(), d, ids[:1], "y"); err != nil {
		t.Fatal(err)
	}
	for state, want := range map[string]string{"proposed": "", "inForce": ids[1], "ended": ids[0]} {
		page, err := findings.ExceptionsBy(t.Context(), d, findings.ExceptionQuery{State: state, Accounts: []string{desktest.Account}, Controls: []string{"s3.*"}, Limit: 1})
		got := ""
		if err == nil && len(page.List) == 1 {
			got = page.Of[page.List[0].Finding].ID
		}
		if err != nil || got != want || page.Total != len(page.List) || page.Next != "" {
			t.Errorf("%s: %+v, %v, want %s", state, page, err, want)
		}
	}
	if _, err := findings.ExceptionsBy(t.Context(), d, findings.ExceptionQuery{State: "lost", Limit: 1}); err == nil {
		t.Error("a state that there is not")
	}
}
