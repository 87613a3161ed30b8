package protocol

import (
	"bytes"
	"net/http"
	"strings"
)

// Refusal is what a service says when it refuses.
type Refusal struct{ Code, Message string }

// DecodeError reads a refusal; one without a code is not the service's.
func (s *Service) DecodeError(a *Response) Refusal {
	switch s.Protocol {
	case Query, EC2, RESTXML:
		return xmlRefusal(a.Body)
	}
	body, _ := parseJSON(a.Body) // a refusal may have no body
	first := func(names ...string) string {
		for _, name := range names {
			if s, ok := body[name].(string); ok && s != "" {
				return s
			}
		}
		return ""
	}
	code := first("__type", "code", "Code")
	if body == nil && len(bytes.TrimSpace(a.Body)) > 0 {
		return Refusal{}
	}
	if h := a.Header.Get("X-Amzn-Errortype"); h != "" {
		code = h
	}
	code, _, _ = strings.Cut(code[strings.LastIndexByte(code, '#')+1:], ":")
	if former, _, ok := strings.Cut(a.Header.Get("X-Amzn-Query-Error"), ";"); ok && s.QueryErrors && former != "" {
		code = former
	}
	return Refusal{code, first("message", "Message", "errorMessage")}
}

func xmlRefusal(body []byte) Refusal {
	n, err := parseXML(body)
	if err != nil {
		return Refusal{}
	}
	for _, name := range []string{"Errors", "Error"} {
		if found := n.called(name); len(found) == 1 {
			n = found[0]
		}
	}
	var r Refusal
	for to, name := range map[*string]string{&r.Code: "Code", &r.Message: "Message"} {
		if found := n.called(name); n.name == "Error" && len(found) == 1 {
			*to = strings.TrimSpace(found[0].text)
		}
	}
	return r
}

// EncodeError writes a refusal, as a service does.
func (s *Service) EncodeError(status int, r Refusal, id string) (*Response, error) {
	a := &Response{Status: status, Header: http.Header{"X-Amzn-Requestid": {id}}}
	var p printer
	element := func(name, value string) {
		p.open(name, nil)
		p.escape(value)
		p.close(name)
	}
	var err error
	switch s.Protocol {
	case JSON, RESTJSON:
		a.Header.Set("Content-Type", "application/json")
		if s.Protocol == RESTJSON {
			a.Header.Set("X-Amzn-Errortype", r.Code)
		}
		if s.QueryErrors {
			a.Header.Set("X-Amzn-Query-Error", r.Code+";"+map[bool]string{true: "Sender", false: "Receiver"}[status < 500])
		}
		a.Body, err = marshal(map[string]string{"__type": r.Code, "message": r.Message})
		return a, err
	case EC2:
		p.WriteString("<Response><Errors><Error>")
		element("Code", r.Code)
		element("Message", r.Message)
		p.WriteString("</Error></Errors>")
		element("RequestID", id)
		p.WriteString("</Response>")
	default:
		s3 := s.ID == "S3" // its errors stand alone
		if !s3 {
			p.WriteString("<ErrorResponse>")
		}
		p.WriteString("<Error>")
		element("Code", r.Code)
		element("Message", r.Message)
		p.WriteString("</Error>")
		if !s3 {
			element("RequestId", id)
			p.WriteString("</ErrorResponse>")
		}
	}
	a.Header.Set("Content-Type", "text/xml")
	a.Body = p.Bytes()
	return a, nil
}
