package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestBesideIsTold: what a run made worse is in its outcome, in both languages and as
// json, and decides the exit code.
func TestBesideIsTold(t *testing.T) {
	found := func(status control.Status) *finding.Finding {
		return &finding.Finding{Control: "S3.1", Status: status, Resource: resource.Ref{ARN: "arn:aws:s3:::logs", Name: "logs"}, Message: locale.M("fail")}
	}
	fails := app.Beside{Finding: found(control.Failed), Judged: true, Before: control.Passed}
	made := app.Beside{Finding: found(control.Failed), Made: true}
	blind := app.Beside{Finding: found(control.Unknown)}
	for name, c := range map[string]struct {
		beside app.Beside
		lang   locale.Lang
		format string
		want   string
		code   int
	}{
		"fails":        {fails, locale.English, "text", "S3.1 logs, a control that this plan is not about: PASSED before the run, now FAILED: ", exitFailed},
		"made":         {made, locale.English, "text", "S3.1 logs, a control that this plan is not about, on what the run made: FAILED: ", exitFailed},
		"blind":        {blind, locale.English, "text", "S3.1 logs, a control that this plan is not about: not evaluated before the run, now UNKNOWN: ", exitGaps},
		"fails, ja":    {fails, locale.Japanese, "text", "S3.1 logs (この計画の対象外のコントロール): 実行前は PASSED、現在は FAILED: ", exitFailed},
		"fails, json":  {fails, locale.English, "json", `"since": "before",` + "\n" + `      "before": "PASSED"`, exitFailed},
		"unseen, json": {blind, locale.English, "json", `"since": "unseen"`, exitGaps},
	} {
		catalog, err := locale.New(c.lang)
		if err != nil {
			t.Fatal(err)
		}
		var out, told bytes.Buffer
		p := &program{catalog: catalog, controls: controls.All, getenv: func(string) string { return "" }, stdout: &out, stderr: &told}
		if err := p.ran(&plan.Plan{}, &app.RunResult{Run: "r", Beside: []app.Beside{c.beside}}, nil, c.format, ""); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) || p.code != c.code {
			t.Errorf("%s: exit code %d, want %d:\n%s\nwant\n%s", name, p.code, c.code, out.String(), c.want)
		}
	}
}
