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
		return locale.Errorf("cli.notYet", locale.A("control", id), locale.A("controls", ids))
	}
	if strings.ContainsAny(pattern, "*?[") {
		return locale.Errorf("cli.noControl", shown)
	}
	if like := spell.Nearest(pattern, ids); like != "" {
		return locale.Errorf("cli.controlLike", shown, locale.A("like", like))
	}
	return locale.Errorf("cli.noControl", shown)
}

// IDs are those of controls, in their order.
func IDs(all []*Control) []string {
	ids := make([]string, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	return ids
}
