package apigateway

import "testing"

func TestNameOf(t *testing.T) {
	for name, want := range map[string]string{"orders": "orders", "注文": "a1", "注文 orders": " orders", "": "a1"} {
		if got := nameOf("a1", name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
