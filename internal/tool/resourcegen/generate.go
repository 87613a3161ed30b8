package main

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/kumoban/kumoban/internal/resource/table"
)

type generator struct {
	service table.Service
	tables  map[string]table.Table
}

// structs writes the typed resources.
func (g generator) structs() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	fmt.Fprintf(&b, "// Package %s holds the typed resources of %s.\npackage %[1]s\n\n", g.service.Package, g.service.Doc)
	b.WriteString("import (\n\t\"github.com/kumoban/kumoban/internal/fact\"\n\t\"github.com/kumoban/kumoban/internal/resource\"\n)\n\n")
	b.WriteString("// The resource types.\nconst (\n")
	for _, t := range g.service.Tables {
		if t.Type != "" {
			fmt.Fprintf(&b, "\t%sType resource.Type = %q\n", t.Go, t.Type)
		}
	}
	b.WriteString(")\n\n")
	for _, t := range g.service.Tables {
		if err := g.writeStruct(&b, t); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func (g generator) writeStruct(b *bytes.Buffer, t table.Table) error {
	if t.Type == "" {
		fmt.Fprintf(b, "// %s is %s.\ntype %[1]s struct {\n", t.Go, t.Doc)
	} else {
		fmt.Fprintf(b, "// %s is %s (%s).\ntype %[1]s struct {\n\tresource.Meta\n\n", t.Go, t.Doc, t.Type)
	}
	if t.Parent != "" {
		fmt.Fprintf(b, "\t%s *%[1]s // the one it belongs to; never nil, all unknown where a source cannot tell\n", t.Parent)
	}
	for _, c := range t.Children {
		fmt.Fprintf(b, "\t%s fact.Value[[]*%s] // unknown until read whole\n", c.Name, c.Of)
	}
	for _, p := range t.Properties {
		typ, err := g.goType(p)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t.Go, p.Name, err)
		}
		fmt.Fprintf(b, "\t%s fact.Value[%s]", p.Name, typ)
		if p.Doc != "" {
			fmt.Fprintf(b, " // %s", p.Doc)
		}
		b.WriteString("\n")
	}
	b.WriteString("}\n\n")
	if t.Type != "" {
		fmt.Fprintf(b, "// ResourceType returns %s.\nfunc (*%s) ResourceType() resource.Type { return %sType }\n\n", t.Type, t.Go, t.Go)
		writeTags(b, t)
	}
	return nil
}

// writeTags makes a type that carries tags a [resource.Tagged].
func writeTags(b *bytes.Buffer, t table.Table) {
	for _, p := range t.Properties {
		if p.Kind == table.Tags {
			fmt.Fprintf(b, "// ResourceTags returns its tags.\nfunc (r *%s) ResourceTags() fact.Value[map[string]string] { return r.%s }\n\n", t.Go, p.Name)
		}
	}
}

func (g generator) goType(p table.Property) (string, error) {
	switch p.Kind {
	case table.Object, table.List, table.Map:
		if _, ok := g.tables[p.Of]; !ok {
			return "", fmt.Errorf("no table named %q", p.Of)
		}
		if p.Kind == table.Object {
			return p.Of, nil
		}
		return "[]" + p.Of, nil
	}
	return string(p.Kind), nil
}

// readers writes, for every table, the function that reads the SDK's answer.
func (g generator) readers(sdk map[string]reflect.Type) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	pkg := g.service.Package
	fmt.Fprintf(&b, "package awslive\n\nimport (\n\tsdk%s \"github.com/aws/aws-sdk-go-v2/service/%[1]s/types\"\n\n", pkg)
	fmt.Fprintf(&b, "\t\"github.com/kumoban/kumoban/internal/fact\"\n\t\"github.com/kumoban/kumoban/types/%s\"\n)\n\n", pkg)
	for _, t := range g.service.Tables {
		typ, ok := sdk[t.SDK]
		if !ok {
			return nil, fmt.Errorf("%s: the SDK type %q is not listed in main.go", t.Go, t.SDK)
		}
		if err := g.writeReader(&b, t, typ); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func (g generator) writeReader(b *bytes.Buffer, t table.Table, typ reflect.Type) error {
	pkg := g.service.Package
	fmt.Fprintf(b, "func fill%s%s(out *%s.%s, in *sdk%s.%s, o *fact.Origin) {\n", title(pkg), t.Go, pkg, t.Go, pkg, t.SDK)
	for _, p := range t.Properties {
		if p.SDK == "-" {
			continue
		}
		name := p.Name
		if p.SDK != "" {
			name = p.SDK
		}
		field, ok := typ.FieldByName(name)
		if !ok {
			return fmt.Errorf("%s.%s: the SDK's %s has no field %s", t.Go, p.Name, t.SDK, name)
		}
		expr, err := g.read(p, "in."+name, field.Type)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t.Go, p.Name, err)
		}
		fmt.Fprintf(b, "\tout.%s = %s\n", p.Name, expr)
	}
	b.WriteString("}\n\n")
	return nil
}

// read returns the expression that reads one SDK field.
func (g generator) read(p table.Property, in string, typ reflect.Type) (string, error) {
	ptr := typ.Kind() == reflect.Pointer
	base := typ
	if ptr {
		base = typ.Elem()
	}
	pkg := g.service.Package
	fill := "fill" + title(pkg) + p.Of
	switch {
	case p.Kind == table.Object && ptr && base.Kind() == reflect.Struct:
		return fmt.Sprintf("readObject(%s, o, %s)", in, fill), nil
	case p.Kind == table.Map && base.Kind() == reflect.Map:
		key := g.tables[p.Of].Properties[0].Name
		return fmt.Sprintf("readMap(%s, o, %s, func(out *%s.%s, key fact.Value[string]) { out.%s = key })", in, fill, pkg, p.Of, key), nil
	case p.Kind == table.Strings && base.Kind() == reflect.Slice:
		return fmt.Sprintf("readStrings(%s, o)", in), nil
	case p.Kind == table.Tags && base.Kind() == reflect.Map:
		return fmt.Sprintf("fact.Set(%s, o)", in), nil
	case p.Kind == table.String && base.Kind() == reflect.String:
		return readScalar(p, in, ptr, "string"), nil
	case p.Kind == table.Bool && base.Kind() == reflect.Bool, p.Kind == table.Float && base.Kind() == reflect.Float64,
		p.Kind == table.Int && base.Kind() == reflect.Int32:
		return readScalar(p, in, ptr, string(p.Kind)), nil
	}
	return "", fmt.Errorf("no reader for %s from %s", p.Kind, typ)
}

// readScalar chooses the reader by how AWS says "nothing": with a field left
// out, or with an empty string. A plain value of the SDK is its zero then.
func readScalar(p table.Property, in string, ptr bool, kind string) string {
	var reader string
	switch {
	case ptr && p.EmptyIsAbsent:
		reader = "Text"
	case ptr:
		reader = "Pointer"
		if kind == "int" {
			reader = "Int"
		}
	case kind == "string":
		reader = "Enum"
	default:
		return fmt.Sprintf("fact.Set(%s(%s), o)", kind, in)
	}
	if p.Default == nil {
		return fmt.Sprintf("read%s(%s, o)", reader, in)
	}
	return fmt.Sprintf("read%sOr(%s, %#v, o)", reader, in, p.Default)
}

func title(s string) string { return string(s[0]-'a'+'A') + s[1:] }
