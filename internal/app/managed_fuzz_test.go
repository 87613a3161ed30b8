package app

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/resource"
	"github.com/kumoban/kumoban/types/apigateway"
)

// FuzzState never panics, whatever the file, and an address is always one.
func FuzzState(f *testing.F) {
	data, err := os.ReadFile("testdata/state/terraform.tfstate")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add(`{"version": 4, "resources": [{"module": "module.x", "mode": "managed", "type": "aws_api_gateway_stage", "name": "this",
		"instances": [{"index_key": "a", "attributes": {"rest_api_id": "a", "stage_name": "b"}}]}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		var s State
		if err := s.parse([]byte(in)); err != nil {
			var ours *locale.Error
			if !errors.As(err, &ours) {
				t.Fatal(err)
			}
			return
		}
		ref := resource.Ref{Type: apigateway.StageType, ARN: "arn:aws:apigateway:eu-west-1::/restapis/a/stages/b"}
		if list := s.Owners(ref); len(list) > 0 && !strings.Contains(list[0], "aws_api") {
			t.Fatalf("address %q", list)
		}
	})
}
