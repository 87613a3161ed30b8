import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { get, post } from "../api/client";
import type { Job } from "../api/types";
import { follow, isOpen, kindText, useJobs } from "../jobs";
import { useLoaded } from "../loaded";
import { useMay } from "../me";
import { address, go, usePlace } from "../router";
import { useTexts } from "../texts";
import { Form } from "./form";
import { Page, To } from "./page";
import { JobSign, Going } from "./job";
import { Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const perPage = 50;

/** Jobs are what takes long, the latest first. */
export default function Jobs() {
  const { say, lang, moment } = useTexts();
  const place = usePlace();
  const may = useMay();
  const after = place.query.get("after") ?? "";
  const list = useLoaded(`${lang} ${after}`, (signal) => get("/jobs", { query: { after, limit: perPage }, lang, signal }));
  // What is followed is newer than the list.
  const now = new Map(useJobs().map((j) => [j.id, j]));
  const [asked, setAsked] = useState<"scan" | Job>();
  const columns: Column<Job>[] = [
    { id: "kind", header: say("job.kind"), cell: (j) => kindText(say, j.kind), main: true, least: 130 },
    { id: "state", header: say("job.state"), cell: (j) => <JobSign job={j} />, least: 120 },
    { id: "progress", header: say("job.progress"), cell: (j) => <div className="wrap"><Going job={j} /></div>, least: 260 },
    { id: "about", header: say("job.about"), cell: (j) => <About job={j} />, least: 200 },
    { id: "created", header: say("job.created"), cell: (j) => <>{moment(j.created)}<div className="wrap">{j.by}</div></>, least: 190 },
    { id: "stop", header: say("rows.actions"), least: 90, cell: (j) => (isOpen(j) ? <Button variant="inline-link" ariaLabel={`${say("job.stop")}: ${kindText(say, j.kind)}`} onClick={() => setAsked(j)}>{say("job.stop")}</Button> : "–") },
  ];
  const to = (mark: string) => go(address("/jobs", new URLSearchParams(mark ? { after: mark } : {})));
  return (
    <Page
      title={say("page.jobs")} description={say("job.description")}
      actions={may("scans:run") ? <Button variant="primary" onClick={() => setAsked("scan")}>{say("job.scan")}</Button> : undefined}
    >
      {list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : (
        <Rows title={say("job.list")} items={(list.value?.jobs ?? []).map((j) => now.get(j.id) ?? j)} columns={columns} id={(j) => j.id} loading={list.loading} empty={say("job.none")} />
      )}
      <SpaceBetween direction="horizontal" size="xs">
        {after ? <Button onClick={() => to("")}>{say("findings.first")}</Button> : null}
        {list.value?.next ? <Button onClick={() => to(list.value?.next ?? "")}>{say("findings.next")}</Button> : null}
      </SpaceBetween>
      {asked === "scan" ? <StartScan onClose={() => setAsked(undefined)} /> : null}
      {asked !== undefined && asked !== "scan" ? <Stop job={asked} onClose={() => setAsked(undefined)} /> : null}
    </Page>
  );
}

/** About leads to what a job works on, or made. */
function About({ job: j }: { job: Job }) {
  const asked = (j.request ?? {}) as { plan?: string; run?: string };
  const made = (j.result ?? {}) as { plans?: string[]; run?: string };
  const run = asked.run ?? made.run;
  const plans = made.plans ?? (asked.plan ? [asked.plan] : []);
  if (run) return <To href={`/fixes?show=runs&run=${run}`}>{run}</To>;
  if (plans.length > 0) return <>{plans.map((p) => <div key={p}><To href={`/fixes/${p}`}>{p}</To></div>)}</>;
  return <>{j.lane}</>;
}

function StartScan({ onClose }: { onClose: () => void }) {
  const { say, lang } = useTexts();
  const send = async () => {
    follow(await post("/scans", { body: {}, lang }), lang, say);
    return true;
  };
  return <Form title={say("job.scan")} action={say("job.scan")} send={send} onClose={onClose}>{say("job.scanText")}</Form>;
}

function Stop({ job, onClose }: { job: Job; onClose: () => void }) {
  const { say, lang } = useTexts();
  const send = async () => {
    follow(await post("/jobs/{id}/cancel", { path: { id: job.id }, lang }), lang, say);
    return true;
  };
  return <Form title={`${say("job.stop")}: ${kindText(say, job.kind)}`} action={say("job.stop")} send={send} onClose={onClose}>{say("job.stopText")}</Form>;
}
