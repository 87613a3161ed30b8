package guide

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/kumoban/kumoban/internal/locale"
)

func TestHTMLOfMarkdown(t *testing.T) {
	cat, err := locale.New(locale.English)
	if err != nil {
		t.Fatal(err)
	}
	g := &Guide{Sections: []Section{{"cli", []Block{
		{Prose: "First `a<b` of **two & more**. See [the guide](https://docs.aws.amazon.com/x?a=1&b=2).\n\n### REST\n\n1. One\n2. Two"},
		{Snippet: &Snippet{"x.sh", "sh", "aws <x> && y"}, Indent: "   "},
		{Prose: "   of it\n3. Three\n\n- a\n- b\n\nEnd\n\n| h | i |\n|---|---|\n| `c` | d |"},
		{Snippet: &Snippet{"y.sh", "sh", "z"}},
	}}}}
	got := g.HTML(cat, "cli", "h5")
	want := `<p>First <code>a&lt;b</code> of <strong>two &amp; more</strong>. See <a href="https://docs.aws.amazon.com/x?a=1&amp;b=2" rel="noreferrer">the guide</a>.</p>
<h5>REST</h5>
<ol>
<li>One</li>
<li>Two<pre><code>aws &lt;x&gt; &amp;&amp; y</code></pre>
<p>of it</p>
</li>
<li>Three</li>
</ol>
<ul>
<li>a</li>
<li>b</li>
</ul>
<p>End</p>
<table>
<tr><th>h</th><th>i</th></tr>
<tr><td><code>c</code></td><td>d</td></tr>
</table>
<pre><code>z</code></pre>
`
	if got != want {
		t.Errorf("%s", got)
	}
	if g.HTML(cat, "verify", "h5") != "" {
		t.Error("a section that is not there")
	}
	if got := jointed("a \"$context.requestId\":\"$context.ip\"\n  <b>"); strings.ReplaceAll(got, "<wbr>", "") != "a &#34;$context.requestId&#34;:&#34;$context.ip&#34;\n  &lt;b&gt;" || !strings.Contains(got, "&#34;<wbr>$<wbr>context.<wbr>requestId") {
		t.Errorf("%s", got)
	}
	d := xml.NewDecoder(strings.NewReader("<x>" + got + "</x>"))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
