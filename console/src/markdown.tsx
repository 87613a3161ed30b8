import { lexer, type Token, type Tokens } from "marked";
import { Fragment, type ReactNode } from "react";

/** Markdown shows a text of a guide. What it is made of becomes elements, never HTML: nothing in a text can be more than text. */
export function Markdown({ text }: { text: string }) {
  return <div className="guide">{blocks(lexer(text))}</div>;
}

const blocks = (tokens: Token[]): ReactNode[] => tokens.map((t, i) => <Fragment key={i}>{block(t as Tokens.Generic)}</Fragment>);
const spans = (tokens: Token[] | undefined): ReactNode[] => (tokens ?? []).map((t, i) => <Fragment key={i}>{span(t as Tokens.Generic)}</Fragment>);

function block(t: Tokens.Generic): ReactNode {
  switch (t.type) {
    case "space":
      return null;
    case "heading":
      return <h4>{spans(t.tokens)}</h4>;
    case "paragraph":
      return <p>{spans(t.tokens)}</p>;
    case "text":
      return t.tokens ? spans(t.tokens) : plain(t.text as string);
    case "code":
      return <pre tabIndex={0}><code>{t.text as string}</code></pre>;
    case "list": {
      const items = (t as Tokens.List).items.map((item, i) => <li key={i}>{blocks(item.tokens)}</li>);
      return t.ordered ? <ol start={Number(t.start) || 1}>{items}</ol> : <ul>{items}</ul>;
    }
    case "table":
      return table(t as Tokens.Table);
    case "blockquote":
      return <blockquote>{blocks(t.tokens ?? [])}</blockquote>;
    default:
      return <p>{t.raw}</p>;
  }
}

function table(t: Tokens.Table): ReactNode {
  return (
    <div className="wide" tabIndex={0}>
      <table>
        <thead><tr>{t.header.map((cell, i) => <th key={i}>{spans(cell.tokens)}</th>)}</tr></thead>
        <tbody>{t.rows.map((row, i) => <tr key={i}>{row.map((cell, j) => <td key={j}>{spans(cell.tokens)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
/** plain takes back what was escaped for HTML, which this is not. */
const plain = (text: string) => text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (e) => entities[e] ?? e);

function span(t: Tokens.Generic): ReactNode {
  switch (t.type) {
    case "text": case "escape":
      return t.tokens ? spans(t.tokens) : plain(t.text as string);
    case "codespan":
      return <code>{plain(t.text as string)}</code>;
    case "strong":
      return <strong>{spans(t.tokens)}</strong>;
    case "em":
      return <em>{spans(t.tokens)}</em>;
    case "br":
      return <br />;
    case "link":
      return /^https:\/\//.test(t.href as string) ? <a href={t.href as string} target="_blank" rel="noreferrer">{spans(t.tokens)}</a> : spans(t.tokens);
    default:
      return t.raw;
  }
}
