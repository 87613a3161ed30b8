package protocol

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// deepest is how far elements may lie within each other: far below any model's.
const deepest = 500

// node is an element of XML.
type node struct {
	name     string
	space    string
	attrs    []xml.Attr
	text     string
	children []*node
}

// parseXML reads one whole element.
func parseXML(body []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var root *node
	var stack []*node
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.New("this is not whole XML") // what went wrong may quote what came
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, space: token.Name.Space, attrs: token.Attr}
			switch {
			case len(stack) == deepest:
				return nil, errors.New("the XML goes too deep")
			case len(stack) > 0:
				stack[len(stack)-1].children = append(stack[len(stack)-1].children, n)
			case root != nil:
				return nil, errors.New("something follows the XML")
			default:
				root = n
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].text += string(token)
			} else if len(bytes.TrimSpace(token)) > 0 {
				return nil, errors.New("something stands beside the XML")
			}
		}
	}
	if root == nil {
		return nil, errors.New("this is not whole XML")
	}
	return root, nil
}

// nothing tells an element that says of itself that it is null.
func (n *node) nothing() bool {
	return slices.ContainsFunc(n.attrs, func(a xml.Attr) bool {
		return a.Name.Local == "nil" && strings.HasSuffix(a.Name.Space, "XMLSchema-instance") && a.Value == "true"
	})
}

// called returns the child elements of a name.
func (n *node) called(name string) (found []*node) {
	for _, c := range n.children {
		if c.name == name && !c.nothing() {
			found = append(found, c)
		}
	}
	return found
}

// wireInXML is a member's element: that of its items where it is a flat list.
func (m *Member) wireInXML() string {
	if m.Kind == List && m.Flat && m.Item.Wire != "" {
		return m.Item.Wire
	}
	return m.wire()
}

// fromXML reads an element into a tree.
func fromXML(r *Ref, n *node, path string) (any, error) {
	switch r.Kind {
	case Structure:
		return structureFromXML(r, n, path)
	case List:
		if err := n.onlyElements(r, path); err != nil {
			return nil, err
		}
		return listFromXML(r, n.children, path) // whatever they are called, they are items
	case Map:
		if err := n.onlyElements(r, path); err != nil {
			return nil, err
		}
		return mapFromXML(r, n.children, path)
	}
	if len(n.children) > 0 {
		return nil, misfit(path, "elements", r.Kind.String())
	}
	return untext(r, n.text, path)
}

// onlyElements refuses text where elements should be.
func (n *node) onlyElements(r *Ref, path string) error {
	if strings.TrimSpace(n.text) != "" {
		return misfit(path, "a text", r.Kind.String())
	}
	return nil
}

func structureFromXML(r *Ref, n *node, path string) (map[string]any, error) {
	if err := n.onlyElements(r, path); err != nil {
		return nil, err
	}
	out := map[string]any{}
	for i := range r.Members {
		m := &r.Members[i]
		if m.In != "" && m.In != "host" {
			continue
		}
		value, err := memberFromXML(m, n, below(path, m.Name))
		if err != nil {
			return nil, err
		}
		if value != nil {
			out[m.Name] = value
		}
	}
	return out, nil
}

func memberFromXML(m *Member, n *node, path string) (any, error) {
	if m.Attr {
		_, name, ok := strings.Cut(m.wire(), ":")
		if !ok {
			name = m.wire()
		}
		for _, a := range n.attrs {
			if a.Name.Local == name {
				return untext(m.Ref, a.Value, path)
			}
		}
		return nil, nil
	}
	found := n.called(m.wireInXML())
	switch {
	case len(found) == 0:
		return nil, nil
	case m.Flat && m.Kind == List:
		return listFromXML(m.Ref, found, path)
	case m.Flat && m.Kind == Map:
		return mapFromXML(m.Ref, found, path)
	case len(found) > 1:
		return nil, misfit(path, "several elements", "one")
	}
	return fromXML(m.Ref, found[0], path)
}

func listFromXML(r *Ref, items []*node, path string) (any, error) {
	out := make([]any, len(items))
	for i, n := range items {
		if n.nothing() {
			continue
		}
		var err error
		if out[i], err = fromXML(r.Item, n, nth(path, i)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func mapFromXML(r *Ref, entries []*node, path string) (any, error) {
	out := map[string]any{}
	for i, entry := range entries {
		keys, values := entry.called(or(r.Key.Wire, "key")), entry.called(or(r.Value.Wire, "value"))
		if len(keys) != 1 || len(values) > 1 {
			return nil, misfit(nth(path, i), "something else", "a key and a value")
		}
		if len(values) == 0 {
			continue
		}
		value, err := fromXML(r.Value, values[0], below(path, keys[0].text))
		if err != nil {
			return nil, err
		}
		out[keys[0].text] = value
	}
	return out, nil
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// printer writes XML.
type printer struct{ bytes.Buffer }

func (p *printer) open(name string, r *Ref, attrs ...string) {
	p.WriteString("<" + name)
	if r != nil && r.Space != "" {
		at := "xmlns"
		if r.Prefix != "" {
			at += ":" + r.Prefix
		}
		attrs = append([]string{at, r.Space}, attrs...)
	}
	for i := 0; i+1 < len(attrs); i += 2 {
		p.WriteString(" " + attrs[i] + `="`)
		p.escape(attrs[i+1])
		p.WriteByte('"')
	}
	p.WriteByte('>')
}

func (p *printer) close(name string) { p.WriteString("</" + name + ">") }

func (p *printer) escape(s string) { _ = xml.EscapeText(&p.Buffer, []byte(s)) } // a buffer takes all

// write writes a value as the element of a name.
func (p *printer) write(name string, r *Ref, v any, path string) error {
	switch r.Kind {
	case Structure:
		return p.structure(name, r, v, path, nil)
	case List:
		items, err := list(v, path)
		if err != nil {
			return err
		}
		inner := name
		if !r.Flat {
			p.open(name, r)
			defer p.close(name)
			inner = or(r.Item.Wire, "member")
		}
		for i, item := range items {
			if err := p.write(inner, r.Item, item, nth(path, i)); err != nil {
				return err
			}
		}
		return nil
	case Map:
		return p.entries(name, r, v, path)
	case Document:
		return fmt.Errorf("%s: XML has no documents", path)
	}
	s, err := text(r, v, iso8601, path)
	if err != nil {
		return err
	}
	if !sayable(s) {
		return misfit(path, "a character that XML has no form for", r.Kind.String())
	}
	p.open(name, r)
	p.escape(s)
	p.close(name)
	return nil
}

// sayable tells whether XML can hold a text as it is; it would come out with
// other characters in their place, and that unseen.
func sayable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF'
	}) && strings.ToValidUTF8(s, "") == s
}

func (p *printer) entries(name string, r *Ref, v any, path string) error {
	in, err := object(r, v, path)
	if err != nil {
		return err
	}
	inner := name
	if !r.Flat {
		p.open(name, r)
		defer p.close(name)
		inner = "entry"
	}
	for _, key := range slices.Sorted(maps.Keys(in)) {
		p.open(inner, nil)
		if err := p.write(or(r.Key.Wire, "key"), r.Key, key, path); err != nil {
			return err
		}
		if err := p.write(or(r.Value.Wire, "value"), r.Value, in[key], below(path, key)); err != nil {
			return err
		}
		p.close(inner)
	}
	return nil
}

// structure writes the members in the model's order; skip are those that go
// elsewhere.
func (p *printer) structure(name string, r *Ref, v any, path string, skip func(*Member) bool) error {
	in, err := object(r, v, path)
	if err != nil {
		return err
	}
	var attrs []string
	for i := range r.Members {
		if m := &r.Members[i]; m.Attr && in[m.Name] != nil {
			s, err := text(m.Ref, in[m.Name], iso8601, below(path, m.Name))
			if err != nil {
				return err
			}
			attrs = append(attrs, m.wire(), s)
		}
	}
	p.open(name, r, attrs...)
	for i := range r.Members {
		m := &r.Members[i]
		if m.Attr || in[m.Name] == nil || skip != nil && skip(m) {
			continue
		}
		if err := p.write(m.wireInXML(), m.Ref, in[m.Name], below(path, m.Name)); err != nil {
			return err
		}
	}
	p.close(name)
	return nil
}
