package page

import (
	"fmt"
	"io"
	"reflect"
	"text/template/parse"
)

// run writes one page.
type run struct {
	*Template
	w    io.Writer
	vars []variable
}

type variable struct {
	name  string
	value reflect.Value
}

func (r *run) template(name string, data any) error {
	tree := r.trees[name]
	if tree == nil {
		return fmt.Errorf("there is no template %q", name)
	}
	dot := reflect.ValueOf(data)
	return (&run{r.Template, r.w, []variable{{"$", dot}}}).list(tree.Root, dot)
}

func (r *run) list(list *parse.ListNode, dot reflect.Value) error {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		if err := r.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) node(n parse.Node, dot reflect.Value) error {
	depth := len(r.vars)
	defer func() { r.vars = r.vars[:depth] }()
	switch n := n.(type) {
	case *parse.TextNode:
		_, err := r.w.Write(n.Text)
		return err
	case *parse.ActionNode:
		v, err := r.pipe(n.Pipe, dot)
		if err == nil {
			_, err = io.WriteString(r.w, r.escape[n](plain(v)))
		}
		return err
	case *parse.IfNode:
		v, err := r.pipe(n.Pipe, dot)
		if err != nil {
			return err
		}
		return r.list(either(v, &n.BranchNode), dot)
	case *parse.WithNode:
		v, err := r.pipe(n.Pipe, dot)
		if err != nil {
			return err
		}
		if !truth(v) {
			return r.list(n.ElseList, dot)
		}
		return r.list(n.List, v)
	case *parse.RangeNode:
		return r.each(n, dot)
	case *parse.TemplateNode:
		v, err := r.pipe(n.Pipe, dot)
		if err != nil {
			return err
		}
		return r.template(n.Name, plain(v))
	}
	return fmt.Errorf("%s is not for pages", n)
}

func either(v reflect.Value, n *parse.BranchNode) *parse.ListNode {
	if truth(v) {
		return n.List
	}
	return n.ElseList
}

// each goes over a list; its variables are the index and the item, or the item.
func (r *run) each(n *parse.RangeNode, dot reflect.Value) error {
	pipe := *n.Pipe
	pipe.Decl = nil
	v, err := r.pipe(&pipe, dot)
	if err != nil {
		return err
	}
	if !v.IsValid() {
		return r.list(n.ElseList, dot)
	}
	if v.Kind() != reflect.Slice {
		return fmt.Errorf("range over %s, a %s", n.Pipe, v.Kind())
	}
	if v.Len() == 0 {
		return r.list(n.ElseList, dot)
	}
	depth := len(r.vars)
	for i := range v.Len() {
		switch decl := n.Pipe.Decl; len(decl) {
		case 1:
			r.vars = append(r.vars, variable{decl[0].Ident[0], v.Index(i)})
		case 2:
			r.vars = append(r.vars, variable{decl[0].Ident[0], reflect.ValueOf(i)}, variable{decl[1].Ident[0], v.Index(i)})
		}
		if err := r.list(n.List, v.Index(i)); err != nil {
			return err
		}
		r.vars = r.vars[:depth]
	}
	return nil
}

func (r *run) pipe(p *parse.PipeNode, dot reflect.Value) (reflect.Value, error) {
	if p == nil {
		return reflect.Value{}, nil
	}
	if len(p.Cmds) != 1 || len(p.Decl) > 0 {
		return reflect.Value{}, fmt.Errorf("%s: pipes and variables are not for pages", p)
	}
	args := p.Cmds[0].Args
	name, ok := args[0].(*parse.IdentifierNode)
	if !ok && len(args) > 1 {
		return reflect.Value{}, fmt.Errorf("%s: only functions take arguments", p)
	}
	if !ok {
		return r.value(args[0], dot)
	}
	values := make([]any, len(args)-1)
	for i, a := range args[1:] {
		v, err := r.value(a, dot)
		if err != nil {
			return v, err
		}
		values[i] = plain(v)
	}
	return r.call(name.Ident, values)
}

func (r *run) call(name string, args []any) (reflect.Value, error) {
	switch f := r.funcs[name]; {
	case f != nil:
		return reflect.ValueOf(f(args...)), nil
	case name == "not" && len(args) == 1:
		return reflect.ValueOf(!truth(reflect.ValueOf(args[0]))), nil
	case name == "eq" && len(args) == 2:
		return reflect.ValueOf(args[0] == args[1]), nil
	case name == "ne" && len(args) == 2:
		return reflect.ValueOf(args[0] != args[1]), nil
	}
	return reflect.Value{}, fmt.Errorf("%s does not take %d arguments", name, len(args))
}

func (r *run) value(n parse.Node, dot reflect.Value) (reflect.Value, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.FieldNode:
		return fields(dot, n.Ident)
	case *parse.VariableNode:
		for i := len(r.vars) - 1; i >= 0; i-- {
			if r.vars[i].name == n.Ident[0] {
				return fields(r.vars[i].value, n.Ident[1:])
			}
		}
	case *parse.StringNode:
		return reflect.ValueOf(n.Text), nil
	case *parse.PipeNode:
		return r.pipe(n, dot)
	case *parse.IdentifierNode:
		return r.call(n.Ident, nil)
	}
	return reflect.Value{}, fmt.Errorf("%s is not for pages", n)
}

// fields goes down a path of fields.
func fields(v reflect.Value, path []string) (reflect.Value, error) {
	for _, name := range path {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return v, fmt.Errorf("field %s of %s", name, v.Kind())
		}
		field, ok := v.Type().FieldByName(name)
		if !ok || !field.IsExported() {
			return v, fmt.Errorf("%s has no field %s", v.Type(), name)
		}
		v = v.FieldByIndex(field.Index)
	}
	return v, nil
}

// truth is false for what is empty.
func truth(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() > 0
	case reflect.Struct:
		return true
	default:
		return !v.IsZero()
	}
}

// plain is a value as functions take it.
func plain(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}
