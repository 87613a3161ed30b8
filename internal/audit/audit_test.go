package audit

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/internal/locale"
)

// chainOf makes a log of n entries.
func chainOf(n int) []Entry {
	var log []Entry
	prev := Entry{}
	for i := range n {
		prev = Seal(prev, Entry{
			At:    time.Date(2026, 10, 1, 9, i, 0, 123456789, time.FixedZone("JST", 9*3600)),
			Actor: "arn:aws:iam::111122223333:user/hana", Action: "suppress", Subject: fmt.Sprintf("%032x", i),
			Reason: "検証環境 <b>\u2028&", Detail: fmt.Sprintf(`{"until":"2027-03-%02d"}`, i%28+1), Rows: fmt.Sprintf("%064x", i+7),
		})
		log = append(log, prev)
	}
	return log
}

func each(log []Entry) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range log {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func verify(t *testing.T, log []Entry, kept string) Report {
	t.Helper()
	r, err := Verify(each(log), kept)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func wantProblem(t *testing.T, what string, r Report, seq int64, faults ...Fault) {
	t.Helper()
	if r.Problem == nil || r.Problem.Seq != seq || !slices.Contains(faults, r.Problem.Fault) {
		t.Errorf("%s: %+v, want %v at %d", what, r.Problem, faults, seq)
	}
}

// TestKnownHash pins the encoding: a change of it would make every log that
// exists look changed. The figure was computed apart from this code.
func TestKnownHash(t *testing.T) {
	e := Seal(Entry{}, Entry{
		At: time.Date(2026, 10, 1, 0, 0, 0, 123456789, time.UTC), Actor: "hana", Action: "suppress", Subject: "f1", Reason: "なぜ", Detail: "{}",
	})
	const want = "a66da1ebec9a271a3440c9d11928db2a08b4bc9bdd90a0e78365d8263df8f522"
	if e.Seq != 1 || e.Prev != strings.Repeat("0", 64) || e.Hash != want {
		t.Errorf("%+v", e)
	}
}

func TestWhole(t *testing.T) {
	log := chainOf(20)
	if r := verify(t, log, ""); r.Problem != nil || r.Held || r.Entries != 20 || r.Last != log[19].Head() {
		t.Errorf("%+v", r)
	}
	for i := range log {
		for _, kept := range []string{log[i].Head(), log[i].Hash, " " + strings.ToUpper(log[i].Hash) + "\n"} {
			if r := verify(t, log, kept); r.Problem != nil || !r.Held || r.Grown != int64(19-i) {
				t.Errorf("head %q: %+v", kept, r)
			}
		}
	}
	if r := verify(t, nil, ""); r.Problem != nil || r.Last != "" {
		t.Errorf("an empty log: %+v", r)
	}
}

// TestEveryFieldCounts changes each field of each entry, once with the old
// hash and once sealed anew.
func TestEveryFieldCounts(t *testing.T) {
	log := chainOf(6)
	head := log[5].Head()
	for field := range reflect.TypeFor[Entry]().NumField() {
		name := reflect.TypeFor[Entry]().Field(field).Name
		for i := range log {
			bad := slices.Clone(log)
			v := reflect.ValueOf(&bad[i]).Elem().Field(field)
			switch old := v.Interface().(type) {
			case int64:
				v.SetInt(old + 1)
			case string:
				v.SetString("x" + old[1:])
			case time.Time:
				v.Set(reflect.ValueOf(old.Add(time.Microsecond)))
			default:
				t.Fatalf("field %s: nothing here changes a %T", name, old)
			}
			wantProblem(t, name, verify(t, bad, ""), int64(i+1), Changed)
			if name == "Seq" || name == "Prev" || name == "Hash" {
				continue
			}
			bad[i].Hash = bad[i].sum()
			if i < 5 {
				wantProblem(t, name+", sealed anew", verify(t, bad, ""), int64(i+2), Unlinked)
			} else {
				wantProblem(t, name+", the last one sealed anew", verify(t, bad, head), 6, Rewritten)
				wantProblem(t, name+", held to a bare hash", verify(t, bad, log[5].Hash), 7, CutOff)
			}
		}
	}
}

// TestLettersDoNotMove between fields that stand beside each other.
func TestLettersDoNotMove(t *testing.T) {
	a := Seal(Entry{}, Entry{Actor: "ab", Action: "c"})
	b := Seal(Entry{}, Entry{Actor: "a", Action: "bc"})
	if a.Hash == b.Hash {
		t.Error("two entries have one hash")
	}
}

// TestLossOrderAndCut does each of them in every place.
func TestLossOrderAndCut(t *testing.T) {
	log := chainOf(9)
	head := log[8].Head()
	for i := range log {
		seq := int64(i + 1)
		gone := slices.Delete(slices.Clone(log), i, i+1)
		if i < 8 {
			wantProblem(t, "deleted", verify(t, gone, ""), seq, Missing)
		}
		wantProblem(t, "doubled", verify(t, slices.Insert(slices.Clone(log), i, log[i]), ""), seq, Repeated)
		for j := i + 1; j < len(log); j++ {
			bad := slices.Clone(log)
			bad[i], bad[j] = bad[j], bad[i]
			wantProblem(t, "swapped", verify(t, bad, ""), seq, Moved)
		}
		cut := log[:i]
		wantProblem(t, "cut off", verify(t, cut, head), seq, CutOff)
		wantProblem(t, "cut off, bare hash", verify(t, cut, log[8].Hash), seq, CutOff)
		r := verify(t, cut, "")
		if r.Problem != nil || r.Held {
			t.Errorf("a cut does not show without a head, and the report must say so: %+v", r)
		}
		if m := r.Message(); m.Key != "audit.wholeUnheld" {
			t.Errorf("the report says %s", m.Key)
		}
	}
}

// TestWrittenAnew holds a log that is whole in itself to a kept head.
func TestWrittenAnew(t *testing.T) {
	log := chainOf(9)
	var other []Entry
	prev := Entry{}
	for i, e := range log {
		if i == 2 {
			e.Reason = "another"
		}
		prev = Seal(prev, e)
		other = append(other, prev)
	}
	if r := verify(t, other, ""); r.Problem != nil {
		t.Fatalf("%+v", r)
	}
	if r := verify(t, other, log[1].Head()); r.Problem != nil {
		t.Errorf("the head before the change: %+v", r)
	}
	wantProblem(t, "written anew", verify(t, other, log[5].Head()), 6, Rewritten)
}

// TestRandomHarm does several harms at once; whatever differs must show.
func TestRandomHarm(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	log := chainOf(12)
	for range 5000 {
		bad := slices.Clone(log)
		for range 1 + r.IntN(4) {
			if len(bad) == 0 {
				break
			}
			i, j := r.IntN(len(bad)), r.IntN(len(bad))
			switch r.IntN(5) {
			case 0:
				bad = slices.Delete(bad, i, i+1)
			case 1:
				bad[i], bad[j] = bad[j], bad[i]
			case 2:
				bad = slices.Insert(bad, i, bad[j])
			case 3:
				bad[i].Reason += "!"
			case 4:
				bad = bad[:i]
			}
		}
		report := verify(t, bad, log[11].Head())
		if same := reflect.DeepEqual(bad, log); same != (report.Problem == nil) {
			t.Fatalf("same %v, but %+v", same, report)
		}
	}
}

func TestBadHead(t *testing.T) {
	for _, bad := range []string{"x", "1:", ":" + origin, "0:" + origin, "-1:" + origin, "a:" + origin, origin + "0", origin[1:], "1:2:" + origin, strings.Repeat("z", 1<<20), "\x1b[2J"} {
		_, err := Verify(each(nil), bad)
		var sentence *locale.Error
		if !errors.As(err, &sentence) || len(err.Error()) > 300 || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

// TestMessages has a text for everything that a report can say.
func TestMessages(t *testing.T) {
	for _, lang := range locale.Langs() {
		c, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		reports := []Report{{Entries: 3}, {Entries: 3, Held: true}}
		for _, f := range []Fault{Changed, Missing, Moved, Repeated, Unlinked, CutOff, Rewritten, Unreadable} {
			reports = append(reports, Report{Problem: &Problem{4, f}})
		}
		for _, r := range reports {
			m := r.Message()
			if text := c.Text(m.Key, m.Args...); text == m.Key || strings.Contains(text, "{") {
				t.Errorf("%s: %q", m.Key, text)
			}
		}
	}
}

func TestSealMakesTextKeepable(t *testing.T) {
	e := Seal(Entry{}, Entry{Reason: "a\x00b\xff", Actor: "\xc3"})
	if e.Reason != "a\uFFFDb\uFFFD" || e.Actor != "\uFFFD" {
		t.Errorf("%q, %q", e.Reason, e.Actor)
	}
}

func exported(t testing.TB, log []Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, each(log)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExport(t *testing.T) {
	log := chainOf(7)
	data := exported(t, log)
	if n := bytes.Count(data, []byte("\n")); n != 7 {
		t.Errorf("%d lines", n)
	}
	var back []Entry
	for e, err := range ReadExport(bytes.NewReader(data)) {
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, e)
	}
	if !reflect.DeepEqual(back, log) {
		t.Errorf("%+v", back)
	}
	if r, err := VerifyExport(bytes.NewReader(data), log[6].Head()); err != nil || r.Problem != nil || r.Entries != 7 {
		t.Errorf("%+v, %v", r, err)
	}
	cut := data[:len(data)-30]
	if r, err := VerifyExport(bytes.NewReader(cut), log[6].Head()); err != nil || r.Problem == nil || *r.Problem != (Problem{7, Unreadable}) {
		t.Errorf("cut off within a line: %+v, %v", r.Problem, err)
	}
	long := append(slices.Clone(data), bytes.Repeat([]byte("x"), longest+1)...)
	if r, err := VerifyExport(bytes.NewReader(long), ""); err != nil || r.Problem == nil || *r.Problem != (Problem{8, Unreadable}) {
		t.Errorf("a line without end: %+v, %v", r.Problem, err)
	}
}

// TestExportHidesNothing refuses what a reader would see and no hash covers.
func TestExportHidesNothing(t *testing.T) {
	data := string(exported(t, chainOf(3)))
	for name, bad := range map[string]string{
		"one more name":    strings.Replace(data, `{"schemaVersion":1`, `{"note":"approved","schemaVersion":1`, 1),
		"a name twice":     strings.Replace(data, `"actor":`, `"actor":"somebody","actor":`, 1),
		"in another case":  strings.Replace(data, `"actor":`, `"Actor":`, 1),
		"a later version":  strings.Replace(data, `"schemaVersion":1`, `"schemaVersion":2`, 1),
		"nanoseconds":      strings.Replace(data, `123456Z`, `123456789Z`, 1),
		"two on a line":    strings.Replace(data, "}\n{", "}{", 1),
		"an empty line":    "\n" + data,
		"a different text": strings.Replace(data, "suppress", "resolve", 1),
	} {
		if bad == data {
			t.Fatalf("%s: nothing was replaced", name)
		}
		if r, err := VerifyExport(strings.NewReader(bad), ""); err != nil || r.Problem == nil || r.Problem.Seq != 1 {
			t.Errorf("%s: %+v, %v", name, r.Problem, err)
		}
	}
}

// FuzzVerifyExport: whatever is called whole and holds the head is the log,
// byte by byte.
func FuzzVerifyExport(f *testing.F) {
	log := chainOf(4)
	data := exported(f, log)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add(bytes.Replace(data, []byte("suppress"), []byte("s"), 1))
	f.Fuzz(func(t *testing.T, bad []byte) {
		r, err := VerifyExport(bytes.NewReader(bad), log[3].Head())
		if err != nil {
			t.Fatal(err)
		}
		// A file may have passed through a system that ends lines its own way.
		bad = bytes.TrimRight(bytes.ReplaceAll(bad, []byte("\r\n"), []byte("\n")), "\r\n")
		if r.Problem == nil && r.Grown == 0 && !bytes.Equal(bad, bytes.TrimSuffix(data, []byte("\n"))) {
			t.Fatalf("called whole: %q", bad)
		}
	})
}
