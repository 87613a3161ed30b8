package ask

import (
	"bytes"
	"mime"
	"mime/quotedprintable"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// Text is the message as plain text, to be printed, copied or mailed. Its last
// line ends with a line break.
func (m *Message) Text() string {
	var b strings.Builder
	line := func(indent int, text string) {
		b.WriteString(strings.Repeat(" ", indent) + text + "\n")
	}
	labelled := func(indent int, key, text string) {
		if text != "" {
			line(indent, m.catalog.Text("ask.labelled", locale.A("label", m.catalog.Text(key)), locale.A("text", text)))
		}
	}
	line(0, m.Subject)
	line(0, "")
	line(0, m.Intro)
	for i := range m.Topics {
		t := &m.Topics[i]
		line(0, "")
		line(0, t.Control+" ("+t.Severity+") "+t.Title)
		labelled(2, "ask.label.risk", t.Risk)
		for _, e := range t.Findings {
			line(2, e.Resource)
			line(4, e.Where)
			if e.Ref != e.Resource {
				line(4, e.Ref)
			}
			labelled(4, "ask.label.says", e.Says)
			for _, n := range e.Notes {
				labelled(4, "ask.label.note", n)
			}
			labelled(4, "ask.label.since", e.Since)
		}
		for _, f := range t.Fixes {
			labelled(2, "ask.label.fix", f.Change)
			labelled(4, "ask.label.cost", f.Cost)
		}
	}
	line(0, "")
	line(0, m.catalog.Text("ask.choices"))
	for i, o := range m.Choices {
		line(2, strconv.Itoa(i+1)+". "+o.Label)
		line(5, o.Command)
	}
	line(0, "")
	line(0, m.Closing)
	return b.String()
}

// Mail is the message as a mail that a program such as sendmail -t sends. The
// owner is its recipient where the owner is an address.
func (m *Message) Mail() []byte {
	var b bytes.Buffer
	if address(m.question.Owner) {
		b.WriteString("To: " + m.question.Owner + "\r\n")
	}
	b.WriteString("Subject: " + mime.QEncoding.Encode("utf-8", m.Subject) + "\r\n")
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	// A bytes.Buffer takes everything.
	_, _ = w.Write([]byte(m.Text()))
	_ = w.Close()
	return b.Bytes()
}

// address tells whether a name is a bare mail address that no header could
// read as anything else.
func address(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return ok && local != "" && strings.Contains(host, ".") && strings.Trim(local, letters+"._+-") == "" && strings.Trim(host, letters+".-") == ""
}
