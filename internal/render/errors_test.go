package render_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render"
	"github.com/kumoban/kumoban/internal/render/roomtest"
	"github.com/kumoban/kumoban/internal/report"
)

// The texts that reports use serve here, too.
var _ render.TextSource = (*report.Texts)(nil)

func TestRefuses(t *testing.T) {
	stage := thing(restStage, "/restapis/a1b2c3d4e5/stages/prod")
	one := func(s plan.Step) *plan.Plan { return build(t, nil, s) }
	oddStep := one(plan.Step{Thing: stage, Changes: []plan.Change{change("TracingEnabled", false, true)}})
	oddStep.Steps[0].ID = "1\nx"
	later := "made it"
	for name, c := range map[string]struct {
		plan *plan.Plan
		as   string // "" for all
		want string
	}{
		"medium":           {cachePlan(t), "html", "html"},
		"type":             {one(plan.Step{Thing: named("AWS::S3::Bucket", "b")}), "", "AWS::S3::Bucket"},
		"property":         {one(plan.Step{Thing: stage, Changes: []plan.Change{change("Description", nil, "x")}}), "cli", later},
		"setting":          {one(plan.Step{Thing: stage, Changes: []plan.Change{change(`MethodSettings["*/*"].X`, nil, "x")}}), "cli", later},
		"setting tf":       {one(plan.Step{Thing: stage, Changes: []plan.Change{change(`MethodSettings["*/*"].X`, nil, "x")}}), "terraform", later},
		"setting cfn":      {one(plan.Step{Thing: stage, Changes: []plan.Change{change(`MethodSettings["*/*"].X`, nil, "x")}}), "cloudformation", later},
		"guard":            {one(plan.Step{Thing: stage, Guards: []plan.Guard{{Property: "Nonsense"}}}), "cli", later},
		"no ARN":           {one(plan.Step{Thing: named(restStage, "x"), Changes: []plan.Change{change("TracingEnabled", false, true)}}), "cli", "no commands"},
		"odd ARN":          {one(plan.Step{Thing: plan.Thing{Type: v2Stage, ARN: arn("/vpclinks/x")}, Changes: []plan.Change{change("AccessLogSettings.Format", nil, "x")}}), "terraform", "/vpclinks/x"},
		"output":           {one(plan.Step{Thing: stage, Changes: []plan.Change{change("ClientCertificateId", nil, out("7", "ClientCertificateId"))}}), "cli", "step 7"},
		"output tf":        {one(plan.Step{Thing: stage, With: []plan.Change{same("DeploymentId", "d")}, Changes: []plan.Change{change("ClientCertificateId", nil, out("1", "Other"))}}), "terraform", "Other"},
		"output cfn":       {one(plan.Step{Thing: stage, Changes: []plan.Change{change("ClientCertificateId", nil, out("1", "Other"))}}), "cloudformation", "Other"},
		"secret reference": {one(plan.Step{Thing: stage, Changes: []plan.Change{change("ClientCertificateId", nil, "{{resolve:ssm:/x}}")}}), "cloudformation", "resolve"},
		"odd step":         {oddStep, "", "number"},
	} {
		t.Run(name, func(t *testing.T) {
			media := render.Media()
			if c.as != "" {
				media = []string{c.as}
			}
			cat, texts := texts(t, locale.English)
			for _, as := range media {
				var b bytes.Buffer
				err := render.Render(&b, c.plan, as, cat, texts)
				var e *locale.Error
				if !errors.As(err, &e) || !strings.Contains(e.Error(), c.want) || strings.Contains(e.Error(), "{") && name != "secret reference" {
					t.Errorf("%s: %v, want %q in it", as, err, c.want)
				}
				if b.Len() > 0 {
					t.Errorf("%s wrote %q before it failed", as, &b)
				}
			}
		})
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriterFails(t *testing.T) {
	cat, texts := texts(t, locale.English)
	for _, as := range render.Media() {
		if err := render.Render(full{}, cachePlan(t), as, cat, texts); err == nil {
			t.Errorf("%s: a full disk goes unnoticed", as)
		}
	}
	if err := render.Summary(full{}, cachePlan(t), cat, texts); err == nil {
		t.Error("summary: a full disk goes unnoticed")
	}
}

// A plan without steps, of controls that this version does not know, shows as
// what it is.
func TestNothingToDo(t *testing.T) {
	p := build(t, []plan.Fix{fix("S3.1", "x", named("AWS::S3::Bucket", "b"))})
	for _, as := range all() {
		for _, lang := range locale.Langs() {
			if text := show(t, p, as, lang); !strings.Contains(text, p.Digest) {
				t.Errorf("%s.%s:\n%s", as, lang, text)
			}
		}
	}
	if r := execute(t, show(t, p, "cli", locale.English), 0, ""); r.err != nil || len(r.calls) != 1 {
		t.Errorf("%v, %q", r.err, r.calls)
	}
}

// TestOneLanguage keeps the sentences of one catalogue out of the other's
// output, and sees that some plan shows each text.
func TestOneLanguage(t *testing.T) {
	shown := map[locale.Lang]string{}
	for _, lang := range locale.Langs() {
		var b strings.Builder
		for _, p := range plans(t) {
			for _, as := range all() {
				b.WriteString(show(t, p, as, lang))
			}
		}
		b.WriteString(show(t, build(t, nil), "summary", lang))
		for _, c := range roomtest.Samples() {
			for _, as := range all() {
				if !c.Printed(as) {
					continue
				}
				b.WriteString(show(t, c.Plan(roomtest.Placeholders()), as, lang))
			}
			if !c.Printed("terraform") {
				continue
			}
			cat, texts := texts(t, lang)
			var guide bytes.Buffer
			if err := render.Outline(&guide, c.Plan(roomtest.Placeholders()), "terraform", cat, texts); err != nil {
				t.Fatal(err)
			}
			b.Write(guide.Bytes())
		}
		shown[lang] = strings.ReplaceAll(b.String(), `'\''`, "'")
	}
	for _, lang := range locale.Langs() {
		cat, _ := texts(t, lang)
		for key, text := range cat.Keys() {
			name, ours := strings.CutPrefix(key, "render.")
			if !ours || strings.HasPrefix(text, "{") && len(text) < 40 {
				continue
			}
			piece := longest(text)
			for _, other := range locale.Langs() {
				if other != lang && len(piece) > 12 && strings.Contains(shown[other], piece) {
					t.Errorf("%s: %q stands in %s output", key, piece, other)
				}
			}
			if !strings.HasPrefix(name, "error.") && !strings.Contains(shown[lang], piece) {
				t.Errorf("no plan shows %s of %s: %q", key, lang, piece)
			}
		}
	}
}

// longest is the longest piece of a text between its places.
func longest(text string) string {
	best := ""
	for len(text) > 0 {
		piece, rest, _ := strings.Cut(text, "{")
		if len(piece) > len(best) {
			best = piece
		}
		_, text, _ = strings.Cut(rest, "}")
	}
	return best
}
