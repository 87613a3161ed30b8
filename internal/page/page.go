// Package page writes HTML from templates in the language of html/template, as far
// as pages need it: fields, if, with, range, define, template, eq, ne, not and
// functions that the caller names. It calls no methods.
//
// html/template finds methods by their names at run time. A program that does so
// anywhere keeps every exported method of every type it has: four megabytes of
// kumoban. Tests hold this package's pages to what html/template writes.
package page

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template/parse"
)

// Funcs are the functions of a template, by name.
type Funcs map[string]func(args ...any) any

// HTML is text that is written as it is.
type HTML string

// Template is a page that has been read.
type Template struct {
	trees  map[string]*parse.Tree
	funcs  Funcs
	escape map[*parse.ActionNode]func(any) string
}

// Parse reads a template. It refuses a value that stands neither in text nor in
// the quotes of an attribute: only there it can be made harmless.
func Parse(text string, funcs Funcs) (*Template, error) {
	known := map[string]any{"eq": true, "ne": true, "not": true}
	for name := range funcs {
		known[name] = true
	}
	trees, err := parse.Parse("page", text, "{{", "}}", known)
	if err != nil {
		return nil, err
	}
	t := &Template{trees, funcs, map[*parse.ActionNode]func(any) string{}}
	for name, tree := range trees {
		end, err := t.place(spot{}, tree.Root)
		if err == nil && end != (spot{}) {
			err = fmt.Errorf("it ends inside a tag, a title or a style")
		}
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
	}
	return t, nil
}

// Execute writes the page of data.
func (t *Template) Execute(w io.Writer, data any) error {
	return (&run{t, w, nil}).template("page", data)
}

// shown are the attributes that may have values; all but href do nothing but show
// them.
const shown = "aria-labelledby class cx cy data-label for height href id lang name points stroke-dasharray stroke-dashoffset title value width x x1 x2 y y1 y2"

// spot is where in the page a value stands.
type spot struct {
	in   inside
	raw  string // the element that takes no elements: "title", "style", "textarea"
	attr string // whose value it is in
	url  urlPart
}

type inside byte

const (
	inText  inside = iota
	inTag          // between < and >
	inValue        // between the quotes of an attribute
)

// place follows the page's text through a list of nodes, and notes how each value
// on the way is to be escaped.
func (t *Template) place(at spot, list *parse.ListNode) (spot, error) {
	if list == nil {
		return at, nil
	}
	for _, n := range list.Nodes {
		var err error
		switch n := n.(type) {
		case *parse.TextNode:
			at, err = at.text(string(n.Text))
		case *parse.ActionNode:
			if t.escape[n], err = at.escaper(); err == nil && at.url == urlStart {
				at.url = urlMiddle
			}
		case *parse.IfNode:
			err = t.branch(at, &n.BranchNode)
		case *parse.WithNode:
			err = t.branch(at, &n.BranchNode)
		case *parse.RangeNode:
			err = t.branch(at, &n.BranchNode)
		case *parse.TemplateNode:
			if at != (spot{}) {
				err = fmt.Errorf("template %q is called where there is no text", n.Name)
			}
		default:
			err = fmt.Errorf("%s is not for pages", n)
		}
		if err != nil {
			return at, err
		}
	}
	return at, nil
}

// branch looks at both ways of a branch: each ends where it began.
func (t *Template) branch(at spot, n *parse.BranchNode) error {
	for _, list := range []*parse.ListNode{n.List, n.ElseList} {
		switch end, err := t.place(at, list); {
		case err != nil:
			return err
		case end != at:
			return fmt.Errorf("%.40q does not end where it began", n.String())
		}
	}
	return nil
}

// text follows markup. Quotes around values are double, and comments are not for
// pages.
func (at spot) text(s string) (spot, error) {
	for s != "" {
		var found bool
		switch at.in {
		case inText:
			open := "<"
			if at.raw != "" {
				open = "</" + at.raw
			}
			if _, s, found = strings.Cut(s, open); !found {
				return at, nil
			}
			if at.raw != "" {
				at = spot{in: inTag}
				continue
			}
			name := s[:strings.IndexFunc(s+" ", func(r rune) bool { return !letter(r) })]
			at = spot{in: inTag}
			switch name {
			case "":
				return at, fmt.Errorf("want a tag in small letters in <%.20s", s)
			case "script", "iframe", "noscript", "xmp", "base", "object", "embed":
				return at, fmt.Errorf("<%s> is not for pages", name)
			case "title", "style", "textarea":
				at.raw = name
			}
		case inTag:
			end := strings.IndexAny(s, `>"'`)
			switch {
			case end < 0:
				return at, nil
			case s[end] == '>':
				at, s = spot{raw: at.raw}, s[end+1:]
			case s[end] == '\'' || end == 0 || s[end-1] != '=':
				return at, fmt.Errorf(`want =" in a tag before %.20q`, s[end:])
			default:
				before := s[:end-1]
				at.in, at.attr, s = inValue, before[strings.LastIndexAny(before, " \n")+1:], s[end+1:]
				if at.attr == "href" {
					at.url = urlStart
				}
			}
		case inValue:
			var value string
			if value, s, found = strings.Cut(s, `"`); found {
				at.in, at.attr, at.url = inTag, "", 0
			} else {
				at.url = at.url.after(value)
			}
		}
	}
	return at, nil
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '/' || r == '!' }

// escaper is how a value is written here.
func (at spot) escaper() (func(any) string, error) {
	switch {
	case at.in == inTag:
		return nil, fmt.Errorf("a value stands in a tag without quotes")
	case at.raw == "style":
		return nil, fmt.Errorf("a value stands in a style")
	case at.attr != "" && !slices.Contains(strings.Fields(shown), at.attr):
		return nil, fmt.Errorf("a value stands in the attribute %s, which is not among those that only show it", at.attr)
	case at.url != 0:
		return at.url.escape, nil
	case at.in == inText && at.raw == "":
		return func(v any) string {
			if h, ok := v.(HTML); ok {
				return string(h)
			}
			return Escape(words(v))
		}, nil
	}
	return func(v any) string { return Escape(words(v)) }, nil
}
