// Package casefile reads the cases of a control, cases.yaml in its folder: what
// there is, in CloudFormation's names, and what the control says of it in each form
// in which a source may have it. The first case that fails is also the sample of
// the control's guide.
//
//   - name: what the case is about
//     doc: where AWS says so (may be left out)
//     why: why the forms differ (needed only where they do)
//     now: 2026-11-30T00:00:00Z     # where the control judges time
//     params: {maxAge: "45"}
//     resources:
//     queue:                      # any id; also its name, and its address in a source
//     Type: AWS::SQS::Queue     # left out: the first type that the control judges
//     Terraform: aws_x          # left out: the first of the type's
//     Parent: id                # of the resource that it belongs to
//     Properties: {KmsMasterKeyId: alias/orders}
//     gaps: [AWS::SQS::Queue]       # types that could not be listed
//     want:
//     queue: PASSED pass.kms      # in all forms; or by form:
//     other: {api: FAILED fail, config: FAILED fail, source: none}
//     account: none               # the account as a whole
//
// A property that is tagged "!unknown why" could not be read, or is known only when
// the source is applied. Forms are api and config, together live, and cloudformation
// and terraform, together source. A case with "forms: [terraform]" is of those forms
// alone. none is no finding, and so is what a case does not name.
package casefile

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/room"
)

// Name is the file's name in the folder of a control.
const Name = "cases.yaml"

// Account is the id of the account as a whole.
const Account = "account"

// None is the verdict where there is no finding.
const None = "none"

// Forms are the forms by their names in files, in the order of [room.Form].
func Forms() []string { return []string{"api", "config", "cloudformation", "terraform"} }

// Case is one case.
type Case struct {
	Name, Doc, Why string
	Line           int // in the file
	Now            fact.Time
	Params         map[string]string
	In             []room.Form // nil: in all
	Resources      []Resource
	Gaps           []string
	Want           []Want
}

// Resource is one resource of a case.
type Resource struct {
	ID, Type, Parent string
	Terraform        string // Terraform's type; "": the first
	Properties       room.Tree
}

// Want is what is wanted of one resource: a verdict with the key of its message,
// "PASSED pass.kms", for each form.
type Want struct {
	ID string
	By map[room.Form]string
}

// Runs tells whether the case is about a form.
func (c *Case) Runs(form room.Form) bool { return c.In == nil || slices.Contains(c.In, form) }

// Wants is what is wanted of a resource in a form; [None] where nothing is said.
func (c *Case) Wants(id string, form room.Form) string {
	for _, w := range c.Want {
		if v := w.By[form]; w.ID == id && v != "" {
			return v
		}
	}
	return None
}

// Read reads the cases of a control; there are none where there is no file.
func Read(files fs.FS) ([]Case, error) {
	data, err := fs.ReadFile(files, Name)
	if err != nil {
		return nil, err
	}
	return Parse(data)
}

// Parse reads a file of cases.
func Parse(data []byte) ([]Case, error) {
	var written []struct {
		Name, Doc, Why string
		Now            yaml.Node
		Params         map[string]string
		Forms          []string
		Resources      yaml.Node
		Gaps           []string
		Want           yaml.Node
	}
	if err := yaml.Load(data, &written, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", Name, err)
	}
	cases := make([]Case, len(written))
	for i := range written {
		w := &written[i]
		c := Case{Name: w.Name, Doc: w.Doc, Why: w.Why, Line: w.Want.Line, Params: w.Params, Gaps: w.Gaps}
		if now, err := value(&w.Now); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", Name, c.Name, err)
		} else if t, ok := now.(fact.Time); ok {
			c.Now = t
		}
		var err error
		if c.In, err = formsNamed(w.Forms); err == nil {
			if c.Resources, err = resources(&w.Resources); err == nil {
				c.Want, err = wants(&w.Want, &c)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", Name, c.Name, err)
		}
		cases[i] = c
	}
	return cases, nil
}

// formsNamed are forms by their names, of which some stand for two.
func formsNamed(names []string) (list []room.Form, err error) {
	for _, name := range names {
		switch at := slices.Index(Forms(), name); {
		case at >= 0:
			list = append(list, room.Form(at)) //nolint:gosec // one of four
		case name == "live":
			list = append(list, room.Answer, room.Item)
		case name == "source":
			list = append(list, room.Template, room.Terraform)
		default:
			return nil, fmt.Errorf("there is no form %s", name)
		}
	}
	return list, nil
}

func resources(n *yaml.Node) (list []Resource, err error) {
	for id, node := range members(n) {
		r := Resource{ID: id, Properties: room.Tree{}}
		for name, v := range members(node) {
			switch name {
			case "Type":
				r.Type = v.Value
			case "Terraform":
				r.Terraform = v.Value
			case "Parent":
				r.Parent = v.Value
			case "Properties":
				properties, err := value(v)
				if err != nil {
					return nil, err
				}
				r.Properties, _ = properties.(room.Tree)
			default:
				return nil, fmt.Errorf("%s has a %s", id, name)
			}
		}
		list = append(list, r)
	}
	return list, nil
}

func wants(n *yaml.Node, c *Case) (list []Want, err error) {
	for id, node := range members(n) {
		known := id == Account || slices.ContainsFunc(c.Resources, func(r Resource) bool { return r.ID == id })
		if !known {
			return nil, fmt.Errorf("there is no resource %s", id)
		}
		w := Want{ID: id, By: map[room.Form]string{}}
		if node.Kind == yaml.ScalarNode {
			for f := range Forms() {
				w.By[room.Form(f)] = node.Value //nolint:gosec // one of four
			}
		}
		for name, v := range members(node) {
			in, err := formsNamed([]string{name})
			if err != nil {
				return nil, err
			}
			for _, f := range in {
				w.By[f] = v.Value
			}
		}
		for f, v := range w.By {
			if status, key, _ := strings.Cut(v, " "); !c.Runs(f) {
				delete(w.By, f)
			} else if !slices.Contains([]string{"PASSED", "FAILED", "UNKNOWN", "NOT_APPLICABLE", None}, status) || key == "" && status != None {
				return nil, fmt.Errorf("%q is no verdict with a message", v)
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// members are the members of an object, in their order.
func members(n *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// value is a value as trees have it.
func value(n *yaml.Node) (any, error) {
	if n.Tag == "!unknown" {
		why := n.Value
		if why == "" {
			why = "Unknown"
		}
		return room.Unknown{Why: why}, nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		tree := room.Tree{}
		for name, v := range members(n) {
			inner, err := value(v)
			if err != nil {
				return nil, err
			}
			tree[name] = inner
		}
		return tree, nil
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, v := range n.Content {
			var err error
			if list[i], err = value(v); err != nil {
				return nil, err
			}
		}
		return list, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, nil //nolint:nilnil // nothing is said
}
