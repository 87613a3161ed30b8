package apigateway

import (
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// Listed is false of what stands for those methods of an API that could not be
// listed: it is none, nor is it known how many it stands for.
func (m *Method) Listed() bool { return m.HttpMethod.Present() != fact.Unknown }

// Label names a method setting for people: "GET /orders/{id}", or "*/*" for
// the default. API Gateway spells keys in two ways, "~1orders~1{id}/GET" and
// "orders/GET"; both come out alike.
func (m *MethodSetting) Label() string {
	key := m.Key.Or("?")
	i := strings.LastIndexByte(key, '/')
	if i < 0 || key == "*/*" {
		return key
	}
	path := strings.ReplaceAll(key[:i], "~1", "/")
	if path != "*" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return key[i+1:] + " " + path
}
