import { lazy, Suspense, type ComponentType, type ReactNode } from "react";
import type { Key } from "../keys.gen";
import type { Place } from "../router";
import type { Say } from "../texts";
import { Findings } from "./findings";
import { Missing } from "./missing";
import { Overview } from "./overview";
import { Coming } from "./parts";

interface Page {
  path: string;
  text: Key;
  Shows: ComponentType;
}

// What one sees first comes at once; other pages when somebody goes there.
const overview: Page = { path: "/", text: "page.overview", Shows: Overview };
const findings: Page = { path: "/findings", text: "page.findings", Shows: Findings };
const controls: Page = { path: "/controls", text: "page.controls", Shows: lazy(() => import("./controls")) };
const accounts: Page = { path: "/accounts", text: "page.accounts", Shows: lazy(() => import("./accounts")) };
const questions: Page = { path: "/questions", text: "page.questions", Shows: lazy(() => import("./questions")) };
const exceptions: Page = { path: "/exceptions", text: "page.exceptions", Shows: lazy(() => import("./exceptions")) };
const fixes: Page = { path: "/fixes", text: "page.fixes", Shows: lazy(() => import("./fixes")) };
const owners: Page = { path: "/owners", text: "page.owners", Shows: lazy(() => import("./owners")) };
const rules: Page = { path: "/rules", text: "page.rules", Shows: lazy(() => import("./rules")) };
const audit: Page = { path: "/audit", text: "page.audit", Shows: lazy(() => import("./audit")) };
const jobs: Page = { path: "/jobs", text: "page.jobs", Shows: lazy(() => import("./jobs")) };
const settings: Page = { path: "/settings", text: "page.settings", Shows: lazy(() => import("./settings")) };
const found: Page = { path: "/search", text: "search", Shows: lazy(() => import("./search")) };
const Control = lazy(() => import("./control"));
const Plan = lazy(() => import("./plan"));

/** topics are the pages that the navigation lists, in their groups. */
export const topics: readonly (readonly Page[])[] = [[overview, findings, controls, accounts], [questions, exceptions, fixes], [owners, rules, audit, settings]];

const pageOf = (place: Place) => [...topics.flat(), jobs, found].find((p) => p.path === place.path);

/** controlOf is the control of whose page a place is. */
const controlOf = (place: Place) => /^\/controls\/([^/]+)$/.exec(place.path)?.[1];

/** planOf is the plan of fixes of whose page a place is. */
const planOf = (place: Place) => /^\/fixes\/([0-9a-f]+)$/.exec(place.path)?.[1];

export function titleOf(say: Say, place: Place): string {
  const page = pageOf(place);
  const plan = planOf(place);
  return page ? say(page.text) : plan ? say("plan.title", { id: plan }) : controlOf(place) ?? say("noPage");
}

/** content is what stands at a place. */
export function content(place: Place): ReactNode {
  const Shows = pageOf(place)?.Shows;
  const control = controlOf(place);
  const plan = planOf(place);
  return (
    <Suspense fallback={<Coming />}>
      {Shows ? <Shows /> : control ? <Control key={control} id={decodeURIComponent(control)} /> : plan ? <Plan key={plan} id={plan} /> : <Missing />}
    </Suspense>
  );
}
