package report_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

func rows(t *testing.T, s *scan, opts report.Options) (string, [][]string) {
	t.Helper()
	out := render(t, s, "csv", locale.English, opts)
	got, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	check(t, err)
	return out, got
}

func TestCSVCells(t *testing.T) {
	tokyo := scope("111122223333", "ap-northeast-1")
	for name, want := range map[string]string{
		"plain": "plain", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "＝1+1": "'＝1+1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x", "全＝": "全＝", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx",
		"\x00x": "'\x00x", "a=b": "a=b", `say "hi"`: `say "hi"`, "a,b": "a,b", `="a,b"`: `'="a,b"`, "注文/本番": "注文/本番", "": "",
		" =1": "' =1", "\u200b=1": "'\u200b=1", "\u202e=1": "'\u202e=1", "\x1b=1": "'\x1b=1", "a;=1": "a;'=1", "a; ＠x;b": "a;' ＠x;b", "a;b-c": "a;b-c", "a\t+1": "a\t'+1",
		"a\n-1": "a\n'-1", "=1;=2": "'=1;'=2", "\x1b[31mred": "\x1b[31mred", "<b>x</b>": "<b>x</b>", "שלום": "שלום",
		"bad\xffbyte": "bad\ufffdbyte", "'quoted": "'quoted",
	} {
		s := newScan(t)
		s.add("APIGateway.3", ref(tokyo, restStage, "/x", name), control.Fail("off"), "")
		_, got := rows(t, s, report.Options{})
		// encoding/csv turns CRLF and a lone CR before LF into LF on reading.
		if diff := cmp.Diff(want, got[1][8]); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
	}
}

func TestCSVShape(t *testing.T) {
	out, got := rows(t, sample(t), report.Options{CSVBOM: true})
	if !strings.HasPrefix(out, "\ufeffid,control,") || strings.Count(out, "\ufeff") != 1 {
		t.Error("the byte order mark is not at the beginning, once")
	}
	if len(got) != 1+len(sample(t).findings) {
		t.Errorf("%d rows for %d findings", len(got)-1, len(sample(t).findings))
	}
	inCells := strings.Count(out, "\r\n/v1")
	if n := strings.Count(out, "\r\n") - inCells; n != len(got) || strings.Count(out, "\n")-inCells != n {
		t.Errorf("not every row ends in CRLF")
	}
	_, none := rows(t, newScan(t), report.Options{})
	want := strings.Fields("id control severity status account region resource_type resource_id resource_name message notes reason not_offered title remediation")
	if diff := cmp.Diff([][]string{want}, none); diff != "" {
		t.Errorf("a scan that found nothing: %s", diff)
	}
}

// Excel takes the leading zeros from a number, but not from a formula's text.
func TestCSVAccountsForExcel(t *testing.T) {
	at := scope("012345678901", "ap-northeast-1")
	for _, c := range []struct {
		opts          report.Options
		account, name string
	}{
		{report.Options{}, "012345678901", "'=1+1"},
		{report.Options{CSVBOM: true}, `="012345678901"`, "'=1+1"},
	} {
		s := newScan(t)
		s.add("APIGateway.3", ref(at, restStage, "/x", "=1+1"), control.Fail("off"), "")
		s.add("APIGateway.11", accountRef(at), control.Pass("finding.noResource"), "")
		s.add("APIGateway.3", ref(scope("1234", ""), restStage, "/x", "12345678901x"), control.Fail("off"), "")
		_, got := rows(t, s, c.opts)
		want := [][]string{{c.account, c.name}, {c.account, c.account}, {"1234", "12345678901x"}}
		for i := range want {
			if diff := cmp.Diff(want[i], []string{got[i+1][4], got[i+1][8]}); diff != "" {
				t.Errorf("row %d: %s", i, diff)
			}
		}
	}
}

// On a terminal, names do what they do in text: nothing.
func TestCSVOnTerminal(t *testing.T) {
	s := newScan(t)
	s.add("APIGateway.3", ref(scope("111122223333", "ap-northeast-1"), restStage, "/x", "=\x1b[2J\u202e\r\n,x"), control.Fail("off"), "")
	s.gap(resource.Gap{Scope: scope("", "\x1b[2J"), Name: "\a", Hides: []resource.Type{restStage}, Call: "c\x1b", Code: "d"})
	out, got := rows(t, s, report.Options{Terminal: true})
	if strings.ContainsAny(strings.ReplaceAll(out, "\r\n", ""), "\x1b\a\r\n\u202e") {
		t.Errorf("not safe: %q", out)
	}
	if want := `'=\x1b[2J\u202e\x0d\n,x`; got[1][8] != want {
		t.Errorf("got %q, want %q", got[1][8], want)
	}
}
