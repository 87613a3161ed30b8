package ask

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// What Slack takes: characters of a header and of a section, and controls of
// which a message tells, so that its blocks stay below 50.
const (
	slackHeader = 150
	slackText   = 3000
	slackTopics = 10
)

type slackMessage struct {
	Text        string       `json:"text"` // of notifications
	UnfurlLinks bool         `json:"unfurl_links"`
	UnfurlMedia bool         `json:"unfurl_media"`
	LinkNames   bool         `json:"link_names"`
	Blocks      []slackBlock `json:"blocks"`
}

type slackBlock struct {
	Type string     `json:"type"`
	Text *slackSaid `json:"text,omitempty"`
}

type slackSaid struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim bool   `json:"verbatim,omitempty"`
}

// Slack is the message as the JSON of an incoming webhook. All that came from
// outside stands in plain_text, where no markup, name or emoji works.
func (m *Message) Slack() ([]byte, error) {
	out := slackMessage{Text: escaped(m.Subject, slackText), Blocks: []slackBlock{plainBlock("header", m.Subject, slackHeader), plainBlock("section", m.Intro, slackText)}}
	for i := range m.Topics {
		if i == slackTopics {
			out.Blocks = append(out.Blocks, plainBlock("section", m.catalog.Text("ask.more", locale.A("n", len(m.Topics)-i), locale.A("id", m.question.ID)), slackText))
			break
		}
		t := &m.Topics[i]
		out.Blocks = append(out.Blocks,
			slackBlock{Type: "divider"},
			plainBlock("section", t.Control+" ("+t.Severity+") "+t.Title+"\n"+m.told(t), slackText))
		if fixes := m.fixes(t); fixes != "" {
			out.Blocks = append(out.Blocks, plainBlock("section", fixes, slackText))
		}
		if decides := m.decides(t); len(decides) > 0 {
			out.Blocks = append(out.Blocks, plainBlock("section", strings.Join(decides, "\n"), slackText))
		}
	}
	out.Blocks = append(out.Blocks, slackBlock{Type: "divider"})
	if m.Link != "" {
		// The address is ours: a host that was read as one, and a token of plain letters.
		text := escape(m.catalog.Text("ask.link")) + "\n<" + escape(m.Link) + ">"
		out.Blocks = append(out.Blocks, slackBlock{Type: "section", Text: &slackSaid{Type: "mrkdwn", Text: text, Verbatim: true}})
	}
	out.Blocks = append(out.Blocks, plainBlock("section", m.catalog.Text("ask.choices"), slackText))
	for i, o := range m.Choices {
		// Label and command are ours; a command holds no other's text but a plain name.
		text := strconv.Itoa(i+1) + ". " + escape(o.Label) + "\n```" + escape(o.Command) + "```"
		out.Blocks = append(out.Blocks, slackBlock{Type: "section", Text: &slackSaid{Type: "mrkdwn", Text: text, Verbatim: true}})
	}
	out.Blocks = append(out.Blocks, plainBlock("section", m.Closing, slackText))
	return json.Marshal(out)
}

// told is risk and findings. Of many findings the last are counted only.
func (m *Message) told(t *Topic) string {
	var b strings.Builder
	label := func(key, text string) string {
		return m.catalog.Text("ask.labelled", locale.A("label", m.catalog.Text(key)), locale.A("text", text))
	}
	b.WriteString(label("ask.label.risk", t.Risk))
	for i, e := range t.Findings {
		one := "\n\n" + e.Resource + " (" + e.Where + ")\n" + label("ask.label.says", e.Finding.Message.Text)
		for _, n := range e.Finding.Notes {
			one += "\n" + label("ask.label.note", n.Text)
		}
		if e.Since != "" {
			one += "\n" + label("ask.label.since", e.Since)
		}
		if len(e.Costs) > 0 {
			one += "\n" + label("ask.label.estimate", strings.Join(e.Costs, "\n"))
		}
		// Room for the title before, and for the sentence that counts.
		if len(escape(b.String()+one)) > slackText-600 && i > 0 {
			b.WriteString("\n\n" + m.catalog.Text("ask.more", locale.A("n", len(t.Findings)-i), locale.A("id", m.question.ID)))
			break
		}
		b.WriteString(one)
	}
	return b.String()
}

func (m *Message) fixes(t *Topic) string {
	var lines []string
	for i := range t.Fixes {
		lines = append(lines, m.labelled(m.FixLabel(t, i), t.Fixes[i].Change), t.Fixes[i].Cost)
	}
	return strings.Join(lines, "\n")
}

func plainBlock(kind, text string, most int) slackBlock {
	return slackBlock{Type: kind, Text: &slackSaid{Type: "plain_text", Text: escaped(text, most), Emoji: new(bool)}}
}

// escape takes the meaning from the three characters that Slack reads as
// control characters in every text.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// escaped is escape, cut to most characters without cutting an escape apart.
func escaped(s string, most int) string {
	if s == "" {
		s = "-" // Slack refuses an empty text
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		one := escape(string(r))
		if n += len([]rune(one)); n > most-1 {
			return b.String() + "…"
		}
		b.WriteString(one)
	}
	return b.String()
}

// mostBlocks is how many blocks Slack takes.
const mostBlocks = 50

// Plain is the JSON of a message to an incoming webhook of Slack that has a subject and
// sections of text, in which no markup, name or emoji works. Sections that Slack does
// not take are cut short, and the last left out, which an ellipsis shows.
func Plain(subject string, sections []string) ([]byte, error) {
	out := slackMessage{Text: escaped(subject, slackText), Blocks: []slackBlock{plainBlock("header", subject, slackHeader)}}
	for i, s := range sections {
		if len(out.Blocks) == mostBlocks-1 && i < len(sections)-1 {
			out.Blocks = append(out.Blocks, plainBlock("section", "…", slackText))
			break
		}
		out.Blocks = append(out.Blocks, plainBlock("section", s, slackText))
	}
	return json.Marshal(out)
}
