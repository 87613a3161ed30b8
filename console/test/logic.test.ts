import { describe, expect, it } from "vitest";
import { where } from "../src/api/client";
import { askFor, none, readFilters, words, writeFilters } from "../src/pages/filters";
import { search } from "../src/search";
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

describe("search", () => {
  it.each([
    ["", "/findings"],
    [" 111122223333 ", "/findings?account=111122223333&show=all"],
    ["377d65a7a79b", "/findings?finding=377d65a7a79b"],
    ["arn:aws:securityhub:eu-west-1::finding/1", "/findings?finding=arn%3Aaws%3Asecurityhub%3Aeu-west-1%3A%3Afinding%2F1"],
    ["apigateway.5", "/findings?control=apigateway.5&show=all"],
    ["S3.*", "/findings?control=S3.*&show=all"],
    ["arn:aws:s3:::a", "/findings?resource=arn%3Aaws%3As3%3A%3A%3Aa&show=all"],
    ["orders/prod", "/findings?resource=*orders%2Fprod*&show=all"],
    ["a*b", "/findings?resource=a*b&show=all"],
  ])("%s", (typed, address) => expect(search(typed)).toBe(address));
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
