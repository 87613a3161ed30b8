package lifecycle

import (
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

const (
	apiType   resource.Type = "AWS::ApiGateway::RestApi"
	routeType resource.Type = "AWS::ApiGatewayV2::Route"
	arn                     = "arn:aws:apigateway:ap-northeast-1::"
)

// whole is a scan at hour 2 that looked at all of one scope.
func whole() Look {
	return Look{Source: SourceLive, At: hour(2), Scan: 2, Scopes: []resource.Scope{tokyo}, Controls: []string{"APIGateway.1"}}
}

func api(id string) resource.Ref { return resource.Ref{Scope: tokyo, Type: apiType, ARN: arn + id} }

// TestCoverage says of a stage of API a that a scan did not see why it is
// archived, or that it is not.
func TestCoverage(t *testing.T) {
	other := resource.Scope{Partition: "aws", Account: "444455556666", Region: "ap-northeast-1"}
	osaka := resource.Scope{Partition: "aws", Account: tokyo.Account, Region: "ap-northeast-3"}
	gap := func(g resource.Gap) func(*Look, *Record) {
		return func(l *Look, _ *Record) { l.Gaps = append(l.Gaps, g) }
	}
	for _, c := range []struct {
		name string
		edit func(*Look, *Record)
		want string
	}{
		{"all was looked at", func(*Look, *Record) {}, ReasonGone},
		{"other source", func(l *Look, _ *Record) { l.Source = "infra" }, ""},
		{"other account", func(l *Look, _ *Record) { l.Scopes = []resource.Scope{other} }, ""},
		{"other Region", func(l *Look, _ *Record) { l.Scopes = []resource.Scope{osaka} }, ""},
		{"other controls", func(l *Look, _ *Record) { l.Controls = []string{"APIGateway.10"} }, ""},
		{"stopped early", func(l *Look, _ *Record) { l.Incomplete = true }, ""},
		{"seen after all", func(_ *Look, r *Record) { r.LastScan, r.LastSeen = 2, hour(2) }, ""},
		{"seen by a later look", func(_ *Look, r *Record) { r.LastScan, r.LastSeen = 1, hour(3) }, ""},
		{"archived before", func(_ *Look, r *Record) { r.State = Archived }, ""},

		{"control disabled", func(l *Look, _ *Record) { l.Controls, l.Disabled = nil, []string{"APIGateway.1"} }, ReasonDisabled},
		{"control disabled, other scope", func(l *Look, _ *Record) { l.Scopes, l.Disabled = []resource.Scope{other}, []string{"APIGateway.1"} }, ""},
		{"control disabled, behind a gap", func(l *Look, _ *Record) {
			l.Disabled, l.Gaps = []string{"APIGateway.1"}, []resource.Gap{{Scope: tokyo}}
		}, ReasonDisabled},

		{"gap of everything", gap(resource.Gap{Scope: tokyo}), ""},
		{"gap of the type", gap(resource.Gap{Scope: tokyo, Hides: []resource.Type{apiType, stageType}}), ""},
		{"gap of another type", gap(resource.Gap{Scope: tokyo, Hides: []resource.Type{apiType, routeType}}), ReasonGone},
		{"gap in another account", gap(resource.Gap{Scope: other}), ReasonGone},
		{"gap in another Region", gap(resource.Gap{Scope: osaka}), ReasonGone},
		{"gap without a Region", gap(resource.Gap{Scope: resource.Scope{Account: tokyo.Account}}), ""},
		{"gap without an account", gap(resource.Gap{Scope: resource.Scope{Partition: "aws", Region: "ap-northeast-1"}}), ReasonGone},
		{"gap without an account, nothing entered", func(l *Look, _ *Record) {
			l.Scopes, l.Gaps = nil, []resource.Gap{{Scope: resource.Scope{Partition: "aws", Region: "ap-northeast-1"}}}
		}, ""},
		{"gap under its API", gap(resource.Gap{Scope: tokyo, Parent: api("/restapis/a"), Hides: []resource.Type{stageType}}), ""},
		{"gap under its API of everything", gap(resource.Gap{Scope: tokyo, Parent: api("/restapis/a")}), ""},
		{"gap under its API of another type", gap(resource.Gap{Scope: tokyo, Parent: api("/restapis/a"), Hides: []resource.Type{routeType}}), ReasonGone},
		{"gap under a sibling", gap(resource.Gap{Scope: tokyo, Parent: api("/restapis/b"), Hides: []resource.Type{stageType}}), ReasonGone},
		{"gap under a sibling of a longer name", gap(resource.Gap{Scope: tokyo, Parent: api("/restapis/a2"), Hides: []resource.Type{stageType}}), ReasonGone},
		{"gap under another kind of parent", gap(resource.Gap{Scope: tokyo, Parent: api("/apis/b")}), ""},
		{"gap under a parent without an ARN", gap(resource.Gap{Scope: tokyo, Parent: resource.Ref{Type: apiType}}), ""},
		{"two gaps, the second hides", func(l *Look, _ *Record) {
			l.Gaps = []resource.Gap{{Scope: tokyo, Parent: api("/restapis/b")}, {Scope: tokyo, Parent: api("/restapis/a")}}
		}, ""},
		{"it is the parent itself", func(l *Look, r *Record) {
			r.Resource = api("/restapis/a")
			l.Gaps = []resource.Gap{{Scope: tokyo, Parent: api("/restapis/a")}}
		}, ""},
		{"an ARN that names nothing", func(l *Look, r *Record) {
			r.Resource.ARN = arn + "/restapis/"
			l.Gaps = []resource.Gap{{Scope: tokyo, Parent: api("/restapis/b")}}
		}, ""},
		{"no ARN behind a gap with a parent", func(l *Look, r *Record) {
			r.Resource.ARN, r.Resource.Address = "", "aws_api_gateway_stage.prod"
			l.Gaps = []resource.Gap{{Scope: tokyo, Parent: api("/restapis/b")}}
		}, ""},

		{"of the account, judged under this Region", func(l *Look, _ *Record) { l.Wide, l.Broad = []string{"APIGateway.1"}, l.Scopes }, ReasonGone},
		{"of the account, where only the Region was entered", func(l *Look, _ *Record) { l.Wide = []string{"apigateway.1"} }, ""},
		{"of the Region, where only the account was looked at", func(l *Look, _ *Record) { l.Broad, l.Scopes = l.Scopes, nil }, ""},
		{"of the account, with another Region entered", func(l *Look, _ *Record) {
			l.Wide, l.Broad, l.Scopes = []string{"APIGateway.1"}, l.Scopes, []resource.Scope{osaka}
		}, ReasonGone},
		{"of the account, behind a gap", func(l *Look, _ *Record) {
			l.Wide, l.Broad = []string{"APIGateway.1"}, l.Scopes
			l.Gaps = []resource.Gap{{Scope: tokyo, Hides: []resource.Type{stageType}}}
		}, ""},
		{"of the account, disabled", func(l *Look, _ *Record) {
			l.Wide, l.Broad, l.Scopes, l.Controls, l.Disabled = []string{"APIGateway.1"}, l.Scopes, nil, nil, []string{"APIGateway.1"}
		}, ReasonDisabled},

		{"stood for no resource", func(_ *Look, r *Record) { r.Status, r.Reason = control.Passed, finding.ReasonEmpty }, ReasonReplaced},
		{"stood for hidden ones", func(_ *Look, r *Record) {
			r.Status, r.Message = control.Unknown, finding.Hidden(&resource.Gap{Parent: api("/restapis/a"), Call: "apigateway:GetStages"})
		}, ReasonReplaced},
		{"stood for ones not reached", func(_ *Look, r *Record) {
			r.Status, r.Message = control.Unknown, finding.Hidden(&resource.Gap{Code: "Interrupted"})
		}, ReasonReplaced},
		{"a value of its own was unread", func(_ *Look, r *Record) {
			r.Status, r.Reason, r.Message = control.Unknown, finding.ReasonUnread, locale.M("finding.unread")
		}, ReasonGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, r := whole(), put(control.Failed, New, Active)
			c.edit(&l, r)
			got := Cover(l)
			if why := got.Why(r); why != c.want {
				t.Errorf("%q, want %q", why, c.want)
			}
		})
	}
}
