package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"github.com/kumoban/kumoban/internal/app"
	"github.com/kumoban/kumoban/internal/locale"
)

// configName is read from the working directory where --config names no file.
const configName = "kumoban.yaml"

// isSetting tells whether the environment and kumoban.yaml can give a flag.
func isSetting(flag string) bool { return flag != "config" && flag != "help" }

// takes tells whether a command takes a flag's value from the environment and
// kumoban.yaml. Those are the settings of scans; what they choose must not
// narrow a list in silence, so other commands take what says where things are.
func takes(c *cobra.Command, flag string) bool {
	return isSetting(flag) && (c.Name() == "scan" || slices.Contains([]string{"by", "debug", "lang", "prices", "public-url", "quiet", "rate", "store", "webhook"}, flag))
}

// settle gives every flag that the command line leaves out the value of
// KUMOBAN_<FLAG>, or else the one that kumoban.yaml has under the flag's name.
// A file that merely lies in the working directory may be somebody else's: it
// says where nothing is kept, and silences no line that tells of it.
func (p *program) settle(c *cobra.Command) error {
	path, _ := c.Flags().GetString("config")
	path = cmp.Or(path, p.getenv("KUMOBAN_CONFIG"))
	file, err := p.config(c.Context(), path)
	if err != nil {
		return err
	}
	var used, ignored []string
	quiet, _ := c.Flags().GetBool("quiet")
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || err != nil || !takes(c, f.Name) {
			return
		}
		name := "KUMOBAN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		v, ok := file.values[f.Name]
		switch env := p.getenv(name); {
		case env != "":
			err = set(f, name, parts(f, env))
			if f.Name == "quiet" {
				quiet = f.Value.String() == "true"
			}
		case !ok:
		case path == "" && f.Name == "store":
			ignored = append(ignored, f.Name)
		default:
			used = append(used, f.Name)
			err = set(f, file.path+": "+f.Name, v)
			if f.Name == "quiet" && path != "" {
				quiet = f.Value.String() == "true"
			}
		}
	})
	if err != nil {
		return err
	}
	if err := checkSettings(c.Root(), &file); err != nil {
		return err
	}
	if file.nested[inputsKey] != nil && c.Flags().Lookup("input") != nil {
		used = append(used, inputsKey)
	}
	if f := c.Flags().Lookup(pricesKey); f != nil && f.Value.String() == "" && file.nested[pricesKey] != nil {
		used = append(used, pricesKey)
	}
	p.quiet = quiet // for the line about the file itself
	p.tellSettings(c.Root(), &file, used)
	if len(ignored) > 0 {
		p.warn("cli.ignoredSetting", locale.A("file", file.path), locale.A("settings", ignored))
	}
	p.quiet, _ = c.Flags().GetBool("quiet")
	return p.speak(c.Flags().Lookup("lang").Value.String())
}

// checkSettings refuses what no flag of kumoban scan is called.
func checkSettings(root *cobra.Command, file *configFile) error {
	scan, _, err := root.Find([]string{"scan"})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(file.values)) {
		if f := scan.Flags().Lookup(name); name != "lang" && (f == nil || !isSetting(name)) {
			return locale.Errorf("cli.unknownSetting", locale.A("file", file.path), locale.A("setting", name))
		}
	}
	return nil
}

// tellSettings says where settings come from that nobody sees on the command
// line, and warns of a variable that looks like one and is none: a gate that is
// misspelt must not be open in silence.
func (p *program) tellSettings(root *cobra.Command, file *configFile, used []string) {
	if len(used) > 0 {
		p.tell("cli.settings", locale.A("file", file.path), locale.A("settings", used))
	}
	known := map[string]bool{}
	flagNames(root, known)
	for _, kv := range p.environ {
		name, value, _ := strings.Cut(kv, "=")
		setting, ours := strings.CutPrefix(name, "KUMOBAN_")
		if !ours || value == "" || name == "KUMOBAN_CONFIG" {
			continue
		}
		if !known[strings.ToLower(strings.ReplaceAll(setting, "_", "-"))] {
			p.tell("cli.unknownVariable", locale.A("name", name))
		}
	}
}

// flagNames gathers the names of all flags of a command and those under it.
func flagNames(c *cobra.Command, names map[string]bool) {
	add := func(f *pflag.Flag) {
		if isSetting(f.Name) {
			names[f.Name] = true
		}
	}
	c.Flags().VisitAll(add)
	c.PersistentFlags().VisitAll(add)
	for _, sub := range c.Commands() {
		flagNames(sub, names)
	}
}

// speak changes the language to the one that kumoban.yaml asks for.
func (p *program) speak(name string) error {
	if name == "" {
		return nil
	}
	lang, err := locale.Parse(name)
	if err != nil || lang == p.catalog.Lang {
		return err
	}
	catalog, err := locale.New(lang)
	if err == nil {
		p.catalog = catalog
	}
	return err
}

// parts are the values that a variable gives a flag: as many as on the command line.
func parts(f *pflag.Flag, env string) []string {
	if l, ok := f.Value.(*list); ok {
		return l.parts(env)
	}
	return []string{env}
}

// set gives a flag values that came from elsewhere. A list flag takes them
// all, any other exactly one.
func set(f *pflag.Flag, where string, values []string) error {
	var err error
	if list, ok := f.Value.(pflag.SliceValue); ok {
		err = list.Replace(values)
	} else {
		err = f.Value.Set(strings.Join(values, ","))
	}
	if err != nil {
		return locale.Errorf("cli.badSetting", locale.A("setting", where), locale.A("error", locale.Cause(err)))
	}
	return nil
}

type configFile struct {
	path   string
	found  bool
	values map[string][]string
	nested map[string]any // as YAML decodes it
	err    error
}

// isNested tells whether a key of kumoban.yaml is no flag, but for the commands
// that ask for it; the others neither read nor judge it.
func isNested(key string) bool { return slices.Contains(nestedKeys(), key) }

func nestedKeys() []string {
	return []string{"disabled-controls", "exceptions", inputsKey, messagesKey, "owner-tags", pricesKey, "rules"}
}

// inputsKey is where kumoban.yaml decides inputs of remedies for everybody.
const inputsKey = "inputs"

// inputs reads the decisions of kumoban.yaml, by name.
func (p *program) inputs(c *cobra.Command) (map[string]string, error) {
	path, _ := c.Flags().GetString("config")
	file, err := p.config(c.Context(), cmp.Or(path, p.getenv("KUMOBAN_CONFIG")))
	if err != nil || file.nested[inputsKey] == nil {
		return nil, err
	}
	given, ok := file.nested[inputsKey].(map[string]any)
	inputs := map[string]string{}
	for name, v := range given {
		text, isText := v.(string)
		ok = ok && isText
		inputs[name] = text
	}
	if !ok {
		return nil, locale.Errorf("cli.wrongConfig", locale.A("file", file.path), locale.A("error", locale.Errorf("cli.wantTexts", locale.A("key", inputsKey))))
	}
	return inputs, nil
}

// config reads a settings file once, for it may be a FIFO.
func (p *program) config(ctx context.Context, path string) (configFile, error) {
	file, done := p.configs[path]
	if !done {
		file, file.err = readConfig(ctx, path)
		p.configs[path] = file
	}
	return file, file.err
}

func readConfig(ctx context.Context, path string) (configFile, error) {
	file := configFile{path: cmp.Or(path, configName), values: map[string][]string{}, nested: map[string]any{}}
	data, err := app.ReadFile(ctx, file.path, app.SettingsLimit)
	switch {
	case path == "" && errors.Is(err, fs.ErrNotExist):
		return file, nil
	case errors.Is(err, context.Canceled):
		return file, err
	case err != nil:
		return file, locale.Errorf("cli.cannotRead", locale.A("file", file.path), locale.A("error", locale.Cause(err)))
	}
	file.found = true
	raw, err := parseConfig(data)
	if err != nil {
		return file, locale.Errorf("cli.badConfig", locale.A("file", file.path), locale.A("error", locale.Cause(err)))
	}
	for name, v := range raw {
		if isNested(name) {
			file.nested[name] = v
			continue
		}
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		file.values[name] = []string{}
		for _, item := range list {
			switch item.(type) {
			case string, bool, int, int64, uint64, float64:
				file.values[name] = append(file.values[name], fmt.Sprint(item))
			default:
				return file, locale.Errorf("cli.badSetting", locale.A("setting", file.path+": "+name), locale.A("error", locale.Errorf("cli.wantValues")))
			}
		}
	}
	return file, nil
}

// parseConfig reads one YAML document; what a second one holds would have no
// effect in silence.
func parseConfig(data []byte) (raw map[string]any, err error) {
	documents := yaml.NewDecoder(bytes.NewReader(data))
	var first yaml.Node
	if err = documents.Decode(&first); errors.Is(err, io.EOF) {
		return nil, nil // an empty file sets nothing
	}
	if err == nil {
		daysAsWritten(&first)
		err = first.Decode(&raw)
	}
	var second any
	if err == nil && !errors.Is(documents.Decode(&second), io.EOF) {
		err = errors.New("want one YAML document")
	}
	return raw, err
}

// daysAsWritten keeps dates the texts that they are: YAML would make the same
// time of a day and of its first moment.
func daysAsWritten(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!timestamp" {
		n.SetString(n.Value)
	}
	for _, child := range n.Content {
		daysAsWritten(child)
	}
}
