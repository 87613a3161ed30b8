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
  const by = e.by === "scan" || e.by === "expiry" || e.by === "condition" || e.by === "securityhub" ? say(`by.${e.by}`) : e.by;
  return `${text} · ${say("event.by", { by })}`;
}
