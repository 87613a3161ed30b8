package protocol

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Route finds the operation that a request asks for; nil: none of the table's.
func (s *Service) Route(q *Request) *Operation {
	switch s.Protocol {
	case JSON:
		name, _ := strings.CutPrefix(q.Header.Get("X-Amz-Target"), s.Target+".")
		return s.operations[name]
	case Query, EC2:
		form, err := url.ParseQuery(string(q.Body))
		if err != nil {
			return nil
		}
		if version := form.Get("Version"); version != "" && version != s.Version {
			return nil // another API of the same name in signatures, such as elb beside elbv2
		}
		return s.operations[form.Get("Action")]
	}
	var best *Operation
	for _, o := range s.operations {
		if _, ok := o.match(q); ok && (best == nil || o.narrower(best)) {
			best = o
		}
	}
	return best
}

// narrower tells which of two operations that a request fits says more of it.
func (o *Operation) narrower(than *Operation) bool {
	a, b := strings.Count(o.Path, "{"), strings.Count(than.Path, "{")
	if q, r := strings.Contains(o.Path, "?"), strings.Contains(than.Path, "?"); q != r {
		return q
	}
	return a < b || a == b && o.Name < than.Name
}

// match takes the labels out of a path that an operation's template fits.
func (o *Operation) match(q *Request) (map[string]string, bool) {
	path, query, _ := strings.Cut(o.Path, "?")
	fixed, err := url.ParseQuery(query)
	if err != nil || o.Method != q.Method {
		return nil, false
	}
	for key, values := range fixed {
		if !q.Query.Has(key) || q.Query.Get(key) != values[0] {
			return nil, false
		}
	}
	want, got := strings.Split(path, "/"), strings.Split(q.Path, "/")
	labels := map[string]string{}
	for i, part := range want {
		label, isLabel := strings.CutPrefix(strings.TrimSuffix(part, "}"), "{")
		if name, greedy := strings.CutSuffix(label, "+"); isLabel && greedy && i < len(got) {
			labels[name], err = url.PathUnescape(strings.Join(got[i:], "/"))
			return labels, err == nil && labels[name] != ""
		}
		switch {
		case i >= len(got):
			return nil, false
		case isLabel:
			if labels[label], err = url.PathUnescape(got[i]); err != nil || got[i] == "" {
				return nil, false
			}
		case part != got[i]:
			return nil, false
		}
	}
	return labels, len(want) == len(got)
}

// DecodeRequest reads a request, as a service does.
func (o *Operation) DecodeRequest(q *Request) (map[string]any, error) {
	switch {
	case o.In == nil:
		return map[string]any{}, nil
	case o.Service.Protocol == JSON:
		in, err := parseJSON(q.Body)
		if err != nil {
			return nil, err
		}
		return structureFromJSON(o.In, in, "")
	case o.Service.Protocol == Query || o.Service.Protocol == EC2:
		form, err := url.ParseQuery(string(q.Body))
		if err != nil {
			return nil, err
		}
		in, err := fromForm(form, o.In, "", "", o.Service.Protocol == EC2)
		if err != nil {
			return nil, err
		}
		return in.(map[string]any), nil //nolint:forcetypeassert // a structure gives nothing else
	}
	labels, ok := o.match(q)
	if !ok {
		return nil, fmt.Errorf("this is no request of %s", o.Name)
	}
	in := map[string]any{}
	for i := range o.In.Members {
		m := &o.In.Members[i]
		if !elsewhere(m) {
			continue
		}
		v, err := fromPlace(q, m, labels, o.Path)
		if err != nil {
			return nil, err
		}
		if v != nil {
			in[m.Name] = v
		}
	}
	return in, o.bodyIn(q, in)
}

func fromPlace(q *Request, m *Member, labels map[string]string, template string) (any, error) {
	switch m.In {
	case "uri":
		return untext(m.Ref, labels[m.wire()], m.Name)
	case "querystring":
		switch values := q.Query[m.wire()]; {
		case m.Kind == Map:
			out := map[string]any{}
			for key, values := range q.Query {
				if !strings.Contains(template, "?"+key) {
					out[key] = values[0]
				}
			}
			return out, nil
		case len(values) == 0:
			return nil, nil
		case m.Kind == List:
			out := []any{}
			for i, s := range values {
				v, err := untext(m.Item, s, nth(m.Name, i))
				if err != nil {
					return nil, err
				}
				out = append(out, v)
			}
			return out, nil
		default:
			return untext(m.Ref, values[0], m.Name)
		}
	}
	v, err := fromHeader(&Response{Header: q.Header}, m)
	if s, ok := v.(string); ok && m.Nested && err == nil {
		b, bad := base64.StdEncoding.DecodeString(s)
		return string(b), bad
	}
	if entries, ok := v.(map[string]any); ok && len(entries) == 0 {
		return nil, err
	}
	return v, err
}

// bodyIn reads the members that are in the body.
func (o *Operation) bodyIn(q *Request, in map[string]any) error {
	r, into := o.In, in
	if o.In.Payload != "" {
		m := o.In.Member(o.In.Payload)
		switch {
		case len(q.Body) == 0:
			return nil
		case m.Kind == Blob:
			in[m.Name] = q.Body
			return nil
		case m.Kind == String:
			in[m.Name] = string(q.Body)
			return nil
		}
		r, into = m.Ref, map[string]any{}
		in[m.Name] = into
	}
	if !slices.ContainsFunc(r.Members, func(m Member) bool { return !elsewhere(&m) }) || len(q.Body) == 0 {
		return nil
	}
	var out map[string]any
	var err error
	if o.Service.Protocol == RESTJSON {
		var body map[string]any
		if body, err = parseJSON(q.Body); err == nil {
			out, err = structureFromJSON(r, body, "")
		}
	} else {
		var n *node
		if n, err = parseXML(q.Body); err == nil {
			out, err = structureFromXML(r, n, "")
		}
	}
	for name, v := range out {
		into[name] = v
	}
	return err
}
