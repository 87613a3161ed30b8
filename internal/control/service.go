package control

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/controls/metadata"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/spell"
)

// Service is the service's part of a control's id: "APIGateway" of APIGateway.5.
func Service(id string) string {
	return id[:max(0, strings.LastIndexByte(id, '.'))]
}

// Services are those that controls are for, each once, in the controls' order.
func Services(all []*Control) []string {
	var names []string
	for _, c := range all {
		name := Service(c.ID)
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			names = append(names, name)
		}
	}
	return names
}

// noSuchService says of a name that none of the controls is for such a service: that
// it is a control's, that kumoban has none of the service's yet, or what is meant
// perhaps.
func noSuchService(all []*Control, name string) error {
	services := Services(all)
	shown, has := locale.A("service", locale.Clean(name)), locale.A("services", services)
	if id, _ := metadata.Find(name); id != "" || slices.ContainsFunc(all, func(c *Control) bool { return Match(name, c.ID) }) {
		return locale.Errorf("cli.serviceIsControl", locale.A("control", locale.Clean(name)))
	}
	standard := metadata.Services()
	if i := slices.IndexFunc(standard, func(s string) bool { return strings.EqualFold(s, name) }); i >= 0 {
		return locale.Errorf("cli.serviceNotYet", locale.A("service", standard[i]), locale.A("n", metadata.CountOf(name)), has)
	}
	for _, names := range [][]string{services, standard} {
		if like := spell.Nearest(name, names); like != "" {
			return locale.Errorf("cli.serviceLike", shown, locale.A("like", like), has)
		}
	}
	return locale.Errorf("cli.noService", shown, has)
}
