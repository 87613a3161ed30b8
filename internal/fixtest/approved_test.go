package fixtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/awsdouble"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/store"
	"github.com/kumoban/kumoban/internal/store/open"
)

func (s *stand) ofRun(name string) string {
	s.t.Helper()
	return s.path("state/runs/" + s.theRun() + "/" + name)
}

// stopped applies the plan until a call fails, so that nobody knows whether it
// acted.
func (s *stand) stopped(operation string, skip int) {
	s.t.Helper()
	rule := s.double.Fault(awsdouble.Fault{Operation: operation, Skip: skip, Kind: awsdouble.ServerError})
	s.apply(1)
	rule.Remove()
}

// forge replaces a plan by another that has a digest of its own.
func (s *stand) forge(file string, change func(*plan.Plan)) (digest string) {
	s.t.Helper()
	var p plan.Plan
	if err := json.Unmarshal(mustRead(s.t, file), &p); err != nil {
		s.t.Fatal(err)
	}
	change(&p)
	digest, err := p.Sum()
	if err != nil {
		s.t.Fatal(err)
	}
	p.Digest = digest
	data, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return digest
}

// entries are the audit log of the store beside the journals.
func (s *stand) entries() (list []audit.Entry) {
	s.t.Helper()
	return auditOf(s.t, s.path("state/kumoban.db"))
}

func auditOf(t testing.TB, address string) (list []audit.Entry) {
	t.Helper()
	kept, err := open.Existing(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	err = kept.View(t.Context(), func(r store.Reader) error {
		for e, err := range r.Audit(t.Context(), 1) {
			if err != nil {
				return err
			}
			list = append(list, e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestForgedPlan rewrites the plan of a run that stopped, with a digest of its
// own: nothing of it is executed, whoever else was deceived.
func TestForgedPlan(t *testing.T) {
	another := func(p *plan.Plan) { // the cache of the stage is to be unencrypted again
		for i := range p.Steps {
			for j := range p.Steps[i].Changes {
				if c := &p.Steps[i].Changes[j]; c.Will == true {
					c.Was, c.Will = true, false
				}
			}
		}
	}
	for name, deceive := range map[string]func(s *stand, was, is string){
		"the plan": func(*stand, string, string) {},
		"the plan and the journal": func(s *stand, was, is string) {
			file := s.ofRun("journal.jsonl")
			text := strings.Replace(string(mustRead(s.t, file)), was, is, 1)
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		inBubble(t, name, awsdouble.Options{}, func(t *testing.T, s *stand, _ state) {
			s.stopped("UpdateStage", 1)
			was := digestOf(t, s.ofRun("plan.json"))
			is := s.forge(s.ofRun("plan.json"), another)
			deceive(s, was, is)
			run := s.theRun()
			for _, args := range [][]string{{"resume", run}, {"undo", run, "--yes"}, {"undo", run, "--dry-run"}, {"verify", run}} {
				s.refuses("the plan of run "+run+" is not the one that was approved", append([]string{"fix"}, args...)...)
			}
			if e := s.must(0, "fix", "list"); name == "the plan" && !strings.Contains(e.err, "is not the one that was approved") {
				t.Errorf("list: %s", e)
			}
		})
	}
}

func digestOf(t testing.TB, file string) string {
	t.Helper()
	p, err := plan.Parse(bytes.TrimSpace(mustRead(t, file)))
	if err != nil {
		t.Fatal(err)
	}
	return p.Digest
}

// TestForgedInStore has a store that knows the run with another plan than the
// whole of its folder says.
func TestForgedInStore(t *testing.T) {
	inBubble(t, "journal, name and all", awsdouble.Options{}, func(t *testing.T, s *stand, _ state) {
		s.stopped("UpdateStage", 1)
		kept, err := open.Existing(t.Context(), s.path("state/kumoban.db"))
		if err != nil {
			t.Fatal(err)
		}
		run := s.theRun()
		err = kept.Update(t.Context(), func(w store.Writer) error {
			r, err := w.Run(t.Context(), run)
			if err != nil {
				return err
			}
			r.Digest = r.Digest[:8] + strings.Repeat("0", 56)
			return w.PutRun(t.Context(), r)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := kept.Close(); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"resume", run}, {"undo", run, "--yes"}, {"undo", run, "--dry-run"}, {"verify", run}} {
			s.refuses("is not the one that was approved", append([]string{"fix"}, args...)...)
		}
		// Who wants no store to be asked has the journal alone.
		s.must(0, "fix", "resume", run, "--no-store")
	})
}

// TestOldJournal goes back, but not on, with a run that an older kumoban began.
func TestOldJournal(t *testing.T) {
	older := func(s *stand) {
		file := s.ofRun("journal.jsonl")
		var kept []byte
		for line := range bytes.Lines(mustRead(s.t, file)) {
			if bytes.Contains(line, []byte(`"step"`)) {
				kept = append(kept, line...)
			}
		}
		if err := os.WriteFile(file, kept, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	inBubble(t, "with steps left", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.stopped("UpdateStage", 1)
		older(s)
		run := s.theRun()
		s.refuses("does not say which plan was approved, for an older kumoban wrote it: kumoban fix undo "+run+" goes back", "fix", "resume", run)
		s.must(1, "fix", "verify", run)
		back(t, s, before)
		s.refuses("was undone", "fix", "resume", run)
	})
	inBubble(t, "with none left", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.apply(0)
		older(s)
		s.must(0, "fix", "verify", s.theRun())
		s.must(0, "fix", "resume", s.theRun())
		back(t, s, before)
	})
}

// TestOldRun lets what has begun end, however old the plan is, and begins
// nothing.
func TestOldRun(t *testing.T) {
	const week = 7 * 24 * time.Hour
	inBubble(t, "in time", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.stopped("UpdateStage", 1)
		time.Sleep(week - time.Hour)
		s.must(0, "fix", "resume", s.theRun())
		back(t, s, before)
	})
	inBubble(t, "with a step begun", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.stopped("UpdateStage", 1) // step 3
		time.Sleep(week + time.Hour)
		e := s.must(1, "fix", "resume", s.theRun())
		if !strings.Contains(e.out, "step 3 done") || !strings.Contains(e.out, "step 4 not done") || !strings.Contains(e.err, "so no further step of it begins: kumoban fix undo "+s.theRun()) ||
			strings.Contains(e.err, "fix resume") {
			t.Errorf("%s", e)
		}
		entries := len(s.entries())
		s.refuses("so no further step of it begins", "fix", "resume", s.theRun())
		if n := len(s.entries()); n != entries {
			t.Errorf("%d entries of the audit log about a run that did not go on", n-entries)
		}
		back(t, s, before)
	})
	inBubble(t, "all begun", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.stopped("UpdateStage", 2) // step 8, the last
		time.Sleep(week + time.Hour)
		s.must(0, "fix", "resume", s.theRun())
		back(t, s, before)
	})
}

// TestRunNames gives names that lead out of the folder of runs, and what lies in
// the place of a run and is none.
func TestRunNames(t *testing.T) {
	inBubble(t, "all", awsdouble.Options{}, func(t *testing.T, s *stand, _ state) {
		s.apply(0)
		run := s.theRun()
		elsewhere := s.path("elsewhere")
		if err := os.CopyFS(elsewhere, os.DirFS(s.path("state/runs/"+run))); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(s.path("state"), os.DirFS(s.path("state/runs/"+run))); err != nil { // "..", as it were
			t.Fatal(err)
		}
		if err := os.CopyFS(s.path("state/runs"), os.DirFS(s.path("state/runs/"+run))); err != nil { // "."
			t.Fatal(err)
		}
		for _, name := range []string{"..", ".", "", "a/b", "../state", run + "/", "./" + run, "../runs/" + run, elsewhere, strings.Replace(run, "-", "_", 1), run[:len(run)-8] + "ABCDEF01", run + "-01", "x" + run, run + "\n"} {
			for _, verb := range []string{"undo", "resume", "verify"} {
				args := []string{"fix", verb, name}
				if verb == "undo" {
					args = append(args, "--yes")
				}
				s.refuses("there is no run ", args...)
			}
		}
		file, link := "20260101-000000-"+run[len(run)-8:], "20260102-000000-"+run[len(run)-8:]
		if err := os.WriteFile(s.path("state/runs/"+file), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, s.path("state/runs/"+link)); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{file, link} {
			for _, verb := range []string{"undo", "resume", "verify"} {
				s.refuses("is no folder, so it is no run", "fix", verb, name)
			}
		}
		e := s.must(0, "fix", "list")
		if !strings.Contains(e.out, run) || strings.Count(e.out, "\n") != 1 || strings.Count(e.err, "is no folder") != 2 {
			t.Errorf("list: %s", e)
		}
		// Parts of a run that only lead elsewhere.
		for _, part := range []string{"plan.json", "journal.jsonl", "lock"} {
			made := "20260103-000000-" + run[len(run)-8:]
			at := s.path("state/runs/" + made)
			if err := os.CopyFS(at, os.DirFS(elsewhere)); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(at, part)); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(elsewhere, part), filepath.Join(at, part)); err != nil {
				t.Fatal(err)
			}
			s.refuses("is no file that kumoban wrote", "fix", "undo", made, "--yes")
			if err := os.RemoveAll(at); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestUndoOfNothing undoes a run that changed nothing: it does not go on later.
func TestUndoOfNothing(t *testing.T) {
	inBubble(t, "drifted", awsdouble.Options{}, func(t *testing.T, s *stand, _ state) {
		s.certify()
		s.apply(1)
		s.patchREST("/clientCertificateId", "")
		before := s.state()
		s.must(0, "fix", "undo", s.theRun(), "--yes")
		s.refuses("was undone: make a new plan", "fix", "resume", s.theRun())
		same(t, "undo and resume", before, s.state())
		if e := s.must(0, "fix", "list"); !strings.Contains(e.out, "  undone  ") {
			t.Errorf("list: %s", e)
		}
	})
}

// logged writes an event into a log group, as a stage does.
func (s *stand) logged(group string) {
	s.t.Helper()
	key, _ := s.double.CredentialsFor(account)
	for _, c := range [][2]string{
		{"CreateLogStream", `{"logGroupName":"` + group + `","logStreamName":"s"}`},
		{"PutLogEvents", `{"logGroupName":"` + group + `","logStreamName":"s","logEvents":[{"timestamp":1,"message":"GET /"}]}`},
	} {
		request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "https://logs."+region+".amazonaws.com/", strings.NewReader(c[1]))
		if err != nil {
			s.t.Fatal(err)
		}
		request.Header.Set("X-Amz-Target", "Logs_20140328."+c[0])
		request.Header.Set("Content-Type", "application/x-amz-json-1.1")
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+key+"/20260101/"+region+"/logs/aws4_request, SignedHeaders=host, Signature=0")
		answer, err := s.double.Transport().RoundTrip(request)
		if err != nil || answer.StatusCode != http.StatusOK {
			s.t.Fatal(c[0], answer, err)
		}
		_ = answer.Body.Close()
	}
}

// TestUndoAgain undoes what was undone: nothing is done, and nothing is told to
// the audit log, also where something stayed that might be free by now.
func TestUndoAgain(t *testing.T) {
	inBubble(t, "whole", awsdouble.Options{}, func(t *testing.T, s *stand, before state) {
		s.apply(0)
		back(t, s, before)
		undone, entries, calls := s.state(), s.entries(), len(s.calls(0))
		journal := mustRead(t, s.ofRun("journal.jsonl"))
		for _, args := range [][]string{{"--yes"}, {"--yes", "--lang", "ja"}, {}} { // there is nothing to ask about either
			e := s.must(0, append([]string{"fix", "undo", s.theRun()}, args...)...)
			if !strings.Contains(e.out, "Nothing was to be done") && !strings.Contains(e.out, "何もする必要はありませんでした") {
				t.Errorf("%s", e)
			}
		}
		same(t, "undo again", undone, s.state())
		if list := s.calls(calls); len(list) > 0 {
			t.Errorf("calls: %v", list)
		}
		if n := len(s.entries()); n != len(entries) || !bytes.Equal(journal, mustRead(t, s.ofRun("journal.jsonl"))) {
			t.Errorf("%d entries of the audit log, had %d", n, len(entries))
		}
	})
	t.Run("with a log that holds events", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newStand(t, awsdouble.Options{}, `{"apis": [{"apiId": "http000001", "name": "web", "protocolType": "HTTP", "stages": [{"stageName": "prod"}]}]}`)
			s.must(0, "fix", "plan", "--control", "APIGateway.9", "--out", s.path("plan.json"))
			s.apply(0)
			s.logged("/aws/vendedlogs/kumoban/http000001/prod")
			e := s.must(0, "fix", "undo", s.theRun(), "--yes")
			if !strings.Contains(e.out, "stays: it holds data") {
				t.Fatalf("undo: %s", e)
			}
			entries := len(s.entries())
			e = s.must(0, "fix", "undo", s.theRun(), "--yes")
			if !strings.Contains(e.out, "Nothing was to be done") || len(s.entries()) != entries {
				t.Errorf("%d new entries: %s", len(s.entries())-entries, e)
			}
		})
	})
}
