package fact

import "testing"

// TestKleene holds And, Or and Not to Kleene's tables, written out in full.
func TestKleene(t *testing.T) {
	const f, u, T = False, Unknown, True
	for _, c := range []struct{ a, b, and, or Truth }{
		{f, f, f, f}, {f, u, f, u}, {f, T, f, T},
		{u, f, f, u}, {u, u, u, u}, {u, T, u, T},
		{T, f, f, T}, {T, u, u, T}, {T, T, T, T},
	} {
		if got := c.a.And(c.b); got != c.and {
			t.Errorf("%v and %v = %v, want %v", c.a, c.b, got, c.and)
		}
		if got := c.a.Or(c.b); got != c.or {
			t.Errorf("%v or %v = %v, want %v", c.a, c.b, got, c.or)
		}
	}
	if f.Not() != T || T.Not() != f || u.Not() != u {
		t.Error("Not must swap True and False and keep Unknown")
	}
}

func TestValue(t *testing.T) {
	var zero Value[string]
	here := &Origin{Call: "apigateway:GetStages"}
	for _, c := range []struct {
		name                       string
		v                          Value[string]
		present, isX, inXY, filled Truth
	}{
		{"zero is unknown", zero, Unknown, Unknown, Unknown, Unknown},
		{"unread", Unread[string](here), Unknown, Unknown, Unknown, Unknown},
		{"absent", Absent[string](here), False, False, False, False},
		{"empty", Set("", here), True, False, False, False},
		{"x", Set("x", here), True, True, True, True},
		{"y", Set("y", here), True, False, True, True},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, got := c.v.Get(); got != c.present {
				t.Errorf("Get: %v, want %v", got, c.present)
			}
			if got := Is(c.v, "x"); got != c.isX {
				t.Errorf("Is x: %v, want %v", got, c.isX)
			}
			if got := In(c.v, "x", "y"); got != c.inXY {
				t.Errorf("In x, y: %v, want %v", got, c.inXY)
			}
			if got := Filled(c.v); got != c.filled {
				t.Errorf("Filled: %v, want %v", got, c.filled)
			}
		})
	}
	if Absent[string](here).Or("z") != "z" || Set("x", here).Or("z") != "x" {
		t.Error("Or must return the value only where it is set")
	}
}

func TestOriginString(t *testing.T) {
	var none *Origin
	for want, o := range map[string]*Origin{
		"":                     none,
		"apigateway:GetStages": {Call: "apigateway:GetStages"},
		"main.tf:3:5":          {File: "main.tf", Line: 3, Column: 5},
	} {
		if got := o.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
