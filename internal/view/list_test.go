package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// row is a finding of a list; everything about it may be long or wide.
func row(n int, account, region, name string) lifecycle.Record {
	var r lifecycle.Record
	r.ID = fmt.Sprintf("%032x", n+0xabcdef)
	r.Control, r.Severity, r.Status, r.State, r.Workflow = "APIGateway.11", control.Critical, control.NotApplicable, lifecycle.Active, lifecycle.Suppressed
	r.Resource.Account, r.Resource.Region, r.Resource.Name = account, region, name
	return r
}

// TestListFitsInAHundredColumns holds lists to 100 columns, of which wide characters
// take two, whatever stands in them.
func TestListFitsInAHundredColumns(t *testing.T) {
	long, wide := strings.Repeat("orders-", 20)+"/prod", strings.Repeat("注文管理", 20)+"/本番"
	until := time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		page   []lifecycle.Record
		owners []string
		below  int // lines below those of findings
	}{
		"one place":       {[]lifecycle.Record{row(0, "1", "r", long), row(1, "1", "r", wide)}, nil, 0},
		"owners":          {[]lifecycle.Record{row(0, "1", "r", "a/b"), row(1, "1", "r", "c/d")}, []string{"", wide}, 1},
		"a narrow owner":  {[]lifecycle.Record{row(0, "1", "r", "a/b"), row(1, "1", "r", "c/d")}, []string{"ops", "ops"}, -1},
		"many places":     {[]lifecycle.Record{row(0, "111122223333", "ap-northeast-1", wide), row(1, "444455556666", "us-east-1", long)}, []string{"payments", long}, 2},
		"exceptions":      {[]lifecycle.Record{excepted(row(0, "1", "r", "a/b"), "x"), excepted(row(1, "1", "r", "a/b"), "y")}, nil, 2},
		"and many places": {[]lifecycle.Record{excepted(row(0, "111122223333", "ap-northeast-1", wide), "x"), row(1, "444455556666", "us-east-1", "a/b")}, nil, 3},
	} {
		for _, lang := range locale.Langs() {
			cat, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			v := &View{Catalog: cat, Zone: time.UTC, Own: map[string]string{}, Why: map[string]lifecycle.Exception{
				"x": {ID: "x", By: "mina", Reason: wide + "\n\x1b[2J", Until: until}, "y": {ID: "y", By: long, Reason: "r"},
			}}
			for i, owner := range c.owners {
				v.Own[c.page[i].ID] = owner
			}
			var b strings.Builder
			if err := v.list(&b, c.page); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
			for _, l := range lines {
				if width(l) > 100 || strings.Contains(l, "\x1b") {
					t.Errorf("%s %s: %d columns: %s", name, lang, width(l), l)
				}
			}
			if c.below >= 0 && len(lines) != 1+len(c.page)+c.below {
				t.Errorf("%s %s: %d lines\n%s", name, lang, len(lines), b.String())
			}
			if name == "exceptions" && !strings.Contains(b.String(), "2027-03-31") {
				t.Errorf("the last day of an exception is not there:\n%s", b.String())
			}
		}
	}
}

func excepted(r lifecycle.Record, id string) lifecycle.Record {
	r.Exception = id
	return r
}

func TestFitKeepsBothEnds(t *testing.T) {
	for columns, want := range map[int]string{20: "orders-service/prod", 10: "order…prod", 5: "or…od"} {
		if got := fit("orders-service/prod", columns); got != want || width(got) > columns {
			t.Errorf("%d: %q, want %q", columns, got, want)
		}
	}
	if got := fit("注文管理/本番", 8); width(got) > 8 || !strings.HasPrefix(got, "注") || !strings.HasSuffix(got, "番") {
		t.Errorf("%q", got)
	}
}
