package desk_test

import (
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/store"
)

// TestOnce: what was read is remembered until the store changes, whoever changes it.
func TestOnce(t *testing.T) {
	h := desktest.New(t)
	d, other := h.Desk(access.Admin("kei")), h.Desk(access.Admin("mina"))
	asked := 0
	ask := func(d *desk.Desk) (n int) {
		t.Helper()
		err := d.View(t.Context(), access.FindingsRead, func(_ *keep.Keeper, r store.Reader) (err error) {
			n, err = desk.Once(t.Context(), d, r, "findings", func() (int, error) {
				asked++
				return r.Count(t.Context(), store.Filter{})
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for i, want := range []int{0, 0, 2, 2} {
		if i == 2 {
			h.Scan(other, control.Failed, control.Passed)
		}
		if got := ask(d.For(access.Admin("hana"))); got != want {
			t.Errorf("%d: %d findings, want %d", i, got, want)
		}
	}
	if asked != 2 {
		t.Errorf("it was read %d times", asked)
	}
}
