import Flashbar from "@cloudscape-design/components/flashbar";
import { held } from "./signal";
import { useTexts } from "./texts";

/** Flash is what became of something that a reader did. */
export interface Flash {
  text: string;
  /** an error stays in the reader's way until it is dismissed; else it was done */
  type?: "success" | "error";
  /** beside it, a line each */
  notices?: string[];
}

const flashes = held<(Flash & { id: number })[]>([]);
let last = 0;

/** flash shows what was done above whatever page comes next. */
export function flash(f: Flash): void {
  flashes.set([{ ...f, id: ++last }, ...flashes.get()].slice(0, 3));
}

export function Flashes() {
  const { say } = useTexts();
  const shown = flashes.use();
  return (
    <Flashbar
      i18nStrings={{ ariaLabel: say("flashes"), successIconAriaLabel: say("flashDone"), errorIconAriaLabel: say("flashFailed") }}
      items={shown.map((f) => ({
        id: String(f.id), type: f.type ?? "success", dismissible: true, dismissLabel: say("flashClose"), header: f.text, ariaRole: f.type === "error" ? "alert" : "status",
        content: f.notices?.length ? <>{f.notices.map((n, i) => <div key={i}>{n}</div>)}</> : undefined,
        onDismiss: () => flashes.set(flashes.get().filter((other) => other.id !== f.id)),
      }))}
    />
  );
}
