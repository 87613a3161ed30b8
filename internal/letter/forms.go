package letter

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/outbox"
)

// version grows when a reader of the version before would misread a message.
const version = 1

// posted is a message for a webhook: the words, and all that they were made of. It is
// described by docs/schemas/message.schema.json.
type posted struct {
	SchemaVersion int        `json:"schemaVersion"`
	Type          string     `json:"type"` // as Standard Webhooks advises
	ID            string     `json:"id"`
	Time          time.Time  `json:"timestamp"`
	Data          postedData `json:"data"`
}

type postedData struct {
	Lang      string            `json:"lang"`
	Subject   string            `json:"subject"`
	Text      string            `json:"text"`
	Groups    []outbox.Group    `json:"groups"`
	More      int               `json:"more"` // findings of groups that are left out
	Questions []outbox.Question `json:"questions"`
	Digest    *outbox.Digest    `json:"digest"`
}

// Webhook is the JSON of a message for a webhook.
func (l *Letter) Webhook(key string, m *outbox.Message) ([]byte, error) {
	p := posted{version, "kumoban." + string(m.Topic), key, m.Made.UTC(), postedData{
		string(m.Lang), l.Subject, l.Text(), append([]outbox.Group{}, m.Groups...), m.More, append([]outbox.Question{}, m.Questions...), m.Digest,
	}}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(p)
	return b.Bytes(), err
}

// Slack is the JSON of a message for an incoming webhook of Slack, in which no markup,
// mention or link of others works.
func (l *Letter) Slack() ([]byte, error) { return ask.Plain(l.Subject, l.Sections) }
