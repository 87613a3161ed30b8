// Package ensuretest helps the tests of remedies.
package ensuretest

import (
	"errors"
	"regexp"
	"testing"

	"github.com/kumoban/kumoban/internal/fact"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/remedy"
	"github.com/kumoban/kumoban/internal/resource"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// Scope is where the tests' resources are.
func Scope() resource.Scope {
	return resource.Scope{Partition: "aws", Account: "111122223333", Region: "ap-northeast-1"}
}

// Meta is of a live resource of API Gateway: Meta("/apis/a1b2c3d4e5/stages/prod", "orders/prod").
func Meta(path, name string) resource.Meta {
	return resource.Meta{Ref: resource.Ref{Scope: Scope(), ARN: "arn:aws:apigateway:ap-northeast-1::" + path, Name: name}}
}

// Refused returns a value that nobody was allowed to read.
func Refused[T any]() fact.Value[T] {
	return fact.Unread[T](&fact.Origin{Fault: "AccessDeniedException"})
}

// Set returns a value that is set.
func Set[T any](v T) fact.Value[T] { return fact.Set(v, nil) }

// Absent returns a value that is not there.
func Absent[T any]() fact.Value[T] { return fact.Absent[T](nil) }

// ErrorKey returns the message key of an error for users, "" of nil. The error
// must read well in both languages.
func ErrorKey(t *testing.T, err error) string {
	t.Helper()
	var e *locale.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("%v is no error for users", err)
	}
	if e == nil {
		return ""
	}
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		if text := catalog.Text(e.Key, e.Args...); !catalog.Has(e.Key) || place.MatchString(text) {
			t.Errorf("%s in %s: %q", e.Key, lang, text)
		}
	}
	return e.Key
}

// Find returns the remedy of that name for a type of resource.
func Find(t *testing.T, all []remedy.Remedy, name string, on resource.Type) *remedy.Remedy {
	t.Helper()
	for i := range all {
		if all[i].Name == name && all[i].On == on {
			return &all[i]
		}
	}
	t.Fatalf("there is no remedy %s for %s", name, on)
	return nil
}

// IDs returns the ids of ensures, in order.
func IDs(ensures []remedy.Ensure) []string {
	ids := []string{}
	for _, e := range ensures {
		ids = append(ids, e.ID)
	}
	return ids
}

// Values returns what an ensure sets, by property; nil where there is no such
// ensure.
func Values(ensures []remedy.Ensure, id string) map[string]any {
	for _, e := range ensures {
		if e.ID == id {
			values := map[string]any{}
			for _, p := range e.Set {
				values[p.Name] = p.Value
			}
			return values
		}
	}
	return nil
}
