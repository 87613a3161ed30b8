import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { told } from "../src/pages/told";
import { saying } from "../src/texts";
import type { EventKind } from "../src/api/types";

/** texts are the catalogue's, as the server hands them out. */
function texts(lang: string): Record<string, string> {
  const lines = readFileSync(join(import.meta.dirname, `../../internal/locale/console.${lang}.txt`), "utf8").split("\n");
  return Object.fromEntries(lines.filter((l) => l.startsWith("console.")).map((l) => l.slice("console.".length).split(" = ", 2) as [string, string]));
}

const schema = JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/schemas/kept.schema.json"), "utf8"));
const kinds: EventKind[] = schema.$defs.event.properties.kind.enum;

describe("events", () => {
  it.each(["en", "ja"])("of every kind are told in %s", (lang) => {
    const say = saying(texts(lang));
    expect(kinds.length).toBeGreaterThan(15);
    for (const kind of kinds) expect(told(say, { at: "", kind, from: "NEW", to: "SUPPRESSED", by: "scan" })).not.toMatch(/[{}]|undefined|NEW|SUPPRESSED/);
  });
  it("name a person as they are", () => {
    expect(told(saying(texts("en")), { at: "", kind: "workflow", from: "NEW", to: "NOTIFIED", by: "Sato" })).toBe("Workflow status: New → Notified · By Sato");
  });
});
