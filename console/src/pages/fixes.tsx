import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { get } from "../api/client";
import type { Run } from "../api/types";
import { useLoaded } from "../loaded";
import { useTexts } from "../texts";
import { Beside, Page, useShown, Views } from "./page";
import { nameOf, Trouble } from "./parts";
import { Plans } from "./plans";
import { Rows, type Column } from "./rows";

const signs: Record<string, StatusIndicatorProps.Type> = { done: "success", failed: "error", undone: "stopped", begun: "in-progress" };

/** RunSign says how a run stands. */
export function RunSign({ run }: { run: Pick<Run, "state" | "says"> }) {
  return <StatusIndicator type={signs[run.state] ?? "info"}>{run.says || run.state}</StatusIndicator>;
}

const views = ["plans", "runs"] as const;

/** Fixes are plans that somebody proposed, and the runs that carried plans out. */
export default function Fixes() {
  const { say } = useTexts();
  const shown = useShown(views);
  return (
    <Page title={say("page.fixes")} description={say("plan.description")}>
      <Views label={say("view")} views={views} shown={shown} text={(v) => say(`plan.show.${v}`)} />
      {shown === "plans" ? <Plans /> : <Runs />}
    </Page>
  );
}

const shownAtMost = 3;

/** Runs are those that the store knows. */
function Runs() {
  const { say, lang, moment, number } = useTexts();
  const list = useLoaded(lang, (signal) => get("/runs", { query: { limit: 200 }, lang, signal }));
  const columns: Column<Run>[] = [
    { id: "id", header: say("run.id"), cell: (r) => <Beside name="run" value={r.id}>{r.id}</Beside>, main: true, least: 210 },
    { id: "state", brief: true, header: say("run.state"), cell: (r) => <RunSign run={r} />, least: 160, half: true },
    {
      id: "findings", header: say("page.findings"), least: 260,
      cell: (r) => (
        <>
          {r.findings.slice(0, shownAtMost).map((f) => <div key={f.id} className="wrap">{f.control} {f.resource ? nameOf(f.resource) : f.id.slice(0, 12)}</div>)}
          {r.findings.length > shownAtMost ? <div>{say("decide.others", { n: number(r.findings.length - shownAtMost) })}</div> : null}
        </>
      ),
    },
    { id: "by", header: say("run.by"), cell: (r) => <span className="wrap">{r.by}</span>, least: 190 },
    { id: "started", header: say("run.started"), cell: (r) => moment(r.started), least: 140, half: true },
  ];
  if (list.error !== undefined) return <Trouble error={list.error} again={list.again} />;
  return <Rows title={say("run.list")} description={say("run.description")} items={list.value?.runs ?? []} columns={columns} id={(r) => r.id} loading={list.loading} empty={say("run.none")} />;
}
