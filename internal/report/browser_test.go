package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/control"
	"github.com/kumoban/kumoban/internal/locale"
	"github.com/kumoban/kumoban/internal/outside"
	"github.com/kumoban/kumoban/internal/report"
	"github.com/kumoban/kumoban/internal/resource"
)

// TestHTMLInABrowser shows a page with much on it in a real browser, as wide as a
// telephone and as a screen, with all that is folded unfolded: nothing scrolls
// sideways, nothing is cut off, no word is broken, and one language speaks.
func TestHTMLInABrowser(t *testing.T) {
	en, ja := allTexts(t, locale.English), allTexts(t, locale.Japanese)
	for _, lang := range locale.Langs() {
		s := busy(t, 400)
		s.add("APIGateway.9", ref(busyAt(1), v2Stage, "/apis/c4c4c4c4c4/stages/"+strings.Repeat("long-name-", 12), strings.Repeat("customer-", 10)+"api/production"), control.Fail("none"), "")
		failed := 300
		page := render(t, s, "html", lang, report.Options{Trend: func(*report.Scan, []*resource.Gap) report.Past {
			return report.Past{Points: past(), Left: leftOut(), Failed: &failed}
		}})
		for _, width := range []int{390, 1280} {
			shown := outside.Browse(t, page, width)
			at := fmt.Sprintf("%s at %d pixels", lang, width)
			if shown.Scroll > shown.Client || shown.Client != width && shown.Client != width-15 {
				t.Errorf("%s: the page takes %d of %d", at, shown.Scroll, shown.Client)
			}
			if len(shown.Outside) > 0 {
				t.Errorf("%s: %d elements are cut off: %q", at, len(shown.Outside), shown.Outside[:min(10, len(shown.Outside))])
			}
			if len(shown.Broken) > 0 {
				t.Errorf("%s: %d words are broken: %q", at, len(shown.Broken), shown.Broken[:min(20, len(shown.Broken))])
			}
			for key := range en {
				// Two dots are the least that cannot be a file's name or an id.
				if strings.Count(key, ".") > 1 && !strings.Contains(key, " ") && strings.Contains(shown.Text, key) {
					t.Errorf("%s: the key %s is shown", at, key)
				}
			}
			if lang == locale.English && japanese(shown.Text) {
				t.Errorf("%s: there is Japanese in the text", at)
			}
			if lang == locale.Japanese && !japanese(shown.Text) {
				t.Errorf("%s: there is no Japanese in the text", at)
			}
			for key, text := range en {
				for _, p := range pieces(text) {
					if lang == locale.Japanese && strings.Count(p, " ") > 1 && !strings.HasPrefix(key, "guide.category.") && !strings.Contains(p, "kumoban ") && !strings.Contains(ja[key], p) && strings.Contains(shown.Text, p) {
						t.Errorf("%s: %q of %s is shown", at, p, key)
					}
				}
			}
		}
	}
}
