import type { Lang } from "../texts";
import type { Exception, Findings, Problem, Question, Scan, Score, Story } from "./types";

/** Refused is what the server says of a request that it does not do: its sentence is for the reader. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Unreached: nobody answered, or not kumoban. */
export class Unreached extends Error {}

async function read<T>(path: string, lang: Lang, signal: AbortSignal): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { headers: { "Accept-Language": lang, Accept: "application/json" }, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Unreached();
  }
  const kind = answer.headers.get("Content-Type") ?? "";
  if (!kind.includes("json")) throw new Unreached();
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Refused(body as Problem);
  return body as T;
}

const ask = (path: string, query: URLSearchParams) => (query.size > 0 ? `${path}?${query}` : path);

/** api is what pages ask. */
export const api = {
  findings: (query: URLSearchParams, lang: Lang, signal: AbortSignal) => read<Findings>(ask("/findings", query), lang, signal),
  story: (id: string, lang: Lang, signal: AbortSignal) => read<Story>(`/findings/${encodeURIComponent(id)}`, lang, signal),
  scores: (lang: Lang, signal: AbortSignal) => read<{ scores: Score[] }>("/scores", lang, signal),
  scans: (limit: number, lang: Lang, signal: AbortSignal) =>
    read<{ scans: Scan[] }>(ask("/scans", new URLSearchParams({ limit: String(limit) })), lang, signal),
  questions: (lang: Lang, signal: AbortSignal) => read<{ questions: Question[] }>("/questions", lang, signal),
  proposed: (lang: Lang, signal: AbortSignal) => read<{ exceptions: Exception[] }>("/exceptions/proposed", lang, signal),
  expiring: (within: string, lang: Lang, signal: AbortSignal) =>
    read<{ exceptions: Exception[] }>(ask("/exceptions/expiring", new URLSearchParams({ within })), lang, signal),
};
