import { afterEach, describe, expect, it, vi } from "vitest";
import type { Finding } from "../src/api/types";
import { decide, differences, offered } from "../src/pages/deeds";

const finding = (some: Partial<Finding> = {}): Finding => ({
  id: "f1", control: "S3.9", severity: "MEDIUM", status: "FAILED", workflow: "NEW", recordState: "ACTIVE", updated: "2026-11-04T01:02:00.123456Z",
  message: { key: "fail", args: {}, text: "off" }, notes: [], resource: { account: "111122223333", name: "b", partition: "aws", region: "eu-west-1", type: "AWS::S3::Bucket" },
  changed: "", firstSeen: "", lastSeen: "", lastScan: 1, notOffered: false, originalSeverity: "MEDIUM", previousStatus: "FAILED", reopened: 0, source: "live", ...some,
});
const all = () => true;
const draft = { reason: " because ", until: "30d", conditions: "tag env=dev\n\n", severity: "low" as const, to: "" };

afterEach(() => vi.unstubAllGlobals());

describe("decisions", () => {
  it("are offered where they change something about each finding", () => {
    expect(offered([finding()], all)).toEqual(["note", "notify", "assign", "ticket", "suppress", "resolve", "severity"]);
    expect(offered([finding(), finding({ workflow: "SUPPRESSED" })], all)).toEqual(["note", "assign", "ticket", "severity"]);
    expect(offered([finding({ recordState: "ARCHIVED" })], all)).toEqual(["note", "ticket"]);
    expect(offered([], all)).toEqual([]);
  });
  it("are offered to those who may take them", () => {
    expect(offered([finding()], (p) => p === "exceptions:request")).toEqual(["suppress"]);
  });
  it("are about findings as they were seen", async () => {
    const fetch = vi.fn(() => Promise.resolve(new Response(`{"findings":[],"notices":[]}`, { headers: { "Content-Type": "application/json" } })));
    vi.stubGlobal("fetch", fetch);
    await decide("suppress", [finding()], draft, "ja");
    const [path, init] = fetch.mock.calls[0] as unknown as [string, RequestInit];
    expect(path).toBe("/api/v1/findings/suppress");
    expect(JSON.parse(String(init.body))).toEqual({ findings: [{ id: "f1", updated: "2026-11-04T01:02:00.123456Z" }], reason: "because", until: "30d", while: ["tag env=dev"] });
  });
  it("show what somebody else has changed", () => {
    expect(differences(finding(), finding({ workflow: "NOTIFIED", updated: "later" }))).toEqual([{ field: "workflow", then: "NEW", now: "NOTIFIED" }]);
    expect(differences(finding(), finding({ updated: "later" }))).toEqual([]);
  });
});
