import { afterEach, describe, expect, it, vi } from "vitest";
import { api, Refused, Unreached } from "../src/api/client";

const never = new AbortController().signal;
const answers = (body: string, init: ResponseInit) => vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response(body, init))));

afterEach(() => vi.unstubAllGlobals());

describe("client", () => {
  it("asks in the reader's language", async () => {
    answers(`{"finding":{}}`, { headers: { "Content-Type": "application/json" } });
    await api.story("a b/c", "ja", never);
    expect(fetch).toHaveBeenCalledWith("/api/v1/findings/a%20b%2Fc", expect.objectContaining({ headers: expect.objectContaining({ "Accept-Language": "ja" }) }));
  });
  it("hands on the server's own sentence", async () => {
    answers(`{"status":404,"detail":"no finding beef is stored"}`, { status: 404, headers: { "Content-Type": "application/problem+json" } });
    const error = await api.story("beef", "en", never).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).problem.detail).toBe("no finding beef is stored");
  });
  it("takes no page of a proxy for an answer", async () => {
    answers("<html>", { status: 502, headers: { "Content-Type": "text/html" } });
    await expect(api.scores("en", never)).rejects.toBeInstanceOf(Unreached);
  });
  it("tells that nobody answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
    await expect(api.scores("en", never)).rejects.toBeInstanceOf(Unreached);
  });
});
