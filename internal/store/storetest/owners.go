package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// testOwners: a directory takes the place of the one before, and one that comes
// back is as it was.
func testOwners(t *testing.T, s store.Store) {
	mine := ask.Listing{Account: "111122223333", Tags: map[string]string{"env": "dev", "a": "b c"}, Stack: "orders", Resource: "*/花\x00", Team: "team 花",
		Contact: ask.Contact{Address: "o@example.com", Channel: "mail", Lang: locale.Japanese, Deputy: "kei"}}
	others := ask.Listing{Resource: "*", Team: "all"}
	changed := others
	changed.Team = "else"
	for _, c := range []struct{ set, want []ask.Listing }{
		{nil, nil}, {[]ask.Listing{others, mine}, []ask.Listing{mine, others}}, {[]ask.Listing{others, mine}, []ask.Listing{mine, others}},
		{[]ask.Listing{changed}, []ask.Listing{changed}}, {nil, nil}, {[]ask.Listing{mine}, []ask.Listing{mine}},
	} {
		update(t, s, func(ctx context.Context, w store.Writer) error { return w.SetOwners(ctx, c.set) })
		view(t, s, func(ctx context.Context, r store.Reader) error {
			got, err := r.Owners(ctx)
			Same(t, "owners", got, c.want)
			return err
		})
		if list, _ := Differences(t, s); len(list) > 0 {
			t.Errorf("%+v", list)
		}
	}
}

// testSent: that a question was sent is noted once; who changes it later was not
// kumoban.
func testSent(t *testing.T, s store.Store) {
	q := ask.Question{ID: "q1", Findings: []string{"a"}, Owner: "hana", Due: Start(), AskedAt: Start()}
	for i, c := range []struct {
		by   string
		want int
	}{{"", 0}, {"kei", 0}, {"kei", 0}, {"mallory", 1}} {
		if c.by != "" {
			q.Sent = &ask.Sent{By: c.by, At: Start()}
		}
		update(t, s, func(ctx context.Context, w store.Writer) error {
			_, err := w.Append(ctx, audit.Entry{At: Start(), Action: "before"})
			err = errors.Join(err, w.PutQuestion(ctx, q))
			_, sealing := w.Append(ctx, audit.Entry{At: Start(), Action: "ask"})
			return errors.Join(err, sealing)
		})
		view(t, s, func(ctx context.Context, r store.Reader) error {
			got, err := r.Question(ctx, "q1")
			Same(t, "question", got, q)
			return err
		})
		if list, _ := Differences(t, s); len(list) != c.want {
			t.Errorf("%d: %+v", i, list)
		}
	}
}
