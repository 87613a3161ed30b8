package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/outside"
)

// TestFresh: what is committed is what the sources make, which the compiler takes.
func TestFresh(t *testing.T) {
	console := outside.Node(t)
	console.Run(t, "node_modules/typescript/bin/tsc", "--noEmit")
	made := t.TempDir()
	console.Run(t, "node_modules/vite/bin/vite.js", "build", "--outDir", made, "--emptyOutDir")
	want, have := unpacked(t, made), unpacked(t, "dist")
	for name := range want {
		if have[name] != want[name] {
			t.Errorf("%s is not what console/ makes: make console", name)
		}
	}
	for name := range have {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is nothing that console/ makes: make console", name)
		}
	}
}

// TestSchema: the types of the API are those of its document.
func TestSchema(t *testing.T) {
	made := filepath.Join(t.TempDir(), "schema.gen.ts")
	outside.Node(t).Run(t, "node_modules/openapi-typescript/bin/cli.js", "../docs/openapi.json", "-o", made)
	if read(t, made) != read(t, "../../../console/src/api/schema.gen.ts") {
		t.Error("console/src/api/schema.gen.ts is not what docs/openapi.json makes: make console")
	}
}

// TestLogic runs the tests of the front end that need no browser.
func TestLogic(t *testing.T) {
	out := string(outside.Node(t).Run(t, "node_modules/vitest/vitest.mjs", "run", "--reporter=json"))
	if !strings.Contains(out, `"success":true`) || strings.Contains(out, `"numPassedTests":0`) {
		t.Error(out)
	}
}

// unpacked are the files of a folder: how they are packed differs between versions
// of zlib.
func unpacked(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data := read(t, dir+"/"+name)
		if strings.HasSuffix(name, ".gz") {
			data = unpack(t, data)
		}
		files[name] = data
		return nil
	})
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files in %s, %v", len(files), dir, err)
	}
	return files
}
