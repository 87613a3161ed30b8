package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

func testLinks(t *testing.T, s store.Store) {
	list := Records(40, 1500)
	insert(t, s, list)
	of := func(n, i int) store.Link {
		return store.Link{
			Finding: list[i].ID, ARN: fmt.Sprintf("arn:aws:securityhub:us-east-1:111122223333:security-control/APIGateway.1/finding/%d-%04d", n, i),
			ProductArn: "arn:aws:securityhub:us-east-1::product/aws/securityhub", Workflow: "NEW", Compliance: "FAILED", State: "ACTIVE", SeenAt: Start(),
		}
	}
	var links []store.Link
	for i := range list {
		links = append(links, of(0, i))
	}
	links = append(links, of(1, 7), store.Link{Finding: list[7].ID, ARN: list[7].ID, Digest: "d", UpdatedAt: Start().Add(time.Hour)})
	once := slices.Clone(links[:1200])
	for i := range once {
		once[i].Workflow, once[i].Digest = "RESOLVED", "before"
	}
	twice := links[3]
	twice.State = "first"
	update(t, s, func(ctx context.Context, w store.Writer) error {
		return errors.Join(w.PutLinks(ctx, nil), w.PutLinks(ctx, once), w.PutLinks(ctx, append([]store.Link{twice}, links...)))
	})
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got, err := r.Links(ctx, ids(list))
		order := func(a, b store.Link) int { return strings.Compare(a.Finding+a.ARN, b.Finding+b.ARN) }
		Same(t, "links", slices.SortedFunc(slices.Values(got), order), slices.SortedFunc(slices.Values(links), order))
		three, err2 := r.Links(ctx, []string{list[7].ID, "nobody"})
		Same(t, "links of one", three, slices.SortedFunc(slices.Values([]store.Link{links[7], links[1500], links[1501]}), order))
		none, err3 := r.Links(ctx, nil)
		Same(t, "links of none", none, []store.Link(nil))
		one, err4 := r.LinkByARN(ctx, links[1500].ARN)
		Same(t, "link", one, links[1500])
		_, err5 := r.LinkByARN(ctx, "arn:x'; --")
		absent(t, err5, "link", "arn:x'; --")
		return errors.Join(err, err2, err3, err4)
	})
	// A link to nothing would keep a finding from being pushed when it comes.
	if err := s.Update(t.Context(), func(w store.Writer) error {
		return w.PutLinks(t.Context(), []store.Link{{Finding: "nobody", ARN: "x"}})
	}); err == nil {
		t.Error("a link of a finding that is not there was kept")
	}
}

// Upgraded wants a store that was of the first version to have what it had, to
// find it by tags, and to keep links.
func Upgraded(t *testing.T, s store.Store, want []lifecycle.Record) {
	t.Helper()
	for i := range want { // its tables had no place for these
		want[i].Assignee, want[i].Ticket = "", ""
	}
	kept(t, s, want)
	byTags(t, s, want, map[string]string{"env": "dev"}, map[string]string{"": "", "env": "p*"}, map[string]string{"env": "*"}, map[string]string{"env": "none"})
	var id string
	view(t, s, func(ctx context.Context, r store.Reader) error {
		ids, err := r.IDs(ctx, "", 1)
		id = ids[0]
		return err
	})
	link := store.Link{Finding: id, ARN: id, Digest: "d", UpdatedAt: Start(), SeenAt: time.Time{}}
	update(t, s, func(ctx context.Context, w store.Writer) error { return w.PutLinks(ctx, []store.Link{link}) })
	view(t, s, func(ctx context.Context, r store.Reader) error {
		got, err := r.LinkByARN(ctx, id)
		Same(t, "link", got, link)
		return err
	})
}
