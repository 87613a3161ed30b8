package fixes_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desk"
	"github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// key is the key of an error's sentence.
func key(err error) string {
	var ours *locale.Error
	if errors.As(err, &ours) {
		return ours.Key
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestProposals: what was approved is applied, once, and nothing else is.
func TestProposals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		d, done, err := h.open(t.Context(), h.store(), true)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		at := h.place(access.Admin("kei"))
		made := h.plan()
		p, err := fixes.Propose(t.Context(), d, made)
		if err != nil || p.State != fixes.Proposed || p.By != "kei" || !strings.HasPrefix(made.Digest, p.ID) || p.Head.Action != "plan.propose" {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, _, err := fixes.Take(t.Context(), d, at, p.ID); key(err) != "keep.proposal.take.proposed" {
			t.Errorf("taken before anybody approved: %v", err)
		}
		if _, err := fixes.ApproveProposal(t.Context(), d, p.ID, "of another", ""); key(err) != "run.notApproved" {
			t.Errorf("approved another: %v", err)
		}
		mina := d.For(access.Granted("u-9", "Mina", access.FixesApprove))
		if p, err = fixes.ApproveProposal(t.Context(), mina, p.ID, made.Digest, "read it"); err != nil || p.State != fixes.Approved || p.Ruled.By != "u-9" || p.Head.Action != "plan.approve" {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := fixes.RejectProposal(t.Context(), d, p.ID, made.Digest, ""); key(err) != "keep.proposal.not.approved" {
			t.Errorf("rejected what is approved: %v", err)
		}
		ours, approval, err := fixes.Take(t.Context(), d, at, p.ID)
		if err != nil || ours.Digest != made.Digest {
			t.Fatalf("%+v, %v", ours, err)
		}
		if _, _, err := fixes.Take(t.Context(), d, at, p.ID); err != nil {
			t.Errorf("no run began, and it may not be taken again: %v", err)
		}
		passed, err := fixes.Gate(t.Context(), at, ours, nil)
		if err != nil {
			t.Fatal(err)
		}
		result, err := fixes.Apply(t.Context(), at, passed, approval, fixes.Doing{Say: quiet})
		if err != nil || !result.Mended() {
			t.Fatalf("%+v, %v", result, err)
		}
		if _, _, err := fixes.Take(t.Context(), d, at, p.ID); key(err) != "keep.proposal.take.applied" {
			t.Errorf("applied twice: %v", err)
		}
		if p, err = fixes.ShowProposal(t.Context(), d, p.ID); err != nil || p.State != fixes.Applied || len(p.Runs) != 1 || p.Runs[0].ID != result.Run {
			t.Errorf("%+v, %v", p, err)
		}
		if list, err := fixes.Proposals(t.Context(), d, fixes.Applied); err != nil || len(list) != 1 || len(list[0].Runs) != 1 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// TestChangedProposal: a plan that was changed in the store after it was approved is
// not applied, although its own digest fits.
func TestChangedProposal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		d, done, err := h.open(t.Context(), h.store(), true)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		made := h.plan()
		p, err := fixes.Propose(t.Context(), d, made)
		if err == nil {
			_, err = fixes.ApproveProposal(t.Context(), d, p.ID, made.Digest, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		other := h.plan()
		other.Region = "us-east-1"
		if other.Digest, err = other.Sum(); err != nil {
			t.Fatal(err)
		}
		change(t, d, p.ID, made.Digest, other.Digest, `"`+made.Region+`"`, `"us-east-1"`)
		if _, _, err := fixes.Take(t.Context(), d, h.place(access.Admin("kei")), p.ID); key(err) != "run.notApproved" {
			t.Errorf("taken although it is another plan: %v", err)
		}
		if again, err := fixes.Propose(t.Context(), d, made); key(err) != "keep.proposal.other" {
			t.Errorf("the id is another plan's now: %+v, %v", again, err)
		}
		change(t, d, p.ID, `"ID"`, `broken`)
		if again, err := fixes.Propose(t.Context(), d, made); err == nil {
			t.Errorf("one that cannot be read was written over: %+v", again)
		}
	})
}

// change replaces texts in a proposal as it is kept.
func change(t *testing.T, d *desk.Desk, id string, pairs ...string) {
	t.Helper()
	k, err := d.Keeper(access.FixesApply)
	if err == nil {
		err = k.Store.Update(t.Context(), func(w store.Writer) error {
			item, err := w.Item(t.Context(), store.ItemApproval, id)
			if err != nil {
				return err
			}
			item.Doc = []byte(strings.NewReplacer(pairs...).Replace(string(item.Doc)))
			return w.PutItem(t.Context(), item)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}
