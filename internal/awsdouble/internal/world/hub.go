package world

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Hub is Security Hub in one account and Region. A Region without one has not
// enabled it.
type Hub struct {
	// Members are the accounts whose findings the account sees and updates as
	// their administrator.
	Members []string
	// Aggregates makes the findings of all Regions visible in this one.
	Aggregates bool
	Findings   []*HubFinding
	// Parameters are those that the account has set, by control and name, each below
	// the name of its type: {"APIGateway.1": {"loggingLevel": {"Enum": "INFO"}}}.
	Parameters map[string]map[string]map[string]any
}

// HubFinding is a finding in the AWS Security Finding Format, with what became
// of it.
type HubFinding struct {
	Fields  map[string]any
	History []HubChange
}

// HubChange is one record of a finding's history.
type HubChange struct {
	At           time.Time
	Source, By   string
	Field        string
	Before, Then string
	Created      bool
}

// UnmarshalJSON reads the finding itself.
func (f *HubFinding) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &f.Fields) }

// MarshalJSON writes the finding itself.
func (f *HubFinding) MarshalJSON() ([]byte, error) { return json.Marshal(f.Fields) }

// Text is a text deep in the finding, or "".
func (f *HubFinding) Text(path ...string) string {
	var v any = f.Fields
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	s, _ := v.(string)
	return s
}

// Finding returns the finding with this id and product, or nil.
func (h *Hub) Finding(id, product string) *HubFinding {
	return find(h.Findings, func(f *HubFinding) bool { return f.Text("Id") == id && f.Text("ProductArn") == product })
}

// RegionNames are the Regions in which the account has anything; hold its lock.
func (a *Account) RegionNames() []string { return slices.Sorted(maps.Keys(a.regions)) }
