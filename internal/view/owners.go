package view

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"github.com/kumoban/kumoban/internal/app/owners"
	"github.com/kumoban/kumoban/internal/ask"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// ContactJSON is how to reach an owner.
type ContactJSON struct {
	Address  string      `json:"address,omitempty"`
	Channel  string      `json:"channel,omitempty"`
	Language locale.Lang `json:"language,omitempty"`
	Deputy   string      `json:"deputy,omitempty"`
}

func contact(c ask.Contact) ContactJSON { return ContactJSON{c.Address, c.Channel, c.Lang, c.Deputy} }

type listingJSON struct {
	Account  string            `json:"account,omitempty"`
	Stack    string            `json:"stack,omitempty"`
	Tags     map[string]string `json:"tags,omitempty"`
	Resource string            `json:"resource,omitempty"`
	Team     string            `json:"team"`
	ContactJSON
}

// Owners writes the owner directory as a table, the most specific entries first.
func (v *View) Owners(w io.Writer, list []ask.Listing) error {
	if len(list) == 0 {
		return lines(w, v.say("noOwners"))
	}
	var rows [][]string
	for _, l := range ask.NewDirectory(list).Listings() {
		rows = append(rows, []string{l.Name(), l.Team, dash(l.Address), dash(l.Channel), dash(string(l.Lang)), dash(l.Deputy)})
	}
	return table(w, v.heads("owns", "team", "address", "channel", "language", "deputy"), rows)
}

// OwnersBody is the owner directory.
type OwnersBody struct {
	SchemaVersion int           `json:"schemaVersion"`
	Owners        []listingJSON `json:"owners"`
}

// OwnersBody has the entries of a directory, the most specific first.
func (v *View) OwnersBody(list []ask.Listing) OwnersBody {
	out := OwnersBody{schemaVersion, []listingJSON{}}
	for _, l := range ask.NewDirectory(list).Listings() {
		out.Owners = append(out.Owners, listingJSON{l.Account, l.Stack, l.Tags, l.Resource, l.Team, contact(l.Contact)})
	}
	return out
}

// OwnersJSON writes the owner directory for machines, likewise.
func (v *View) OwnersJSON(w io.Writer, list []ask.Listing) error {
	return writeJSON(w, v.OwnersBody(list))
}

// Imported says what a new directory changed, or would change.
func (v *View) Imported(w io.Writer, i owners.Imported, dry bool) error {
	key := "owners.imported"
	if dry {
		key = "owners.would"
	}
	return lines(w, v.say(key, locale.A("added", i.Added), locale.A("changed", i.Changed), locale.A("removed", i.Removed), locale.A("same", i.Same)))
}

// ImportedBody is what a new directory changed, or would change: entries.
type ImportedBody struct {
	SchemaVersion int  `json:"schemaVersion"`
	DryRun        bool `json:"dryRun"`
	Added         int  `json:"added"`
	Changed       int  `json:"changed"`
	Removed       int  `json:"removed"`
	Same          int  `json:"same"`
}

// ImportedBody has what a new directory changed.
func (v *View) ImportedBody(i owners.Imported, dry bool) ImportedBody {
	return ImportedBody{schemaVersion, dry, i.Added, i.Changed, i.Removed, i.Same}
}

// ImportedJSON is Imported for machines.
func (v *View) ImportedJSON(w io.Writer, i owners.Imported, dry bool) error {
	return writeJSON(w, v.ImportedBody(i, dry))
}

// Unowned counts findings of which nothing tells the owner, by their resources.
type Unowned struct {
	view *View
	n    map[place]int
}

type place struct{ Account, Region, Type, Resource, Name string }

// NewUnowned makes an empty count.
func (v *View) NewUnowned() *Unowned { return &Unowned{v, map[place]int{}} }

// Add counts a finding.
func (u *Unowned) Add(r *lifecycle.Record) {
	ref := &r.Resource
	u.n[place{ref.Account, ref.Region, string(ref.Type), ref.ID(), name(ref)}]++
}

type unownedResource struct {
	Account  string `json:"account"`
	Region   string `json:"region"`
	Type     string `json:"type"`
	Resource string `json:"resource"`
	Name     string `json:"name"`
	Findings int    `json:"findings"`
}

// UnownedBody are the resources, with findings that wait, of which nothing tells the
// owner.
type UnownedBody struct {
	SchemaVersion int               `json:"schemaVersion"`
	Missing       []unownedResource `json:"missing"`
}

// Body has the resources by account, the most findings first.
func (u *Unowned) Body() UnownedBody {
	out := UnownedBody{schemaVersion, []unownedResource{}}
	for p, n := range u.n {
		out.Missing = append(out.Missing, unownedResource{p.Account, p.Region, p.Type, p.Resource, p.Name, n})
	}
	slices.SortFunc(out.Missing, func(a, b unownedResource) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(b.Findings, a.Findings), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Resource, b.Resource))
	})
	return out
}

// Write writes the resources by account, the most findings first.
func (u *Unowned) Write(w io.Writer, asJSON bool) error {
	out := u.Body()
	if asJSON {
		return writeJSON(w, out)
	}
	if len(out.Missing) == 0 {
		return lines(w, u.view.say("noneMissing"))
	}
	var rows [][]string
	for _, m := range out.Missing {
		rows = append(rows, []string{dash(m.Account), dash(m.Region), m.Name, strconv.Itoa(m.Findings), m.Resource})
	}
	return table(w, u.view.heads("account", "region", "name", "findings", "resource"), rows)
}

// Owned says of findings who owns their resources, and how that is known.
func (v *View) Owned(w io.Writer, list []owners.Owned) error {
	var rows [][]string
	for i := range list {
		r, o := &list[i].Record, &list[i].Owner
		rows = append(rows, []string{finding.Short(r.ID), name(&r.Resource), dash(o.Owner), dash(o.From), dash(o.Address), dash(o.Channel), dash(string(o.Lang)), dash(o.Deputy)})
	}
	return table(w, v.heads("id", "name", "owner", "from", "address", "channel", "language", "deputy"), rows)
}

// OwnedJSON is Owned for machines.
func (v *View) OwnedJSON(w io.Writer, list []owners.Owned) error {
	type ownedJSON struct {
		ID    string `json:"id"`
		Owner string `json:"owner"`     // "" where nothing tells
		From  string `json:"ownerFrom"` // likewise
		ContactJSON
	}
	out := struct {
		SchemaVersion int         `json:"schemaVersion"`
		Findings      []ownedJSON `json:"findings"`
	}{schemaVersion, []ownedJSON{}}
	for i := range list {
		o := &list[i].Owner
		out.Findings = append(out.Findings, ownedJSON{list[i].ID, o.Owner, o.From, contact(o.Contact)})
	}
	return writeJSON(w, out)
}
