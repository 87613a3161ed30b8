import { useSyncExternalStore } from "react";

/** Place is where a reader is: all that a page shows follows from it, so that an address can be handed on. */
export interface Place {
  path: string;
  query: URLSearchParams;
  /** marks of the pages before this one, which an address does not hold */
  marks: string[];
}

const moved = new EventTarget();
let current = read();

function read(): Place {
  const state = history.state as { marks?: string[] } | null;
  return { path: location.pathname, query: new URLSearchParams(location.search), marks: state?.marks ?? [] };
}

function refresh(): void {
  current = read();
  moved.dispatchEvent(new Event("moved"));
}

addEventListener("popstate", refresh);

function subscribe(listener: () => void): () => void {
  moved.addEventListener("moved", listener);
  return () => moved.removeEventListener("moved", listener);
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => current);
}

/** go shows another place; replace leaves no way back to this one. */
export function go(to: string, options: { replace?: boolean; marks?: string[] } = {}): void {
  const state = { marks: options.marks ?? [] };
  if (options.replace) history.replaceState(state, "", to);
  else history.pushState(state, "", to);
  refresh();
}

/** address writes one; what is empty is left out. */
export function address(path: string, query: URLSearchParams): string {
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** follow lets a link of ours move within the page; others, and clicks that open another tab, stay the browser's. */
export function follow(event: { preventDefault: () => void; detail: { href?: string; external?: boolean } }): void {
  if (!event.detail.href || event.detail.external) return;
  event.preventDefault();
  go(event.detail.href);
}
