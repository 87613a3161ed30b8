package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/store"
)

// byTags compares what each filter lets through with what a plain loop finds.
func byTags(t *testing.T, s store.Store, all []lifecycle.Record, filters ...map[string]string) {
	t.Helper()
	view(t, s, func(ctx context.Context, r store.Reader) error {
		for _, tags := range filters {
			f := store.Filter{Tags: tags}
			want := naive(all, f, "")
			got, _, err := r.Page(ctx, store.Query{Filter: f, Limit: len(all) + 1})
			n, countErr := r.Count(ctx, f)
			if err := errors.Join(err, countErr); err != nil {
				return err
			}
			what := fmt.Sprintf("of %d with tags %.60q", len(all), tags)
			Same(t, what, ids(got), ids(want))
			Same(t, "count "+what, n, len(want))
		}
		return nil
	})
}

// testTags has names and values that are longer than an index may know, and
// tags that change.
func testTags(t *testing.T, s store.Store) {
	long, many := strings.Repeat("長", 300), strings.Repeat("x", 20_000)
	all := Records(12, 60)
	for i := range all {
		n := fmt.Sprint(i % 3)
		all[i].Tags = []map[string]string{
			{"same": "v", "n": n}, {long + n: "v", "n": "1"}, {"long": long + n, "n": "\U0010ffff"}, {"long": many + n}, {"long": long[:3*199], long[:3*199]: n},
			{"long": long[:3*200], long[:3*200]: n}, {}, nil,
		}[i%8]
	}
	filters := []map[string]string{
		{"same": "v"}, {"same": "V"}, {"Same": "v"}, {"same": "v", "n": "1"}, {"same": "?"}, {"same": "v*"}, {"same": "*"}, {"n": "1"}, {"n": "[1]"}, {"n": "*"}, {"n": "\U0010ffff"},
		{long + "1": "v"}, {long + "1": "w"}, {long: "v"}, {long: "*"}, {long[:3*199]: "1"}, {long[:3*200]: "1"}, {long[:3*198]: "1"},
		{"long": long + "1"}, {"long": long}, {"long": long + "?"}, {"long": long + "*"}, {"long": long[:3*199]}, {"long": long[:3*200]}, {"long": long[:3*199] + "*"},
		{"long": many + "1"}, {"long": many + "?"}, {"long": "x*2"}, {"same": "\x00"}, {"none": "*"}, {"none": "v", "same": "v"},
	}
	insert(t, s, all[:30])
	insert(t, s, all[30:]) // sets of before, by another writer
	byTags(t, s, all, filters...)
	update(t, s, func(ctx context.Context, w store.Writer) error {
		for i := range all {
			all[i].Tags = all[(i+1)%len(all)].Tags
		}
		all[5].Tags, all[6].Tags = map[string]string{"same": "v", "new": "1"}, nil
		return errors.Join(w.Replace(ctx, all[:20]), w.Replace(ctx, all[20:]))
	})
	byTags(t, s, all, append(filters, map[string]string{"new": "1"})...)
	kept(t, s, all)
}

// testManyTags has more sets of tags than a filter names, and more records of
// one set than it collects.
func testManyTags(t *testing.T, s store.Store) {
	all := Records(13, 5000)
	for i := range all {
		all[i].Tags = map[string]string{"all": "yes", "half": fmt.Sprint(i % 2)}
		if i >= 2500 {
			all[i].Tags["id"] = fmt.Sprintf("id-%04d", i)
		}
	}
	insert(t, s, all)
	byTags(t, s, all,
		map[string]string{"all": "yes"}, map[string]string{"id": "id-3333"}, map[string]string{"id": "id-33*"}, map[string]string{"id": "*"}, map[string]string{"half": "1"},
		map[string]string{"all": "y*", "id": "id-333?"}, map[string]string{"half": "1", "id": "id-333?"}, map[string]string{"all": "no", "id": "id-3333"},
		map[string]string{"id": "id-333?", "half": "*", "all": "?es"})
}
