package room_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kumoban/kumoban/internal/room"
)

// TestPatches takes an object away whole where all of it goes, and only there.
func TestPatches(t *testing.T) {
	patches := room.Patches{
		"On":                 {At: "/on"},
		"Log.To":             {At: "/log/to", Gone: "/log", Trim: ":*"},
		"Log.As":             {At: "/log/as"},
		`Of["*"]`:            {Gone: "/{key}"},
		`Of["*"].A`:          {At: "/{key}/a"},
		`Of["*"].B`:          {At: "/{key}/b"},
		"unrelated.property": {Gone: "/never"},
	}
	replace := func(property, path string, v any) room.Operation {
		return room.Operation{Op: "replace", Path: path, Property: property, Value: v}
	}
	remove := func(property, path string) room.Operation {
		return room.Operation{Op: "remove", Path: path, Property: property}
	}
	for _, c := range []struct {
		names  []string
		values map[string]any
		want   []room.Operation
	}{
		{[]string{"On", "Log.To"}, map[string]any{"On": true, "Log.To": "x:*"}, []room.Operation{replace("On", "/on", true), replace("Log.To", "/log/to", "x")}},
		{[]string{"Log.As", "Log.To"}, map[string]any{}, []room.Operation{remove("Log.To", "/log")}},
		{[]string{"Log.As", "Log.To"}, map[string]any{"Log.As": "y"}, []room.Operation{replace("Log.As", "/log/as", "y"), replace("Log.To", "/log/to", nil)}},
		{[]string{"Log.As"}, map[string]any{}, []room.Operation{replace("Log.As", "/log/as", nil)}},
		{[]string{`Of["k/G"]`, `Of["l"].B`}, map[string]any{`Of["l"].B`: "b"}, []room.Operation{remove(`Of["k/G"]`, "/k/G"), replace(`Of["l"].B`, "/l/b", "b")}},
		{[]string{`Of["k"]`, `Of["k"].A`}, map[string]any{}, []room.Operation{remove(`Of["k"]`, "/k")}},
	} {
		if diff := cmp.Diff(c.want, patches.Operations(c.names, c.values)); diff != "" {
			t.Errorf("%v %v:\n%s", c.names, c.values, diff)
		}
	}
}
