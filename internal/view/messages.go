package view

import (
	"cmp"
	"io"
	"time"

	"github.com/kumoban/kumoban/internal/app/messages"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outbox"
)

type messageJSON struct {
	ID       string     `json:"id" doc:"stays the same however often the message is sent"`
	State    string     `json:"state" enum:"waiting,failed,sent,given-up"`
	Topic    string     `json:"topic" enum:"findings,ended,ending,questions,deadlines,digest,test"`
	Channel  string     `json:"channel"`
	Kind     string     `json:"kind" enum:"webhook,slack,mail"`
	To       string     `json:"to,omitempty" doc:"an address, of mail"`
	Owner    string     `json:"owner,omitempty" doc:"whose part alone it is"`
	Language string     `json:"language"`
	Made     time.Time  `json:"made"`
	Findings int        `json:"findings"`
	Tries    int        `json:"tries"`
	Tried    *time.Time `json:"tried" doc:"the last attempt"`
	Next     *time.Time `json:"next" doc:"the next attempt; null: there is none"`
	Error    string     `json:"error,omitempty" doc:"of the last attempt"`
}

type channelJSON struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind" enum:"webhook,slack,mail"`
	Language string   `json:"language"`
	To       []string `json:"to" doc:"addresses, of mail"`
	Owners   bool     `json:"owners" doc:"mail goes to owners, too, each their own part"`
}

// MessagesBody is what is in the outbox, and where it goes.
type MessagesBody struct {
	SchemaVersion int           `json:"schemaVersion"`
	Messages      []messageJSON `json:"messages"`
	Channels      []channelJSON `json:"channels"`
}

// MessagesBody has the messages of an outbox, the last due first.
func (v *View) MessagesBody(box messages.Box) MessagesBody {
	out := MessagesBody{schemaVersion, []messageJSON{}, []channelJSON{}}
	for i := range box.Messages {
		out.Messages = append(out.Messages, v.message(&box.Messages[i]))
	}
	for _, c := range box.Channels {
		out.Channels = append(out.Channels, channelJSON{c.Name, string(c.Kind), string(c.Lang), append([]string{}, c.To...), c.Owners})
	}
	return out
}

func (v *View) message(s *outbox.Stored) messageJSON {
	m := &s.Message
	out := messageJSON{
		ID: s.Key, State: s.State, Topic: string(m.Topic), Channel: m.Channel, Kind: string(m.Kind), To: m.To, Owner: m.Owner, Language: string(m.Lang),
		Made: m.Made.UTC(), Findings: m.Count(), Tries: m.Tries, Error: v.wentWrong(m),
	}
	if !m.Tried.IsZero() {
		at := m.Tried.UTC()
		out.Tried = &at
	}
	if s.State == outbox.Waiting || s.State == outbox.Failed {
		at := s.Due.UTC()
		out.Next = &at
	}
	return out
}

// wentWrong is the error of a message in the reader's language.
func (v *View) wentWrong(m *outbox.Message) string {
	return locale.Clean(cmp.Or(m.Error[v.Catalog.Lang], m.Error[locale.English]))
}

// MessagesJSON writes them for machines.
func (v *View) MessagesJSON(w io.Writer, box messages.Box) error {
	return writeJSON(w, v.MessagesBody(box))
}

// Messages writes them as a table, each with what went wrong below it.
func (v *View) Messages(w io.Writer, box messages.Box) error {
	if len(box.Messages) == 0 {
		return lines(w, v.Catalog.Text("messages.none"))
	}
	var head []string
	for _, name := range []string{"id", "state", "topic", "channel", "next", "tries"} {
		head = append(head, v.Catalog.Text("messages.head."+name))
	}
	var rows [][]string
	for i := range box.Messages {
		one := v.message(&box.Messages[i])
		next := "-"
		if one.Next != nil {
			next = v.minute(*one.Next)
		}
		to := one.Channel
		if one.To != "" {
			to += " " + one.To
		}
		rows = append(rows, []string{one.ID, v.Catalog.Text("messages.state." + one.State), v.Catalog.Text("messages.topic." + one.Topic), to, next, v.Catalog.Text("messages.tries", locale.A("n", one.Tries))})
	}
	if err := table(w, head, rows); err != nil {
		return err
	}
	return v.wrong(w, box)
}

// wrong writes what went wrong, each once.
func (v *View) wrong(w io.Writer, box messages.Box) error {
	seen := map[string]bool{}
	for i := range box.Messages {
		m := &box.Messages[i].Message
		said := v.wentWrong(m)
		if line := m.Channel + ": " + said; said != "" && !seen[line] {
			seen[line] = true
			if err := lines(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// OverdueBody counts the findings that fail past the deadline of their severity.
type OverdueBody struct {
	SchemaVersion int           `json:"schemaVersion"`
	Overdue       outbox.Counts `json:"overdue"`
	All           int           `json:"all"`
}

// OverdueBody has counts by severity.
func (v *View) OverdueBody(c outbox.Counts) OverdueBody {
	return OverdueBody{schemaVersion, c, c.All()}
}
