import { describe, expect, it } from "vitest";
import { parsed } from "../src/events";

describe("server-sent events", () => {
  it("are taken whole, and what is not whole yet waits", () => {
    const { events, rest } = parsed('retry: 2000\n\nid: a1\nevent: job\ndata: {"x":1}\n\n: \n\nid: a2\nevent: end\ndata: {"x"');
    expect(events).toEqual([{ name: "job", data: '{"x":1}', id: "a1" }]);
    expect(parsed(rest + ':2}\r\n\r\n')).toEqual({ events: [{ name: "end", data: '{"x":2}', id: "a2" }], rest: "" });
  });
});
