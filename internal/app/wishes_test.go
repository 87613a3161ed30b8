package app

import (
	"testing"

	"github.com/kumoban/kumoban/internal/resource"
)

// TestWishFilterBrackets: what `fix plan` takes is what `findings list` lists.
func TestWishFilterBrackets(t *testing.T) {
	const class = "orders/[ab]"
	f := WishFilter{Resources: []string{class}}
	for name, want := range map[string]bool{class: true, "orders/a": false, "orders/b": false} {
		ref := resource.Ref{ARN: "arn:aws:apigateway:us-east-1::/restapis/a/stages/s", Name: name}
		if f.takes("APIGateway.1", &ref) != want {
			t.Errorf("%q on %q: want %t", class, name, want)
		}
	}
	f = WishFilter{Controls: []string{"apigateway.[1-3]"}}
	if f.takes("APIGateway.1", &resource.Ref{}) {
		t.Error("brackets are a class for controls")
	}
}
