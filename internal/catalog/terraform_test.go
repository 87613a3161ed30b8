package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/room"
)

// providerFile is what the AWS provider's schema says of the types that rooms name,
// an argument a line, below what holds it.
const providerFile = "testdata/provider.txt"

// argument is an argument of a Terraform resource, or a block in it.
type argument struct {
	kind  string // "string", "list(string)", "set(object)", "block"
	ours  bool   // a configuration may set it
	below map[string]*argument
}

// readProvider reads the extract: depth is the number of blanks before a name.
func readProvider(t *testing.T) map[string]*argument {
	t.Helper()
	text, err := os.ReadFile(providerFile)
	if err != nil {
		t.Fatal(err)
	}
	root := &argument{below: map[string]*argument{}}
	at := []*argument{root}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		depth := len(line) - len(strings.TrimLeft(line, " "))
		words := strings.Fields(line)
		a := &argument{below: map[string]*argument{}}
		if len(words) > 1 {
			a.kind, a.ours = words[1], len(words) == 2
		}
		at = append(at[:depth+1], a)
		at[depth].below[words[0]] = a
	}
	return root.below
}

// TestTerraform holds what rooms say of Terraform to the provider's schema: types,
// arguments, whether a configuration may set them, and their kinds.
func TestTerraform(t *testing.T) {
	known := readProvider(t)
	for _, s := range catalog.Services() {
		nested := use{}
		for i := range s.Rooms {
			r := &s.Rooms[i]
			c := declared{t: t, service: s, room: r, known: known, nested: nested}
			var in []*argument
			for _, name := range r.TF {
				if known[name] == nil {
					t.Errorf("%s: the provider has no type %s, or make provider was not run", r.Type, name)
					continue
				}
				in = append(in, known[name])
			}
			for j := range r.States {
				s := &r.States[j]
				for _, name := range s.Attributes() {
					if known[s.TF] == nil || known[s.TF].below[name] == nil {
						t.Errorf("%s: the provider's %s has no %s, or make provider was not run", r.Type, s.TF, name)
					}
				}
			}
			if len(in) > 0 {
				c.check(in, r.Properties, string(r.Type), "")
			}
		}
		nested.report(t, s, "Terraform")
	}
}

type declared struct {
	t       *testing.T
	service *room.Service
	room    *room.Room
	known   map[string]*argument
	nested  use
}

// check follows properties within resources of which any may hold them, or within
// the object that is named.
func (c *declared) check(in []*argument, properties []room.Property, name, object string) {
	for i := range properties {
		p := &properties[i]
		path := p.Path(room.Terraform)
		if path == room.None {
			continue
		}
		of := name + "." + p.Name
		found := c.follow(in, path)
		if object != "" {
			c.nested.note(object+"."+p.Name, len(found) > 0)
		} else if len(found) == 0 && (p.TF != "" || !p.ReadOnly || p.Silence(room.Terraform) == nil) { // or what it never says means something
			c.t.Errorf("Terraform has no %s (%s)", of, path)
		}
		if len(found) == 0 {
			continue
		}
		// What a listing has to be split for is split for Terraform, too.
		if split := c.room.Finds.Split != nil && object != ""; !split {
			c.fits(of, path, p, found)
		}
		o := c.service.Object(p.Of)
		switch {
		case o == nil:
		case p.Kind == room.One:
			c.check(found, keyless(c.service, o), of, o.Go)
		default:
			c.check(found, o.Properties, of, o.Go)
		}
	}
}

func (c *declared) fits(of, path string, p *room.Property, found []*argument) {
	if path == room.Here || c.known[path] != nil {
		return // a resource
	}
	if !p.ReadOnly && !slices.ContainsFunc(found, func(a *argument) bool { return a.ours }) {
		c.t.Errorf("%s (%s) is read-only in Terraform", of, path)
	}
	for _, a := range found {
		if !slices.Contains(terraformKinds(p), a.kind) {
			c.t.Errorf("%s is a %s here, and %s is %s in Terraform", of, p.Kind, path, a.kind)
		}
	}
}

func (c *declared) follow(in []*argument, path string) []*argument {
	if path == room.Here {
		return in
	}
	steps := strings.Split(path, ".")
	if other := c.known[steps[0]]; other != nil || strings.HasPrefix(path, "aws_") {
		if other == nil || !slices.Contains(c.room.TF, steps[0]) {
			return nil // nobody would read it
		}
		in, steps = []*argument{other}, steps[1:]
	}
	for _, step := range steps {
		var next []*argument
		for _, a := range in {
			if m := a.below[step]; m != nil {
				next = append(next, m)
			}
		}
		in = next
	}
	return in
}

// terraformKinds are the kinds of arguments that a property is read from. A bool
// that may be left open is a text in the provider.
func terraformKinds(p *room.Property) []string {
	switch p.Kind {
	case room.Bool:
		return []string{"bool", "string"}
	case room.Int, room.Float:
		return []string{"number", "string"}
	case room.Strings:
		return []string{"list(string)", "set(string)"}
	case room.Tags:
		return []string{"map(string)"}
	case room.One, room.List, room.Map:
		return []string{"block", "list(object)", "set(object)"}
	}
	if p.Words != nil {
		return []string{"string", "bool"}
	}
	return []string{"string"}
}

// TestProviderExtract holds the extract to the provider itself. With
// KUMOBAN_UPDATE_PROVIDER=1 (make provider) it writes it.
func TestProviderExtract(t *testing.T) {
	tf := outside.Terraform(t)
	dir := t.TempDir()
	main := fmt.Sprintf("terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = %q\n    }\n  }\n}\n", outside.ProviderVersion)
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, args := range [][]string{tf.InitArgs(), {"providers", "schema", "-json"}} {
		cmd := exec.CommandContext(t.Context(), tf.Path, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
		var err error
		if out, err = cmd.Output(); err != nil {
			t.Fatalf("terraform %s: %v", args[0], err)
		}
	}
	var said struct {
		Providers map[string]struct {
			Resources map[string]struct{ Block block } `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	fmt.Fprintf(&want, "# What the Terraform provider hashicorp/aws %s (MPL-2.0) has in the types that rooms name, by make provider:\n# the argument, its kind, \"computed\" where no configuration may set it.\n", outside.ProviderVersion)
	for _, p := range said.Providers {
		for _, name := range terraformTypes() {
			resource, ok := p.Resources[name]
			if !ok {
				t.Errorf("the provider has no type %s", name)
				continue
			}
			fmt.Fprintln(&want, name)
			resource.Block.write(&want, " ")
		}
	}
	if os.Getenv("KUMOBAN_UPDATE_PROVIDER") != "" {
		if err := os.WriteFile(providerFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(providerFile); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("internal/catalog/%s is not what the provider gives (%v): run make provider", providerFile, err)
	}
}

func terraformTypes() []string {
	var names []string
	for e := range entries {
		names = append(names, e.Room.TF...)
		for _, s := range e.Room.States {
			names = append(names, s.TF)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// block is one of a resource's schema.
type block struct {
	Attributes map[string]struct {
		Type               json.RawMessage
		Optional, Required bool
		Nested             *block `json:"nested_type"`
	}
	Blocks map[string]struct{ Block block } `json:"block_types"`
}

func (b *block) write(w *bytes.Buffer, indent string) {
	for _, name := range slices.Sorted(maps.Keys(b.Attributes)) {
		a := b.Attributes[name]
		mark := ""
		if !a.Optional && !a.Required {
			mark = " computed"
		}
		if a.Nested != nil {
			fmt.Fprintf(w, "%s%s list(object)%s\n", indent, name, mark)
			a.Nested.write(w, indent+" ")
			continue
		}
		kind, members := kindOf(a.Type)
		fmt.Fprintf(w, "%s%s %s%s\n", indent, name, kind, mark)
		for _, m := range slices.Sorted(maps.Keys(members)) {
			kind, _ := kindOf(members[m])
			fmt.Fprintf(w, "%s %s %s%s\n", indent, m, kind, mark)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(b.Blocks)) {
		if name == "timeouts" {
			continue
		}
		inner := b.Blocks[name].Block
		fmt.Fprintf(w, "%s%s block\n", indent, name)
		inner.write(w, indent+" ")
	}
}

// kindOf reads a type as Terraform's schema has it: a name, or a collection with
// what it holds.
func kindOf(text json.RawMessage) (kind string, members map[string]json.RawMessage) {
	if json.Unmarshal(text, &kind) == nil {
		return kind, nil
	}
	var parts []json.RawMessage
	if json.Unmarshal(text, &parts) != nil || len(parts) != 2 {
		return "unknown", nil
	}
	_ = json.Unmarshal(parts[0], &kind)
	if kind == "object" {
		_ = json.Unmarshal(parts[1], &members)
		return kind, members
	}
	inner, members := kindOf(parts[1])
	return kind + "(" + inner + ")", members
}
