package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var chromium = sync.OnceValues(func() (string, error) {
	var last error
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		path, err := find(name, "install Debian's package chromium", "--version")
		if err == nil {
			return path, nil
		}
		last = errors.Join(last, err)
	}
	return "", last
})

// Shown is a page as a browser shows it, all that is folded unfolded.
type Shown struct {
	Client int // the width that there is
	Scroll int // the width that the page takes: more than Client, and it scrolls sideways
	// Outside are elements that reach out of the page, or hide a part of what they hold.
	Outside []string
	Broken  []string // words of Latin letters that a line breaks in
	Text    string   // all that can be read
}

// Browse opens a page in a headless Chromium, in a frame of so many pixels. Each
// call starts a browser, which is heavy.
func Browse(t testing.TB, page string, width int) Shown {
	t.Helper()
	browser := must(t, chromium)
	dir := t.TempDir()
	text, err := json.Marshal(page) // < and > become \u003c and \u003e, so that no tag ends the script
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "harness.html")
	if err := os.WriteFile(file, []byte(strings.NewReplacer("PAGE", string(text), "WIDTH", fmt.Sprint(width)).Replace(harness)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), answerWithin)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--virtual-time-budget=20000", "--dump-dom", "file://"+file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	_, rest, ok := strings.Cut(string(out), `<pre id="out">`)
	found, _, closed := strings.Cut(rest, "</pre>")
	var shown Shown
	if !ok || !closed {
		t.Fatalf("%s shows no answer:\n%s", browser, out[:min(len(out), 2000)])
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(found)), &shown); err != nil {
		t.Fatalf("%s answers %q: %v", browser, found[:min(len(found), 2000)], err)
	}
	return shown
}

// harness shows the page in a frame, whose policy of content stays its own, and
// measures from outside.
const harness = `<!DOCTYPE html>
<meta charset="utf-8">
<iframe id="f" style="border:0;width:WIDTHpx;height:1000px"></iframe>
<script>
const frame = document.getElementById("f");
frame.onload = () => {
  const d = frame.contentDocument, root = d.documentElement, view = frame.contentWindow;
  d.querySelectorAll("details").forEach(x => { x.open = true; });
  const found = {Client: root.clientWidth, Scroll: root.scrollWidth, Outside: [], Broken: [], Text: d.body.innerText};
  const name = e => e.tagName.toLowerCase() + "." + e.className + ": " + e.textContent.trim().slice(0, 60);
  for (const e of d.body.querySelectorAll("*")) {
    const style = view.getComputedStyle(e), box = e.getBoundingClientRect();
    if (e.closest("thead,svg,.skip") || box.width === 0) continue;
    const hides = style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1;
    if (hides || box.right > root.clientWidth + 1 || box.left < -1) found.Outside.push(name(e));
  }
  const walker = d.createTreeWalker(d.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    if (n.parentElement.closest("svg,.skip")) continue;
    for (const m of n.data.matchAll(/[A-Za-z0-9]+/g)) {
      const r = d.createRange();
      r.setStart(n, m.index);
      r.setEnd(n, m.index + m[0].length);
      const tops = new Set([...r.getClientRects()].filter(b => b.width > 0).map(b => Math.round(b.top)));
      if (tops.size > 1) found.Broken.push(m[0]);
    }
  }
  const out = document.createElement("pre");
  out.id = "out";
  out.textContent = JSON.stringify(found);
  document.body.append(out);
};
frame.srcdoc = PAGE;
</script>
`
