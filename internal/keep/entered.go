package keep

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/internal/store"
)

// Scopes are the accounts and Regions under which a scan judged anything, each
// once: those that it entered, and where what is the account's is judged.
func Scopes(scan *store.Scan) []resource.Scope {
	var all []resource.Scope
	for _, e := range enteredBy(scan) {
		if !slices.Contains(all, e.Scope) {
			all = append(all, e.Scope)
		}
	}
	return all
}

// entered is one scope of a scan: a Region, or what is the account's and judged
// under that Region.
type entered struct {
	resource.Scope
	wide bool
}

// enteredBy are the scopes of a scan, each once, those of Regions first.
func enteredBy(scan *store.Scan) (list []entered) {
	add := func(a *resource.Account, region string, wide bool) {
		e := entered{resource.Scope{Partition: a.Partition, Account: a.ID, Region: region}, wide}
		if a.ID != "" && !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	for i := range scan.Accounts {
		for _, region := range scan.Accounts[i].Regions {
			add(&scan.Accounts[i], region, false)
		}
	}
	for i := range scan.Accounts {
		if a := &scan.Accounts[i]; a.Wide != "" {
			add(a, a.Wide, true)
		}
	}
	return list
}

// Places are the accounts and Regions that a scan entered, and those under which it
// judged what is the account's.
func Places(scan *store.Scan) (regions, broad []resource.Scope) { return split(enteredBy(scan)) }

// split parts scopes by kind.
func split(list []entered) (regions, broad []resource.Scope) {
	for _, e := range list {
		if e.wide {
			broad = append(broad, e.Scope)
		} else {
			regions = append(regions, e.Scope)
		}
	}
	return regions, broad
}

// key names a scope.
func (e entered) key() string {
	key := e.Partition + " " + e.Account + " " + e.Region
	if e.wide {
		key += " wide"
	}
	return key
}

// hides tells whether a gap of a scan may hide something in one of its scopes.
func (e entered) hides(g *resource.Gap) bool {
	in := g.Account == e.Account && (g.Region == "" || g.Region == e.Region)
	return in && (len(g.Hides) == 0 || slices.ContainsFunc(g.Hides, func(t resource.Type) bool { return catalog.Wide(t) == e.wide }))
}

// wides are the ids, in lower case, of a scan's controls that judge what is the
// account's.
func wides(scans ...*store.Scan) map[string]bool {
	ids := map[string]bool{}
	for _, s := range scans {
		for _, id := range s.Wide {
			ids[strings.ToLower(id)] = true
		}
	}
	return ids
}
