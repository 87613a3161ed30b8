package letter

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
	"github.com/kumoban/kumoban/internal/report"
)

const hostile = "<!channel> <https://evil.example|log in> *x*\r\nBcc: evil@example.com\x1b[31m @here"

// messages are one of every topic, with names that somebody chose to do harm.
func messages() map[outbox.Topic]*outbox.Message {
	groups := []outbox.Group{
		{Control: "S3.8", Severity: control.High, Owner: hostile, N: 5, Some: []outbox.Example{{ID: "b0b740897718", Resource: hostile, Account: "111122223333", Region: "ap-northeast-1"}}},
		{Control: "S3.9", Severity: control.Medium, N: 1, Days: 7},
	}
	at := time.Date(2026, 11, 30, 0, 30, 0, 0, time.UTC)
	all := map[outbox.Topic]*outbox.Message{}
	for _, topic := range outbox.Topics() {
		m := &outbox.Message{Topic: topic, Channel: "sec", Made: at, Groups: groups, More: 3}
		switch topic {
		case outbox.Questions:
			m.Groups, m.More, m.Questions = nil, 0, []outbox.Question{{ID: "q1", Owner: hostile, Due: at, N: 2}}
		case outbox.Daily:
			m.Digest = &outbox.Digest{
				From: at.AddDate(0, 0, -3), To: at, New: outbox.Counts{High: 5, Medium: 1}, Open: outbox.Counts{Critical: 1, High: 9, Low: 3}, Overdue: outbox.Counts{High: 2},
				Unknown: 4, Questions: 2, LateQuestions: 1, Proposals: 1, Ending: 1, Undelivered: []outbox.Undelivery{{Channel: "hook", N: 2}}, Head: "3 abc",
			}
		}
		all[topic] = m
	}
	return all
}

func texts(t *testing.T, lang locale.Lang) *report.Texts {
	t.Helper()
	c, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := report.NewTexts(c, controls.All())
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestEveryTopic is told in both languages, with nothing that a medium takes for more
// than text, and as JSON that the published schema describes.
func TestEveryTopic(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schemas/message.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`[<>]|\bmessages\.[a-z]`)
	for _, lang := range locale.Langs() {
		texts := texts(t, lang)
		for topic, m := range messages() {
			m.Lang = lang
			l := Write(m, texts, time.FixedZone("JST", 9*3600))
			if strings.ContainsAny(l.Subject, "\r\n\x1b") || strings.Contains(l.Text(), "\x1b") || strings.Contains(l.Text(), "\nBcc:") || strings.Contains(l.Text(), "{") || strings.Contains(l.Text(), "messages.") {
				t.Errorf("%s %s: %q\n%s", lang, topic, l.Subject, l.Text())
			}
			slack, err := l.Slack()
			if err != nil {
				t.Fatal(err)
			}
			var blocks struct {
				Text   string
				Blocks []struct{ Text struct{ Type, Text string } }
			}
			if err := json.Unmarshal(slack, &blocks); err != nil || bare.MatchString(blocks.Text) || len(blocks.Blocks) < 2 {
				t.Errorf("%v: %s", err, slack)
			}
			for _, b := range blocks.Blocks {
				if b.Text.Type != "plain_text" || bare.MatchString(b.Text.Text) {
					t.Errorf("%+v", b)
				}
			}
			body, err := l.Webhook("msg_1", m)
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
			if err == nil {
				err = schema.Validate(v)
			}
			if err != nil {
				t.Errorf("%s: %v\n%s", topic, err, body)
			}
		}
	}
}

// TestWords: what a reader has to be told is there, as they would say it.
func TestWords(t *testing.T) {
	for lang, want := range map[locale.Lang][]string{
		locale.English: {
			"[kumoban] 2026-11-30: 6 new, 13 open", "From 2026-11-27 09:30 to 2026-11-30 09:30 (JST)\nNew: 6 (HIGH 5, MEDIUM 1)\nClosed: none\nOpen now: 13 (CRITICAL 1, HIGH 9, LOW 3)\nOverdue: 2 (HIGH 2)",
			"  1 exception to be approved", "2 messages to the channel hook could not be delivered", "S3.9 (MEDIUM) S3 general purpose buckets should have server access logging enabled\nOwner: not known", "3 more findings are not listed here.", "Audit log: 3 abc",
		},
		locale.Japanese: {
			"[kumoban] 2026-11-30: 新規 6 件、未対応 13 件", "新規: 6 件 (HIGH 5、MEDIUM 1)\n終了: なし", "  承認待ちの例外 1 件", "所有者: 不明\n例外は 7 日後に終了します", "監査ログ: 3 abc",
		},
	} {
		l := Write(messages()[outbox.Daily], texts(t, lang), time.FixedZone("JST", 9*3600))
		for _, w := range want {
			if !strings.Contains(l.Subject+"\n"+l.Text(), w) {
				t.Errorf("%q is not in\n%s\n%s", w, l.Subject, l.Text())
			}
		}
	}
}
