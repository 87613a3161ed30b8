package apigateway

import (
	"slices"
	"strings"

	"github.com/kumoban/kumoban/internal/fact"
)

// Listed is false of what stands for those methods of an API that could not be
// listed: it is none, nor is it known how many it stands for.
func (m *Method) Listed() bool { return m.HttpMethod.Present() != fact.Unknown }

// Label names a method setting for people: "GET /orders/{id}", or "*/*" for
// the default. API Gateway spells keys in two ways, "~1orders~1{id}/GET" and
// "orders/GET"; both come out alike.
func (m *MethodSetting) Label() string { return label(m.Key.Or("?")) }

func label(key string) string {
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

// Labels names the method settings of a stage for people. Where two keys have
// one label, each has its key beside it: "GET / [~1/GET]".
func Labels(settings []MethodSetting) []string {
	labels, first, shared := make([]string, len(settings)), map[string]string{}, map[string]bool{}
	for i := range settings {
		label, key := settings[i].Label(), settings[i].Key.Or("?")
		labels[i] = label
		if other, taken := first[label]; taken && other != key {
			shared[label] = true
		}
		first[label] = key
	}
	for i := range settings {
		if shared[labels[i]] {
			labels[i] += " [" + settings[i].Key.Or("?") + "]"
		}
	}
	return labels
}

// NamesNone tells whether a setting's key names no method of the API, as far as
// that is known: it is not spelled as keys are, or the API's methods were listed
// and this one is not among them.
func (m *MethodSetting) NamesNone(api *RestApi) bool {
	key := m.Key.Or("?")
	i := strings.LastIndexByte(key, '/')
	if i <= 0 || !slices.Contains([]string{"*", "ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}, key[i+1:]) {
		return true
	}
	if api == nil {
		return false
	}
	methods, known := api.Methods.Get()
	if known != fact.True || key[:i] == "*" || slices.ContainsFunc(methods, func(x *Method) bool { return !x.Listed() }) {
		return false
	}
	label := m.Label()
	_, path, _ := strings.Cut(label, " ")
	return !slices.ContainsFunc(methods, func(x *Method) bool { return x.Name == label || x.Name == "ANY "+path })
}
