import { afterEach, describe, expect, it, vi } from "vitest";
import { get, post, Refused, Unreached, where } from "../src/api/client";

const never = new AbortController().signal;
const answers = (body: string, init: ResponseInit) => vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response(body, init))));

afterEach(() => vi.unstubAllGlobals());

describe("client", () => {
  it("asks in the reader's language", async () => {
    answers(`{"finding":{}}`, { headers: { "Content-Type": "application/json" } });
    await get("/findings/{id}", { path: { id: "a b/c" }, lang: "ja", signal: never });
    expect(fetch).toHaveBeenCalledWith("/api/v1/findings/a%20b%2Fc", expect.objectContaining({ headers: expect.objectContaining({ "Accept-Language": "ja" }) }));
  });
  it("writes lists as a parameter a value, and leaves out what is not said", () => {
    expect(where("/findings", {}, { severity: ["HIGH", "a&b"], after: "", all: true, since: undefined })).toBe("/api/v1/findings?severity=HIGH&severity=a%26b&all=true");
  });
  it("sends what is decided as JSON", async () => {
    answers(`{"findings":[]}`, { headers: { "Content-Type": "application/json" } });
    await post("/findings/note", { body: { findings: [{ id: "1" }], reason: "なぜ" }, lang: "ja" });
    expect(fetch).toHaveBeenCalledWith("/api/v1/findings/note", expect.objectContaining({ method: "POST", body: `{"findings":[{"id":"1"}],"reason":"なぜ"}` }));
  });
  it("hands on the server's own sentence", async () => {
    answers(`{"status":404,"detail":"no finding beef is stored"}`, { status: 404, headers: { "Content-Type": "application/problem+json" } });
    const error = await get("/findings/{id}", { path: { id: "beef" }, lang: "en", signal: never }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).problem.detail).toBe("no finding beef is stored");
  });
  it("takes no page of a proxy for an answer", async () => {
    answers("<html>", { status: 502, headers: { "Content-Type": "text/html" } });
    await expect(get("/scores", { lang: "en", signal: never })).rejects.toBeInstanceOf(Unreached);
  });
  it("tells that nobody answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    await expect(get("/scores", { lang: "en", signal: never })).rejects.toBeInstanceOf(Unreached);
  });
});
