package standing_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/standing"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// TestHeat: an account's control counts its findings, and its score is that of the
// command.
func TestHeat(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	h.Scan(d, control.Failed, control.Failed, control.Passed, control.Unknown)
	rows, err := standing.Heat(t.Context(), d, standing.Place{})
	if err != nil || len(rows) != 1 || rows[0].Name != "shop" || len(rows[0].Cells) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	if c := rows[0].Cells[0]; c != (standing.Cell{Control: desktest.Control, Status: finding.ControlFailed, Failed: 2, Unknown: 1, Passed: 1}) {
		t.Errorf("%+v", c)
	}
	scores, err := standing.Scores(t.Context(), d, standing.Place{})
	if err != nil {
		t.Fatal(err)
	}
	want := scores[0]
	for by, key := range map[string]string{"service": "S3", "account": desktest.Account, "standard": standing.Foundational} {
		parts, err := standing.Parts(t.Context(), d, standing.Place{}, by)
		at := slices.IndexFunc(parts, func(p standing.Part) bool { return p.Key == key })
		if err != nil || at < 0 || parts[at].Score.Failed != want.Failed || parts[at].Score.Passed != want.Passed {
			t.Errorf("%s: %+v, %v, want as %+v", by, parts, err, want)
			continue
		}
		if s := parts[at].Score; by != "service" && s.NoData != want.NoData || by == "service" && s.NoData != s.Known-1 {
			t.Errorf("%s: %+v, want as %+v", by, s, want)
		}
	}
	if _, err := standing.Parts(t.Context(), d, standing.Place{}, "colour"); err == nil {
		t.Error("scores by colour")
	}
	points, err := standing.Points(t.Context(), d, standing.Place{Accounts: []string{desktest.Account}}, "1d")
	if err != nil || len(points) != 1 || points[0].Failed != 1 {
		t.Errorf("%+v, %v", points, err)
	}
	list, err := standing.Requirements(t.Context(), d, standing.Place{}, "NIST.800-53.r5")
	at := slices.IndexFunc(list, func(r standing.Requirement) bool { return r.ID == "AC-2(4)" })
	if err != nil || at < 0 || !slices.ContainsFunc(list[at].Cells, func(c standing.Cell) bool {
		return c.Control == desktest.Control && c.Failed == 2 && c.Status == finding.ControlFailed
	}) || !slices.ContainsFunc(list[at].Cells, func(c standing.Cell) bool { return c.Status == finding.ControlNoData }) {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestCoverage: what the latest look at a place could not look at is told until a later
// one looks there; an account that nobody could enter is not forgotten.
func TestCoverage(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	k, err := d.Keeper(access.ScansSave)
	if err != nil {
		t.Fatal(err)
	}
	account := func(id string, regions ...string) resource.Account {
		return resource.Account{Partition: "aws", ID: id, Name: "name of " + id, Regions: regions}
	}
	gap := func(id, region string, hides ...resource.Type) resource.Gap {
		return resource.Gap{Scope: resource.Scope{Partition: "aws", Account: id, Region: region}, Call: "x:Y", Code: "AccessDenied", Hides: hides}
	}
	scans := []store.Scan{
		{Controls: []string{"S3.9"}, Accounts: []resource.Account{account("1", "r1", "r2"), account("2")}, Gaps: []resource.Gap{gap("1", "r1", "AWS::S3::Bucket"), gap("1", "r2"), gap("2", ""), gap("", "")}},
		{Controls: []string{"SQS.1"}, Accounts: []resource.Account{account("1", "r1")}, Gaps: []resource.Gap{gap("1", "r1", "AWS::SQS::Queue")}},
	}
	if err := k.Store.Update(t.Context(), func(w store.Writer) error {
		for _, s := range scans {
			if _, err := w.AddScan(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	c, err := standing.Covered(t.Context(), d)
	if err != nil || len(c.Places) != 2 || c.Places[0].Scan != 2 || c.Places[1].Scan != 1 || c.Places[0].Gaps != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	got := map[string]int64{}
	for _, g := range c.Gaps {
		got[g.Account+" "+g.Region] = g.Scan
	}
	if len(got) != 4 || got["1 r1"] != 2 || got["1 r2"] != 1 || got["2 "] != 1 || got[" "] != 1 {
		t.Errorf("gaps: %v", got)
	}
	if hidden := c.Gaps[0].Controls; !slices.Contains(hidden, "SQS.1") || slices.Contains(hidden, "S3.9") {
		t.Errorf("it hides from %v", hidden)
	}
	if slices.Contains(c.Missing, "S3.9") || slices.Contains(c.Missing, "SQS.1") || !slices.Contains(c.Missing, "KMS.3") {
		t.Errorf("not evaluated: %v", c.Missing)
	}
}
