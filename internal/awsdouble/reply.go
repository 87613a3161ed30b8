package awsdouble

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

type cut int

const (
	cutNone  cut = iota
	cutReset     // the connection is reset before the first byte
	cutBody      // the body ends before its Content-Length
)

// reply is an answer before it is sent.
type reply struct {
	status int
	header http.Header
	body   []byte
	cut    cut
}

func newReply(status int, contentType string, body []byte, requestID string) *reply {
	h := http.Header{}
	h.Set("X-Amzn-Requestid", requestID)
	if contentType != "" {
		h.Set("Content-Type", contentType)
	}
	a := &reply{status: status, header: h}
	a.setBody(body)
	return a
}

// setBody replaces the body and the Content-Length with it.
func (a *reply) setBody(body []byte) {
	a.body = body
	if a.status != http.StatusNoContent {
		a.header.Set("Content-Length", strconv.Itoa(len(body)))
	}
}

func contentType(p service.Protocol) string {
	switch p {
	case service.JSON:
		return "application/x-amz-json-1.1"
	case service.Query:
		return "text/xml"
	}
	return "application/json"
}

// success encodes an operation's value.
func success(o *service.Operation, value any, requestID string) (*reply, error) {
	if tree, ok := value.(map[string]any); o.Model != nil && (ok || value == nil) {
		return modelledReply(o.Model.EncodeResponse(tree, requestID))
	}
	status := max(o.Status, 200)
	if o.Protocol == service.Query {
		body, err := queryXML(o, value, requestID)
		return newReply(status, contentType(o.Protocol), body, requestID), err
	}
	if value == nil && o.Protocol == service.REST {
		return newReply(status, "", nil, requestID), nil
	}
	if value == nil {
		return newReply(status, contentType(o.Protocol), nil, requestID), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	return newReply(status, contentType(o.Protocol), bytes.TrimSpace(b.Bytes()), requestID), err
}

// queryXML wraps a result as the query protocol does.
func queryXML(o *service.Operation, value any, requestID string) ([]byte, error) {
	space := "https://" + o.Signing + ".amazonaws.com/doc/" + o.Version + "/"
	var b bytes.Buffer
	b.WriteString(`<` + o.Name + `Response xmlns="` + space + `">`)
	if value != nil {
		e := xml.NewEncoder(&b)
		if err := e.EncodeElement(value, xml.StartElement{Name: xml.Name{Local: o.Name + "Result"}}); err != nil {
			return nil, err
		}
	}
	b.WriteString(`<ResponseMetadata><RequestId>` + requestID + `</RequestId></ResponseMetadata></` + o.Name + `Response>`)
	return b.Bytes(), nil
}

// refusal encodes an error.
func refusal(o *service.Operation, e *service.Error, requestID string) *reply {
	if o.Model != nil {
		return modelledRefusal(o, e, requestID)
	}
	p := o.Protocol
	var body []byte
	switch p {
	case service.Query:
		kind := "Sender"
		if e.Status >= 500 {
			kind = "Receiver"
		}
		var b bytes.Buffer
		b.WriteString(`<ErrorResponse><Error><Type>` + kind + `</Type><Code>` + e.Code + `</Code><Message>`)
		_ = xml.EscapeText(&b, []byte(e.Message))
		b.WriteString(`</Message></Error><RequestId>` + requestID + `</RequestId></ErrorResponse>`)
		body = b.Bytes()
	case service.JSON:
		body, _ = json.Marshal(map[string]string{"__type": e.Code, "message": e.Message})
	default:
		name := "message"
		if e.FrontDoor {
			name = "Message"
		}
		body, _ = json.Marshal(map[string]string{name: e.Message})
	}
	a := newReply(e.Status, contentType(p), body, requestID)
	if p == service.REST {
		a.header.Set("X-Amzn-Errortype", e.Code)
	}
	if e.RetryAfter > 0 {
		a.header.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	return a
}
