import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { get } from "../api/client";
import type { KeptPlan } from "../api/types";
import type { Key } from "../keys.gen";
import { useLoaded } from "../loaded";
import { go, usePlace } from "../router";
import { useTexts, type Say } from "../texts";
import { beside, To } from "./page";
import { Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const states = ["proposed", "approved", "rejected", "applied"] as const;
type State = (typeof states)[number];

const signs: Record<State, StatusIndicatorProps.Type> = { proposed: "pending", approved: "success", rejected: "stopped", applied: "success" };

const stateOf = (text: string | null): State | undefined => states.find((s) => s === text);

export function stateText(say: Say, state: string): string {
  const known = stateOf(state);
  return known ? say(`plan.state.${known}`) : state;
}

/** PlanSign says how a plan stands. */
export function PlanSign({ plan }: { plan: KeptPlan }) {
  const { say } = useTexts();
  const known = stateOf(plan.state);
  return <StatusIndicator type={known ? signs[known] : "info"}>{stateText(say, plan.state)}</StatusIndicator>;
}

/** thingName is what people call a thing that a plan changes. */
export const thingName = (t: { name?: string; arn?: string; type: string }): string => t.name || t.arn || t.type;

const shownAtMost = 3;

/** Mended is what a plan mends, as far as a list has room for it. */
function Mended({ plan }: { plan: KeptPlan }) {
  const { say, number } = useTexts();
  return (
    <>
      {plan.fixes.slice(0, shownAtMost).map((f) => <div key={`${f.finding} ${f.control}`} className="wrap">{f.control} {thingName(f.resource)}</div>)}
      {plan.fixes.length > shownAtMost ? <div>{say("decide.others", { n: number(plan.fixes.length - shownAtMost) })}</div> : null}
    </>
  );
}

/** Plans are those that are kept, the latest first. */
export function Plans() {
  const { say, lang, moment } = useTexts();
  const place = usePlace();
  const state = stateOf(place.query.get("state"));
  const list = useLoaded(`${lang} ${state ?? ""}`, (signal) => get("/plans", { query: { state: state ? [state] : undefined }, lang, signal }));
  const columns: Column<KeptPlan>[] = [
    { id: "id", header: say("plan.id"), cell: (p) => <To href={`/fixes/${p.id}`}>{p.id}</To>, main: true, least: 140 },
    { id: "state", header: say("plan.state"), cell: (p) => <PlanSign plan={p} />, least: 130, brief: true },
    { id: "fixes", header: say("plan.mends"), cell: (p) => <Mended plan={p} />, least: 270 },
    { id: "account", header: say("field.account"), cell: (p) => <>{p.account}<div>{p.region}</div></>, least: 150 },
    { id: "by", header: say("plan.by"), cell: (p) => <span className="wrap">{p.by}</span>, least: 190 },
    { id: "at", header: say("plan.at"), cell: (p) => moment(p.at), least: 140 },
  ];
  if (list.error !== undefined) return <Trouble error={list.error} again={list.again} />;
  return (
    <SpaceBetween size="m">
      <StateFilter state={state} onChoose={(s) => go(beside(place, "state", s ?? null))} />
      <Rows title={say("plan.list")} items={list.value?.plans ?? []} columns={columns} id={(p) => p.id} loading={list.loading} empty={say(state ? "plan.noneSo" : "plan.none")} />
    </SpaceBetween>
  );
}

function StateFilter({ state, onChoose }: { state?: State; onChoose: (s?: State) => void }) {
  const { say } = useTexts();
  const option = (s?: State) => ({ value: s ?? "", label: s ? say(`plan.state.${s}` as Key) : say("findings.any") });
  return (
    <FormField label={say("plan.state")}>
      <Select options={[undefined, ...states].map(option)} selectedOption={option(state)} onChange={(event) => onChoose(stateOf(event.detail.selectedOption.value ?? ""))} />
    </FormField>
  );
}
