import type { EventKind, StoryEvent } from "../api/types";
import type { Say } from "../texts";

/** word is a value of the API in the reader's language, as far as it is one that we know. */
export function word(say: Say, value: string): string {
  switch (value) {
    case "PASSED": case "FAILED": case "UNKNOWN": case "NOT_APPLICABLE": case "ARCHIVED":
      return say(`status.${value}`);
    case "NEW": case "NOTIFIED": case "SUPPRESSED": case "RESOLVED":
      return say(`workflow.${value}`);
    case "CRITICAL": case "HIGH": case "MEDIUM": case "LOW":
      return say(`severity.${value}`);
  }
  return value;
}

/** told is one event as a sentence. */
export function told(say: Say, e: StoryEvent): string {
  const text = say(`event.${e.kind as EventKind}`, { from: word(say, e.from ?? ""), to: word(say, e.to ?? "") });
  const by = author(say, e.by);
  return `${text} · ${say("event.by", { by })}`;
}

/** byLink is how the API begins to name whoever has a link, followed by whom it was sent to. */
const byLink = "holder of the link sent to ";

function author(say: Say, by: string): string {
  if (by.startsWith(byLink)) return say("by.link", { recipient: by.slice(byLink.length) });
  return by === "scan" || by === "expiry" || by === "condition" || by === "securityhub" ? say(`by.${by}`) : by;
}
