package report_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const ocsfFiles = "testdata/ocsf-1.8.0"

// ocsfSchema checks events against OCSF's own definitions.
type ocsfSchema struct {
	t          *testing.T
	dictionary map[string]ocsfAttribute
	types      map[string]ocsfType
	classes    map[string]*ocsfDefinition // events and objects that were resolved
	profiles   []string                   // those that the event applies
	found      []string                   // what is wrong
	lacks      map[string]bool            // recommended attributes that are not there: "object.attribute"
}

type ocsfAttribute struct {
	Type        string               `json:"type"`
	Array       bool                 `json:"is_array"`
	Requirement string               `json:"requirement"`
	Sibling     string               `json:"sibling"`
	Deprecated  any                  `json:"@deprecated"`
	Enum        map[string]ocsfValue `json:"enum"`
	Profile     json.RawMessage      `json:"profile"`
	from        string               // the profile that includes it
}

type ocsfValue struct {
	Caption string `json:"caption"`
}

type ocsfType struct {
	Type   string `json:"type"`
	Regex  string `json:"regex"`
	MaxLen int    `json:"max_len"`
}

type ocsfDefinition struct {
	Name        string              `json:"name"`
	Caption     string              `json:"caption"`
	Extends     string              `json:"extends"`
	Constraints map[string][]string `json:"constraints"`
	UID         int                 `json:"uid"`
	Category    string              `json:"category"`
	Raw         map[string]json.RawMessage
	Attributes  map[string]ocsfAttribute `json:"-"`
}

func newOCSF(t *testing.T) *ocsfSchema {
	t.Helper()
	s := &ocsfSchema{t: t, classes: map[string]*ocsfDefinition{}, lacks: map[string]bool{}}
	var dictionary struct {
		Attributes map[string]ocsfAttribute `json:"attributes"`
		Types      struct {
			Attributes map[string]ocsfType `json:"attributes"`
		} `json:"types"`
	}
	s.read("dictionary.json", &dictionary)
	s.dictionary, s.types = dictionary.Attributes, dictionary.Types.Attributes
	return s
}

func (s *ocsfSchema) read(name string, into any) {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(ocsfFiles, name))
	check(s.t, err)
	check(s.t, json.Unmarshal(data, into))
}

// define resolves a class or an object: what it extends, includes and overrides.
func (s *ocsfSchema) define(name string) *ocsfDefinition {
	s.t.Helper()
	if d := s.classes[name]; d != nil {
		return d
	}
	d, raw := &ocsfDefinition{Attributes: map[string]ocsfAttribute{}}, struct {
		Attributes map[string]json.RawMessage `json:"attributes"`
	}{}
	path := s.file(name)
	s.read(path, d)
	s.read(path, &raw)
	if d.Extends != "" {
		base := s.define(d.Extends)
		maps.Copy(d.Attributes, base.Attributes)
		if d.Constraints == nil {
			d.Constraints = base.Constraints
		}
		if d.Category == "" {
			d.Category = base.Category
		}
	}
	var includes []string
	if raw.Attributes["$include"] != nil {
		check(s.t, json.Unmarshal(raw.Attributes["$include"], &includes))
	}
	for _, file := range includes {
		var p struct {
			Name       string                     `json:"name"`
			Attributes map[string]json.RawMessage `json:"attributes"`
		}
		s.read(file, &p)
		s.override(d, p.Attributes, p.Name)
	}
	s.override(d, raw.Attributes, "")
	s.classes[name] = d
	return d
}

// file finds a definition; finding is both a class and an object, and here only
// the class is meant.
func (s *ocsfSchema) file(name string) string {
	s.t.Helper()
	for _, dir := range []string{"events", "events/findings", "objects"} {
		path := filepath.Join(dir, name+".json")
		if _, err := os.Stat(filepath.Join(ocsfFiles, path)); !errors.Is(err, fs.ErrNotExist) {
			return path
		}
	}
	s.t.Fatalf("%s has no definition of %s: add it", ocsfFiles, name)
	return ""
}

func (s *ocsfSchema) override(d *ocsfDefinition, attributes map[string]json.RawMessage, profile string) {
	s.t.Helper()
	for name, raw := range attributes {
		if name == "$include" {
			continue
		}
		a, known := d.Attributes[name]
		if !known {
			a = s.dictionary[name]
			a.Enum = maps.Clone(a.Enum)
		}
		enum := maps.Clone(a.Enum)
		a.Enum = nil
		check(s.t, json.Unmarshal(raw, &a))
		if enum != nil {
			maps.Copy(enum, a.Enum)
			a.Enum = enum
		}
		switch {
		case profile != "":
			a.from = profile
		case string(a.Profile) == "null":
			a.from = ""
		case len(a.Profile) > 0:
			check(s.t, json.Unmarshal(a.Profile, &a.from))
		}
		d.Attributes[name] = a
	}
}

func (s *ocsfSchema) fault(path, format string, args ...any) {
	s.found = append(s.found, path+": "+fmt.Sprintf(format, args...))
}

// event checks one Compliance Finding and returns what is wrong with it.
func (s *ocsfSchema) event(data map[string]any) []string {
	s.t.Helper()
	s.found, s.profiles = nil, nil
	if m, ok := data["metadata"].(map[string]any); ok {
		list, _ := m["profiles"].([]any)
		for _, p := range list {
			s.profiles = append(s.profiles, fmt.Sprint(p))
		}
		var v struct{ Version string }
		s.read("version.json", &v)
		if m["version"] != v.Version {
			s.fault("metadata.version", "%v, want %s", m["version"], v.Version)
		}
	}
	class := s.define("compliance_finding")
	s.object("", class, data)
	s.identity(class, data)
	return s.found
}

// identity checks the numbers that the schema has computed, and their names.
func (s *ocsfSchema) identity(class *ocsfDefinition, data map[string]any) {
	s.t.Helper()
	var categories struct {
		Attributes map[string]struct {
			UID     int    `json:"uid"`
			Caption string `json:"caption"`
		} `json:"attributes"`
	}
	s.read("categories.json", &categories)
	category := categories.Attributes[class.Category]
	uid := category.UID*1000 + class.UID
	activity, _ := data["activity_id"].(float64)
	name := class.Attributes["activity_id"].Enum[fmt.Sprint(activity)].Caption
	for attribute, want := range map[string]any{
		"category_uid": float64(category.UID), "category_name": category.Caption, "class_uid": float64(uid), "class_name": class.Caption,
		"type_uid": float64(uid)*100 + activity, "type_name": class.Caption + ": " + name,
	} {
		if data[attribute] != want {
			s.fault(attribute, "%v, want %v", data[attribute], want)
		}
	}
}

func (s *ocsfSchema) object(path string, d *ocsfDefinition, data map[string]any) {
	s.t.Helper()
	for name, a := range d.Attributes {
		if _, there := data[name]; there || a.from != "" && !slices.Contains(s.profiles, a.from) {
			continue
		}
		switch {
		case a.Requirement == "required":
			s.fault(path+name, "is required")
		case a.Requirement == "recommended" && a.Deprecated == nil:
			s.lacks[d.Name+"."+name] = true
		}
	}
	if of := d.Constraints["at_least_one"]; of != nil && !slices.ContainsFunc(of, func(n string) bool { return data[n] != nil }) {
		s.fault(strings.TrimSuffix(path, "."), "has none of %v", of)
	}
	for name, v := range data {
		a, known := d.Attributes[name]
		switch {
		case !known:
			s.fault(path+name, "is not defined")
		case a.from != "" && !slices.Contains(s.profiles, a.from):
			s.fault(path+name, "is of the profile %s", a.from)
		case a.Deprecated != nil:
			s.fault(path+name, "is deprecated")
		default:
			s.attribute(path+name, a, v)
			s.caption(path+name, a, v, data)
		}
	}
}

// caption checks the text beside a number of an enum.
func (s *ocsfSchema) caption(path string, a ocsfAttribute, v any, data map[string]any) {
	known := a.Enum[fmt.Sprint(v)]
	text, there := data[a.Sibling]
	if a.Sibling == "" || !there || known.Caption == "" || v == 99.0 || strings.HasSuffix(path, "_uid") {
		return
	}
	if text != known.Caption {
		s.fault(path, "%v is %q, not %q", v, known.Caption, text)
	}
}

func (s *ocsfSchema) attribute(path string, a ocsfAttribute, v any) {
	s.t.Helper()
	if !a.Array {
		s.value(path, a, v)
		return
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		s.fault(path, "%v is no list with anything in it", v)
	}
	for i, item := range list {
		s.value(fmt.Sprintf("%s[%d]", path, i), a, item)
	}
}

func (s *ocsfSchema) value(path string, a ocsfAttribute, v any) {
	s.t.Helper()
	kind, simple := s.types[a.Type]
	if !simple {
		object, ok := v.(map[string]any)
		if !ok {
			s.fault(path, "%v is no object", v)
			return
		}
		s.object(path+".", s.define(a.Type), object)
		return
	}
	base := a.Type
	if kind.Type != "" {
		base = kind.Type
	}
	switch v := v.(type) {
	case string:
		if base != "string_t" && base != "json_t" {
			s.fault(path, "%q is no %s", v, a.Type)
		}
		if v == "" || kind.MaxLen > 0 && len(v) > kind.MaxLen || kind.Regex != "" && !regexp.MustCompile(kind.Regex).MatchString(v) {
			s.fault(path, "%q is no %s", v, a.Type)
		}
	case float64:
		whole := v == float64(int64(v))
		if base != "integer_t" && base != "long_t" || !whole {
			s.fault(path, "%v is no %s", v, a.Type)
		}
		// Milliseconds: a time in seconds would be of 1970, one in microseconds of a far year.
		if a.Type == "timestamp_t" && (v < 1e12 || v > 1e13) {
			s.fault(path, "%v is no time in milliseconds", v)
		}
	case bool:
		if base != "boolean_t" {
			s.fault(path, "%v is no %s", v, a.Type)
		}
	default:
		if base != "json_t" {
			s.fault(path, "%v is no %s", v, a.Type)
		}
	}
	if strings.HasSuffix(path, "_uid") && len(a.Enum) <= 1 {
		return // computed: identity looks at them
	}
	if _, known := a.Enum[fmt.Sprint(v)]; a.Enum != nil && !known {
		s.fault(path, "%v is none of its values", v)
	}
}
