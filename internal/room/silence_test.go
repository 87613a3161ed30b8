package room

import (
	"testing"

	"github.com/kumoban/kumoban/internal/fact"
)

type lamp struct {
	State fact.Value[string]
	Part  fact.Value[part]
	Other fact.Value[part]
	Deep  fact.Value[int]
}

func lampProperties() []Property {
	return []Property{
		{Name: "State", Kind: String, ReadOnly: true, TF: None, Template: "on", Provider: "on", Default: "off"},
		{Name: "Part", Kind: One, Of: "Part", Provider: Empty, Instead: []string{"Other"}},
		{Name: "Other", Kind: One, Of: "Part"},
		{Name: "Deep", Kind: Int, TF: "outer.inner.days"},
	}
}

func lampOf(form Form, tree Tree) (l lamp) {
	Filler{testService(), form}.Fill(&l, lampProperties(), tree, &fact.Origin{}, nil)
	return l
}

// TestDeclared tells what holds of anything that a source declares, though the
// source has no place for it.
func TestDeclared(t *testing.T) {
	for form, want := range map[Form]string{Template: "on", Terraform: "on", Answer: "off", Item: "off"} {
		if l := lampOf(form, Tree{}); l.State.Or("") != want {
			t.Errorf("form %d: %+v", form, l.State)
		}
	}
}

// TestInstead leaves out what another property stands in place of.
func TestInstead(t *testing.T) {
	for name, c := range map[string]struct {
		tree Tree
		part fact.Truth
	}{
		"neither":     {Tree{}, fact.True},
		"the other":   {Tree{"other": []any{Tree{"id": "1"}}}, fact.False},
		"none of it":  {Tree{"other": []any{}}, fact.True},
		"itself":      {Tree{"part": []any{Tree{"id": "1"}}, "other": []any{Tree{}}}, fact.True},
		"two of them": {Tree{"part": []any{Tree{}, Tree{}}}, fact.Unknown}, // nobody knows which counts
		"later":       {Tree{"part": Unknown{"later"}}, fact.Unknown},
	} {
		if l := lampOf(Terraform, c.tree); l.Part.Present() != c.part {
			t.Errorf("%s: %v", name, l.Part.Present())
		}
	}
}

// TestBlocks follows a path through Terraform's blocks.
func TestBlocks(t *testing.T) {
	for name, c := range map[string]struct {
		tree Tree
		want fact.Truth
	}{
		"blocks":    {Tree{"outer": []any{Tree{"inner": []any{Tree{"days": float64(3)}}}}}, fact.True},
		"objects":   {Tree{"outer": Tree{"inner": Tree{"days": int64(3)}}}, fact.True},
		"no block":  {Tree{"outer": []any{}}, fact.False},
		"two":       {Tree{"outer": []any{Tree{}, Tree{}}}, fact.Unknown}, // nobody knows which counts
		"not inner": {Tree{"outer": []any{Tree{}}}, fact.False},
		"later":     {Tree{"outer": []any{Tree{"inner": Unknown{"later"}}}}, fact.Unknown},
	} {
		if l := lampOf(Terraform, c.tree); l.Deep.Present() != c.want || c.want == fact.True && l.Deep.Or(0) != 3 {
			t.Errorf("%s: %+v", name, l.Deep)
		}
	}
}
