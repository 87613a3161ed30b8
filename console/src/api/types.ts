// Short names for shapes of the API; schema.gen.ts is made from docs/openapi.json.
import type { Key } from "../keys.gen";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type Finding = Schemas["Finding"];
export type Findings = Schemas["Findings"];
export type Resource = Schemas["Ref"];
export type StoryEvent = Schemas["Event"];
export type Exception = Schemas["Exception"];
export type Question = Schemas["Question"];
export type Story = Schemas["Story"];
export type Score = Schemas["Score"];
export type Scan = Schemas["Scan"];
export type Me = Schemas["Me"];
export type Heat = Schemas["Heat"];
export type Cell = Schemas["Cell"];
export type Place = Schemas["Looked"];
export type Group = Schemas["Group"];
export type KeptPlan = Schemas["KeptPlan"];
export type ShownPlan = Schemas["ShownPlan"];
export type Diff = Schemas["Diff"];
export type Gap = Schemas["Gap"];
export type Unowned = Schemas["UnownedResource"];
export type KeptRun = Schemas["KeptRun"];
export type Job = Schemas["Job"];
export type PlanStep = Schemas["Step"];
export type Rendering = Schemas["Rendering"];
export type Rule = Schemas["RuleRead"];
export type Trial = Schemas["Trial"];
export type Verified = Schemas["Verified"];
export type Answer = Schemas["Answer"];
export type Setting = Schemas["Setting"];
export type Entry = Schemas["Entry"];
export type Listing = Schemas["Listing"];
export type Run = Schemas["RunOfStore"];
export type Hit = Schemas["Hit"];
export type Decided = Schemas["Decided"];
export type Explained = Schemas["Explained"];
export type Description = Schemas["Description"];
/** Problem is an error as RFC 9457 has it; detail is a sentence in the reader's language. */
export type Problem = Schemas["Problem"];

// What the catalogue has words for.
type Named<Prefix extends string> = Key extends infer K ? (K extends `${Prefix}.${infer Name}` ? Name : never) : never;
export type Severity = Named<"severity">;
export type Status = Exclude<Named<"status">, "ARCHIVED">;
export type Workflow = Named<"workflow">;
export type EventKind = Exclude<Named<"event">, "by">;
