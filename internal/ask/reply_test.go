package ask

import (
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/controls"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

func TestParseReplies(t *testing.T) {
	logs, access := find(t, "APIGateway.1"), find(t, "APIGateway.9")
	for _, c := range []struct {
		texts, want string // want: the replies, or the key of the error
		of          []*control.Control
	}{
		{"", "", []*control.Control{access}},
		{"production=no retention=90", "production=no retention=90", []*control.Control{access}},
		{"PRODUCTION=No retention=007", "production=no retention=7", []*control.Control{access}},
		{"production=はい audit=いいえ retention=0", "production=yes audit=no retention=0", []*control.Control{access}},
		{"apigateway.9.retention=90 APIGateway.1.retention=30", "APIGateway.9.retention=90 APIGateway.1.retention=30", []*control.Control{logs, access}},
		{"retention=90 APIGateway.1.retention=30", "retention=90 APIGateway.1.retention=30", []*control.Control{logs, access}},
		{"cost=yes", "ask.reply.unknown", []*control.Control{access}},
		{"APIGateway.1.production=no", "ask.reply.unknown", []*control.Control{access}},
		{"internet=no", "ask.reply.unknown", []*control.Control{access}},
		{"production", "ask.reply.malformed", []*control.Control{access}},
		{"production=", "ask.reply.malformed", []*control.Control{access}},
		{"=no", "ask.reply.malformed", []*control.Control{access}},
		{"production=perhaps", "ask.reply.noYesNo", []*control.Control{access}},
		{"production=YES/NO", "ask.reply.noYesNo", []*control.Control{access}}, // as the message has it
		{"production=90", "ask.reply.noYesNo", []*control.Control{access}},
		{"retention=yes", "ask.reply.noNumber", []*control.Control{access}},
		{"retention=DAYS", "ask.reply.noNumber", []*control.Control{access}},
		{"retention=-3", "ask.reply.noNumber", []*control.Control{access}},
		{"retention=90.5", "ask.reply.noNumber", []*control.Control{access}},
		{"retention=1000001", "ask.reply.noNumber", []*control.Control{access}},
		{"production=no production=yes", "ask.reply.twice", []*control.Control{access}},
		{"production=no", "ask.reply.none", nil},
		{strings.Repeat("production=no ", mostReplies+1), "ask.reply.many", []*control.Control{access}},
	} {
		list, err := ParseReplies(strings.Fields(c.texts), c.of)
		got := key(t, err)
		if err == nil {
			got = strings.Join(words(list), " ")
		} else if list != nil {
			t.Errorf("%q gives %v beside %v", c.texts, list, err)
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.texts, got, c.want)
		}
	}
	_, err := ParseReplies([]string{"cost=yes"}, []*control.Control{access})
	if want := `the question does not ask "cost": it asks production, audit, retention, log-cost`; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}

func words(list []Reply) (out []string) {
	for i := range list {
		out = append(out, list[i].String())
	}
	return out
}

// TestRepliesAreKept: they stand in the answer and in every finding's history,
// from where they are read again.
func TestRepliesAreKept(t *testing.T) {
	replies, err := ParseReplies([]string{"production=no", "retention=90"}, []*control.Control{find(t, "APIGateway.9")})
	if err != nil {
		t.Fatal(err)
	}
	for choice, want := range map[Choice]Said{
		Fix:    {Choice: Fix, Replies: words(replies)},
		Accept: {Choice: Accept, Until: "2027-02-02", Replies: words(replies)},
	} {
		q := question()
		a := Answer{By: "hana", Choice: choice, Words: "a test stage", Replies: replies}
		if choice.Dated() {
			a.Until = now.AddDate(0, 3, 0)
		}
		events, err := q.Reply(a, now)
		if err != nil || len(events) != len(q.Findings) || events[0].Kind != lifecycle.EventAnswered {
			t.Fatalf("%+v %v", events, err)
		}
		if got := ParseSaid(events[0].To); got.Choice != want.Choice || got.Until != want.Until || !slices.Equal(got.Replies, want.Replies) {
			t.Errorf("%q is read as %+v", events[0].To, got)
		}
		if !slices.Equal(q.Answer.Replies, replies) {
			t.Errorf("%+v", q.Answer)
		}
	}
}

func TestShown(t *testing.T) {
	replies, err := ParseReplies([]string{"production=no", "retention=90"}, []*control.Control{find(t, "APIGateway.9")})
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[locale.Lang]string{locale.English: "no, 90 days", locale.Japanese: "いいえ, 90 日"} {
		cat := catalog(t, lang)
		if got := replies[0].Shown(cat) + ", " + replies[1].Shown(cat); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestEveryMediumAsks: an owner reads what only the owner can tell, and how to
// answer it, wherever the message arrives.
func TestEveryMediumAsks(t *testing.T) {
	for _, lang := range locale.Langs() {
		for _, c := range controls.All() {
			r := record(c.ID, "orders/prod")
			r.Resource.Type = c.Checks[0].Type
			m := compose(t, question(), lang, r)
			slack, err := m.Slack()
			if err != nil {
				t.Fatal(err)
			}
			inSlack := ""
			for _, s := range slackTexts(t, slack) {
				inSlack += strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s[1]) + "\n"
			}
			texts, err := c.Messages(lang)
			if err != nil {
				t.Fatal(err)
			}
			for medium, said := range map[string]string{"text": m.Text(), "slack": inSlack} {
				for _, key := range control.OwnerTexts() {
					if !strings.Contains(said, texts[key]) {
						t.Errorf("%s %s %s: no %s", c.ID, lang, medium, key)
					}
				}
				for _, q := range c.Questions {
					if !strings.Contains(said, q.Key+" (") || !strings.Contains(said, texts["owner."+q.Key]) || strings.Count(said, "--reply "+q.Key+"=") != len(Choices()) {
						t.Errorf("%s %s %s: %s is not asked:\n%s", c.ID, lang, medium, q.Key, said)
					}
				}
			}
			for _, o := range m.Choices {
				if strings.ContainsAny(o.Command, "<>&;`$@|*?(){}[]~#!\n") {
					t.Errorf("%s %s: a shell would read more than words: %s", c.ID, lang, o.Command)
				}
			}
		}
	}
}

// TestSharedQuestionIsAnsweredOnce: what several controls ask is in a command
// once, but for what they ask otherwise, which names the control.
func TestSharedQuestionIsAnsweredOnce(t *testing.T) {
	m := compose(t, question(), locale.English, record("APIGateway.9", "orders/prod"), record("APIGateway.1", "orders/prod"))
	for _, o := range m.Choices {
		for _, key := range []string{"APIGateway.1.retention=DAYS", "APIGateway.9.retention=DAYS", "audit=YES/NO", "other-logs=YES/NO"} {
			if strings.Count(o.Command, "--reply "+key) != 1 {
				t.Errorf("%s in %s", key, o.Command)
			}
		}
	}
	one := compose(t, question(), locale.English, record("APIGateway.9", "orders/prod"), record("APIGateway.9", "shop/prod"))
	for _, o := range one.Choices {
		if strings.Count(o.Command, "--reply production=YES/NO") != 1 || strings.Contains(o.Command, "APIGateway") {
			t.Errorf("%s", o.Command)
		}
	}
}
