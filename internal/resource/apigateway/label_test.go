package apigateway

import (
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
