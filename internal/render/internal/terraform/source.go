// Package terraform writes a plan as HCL for the AWS provider: a resource for
// each changed thing, and an import block for each that exists. What the plan
// does not know of a thing is left alone.
package terraform

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// Provider is the version of hashicorp/aws that the resources are written for.
const Provider = "5.100.0"

// source is a configuration in the making.
type source struct {
	words   *words.Words
	scope   resource.Scope
	outline bool // no plan is named, and what goes into a resource is no comment
	things  []*part.Merged
	address map[*part.Merged]string // of its main resource
	labels  map[string]bool         // those in use
	sets    map[*part.Merged]map[string]string
	insides []Inside
	text    bytes.Buffer
}

// Write writes the configuration.
func Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &source{}
	if err := s.make(p, w); err != nil {
		return err
	}
	head := append(w.Head(p), w.Say("terraform.use", locale.A("provider", Provider)))
	for _, line := range slices.Concat(head, w.Along(p), w.Managed(p, "terraform")) {
		b.WriteString("# " + line + "\n")
	}
	b.Write(s.text.Bytes())
	return nil
}

// make writes all resources.
func (s *source) make(p *plan.Plan, w *words.Words) error {
	*s = source{words: w, outline: s.outline, scope: scopeOf(p), things: part.Merge(p.Steps), address: map[*part.Merged]string{}, labels: map[string]bool{}, sets: map[*part.Merged]map[string]string{}}
	for _, m := range s.things {
		s.sets[m] = setters(p, m)
		if part.OfRoom(&m.Step) {
			continue
		}
		k, ok := kinds()[m.Thing.Type]
		if !ok {
			return locale.Errorf("render.error.unknownType", locale.A("type", string(m.Thing.Type)))
		}
		s.address[m] = k.resource + "." + s.label(k.resource, name(m))
	}
	for _, m := range s.things {
		if !s.outline {
			s.heading(m)
		}
		write := ofRoom
		if !part.OfRoom(&m.Step) {
			write = kinds()[m.Thing.Type].write
		}
		if err := write(s, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *source) heading(m *part.Merged) {
	s.text.WriteString("\n")
	s.comment(s.words.Say("step", locale.A("step", m.IDs), locale.A("thing", s.words.Thing(m.Thing))))
	for i := range m.Changes {
		s.comment("  " + s.words.Brief(&m.Changes[i]))
	}
}

// Outline writes what the changes are in Terraform, as one finds it in a
// configuration.
func Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error {
	s := &source{outline: true}
	if err := s.make(p, w); err != nil {
		return err
	}
	b.Write(s.text.Bytes())
	return nil
}

// kind says how the things of one type are written.
type kind struct {
	resource string // Terraform's name of the main resource
	write    func(*source, *part.Merged) error
}

func kinds() map[resource.Type]kind {
	return map[resource.Type]kind{
		part.RestStage:   {"aws_api_gateway_stage", restStage},
		part.Stage:       {"aws_apigatewayv2_stage", stage},
		part.Route:       {"aws_apigatewayv2_route", route},
		part.Integration: {"aws_apigatewayv2_integration", integration},
		part.DomainName:  {"aws_api_gateway_domain_name", domainName},
		part.Account:     {"aws_api_gateway_account", account},
		part.Certificate: {"aws_api_gateway_client_certificate", certificate},
		part.Association: {"aws_wafv2_web_acl_association", association},
		part.LogGroup:    {"aws_cloudwatch_log_group", logGroup},
		part.Role:        {"aws_iam_role", role},
		part.Key:         {"aws_kms_key", key},
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (s *source) comment(text string) { s.text.WriteString("# " + text + "\n") }

// name is what a label is made of.
func name(m *part.Merged) string {
	if part.OfRoom(&m.Step) {
		return part.Called(m.Thing)
	}
	if p, ok := part.Parse(m.Thing.ARN); ok {
		return p.API + " " + p.Name
	}
	return m.Thing.Name
}

var notLabel = regexp.MustCompile(`[^A-Za-z0-9]+`)

// label makes a label that no other resource of the type has.
func (s *source) label(resource, name string) string {
	label := strings.ToLower(strings.Trim(notLabel.ReplaceAllString(name, "_"), "_"))
	label = label[:min(len(label), 60)]
	if label == "" || unicode.IsDigit(rune(label[0])) {
		label = "r_" + label
	}
	free := label
	for i := 2; s.labels[resource+"."+free]; i++ {
		free = fmt.Sprintf("%s_%d", label, i)
	}
	s.labels[resource+"."+free] = true
	return free
}

// open begins the block of a resource.
func open(address string) *block {
	kind, label, _ := strings.Cut(address, ".")
	return &block{head: fmt.Sprintf("resource %q %q", kind, label)}
}

// close writes a resource and, where the thing exists, how to import it.
func (s *source) close(b *block, m *part.Merged, address, id string, ignore ...string) {
	if after := s.after(m); len(after) > 0 {
		b.set("depends_on", "["+strings.Join(after, ", ")+"]")
	}
	life := &block{head: "lifecycle"}
	if m.Make && (m.Data || m.Shared) {
		life.set("prevent_destroy", "true")
	}
	if id != "" && len(ignore) > 0 {
		life.set("ignore_changes", list(ignore))
	}
	if len(life.items) > 0 {
		b.items = append(b.items, life)
	}
	b.write(&s.text, "")
	if id != "" {
		s.text.WriteString("\n")
		imported := &block{head: "import"}
		imported.set("to", address)
		imported.set("id", quoted(id))
		imported.write(&s.text, "")
	}
}

// list writes names, each on a line where they are many.
func list(names []string) string {
	flat := strings.Join(names, ", ")
	if len(flat) < 60 {
		return "[" + flat + "]"
	}
	return "[\n  " + strings.Join(names, ",\n  ") + ",\n]"
}

// missing says what the plan would have to know.
func (s *source) missing(property string) {
	s.comment(s.words.Say("terraform.missing", locale.A("property", property)))
}

// value writes a value, and the attribute of another resource for an output.
func (s *source) value(v any) (string, error) {
	out, ok := part.Output(v)
	if !ok {
		return literal(v), nil
	}
	maker := part.Made(s.things, out.Of)
	attribute := map[string]string{"Arn": "arn", "ClientCertificateId": "id"}[out.Name]
	if maker == nil || attribute == "" {
		return "", locale.Errorf("render.error.noOutput", locale.A("output", out.Name), locale.A("step", out.Of))
	}
	return s.address[maker] + "." + attribute, nil
}

// after lists the resources that come first without being referred to.
func (s *source) after(m *part.Merged) []string {
	var addresses []string
	for _, id := range m.After {
		before := part.Made(s.things, id)
		if before == nil || before == m {
			continue
		}
		if before.Thing.Type == part.Role {
			addresses = append(addresses, s.attachments(before)...)
		} else if !refers(m, before) {
			addresses = append(addresses, s.address[before])
		}
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func refers(m, to *part.Merged) bool {
	return slices.ContainsFunc(m.Changes, func(c plan.Change) bool {
		out, ok := part.Output(c.Will)
		return ok && out != remedy.Output{} && slices.Contains(to.IDs, out.Of)
	})
}
