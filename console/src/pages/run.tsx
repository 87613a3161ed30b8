import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { get } from "../api/client";
import { lazy, Suspense, useState } from "react";
import type { KeptRun, Run } from "../api/types";
import { isOpen, useJobs } from "../jobs";
import { useMay } from "../me";
import { useLoaded } from "../loaded";
import { useTexts, type Say } from "../texts";
import { To } from "./page";
import type { Carrying } from "./carry";
import { Working, worksOn } from "./job";
import { Coming, nameOf, Trouble } from "./parts";
import { RunSign } from "./fixes";
import { word } from "./told";

const Carry = lazy(() => import("./carry"));

/** AboutRun is one run: its findings, its steps, and its journal. */
export default function AboutRun({ id }: { id: string }) {
  const { lang } = useTexts();
  const run = useLoaded(`${lang} ${id}`, (signal) => get("/runs/{id}", { path: { id }, lang, signal }));
  if (run.error !== undefined) return <Trouble error={run.error} again={run.again} />;
  return run.value ? <Shown kept={run.value} /> : <Coming />;
}

const signs: Record<string, StatusIndicatorProps.Type> = { done: "success", failed: "error", open: "pending", began: "in-progress", undone: "stopped", skipped: "stopped" };

/** eventText is what happened in a run, as far as it is one that we know. */
function eventText(say: Say, event: string): string {
  switch (event) {
    case "approved": case "owed": case "judged": case "began": case "done": case "ended": case "open": case "failed": case "undone": case "skipped": case "verified":
      return say(`runEvent.${event}`);
  }
  return event;
}

/** Actions are what can be done with a run: go on, take back, look again. */
function Actions({ run }: { run: Run }) {
  const { say } = useTexts();
  const may = useMay();
  const [what, setWhat] = useState<Carrying>();
  const busy = useJobs().some((j) => isOpen(j) && worksOn(j, run.id));
  const all: Carrying[] = run.state === "undone" ? [] : run.state === "done" ? ["verify", "undo"] : ["resume", "undo"];
  if (!may("fixes:apply") || all.length === 0) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {all.map((w) => <Button key={w} disabled={busy} onClick={() => setWhat(w)}>{say(`carry.${w}`)}</Button>)}
      {what ? <Suspense fallback={null}><Carry what={what} id={run.id} onClose={() => setWhat(undefined)} /></Suspense> : null}
    </SpaceBetween>
  );
}

function Shown({ kept }: { kept: KeptRun }) {
  const { say, moment } = useTexts();
  const { run, plan } = kept;
  return (
    <SpaceBetween size="l">
      <Working about={run.id} />
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <RunSign run={run} />
        <Actions run={run} />
      </SpaceBetween>
      {kept.unread ? <Alert type="warning">{kept.unread}</Alert> : null}
      <div>
        <Header variant="h3">{say("page.findings")}</Header>
        <ul className="story-list">
          {run.findings.map((f) => (
            <li key={f.id}><To href={`/findings?show=all&finding=${f.id}`}>{f.control ?? ""} {f.resource ? nameOf(f.resource) : f.id.slice(0, 12)}</To>{f.status ? ` · ${word(say, f.status)}` : ""}</li>
          ))}
        </ul>
      </div>
      <div>
        <Header variant="h3">{say("run.steps")}</Header>
        <ol className="story-list">
          {kept.steps.map((s) => (
            <li key={s.id}>
              <StatusIndicator type={signs[s.event] ?? "info"}>{eventText(say, s.event)}</StatusIndicator> {s.thing.name ?? s.thing.arn ?? s.thing.type}
              {(plan?.steps.find((p) => p.id === s.id)?.changes ?? []).map((c) => (
                <div key={c.property}><code>{c.property}: {JSON.stringify(c.was)} → {JSON.stringify(c.will)}</code></div>
              ))}
              {s.why ? <Box variant="small" display="block">{s.why}</Box> : null}
              {s.says ? <Box variant="small" display="block">{s.says}</Box> : null}
            </li>
          ))}
        </ol>
      </div>
      <KeyValuePairs
        columns={1}
        items={[
          { label: say("run.by"), value: run.by },
          { label: say("run.started"), value: moment(run.started) },
          { label: say("run.updated"), value: moment(run.updated) },
          { label: say("run.digest"), value: <code className="wrap">{run.digest}</code> },
        ]}
      />
      <div>
        <Header variant="h3">{say("run.journal")}</Header>
        <ol className="story-list">
          {kept.journal.map((e, i) => <li key={i}>{moment(e.at)}<br />{e.step ? say("run.step", { id: e.step }) : ""} {eventText(say, e.event)}{e.says ? <><br />{e.says}</> : null}</li>)}
        </ol>
      </div>
    </SpaceBetween>
  );
}
