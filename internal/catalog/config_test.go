package catalog_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/catalog"
	"github.com/kumoban/kumoban/internal/room"
)

// configFile is what AWS publishes of AWS Config's items of the types that rooms
// name: a path in the configuration, or in what supplements it, with its kind.
const configFile = "testdata/config.txt"

// readConfig reads the extract: by type, the kind of each path in lower case, and
// "object" for what lies on the way.
func readConfig(t *testing.T) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile(configFile)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	var at map[string]string
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case len(words) == 1:
			at = map[string]string{}
			all[words[0]] = at
		default:
			path := strings.ToLower(words[0])
			at[path] = words[1]
			for i := range path {
				if path[i] == '.' {
					at[path[:i]] = "object"
				}
			}
		}
	}
	return all
}

// TestConfig holds what rooms say of AWS Config's items to the schema that AWS
// publishes. What it lacks was never seen in an item: the room says so by
// [room.None], and whoever reads items knows nothing of it, whatever they leave
// out.
func TestConfig(t *testing.T) {
	known := readConfig(t)
	for _, s := range catalog.Services() {
		nested := use{}
		for i := range s.Rooms {
			r := &s.Rooms[i]
			paths, lacks := known[string(r.Type)], slices.Contains(r.Lacks, room.Item)
			switch {
			case lacks && paths != nil:
				t.Errorf("%s: AWS Config has the type, and the room says that it lacks it", r.Type)
			case !lacks && paths == nil:
				t.Errorf("%s: AWS Config has no such type, and the room does not say that it lacks it", r.Type)
			case !lacks:
				c := recorded{t: t, service: s, room: r, paths: paths, nested: nested}
				c.check(r.Properties, string(r.Type), "", "")
			}
		}
		nested.report(t, s, "AWS Config")
	}
}

type recorded struct {
	t       *testing.T
	service *room.Service
	room    *room.Room
	paths   map[string]string
	nested  use
}

func (c *recorded) check(properties []room.Property, name, below, object string) {
	for i := range properties {
		p := &properties[i]
		path := p.Path(room.Item)
		if path == room.None || p.Kind == room.Tags || p.Kind == room.Map {
			continue // tags lie beside the configuration; paths cannot name the keys of a map
		}
		of := name + "." + p.Name
		path = below + strings.ToLower(selector.ReplaceAllString(path, ""))
		kind, found := c.paths[path]
		if object != "" {
			c.nested.note(object+"."+p.Name, found)
		} else if !found {
			c.t.Errorf("AWS Config was never seen to have %s (%s): Config: room.None says so", of, path)
		}
		if found && !slices.Contains(configKinds(p), kind) {
			c.t.Errorf("%s is a %s here, and %s is a %s in AWS Config", of, p.Kind, path, kind)
		}
		// What a listing has to be split for is split for AWS Config, too.
		if o := c.service.Object(p.Of); o != nil && found && (c.room.Finds.Split == nil || p.Kind == room.One) {
			inner := o.Properties
			if p.Kind == room.One {
				inner = keyless(c.service, o)
			}
			c.check(inner, of, path+".", o.Go)
		}
	}
}

// configKinds are the kinds of paths that a property is read from. The schema does
// not tell a list from what is in it.
func configKinds(p *room.Property) []string {
	switch p.Kind {
	case room.Bool:
		return []string{"boolean", "string"}
	case room.Int, room.Float:
		return []string{"integer", "float", "string"}
	case room.Time:
		return []string{"date"}
	case room.One, room.List, room.Map:
		return []string{"object"}
	}
	return []string{"string", "cidr_block", "ip"}
}

// TestConfigExtract writes the extract from a clone of
// github.com/awslabs/aws-config-resource-schema: KUMOBAN_CONFIG_SCHEMA is its
// folder, KUMOBAN_CONFIG_COMMIT its commit (make configschema).
func TestConfigExtract(t *testing.T) {
	dir := os.Getenv("KUMOBAN_CONFIG_SCHEMA")
	if dir == "" {
		t.Skip("no schema is given")
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "# What AWS Config's items have of the types that rooms name, after github.com/awslabs/aws-config-resource-schema at\n# %s (Copyright Amazon.com, Inc. or its affiliates; Apache-2.0), by make configschema.\n", os.Getenv("KUMOBAN_CONFIG_COMMIT"))
	for e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, "config/properties/resource-types", string(e.Room.Type)+".properties.json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var paths map[string]string
		if err != nil || json.Unmarshal(text, &paths) != nil {
			t.Fatalf("%s: %v", e.Room.Type, err)
		}
		fmt.Fprintln(&out, e.Room.Type)
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			part, name, _ := strings.Cut(path, ".")
			if part == "configuration" || part == "supplementaryConfiguration" {
				fmt.Fprintf(&out, " %s %s\n", name, paths[path])
			}
		}
	}
	if err := os.WriteFile(configFile, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
