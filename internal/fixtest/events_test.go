package fixtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/plan"
)

// untraced is a stage that APIGateway.3 and APIGateway.5 find fault with.
const untraced = `{"restApis": [{"id": "rest000001", "name": "orders", "stages": [
	{"stageName": "v1", "cacheClusterEnabled": true, "methodSettings": {"*/*": {"cachingEnabled": true}}}]}]}`

// event is one as it comes from Security Hub, in a file of the stand.
func (s *stand) event(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join("../report/internal/asff/testdata", name))
	if err != nil {
		s.t.Fatal(err)
	}
	return s.write(name, string(data))
}

// controls are those that a plan mends.
func (s *stand) controls(file string) (ids []string) {
	s.t.Helper()
	var p plan.Plan
	if err := json.Unmarshal(mustRead(s.t, file), &p); err != nil {
		s.t.Fatal(err)
	}
	for _, f := range p.Fixes {
		ids = append(ids, f.Control)
	}
	return ids
}

// TestEvents plans from events on all their ways, and leaves out what they say
// is suppressed or archived.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, awsdouble.Options{}, untraced)
		for name, want := range map[string]string{"ev_sns.json": "APIGateway.3", "ev_sqs.json": "APIGateway.3", "ev_lines.json": "APIGateway.3 APIGateway.5"} {
			out := s.path(name + ".plan")
			s.must(0, "fix", "plan", "--finding", s.event(name), "--out", out)
			if got := strings.Join(s.controls(out), " "); got != want {
				t.Errorf("%s: planned %s, want %s", name, got, want)
			}
		}
		for name, word := range map[string]string{"ev_suppressed.json": "suppressed", "ev_archived.json": "archived"} {
			file, out := s.event(name), s.path(name+".plan")
			before := s.state()
			for _, to := range []string{out, "-"} {
				e := s.must(0, "fix", "plan", "--finding", file, "--out", to, "-q")
				if e.out != "" || !strings.Contains(e.err, "no plan is made") {
					t.Errorf("%s: %s", name, e)
				}
			}
			if _, err := os.Stat(out); err == nil {
				t.Errorf("%s: a plan was written", name)
			}
			e := s.must(0, "fix", "plan", "--finding", file, "--out", out)
			if !strings.Contains(e.err, "left out: APIGateway.3 arn:aws:apigateway:ap-northeast-1::/restapis/rest000001/stages/v1: the finding says that it is "+word) {
				t.Errorf("%s: %s", name, e)
			}
			s.must(0, "fix", "plan", "--finding", file, "--out", out, "--include-suppressed")
			if got := strings.Join(s.controls(out), " "); got != "APIGateway.3" {
				t.Errorf("%s, taken: planned %s", name, got)
			}
			same(t, name, before, s.state())
		}
		// Of a stream the last word about a finding counts, and others are planned.
		now, lines := string(mustRead(t, s.event("ev_suppressed.json"))), string(mustRead(t, s.event("ev_lines.json")))
		was := strings.Replace(now, "SUPPRESSED", "NEW", 1)
		for name, c := range map[string]struct{ in, want string }{
			"suppressed at last": {was + now + lines[strings.Index(lines, "\n"):], "APIGateway.5"},
			"taken back at last": {now + was, "APIGateway.3"},
		} {
			s.must(0, "fix", "plan", "--finding", s.write("stream.json", c.in), "--out", s.path("stream.plan"))
			if got := strings.Join(s.controls(s.path("stream.plan")), " "); got != c.want {
				t.Errorf("%s: planned %s, want %s", name, got, c.want)
			}
		}
		s.refuses("stream.json: line 3: ", "fix", "plan", "--finding", s.write("stream.json", now+"\n"+lines[:len(lines)-40]))
	})
}
