package words

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
)

// Along warns of what a declaration carries beside the changes: whole objects,
// as the plan found them. A template cannot look before it is deployed, so the
// commands that show what is there now are named.
func (w *Words) Along(p *plan.Plan) []string {
	var commands []string
	for i := range p.Steps {
		s := &p.Steps[i]
		carries := slices.ContainsFunc(s.With, func(c plan.Change) bool {
			return slices.ContainsFunc([]string{"MethodSettings[", "DefaultRouteSettings.", "AccessLogSettings.", "EndpointAccessMode", "SecurityPolicy"},
				func(prefix string) bool { return strings.HasPrefix(c.Property, prefix) })
		})
		if command := looking(s.Thing); carries && command != "" && !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	if commands == nil {
		return nil
	}
	lines := []string{w.Say("along", locale.A("time", p.MadeAt.UTC().Format("2006-01-02 15:04:05 UTC")))}
	for _, c := range commands {
		lines = append(lines, "  "+locale.Clean(c))
	}
	return lines
}

// looking is the AWS CLI command that shows a thing.
func looking(t plan.Thing) string {
	path, _ := part.Parse(t.ARN)
	switch t.Type {
	case part.RestStage:
		return "aws apigateway get-stage --rest-api-id " + path.API + " --stage-name '" + path.Name + "'"
	case part.Stage:
		return "aws apigatewayv2 get-stage --api-id " + path.API + " --stage-name '" + path.Name + "'"
	case part.DomainName:
		command := "aws apigateway get-domain-name --domain-name '" + path.Name + "'"
		if path.ID != "" {
			command += " --domain-name-id " + path.ID
		}
		return command
	}
	return ""
}
