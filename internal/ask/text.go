package ask

import (
	"bytes"
	"mime"
	"mime/quotedprintable"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// Kept is the message as plain text without the secret of its link: what may be kept,
// and shown to others than the owner.
func (m *Message) Kept() string {
	if m.Link == "" {
		return m.Text()
	}
	kept := *m
	kept.Link = m.Link[:strings.LastIndex(m.Link, "/")+1] + "…"
	return kept.Text()
}

// Text is the message as plain text, to be printed, copied or mailed. Its last
// line ends with a line break.
func (m *Message) Text() string {
	var b strings.Builder
	line := func(indent int, text string) {
		b.WriteString(strings.Repeat(" ", indent) + text + "\n")
	}
	labelled := func(indent int, key, text string) {
		if text != "" {
			line(indent, m.labelled(m.catalog.Text(key), text))
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
			labelled(4, "ask.label.says", e.Finding.Message.Text)
			for _, n := range e.Finding.Notes {
				labelled(4, "ask.label.note", n.Text)
			}
			labelled(4, "ask.label.since", e.Since)
			if len(e.Costs) > 0 {
				line(4, m.labelled(m.catalog.Text("ask.label.estimate"), e.Costs[0]))
			}
			for _, c := range e.Costs[min(1, len(e.Costs)):] {
				line(6, c)
			}
		}
		for i, f := range t.Fixes {
			line(2, m.labelled(m.FixLabel(t, i), f.Change))
			labelled(4, "ask.label.cost", f.Cost)
		}
		for _, said := range m.decides(t) {
			line(2, said)
		}
	}
	if m.Link != "" {
		line(0, "")
		line(0, m.catalog.Text("ask.link"))
		line(2, m.Link)
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

// decides is what helps an owner to decide, a line each, and then what only the
// owner can answer.
func (m *Message) decides(t *Topic) (list []string) {
	for _, said := range [][2]string{{"affected", t.Affected}, {"proper", t.Proper}, {"never", t.Never}} {
		if said[1] != "" {
			list = append(list, m.labelled(m.catalog.Text("ask.label."+said[0]), said[1]))
		}
	}
	if len(t.Asks) > 0 {
		list = append(list, m.catalog.Text("ask.label.asks"))
	}
	for _, a := range t.Asks {
		list = append(list, "  "+m.labelled(a.Key+" ("+a.Answer(m.catalog)+")", a.Text))
	}
	return list
}

func (m *Message) labelled(label, text string) string {
	return m.catalog.Text("ask.labelled", locale.A("label", label), locale.A("text", text))
}

// FixLabel says of which resources the fix is where there are several types,
// and that it is one of several ways where another would do as well.
func (m *Message) FixLabel(t *Topic, i int) string {
	n, of, types := 0, 0, map[resource.Type]bool{}
	for j, f := range t.Fixes {
		types[f.On] = true
		if f.On == t.Fixes[i].On {
			of++
			if j <= i {
				n++
			}
		}
	}
	label := m.catalog.Text("ask.label.fix")
	if len(types) > 1 {
		label = m.catalog.Text("ask.label.fixOn", locale.A("type", string(t.Fixes[i].On)))
	}
	if of > 1 {
		label = m.catalog.Text("ask.label.fixWay", locale.A("label", label), locale.A("n", n), locale.A("of", of))
	}
	return label
}

// Mail is the message as a mail that a program such as sendmail -t sends. Its
// recipient is the owner's address, or the owner where that is an address.
func (m *Message) Mail() []byte {
	var b bytes.Buffer
	for _, to := range []string{m.question.Address, m.question.Owner} {
		if address(to) {
			b.WriteString("To: " + to + "\r\n")
			break
		}
	}
	b.WriteString(subject(m.Subject))
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(&b)
	// A bytes.Buffer takes everything.
	_, _ = w.Write([]byte(m.Text()))
	_ = w.Close()
	return b.Bytes()
}

// headerLine is the longest line of a header that holds encoded words (RFC 2047).
const headerLine = 76

// subject is the header field, folded. Its first word stays readable to who
// sees the source, and leaves room for the first encoded one.
func subject(text string) string {
	plain, rest, _ := strings.Cut(text, " ")
	words := strings.Split(mime.BEncoding.Encode("utf-8", text), " ")
	if encoded := mime.BEncoding.Encode("utf-8", rest); encoded != rest && mime.BEncoding.Encode("utf-8", plain) == plain {
		words = append([]string{plain}, strings.Split(encoded, " ")...)
	}
	var b strings.Builder
	b.WriteString("Subject:")
	length := b.Len()
	for _, w := range words {
		if length+1+len(w) > headerLine {
			b.WriteString("\r\n")
			length = 0
		}
		b.WriteString(" " + w)
		length += 1 + len(w)
	}
	return b.String() + "\r\n"
}

// address tells whether a name is a bare mail address that no header could
// read as anything else.
func address(s string) bool {
	local, host, ok := strings.Cut(s, "@")
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return ok && local != "" && strings.Contains(host, ".") && strings.Trim(local, letters+"._+-") == "" && strings.Trim(host, letters+".-") == ""
}
