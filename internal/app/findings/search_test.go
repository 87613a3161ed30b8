package findings_test

import (
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/app/access"
	"github.com/kumoban/kumoban/internal/app/desktest"
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/store"
)

// TestSearch: one box takes an id, ARNs, an account, a control and a name.
func TestSearch(t *testing.T) {
	h := desktest.New(t)
	d := h.Desk(access.Admin("kei"))
	ids := h.Scan(d, control.Failed, control.Failed, control.Passed, control.Failed, control.Failed, control.Failed, control.Failed, control.Failed, control.Failed, control.Failed)
	k, err := d.Keeper(access.HubSync)
	if err != nil {
		t.Fatal(err)
	}
	const theirs = "arn:aws:securityhub:ap-northeast-1:111122223333:security-control/S3.9/finding/0b6b0a0c"
	if err := k.Store.Update(t.Context(), func(w store.Writer) error {
		return w.PutLinks(t.Context(), []store.Link{{Finding: ids[2], ARN: theirs}})
	}); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		ids[0]:                     "finding " + ids[0],
		" " + ids[0][:12] + " ":    "finding " + ids[0],
		theirs:                     "finding " + ids[2],
		"arn:aws:s3:::bucket-2":    "resource arn:aws:s3:::bucket-2",
		"bucket-1":                 "resource arn:aws:s3:::bucket-1, resource arn:aws:s3:::bucket-10",
		"ucket-2":                  "resource arn:aws:s3:::bucket-2",
		"SHOP":                     "account 111122223333",
		"1111":                     "account 111122223333",
		"s3.9":                     "control S3.9",
		"q7":                       "",
		"b*t-2":                    "",
		"nothing is called so":     "",
		"arn:aws:securityhub:x:1:": "",
	} {
		hits, err := findings.Search(t.Context(), d, typed)
		if err != nil {
			t.Errorf("%s: %v", typed, err)
			continue
		}
		var got []string
		for _, h := range hits.List {
			switch {
			case h.Finding != nil:
				got = append(got, "finding "+h.Finding.ID)
			case h.Resource != nil:
				got = append(got, "resource "+h.Resource.ID())
			case h.Account != "":
				got = append(got, "account "+h.Account)
			case h.Control != "":
				got = append(got, "control "+h.Control)
			}
		}
		if strings.Join(got, ", ") != want || hits.More {
			t.Errorf("%s: %v, want %s", typed, got, want)
		}
	}
	if _, err := findings.Search(t.Context(), d, " "); err == nil {
		t.Error("nothing is searched")
	}
}
