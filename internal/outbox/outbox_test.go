package outbox_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/keep"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/policy"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

// house is a store with channels, and a clock.
type house struct {
	*testing.T
	*keep.Keeper
	time time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s, err := open.Store(t.Context(), filepath.Join(t.TempDir(), "k.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	set, err := control.Select(controls.All(), control.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, time: time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)} // a Friday
	now := func() time.Time { return h.time }
	h.Keeper = &keep.Keeper{Store: outbox.Watch(s, now, nil), Now: now, Actor: "hana", Controls: set}
	h.update(func(w store.Writer) error {
		if err := w.PutSetting(t.Context(), policy.LongestException, "3650d"); err != nil {
			return err
		}
		if err := w.SetOwners(t.Context(), []ask.Listing{
			{Resource: "*bucket-1", Team: "payments", Contact: ask.Contact{Address: "pay@example.com", Lang: locale.Japanese}},
			{Resource: "*bucket-2", Team: "shop"},
		}); err != nil {
			return err
		}
		_, err := outbox.SetChannels(t.Context(), w, []outbox.Channel{
			{Name: "hook", Kind: outbox.Webhook, Lang: locale.English},
			{Name: "post", Kind: outbox.Mail, Lang: locale.English, To: []string{"sec@example.com"}, Owners: true},
		}, "hana", h.time)
		return err
	})
	return h
}

func (h *house) update(do func(store.Writer) error) {
	h.Helper()
	if err := h.Store.Update(h.Context(), do); err != nil {
		h.Fatal(err)
	}
}

// scan saves what was seen of buckets by a control, the first status that of bucket-1.
func (h *house) scan(id string, statuses ...control.Status) (ids []string) {
	h.Helper()
	h.time = h.time.Add(time.Minute)
	seen := spool.New(h.TempDir())
	defer seen.Close()
	at := resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}
	c := h.Controls.Find(id)
	for i, status := range statuses {
		name := "bucket-" + strconv.Itoa(i+1)
		f := finding.Finding{Control: c.ID, Severity: c.Severity, Status: status, Resource: resource.Ref{Scope: at, Type: c.Checks[0].Type, Name: name, ARN: "arn:aws:s3:::" + name}}
		seen.Add(&f)
		ids = append(ids, f.ID())
	}
	_, err := h.SaveScan(h.Context(), store.Scan{
		Started: h.time.Add(-time.Second), Ended: h.time, Source: lifecycle.SourceLive, Controls: []string{c.ID},
		Accounts: []resource.Account{{Partition: "aws", ID: at.Account, Regions: []string{at.Region}}},
	}, seen)
	if err != nil {
		h.Fatal(err)
	}
	return ids
}

// new are the messages that were written since it was asked last: "topic channel to
// (language): what".
func (h *house) new() (list []string) {
	h.Helper()
	var all []outbox.Stored
	err := h.Store.View(h.Context(), func(r store.Reader) (err error) {
		all, err = outbox.List(h.Context(), r, []string{outbox.Waiting}, 0)
		return err
	})
	for _, s := range all {
		m := s.Message
		line := string(m.Topic) + " " + m.Channel
		if m.To != "" {
			line += " " + m.To + " (" + string(m.Lang) + ")"
		}
		for _, g := range m.Groups {
			line += " " + g.Control + "/" + g.Owner + "=" + strconv.Itoa(g.N)
			if g.Days > 0 {
				line += " in " + strconv.Itoa(g.Days)
			}
		}
		for _, q := range m.Questions {
			line += " " + q.ID
		}
		if d := m.Digest; d != nil {
			line += fmt.Sprintf(" new %d closed %d open %d late %d asked %d/%d ending %d head %t", d.New.All(), d.Closed.All(), d.Open.All(), d.Overdue.All(), d.Questions, d.LateQuestions, d.Ending, d.Head != "")
		}
		list = append(list, line)
		if err == nil {
			_, err = outbox.Tell(h.Context(), h.Keeper, s.Key, outbox.Attempt{})
		}
	}
	if err != nil {
		h.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// want holds what was written since to a list, a line each.
func (h *house) want(when, lines string) {
	h.Helper()
	if diff := cmp.Diff(strings.TrimSpace(lines), strings.Join(h.new(), "\n")); diff != "" {
		h.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

const (
	failed  = control.Failed
	passed  = control.Passed
	unknown = control.Unknown
)

// TestAtOnce: what cannot wait is written with what it tells, once, by control and
// owner, whoever writes it.
func TestAtOnce(t *testing.T) {
	h := newHouse(t)
	ids := h.scan("S3.8", failed, failed, passed)
	h.want("the first scan", `
findings hook S3.8/payments=1 S3.8/shop=1
findings post pay@example.com (ja) S3.8/payments=1
findings post sec@example.com (en) S3.8/payments=1 S3.8/shop=1`)
	h.scan("S3.8", failed, failed, passed)
	h.want("nothing new", "")
	h.scan("S3.9", failed)
	h.want("what waits for the digest", "")
	h.scan("S3.8", failed, unknown, unknown)
	h.want("what nobody could see", "")
	h.scan("S3.8", failed, failed, failed)
	h.want("what failed before is no news, what passed before is", `
findings hook S3.8/=1
findings post sec@example.com (en) S3.8/=1`)
	until := h.time.AddDate(0, 0, 2)
	if _, err := h.Suppress(t.Context(), ids[:1], keep.Exemption{Reason: "r", Until: until}); err != nil {
		t.Fatal(err)
	}
	h.scan("S3.8", passed, failed, failed)
	h.scan("S3.8", failed, failed, failed)
	h.want("what is suppressed", "")
	h.time = until.Add(time.Microsecond)
	if _, err := h.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.want("an exception that ran out", `
ended hook S3.8/payments=1
ended post pay@example.com (ja) S3.8/payments=1
ended post sec@example.com (en) S3.8/payments=1`)
	// A transaction that fails leaves no message.
	wrong := errors.New("wrong")
	if err := h.Store.Update(t.Context(), func(w store.Writer) error {
		r, err := w.Records(t.Context(), ids[:1])
		if err != nil {
			return err
		}
		r[0].ID, r[0].Severity = strings.Repeat("0", 32), control.Critical
		if err := w.Insert(t.Context(), r); err != nil {
			return err
		}
		return wrong
	}); !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	h.want("nothing happened", "")
}

// sweep looks at the calendar at a time.
func (h *house) sweep(at time.Time) {
	h.Helper()
	h.time = at
	if _, err := outbox.Sweep(h.Context(), h.Keeper); err != nil {
		h.Fatal(err)
	}
}

// TestSweep: dates are told once, at the hour of digests; the digest comes on working
// days, with the head of the audit log; what was missed is told together.
func TestSweep(t *testing.T) {
	h := newHouse(t) // 27 November, 10 o'clock
	h.update(func(w store.Writer) error {
		return errors.Join(w.PutSetting(t.Context(), policy.TimeZone, "Asia/Tokyo"), w.PutSetting(t.Context(), policy.DeadlineHigh, "2d"))
	})
	ids := h.scan("S3.8", failed, failed)
	h.new()
	h.sweep(h.time.Add(time.Second))
	h.want("nothing to look back to", "")
	if _, err := h.Suppress(t.Context(), ids[1:], keep.Exemption{Reason: "r", Until: time.Date(2026, 12, 6, 15, 0, 0, 0, time.UTC)}); err != nil { // 6 December is its last day
		t.Fatal(err)
	}
	if _, err := h.Ask(t.Context(), []ask.Question{{ID: "q1", Owner: "payments", Findings: ids[:1], Due: time.Date(2026, 11, 28, 14, 59, 59, 0, time.UTC)}}); err != nil {
		t.Fatal(err)
	}
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 30, 0, 0, time.UTC) } // half past nine in Tokyo
	h.sweep(day(28))
	h.want("a Saturday on which nothing was due", "")
	h.sweep(day(29).Add(-time.Hour))
	h.want("too early", "")
	h.sweep(day(29))
	h.want("a Sunday on which a question is overdue, and an exception has seven days", `
ending hook S3.8/shop=1 in 7
ending post sec@example.com (en) S3.8/shop=1 in 7
questions hook q1
questions post sec@example.com (en) q1`)
	h.sweep(day(29).Add(time.Hour))
	h.want("it was told", "")
	h.sweep(day(30))
	h.want("a Monday", `
deadlines hook S3.8/payments=1
deadlines post pay@example.com (ja) S3.8/payments=1
deadlines post sec@example.com (en) S3.8/payments=1
digest hook new 0 closed 0 open 1 late 1 asked 1/1 ending 1 head true
digest post pay@example.com (ja) S3.8/payments=1 new 0 closed 0 open 1 late 1 asked 0/0 ending 0 head false
digest post sec@example.com (en) new 0 closed 0 open 1 late 1 asked 1/1 ending 1 head true`)
	h.scan("S3.9", failed, failed, failed)
	h.scan("S3.8", passed, failed)
	h.sweep(day(30 + 4)) // after some days of silence
	h.want("what was missed", `
digest hook S3.9/=1 S3.9/payments=1 S3.9/shop=1 new 3 closed 1 open 3 late 0 asked 0/0 ending 1 head true
digest post pay@example.com (ja) S3.9/payments=1 new 1 closed 0 open 1 late 0 asked 0/0 ending 0 head false
digest post sec@example.com (en) S3.9/=1 S3.9/payments=1 S3.9/shop=1 new 3 closed 1 open 3 late 0 asked 0/0 ending 1 head true`)
	h.sweep(day(30 + 5))
	h.want("the day before the last, a Saturday", `
ending hook S3.8/shop=1 in 1
ending post sec@example.com (en) S3.8/shop=1 in 1`)
	h.sweep(day(30 + 7))
	h.want("the last exception ended", `
digest hook new 0 closed 0 open 4 late 1 asked 0/0 ending 0 head true
digest post pay@example.com (ja) S3.9/payments=1 new 0 closed 0 open 1 late 0 asked 0/0 ending 0 head false
digest post sec@example.com (en) new 0 closed 0 open 4 late 1 asked 0/0 ending 0 head true
ended hook S3.8/shop=1
ended post sec@example.com (en) S3.8/shop=1`)
	// A scan that ended before the digest and was saved after it is in the next one.
	h.time = day(30 + 7).Add(-time.Hour)
	h.scan("S3.13", failed)
	h.sweep(day(30 + 8))
	h.want("what was saved late", `
digest hook S3.13/payments=1 new 1 closed 0 open 5 late 1 asked 0/0 ending 0 head true
digest post pay@example.com (ja) S3.9/payments=1 S3.13/payments=1 new 1 closed 0 open 2 late 0 asked 0/0 ending 0 head false
digest post sec@example.com (en) S3.13/payments=1 new 1 closed 0 open 5 late 1 asked 0/0 ending 0 head true`)
}

// TestDelivery: whoever takes a message has it alone until the lease is over; attempts
// come slower and slower, as late as the receiver asks, and end.
func TestDelivery(t *testing.T) {
	h := newHouse(t)
	h.scan("S3.8", passed, passed, failed)
	claim := func() []outbox.Stored {
		t.Helper()
		list, err := outbox.Claim(t.Context(), h.Keeper, []string{"hook"}, 5)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	first := claim()
	if len(first) != 1 || first[0].Message.Channel != "hook" || len(claim()) != 0 {
		t.Fatalf("%+v", first)
	}
	h.time = h.time.Add(outbox.Lease) // whoever took it died
	second := claim()
	if len(second) != 1 || second[0].Key != first[0].Key {
		t.Fatalf("%+v", second)
	}
	tell := func(a outbox.Attempt) outbox.Stored {
		t.Helper()
		s, err := outbox.Tell(t.Context(), h.Keeper, first[0].Key, a)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	said := map[locale.Lang]string{locale.English: "no"}
	if s := tell(outbox.Attempt{Error: said, Jitter: 0.5}); s.State != outbox.Failed || s.Due.Sub(h.time) != 30*time.Second {
		t.Errorf("%+v", s)
	}
	if s := tell(outbox.Attempt{Error: said, Jitter: 1}); s.Due.Sub(h.time) != 72*time.Second {
		t.Errorf("%+v", s)
	}
	if s := tell(outbox.Attempt{Error: said, After: time.Hour}); s.Due.Sub(h.time) != time.Hour {
		t.Errorf("%+v", s)
	}
	tries := 3
	for ; tries < 100; tries++ {
		s := tell(outbox.Attempt{Error: said, Jitter: 0.5})
		if s.State == outbox.GivenUp {
			break
		}
		h.time = s.Due
	}
	if tries < 15 || tries > 25 || len(claim()) != 0 {
		t.Errorf("given up after %d", tries)
	}
	if n, err := outbox.Retry(t.Context(), h.Keeper, nil); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if list := claim(); len(list) != 1 || list[0].Key != first[0].Key {
		t.Errorf("%+v", list)
	}
	if s := tell(outbox.Attempt{Error: said, Final: true}); s.State != outbox.GivenUp {
		t.Errorf("%+v", s)
	}
	// The other channel is delivered to by nobody: that is given up, too, and told.
	h.time = h.time.Add(4 * 24 * time.Hour)
	if err := outbox.Tidy(t.Context(), h.Keeper, said); err != nil {
		t.Fatal(err)
	}
	count := func(state string) (n int) {
		err := h.Store.View(t.Context(), func(r store.Reader) error {
			list, err := outbox.List(t.Context(), r, []string{state}, 0)
			n = len(list)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if count(outbox.GivenUp) != 2 || count(outbox.Waiting) != 0 {
		t.Errorf("%d given up, %d wait", count(outbox.GivenUp), count(outbox.Waiting))
	}
	h.time = h.time.Add(91 * 24 * time.Hour)
	if err := outbox.Tidy(t.Context(), h.Keeper, said); err != nil || count(outbox.GivenUp) != 0 {
		t.Errorf("%v: %d", err, count(outbox.GivenUp))
	}
}
