package asff

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
	"github.com/kumoban/kumoban/internal/resource"
)

func importsOf(t *testing.T, version string) *Imports {
	t.Helper()
	cat, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := stream.NewTexts(cat, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	return NewImports(texts, controls.All(), version)
}

func kept() (*finding.Finding, Standing) {
	at := time.Date(2026, 11, 20, 1, 2, 3, 4_567_890, time.UTC)
	f := &finding.Finding{
		Control: "APIGateway.3", Severity: control.Low, Status: control.Failed, Message: locale.M("off"),
		Resource: resource.Ref{
			Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}, Type: "AWS::ApiGateway::Stage",
			ARN: "arn:aws:apigateway:ap-northeast-1::/restapis/a1b2c3d4e5/stages/prod", Name: "orders/prod",
		},
	}
	return f, Standing{Workflow: "NEW", CreatedAt: at, FirstObservedAt: at.Add(time.Hour), LastObservedAt: at.Add(2 * time.Hour), UpdatedAt: at.Add(3 * time.Hour)}
}

// TestImport reads back what stands in an import.
func TestImport(t *testing.T) {
	f, s := kept()
	s.Workflow, s.Archived, s.Override = "SUPPRESSED", true, control.Critical
	data, ok := importsOf(t, "1").Finding(f, s).Encode(10_000)
	h, err := ReadHeld(data, controls.All())
	if !ok || err != nil || h == nil {
		t.Fatalf("%t, %v: %s", ok, err, data)
	}
	ms := func(d time.Duration) time.Time { return s.CreatedAt.Add(d).Truncate(time.Millisecond) }
	if h.ID != f.ID() || !h.Ours || h.Severity != "CRITICAL" || h.RecordState != "ARCHIVED" || h.Workflow != "SUPPRESSED" || h.Status != "FAILED" ||
		!h.CreatedAt.Equal(ms(0)) || !h.FirstObservedAt.Equal(ms(time.Hour)) || !h.LastObservedAt.Equal(ms(2*time.Hour)) || !h.UpdatedAt.Equal(ms(3*time.Hour)) {
		t.Errorf("%+v", h)
	}
	var raw struct {
		Severity              struct{ Label, Original string }
		FindingProviderFields struct {
			Severity struct{ Label, Original string }
		}
	}
	if err := json.Unmarshal(data, &raw); err != nil || raw.Severity.Original != "LOW" || raw.FindingProviderFields.Severity.Label != "CRITICAL" {
		t.Errorf("%+v, %v", raw, err)
	}
	f.Status = control.Passed
	data, _ = importsOf(t, "1").Finding(f, s).Encode(10_000)
	if h, err = ReadHeld(data, controls.All()); err != nil || h.Severity != "INFORMATIONAL" {
		t.Errorf("a pass with an override: %v, %v", h, err)
	}
}

// TestDigest changes with what Security Hub would take over, and with nothing else.
func TestDigest(t *testing.T) {
	digest := func(version string, change func(*finding.Finding, *Standing)) string {
		f, s := kept()
		change(f, &s)
		return importsOf(t, version).Finding(f, s).Digest()
	}
	base := digest("1", func(*finding.Finding, *Standing) {})
	for name, change := range map[string]func(*finding.Finding, *Standing){
		"status": func(f *finding.Finding, _ *Standing) { f.Status = control.Passed }, "archived": func(_ *finding.Finding, s *Standing) { s.Archived = true },
		"severity": func(_ *finding.Finding, s *Standing) { s.Override = control.High }, "message": func(f *finding.Finding, _ *Standing) { f.Message = locale.M("on") },
		"name": func(f *finding.Finding, _ *Standing) { f.Resource.Name = "x" }, "first": func(_ *finding.Finding, s *Standing) { s.FirstObservedAt = s.UpdatedAt },
	} {
		if digest("1", change) == base {
			t.Errorf("%s does not count", name)
		}
	}
	for name, change := range map[string]func(*finding.Finding, *Standing){
		"last": func(_ *finding.Finding, s *Standing) { s.LastObservedAt = s.LastObservedAt.Add(time.Hour) }, "updated": func(_ *finding.Finding, s *Standing) { s.UpdatedAt = s.UpdatedAt.Add(time.Hour) },
		"workflow": func(_ *finding.Finding, s *Standing) { s.Workflow = "RESOLVED" },
	} {
		if digest("2", change) != base {
			t.Errorf("%s counts", name)
		}
	}
}

// TestEncodeFits drops details first, then most of the description, and says
// when that is not enough.
func TestEncodeFits(t *testing.T) {
	f, s := kept()
	i := importsOf(t, "1").Finding(f, s)
	i.f.Description = strings.Repeat("あ", maxDescription)
	bare, _ := i.Encode(1 << 20)
	i.f.Resources[0].Details = &details{map[string]string{"file": strings.Repeat("<", 241_000)}}
	whole, ok := i.Encode(1 << 20)
	if !ok || len(whole) < 241_000 || len(whole) > 241_000+len(bare)+100 {
		t.Fatalf("%d bytes, %t: it is escaped, or lost something", len(whole), ok)
	}
	for _, c := range []struct {
		most, characters int
		ok               bool
	}{
		{len(whole), maxDescription, true}, {len(whole) - 1, maxDescription, true}, {len(bare), maxDescription, true},
		{len(bare) - 1, maxDescription / 4, true}, {len(bare) - 2500, maxDescription / 16, true}, {100, maxDescription / 16, false},
	} {
		data, ok := i.Encode(c.most)
		var got securityFinding
		if err := json.Unmarshal(data, &got); err != nil || ok != c.ok || ok && len(data) > c.most || len([]rune(got.Description)) != c.characters {
			t.Errorf("in %d bytes: %t, %d bytes, %d characters, %v", c.most, ok, len(data), len([]rune(got.Description)), err)
		}
	}
	if i.f.Resources[0].Details == nil || len([]rune(i.f.Description)) != maxDescription {
		t.Error("encoding changed the finding")
	}
}

// FuzzReadHeld never panics, and what it accepts can be compared.
func FuzzReadHeld(f *testing.F) {
	f.Add([]byte(`{"Id":"x","ProductArn":"arn:aws:securityhub:ap-northeast-1::product/aws/securityhub","AwsAccountId":"111122223333","CreatedAt":"2026-11-01T00:00:00Z",` +
		`"UpdatedAt":"2026-11-01T00:00:00Z","Resources":[{"Id":"arn:aws:apigateway:ap-northeast-1::/restapis/a/stages/b"}],"Compliance":{"Status":"FAILED","SecurityControlId":"apigateway.3"}}`))
	all := controls.All()
	f.Fuzz(func(t *testing.T, in []byte) {
		h, err := ReadHeld(in, all)
		if h != nil && (err != nil || h.ID == "" || h.Control == "" || h.Ref.ARN == "" || len(h.Ref.Account) != 12 || h.UpdatedAt.IsZero() && !strings.Contains(string(in), "0001")) {
			t.Errorf("%+v, %v", h, err)
		}
	})
}
