package asff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"time"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/report/internal/stream"
)

// Standing is what a single scan does not know of a finding that is kept.
type Standing struct {
	Workflow string           // NEW, NOTIFIED, SUPPRESSED or RESOLVED
	Archived bool             // RecordState
	Override control.Severity // in place of the control's; 0: none

	CreatedAt       time.Time
	FirstObservedAt time.Time // when the compliance status last changed, as Security Hub has it
	LastObservedAt  time.Time
	UpdatedAt       time.Time // milliseconds count; Security Hub ignores an update that is not later
}

// Imports makes findings for BatchImportFindings.
type Imports struct{ b builder }

// NewImports writes findings of controls in the language of texts, as a version
// of kumoban.
func NewImports(texts *stream.Texts, controls []*control.Control, version string) *Imports {
	b := builder{texts: texts, scan: &stream.Scan{Version: version}, controls: map[string]*control.Control{}}
	for _, c := range controls {
		b.controls[c.ID] = c
	}
	return &Imports{b}
}

// Import is one finding as BatchImportFindings takes it.
type Import struct{ f *securityFinding }

// Finding makes an Import.
func (i *Imports) Finding(f *finding.Finding, s Standing) Import {
	a := i.b.base(f.ID(), f, s)
	i.b.reason(a, f)
	return Import{a}
}

// Digest tells whether an import would change anything: it covers all but the
// times of looking and of writing, the writer's version, and the workflow, which
// Security Hub takes from an import only when a finding is new.
func (i Import) Digest() string {
	f := *i.f
	f.UpdatedAt, f.LastObservedAt, f.Workflow, f.WorkflowState = "", "", workflow{}, ""
	f.ProductFields = maps.Clone(f.ProductFields)
	delete(f.ProductFields, "kumoban/version")
	sum := sha256.Sum256(encode(&f))
	return hex.EncodeToString(sum[:16])
}

// Descriptions are cut to these lengths, one after the other, in a finding that
// is too large.
func shorter() []int { return []int{maxDescription / 4, maxDescription / 16} }

// Encode returns the JSON in at most so many bytes. One that is larger loses
// the resource's details, then most of its description; nothing else may go.
// Where that is not enough, ok is false and the bytes are those that are left.
func (i Import) Encode(most int) (data []byte, ok bool) {
	if data = encode(i.f); len(data) <= most {
		return data, true
	}
	f := *i.f
	f.Resources = append([]affected(nil), f.Resources...)
	for n := range f.Resources {
		f.Resources[n].Details = nil
	}
	data = encode(&f)
	for _, n := range shorter() {
		if len(data) <= most {
			break
		}
		f.Description = limit(f.Description, n)
		data = encode(&f)
	}
	return data, len(data) <= most
}

// encode leaves <, > and & as they are: Security Hub counts bytes.
func encode(f *securityFinding) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(f) // strings, numbers and lists of them
	return bytes.TrimSpace(b.Bytes())
}
