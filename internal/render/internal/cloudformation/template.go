// Package cloudformation writes a plan as a CloudFormation template: whole
// resources for what is new, and the properties to put into the resource that
// declares what exists.
package cloudformation

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/plan"
	"github.com/kumoban/kumoban/internal/render/internal/part"
	"github.com/kumoban/kumoban/internal/render/internal/words"
	"github.com/kumoban/kumoban/internal/resource"
)

// template is a template in the making.
type template struct {
	words     *words.Words
	things    []*part.Merged
	ids       map[*part.Merged]string // logical ids
	resources mapping
	overrides map[string]int // by API: the index of its overrides
	notes     []string       // what has no form here
	outline   bool           // no plan is named
}

// Write writes the template.
func Write(b *bytes.Buffer, p *plan.Plan, w *words.Words) error { return write(b, p, w, false) }

// Outline writes the template without what it says of the plan.
func Outline(b *bytes.Buffer, p *plan.Plan, w *words.Words) error { return write(b, p, w, true) }

func write(b *bytes.Buffer, p *plan.Plan, w *words.Words, outline bool) error {
	t := &template{outline: outline, words: w, things: part.Merge(p.Steps), ids: map[*part.Merged]string{}, overrides: map[string]int{}}
	for _, m := range t.things {
		if part.OfRoom(&m.Step) {
			t.ids[m] = catalog.Find(m.Thing.Type).Room.GoName() + m.IDs[0]
			continue
		}
		k, ok := kinds()[m.Thing.Type]
		if !ok {
			return locale.Errorf("render.error.unknownType", locale.A("type", string(m.Thing.Type)))
		}
		t.ids[m] = k.id + m.IDs[0]
	}
	for _, m := range t.things {
		if err := t.thing(m, kinds()[m.Thing.Type]); err != nil {
			return err
		}
	}
	above := [][]string{w.Head(p), {w.Say("cloudformation.use")}, w.Along(p), w.Managed(p, "cloudformation"), t.notes}
	if outline {
		above = [][]string{t.notes}
	}
	for _, lines := range above {
		for _, line := range lines {
			b.WriteString("# " + line + "\n")
		}
	}
	if len(t.resources) == 0 {
		return nil
	}
	whole := mapping{{name: "AWSTemplateFormatVersion", value: "2010-09-09"}, {name: "Resources", value: t.resources}}
	var text bytes.Buffer
	writeEntries(&text, whole, "")
	// Everywhere in a template, in quotes too, this asks CloudFormation to look a secret up.
	if strings.Contains(text.String(), "{{resolve:") {
		return locale.Errorf("render.error.dynamicReference")
	}
	b.Write(text.Bytes())
	return nil
}

// kind says how the things of one type are written.
type kind struct {
	id    string // what their logical ids begin with
	write func(*template, *part.Merged) (mapping, error)
}

func kinds() map[resource.Type]kind {
	return map[resource.Type]kind{
		part.RestStage: {"Stage", restStage}, part.Stage: {"Stage", stage}, part.Route: {"Route", route},
		part.Integration: {"Integration", integration}, part.DomainName: {"DomainName", domainName}, part.Account: {"Account", account},
		part.Certificate: {"ClientCertificate", certificate}, part.Association: {"WebACLAssociation", association},
		part.LogGroup: {"LogGroup", logGroup}, part.Role: {"Role", role}, part.Key: {"Key", key},
	}
}

func (t *template) heading(m *part.Merged) []string {
	if t.outline {
		return nil
	}
	lines := []string{t.words.Say("step", locale.A("step", m.IDs), locale.A("thing", t.words.Thing(m.Thing)))}
	for i := range m.Changes {
		lines = append(lines, "  "+t.words.Brief(&m.Changes[i]))
	}
	return lines
}

func (t *template) thing(m *part.Merged, k kind) error {
	if part.OfRoom(&m.Step) {
		return t.ofRoom(m)
	}
	if part.Managed(&m.Step) {
		return t.override(m)
	}
	properties, err := k.write(t, m)
	if err != nil {
		return err
	}
	heading := t.heading(m)
	if exists(m) {
		heading = append(heading, t.words.Say("cloudformation.existing"))
	}
	if gone := removed(m); len(gone) > 0 {
		heading = append(heading, t.words.Say("cloudformation.remove", locale.A("properties", gone)))
	}
	body := mapping{{name: "Type", value: string(m.Thing.Type)}}
	if after := t.after(m); len(after) > 0 {
		body.set("DependsOn", after)
	}
	if m.Data || m.Shared {
		body.set("DeletionPolicy", "Retain")
		body.set("UpdateReplacePolicy", "Retain")
	}
	body.set("Properties", properties)
	t.resources = append(t.resources, entry{name: t.ids[m], value: body, comments: heading})
	if m.Thing.Type == part.Key && m.Make {
		alias := mapping{{name: "Type", value: "AWS::KMS::Alias"}, {name: "DeletionPolicy", value: "Retain"}, {name: "UpdateReplacePolicy", value: "Retain"},
			{name: "Properties", value: mapping{{name: "AliasName", value: m.Thing.Name}, {name: "TargetKeyId", value: intrinsic("!Ref " + t.ids[m])}}}}
		t.resources.set("Alias"+m.IDs[0], alias)
	}
	return nil
}

// exists tells whether some resource may declare the thing already. The
// account's settings and associations are declared by what sets them.
func exists(m *part.Merged) bool {
	if m.Thing.Type == part.Account || m.Thing.Type == part.Association {
		return len(m.Changes) > 0 && plan.Normal(m.Changes[0].Was) != nil
	}
	return !m.Make
}

// removed lists the properties that shall not be.
func removed(m *part.Merged) []string {
	var names []string
	for i := range m.Changes {
		if plan.Normal(m.Changes[i].Will) == nil {
			names = append(names, m.Changes[i].Property)
		}
	}
	return names
}

// override writes what quick create made: nobody declares it.
func (t *template) override(m *part.Merged) error {
	p, err := path(m)
	if err != nil {
		return err
	}
	var name string
	var properties mapping
	switch m.Thing.Type {
	case part.Stage:
		name = "Stage"
		properties, err = t.stageSettings(m)
	case part.Route:
		name = "Route"
		properties, err = t.fill(m, "AuthorizationType", "AuthorizerId")
	default:
		t.notes = append(t.notes, append(t.heading(m), t.words.Say("cloudformation.quickCreateIntegration"))...)
		return nil
	}
	if err != nil {
		return err
	}
	i, ok := t.overrides[p.API]
	if !ok {
		i = len(t.resources)
		t.overrides[p.API] = i
		inner := &mapping{}
		inner.set("ApiId", p.API)
		body := &mapping{{name: "Type", value: "AWS::ApiGatewayV2::ApiGatewayManagedOverrides"}}
		if after := t.after(m); len(after) > 0 {
			body.set("DependsOn", after)
		}
		body.set("Properties", inner)
		t.resources = append(t.resources, entry{name: "Overrides" + m.IDs[0], value: body})
	}
	e := &t.resources[i]
	e.comments = append(append(e.comments, t.heading(m)...), t.words.Say("cloudformation.quickCreate"))
	if body, ok := e.value.(*mapping); ok {
		body.get("Properties").set(name, properties)
	}
	return nil
}

// after lists the resources that come first without being referred to.
func (t *template) after(m *part.Merged) []any {
	var ids []string
	for _, step := range m.After {
		before := part.Made(t.things, step)
		if before == nil || before == m || part.Managed(&before.Step) {
			continue
		}
		referred := slices.ContainsFunc(m.Changes, func(c plan.Change) bool {
			out, ok := part.Output(c.Will)
			return ok && slices.Contains(before.IDs, out.Of)
		})
		if !referred {
			ids = append(ids, t.ids[before])
		}
	}
	slices.Sort(ids)
	list := []any{}
	for _, id := range slices.Compact(ids) {
		list = append(list, id)
	}
	return list
}

// value puts intrinsic functions in place of outputs.
func (t *template) value(v any) (any, error) {
	out, ok := part.Output(v)
	if !ok {
		return plan.Normal(v), nil
	}
	maker := part.Made(t.things, out.Of)
	if maker != nil && out.Name == "Arn" && maker.Thing.Type == part.LogGroup {
		// GetAtt's ARN ends in ":*", which API Gateway does not take.
		return intrinsic(fmt.Sprintf("!Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${%s}", t.ids[maker])), nil
	}
	if maker != nil && out.Name == "Arn" {
		return intrinsic("!GetAtt " + t.ids[maker] + ".Arn"), nil
	}
	if maker != nil && out.Name == "ClientCertificateId" {
		return intrinsic("!Ref " + t.ids[maker]), nil
	}
	return nil, locale.Errorf("render.error.noOutput", locale.A("output", out.Name), locale.A("step", out.Of))
}

// fill writes the changed properties of these names; one that goes is left out.
func (t *template) fill(m *part.Merged, names ...string) (mapping, error) {
	var properties mapping
	for _, name := range names {
		v, ok := part.Find(m.Changes, name)
		if !ok || v == nil {
			continue
		}
		v, err := t.value(v)
		if err != nil {
			return nil, err
		}
		properties.set(name, v)
	}
	return properties, nil
}
