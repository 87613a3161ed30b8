import type { Lang } from "../texts";
import type { paths } from "./schema.gen";
import type { Problem } from "./types";

/** Refused is what the server says of a request that it does not do: its sentence is for the reader. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** Unreached: nobody answered, or not kumoban. */
export class Unreached extends Error {}

export const root = "/api/v1";
type Method = "get" | "post" | "put" | "patch" | "delete";

/** On are the paths below the API's root that have an operation of a method. */
export type On<M extends Method> = {
  [P in keyof paths]: P extends `${typeof root}${infer Short}` ? (paths[P] extends Record<M, object> ? Short : never) : never;
}[keyof paths];

type Operation<M extends Method, P extends string> = `${typeof root}${P}` extends infer Whole extends keyof paths
  ? paths[Whole] extends Record<M, infer O> ? O : never
  : never;
type Part<O, Name extends string> = O extends { parameters: Partial<Record<Name, infer A>> } ? A : never;
type BodyOf<O> = O extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;
type AnswerOf<O> = O extends { responses: { 200: { content: { "application/json": infer B } } } } ? B
  : O extends { responses: { 202: { content: { "application/json": infer B } } } } ? B : undefined;
export type Answer<M extends Method, P extends string> = AnswerOf<Operation<M, P>>;
export type Query<P extends On<"get">> = Part<Operation<"get", P>, "query">;

/** Asks are what an operation takes, as the document of the API has it. */
export interface Asks<M extends Method, P extends string> {
  path?: Part<Operation<M, P>, "path">;
  query?: Part<Operation<M, P>, "query">;
  body?: BodyOf<Operation<M, P>>;
  lang: Lang;
  signal?: AbortSignal;
}

/** where is the address of an operation: places of its path filled, and a parameter a value. */
export function where(path: string, places: Record<string, unknown> = {}, query: Record<string, unknown> = {}): string {
  const filled = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(places[name])));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const v of Array.isArray(value) ? value : [value]) if (v !== undefined && v !== "") asked.append(name, String(v));
  }
  return root + filled + (asked.size > 0 ? `?${asked}` : "");
}

/** call asks one operation. */
export async function call<M extends Method, P extends On<M>>(method: M, path: P, asks: Asks<M, P>): Promise<Answer<M, P>> {
  const headers: Record<string, string> = { "Accept-Language": asks.lang, Accept: "application/json" };
  if (asks.body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(where(path, asks.path, asks.query), {
      method: method.toUpperCase(), headers, signal: asks.signal, body: asks.body === undefined ? undefined : JSON.stringify(asks.body),
    });
  } catch (error) {
    if (asks.signal?.aborted) throw error;
    throw new Unreached();
  }
  if (answer.status === 204) return undefined as Answer<M, P>;
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) throw new Unreached();
  const body: unknown = await answer.json();
  if (!answer.ok) throw new Refused(body as Problem);
  return body as Answer<M, P>;
}

/** get reads. */
export const get = <P extends On<"get">>(path: P, asks: Asks<"get", P>) => call("get", path, asks);

/** post does something. */
export const post = <P extends On<"post">>(path: P, asks: Asks<"post", P>) => call("post", path, asks);
