package view

import (
	"github.com/kumoban/kumoban/internal/app/findings"
	"github.com/kumoban/kumoban/internal/resource"
)

// hitJSON is something that a search may have meant, and where to go.
type hitJSON struct {
	Kind     string        `json:"kind"` // "finding", "resource", "account", "control" or "question"
	ID       string        `json:"id"`   // by which the kind is asked for; of a resource its ARN or address
	Name     string        `json:"name,omitempty"`
	Control  string        `json:"control,omitempty"`
	Status   string        `json:"status,omitempty"`
	Severity string        `json:"severity,omitempty"`
	Resource *resource.Ref `json:"resource,omitempty"`
	Findings int           `json:"findings,omitempty"` // of a resource, as far as the search looked
}

// HitsBody is what a search found, what fits best first.
type HitsBody struct {
	SchemaVersion int       `json:"schemaVersion"`
	Hits          []hitJSON `json:"hits"`
	More          bool      `json:"more"` // there is more that fits
}

// HitsBody has what a search found.
func (v *View) HitsBody(h *findings.Hits) HitsBody {
	out := HitsBody{schemaVersion, []hitJSON{}, h.More}
	for i := range h.List {
		out.Hits = append(out.Hits, v.hit(&h.List[i]))
	}
	return out
}

func (v *View) hit(h *findings.Hit) hitJSON {
	switch {
	case h.Finding != nil:
		r := h.Finding
		return hitJSON{Kind: "finding", ID: r.ID, Name: name(&r.Resource), Control: r.Control, Status: Status(r), Severity: r.Effective().String(), Resource: &r.Resource}
	case h.Resource != nil:
		return hitJSON{Kind: "resource", ID: h.Resource.ID(), Name: name(h.Resource), Resource: h.Resource, Findings: h.N}
	case h.Account != "":
		return hitJSON{Kind: "account", ID: h.Account, Name: h.Name}
	case h.Control != "":
		return hitJSON{Kind: "control", ID: h.Control, Name: v.Texts.Title(h.Control)}
	}
	return hitJSON{Kind: "question", ID: h.Question}
}
