package spool_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/spool"
)

// fill sets everything that a value holds, to something that nothing else is.
func fill(v reflect.Value, n *int) {
	if v.Type() == reflect.TypeFor[*finding.Kept]() {
		return // no scan has it
	}
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d \x00\xff 注", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(-*n))
	case reflect.Uint8:
		v.SetUint(uint64(1 + *n%3))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Interface: // an argument's value
		v.Set(reflect.ValueOf([]any{*n, fmt.Sprint(*n), []string{fmt.Sprint(*n), ""}, &locale.Error{Message: locale.M("k", locale.A("n", *n))}}[*n%4]))
	default:
		panic(v.Kind())
	}
}

func stage(api string, status control.Status) *finding.Finding {
	f := &finding.Finding{Control: "APIGateway.1", Severity: control.Medium, Status: status, Message: locale.M("said")}
	f.Resource = resource.Ref{Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "r"}, Type: "T", ARN: "arn:" + api}
	return f
}

func all(t testing.TB, s *spool.Spool) (list []finding.Finding) {
	t.Helper()
	err := s.Each(func(o *lifecycle.Observation) error {
		list = append(list, o.Finding)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func spooled(t testing.TB, dir string, list []finding.Finding) *spool.Spool {
	t.Helper()
	s := spool.New(dir)
	t.Cleanup(s.Close)
	for i := range list {
		s.Add(&list[i])
	}
	return s
}

// TestNothingIsLost puts aside findings in which every field is set, is nil and
// is empty: whoever adds a field to findings is told of it here.
func TestNothingIsLost(t *testing.T) {
	var whole, bare, empty finding.Finding
	n := 0
	for range 4 { // each kind of argument at each place
		fill(reflect.ValueOf(&whole).Elem(), &n)
		bare.Control, empty.Control = fmt.Sprint("bare", n), fmt.Sprint("empty", n)
		empty.Notes, empty.Params, empty.Tags = []locale.Message{}, control.Params{}, map[string]string{}
		empty.Message.Args = []locale.Arg{}
		list := []finding.Finding{whole, bare, empty}
		if d := cmp.Diff(list, all(t, spooled(t, t.TempDir(), list))); d != "" {
			t.Error(d)
		}
		n++
	}
	other := *stage("a", control.Failed)
	other.Message = locale.M("k", locale.A("v", 1.5))
	if got := all(t, spooled(t, "", []finding.Finding{other}))[0].Message.Args[0].Value; got != "1.5" {
		t.Errorf("%#v", got)
	}
}

// many are findings of which some are named twice or more, near and far apart,
// with any status.
func many(r *rand.Rand, n int) []finding.Finding {
	list := make([]finding.Finding, n)
	for i := range list {
		api := i
		if r.IntN(10) == 0 && i > 0 {
			api = r.IntN(i)
		}
		list[i] = *stage(fmt.Sprint(api), control.Status(r.IntN(4)))
		list[i].Message = locale.M("said", locale.A("n", i), locale.A("long", strings.Repeat("x", r.IntN(200))))
	}
	return list
}

// TestGravestStands holds what the spool makes of findings that are named more
// than once to lifecycle.Merge, in memory, through a file, and where there is no
// room for one.
func TestGravestStands(t *testing.T) {
	for _, c := range []struct {
		n   int
		dir string
	}{{0, t.TempDir()}, {1, t.TempDir()}, {500, t.TempDir()}, {8_000, t.TempDir()}, {8_000, filepath.Join(t.TempDir(), "none")}} {
		list := many(rand.New(rand.NewPCG(1, uint64(c.n))), c.n)
		seen := make([]lifecycle.Observation, len(list))
		for i := range list {
			seen[i].Finding = list[i]
		}
		want := map[string]finding.Finding{}
		for _, o := range lifecycle.Merge(seen) {
			want[o.ID()] = o.Finding
		}
		s := spooled(t, c.dir, list)
		if s.Len() != len(want) {
			t.Errorf("%d findings, want %d of %d", s.Len(), len(want), c.n)
		}
		for range 2 { // a transaction that has to wait reads them again
			got := map[string]finding.Finding{}
			for _, f := range all(t, s) {
				got[f.ID()] = f
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d in %s: not what lifecycle.Merge makes of them", c.n, c.dir)
			}
		}
	}
}

// TestOrder hands findings on as they came.
func TestOrder(t *testing.T) {
	var list []finding.Finding
	for i := range 8_000 {
		list = append(list, *stage(fmt.Sprint(i), control.Passed))
	}
	if !reflect.DeepEqual(all(t, spooled(t, t.TempDir(), list)), list) {
		t.Error("not in their order")
	}
}

// TestNobodyElseReads looks for what lies on the disk meanwhile and afterwards.
func TestNobodyElseReads(t *testing.T) {
	dir := t.TempDir()
	s := spooled(t, dir, many(rand.New(rand.NewPCG(2, 2)), 8_000))
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left { // only where an open file cannot be removed
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
			t.Error(e.Name(), info.Mode(), err)
		}
	}
	if runtime.GOOS == "linux" && len(left) > 0 {
		t.Errorf("%v outlives the process", left)
	}
	s.Close()
	if left, err = os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// TestStops hands an error of whoever saves through.
func TestStops(t *testing.T) {
	s := spooled(t, t.TempDir(), many(rand.New(rand.NewPCG(3, 3)), 8_000))
	busy := errors.New("busy")
	n := 0
	err := s.Each(func(*lifecycle.Observation) error {
		if n++; n == 5_000 {
			return busy
		}
		return nil
	})
	if !errors.Is(err, busy) || n != 5_000 {
		t.Error(n, err)
	}
	if got := len(all(t, s)); got != s.Len() {
		t.Error(got, "then")
	}
}

// TestMemory holds a quarter of a million findings in next to nothing.
func TestMemory(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	const n = 250_000
	s := spooled(t, t.TempDir(), nil)
	for i := range n {
		s.Add(stage(fmt.Sprint(i), control.Passed))
	}
	if each := float64(heap()-before) / n; each > 8 {
		t.Errorf("%.0f bytes a finding", each)
	}
	if s.Len() != n {
		t.Error(s.Len())
	}
}
