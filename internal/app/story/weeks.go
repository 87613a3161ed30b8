package story

import (
	"context"
	"fmt"
	"time"

	"github.com/kumoban/kumoban/internal/app/asking"
	"github.com/kumoban/kumoban/internal/app/findings"
	fixing "github.com/kumoban/kumoban/internal/app/fixes"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/policy"
)

// The findings that the story is about.
const (
	bastion   = "EC2.19:sg-07e5d2b9c3a8f6140"
	oldVPC    = "EC2.6:vpc-05d8a3b6c1e97f240"
	legacyELB = "ELB.14:legacy-shop"
	mailer    = "Lambda.2:send-mail"
	snapshot  = "RDS.1:reports-before-upgrade"
	rootMFA   = "IAM.6:111122223333"
	webDev    = "APIGateway.9:storefront/dev"
	dashboard = "APIGateway.9:live-dashboard/prod"
	search    = "APIGateway.5:catalog-search/prod"
	reports   = "APIGateway.1:legacy-reports/prod"
	logins    = "RDS.10:reports"
	importer  = "ECS.2:shop/importer"
	logs      = "S3.8:webshop-logs-111122223333"
	carts     = "DynamoDB.2:carts"
	catalogue = "RDS.7:catalogue"
	memberDev = "APIGateway.3:members/dev"
)

// scene is what happens at a moment of a day, so many days ago.
type scene struct {
	ago, hour, minute int
	deeds             []deed
}

func on(ago, hour, minute int, deeds ...deed) scene { return scene{ago, hour, minute, deeds} }

// all tells all of it, and the night's scan last, as if it had just ended.
func (t *teller) all(ctx context.Context) error {
	for _, s := range scenes() {
		t.clock.set(t.at(s.ago, s.hour, s.minute))
		for i, do := range s.deeds {
			t.clock.pass(2 * time.Minute)
			if err := do(ctx, t); err != nil {
				return fmt.Errorf("%d days ago, %d:%02d, deed %d: %w", s.ago, s.hour, s.minute, i+1, err)
			}
		}
	}
	t.clock.set(t.end.Add(-20 * time.Minute))
	return scan(ctx, t)
}

// listed is the owner directory.
func listed() []ask.Listing {
	team := func(name, address string) ask.Listing {
		return ask.Listing{Tags: map[string]string{"owner": name}, Team: name, Contact: ask.Contact{Address: address}}
	}
	thing := func(pattern, name, address string) ask.Listing {
		return ask.Listing{Resource: pattern, Team: name, Contact: ask.Contact{Address: address}}
	}
	return []ask.Listing{
		team("team-web", "sato@example.com"), team("team-orders", "orders@example.com"), team("team-search", "search@example.com"),
		team("team-finance", "finance@example.com"), team("team-members", "members@example.com"),
		thing("carts", "team-orders", "orders@example.com"), thing("catalogue", "team-search", "search@example.com"),
		thing("webshop-*", "team-web", "sato@example.com"), thing("send-mail", "team-members", "members@example.com"),
	}
}

func scenes() []scene {
	reportsNow := ask.Listing{Resource: "legacy-reports/*", Team: "team-platform", Contact: ask.Contact{Address: platform}}
	tagged := "tag env=dev"
	return []scene{
		on(42, 2, 0, scan),
		on(42, 10, 0, set(manager, policy.FourEyes, policy.On, "fourEyes"), set(manager, policy.LongestException, "180d", "longest"), directory(triage)),
		on(41, 9, 30, decides(triage, findings.Note, "note.bastion", bastion), decides(triage, findings.Notify, "notify.root", rootMFA), severity(triage, oldVPC, "low", "severity.vpc")),
		on(40, 11, 0, requests(triage, legacyELB, "except.legacy", "45d")),
		on(39, 15, 0, decides(manager, findings.Approve, "approve.legacy", legacyELB)),
		on(38, 10, 0, requests(triage, mailer, "except.mailer", "34d")),
		on(37, 9, 0, decides(manager, findings.Approve, "approve.mailer", mailer), mends("EC2.7:111122223333", "SSM.7:111122223333")),
		on(36, 14, 0, requests(triage, bastion, "except.bastion", "60d")),
		on(35, 2, 0, scan),
		on(35, 13, 0, decides(manager, findings.Reject, "reject.bastion", bastion)),
		on(34, 10, 0, asks("dev", "14d", webDev), asks("dashboard", "14d", dashboard)),
		on(33, 16, 0, fixes("bastion", bastion)),
		on(32, 9, 0, verifies("bastion")),
		on(31, 11, 0, answers("dev", asking.Reply{By: "team-web", Choice: ask.Accept, Until: "120d", While: []string{tagged}, Replies: []string{"production=no"}}, "answer.dev")),
		on(30, 10, 0, answers("dashboard", asking.Reply{By: "team-finance", Choice: ask.Fix, Replies: []string{"production=yes", "log-cost=yes"}}, "answer.dashboard"),
			mends("S3.1:111122223333", "IAM.7:111122223333", "CloudFront.1:E3KLMNOEXAMPLE", "CloudFront.3:E3KLMNOEXAMPLE")),
		on(30, 14, 0, requests(triage, memberDev, "except.memberDev", "150d", tagged)),
		on(29, 9, 0, decides(manager, findings.Approve, "approve.memberDev", memberDev)),
		on(28, 2, 0, scan),
		on(28, 15, 0, fixes("dashboard", dashboard)),
		on(27, 10, 0, asks("search", "7d", search), asks("reports", "7d", reports)),
		on(25, 16, 0, fixes("hosts", "EC2.8:i-02d7b9e4c6a1f8350", "EC2.25:campaign", "EC2.15:subnet-0d6c1b4a8e5f72930", "EC2.2:sg-03b9e6d4c8a7f1520")),
		on(24, 11, 0, answers("search", asking.Reply{By: "team-search", Choice: ask.FixBy, Until: "30d"}, "answer.search"), happens("coupons")),
		on(23, 10, 0, withdraws("reports", "notOurs"), directory(triage, reportsNow), asks("reportsAgain", "7d", reports)),
		on(21, 2, 0, scan),
		on(20, 14, 0, answers("reportsAgain", asking.Reply{By: "team-platform", Choice: ask.Fix}, "answer.reports")),
		on(19, 16, 0, fixes("reports", reports)),
		on(18, 15, 0, fixes("importer", importer)),
		on(17, 9, 0, undoes("importer", "undo.importer"), decides(triage, findings.Note, "note.importer", importer)),
		on(16, 10, 0, opens("444455556666", "marketing", "marketing")),
		on(14, 2, 0, scan),
		on(13, 2, 0, scan),
		on(13, 14, 0, mends("APIGateway.5:catalog-search/dev", "APIGateway.5:orders/staging", "APIGateway.5:shipping/prod",
			"APIGateway.1:catalog-search/dev", "APIGateway.1:inventory-sync/dev", "APIGateway.1:members/dev", "APIGateway.1:live-dashboard/prod")),
		on(12, 2, 0, scan),
		on(12, 11, 0, mends("RDS.2:reports", snapshot, "KMS.3:7c1f9a52-3d0e-4b86-9e17-5a2b8c6d4f03", "SQS.1:warehouse-sync"), decides(triage, findings.Resolve, "resolve.snapshot", snapshot)),
		on(11, 2, 0, scan),
		on(11, 17, 0, happens("bucketOpens")),
		on(10, 2, 0, scan),
		on(10, 9, 0, decides(triage, findings.Notify, "notify.logs", logs)),
		on(9, 2, 0, scan),
		on(9, 10, 0, happens("bucketCloses"), asks("catalogue", "6d", catalogue)),
		on(8, 2, 0, scan),
		on(8, 15, 0, proposes("assets", "S3.8:webshop-assets-111122223333", "S3.13:webshop-assets-111122223333")),
		on(8, 17, 0, says(fixing.ApproveProposal, "assets", "plan.assets"), carriesOut("assets")),
		on(7, 2, 0, scan),
		on(7, 14, 0, mends("ELB.4:campaign", "CloudTrail.4:payments-audit", "APIGateway.9:mobile-bff/staging", "RDS.11:reports")),
		on(6, 2, 0, scanBlind),
		on(5, 2, 0, scan),
		on(5, 11, 0, mends("SQS.1:mail-out")),
		on(4, 2, 0, scan),
		on(4, 15, 0, proposes("logins", logins)),
		on(4, 18, 0, says(fixing.RejectProposal, "logins", "plan.logins")),
		on(3, 2, 0, scan),
		on(3, 16, 0, fixesHalf("half", "APIGateway.3:shipping/prod", "APIGateway.3:orders/staging", "APIGateway.3:legacy-reports/prod")),
		on(2, 2, 0, scan),
		on(2, 9, 0, proposes("traces", "APIGateway.3:catalog-search/dev", "APIGateway.3:inventory-sync/dev")),
		on(2, 9, 30, says(fixing.ApproveProposal, "traces", "plan.traces")),
		on(2, 10, 0, asks("carts", "10d", carts)),
		on(1, 2, 0, scan),
		on(1, 11, 0, proposes("search", search)),
		on(1, 15, 0, requests(triage, logins, "except.logins", "60d")),
		on(1, 16, 0, lends("kumoban-fixes"), set(manager, policy.FixRole, "kumoban-fixes", "fixRole")),
	}
}
