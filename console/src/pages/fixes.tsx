import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { get } from "../api/client";
import type { Run } from "../api/types";
import { useLoaded } from "../loaded";
import { useTexts } from "../texts";
import { Beside, Page } from "./page";
import { nameOf, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const signs: Record<string, StatusIndicatorProps.Type> = { done: "success", failed: "error", undone: "stopped", running: "in-progress", approved: "pending" };

/** RunSign says how a run stands. */
export function RunSign({ run }: { run: Run }) {
  return <StatusIndicator type={signs[run.state] ?? "info"}>{run.says || run.state}</StatusIndicator>;
}

const shownAtMost = 3;

/** Fixes are the runs that the store knows. */
export default function Fixes() {
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
  return (
    <Page title={say("page.fixes")} description={say("run.description")}>
      {list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : (
        <Rows title={say("run.list")} items={list.value?.runs ?? []} columns={columns} id={(r) => r.id} loading={list.loading} empty={say("run.none")} />
      )}
    </Page>
  );
}
