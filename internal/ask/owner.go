package ask

import (
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
)

// Candidate is somebody who may own a resource, and how that is known: "named"
// by whoever asks, "directory" (the store's list of owners), "tag:KEY", "stack"
// (the CloudFormation stack that made it), or "cloudtrail" (who changed it last).
type Candidate struct {
	Owner, From string
	Contact     // of whom the directory lists
}

// stackTag is the tag that CloudFormation gives to what a stack makes.
const stackTag = "aws:cloudformation:stack-name"

// OwnerKeys are the tags that name an owner, where the user configured none.
func OwnerKeys() []string { return []string{"Owner", "owner", "Team", "team", "Contact", "contact"} }

// Hints are what is known of a resource's owner.
type Hints struct {
	Named   string            // by whoever asks
	Listed  *Listing          // in the directory; nil: nobody is
	Tags    map[string]string // of the resource or its API
	Keys    []string          // of tags that name an owner, the most telling first; nil: OwnerKeys
	Changer string            // who changed it last, as CloudTrail has it
}

// Candidates lists who may own the resource, the likeliest first; none where
// nothing tells. A name is fit to be shown: it holds no control characters.
func (h *Hints) Candidates() []Candidate {
	var list []Candidate
	var contact Contact
	add := func(owner, from string) {
		owner = locale.Clean(strings.TrimSpace(owner))
		if r := []rune(owner); len(r) > MostName {
			owner = string(r[:MostName])
		}
		if owner != "" {
			list = append(list, Candidate{owner, from, contact})
		}
	}
	add(h.Named, "named")
	if h.Listed != nil {
		contact = h.Listed.Contact
		add(h.Listed.Team, "directory")
		contact = Contact{}
	}
	keys := h.Keys
	if keys == nil {
		keys = OwnerKeys()
	}
	for _, key := range keys {
		add(h.Tags[key], "tag:"+key)
	}
	add(h.Tags[stackTag], "stack")
	add(h.Changer, "cloudtrail")
	return list
}

// Owned are findings that one owner is asked about in one question.
type Owned struct {
	Candidate
	Findings []string // records' ids
}

// Group puts findings of one owner together, in the order in which owners come
// up; an owner of more than MostAsked has several groups. Findings of which
// nothing tells the owner are returned beside.
func Group(findings []string, hints func(id string) Hints) (groups []Owned, unowned []string) {
	open := map[Candidate]int{}
	for _, id := range findings {
		h := hints(id)
		list := h.Candidates()
		if list == nil {
			unowned = append(unowned, id)
			continue
		}
		i, ok := open[list[0]]
		if !ok || len(groups[i].Findings) == MostAsked {
			i = len(groups)
			open[list[0]] = i
			groups = append(groups, Owned{Candidate: list[0]})
		}
		groups[i].Findings = append(groups[i].Findings, id)
	}
	return groups, unowned
}
