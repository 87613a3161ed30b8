package apigateway

import (
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/fact"
)

func TestLabel(t *testing.T) {
	for key, want := range map[string]string{
		"*/*":                "*/*",
		"~1orders~1{id}/GET": "GET /orders/{id}",
		"orders/GET":         "GET /orders",
		"orders~1{id}/GET":   "GET /orders/{id}",
		"~1/HEAD":            "HEAD /",
		"*/GET":              "GET *",
		"odd":                "odd",
	} {
		m := MethodSetting{Key: fact.Set(key, nil)}
		if got := m.Label(); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestLabelsTellApart(t *testing.T) {
	setting := func(key string) MethodSetting { return MethodSetting{Key: fact.Set(key, nil)} }
	got := Labels([]MethodSetting{setting("*/*"), setting("/GET"), setting("orders/GET"), setting("~1/GET"), setting("~1orders/GET"), setting("x/GET")})
	want := "*/* | GET / [/GET] | GET /orders [orders/GET] | GET / [~1/GET] | GET /orders [~1orders/GET] | GET /x"
	if joined := strings.Join(got, " | "); joined != want {
		t.Errorf("%s, want %s", joined, want)
	}
}

// TestNamesNone claims only what is known.
func TestNamesNone(t *testing.T) {
	method := func(name string) *Method {
		m := &Method{HttpMethod: fact.Set("GET", nil)}
		m.Name = name
		return m
	}
	rest := &Method{}
	listed := &RestApi{Methods: fact.Set([]*Method{method("GET /"), method("ANY /any"), method("GET /orders/{id}")}, nil)}
	partly := &RestApi{Methods: fact.Set([]*Method{method("GET /"), rest}, nil)}
	for key, want := range map[string]struct{ listed, partly, unread bool }{
		"*/*":                {},
		"*/GET":              {},
		"~1/GET":             {},
		"~1/POST":            {listed: true},
		"~1orders~1{id}/GET": {},
		"orders/{id}/GET":    {},
		"/orders/{id}/GET":   {},
		"any/POST":           {},
		"gone/GET":           {listed: true},
		"/GET":               {true, true, true},
		"odd":                {true, true, true},
		"orders/FETCH":       {true, true, true},
	} {
		m := MethodSetting{Key: fact.Set(key, nil)}
		if a, b, c := m.NamesNone(listed), m.NamesNone(partly), m.NamesNone(&RestApi{}); a != want.listed || b != want.partly || c != want.unread {
			t.Errorf("%s: listed %t, partly %t, unread %t", key, a, b, c)
		}
	}
}
