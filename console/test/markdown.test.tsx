import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "../src/markdown";

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

describe("markdown", () => {
  it("becomes elements", () => {
    expect(html("**A** `b<c` & [d](https://e.example/)\n\n3. f\n   - g")).toBe(
      '<div class="guide"><p><strong>A</strong> <code>b&lt;c</code> &amp; <a href="https://e.example/" target="_blank" rel="noreferrer">d</a></p><ol start="3"><li>f<ul><li>g</li></ul></li></ol></div>',
    );
    expect(html("```sh\na && b\n```")).toContain("<code>a &amp;&amp; b</code>");
    expect(html("| a | b |\n|---|---|\n| 1 | `2` |")).toContain("<td><code>2</code></td>");
  });
  it("is text, whatever it holds", () => {
    expect(html('<img src=x onerror="1">\n\na <b>b</b> [x](javascript:1)')).not.toMatch(/<img|<b>|href/);
  });
});
