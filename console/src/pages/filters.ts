import type { Query } from "../api/client";
import type { Severity, Status, Workflow } from "../api/types";

export const severities: readonly Severity[] = ["CRITICAL", "HIGH", "MEDIUM", "LOW"];
export const statuses: readonly Status[] = ["FAILED", "UNKNOWN", "PASSED", "NOT_APPLICABLE"];
export const workflows: readonly Workflow[] = ["NEW", "NOTIFIED", "SUPPRESSED", "RESOLVED"];
export const shows = ["waiting", "suppressed", "archived", "all"] as const;
export const sorts = ["severity", "changed", "resource"] as const;
export const bys = ["control", "resource", "account", "region", "owner", "service", "severity"] as const;
export type By = (typeof bys)[number];
export type Show = (typeof shows)[number];
export type Sort = (typeof sorts)[number];

/** Filters choose findings, as the flags of `kumoban findings list` do. */
export interface Filters {
  severity: Severity[];
  status: Status[];
  workflow: Workflow[];
  control: string[];
  account: string[];
  region: string[];
  resource: string[];
  type: string[];
  tag: string[];
  since: string;
  show: Show;
  /** how they are put together; "" is not */
  by: By | "";
  sort: Sort;
}

export const none: Filters = {
  severity: [], status: [], workflow: [], control: [], account: [], region: [], resource: [], type: [], tag: [], since: "", show: "waiting", by: "", sort: "severity",
};

const lists = ["severity", "status", "workflow", "control", "account", "region", "resource", "type", "tag"] as const;
const known: Partial<Record<(typeof lists)[number], readonly string[]>> = { severity: severities, status: statuses, workflow: workflows };

/** readFilters reads an address; what it cannot be is left out, so that an old bookmark still opens. */
export function readFilters(query: URLSearchParams): Filters {
  const out: Record<string, unknown> = { ...none };
  for (const name of lists) {
    const values = query.getAll(name).map((v) => v.trim()).filter((v) => v !== "");
    out[name] = [...new Set(values)].filter((v) => known[name]?.includes(v) ?? true);
  }
  out.since = (query.get("since") ?? "").trim();
  out.show = shows.find((s) => s === query.get("show")) ?? none.show;
  out.by = bys.find((b) => b === query.get("by")) ?? "";
  out.sort = sorts.find((s) => s === query.get("sort")) ?? none.sort;
  return out as unknown as Filters;
}

/** writeFilters is the address of filters; what is as usual is left out. */
export function writeFilters(f: Filters): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of lists) for (const value of f[name]) query.append(name, value);
  if (f.since) query.set("since", f.since);
  if (f.show !== none.show) query.set("show", f.show);
  if (f.by) query.set("by", f.by);
  if (f.sort !== none.sort) query.set("sort", f.sort);
  return query;
}

/** askFor is what the API is asked: a parameter a value, and flags for what is shown. */
export function askFor(f: Filters, limit: number, after: string): Query<"/findings"> {
  const { show, by: _, ...chosen } = f;
  return { ...chosen, ...(show === "waiting" ? {} : { [show]: true }), limit, after };
}

/** words are the values of a text field: separated by commas or spaces. */
export function words(text: string): string[] {
  return [...new Set(text.split(/[\s,、，]+/).filter((w) => w !== ""))];
}
