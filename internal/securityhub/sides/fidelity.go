package sides

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// Case is a row of docs/fidelity.md: a question that no source settles.
type Case struct {
	ID     string // "E9"
	Recipe string // "R6", which settles it
}

// Page is where the case's recipe is told, from the repository's root.
func (c Case) Page() string { return "docs/fidelity.md#" + strings.ToLower(c.Recipe) }

// side is what a case looks at.
type side struct {
	ours    *lifecycle.Record
	theirs  *report.Held
	archive bool // theirs is archived, or not there
}

// said tells whether our verdict on a control came with a message or note.
func (s *side) said(status control.Status, keys ...string) bool {
	if s.ours == nil || s.ours.Status != status {
		return false
	}
	return slices.Contains(keys, s.ours.Message.Key) ||
		slices.ContainsFunc(s.ours.Notes, func(n locale.Message) bool { return slices.Contains(keys, n.Key) })
}

// spares tells whether Security Hub does not judge the resource.
func (s *side) spares() bool { return s.archive || s.theirs.Status == "NOT_AVAILABLE" }

func (s *side) theyPass() bool { return !s.archive && s.theirs.Status == "PASSED" }
func (s *side) theyFail() bool { return !s.archive && s.theirs.Status == "FAILED" }
func (s *side) theyJudge() bool {
	return !s.archive && (s.theirs.Status == "PASSED" || s.theirs.Status == "FAILED")
}

// arg is a message's argument as text.
func (s *side) arg(name string) string {
	for _, a := range s.ours.Message.Args {
		if text, ok := a.Value.(string); ok && a.Name == name {
			return text
		}
	}
	return ""
}

// question is a case, and when it may be behind a difference.
type question struct {
	Case
	control string // the number of APIGateway.n; "": any
	may     func(*side) bool
}

// questions follow docs/fidelity.md. E14, E20, A1 and A6 cannot be told from a
// pair of findings.
func questions() []question { return slices.Concat(restQuestions(), v2Questions(), allQuestions()) }

// restQuestions are about controls of REST stages, v2Questions about those of
// HTTP and WebSocket APIs, and allQuestions about any control.
func restQuestions() []question {
	failed, passed, exempt := control.Failed, control.Passed, control.NotApplicable
	return []question{
		{Case{"E1", "R1"}, "1", func(s *side) bool { return s.said(exempt, "httpAPI") && s.theyJudge() }},
		{Case{"E2", "R2"}, "1", func(s *side) bool {
			return s.said(passed, "overrides") && s.theyFail() || s.said(failed, "overrides") && s.theyPass()
		}},
		{Case{"E3", "R3"}, "2", func(s *side) bool {
			return s.said(exempt, "noHTTP") && s.theyJudge() || s.said(passed, "set") && s.spares()
		}},
		{Case{"E4", "R3"}, "2", func(s *side) bool { return s.said(failed, "missing") && (s.spares() || s.theyPass()) }},
		{Case{"E5", "R3"}, "2", func(s *side) bool { return s.said(failed, "missing") && (s.spares() || s.theyPass()) }},
		{Case{"E6", "R4"}, "4", func(s *side) bool { return s.said(failed, "none") && s.spares() }},
		{Case{"E7", "R5"}, "4", func(s *side) bool { return s.said(failed, "none") && s.theyPass() }},
		{Case{"E8", "R6"}, "5", func(s *side) bool { return s.said(passed, "nothingCached") && s.spares() }},
		{Case{"E9", "R6"}, "5", func(s *side) bool {
			return s.said(failed, "latent") && (s.theyPass() || s.spares()) || s.said(passed, "noCluster") && s.theyFail()
		}},
		{Case{"E10", "R7"}, "5", func(s *side) bool { return s.said(failed, "unencrypted") && s.theyPass() }},
		{Case{"E11", "R7"}, "5", func(s *side) bool { return s.said(failed, "unencrypted") && s.theyPass() }},
	}
}

func v2Questions() []question {
	failed, passed, exempt := control.Failed, control.Passed, control.NotApplicable
	return []question{
		{Case{"E12", "R8"}, "8", func(s *side) bool {
			return s.said(failed, "cannotCarry") && (s.theyPass() || s.spares()) || s.said(exempt, "unauthorizable") && s.theyJudge()
		}},
		{Case{"E13", "R8"}, "8", func(s *side) bool {
			open := strings.HasPrefix(s.routeKey(), "OPTIONS ") || s.routeKey() == "$default"
			return open && s.said(failed, "open", "other") && (s.theyPass() || s.spares())
		}},
		{Case{"E15", "R9"}, "9", func(s *side) bool { return s.said(failed, "noDestination") && s.theyPass() }},
		{Case{"E16", "R10"}, "10", func(s *side) bool { return s.said(exempt, "public") && s.theyJudge() }},
		{Case{"E17", "R10"}, "10", func(s *side) bool { return s.said(exempt, "notHTTP") && s.theyJudge() }},
		{Case{"E18", "R10"}, "10", func(s *side) bool { return s.said(passed, "tls") && s.theyFail() }},
		{Case{"E19", "R11"}, "10", func(s *side) bool { return s.said(passed, "finding.noResource", "finding.othersOnly") && s.archive }},
	}
}

func allQuestions() []question {
	return []question{
		{Case{"A2", "R10"}, "", func(s *side) bool { return s.ours == nil && s.theirs.Ref.Type == resource.AccountType && s.theyPass() }},
		{Case{"A3", "R13"}, "", func(s *side) bool { return s.ours != nil && s.ours.Resource.Type == resource.AccountType && s.spares() }},
		{Case{"A5", "R14"}, "", func(s *side) bool { return s.ours != nil && s.ours.Status == control.Unknown && s.archive }},
	}
}

func (s *side) routeKey() string {
	if s.ours == nil {
		return ""
	}
	return s.arg("route")
}

// cases lists those that may be behind a difference; r or f may be nil.
func (c *comparer) cases(r *lifecycle.Record, f *report.Held) []Case {
	s := side{r, f, f == nil || f.RecordState == string(lifecycle.Archived)}
	var id string
	if r != nil {
		id = r.Control
	} else {
		id = f.Control
	}
	if r == nil && (f.Ref.Type != resource.AccountType || !c.exempt[c.scopeOf(id, &f.Ref)]) {
		return nil // A2 needs resources of ours that are all exempt
	}
	var out []Case
	for _, q := range questions() {
		if (q.control == "" || strings.EqualFold(id, "APIGateway."+q.control)) && q.may(&s) {
			out = append(out, q.Case)
		}
	}
	return out
}
