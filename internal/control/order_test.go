package control_test

import (
	"slices"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
)

func TestCompare(t *testing.T) {
	want := []string{"", "APIGateway", "APIGateway.1", "APIGateway.2", "apigateway.2", "APIGateway.10", "APIGateway.11", "APIGateway.x", "AutoScaling.1", "S3.1"}
	got := slices.Clone(want)
	slices.Reverse(got)
	if slices.SortFunc(got, control.Compare); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
