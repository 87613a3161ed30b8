package report_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
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
		"plain": "plain", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx",
		"\x00x": "'\x00x", "a=b": "a=b", `say "hi"`: `say "hi"`, "a,b": "a,b", `="a,b"`: `'="a,b"`, "注文/本番": "注文/本番", "": "",
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
	want := strings.Fields("id control severity status account region resource_type resource_id resource_name message notes reason not_offered")
	if diff := cmp.Diff([][]string{want}, none); diff != "" {
		t.Errorf("a scan that found nothing: %s", diff)
	}
}
