package awsdouble

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/kumoban/kumoban/internal/awsdouble/internal/service"
)

// scope is what a SigV4 Authorization header says about a request.
type scope struct{ key, region, service string }

// parseScope reads "AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/SERVICE/aws4_request, …".
func parseScope(authorization string) (scope, bool) {
	rest, ok := strings.CutPrefix(authorization, "AWS4-HMAC-SHA256 ")
	if !ok {
		return scope{}, false
	}
	for _, part := range strings.Split(rest, ",") {
		if credential, ok := strings.CutPrefix(strings.TrimSpace(part), "Credential="); ok {
			f := strings.Split(credential, "/")
			if len(f) != 5 || f[4] != "aws4_request" {
				return scope{}, false
			}
			return scope{key: f[0], region: f[2], service: f[3]}, true
		}
	}
	return scope{}, false
}

// route finds the operation that a request means. For one that the double does
// not implement, the operation is nil and name says what was asked for.
func (d *Double) route(r *http.Request, signing string, body []byte) (o *service.Operation, req *service.Request, name string) {
	req = &service.Request{Method: r.Method, Query: r.URL.Query(), Body: body, World: d.world, Now: d.options.Now(), Keys: d.keys.temporary}
	segments := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	for i, s := range segments {
		if plain, err := url.PathUnescape(s); err == nil {
			segments[i] = plain
		}
	}
	req.Path = "/" + strings.TrimPrefix(strings.Join(segments, "/"), "v2/")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		name = target[strings.LastIndex(target, ".")+1:]
		if o = d.named(signing, name, service.JSON); o == nil {
			return modelled(r, signing, req, name)
		}
		return o, req, name
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		req.Form, _ = url.ParseQuery(string(body))
		name = req.Form.Get("Action")
		if o = d.named(signing, name, service.Query); o == nil {
			return modelled(r, signing, req, name)
		}
		return o, req, name
	}
	for _, o := range d.index[indexKey(signing, r.Method, len(segments))] {
		if vars, ok := service.Match(o.Path, segments); ok {
			req.Vars = vars
			return o, req, o.Name
		}
	}
	return modelled(r, signing, req, r.Method+" "+r.URL.Path)
}

// indexKey is what is alike for few REST operations.
func indexKey(signing, method string, segments int) string {
	return signing + " " + method + " " + strconv.Itoa(segments)
}

func (d *Double) named(signing, name string, p service.Protocol) *service.Operation {
	for _, o := range d.operations {
		if o.Signing == signing && o.Name == name && o.Protocol == p {
			return o
		}
	}
	return nil
}

// protocolOf guesses how a request without a known operation wants its refusal.
func protocolOf(r *http.Request) service.Protocol {
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		return service.JSON
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		return service.Query
	}
	return service.REST
}
