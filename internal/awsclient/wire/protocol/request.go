package protocol

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Request is a request, without the host.
type Request struct {
	Method string
	Host   string // what the host begins with
	Path   string // escaped
	Query  url.Values
	Header http.Header
	Body   []byte
}

// EncodeRequest writes the request of an operation.
func (o *Operation) EncodeRequest(in map[string]any) (*Request, error) {
	if in == nil {
		in = map[string]any{}
	}
	q := &Request{Method: o.Method, Path: "/", Query: url.Values{}, Header: http.Header{}}
	if o.In == nil && len(in) > 0 {
		return nil, fmt.Errorf("%s takes no input", o.Name)
	}
	q.Host = o.Host
	if o.In != nil {
		if _, err := object(o.In, in, ""); err != nil {
			return nil, err
		}
		for i := range o.In.Members {
			m := &o.In.Members[i]
			if s, ok := in[m.Name].(string); ok {
				q.Host = strings.ReplaceAll(q.Host, "{"+m.Name+"}", s)
			}
		}
	}
	var err error
	switch o.Service.Protocol {
	case JSON:
		q.Header.Set("Content-Type", "application/x-amz-json-"+o.Service.JSONVersion)
		q.Header.Set("X-Amz-Target", o.Service.Target+"."+o.Name)
		if o.Service.QueryErrors {
			q.Header.Set("X-Amzn-Query-Mode", "true")
		}
		q.Body = []byte("{}")
		if o.In != nil {
			err = q.json(o.In, in, nil)
		}
	case Query, EC2:
		form := url.Values{"Action": {o.Name}, "Version": {o.Service.Version}}
		if o.In != nil {
			err = toForm(form, o.In, in, "", "", o.Service.Protocol == EC2)
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		q.Body = []byte(form.Encode())
	default:
		err = o.rest(q, in)
	}
	return q, err
}

func (q *Request) json(r *Ref, v any, skip func(*Member) bool) error {
	tree, err := toJSON(r, v, "", skip)
	if err != nil {
		return err
	}
	q.Body, err = marshal(tree)
	return err
}

// elsewhere tells members that are not in the body.
func elsewhere(m *Member) bool { return m.In != "" && m.In != "host" }

func (o *Operation) rest(q *Request, in map[string]any) error {
	path, query, _ := strings.Cut(o.Path, "?")
	fixed, err := url.ParseQuery(query)
	if err != nil {
		return err
	}
	q.Query = fixed
	if o.In == nil {
		q.Path = path
		return nil
	}
	body := false // whether the body has members
	for i := range o.In.Members {
		m := &o.In.Members[i]
		v := in[m.Name]
		if !elsewhere(m) {
			body = true
			continue
		}
		if v == nil {
			continue
		}
		if path, err = q.bind(m, v, path); err != nil {
			return err
		}
	}
	q.Path = path
	return o.restBody(q, in, body)
}

func (o *Operation) restBody(q *Request, in map[string]any, body bool) error {
	if o.Service.ID == "API Gateway" {
		q.Header.Set("Accept", "application/json") // else it answers in HAL
	}
	r, v, name := o.In, any(in), o.In.Wire
	skip := elsewhere
	if o.In.Payload != "" {
		m := o.In.Member(o.In.Payload)
		r, v, name, skip = m.Ref, in[m.Name], m.wire(), nil
		switch p := v.(type) {
		case nil:
			if o.Service.Protocol == RESTJSON && r.Kind == Structure {
				v = map[string]any{}
			} else {
				return nil
			}
		case []byte:
			q.Body = p
			return nil
		case string:
			q.Body = []byte(p)
			return nil
		}
	}
	if !body {
		return nil
	}
	if o.Service.Protocol == RESTJSON {
		q.Header.Set("Content-Type", "application/json")
		return q.json(r, v, skip)
	}
	some := o.In.Payload != ""
	for i := range o.In.Members {
		some = some || !elsewhere(&o.In.Members[i]) && in[o.In.Members[i].Name] != nil
	}
	if !some {
		return nil
	}
	var p printer
	if err := p.structure(name, r, v, "", skip); err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/xml")
	q.Body = p.Bytes()
	return nil
}

// bind puts a member into the path, the query or a header.
func (q *Request) bind(m *Member, v any, path string) (string, error) {
	at := below("", m.Name)
	switch m.In {
	case "uri":
		s, err := text(m.Ref, v, iso8601, at)
		if err == nil && s == "" {
			err = misfit(at, "an empty text", "a part of a path") // it would be another resource's
		}
		path = strings.ReplaceAll(path, "{"+m.wire()+"}", escape(s, false))
		return strings.ReplaceAll(path, "{"+m.wire()+"+}", escape(s, true)), err
	case "querystring":
		switch m.Kind {
		case List:
			items, err := list(v, at)
			for i, item := range items {
				s, bad := text(m.Item, item, iso8601, nth(at, i))
				if bad != nil {
					return path, bad
				}
				q.Query.Add(m.wire(), s)
			}
			return path, err
		case Map:
			entries, err := object(m.Ref, v, at)
			for key, value := range entries {
				values, ok := value.([]any)
				if !ok {
					values = []any{value}
				}
				for _, one := range values {
					q.Query.Add(key, fmt.Sprint(one))
				}
			}
			return path, err
		}
		s, err := text(m.Ref, v, iso8601, at)
		q.Query.Set(m.wire(), s)
		return path, err
	}
	return path, setHeader(q.Header, m, v, at)
}

// escape escapes all but what never needs it; a path keeps its slashes.
func escape(s string, slashes bool) string {
	s = strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
	if slashes {
		s = strings.ReplaceAll(s, "%2F", "/")
	}
	return s
}

func setHeader(h http.Header, m *Member, v any, at string) error {
	switch {
	case m.In == "headers":
		entries, err := object(m.Ref, v, at)
		for key, value := range entries {
			s, bad := text(m.Value, value, rfc822, below(at, key))
			if bad != nil {
				return bad
			}
			h.Set(m.wire()+key, s)
		}
		return err
	case m.Kind == List:
		items, err := list(v, at)
		var words []string
		for i, item := range items {
			s, bad := text(m.Item, item, rfc822, nth(at, i))
			if bad != nil {
				return bad
			}
			if strings.ContainsAny(s, `",`) {
				s = `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
			}
			words = append(words, s)
		}
		if len(words) > 0 {
			h.Set(m.wire(), strings.Join(words, ","))
		}
		return err
	}
	s, err := text(m.Ref, v, rfc822, at)
	if m.Nested {
		s = base64.StdEncoding.EncodeToString([]byte(s))
	}
	h.Set(m.wire(), s)
	return err
}
