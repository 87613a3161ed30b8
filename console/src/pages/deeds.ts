import { post } from "../api/client";
import type { Decided, Finding } from "../api/types";
import type { Lang } from "../texts";

/** deeds are the decisions about findings, as the API has them. */
export const deeds = ["note", "notify", "assign", "ticket", "suppress", "unsuppress", "resolve", "severity", "approve", "reject"] as const;
export type Deed = (typeof deeds)[number];

const takes: Record<Deed, string> = {
  note: "findings:decide", assign: "findings:decide", ticket: "findings:decide", notify: "findings:decide", resolve: "findings:decide", unsuppress: "findings:decide", severity: "findings:decide",
  suppress: "exceptions:request", approve: "exceptions:approve", reject: "exceptions:approve",
};

/** fits tells which decisions make a difference to a finding; what waits for an approver, its list does not tell. */
function fits(deed: Deed, f: Finding): boolean {
  const active = f.recordState === "ACTIVE";
  switch (deed) {
    case "note": case "ticket":
      return true;
    case "notify":
      return active && f.workflow === "NEW";
    case "suppress":
      return active && f.workflow !== "SUPPRESSED";
    case "unsuppress":
      return f.workflow === "SUPPRESSED";
    case "resolve":
      return active && f.workflow !== "RESOLVED" && f.workflow !== "SUPPRESSED";
    case "severity": case "assign":
      return active;
    case "approve": case "reject":
      return false;
  }
}

/** offered are the decisions that somebody may take about all of some findings. */
export function offered(findings: Finding[], may: (permission: string) => boolean): Deed[] {
  return deeds.filter((d) => may(takes[d]) && findings.length > 0 && findings.every((f) => fits(d, f)));
}

/** mayRule tells whether somebody may approve and reject. */
export const mayRule = (may: (permission: string) => boolean): boolean => may(takes.approve);

/** needsReason are the decisions that say nothing without one. */
export const needsReason = (deed: Deed): boolean => deed === "note" || deed === "suppress" || deed === "reject";

/** Draft is what a form has of a decision. */
export interface Draft {
  reason: string;
  /** the last day, or a span */
  until: string;
  /** conditions, a line each */
  conditions: string;
  /** a person, or a ticket */
  to: string;
  severity: "critical" | "high" | "medium" | "low" | "control";
}

/** decide takes a decision about findings as whoever decides saw them. */
export function decide(deed: Deed, findings: Finding[], draft: Draft, lang: Lang): Promise<Decided> {
  const subjects = { findings: findings.map(({ id, updated }) => ({ id, updated })), reason: draft.reason.trim() };
  const conditions = draft.conditions.split("\n").map((c) => c.trim()).filter((c) => c !== "");
  switch (deed) {
    case "suppress":
      return post("/findings/suppress", { body: { ...subjects, until: draft.until, ...(conditions.length ? { while: conditions } : {}) }, lang });
    case "severity":
      return post("/findings/severity", { body: { ...subjects, to: draft.severity }, lang });
    case "assign": case "ticket":
      return post(`/findings/${deed}`, { body: { ...subjects, to: draft.to.trim() }, lang });
    default:
      return post(`/findings/${deed}`, { body: subjects, lang });
  }
}

export interface Difference {
  field: "status" | "workflow" | "severity" | "found" | "state";
  then: string;
  now: string;
}

/** differences are what somebody else changed since a finding was looked at. */
export function differences(then: Finding, now: Finding): Difference[] {
  const of = (f: Finding): [Difference["field"], string][] => [
    ["severity", f.severity], ["status", f.status ?? "UNKNOWN"], ["workflow", f.workflow], ["state", f.recordState], ["found", f.message.text],
  ];
  const fresh = new Map(of(now));
  return of(then).flatMap(([field, was]) => (fresh.get(field) === was ? [] : [{ field, then: was, now: fresh.get(field) ?? "" }]));
}
