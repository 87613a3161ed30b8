package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestWide tells in both languages what was judged for the whole account and what
// lies where nobody looked, and keeps both in a saved scan.
func TestWide(t *testing.T) {
	s := newScan(t)
	s.Accounts = []resource.Account{{Partition: "aws", ID: "111122223333", Regions: []string{"eu-west-1"}, Wide: "us-east-1"}}
	s.Elsewhere = []resource.Elsewhere{
		{Account: "111122223333", Type: "AWS::S3::Bucket", Region: "ap-northeast-1", N: 2}, {Account: "111122223333", Type: "AWS::S3::Bucket", Region: "us-west-2", N: 9},
		{Account: "444455556666", Type: "AWS::S3::Bucket", Region: "us-west-2", N: 1},
	}
	s.add("APIGateway.1", accountRef(scope("111122223333", "us-east-1")), control.Fail("off"), "")
	for lang, want := range map[locale.Lang][]string{
		locale.English:  {"Whole account: settings and global services, judged once under us-east-1", "Not scanned: 12 AWS::S3::Bucket in other Regions: us-west-2 (10), ap-northeast-1 (2)"},
		locale.Japanese: {"アカウント全体: 設定とグローバルサービス (評価は 1 回、us-east-1 に記録)", "未スキャン: ほかのリージョンにある AWS::S3::Bucket 12 件: us-west-2 (10)、ap-northeast-1 (2)"},
	} {
		for _, format := range []string{"text", "html"} {
			got := strings.ReplaceAll(render(t, s, format, lang, report.Options{}), "<wbr>", "")
			for _, line := range want {
				if !strings.Contains(got, line) {
					t.Errorf("%s %s lacks %q in\n%.1500s", format, lang, line, got)
				}
			}
		}
	}
	for _, format := range []string{"json", "jsonl"} {
		r := replayed(t, render(t, s, format, locale.English, report.Options{}), s.all)
		if r.Scan.Accounts[0].Wide != "us-east-1" || !slices.Equal(r.Scan.Elsewhere, s.Elsewhere) {
			t.Errorf("%s: %+v, %+v", format, r.Scan.Accounts, r.Scan.Elsewhere)
		}
	}
}
