import type { Place } from "./router";

const names = ["finding", "question", "run"] as const;
export type Name = (typeof names)[number];

/** panelOf is what stands beside a page, by the first of its names in the address. */
export function panelOf(place: Place): { name: Name; id: string } | undefined {
  for (const name of names) {
    const id = place.query.get(name);
    if (id) return { name, id };
  }
  return undefined;
}
