package desk

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Named refuses a name that no list could show.
func Named(name string) error {
	if n := utf8.RuneCountInString(name); n > ask.MostName {
		return locale.Errorf("ask.longName", locale.A("n", n), locale.A("most", ask.MostName))
	}
	return nil
}

// Filled refuses an empty value, by the name of its list: a variable of a script
// that is not set would choose nothing, or all, and nobody would notice.
func Filled(lists map[string][]string) error {
	for name, values := range lists {
		if slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) == "" }) {
			return locale.Errorf("cli.emptyValue", locale.A("flag", locale.Field(name)))
		}
	}
	return nil
}

// Account tells the id of an account from its name.
func Account(id string) bool { return twelveDigits.MatchString(id) }

var twelveDigits = regexp.MustCompile(`^[0-9]{12}$`)

// Find makes whole ids of what findings were named by: see [keep.Find].
func Find(ctx context.Context, k *keep.Keeper, names []string) (ids []string, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		ids, err = keep.Find(ctx, r, names)
		return err
	})
	return ids, err
}

// Exceptions are those that findings name.
func Exceptions(ctx context.Context, r store.Reader, records []lifecycle.Record) ([]lifecycle.Exception, error) {
	var ids []string
	for i := range records {
		if id := records[i].Exception; id != "" {
			ids = append(ids, id)
		}
	}
	return r.Exceptions(ctx, ids)
}

// Waiting is how many findings do not pass.
func Waiting(records []lifecycle.Record) (n int) {
	for i := range records {
		if s := records[i].Status; s == control.Failed || s == control.Unknown {
			n++
		}
	}
	return n
}

// Proposed says how many of the findings that were decided about wait for an
// approver, and how somebody approves.
func Proposed(ctx context.Context, k *keep.Keeper, records []lifecycle.Record) (said []Notice, err error) {
	err = k.Store.View(ctx, func(r store.Reader) error {
		list, err := r.Proposals(ctx)
		if err != nil {
			return err
		}
		waits := map[string]bool{}
		for i := range list {
			waits[list[i].Finding] = true
		}
		n, first := 0, ""
		for i := range records {
			if id := records[i].ID; waits[id] {
				if n++; n == 1 {
					first = id
				}
			}
		}
		if n > 0 {
			said = []Notice{Tell("keep.proposed", locale.A("n", n), locale.A("id", finding.Short(first)))}
		}
		return nil
	})
	return said, err
}

// Saved tells what a scan changed in the store.
func (d *Desk) Saved(s *keep.Saved) (said []Notice) {
	if s.Expired > 0 {
		said = append(said, Tell("keep.expired", locale.A("n", s.Expired)))
	}
	said = append(said, Tell("keep.saved", locale.A("scan", int(s.Scan)), locale.A("new", s.New), locale.A("changed", s.Changed), locale.A("archived", s.Archived), locale.A("reopened", s.Reopened)))
	if !s.Ahead.IsZero() {
		said = append(said, Tell("keep.ahead", locale.A("ended", s.Ahead.UTC().Format(time.RFC3339)), locale.A("now", d.Now().UTC().Format(time.RFC3339))))
	}
	if s.Older > 0 {
		said = append(said, Tell("keep.older", locale.A("n", s.Older)))
	}
	said = append(said, d.Lapsed(s.Lapses, s.Lapsed)...)
	if s.Unread > 0 {
		said = append(said, Tell("keep.while.unread", locale.A("n", s.Unread)))
	}
	if s.NotLooked > 0 {
		said = append(said, Tell("keep.while.notLooked", locale.A("n", s.NotLooked)))
	}
	return append(said, Head(s.AuditHead))
}
