package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Start is when the tests' time begins.
func Start() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 123456000, time.UTC) }

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// awkward are texts that a store must give back as they were.
func awkward() []string {
	return []string{
		"", "orders/prod", "注文 API/本番", "e\u0301 ≠ é", "💸", "a\tb\nc\r\x1b[31m\x7f", `"quoted" 'single' \ % _ [a-z] * ?`, "$1 ? {where} ; --",
		"\u202ertl", strings.Repeat("長い", 300),
	}
}

// Record makes the n-th record: the same for the same seed. Values come from
// short lists, so that filters meet many.
func Record(r *rand.Rand, n int) lifecycle.Record {
	seen := Start().Add(time.Duration(r.IntN(500)) * time.Hour)
	rec := lifecycle.Record{
		Control:  pick(r, "APIGateway.1", "APIGateway.2", "APIGateway.5", "APIGateway.11", "Lambda.1"),
		Severity: pick(r, control.Low, control.Medium, control.High, control.Critical),
		Source:   pick(r, lifecycle.SourceLive, lifecycle.SourceLive, "infra/[prod]", "app%_x"),
		Status:   pick(r, control.Unknown, control.Passed, control.Failed, control.NotApplicable),
		Previous: pick(r, control.Unknown, control.Passed, control.Failed),
		Reason:   pick(r, "", "", finding.ReasonEmpty, lifecycle.ReasonGone), NotOffered: r.IntN(10) == 0,
		Workflow: pick(r, lifecycle.New, lifecycle.New, lifecycle.Notified, lifecycle.Suppressed, lifecycle.Resolved),
		State:    pick(r, lifecycle.Active, lifecycle.Active, lifecycle.Active, lifecycle.Archived), Reopened: r.IntN(3),
		FirstSeen: seen, LastSeen: seen.Add(time.Hour), Changed: seen.Add(time.Duration(r.IntN(3)) * time.Minute), Updated: seen.Add(2 * time.Hour),
		First: pick(r, control.Passed, control.Failed), FirstScan: int64(1 + r.IntN(3)), LastScan: int64(3 + r.IntN(3)),
		Exception: pick(r, "", "", "", "ex-1", "ex-2"),
		Message:   locale.M("APIGateway.1.failed", locale.A("name", pick(r, awkward()...)), locale.A("n", n), locale.A("list", []string{"a", pick(r, awkward()...)})),
	}
	rec.Assignee, rec.Ticket = pick(r, "", "", "", "kei", "花"), pick(r, "", "", "https://example.com/1?a=b", pick(r, awkward()...))
	if r.IntN(4) == 0 {
		rec.Override = pick(r, control.Low, control.Critical)
	}
	rec.Resource = ref(r, n, rec.Source)
	rec.Tags = pick(r, nil, map[string]string{}, map[string]string{"env": "dev"}, map[string]string{"env": "prod", "team \"x\".y": "注文*?[a]", "": ""},
		map[string]string{"env": "developers", "a\tb": "c\nd"})
	rec.Notes = pick(r, nil, []locale.Message{}, []locale.Message{{Key: "finding.note"}, locale.M("finding.other", locale.A("error", &locale.Error{Message: locale.M("cli.noRegion")}))})
	rec.Params = pick(r, nil, control.Params{}, control.Params{{Name: "loggingLevel", Value: "INFO", Custom: true}})
	rec.Origin = pick(r, nil, &fact.Origin{Call: "apigateway:GetStages", Fault: "AccessDenied"}, &fact.Origin{File: "main.tf", Line: 3, Column: 7})
	rec.ArchivedAt = pick(r, time.Time{}, seen.Add(95*time.Minute+time.Microsecond))
	rec.Closed = pick(r, time.Time{}, seen.Add(90*time.Minute+time.Microsecond))
	f := finding.Finding{Control: rec.Control, Resource: rec.Resource}
	f.Resource.Name += fmt.Sprint(n) // no part of the id
	rec.ID = f.ID()
	return rec
}

func ref(r *rand.Rand, n int, source string) resource.Ref {
	out := resource.Ref{
		Scope: resource.Scope{
			Partition: pick(r, "aws", "aws", "aws", "aws-cn"), Account: pick(r, "111122223333", "444455556666", "777788889999"),
			Region: pick(r, "ap-northeast-1", "us-east-1", "eu-central-1"),
		},
		Type: pick[resource.Type](r, "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage", "AWS::::Account"), Name: pick(r, awkward()...),
	}
	if source == lifecycle.SourceLive {
		out.ARN = fmt.Sprintf("arn:%s:apigateway:%s::/restapis/%s%04d/stages/%s", out.Partition, out.Region, pick(r, "orders", "Orders", "a_b%c", "x[1]"), n, pick(r, "prod", "dev"))
	}
	if source != lifecycle.SourceLive || r.IntN(20) == 0 {
		out.Address = fmt.Sprintf(`aws_api_gateway_stage.%s["%d"]`, pick(r, "prod", "dev", "注文"), n)
	}
	return out
}

// Records makes n of them with different ids.
func Records(seed uint64, n int) []lifecycle.Record {
	r := rand.New(rand.NewPCG(seed, 4))
	list := make([]lifecycle.Record, n)
	for i := range list {
		list[i] = Record(r, i)
	}
	return list
}

// WithoutSettings are the statements of every engine that take the fifth version
// of the tables back, and what came after.
const WithoutSettings = "DROP INDEX findings_tally; DROP INDEX events_decided; DROP TABLE items; DROP TABLE work; DROP INDEX findings_assignee; ALTER TABLE findings DROP COLUMN assignee; ALTER TABLE findings DROP COLUMN ticket; DROP TABLE owners; DROP TABLE settings; ALTER TABLE exceptions DROP COLUMN proposal; ALTER TABLE exceptions DROP COLUMN approved; "
