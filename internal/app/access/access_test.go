package access

import (
	"errors"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
)

// TestMay: a subject may do what it was granted, and is told of the rest what it
// would take.
func TestMay(t *testing.T) {
	reader := Granted("u-1", "Sato", FindingsRead)
	for _, p := range Permissions() {
		if err := Admin("root").May(p); err != nil {
			t.Errorf("an admin: %v", err)
		}
		if (Subject{}).May(p) == nil {
			t.Errorf("nobody may %s", p)
		}
		err := reader.May(p)
		if (err == nil) != (p == FindingsRead) {
			t.Errorf("%s: %v", p, err)
		}
		var refused *Refused
		if err != nil && (!errors.As(err, &refused) || refused.What != p) {
			t.Errorf("%s: %#v", p, err)
		}
	}
	if got, want := Granted("u-2", "", FindingsRead).May(AuditRead).Error(), `"u-2" has no permission to read the audit log and evidence (audit:read)`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestGrantsAreKept: who granted them cannot add to them.
func TestGrantsAreKept(t *testing.T) {
	may := []Permission{FindingsRead}
	s := Granted("u-1", "Sato", may...)
	may[0] = AuditRead
	if s.May(AuditRead) == nil || s.May(FindingsRead) != nil {
		t.Error("a subject's permissions are not its own")
	}
}

// TestTexts: every permission is told in both languages, and no other is.
func TestTexts(t *testing.T) {
	for _, lang := range locale.Langs() {
		catalog, err := locale.New(lang)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for key := range catalog.Keys() {
			if strings.HasPrefix(key, "access.to.") {
				n++
			}
		}
		if n != len(Permissions()) {
			t.Errorf("%s: %d texts for %d permissions", lang, n, len(Permissions()))
		}
		for _, p := range Permissions() {
			var e *locale.Error
			if err := (Subject{ID: "u"}).May(p); !errors.As(err, &e) || !catalog.Has("access.to."+string(p)) || strings.Contains(catalog.Text(e.Key, e.Args...), "access.to") {
				t.Errorf("%s: %s is not told", lang, p)
			}
		}
	}
}
