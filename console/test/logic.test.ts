import { describe, expect, it } from "vitest";
import { where } from "../src/api/client";
import { askFor, none, readFilters, words, writeFilters } from "../src/pages/filters";
import { tagsOf } from "../src/pages/owner";
import { target } from "../src/pages/search";
import { chooseLang } from "../src/settings";
import { fill, saying, speaking } from "../src/texts";

describe("filters", () => {
  it("come back from the address that they were written to", () => {
    const all = { ...none, severity: ["HIGH" as const, "LOW" as const], status: ["UNKNOWN" as const], control: ["S3.*"], resource: ["a,b & c"], show: "all" as const, sort: "changed" as const };
    expect(readFilters(new URLSearchParams(writeFilters(all).toString()))).toEqual(all);
  });
  it("leave out of the address what is as usual", () => {
    expect(writeFilters(none).toString()).toBe("");
    expect(readFilters(new URLSearchParams())).toEqual(none);
  });
  it("read old bookmarks as far as they can", () => {
    const read = readFilters(new URLSearchParams("severity=HUGE&severity=LOW&severity=LOW&show=never&control="));
    expect(read).toEqual({ ...none, severity: ["LOW"] });
  });
  it("ask the API with a parameter a value", () => {
    const query = askFor({ ...none, severity: ["HIGH", "LOW"], show: "suppressed" }, 50, "mark");
    expect(where("/findings", {}, query)).toBe("/api/v1/findings?severity=HIGH&severity=LOW&sort=severity&suppressed=true&limit=50&after=mark");
    expect(where("/findings", {}, askFor(none, 1, ""))).toBe("/api/v1/findings?sort=severity&limit=1");
  });
  it("take words as people write them", () => {
    expect(words(" S3.1, EC2.*　S3.1、IAM.4 ")).toEqual(["S3.1", "EC2.*", "IAM.4"]);
  });
});

describe("hits", () => {
  it.each([
    [{ kind: "finding", id: "377d" }, "/findings?show=all&finding=377d"],
    [{ kind: "control", id: "S3.9" }, "/controls/S3.9"],
    [{ kind: "question", id: "q1" }, "/questions?show=all&question=q1"],
    [{ kind: "account", id: "111122223333" }, "/findings?account=111122223333&show=all"],
    [{ kind: "resource", id: "arn:aws:s3:::a b" }, "/findings?resource=arn%3Aaws%3As3%3A%3A%3Aa+b&show=all"],
  ])("%o", (hit, address) => expect(target(hit)).toBe(address));
});

describe("tags", () => {
  it("are read as people write them", () => {
    expect(tagsOf(" env=dev、 owner = team=a,b ")).toEqual({ env: "dev", owner: "team=a", b: "" });
  });
});

describe("texts", () => {
  it("take arguments, which are no templates", () => {
    expect(fill("{n} of {total}, {other}", { n: "{total}", total: 3 })).toBe("{total} of 3, {other}");
  });
  it("are missing loudly", () => {
    const say = saying({ back: "Back" });
    expect(say("back")).toBe("Back");
    expect(() => say("more")).toThrow("more");
  });
});

describe("times", () => {
  it("are those of the store's zone", () => {
    const { moment, day } = speaking("ja", {}, "Asia/Tokyo");
    expect(moment("2026-03-31T15:30:00Z")).toBe("2026/04/01 0:30");
    expect(day("2026-03-31T15:30:00Z")).toBe("2026/04/01");
  });
});

describe("language", () => {
  it.each([
    [null, ["fr-FR", "ja-JP", "en"], "ja"],
    [null, ["fr"], "en"],
    ["en", ["ja"], "en"],
    ["fr", ["ja"], "ja"],
  ])("%s %s", (before, browser, lang) => expect(chooseLang(before, browser)).toBe(lang));
});
