package spell_test

import (
	"testing"

	"github.com/kumoban/kumoban/internal/spell"
)

func TestNearest(t *testing.T) {
	words := []string{"APIGateway.1", "APIGateway.5", "APIGateway.10", "cli"}
	for typed, want := range map[string]string{
		"apigatway.5": "APIGateway.5", "APIGateway5": "APIGateway.5", "APIGateway.12": "APIGateway.1", "APIGateway.1O": "APIGateway.1",
		"S3.1": "", "": "", "x": "", "cl": "cli", "terraform": "",
	} {
		if got := spell.Nearest(typed, words); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
