package ask

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

func catalog(t *testing.T, lang locale.Lang) *locale.Catalog {
	t.Helper()
	c, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func find(t *testing.T, id string) *control.Control {
	t.Helper()
	for _, c := range controls.All() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no control %s", id)
	return nil
}

// hostile is what a name can hold that a terminal, a mail or Slack would obey.
const hostile = "<!channel> & <@U1> *b* `c` :tada: @here \x1b[31m\u202e\r\nBcc: x@example.com\x00http://evil.example"

func record(c, name string) *lifecycle.Record {
	return &lifecycle.Record{
		ID: strings.Repeat("a", 32), Control: c, Severity: control.Medium, Status: control.Failed,
		Resource: resource.Ref{
			Scope: resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}, Type: "AWS::ApiGatewayV2::Stage",
			ARN: "arn:aws:apigateway:ap-northeast-1::/apis/a1b2c3/stages/" + name, Name: name,
		},
		Message: locale.M("none"), Notes: []locale.Message{locale.M("quickCreate")}, Changed: time.Date(2026, 9, 30, 15, 30, 0, 0, time.UTC),
	}
}

func question() *Question {
	return &Question{
		ID: "q-7f3k9a", Findings: []string{strings.Repeat("a", 32)}, Owner: "team-orders", OwnerFrom: "tag:Owner", Lang: locale.Japanese,
		Due: time.Date(2027, 1, 15, 3, 0, 0, 0, time.UTC), AskedBy: "hana", AskedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	}
}

func compose(t *testing.T, q *Question, lang locale.Lang, records ...*lifecycle.Record) *Message {
	t.Helper()
	var items []Item
	for _, r := range records {
		items = append(items, Item{Record: r, Control: find(t, r.Control)})
	}
	m, err := Compose(q, items, catalog(t, lang), time.FixedZone("JST", 9*3600))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestText says in both languages all that an owner needs to decide.
func TestText(t *testing.T) {
	logging := record("APIGateway.1", "orders/prod")
	logging.Message = locale.M("routeSilent", locale.A("level", "OFF"))
	for lang, wants := range map[locale.Lang][]string{
		locale.English:  {"team-orders (from tag \"Owner\")", "Risk: Nobody can look up", "the stage writes no access log", "What a fix does: write access logs", `--reason "YOUR REASON"`},
		locale.Japanese: {"team-orders (タグ Owner から特定)", "リスク: このステージを誰が", "検出内容: ", "修正内容: ", `--reason "理由"`},
	} {
		m := compose(t, question(), lang, record("APIGateway.9", "orders/prod"), record("APIGateway.9", "shop/prod"), logging)
		text := m.Text()
		for _, want := range append(wants,
			"q-7f3k9a", "2027-01-15", "APIGateway.9 (MEDIUM)", "APIGateway.1 (MEDIUM)", "orders/prod", "shop/prod", "AWS::ApiGatewayV2::Stage, 111122223333, ap-northeast-1",
			": 2026-10-01", // in the reader's zone, not in UTC
			"kumoban answer q-7f3k9a fix --by team-orders --reply APIGateway.9.production=",
			"kumoban answer q-7f3k9a fix-by --until 2027-02-14 --by team-orders --reply APIGateway.9.production=",
			"kumoban answer q-7f3k9a accept --until 2027-04-15 --by team-orders --reason",
		) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", lang, want, text)
			}
		}
		if n := strings.Count(text, m.Topics[0].Risk); n != 1 {
			t.Errorf("%s: the risk of two findings of one control is told %d times", lang, n)
		}
		if strings.Contains(text, "{") || strings.Contains(text, "ask.") || strings.Contains(text, "remedy.") {
			t.Errorf("%s: a place or a key is left in\n%s", lang, text)
		}
	}
}

// TestRisks: every control says its risk in two sentences, in both languages,
// and every remedy what it changes and costs.
func TestRisks(t *testing.T) {
	ends := map[locale.Lang]*regexp.Regexp{locale.English: regexp.MustCompile(`[.!?](?: |$)`), locale.Japanese: regexp.MustCompile(`。`)}
	for _, lang := range locale.Langs() {
		for _, c := range controls.All() {
			texts, err := c.Messages(lang)
			if err != nil {
				t.Fatal(err)
			}
			if risk := texts["ask.risk"]; len(ends[lang].FindAllString(risk, -1)) != 2 || len([]rune(risk)) > 400 {
				t.Errorf("%s %s: %q", c.ID, lang, risk)
			}
			for _, r := range c.Remedies {
				if texts["remedy."+r.Name] == "" || texts["remedy."+r.Name+".cost"] == "" {
					t.Errorf("%s %s: remedy %s has no text", c.ID, lang, r.Name)
				}
			}
		}
	}
}

// poisoned is a question of which every part from outside is hostile.
func poisoned(t *testing.T, lang locale.Lang) *Message {
	t.Helper()
	q := question()
	q.Owner, q.OwnerFrom, q.AskedBy = hostile, "tag:"+hostile, hostile
	r := record("APIGateway.1", hostile)
	r.Resource.Account = hostile
	r.Message = locale.M("silent", locale.A("n", 1), locale.A("of", 1), locale.A("methods", []string{hostile}))
	r.Notes = []locale.Message{locale.M("overrides", locale.A("routes", []string{hostile}))}
	return compose(t, q, lang, r)
}

func commands(s string) bool {
	return strings.ContainsAny(s, "\x1b\x00\r\u202e") || !utf8.ValidString(s)
}

func TestHostileText(t *testing.T) {
	for _, lang := range locale.Langs() {
		m := poisoned(t, lang)
		text := m.Text()
		if commands(text) || strings.Contains(text, "\nBcc:") {
			t.Errorf("%q", text)
		}
		for _, o := range m.Choices {
			if strings.ContainsAny(o.Command, "<>&;`$@|\n") {
				t.Errorf("a name reached the command: %q", o.Command)
			}
		}
	}
}

// slackTexts are all texts of a Slack message, by their type.
func slackTexts(t *testing.T, data []byte) (texts [][2]string) {
	t.Helper()
	var m struct {
		Text   string
		Blocks []struct {
			Type string
			Text *struct {
				Type, Text string
				Verbatim   bool
				Emoji      *bool
			}
		}
	}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Blocks) > 50 {
		t.Errorf("%d blocks", len(m.Blocks))
	}
	texts = append(texts, [2]string{"mrkdwn", m.Text})
	for _, b := range m.Blocks {
		if b.Text == nil {
			continue
		}
		most := slackText
		if b.Type == "header" {
			most = slackHeader
		}
		if n := utf8.RuneCountInString(b.Text.Text); n > most || n == 0 {
			t.Errorf("%s of %d characters", b.Type, n)
		}
		if b.Text.Type == "mrkdwn" && !b.Text.Verbatim || b.Text.Type == "plain_text" && (b.Text.Emoji == nil || *b.Text.Emoji) {
			t.Errorf("%+v lets names or emoji work", b.Text)
		}
		texts = append(texts, [2]string{b.Text.Type, b.Text.Text})
	}
	return texts
}

func TestHostileSlack(t *testing.T) {
	data, err := poisoned(t, locale.English).Slack()
	if err != nil {
		t.Fatal(err)
	}
	entity := regexp.MustCompile(`&(amp|lt|gt);`)
	for _, text := range slackTexts(t, data) {
		if strings.ContainsAny(text[1], "<>") || strings.Contains(entity.ReplaceAllString(text[1], ""), "&") || commands(text[1]) {
			t.Errorf("%q", text)
		}
		if text[0] == "mrkdwn" && (strings.Contains(text[1], "here") || strings.Contains(text[1], "evil")) {
			t.Errorf("what came from outside stands in mrkdwn: %q", text[1])
		}
	}
	if !bytes.Contains(data, []byte(`\u0026lt;!channel\u0026gt;`)) {
		t.Errorf("the name is not shown at all: %s", data)
	}
}

// TestLargeSlack keeps within Slack's limits, and says what it left out.
func TestLargeSlack(t *testing.T) {
	var records []*lifecycle.Record
	for range MostAsked {
		records = append(records, record("APIGateway.9", strings.Repeat("&", 200)))
	}
	m := compose(t, question(), locale.Japanese, records...)
	for range 40 {
		m.Topics = append(m.Topics, m.Topics[0])
	}
	data, err := m.Slack()
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, text := range slackTexts(t, data) {
		all += text[1]
	}
	if !strings.Contains(all, "…ほか 31 件") || !strings.Contains(all, "kumoban ask show q-7f3k9a") {
		t.Errorf("nothing says what is left out")
	}
}

func TestEscapesAreNotCutApart(t *testing.T) {
	for most := range 12 {
		if got := escaped("a<&b", most+2); regexp.MustCompile(`&[a-z]*(…|$)`).MatchString(got) || utf8.RuneCountInString(got) > most+2 {
			t.Errorf("%d: %q", most+2, got)
		}
	}
}

func TestMail(t *testing.T) {
	for owner, to := range map[string]string{
		"orders@example.com": "<orders@example.com>", "team-orders": "", "a@b.c\r\nBcc: x@y.z": "", "a@b.c, d@e.f": "", "<a@b.c>": "", "@b.c": "", "a@b@c.d": "",
	} {
		q := question()
		q.Owner = owner
		m := compose(t, q, locale.Japanese, record("APIGateway.9", hostile))
		got, err := mail.ReadMessage(bytes.NewReader(m.Mail()))
		if err != nil {
			t.Fatal(err)
		}
		list, _ := got.Header.AddressList("To")
		if to == "" && (len(got.Header["To"]) > 0 || len(got.Header) != 4) || to != "" && (len(list) != 1 || list[0].String() != to) {
			t.Errorf("%q: header %v", owner, got.Header)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
		if err != nil || subject != m.Subject {
			t.Errorf("%q, %v", subject, err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(got.Body))
		if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != m.Text() {
			t.Errorf("%s, %v", body, err)
		}
		for _, line := range bytes.Split(m.Mail(), []byte("\r\n")) {
			if len(line) > 76 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	}
}

func TestWebhook(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schemas/question.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Message{poisoned(t, locale.Japanese), compose(t, question(), locale.English, record("APIGateway.9", "orders/prod")), compose(t, question(), locale.English)} {
		data, err := m.Webhook()
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
	}
	data, err := poisoned(t, locale.English).Webhook()
	if err != nil {
		t.Fatal(err)
	}
	var p posted
	if err := json.Unmarshal(data, &p); err != nil || p.Topics[0].Findings[0].Resource.Name != hostile || p.Owner != hostile {
		t.Errorf("data is not as it is: %+v, %v", p, err)
	}
	if commands(p.Text) || commands(p.Topics[0].Findings[0].Message.Text) {
		t.Error("words are not fit to be shown")
	}
}

func TestCommandTakesPlainNamesOnly(t *testing.T) {
	c := catalog(t, locale.English)
	for name, plain := range map[string]bool{"hana": true, "a.b@example.com": true, "arn:aws:iam::1:user/x": true, "": false, "a b": false, "-f": false, "a;b": false, "$(x)": false, "花": false, "a\nb": false} {
		got := Command("q", Fix, "", name, "", nil, c)
		if want := "kumoban answer q fix --by " + name; plain != (got == want) || !plain && got != "kumoban answer q fix --by YOUR-NAME" {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// FuzzMessage: whatever a name holds, no medium obeys it.
func FuzzMessage(f *testing.F) {
	f.Add(hostile, hostile)
	f.Add("a`b*c", "x&lt;")
	f.Add("\xff\u2028\u2029", "\u061c\u200e")
	c, err := locale.New(locale.Japanese)
	if err != nil {
		f.Fatal(err)
	}
	controls := controls.All()
	logging := controls[slices.IndexFunc(controls, func(c *control.Control) bool { return c.ID == "APIGateway.9" })]
	message := func(t *testing.T, owner, name string) *Message {
		t.Helper()
		q := question()
		q.Owner = owner
		m, err := Compose(q, []Item{{Record: record("APIGateway.9", name), Control: logging, Costs: []string{name, name}}}, c, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	f.Fuzz(func(t *testing.T, owner, name string) {
		m := message(t, owner, name)
		if text := m.Text(); commands(text) || strings.Count(text, "\n") > strings.Count(message(t, "a", "b").Text(), "\n")+1 {
			t.Errorf("%q", text)
		}
		data, err := m.Slack()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range slackTexts(t, data) {
			if strings.ContainsAny(text[1], "<>") || commands(text[1]) {
				t.Errorf("%q", text)
			}
		}
	})
}
