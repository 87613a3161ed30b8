package owners_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/owners"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

func need(list ...access.Permission) []access.Permission { return list }

func none(*lifecycle.Record) error { return nil }

// TestPermissions: the directory is read and written with the permission for it.
func TestPermissions(t *testing.T) {
	h := desktest.New(t)
	ids := h.Scan(h.Desk(access.Admin("kei")), control.Failed)
	ctx := t.Context()
	h.Permissions(map[string]desktest.Operation{
		"Import":  desktest.Op(need(access.OwnersWrite), func(d *desk.Desk) error { _, _, err := owners.Import(ctx, d, nil, true); return err }),
		"Set":     desktest.Op(need(access.OwnersWrite), func(d *desk.Desk) error { _, _, err := owners.Set(ctx, d, ask.Listing{}); return err }),
		"Remove":  desktest.Op(need(access.OwnersWrite), func(d *desk.Desk) error { _, _, err := owners.Remove(ctx, d, ask.Listing{}); return err }),
		"List":    desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := owners.List(ctx, d); return err }),
		"Missing": desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { return owners.Missing(ctx, d, none) }),
		"Show":    desktest.Op(need(access.FindingsRead), func(d *desk.Desk) error { _, err := owners.Show(ctx, d, ids); return err }),
	})
}

// TestOwners: a directory tells who owns what, and what it leaves out is missing.
func TestOwners(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed, control.Failed)
	missing := func(want int) {
		t.Helper()
		n := 0
		if err := owners.Missing(t.Context(), d, func(*lifecycle.Record) error { n++; return nil }); err != nil || n != want {
			t.Errorf("%d are missing, %v, want %d", n, err, want)
		}
	}
	missing(2)
	line := ask.Line{Number: 1}
	line.Resource, line.Team = "bucket-2", "team-data"
	if did, head, err := owners.Import(t.Context(), d, []ask.Line{line}, true); err != nil || did.Added != 1 || head.Seq != 0 {
		t.Errorf("a dry run: %+v, %v, %v", did, head, err)
	}
	missing(2)
	if did, head, err := owners.Import(t.Context(), d, []ask.Line{line}, false); err != nil || did.Added != 1 || head.Seq == 0 {
		t.Errorf("%+v, %v, %v", did, head, err)
	}
	missing(1)
	if list, err := owners.List(t.Context(), d); err != nil || len(list) != 1 || list[0].Team != "team-data" {
		t.Errorf("%+v, %v", list, err)
	}
	list, err := owners.Show(t.Context(), d, []string{ids[1], ids[0]})
	if err != nil || len(list) != 2 || list[0].ID != ids[1] || list[0].Owner.Owner != "team-data" || list[1].Owner.Owner != "" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestParse: a directory says the same as CSV and as YAML.
func TestParse(t *testing.T) {
	const asCSV = "\ufeffTeam, resource, tag, channel, language\nteam-data, bucket-*, env=prod; app=web, Slack, JA\n"
	const asYAML = "owners:\n  - team: team-data\n    resource: bucket-*\n    tags: {env: prod, app: web}\n    channel: slack\n    language: ja\n"
	one, err := owners.Parse("owners.csv", []byte(asCSV))
	if err != nil {
		t.Fatal(err)
	}
	other, err := owners.Parse("owners", []byte(asYAML)) // by its key
	if err != nil || len(one) != 1 || len(other) != 1 || !reflect.DeepEqual(one[0].Listing, other[0].Listing) || one[0].Team != "team-data" {
		t.Errorf("%+v\n%+v, %v", one, other, err)
	}
	for name, text := range map[string]string{
		"nothing.csv": "", "no-team.csv": "resource\nx\n", "column.csv": "team,colour\nx,red\n", "twice.csv": "team,team\nx,y\n", "tag.csv": "team,tag\nx,prod\n",
		"broken.csv": "team\n\"x\n", "list.yaml": "owners: 1\n", "field.yaml": "owners:\n  - colour: red\n", "broken.yaml": "owners: [\n",
	} {
		if list, err := owners.Parse(name, []byte(text)); err == nil {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

// TestEntries: one entry at a time goes into the directory, in the place of the one
// about the same, and out of it; what clashes with another is refused.
func TestEntries(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	if did, head, err := owners.Set(t.Context(), d, ask.Listing{Resource: "bucket-*", Team: "team-a"}); err != nil || did != (owners.Imported{Added: 1}) || head.Action != "owners.set" {
		t.Errorf("%+v, %v, %v", did, head, err)
	}
	if did, _, err := owners.Set(t.Context(), d, ask.Listing{Resource: "bucket-*", Team: "team-b"}); err != nil || did != (owners.Imported{Changed: 1}) {
		t.Errorf("the same again: %+v, %v", did, err)
	}
	if did, head, err := owners.Set(t.Context(), d, ask.Listing{Resource: "bucket-*", Team: "team-b"}); err != nil || did != (owners.Imported{Same: 1}) || head.Seq != 0 {
		t.Errorf("nothing new: %+v, %v, %v", did, head, err)
	}
	if _, _, err := owners.Set(t.Context(), d, ask.Listing{Resource: "*bucket-", Team: "team-c"}); err == nil || !strings.Contains(err.Error(), "team-b (resource=bucket-*)") || strings.Contains(err.Error(), "line") {
		t.Errorf("two owners of one resource: %v", err)
	}
	if _, _, err := owners.Set(t.Context(), d, ask.Listing{Team: "team-c"}); err == nil {
		t.Error("an entry is about nothing")
	}
	var none *store.NotFound
	if _, _, err := owners.Remove(t.Context(), d, ask.Listing{Resource: "bucket-1"}); !errors.As(err, &none) || !strings.Contains(err.Error(), "resource=bucket-1") {
		t.Errorf("what is not there goes: %v", err)
	}
	if did, _, err := owners.Remove(t.Context(), d, ask.Listing{Resource: "bucket-*"}); err != nil || did.Removed != 1 {
		t.Errorf("%+v, %v", did, err)
	}
	if list, err := owners.List(t.Context(), d); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}
