package awsclient

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// TestPages follows tokens to the end, and no further than that makes sense.
func TestPages(t *testing.T) {
	type answer = Page[string]
	page := func(next string, items ...string) answer { return answer{items, aws.String(next)} }
	for name, c := range map[string]struct {
		pages  map[string]answer // by the token that asks for them
		items  string
		calls  int
		reason string // in the error; empty: none
	}{
		"one page":                        {map[string]answer{"": {[]string{"a"}, nil}}, "a", 1, ""},
		"an empty token ends":             {map[string]answer{"": page("", "a")}, "a", 1, ""},
		"three":                           {map[string]answer{"": page("1", "a"), "1": page("2"), "2": page("", "b", "c")}, "a b c", 3, ""},
		"the same token":                  {map[string]answer{"": page("1", "a"), "1": page("1", "b")}, "a b", 2, "circles"},
		"a circle":                        {map[string]answer{"": page("1"), "1": page("2", "a"), "2": page("3"), "3": page("1")}, "a", 4, "circles"},
		"a later page that cannot be had": {map[string]answer{"": page("1", "a")}, "a", 2, "no such page"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				items, err := All(Pages(t.Context(), lane(t, ""), &Call{Service: "apigateway", Operation: "GetApis"}, func(_ context.Context, token *string) (answer, error) {
					calls++
					if (token == nil) != (calls == 1) {
						t.Errorf("call %d has the token %v", calls, token)
					}
					p, ok := c.pages[aws.ToString(token)]
					if !ok {
						return p, &smithy.GenericAPIError{Code: "BadRequestException", Message: "no such page"}
					}
					return p, nil
				}))
				if got := strings.Join(items, " "); got != c.items || calls != c.calls {
					t.Errorf("%q after %d calls, want %q after %d", got, calls, c.items, c.calls)
				}
				if c.reason == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.reason) {
					t.Errorf("error %v, want %q", err, c.reason)
				}
			})
		})
	}
}

// TestPagesWithoutItems ends when page after page is empty, but not while there
// is something now and then.
func TestPagesWithoutItems(t *testing.T) {
	for _, every := range []int{0, mostEmpty / 2} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			_, err := All(Pages(t.Context(), lane(t, ""), &Call{Service: "sts"}, func(_ context.Context, _ *string) (p Page[int], err error) {
				if calls++; calls == 3*mostEmpty {
					return p, nil
				}
				if every > 0 && calls%every == 0 {
					p.Items = []int{1}
				}
				p.Next = aws.String(strings.Repeat("x", calls))
				return p, nil
			}))
			if f := AsFault(errOr(err)); every == 0 && (f.Class != Garbled || calls != mostEmpty) || every > 0 && err != nil {
				t.Errorf("something every %d pages: %v after %d calls", every, err, calls)
			}
		})
	}
}

func errOr(err error) error {
	if err == nil {
		return &Fault{}
	}
	return err
}

// TestPagesStop makes no call more than its caller wants answers.
func TestPagesStop(t *testing.T) {
	calls := 0
	for range Pages(t.Context(), lane(t, ""), &Call{Service: "sts"}, func(context.Context, *string) (Page[int], error) {
		calls++
		return Page[int]{[]int{1}, aws.String("more")}, nil
	}) {
		break
	}
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

func TestTruncated(t *testing.T) {
	for _, c := range []struct {
		more  bool
		token string
		whole bool
	}{{false, "", true}, {true, "x", true}, {false, "x", true}, {true, "", false}} {
		if _, err := Truncated(&Call{}, c.more, c.token); (err == nil) != c.whole {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
