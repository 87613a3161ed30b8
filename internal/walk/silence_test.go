package walk

import (
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/kumoban/kumoban/internal/awsdouble"
)

// TestSilenceAboutWhatIsKnown scans an account twice; the second time AWS names
// no API. What the store knows is not closed for that, and the scan says that it
// could not look; an account of which nothing is known has none.
func TestSilenceAboutWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		w := &walker{T: t, double: awsdouble.New(awsdouble.Options{}), dir: dir, store: filepath.Join(dir, "kumoban.db")}
		if err := w.double.Load(account, region, []byte(fixture)); err != nil {
			t.Fatal(err)
		}
		scan := []string{"scan", "--service", "APIGateway", "--lang", "en"}
		w.run(scan...)
		w.double.Fault(awsdouble.Fault{Operation: "GetApis", Kind: awsdouble.Silent})
		code, out, stderr := w.runIn(t.Context(), scan...)
		if code != 3 {
			t.Errorf("exit code %d\n%s%s", code, out, stderr)
		}
		w.has(out, "apigateway:GetApis Garbled", "names nothing")
		list, _ := w.run("findings", "list", "--lang", "en")
		w.has(list, "orders/prod")

		w.store = filepath.Join(dir, "other.db")
		code, out, stderr = w.runIn(t.Context(), scan...)
		if code != 0 {
			t.Errorf("nothing is known, and the exit code is %d\n%s%s", code, out, stderr)
		}
	})
}
