package ask

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/glob"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
)

// Listing is one entry of the owner directory: of which resources, and whom to
// ask. What it does not name lets all through; all that it names must fit.
type Listing struct {
	Account  string            `json:",omitempty"`
	Stack    string            `json:",omitempty"` // of CloudFormation
	Tags     map[string]string `json:",omitempty"`
	Resource string            `json:",omitempty"` // a pattern over the ARN, the address or the name
	Team     string
	Contact
}

// Contact is how to reach an owner. The secret address of a webhook is never
// part of it.
type Contact struct {
	Address string      `json:",omitempty"` // for mail
	Channel string      `json:",omitempty"` // one of Channels; "": print
	Lang    locale.Lang `json:",omitempty"` // of messages; "": that of whoever asks
	Deputy  string      `json:",omitempty"`
}

// Channels are the ways in which a question goes out.
func Channels() []string { return []string{"print", "mail", "slack", "webhook"} }

// Name is what the entry is about, in one spelling: it tells entries apart.
func (l *Listing) Name() string {
	var parts []string
	add := func(name, value string) {
		if value == "" {
			return
		}
		if name != "tag" && strings.Contains(value, "=") || strings.ContainsAny(value, " \"\\") || strings.ContainsFunc(value, func(r rune) bool { return !strconv.IsPrint(r) }) {
			value = strconv.Quote(value)
		}
		parts = append(parts, name+"="+value)
	}
	add("account", l.Account)
	add("stack", l.Stack)
	for _, key := range slices.Sorted(maps.Keys(l.Tags)) {
		add("tag", key+"="+l.Tags[key])
	}
	add("resource", l.Resource)
	return strings.Join(parts, " ")
}

// Fits tells whether the entry is about a finding's resource.
func (l *Listing) Fits(r *lifecycle.Record) bool {
	if l.Account != "" && l.Account != r.Resource.Account || l.Stack != "" && l.Stack != r.Tags[stackTag] {
		return false
	}
	for key, value := range l.Tags {
		if has, ok := r.Tags[key]; !ok || has != value {
			return false
		}
	}
	return l.Resource == "" || r.Resource.Fits(l.Resource)
}

// rank tells which of two entries that fit is asked: a whole name before a
// pattern, and the longer pattern first; then a stack, tags, an account.
func (l *Listing) rank() []int {
	is := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	letters := len(l.Resource) - strings.Count(l.Resource, "*") - strings.Count(l.Resource, "?")
	whole := l.Resource != "" && letters == len(l.Resource)
	if whole {
		letters = 0
	}
	return []int{is(whole), letters, is(l.Stack != ""), len(l.Tags), is(l.Account != "")}
}

// meets tells whether a resource may fit both entries.
func (l *Listing) meets(o *Listing) bool {
	either := func(a, b string) bool { return a == "" || b == "" || a == b }
	for key, value := range l.Tags {
		if other, both := o.Tags[key]; both && other != value {
			return false
		}
	}
	return either(l.Account, o.Account) && either(l.Stack, o.Stack) && (l.Resource == "" || o.Resource == "" || glob.Meet(l.Resource, o.Resource))
}

// settles tells whether the entry decides wherever two others both fit: it fits
// there too, and comes before them.
func (l *Listing) settles(a, b *Listing) bool {
	one := func(own, x, y string) bool { return own == "" || own == x || own == y }
	for key, value := range l.Tags {
		if a.Tags[key] != value && b.Tags[key] != value {
			return false
		}
	}
	return slices.Compare(l.rank(), a.rank()) > 0 && one(l.Account, a.Account, b.Account) && one(l.Stack, a.Stack, b.Stack) && one(l.Resource, a.Resource, b.Resource)
}

// Directory answers who is listed for a resource.
type Directory struct{ list []Listing }

// NewDirectory makes a directory of entries.
func NewDirectory(list []Listing) *Directory {
	d := &Directory{slices.Clone(list)}
	slices.SortFunc(d.list, func(a, b Listing) int {
		if c := slices.Compare(b.rank(), a.rank()); c != 0 {
			return c
		}
		return strings.Compare(a.Name(), b.Name())
	})
	return d
}

// Of is the most specific entry for a finding's resource; nil where none fits.
func (d *Directory) Of(r *lifecycle.Record) *Listing {
	for i := range d.list {
		if d.list[i].Fits(r) {
			return &d.list[i]
		}
	}
	return nil
}

// Listings are the entries, the most specific first.
func (d *Directory) Listings() []Listing { return d.list }
