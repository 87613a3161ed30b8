package keep

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/finding"
	"github.com/kumoban/kumoban/internal/lifecycle"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/store"
)

// Find makes whole ids of what people type: an id, or the beginning of one that
// no other finding shares; the name or ARN of a resource, alone or behind its
// control ("APIGateway.5 orders/prod", "APIGateway.5:orders/prod"); or the ARN that
// Security Hub's finding has. Of findings of one name those that are ACTIVE come
// first, then those that wait for somebody; where several are left, the error
// lists them.
func Find(ctx context.Context, r store.Reader, names []string) ([]string, error) {
	var ids []string
	for _, name := range names {
		id, err := findOne(ctx, r, strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// withControl is a resource behind its control.
var withControl = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*\.[0-9]+)[ :]\s*(.+)$`)

func findOne(ctx context.Context, r store.Reader, name string) (string, error) {
	if at := strings.LastIndex(name, "arn:"); at >= 0 && strings.Contains(name[at:], ":securityhub:") {
		link, err := r.LinkByARN(ctx, name[at:]) // the product's ARN may stand before it
		return link.Finding, err
	}
	id := strings.ToLower(name)
	hex := name != "" && strings.Trim(id, "0123456789abcdef") == ""
	if hex && len(id) >= shortest {
		ids, err := r.IDs(ctx, id, mostNamed+1)
		switch {
		case err != nil:
			return "", err
		case len(ids) == 1 || len(ids) > 1 && ids[0] == id:
			return ids[0], nil
		case len(ids) > 1:
			records, err := r.Records(ctx, ids)
			if err != nil {
				return "", err
			}
			return "", severalNamed(name, records)
		}
	}
	named, err := byName(ctx, r, name)
	switch {
	case err != nil:
		return "", err
	case len(named) == 1:
		return named[0].ID, nil
	case len(named) > 1:
		return "", severalNamed(name, named)
	case hex && len(id) >= shortest:
		return "", &store.NotFound{What: "finding", ID: id}
	}
	return "", notNamed(ctx, r, name)
}

// mostNamed is how many findings an error lists, and mostAlike how many of one
// name are looked at.
const mostNamed, mostAlike = 5, 500

// byName are the findings that a name may mean.
func byName(ctx context.Context, r store.Reader, name string) ([]lifecycle.Record, error) {
	filter := store.Filter{}
	if m := withControl.FindStringSubmatch(name); m != nil {
		filter.Controls, name = []string{m[1]}, m[2]
	}
	if name == "" {
		return nil, nil
	}
	filter.Resources = []string{name}
	list, _, err := r.Page(ctx, store.Query{Filter: filter, Limit: mostAlike})
	if err != nil {
		return nil, err
	}
	for _, wanted := range []func(*lifecycle.Record) bool{
		func(r *lifecycle.Record) bool { return r.Resource.Name == name || r.Resource.ID() == name }, // a name may look like a pattern
		func(r *lifecycle.Record) bool { return r.State == lifecycle.Active },
		func(r *lifecycle.Record) bool { return r.Status == control.Failed || r.Status == control.Unknown },
	} {
		some := slices.DeleteFunc(slices.Clone(list), func(r lifecycle.Record) bool { return !wanted(&r) })
		if len(some) > 0 {
			list = some
		}
	}
	if len(list) > 0 && list[0].Resource.Name != name && list[0].Resource.ID() != name {
		return nil, nil
	}
	return list, nil
}

// severalNamed lists what was perhaps meant.
func severalNamed(name string, records []lifecycle.Record) error {
	slices.SortFunc(records, func(a, b lifecycle.Record) int { return control.Compare(a.Control, b.Control) })
	var list []string
	for i := range records[:min(mostNamed, len(records))] {
		r := &records[i]
		list = append(list, finding.Short(r.ID)+" ("+r.Control+" "+locale.Clean(r.Resource.Name)+", "+strings.TrimSpace(r.Resource.Account+" "+r.Resource.Region)+")")
	}
	key := "keep.ambiguous"
	if len(records) > mostNamed {
		key = "keep.ambiguousMore"
	}
	return locale.Errorf(key, locale.A("id", typed(name)), locale.A("findings", list))
}

// typed is what somebody typed, as a sentence quotes it.
func typed(name string) string {
	const most = 200
	if runes := []rune(locale.Clean(name)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return locale.Clean(name)
}

// notNamed says that nothing is called so, and what is called nearly so.
func notNamed(ctx context.Context, r store.Reader, name string) error {
	part := name
	if m := withControl.FindStringSubmatch(name); m != nil {
		part = m[2]
	}
	shown := locale.A("id", typed(name))
	if len(part) < shortest-1 || strings.ContainsAny(part, "*?") {
		return locale.Errorf("keep.badID", shown, locale.A("least", shortest))
	}
	list, _, err := r.Page(ctx, store.Query{Filter: store.Filter{Resources: []string{"*" + part + "*"}}, Limit: mostAlike})
	if err != nil {
		return err
	}
	var like []string
	for i := range list {
		if n := locale.Clean(list[i].Resource.Name); n != "" && !slices.Contains(like, n) && len(like) < mostNamed {
			like = append(like, n)
		}
	}
	if len(like) > 0 {
		return locale.Errorf("keep.nameLike", shown, locale.A("names", like))
	}
	return locale.Errorf("keep.badID", shown, locale.A("least", shortest))
}
