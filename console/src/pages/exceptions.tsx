import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { get } from "../api/client";
import type { Exception, Finding } from "../api/types";
import { useLoaded } from "../loaded";
import { useMay } from "../me";
import { useTexts, type Lang } from "../texts";
import { mayRule, type Deed } from "./deeds";
import { DeedForm } from "./deciding";
import { Beside, Page, useShown, Views } from "./page";
import { nameOf, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const views = ["proposed", "force", "expiring"] as const;
type View = (typeof views)[number];

/** Row is an exception with its finding; one that came from elsewhere may have no more than the finding. */
interface Row {
  id: string;
  exception?: Exception;
  finding?: Finding;
}

const soon = "30d";
const ever = "36500d";

async function load(view: View, lang: Lang, signal: AbortSignal): Promise<Row[]> {
  const rows = (body: { exceptions: Exception[]; findings: Finding[] }) => {
    const of = new Map(body.findings.map((f) => [f.id, f]));
    return body.exceptions.map((e): Row => ({ id: e.id, exception: e, finding: of.get(e.finding) }));
  };
  if (view === "proposed") return rows(await get("/exceptions/proposed", { lang, signal }));
  const ending = rows(await get("/exceptions/expiring", { query: { within: view === "expiring" ? soon : ever }, lang, signal }));
  if (view === "expiring") return ending;
  // What has no last day is on no list of those that end.
  const suppressed = await get("/findings", { query: { workflow: ["SUPPRESSED"], suppressed: true, limit: 1000 }, lang, signal });
  const known = new Set(ending.map((r) => r.finding?.id));
  return [...ending, ...suppressed.findings.filter((f) => !known.has(f.id)).map((f) => ({ id: f.id, finding: f }))];
}

/** Exceptions are those that wait for an approver, that are in force, and that end soon. */
export default function Exceptions() {
  const { say, lang } = useTexts();
  const shown = useShown(views);
  const list = useLoaded(`${lang} ${shown}`, (signal) => load(shown, lang, signal));
  return (
    <Page title={say("page.exceptions")} description={say("exception.description")}>
      <Views label={say("view")} views={views} shown={shown} text={(v) => say(`exception.show.${v}`)} />
      {list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : <List key={shown} view={shown} rows={list.value ?? []} loading={list.loading} />}
    </Page>
  );
}

function useColumns(): Column<Row>[] {
  const { say, day, lastDay } = useTexts();
  return [
    {
      id: "finding", header: say("exception.finding"), main: true, least: 200,
      cell: ({ finding: f, id }) => (f ? <Beside name="finding" value={f.id} label={say("findings.open", { control: f.control, resource: nameOf(f.resource) })}>{f.control} {nameOf(f.resource)}</Beside> : id),
    },
    {
      id: "reason", brief: true, header: say("decide.reason"), least: 210,
      cell: ({ exception: e }) => <span className="wrap">{e?.reason ?? say("exception.elsewhere")}{(e?.while ?? []).map((c) => <Box key={c} variant="small" display="block">{say("exception.while")} <code>{c}</code></Box>)}</span>,
    },
    { id: "until", brief: true, header: say("decide.until"), least: 110, half: true, cell: ({ exception: e }) => (e?.until ? lastDay(e.until) : say("story.forever")) },
    { id: "by", header: say("exception.by"), least: 200, half: true, cell: ({ exception: e }) => (e ? <span className="wrap">{e.by}<Box variant="small" display="block">{day(e.createdAt)}</Box></span> : "–") },
    {
      id: "approved", header: say("exception.approvedBy"), least: 200, half: true,
      cell: ({ exception: e }) => (e?.approvedBy ? <span className="wrap">{e.approvedBy}{e.approvedAt ? <Box variant="small" display="block">{day(e.approvedAt)}</Box> : null}</span> : "–"),
    },
  ];
}

function List({ view, rows, loading }: { view: View; rows: Row[]; loading: boolean }) {
  const { say } = useTexts();
  const may = useMay();
  const columns = useColumns().filter((c) => view !== "proposed" || c.id !== "approved");
  const [ticked, setTicked] = useState<string[]>([]);
  const [deed, setDeed] = useState<Deed>();
  const chosen = rows.filter((r) => ticked.includes(r.id) && r.finding);
  const findings = chosen.flatMap((r) => (r.finding ? [r.finding] : []));
  const rules = mayRule(may);
  const deeds: Deed[] = view === "proposed" ? (rules ? ["reject", "approve"] : []) : may("findings:decide") ? ["unsuppress"] : [];
  return (
    <>
      <Rows
        title={say(`exception.show.${view}`)} items={rows} columns={columns} id={(r) => r.id} loading={loading} empty={say(`exception.none.${view}`)}
        description={view === "proposed" ? say("exception.fourEyes") : undefined}
        chosen={deeds.length > 0 ? { items: chosen, choose: (items) => setTicked(items.map((r) => r.id)), name: (r) => (r.finding ? `${r.finding.control} ${nameOf(r.finding.resource)}` : r.id) } : undefined}
        actions={deeds.length > 0 ? (
          <SpaceBetween direction="horizontal" size="xs">
            {deeds.map((d) => <Button key={d} variant={d === "approve" ? "primary" : "normal"} disabled={findings.length === 0} onClick={() => setDeed(d)}>{say(`deed.${d}`)}</Button>)}
          </SpaceBetween>
        ) : undefined}
      />
      {deed ? (
        <DeedForm
          deed={deed} findings={findings}
          onClose={(done) => {
            setDeed(undefined);
            if (done) setTicked([]);
          }}
        />
      ) : null}
    </>
  );
}
