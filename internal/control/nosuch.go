package control

import (
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/spell"
)

// NoSuch says of an id or a pattern that no control of ids is called so: that
// kumoban does not have it yet, that AWS has retired it, or what is meant perhaps.
func NoSuch(ids []string, pattern string) error {
	shown := locale.A("pattern", locale.Clean(pattern))
	if id, retired := metadata.Find(pattern); retired {
		return locale.Errorf("cli.retiredControl", locale.A("control", id))
	} else if id != "" {
		return notYet(ids, id)
	}
	if strings.ContainsAny(pattern, "*?[") {
		return locale.Errorf("cli.noControl", shown)
	}
	if like := spell.Nearest(pattern, ids); like != "" {
		return locale.Errorf("cli.controlLike", shown, locale.A("like", like))
	}
	return locale.Errorf("cli.noControl", shown)
}

// notYet says that none of ids is this control of the standard, and which are for
// the same service.
func notYet(ids []string, id string) error {
	service := Service(id)
	shown, of := locale.A("control", id), locale.A("service", service)
	var beside []string
	for _, other := range ids {
		if strings.EqualFold(Service(other), service) {
			beside = append(beside, other)
		}
	}
	if beside == nil {
		return locale.Errorf("cli.notYetService", shown, of)
	}
	return locale.Errorf("cli.notYet", shown, of, locale.A("controls", beside))
}

// IDs are those of controls, in their order.
func IDs(all []*Control) []string {
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	return ids
}
