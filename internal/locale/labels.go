package locale

import "strings"

// Label is what stands on a screen of the AWS Management Console: in English,
// and in Japanese where a source shows it.
type Label struct {
	English  string
	Japanese string
	Source   Source
}

// Source is where a label was seen: written down or photographed by somebody who
// had the console before them. AWS's Japanese guides are partly
// machine-translated and differ from the console, so they alone are no source.
type Source struct {
	Where string
	Date  string // of its publication; where it has none, the day on which it was read
	Read  bool   // the date is that day
}

// Labels are the labels that are known in Japanese. One that no source shows is
// not here, and stands in English alone.
func Labels() []Label {
	runbook := Source{Where: "https://dev.classmethod.jp/articles/securityhub-fsbp-remediation-apigateway-9", Date: "2024-06-25"}
	levels := Source{Where: "https://qiita.com/masedati/items/26f3e5b90d9eed404bfa", Date: "2025-12-06"}
	stage := Source{Where: "https://github.com/MasaGt/aws, notes on stages with screenshots, commit dfbc12f", Date: "2026-11-30", Read: true}
	way := Source{Where: "https://iret.media/108790", Date: "2026-11-30", Read: true}
	database := Source{Where: "https://www.securify.jp/blog_cspm/aws-rds-13", Date: "2026-11-30", Read: true}
	bucket := Source{Where: "https://www.securify.jp/blog_cspm/aws-s3-02", Date: "2026-11-30", Read: true}
	return []Label{
		{"Access log destination ARN", "アクセスログの送信先 ARN", runbook},
		{"Custom access logging", "カスタムのアクセスログ", runbook},
		{"Log format", "ログの形式", runbook},
		{"Logs and tracing", "ログとトレース", runbook},

		{"Data tracing", "データトレース", levels},
		{"Errors and info logs", "エラーと情報ログ", levels},
		{"Errors only", "エラーのみ", levels},
		{"X-Ray tracing", "X-Ray トレース", levels},

		{"Cache settings", "キャッシュ設定", stage},
		{"Client certificate", "クライアント証明書", stage},
		{"CloudWatch Logs", "CloudWatch ログ", stage},
		{"Default method-level caching", "デフォルトのメソッドレベルのキャッシュ", stage},
		{"Encrypt cache data", "キャッシュデータを暗号化", stage},
		{"Off", "オフ", stage},
		{"Stage details", "ステージの詳細", stage},

		{"Edit", "編集", way},
		{"Stages", "ステージ", way},

		{"Apply immediately", "すぐに適用", database},
		{"Databases", "データベース", database},
		{"Deletion protection", "削除保護", database},
		{"Enable deletion protection", "削除保護の有効化", database},
		{"Modify", "変更", database},

		{"Permissions", "アクセス許可", bucket},
	}
}

// LabelIn is a label as a reader of the language meets it: in Japanese with the
// English behind it, for a console may show either; in English where no source
// shows the Japanese.
func LabelIn(lang Lang, english string) string {
	if lang == Japanese {
		for _, l := range Labels() {
			if l.English == english {
				return l.Japanese + " (" + l.English + ")"
			}
		}
	}
	return english
}

// WithLabels puts Japanese labels into a Japanese text that names English ones
// between two marks, such as 「Edit」 or **Edit**.
func WithLabels(lang Lang, text, before, after string) string {
	if lang != Japanese || !strings.Contains(text, before) {
		return text
	}
	var pairs []string
	for _, l := range Labels() {
		pairs = append(pairs, before+l.English+after, before+LabelIn(lang, l.English)+after)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
