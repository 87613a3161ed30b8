package world

import "time"

// Resource is a resource of one of the catalogue's types in a fixture: as properties
// by CloudFormation's names, as members of AWS's answers, or as both, where the
// properties are laid over the answer. What identifies it may be in the ARN. A time
// may be "-100d" or "-2h": before the fixture is loaded.
type Resource struct {
	Type       string         `json:"type"`
	ARN        string         `json:"arn"`
	Parent     string         `json:"parent"` // its name, id or ARN
	Properties map[string]any `json:"properties"`
	Answer     map[string]any `json:"answer"`
}

// Thing is a resource of one of the catalogue's types: what is known of it, by the
// names of AWS's answers.
type Thing struct {
	Type   string
	Region string `json:",omitempty"` // "": it is the account's, whatever the Region
	ARN    string
	Tree   map[string]any
	Parent *Thing `json:"-"`
}

// Report is one that AWS has to make first, and that says the same until it is made
// anew.
type Report struct {
	Begun time.Time
	Says  any // nil: nobody has read it yet
}

// Reported notes when AWS began to make the report that a call answers.
func (a *Account) Reported(call string, at time.Time) {
	if a.Reports == nil {
		a.Reports = map[string]*Report{}
	}
	a.Reports[call] = &Report{Begun: at}
}
