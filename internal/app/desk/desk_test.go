package desk_test

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/store"
)

// keys are those of notices, in a line.
func keys(said []desk.Notice) string {
	var list []string
	for _, n := range said {
		list = append(list, n.Key)
	}
	return strings.Join(list, " ")
}

// TestPermission: nobody gets at a store without one.
func TestPermission(t *testing.T) {
	d := desktest.New(t).Desk(access.Granted("u-1", "Sato", access.FindingsRead))
	if _, err := d.Keeper(access.FindingsRead); err != nil {
		t.Error(err)
	}
	var refused *access.Refused
	if _, err := d.Keeper(access.FindingsDecide); !errors.As(err, &refused) {
		t.Errorf("deciding: %v", err)
	}
	err := d.View(t.Context(), access.AuditRead, func(*keep.Keeper, store.Reader) error { t.Error("looked"); return nil })
	if !errors.As(err, &refused) || refused.Who != "Sato" {
		t.Errorf("looking: %v", err)
	}
	other := d.For(access.Admin("mina"))
	k, err := other.Keeper(access.FindingsDecide)
	if err != nil || k.Actor != "mina" {
		t.Errorf("another subject: %v, %v", k, err)
	}
	if k, err := d.Keeper(access.FindingsRead); err != nil || k.Actor != "u-1" {
		t.Errorf("the first became another: %v, %v", k, err)
	}
}

// TestOpen: a store is made where that is asked for, and nowhere else.
func TestOpen(t *testing.T) {
	h := desktest.New(t)
	o := desk.Options{Address: h.Path, Subject: access.Admin("kei"), Now: func() time.Time { return h.Time }, Zone: "UTC", Config: &h.Config}
	if there, err := desk.There(h.Path); there || err != nil {
		t.Errorf("there is one: %v", err)
	}
	var problem *store.Problem
	if _, err := desk.Open(t.Context(), o); !errors.As(err, &problem) || problem.Kind != store.Missing {
		t.Errorf("opened: %v", err)
	}
	h.Desk(access.Admin("kei"))
	if there, err := desk.There(h.Path); !there || err != nil {
		t.Errorf("there is none: %v", err)
	}
	if there, err := desk.There("postgres://db/kumoban"); !there || err != nil {
		t.Errorf("a server: %v, %v", there, err)
	}
	if there, err := desk.There(filepath.Join(h.Path, "a.db")); there || err != nil {
		t.Errorf("in what is no folder: %v, %v", there, err)
	}
	if o.Address = ""; !strings.Contains(errorOf(desk.Open(t.Context(), o)), "store") {
		t.Error("opened what nobody named")
	}
}

func errorOf(_ *desk.Desk, err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestDecide: a store takes over a tightening of kumoban.yaml once, and decides
// from then on.
func TestDecide(t *testing.T) {
	h := desktest.New(t)
	on, off := true, false
	h.Config.FourEyes = &on
	d := h.Desk(access.Admin("kei"))
	if got, want := d.Zone().String(), "Asia/Tokyo"; got != want {
		t.Errorf("days are counted in %s, want %s", got, want)
	}
	said, err := d.Decide(t.Context())
	if got, want := keys(said), "policy.tookOver keep.head"; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if said, err = d.Decide(t.Context()); err != nil || len(said) > 0 {
		t.Errorf("again: %s, %v", keys(said), err)
	}
	h.Config.FourEyes = &off
	if said, err = d.Decide(t.Context()); err != nil || keys(said) != "policy.noEffect" {
		t.Errorf("loosening: %s, %v", keys(said), err)
	}
	k, err := d.Keeper(access.SettingsWrite)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Set(t.Context(), policy.TimeZone, "Europe/Berlin", "x"); err != nil {
		t.Fatal(err)
	}
	if _, err = d.Decide(t.Context()); err != nil || d.Zone().String() != "Europe/Berlin" {
		t.Errorf("days are counted in %s, %v", d.Zone(), err)
	}
}

// TestPrepare ends exceptions whose time has come, whoever works, and tells it.
func TestPrepare(t *testing.T) {
	h := desktest.New(t)
	admin := h.Desk(access.Admin("kei"))
	ids := h.Scan(admin, control.Failed)
	k, err := admin.Keeper(access.ExceptionsRequest)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Suppress(t.Context(), ids, keep.Exemption{Reason: "x", Until: h.Time.Add(24 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	d := admin.For(access.Granted("u-1", "Sato"))
	if said, err := d.Prepare(t.Context()); err != nil || len(said) > 0 {
		t.Errorf("before: %s, %v", keys(said), err)
	}
	h.Time = h.Time.Add(48 * time.Hour)
	said, err := d.Prepare(t.Context())
	if got, want := keys(said), "keep.expired keep.head"; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if said, err := d.Prepare(t.Context()); err != nil || len(said) > 0 {
		t.Errorf("again: %s, %v", keys(said), err)
	}
}

// TestCause shows what an engine said, where one said something.
func TestCause(t *testing.T) {
	cause := errors.New("disk I/O error")
	if got := desk.Cause(&store.Problem{Kind: store.Broken, Cause: cause}); !errors.Is(got, cause) {
		t.Errorf("cause: %v", got)
	}
	if got := desk.Cause(cause); got != nil {
		t.Errorf("of another error: %v", got)
	}
}

// TestSideBySide: as a server does, many work at one store, each in their own name and
// by what was decided meanwhile.
func TestSideBySide(t *testing.T) {
	h := desktest.New(t)
	first := h.Desk(access.Admin("kei"))
	ids := h.Scan(first, control.Failed)
	k, err := first.Keeper(access.SettingsWrite)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Set(t.Context(), policy.TimeZone, "Europe/Berlin", "x"); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	names := []string{"mina", "hana", "sato", "ito"}
	for _, name := range names {
		d := first.For(access.Granted(name, name, access.FindingsDecide))
		group.Go(func() {
			if _, err := d.Prepare(t.Context()); err != nil || d.Zone().String() != "Europe/Berlin" {
				t.Errorf("%s counts days in %s, %v", name, d.Zone(), err)
			}
			k, err := d.Keeper(access.FindingsDecide)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := k.Note(t.Context(), ids, "by "+name); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	err = first.View(t.Context(), access.FindingsRead, func(_ *keep.Keeper, r store.Reader) error {
		events, err := r.History(t.Context(), ids[0])
		said := map[string]string{}
		for _, e := range events {
			said[e.Reason] = e.By
		}
		for _, name := range names {
			if said["by "+name] != name {
				t.Errorf("what %s noted is by %q", name, said["by "+name])
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestCalled: what is written down about a store names it without its password, and
// the usual one by nothing, wherever it is moved.
func TestCalled(t *testing.T) {
	home := t.TempDir()
	beside := filepath.Join(home, desk.FileName)
	for address, want := range map[string]string{
		beside: "", filepath.Join(home, "runs", "..", desk.FileName): "",
		filepath.Join(home, "other.db"): filepath.Join(home, "other.db"),
		"postgres://kumoban:s3cr3t@db.example.com/findings?search_path=team&sslmode=require": "postgres://db.example.com/findings?search_path=team",
		"postgresql://db.example.com/findings":                                               "postgres://db.example.com/findings",
		"postgres://kumoban:%zz@db/findings":                                                 "?",
	} {
		if got := desk.Called(address, beside); got != want {
			t.Errorf("%s is called %q, want %q", address, got, want)
		}
	}
}

// TestReason: what went wrong stays in a message as the error that it is.
func TestReason(t *testing.T) {
	problem := &store.Problem{Kind: store.Busy}
	n := desk.Warn("keep.runLater", desk.Why(problem))
	var found *store.Problem
	if why, ok := n.Args[0].Value.(error); !n.Always || !ok || !errors.As(why, &found) || found != problem || why.Error() != problem.Error() {
		t.Errorf("%+v", n)
	}
}
