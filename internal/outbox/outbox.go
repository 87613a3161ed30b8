// Package outbox is what people have to be told: messages that are written in the
// transaction of what they tell, and wait in the store until they were delivered. Who
// delivers them is above.
package outbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/kumoban/kumoban/internal/audit"
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// The states of a message.
const (
	Waiting = "waiting"  // for its first delivery, or for the end of one that has begun
	Failed  = "failed"   // at least once; it is due again
	Sent    = "sent"     // it arrived, as far as the receiver says
	GivenUp = "given-up" // nobody tries any more
)

// States lists them.
func States() []string { return []string{Waiting, Failed, Sent, GivenUp} }

// Kind is how messages of a channel travel.
type Kind string

// The kinds of channels.
const (
	Webhook Kind = "webhook" // signed, as Standard Webhooks has it
	Slack   Kind = "slack"
	Mail    Kind = "mail"
)

// Channel is where messages go, as far as the store has to know: no secret is of it.
type Channel struct {
	Name   string      `json:"name"`
	Kind   Kind        `json:"kind"`
	Lang   locale.Lang `json:"lang"`
	To     []string    `json:"to,omitempty"`     // of Mail
	Owners bool        `json:"owners,omitempty"` // of Mail: also to owners, each their own part
}

// The states of a channel in the store.
const (
	on  = "on"
	off = "off"
)

// Topic is what a message is about.
type Topic string

// The topics.
const (
	Findings  Topic = "findings"  // new ones of HIGH and CRITICAL
	Ended     Topic = "ended"     // exceptions that ended by themselves
	Ending    Topic = "ending"    // exceptions that end in some days
	Questions Topic = "questions" // to which nobody answered in time
	Deadlines Topic = "deadlines" // findings that became overdue
	Daily     Topic = "digest"    // all else
	Test      Topic = "test"
)

// Topics lists them.
func Topics() []Topic {
	return []Topic{Findings, Ended, Ending, Questions, Deadlines, Daily, Test}
}

// Message is one message to one receiver: what is to be said, as data, and what became
// of it. It is put into words when it is sent.
type Message struct {
	Topic     Topic       `json:"topic"`
	Channel   string      `json:"channel"`
	Kind      Kind        `json:"kind"`
	To        string      `json:"to,omitempty"`    // an address for mail; "": the channel has its own
	Owner     string      `json:"owner,omitempty"` // whose part alone it is; "": all
	Lang      locale.Lang `json:"lang"`
	Made      time.Time   `json:"made"`
	Groups    []Group     `json:"groups,omitempty"`
	More      int         `json:"more,omitempty"` // findings of groups that are left out
	Questions []Question  `json:"questions,omitempty"`
	Digest    *Digest     `json:"digest,omitempty"`

	Since time.Time              `json:"since"` // from when on its time is counted: made, or tried again by a person
	Tries int                    `json:"tries,omitempty"`
	Tried time.Time              `json:"tried,omitzero"`
	Error map[locale.Lang]string `json:"error,omitempty"` // of the last attempt that failed
}

// Count is of how many findings the message tells.
func (m *Message) Count() int {
	n := m.More
	for i := range m.Groups {
		n += m.Groups[i].N
	}
	return n
}

// Group is what is said of the findings of one control that one owner has.
type Group struct {
	Control  string           `json:"control"`
	Severity control.Severity `json:"severity"` // the highest
	Owner    string           `json:"owner"`    // "": nothing tells
	N        int              `json:"n"`
	Days     int              `json:"days,omitempty"` // in which exceptions end
	Some     []Example        `json:"some"`           // the first of them
}

// Example is one finding of a group.
type Example struct {
	ID       string `json:"id"`
	Resource string `json:"resource"`
	Account  string `json:"account"`
	Region   string `json:"region"`
}

// Question is one that nobody answered in time.
type Question struct {
	ID    string    `json:"id"`
	Owner string    `json:"owner"`
	Due   time.Time `json:"due"`
	N     int       `json:"n"` // findings
}

// What a message names at most; of the rest it tells the number.
const (
	mostGroups   = 20
	mostExamples = 3
)

// Stored is a message with its key, which stays the same however often it is sent.
type Stored struct {
	Key     string
	State   string
	Due     time.Time // of the next attempt
	Message Message
}

// put stores a message.
func put(ctx context.Context, w store.Writer, s *Stored) error {
	doc, err := json.Marshal(&s.Message)
	if err != nil {
		return err
	}
	return w.PutItem(ctx, store.Item{Kind: store.ItemMessage, ID: s.Key, State: s.State, About: s.Message.Channel, Due: s.Due, Doc: doc})
}

func read(i *store.Item) (Stored, error) {
	s := Stored{Key: i.ID, State: i.State, Due: i.Due}
	err := json.Unmarshal(i.Doc, &s.Message)
	return s, err
}

// NewKey is the key of a message.
func NewKey() string { return "msg_" + rand.Text() }

// send puts a message into the outbox, due now.
func send(ctx context.Context, w store.Writer, m Message, now time.Time) error {
	m.Made, m.Since = now, now
	return put(ctx, w, &Stored{Key: NewKey(), State: Waiting, Due: now, Message: m})
}

// toAll sends a message to every receiver of the channels, but for owners.
func toAll(ctx context.Context, w store.Writer, channels []Channel, m Message, now time.Time) error {
	for i := range channels {
		c := &channels[i]
		m.Channel, m.Kind, m.Lang, m.To = c.Name, c.Kind, c.Lang, ""
		to := c.To
		if c.Kind != Mail {
			to = []string{""}
		}
		for _, m.To = range to {
			if err := send(ctx, w, m, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// Channels are those that are on.
func Channels(ctx context.Context, r store.Reader) ([]Channel, error) {
	items, err := r.Items(ctx, store.ItemQuery{Kind: store.ItemChannel, States: []string{on}})
	if err != nil {
		return nil, err
	}
	list := make([]Channel, len(items))
	for i := range items {
		if err := json.Unmarshal(items[i].Doc, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// SetChannels makes a list the channels of the store, and says whether anything changed.
func SetChannels(ctx context.Context, w store.Writer, list []Channel, by string, now time.Time) (bool, error) {
	had, err := w.Items(ctx, store.ItemQuery{Kind: store.ItemChannel})
	if err != nil {
		return false, err
	}
	var next []store.Item
	for i := range list {
		doc, err := json.Marshal(&list[i])
		if err != nil {
			return false, err
		}
		next = append(next, store.Item{Kind: store.ItemChannel, ID: list[i].Name, State: on, Doc: doc})
	}
	for _, h := range had {
		if !slices.ContainsFunc(list, func(c Channel) bool { return c.Name == h.ID }) {
			h.State = off
			next = append(next, h)
		}
	}
	changed := false
	for _, n := range next {
		if slices.ContainsFunc(had, func(h store.Item) bool { return h.ID == n.ID && h.State == n.State && string(h.Doc) == string(n.Doc) }) {
			continue
		}
		changed = true
		if err := w.PutItem(ctx, n); err != nil {
			return false, err
		}
		detail, err := json.Marshal(map[string]any{"state": n.State, "channel": json.RawMessage(n.Doc)})
		if err != nil {
			return false, err
		}
		if _, err := w.Append(ctx, audit.Entry{At: now, Actor: by, Action: "messages.channel", Subject: n.ID, Detail: string(detail)}); err != nil {
			return false, err
		}
	}
	return changed, nil
}

// Name tells whether a text can be the name of a channel.
func Name(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == ""
}
