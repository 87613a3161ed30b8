package finding

import (
	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
)

// JSON is the one shape of a finding wherever kumoban writes it as JSON: in reports,
// lists, evidence and questions. Each adds beside it what it knows besides.
type JSON struct {
	ID         string            `json:"id"`
	Control    string            `json:"control"`
	Severity   control.Severity  `json:"severity"` // the one that counts
	Status     *control.Status   `json:"status"`   // nil only in what is being read and lacks it
	Resource   resource.Ref      `json:"resource"`
	Message    locale.Said       `json:"message"`
	Notes      []locale.Said     `json:"notes"`
	Reason     string            `json:"reason,omitempty"` // a reason code
	NotOffered bool              `json:"notOffered"`
	Tags       map[string]string `json:"tags,omitzero"`
}

// NewJSON gives a finding its shape; text puts a message into the language of
// whoever asked.
func NewJSON(f *Finding, text func(locale.Message) string) JSON {
	j := JSON{
		ID: f.ID(), Control: f.Control, Severity: f.Severity, Status: &f.Status, Resource: f.Resource,
		Message: locale.Say(f.Message, text(f.Message)), Notes: make([]locale.Said, len(f.Notes)),
		Reason: f.Reason, NotOffered: f.NotOffered, Tags: f.Tags,
	}
	for i, n := range f.Notes {
		j.Notes[i] = locale.Say(n, text(n))
	}
	return j
}

// Finding is what was written, and whether it says what every finding must.
func (j *JSON) Finding() (*Finding, bool) {
	if j.Control == "" || j.Severity == 0 || j.Status == nil || j.Resource.Type == "" || j.Message.Key == "" {
		return nil, false
	}
	f := &Finding{
		Control: j.Control, Severity: j.Severity, Status: *j.Status, Resource: j.Resource, Message: j.Message.Message(),
		Reason: j.Reason, NotOffered: j.NotOffered, Tags: j.Tags,
	}
	for i := range j.Notes {
		f.Notes = append(f.Notes, j.Notes[i].Message())
	}
	return f, true
}
