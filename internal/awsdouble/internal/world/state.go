package world

import "encoding/json"

// State returns all that the account holds as one JSON value: its roles, and by
// Region what a fixture would have held. Two states are equal exactly if nothing
// that a caller could read has changed; when something becomes ready and the
// trail of events are left out.
func (a *Account) State() ([]byte, error) {
	a.Lock()
	defer a.Unlock()
	type group struct {
		*LogGroup
		Tags    map[string]string     `json:"tags"`
		Streams map[string][]LogEvent `json:"streams"`
	}
	type held struct {
		*Region
		Name      any
		Account   any // hides the region's, which leads back here
		Events    any
		LogGroups []group
	}
	regions := map[string]held{}
	for name, r := range a.regions {
		h := held{Region: r}
		for _, g := range r.LogGroups {
			streams := map[string][]LogEvent{}
			for _, s := range g.Streams {
				streams[s.LogStreamName] = s.Events
			}
			h.LogGroups = append(h.LogGroups, group{g, g.Tags, streams})
		}
		regions[name] = h
	}
	return json.Marshal(map[string]any{"roles": a.Roles, "regions": regions, "things": a.Things})
}
