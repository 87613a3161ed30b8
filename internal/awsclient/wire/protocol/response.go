package protocol

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Response is an answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Answer is a successful answer, read.
type Answer struct {
	Out   map[string]any
	Bare  bool // the body says nothing, as {} does
	Named bool // its root says that it is this operation's
}

// DecodeResponse reads a successful answer. One that is not whole, or not the
// operation's, is an error, never an empty one.
func (o *Operation) DecodeResponse(a *Response) (*Answer, error) {
	switch o.Service.Protocol {
	case JSON:
		return o.jsonAnswer(a, o.Out)
	case Query, EC2:
		return o.queryAnswer(a)
	}
	out := map[string]any{}
	body := false
	if o.Out != nil {
		for i := range o.Out.Members {
			m := &o.Out.Members[i]
			if !elsewhere(m) || m.In == "text" {
				body = true
				continue
			}
			v, err := fromHeader(a, m)
			if err != nil {
				return nil, err
			}
			if v != nil {
				out[m.Name] = v
			}
		}
	}
	x, err := o.restAnswer(a, body)
	if err != nil {
		return nil, err
	}
	for name, v := range x.Out {
		out[name] = v
	}
	x.Out = out
	return x, nil
}

func (o *Operation) restAnswer(a *Response, body bool) (*Answer, error) {
	if !body && o.Service.Protocol == RESTXML {
		if len(bytes.TrimSpace(a.Body)) > 0 {
			return nil, errors.New("something is answered where nothing should be")
		}
		return &Answer{Out: map[string]any{}, Named: true}, nil
	}
	r := o.Out
	if !body {
		r = nil
	}
	if r == nil || r.Payload == "" {
		if o.Service.Protocol == RESTJSON {
			return o.jsonAnswer(a, r)
		}
		return o.xmlAnswer(a, r, or(r.Wire, r.Name))
	}
	m := r.Member(r.Payload)
	switch {
	case m.Kind == Blob:
		return &Answer{Out: map[string]any{m.Name: a.Body}}, nil
	case m.Kind == String:
		return &Answer{Out: map[string]any{m.Name: string(a.Body)}, Bare: len(a.Body) == 0}, nil
	}
	x, err := o.payload(a, m)
	if err != nil {
		return nil, err
	}
	x.Out = map[string]any{m.Name: x.Out}
	return x, nil
}

func (o *Operation) payload(a *Response, m *Member) (*Answer, error) {
	if o.Service.Protocol == RESTJSON {
		return o.jsonAnswer(a, m.Ref)
	}
	return o.xmlAnswer(a, m.Ref, or(m.Wire, m.Shape.Name))
}

func (o *Operation) jsonAnswer(a *Response, r *Ref) (*Answer, error) {
	if (r == nil || len(r.Members) == 0) && len(bytes.TrimSpace(a.Body)) == 0 {
		return &Answer{Out: map[string]any{}, Bare: true}, nil
	}
	in, err := parseJSON(a.Body)
	if err != nil {
		return nil, err
	}
	x := &Answer{Out: map[string]any{}, Bare: true}
	for _, v := range in {
		x.Bare = x.Bare && v == nil
	}
	if r != nil {
		x.Out, err = structureFromJSON(r, in, "")
	}
	return x, err
}

func (o *Operation) xmlAnswer(a *Response, r *Ref, root string) (*Answer, error) {
	n, err := parseXML(a.Body)
	if err != nil {
		return nil, err
	}
	if n.name != root {
		return nil, fmt.Errorf("the answer's root is not %s", root)
	}
	for i := range r.Members {
		if m := &r.Members[i]; m.In == "text" { // S3 says nothing where it means us-east-1
			v, err := untext(m.Ref, n.text, m.Name)
			if err != nil || n.text == "" {
				return &Answer{Out: map[string]any{}, Bare: true, Named: true}, err
			}
			return &Answer{Out: map[string]any{m.Name: v}, Named: true}, nil
		}
	}
	out, err := structureFromXML(r, n, "")
	return &Answer{Out: out, Bare: len(n.children) == 0, Named: true}, err
}

func (o *Operation) queryAnswer(a *Response) (*Answer, error) {
	n, err := parseXML(a.Body)
	if err != nil {
		return nil, err
	}
	if n.name != o.Name+"Response" {
		return nil, fmt.Errorf("the answer's root is not %sResponse", o.Name)
	}
	if o.Out == nil {
		return &Answer{Out: map[string]any{}, Bare: true, Named: true}, nil
	}
	if o.Out.Wrapper != "" {
		found := n.called(o.Out.Wrapper)
		if len(found) != 1 {
			return nil, fmt.Errorf("the answer has no %s", o.Out.Wrapper)
		}
		n = found[0]
	}
	out, err := structureFromXML(o.Out, n, "")
	return &Answer{Out: out, Bare: len(out) == 0, Named: true}, err
}

func fromHeader(a *Response, m *Member) (any, error) {
	switch m.In {
	case "statusCode":
		return int64(a.Status), nil
	case "headers":
		out := map[string]any{}
		for key, values := range a.Header {
			if len(key) > len(m.wire()) && strings.EqualFold(key[:len(m.wire())], m.wire()) {
				out[key[len(m.wire()):]] = values[0]
			}
		}
		return out, nil
	}
	values := a.Header.Values(m.wire())
	if len(values) == 0 {
		return nil, nil
	}
	if m.Kind == List {
		out := []any{}
		for _, word := range strings.Split(strings.Join(values, ","), ",") {
			v, err := untext(m.Item, strings.TrimSpace(word), m.Name)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	return untext(m.Ref, values[0], m.Name)
}

// EncodeResponse writes a successful answer, as a service does.
func (o *Operation) EncodeResponse(out map[string]any, id string) (*Response, error) {
	if out == nil {
		out = map[string]any{}
	}
	a := &Response{Status: http.StatusOK, Header: http.Header{"X-Amzn-Requestid": {id}}}
	if o.Status != 0 {
		a.Status = o.Status
	}
	var p printer
	var err error
	switch o.Service.Protocol {
	case JSON:
		a.Header.Set("Content-Type", "application/x-amz-json-"+o.Service.JSONVersion)
		a.Body, err = jsonBody(o.Out, out, nil)
	case Query, EC2:
		a.Header.Set("Content-Type", "text/xml")
		err = o.queryBody(&p, out, id)
		a.Body = p.Bytes()
	default:
		err = o.restOut(a, out)
	}
	return a, err
}

func jsonBody(r *Ref, v any, skip func(*Member) bool) ([]byte, error) {
	if r == nil {
		return nil, nil
	}
	tree, err := toJSON(r, v, "", skip)
	if err != nil {
		return nil, err
	}
	return marshal(tree)
}

func (o *Operation) queryBody(p *printer, out map[string]any, id string) error {
	root := o.Name + "Response"
	p.open(root, nil, "xmlns", o.Service.Namespace)
	if o.Service.Protocol == EC2 {
		p.WriteString("<requestId>" + id + "</requestId>")
	}
	if o.Out != nil {
		var inner printer
		name := or(o.Out.Wrapper, "x")
		if err := inner.structure(name, o.Out, out, "", nil); err != nil {
			return err
		}
		s := inner.String()
		if o.Out.Wrapper == "" {
			s = strings.TrimSuffix(s[strings.IndexByte(s, '>')+1:], "</x>")
		}
		p.WriteString(s)
	}
	if o.Service.Protocol == Query {
		p.WriteString("<ResponseMetadata><RequestId>" + id + "</RequestId></ResponseMetadata>")
	}
	p.close(root)
	return nil
}

func (o *Operation) restOut(a *Response, out map[string]any) error {
	if o.Out == nil {
		return nil
	}
	if _, err := object(o.Out, out, ""); err != nil {
		return err
	}
	body := false
	for i := range o.Out.Members {
		m := &o.Out.Members[i]
		v := out[m.Name]
		switch {
		case !elsewhere(m):
			body = true
		case m.In == "text":
			var p printer
			s, _ := v.(string)
			p.open(o.Out.Wire, nil, "xmlns", "http://s3.amazonaws.com/doc/2006-03-01/")
			p.escape(s)
			p.close(o.Out.Wire)
			a.Body = p.Bytes()
			return nil
		case m.In == "statusCode" && v != nil:
			n, _ := v.(int64)
			a.Status = int(n)
		case v != nil:
			if err := setHeader(a.Header, m, v, below("", m.Name)); err != nil {
				return err
			}
		}
	}
	if !body {
		return nil
	}
	r, v, name, skip := o.Out, any(out), or(o.Out.Wire, o.Out.Name), elsewhere
	if o.Out.Payload != "" {
		m := o.Out.Member(o.Out.Payload)
		r, v, name, skip = m.Ref, out[m.Name], or(m.Wire, m.Shape.Name), nil
		switch p := v.(type) {
		case nil:
			return nil
		case string:
			a.Body = []byte(p)
			return nil
		case []byte:
			a.Body = p
			return nil
		}
	}
	var err error
	if o.Service.Protocol == RESTJSON {
		a.Header.Set("Content-Type", "application/json")
		a.Body, err = jsonBody(r, v, skip)
		return err
	}
	var p printer
	a.Header.Set("Content-Type", "application/xml")
	err = p.structure(name, r, v, "", skip)
	a.Body = p.Bytes()
	return err
}
