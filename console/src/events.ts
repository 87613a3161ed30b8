import { Refused, root, Unreached } from "./api/client";
import type { Problem } from "./api/types";
import type { Lang } from "./texts";

/** Event is one of a stream of server-sent events. */
export interface Event {
  name: string;
  data: string;
  id: string;
}

/** parsed takes whole events from the beginning of a text, and returns what is left of it. */
export function parsed(text: string): { events: Event[]; rest: string } {
  const parts = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = parts.pop() ?? "";
  const events = parts.flatMap((part) => {
    const fields = new Map<string, string[]>();
    for (const line of part.split("\n")) {
      const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
      if (name !== undefined) fields.set(name, [...(fields.get(name) ?? []), value ?? ""]);
    }
    const data = fields.get("data");
    return data ? [{ name: fields.get("event")?.[0] ?? "message", data: data.join("\n"), id: fields.get("id")?.[0] ?? "" }] : [];
  });
  return { events, rest };
}

const pause = (ms: number, signal: AbortSignal) => new Promise<void>((done) => {
  const timer = setTimeout(done, ms);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    done();
  }, { once: true });
});

/** listen hands out what a stream tells, in the reader's language, which an EventSource could not ask for. A lost
 * connection is taken up where it was; it ends with the event of that name. */
export async function listen(path: string, last: string, lang: Lang, signal: AbortSignal, take: (e: Event) => void): Promise<void> {
  let id = "";
  while (!signal.aborted) {
    try {
      const answer = await fetch(root + path, { headers: { Accept: "text/event-stream", "Accept-Language": lang, ...(id ? { "Last-Event-ID": id } : {}) }, signal });
      if (answer.status === 204) return;
      if (!answer.ok) throw new Refused((await answer.json()) as Problem);
      if (!answer.body) throw new Unreached();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const { events, rest } = parsed(text + part.value);
        text = rest;
        for (const e of events) {
          if (e.id) id = e.id;
          take(e);
          if (e.name === last) return;
        }
      }
    } catch (error) {
      if (signal.aborted || error instanceof Refused) return;
    }
    await pause(2000, signal);
  }
}
