package report_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

func dayOf(day int) time.Time { return time.Date(2026, 10, day, 9, 30, 0, 0, time.UTC) }

// exported is what a store knows of four findings: let be until a day, let be
// without end and archived, with a note, and as it was found.
func exported(t testing.TB) *scan {
	t.Helper()
	s := newScan(t)
	s.Exported, s.Ended = true, s.Started
	s.Accounts = []resource.Account{{Partition: "aws", ID: "111122223333", Regions: []string{"ap-northeast-1"}}}
	at := scope("111122223333", "ap-northeast-1")
	kept := func(workflow string) *finding.Kept {
		return &finding.Kept{Workflow: workflow, Own: control.Medium, FirstSeen: dayOf(1), LastSeen: dayOf(9), Changed: dayOf(5), Updated: dayOf(7), Reopened: 2}
	}
	add := func(tail string, k *finding.Kept) *finding.Finding {
		f := s.add("APIGateway.9", ref(at, v2Stage, "/apis/"+tail+"/stages/live", tail), control.Fail("none"), "")
		f.Kept, k.Own = k, f.Severity
		return f
	}
	k := kept("SUPPRESSED")
	k.Exception = &finding.Exception{ID: "x-1", Reason: "=replaced, soon", Until: dayOf(31), By: "mina", ApprovedBy: "ken"}
	f := add("a", k)
	f.Severity, f.Tags = control.High, map[string]string{"Owner": "shop", "env": "prod"}
	k = kept("SUPPRESSED")
	k.Archived, k.Exception = true, &finding.Exception{ID: "x-2", Reason: "by rule", By: "rule:dev", While: []string{"tag env=dev", "no custom domain"}, UnreadSince: dayOf(7), Unread: "tag env=dev", UnreadWhy: "apigateway:GetStages AccessDenied"}
	add("b", k)
	k = kept("NOTIFIED")
	k.Note = &finding.Note{Text: "asked the team", By: "hana", At: dayOf(6)}
	add("c", k)
	k = kept("NEW")
	k.Updated = k.FirstSeen
	add("d", k)
	return s
}

func TestASFFOfWhatIsKept(t *testing.T) {
	var list []map[string]any
	check(t, json.Unmarshal([]byte(render(t, exported(t), "asff", locale.English, report.Options{})), &list))
	type row struct{ Workflow, State, First, Last, Created, Updated, Severity, Original, Note, NoteBy, Reason, Until any }
	var got []row
	for _, f := range list {
		got = append(got, row{
			at(f, "Workflow.Status"), f["RecordState"], f["FirstObservedAt"], f["LastObservedAt"], f["CreatedAt"], f["UpdatedAt"], at(f, "Severity.Label"),
			at(f, "Severity.Original"), at(f, "Note.Text"), at(f, "Note.UpdatedBy"), at(f, "ProductFields.kumoban/exceptionReason"), at(f, "ProductFields.kumoban/exceptionUntil"),
		})
	}
	first, nine, five := "2026-10-01T09:30:00.000Z", "2026-10-09T09:30:00.000Z", "2026-10-05T09:30:00.000Z"
	want := []row{
		{"SUPPRESSED", "ACTIVE", five, nine, first, nine, "HIGH", "MEDIUM", "=replaced, soon", "mina", "=replaced, soon", "2026-10-31T09:30:00.000Z"},
		{"SUPPRESSED", "ARCHIVED", five, nine, first, nine, "MEDIUM", "MEDIUM", "by rule", "rule:dev", "by rule", nil},
		{"NOTIFIED", "ACTIVE", five, nine, first, nine, "MEDIUM", "MEDIUM", "asked the team", "hana", nil, nil},
		{"NEW", "ACTIVE", five, nine, first, nine, "MEDIUM", "MEDIUM", nil, nil, nil, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOCSFOfWhatIsKept(t *testing.T) {
	schema := newOCSF(t)
	type row struct{ Status, Activity, First, Last, Modified, Comment any }
	var got []row
	for _, e := range ocsf(t, exported(t), locale.English) {
		for _, fault := range schema.event(e) {
			t.Error(fault)
		}
		got = append(got, row{e["status"], e["activity_name"], at(e, "finding_info.first_seen_time"), at(e, "finding_info.last_seen_time"), at(e, "finding_info.modified_time"), e["comment"]})
	}
	first, nine := float64(dayOf(1).UnixMilli()), float64(dayOf(9).UnixMilli())
	want := []row{
		{"Suppressed", "Update", first, nine, nine, "=replaced, soon"}, {"Archived", "Close", first, nine, nine, "by rule"},
		{"In Progress", "Update", first, nine, nine, "asked the team"}, {"New", "Create", first, nine, nine, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCSVOfWhatIsKept(t *testing.T) {
	read := func(s *scan, opts report.Options) [][]string {
		rows, err := csv.NewReader(strings.NewReader(render(t, s, "csv", locale.English, opts))).ReadAll()
		check(t, err)
		return rows
	}
	rows, plain := read(exported(t), report.Options{Kept: true}), read(exported(t), report.Options{})
	n := len(plain[0])
	for i := range plain {
		if diff := cmp.Diff(plain[i], rows[i][:n]); diff != "" {
			t.Errorf("the columns of a scan are others:\n%s", diff)
		}
	}
	want := [][]string{
		{"workflow", "record_state", "first_seen", "last_seen", "changed", "reopened", "own_severity", "exception", "exception_reason", "exception_until", "exception_approved_by", "note", "note_by", "tags", "exception_while"},
		{"SUPPRESSED", "ACTIVE", "2026-10-01T09:30:00Z", "2026-10-09T09:30:00Z", "2026-10-05T09:30:00Z", "2", "MEDIUM", "x-1", "'=replaced, soon", "2026-10-31T09:30:00Z", "ken", "", "", "Owner=shop; env=prod", ""},
	}
	if diff := cmp.Diff(want, [][]string{rows[0][n:], rows[1][n:]}); diff != "" {
		t.Error(diff)
	}
	none := exported(t)
	none.findings = nil
	if rows := read(none, report.Options{Kept: true}); len(rows) != 1 || len(rows[0]) != n+len(want[0]) {
		t.Errorf("an empty export has %v", rows)
	}
}

// TestExportIsNoScan: text and page say when the findings were exported, what
// became of them, and nothing that only a scan can say.
func TestExportIsNoScan(t *testing.T) {
	none := exported(t)
	none.findings = nil
	for _, verbose := range []bool{false, true} {
		got := render(t, none, "text", locale.English, report.Options{Verbose: verbose, Store: " --store=x.db"})
		if !strings.HasSuffix(got, "\nNext: kumoban findings list --store=x.db\n") || strings.Contains(got, "controls list") {
			t.Error(got)
		}
	}
	none.Controls = nil
	if got := render(t, none, "html", locale.English, report.Options{}); !strings.Contains(got, `<p class="kicker">Security findings · `) || !strings.Contains(got, "None of the findings that were exported") {
		t.Error(got)
	}
	for _, format := range []string{"text", "html"} {
		got := render(t, exported(t), format, locale.English, report.Options{Verbose: true})
		for _, want := range []string{
			"2026-11-21 03:04:05 UTC", "SUPPRESSED; first seen 2026-10-01, last seen 2026-10-09, changed 2026-10-05", "accepted until 2026-10-31 09:30:00 UTC by mina (x-1): =replaced, soon",
			"accepted without end by rule:dev (x-2): by rule", "ARCHIVED, SUPPRESSED;", "note of hana: asked the team", "severity HIGH; the control&#39;s own: MEDIUM", "Exported",
		} {
			if format == "text" {
				want = strings.ReplaceAll(want, "&#39;", "'")
			}
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q\n%s", format, want, got)
			}
		}
		for _, bad := range []string{"Scanned", "took", "controls pass", "class=\"ring\"", "no API Gateway resource"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s says %q", format, bad)
			}
		}
	}
	if got := render(t, exported(t), "json", locale.English, report.Options{}); strings.Contains(got, `"score"`) {
		t.Error("what flags chose has a score")
	}
}
