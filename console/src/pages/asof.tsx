import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { get } from "../api/client";
import type { Entry, Exception, Finding } from "../api/types";
import { useLoaded } from "../loaded";
import { address, go, usePlace } from "../router";
import { useTexts } from "../texts";
import { Entries } from "./audit";
import { To } from "./page";
import { nameOf, StatusSign, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

/** Asked is a form of fields in the address. */
function Asked({ fields, show, action }: { fields: [name: string, label: string, hint?: string][]; show: string; action: string }) {
  const { query } = usePlace();
  const [draft, setDraft] = useState<Record<string, string>>(Object.fromEntries(fields.map(([name]) => [name, query.get(name) ?? ""])));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go(address("/audit", new URLSearchParams([["show", show], ...Object.entries(draft).map(([k, v]) => [k, v.trim()] as [string, string]).filter(([, v]) => v !== "")])));
      }}
    >
      <SpaceBetween size="s">
        {fields.map(([name, label, hint]) => (
          <FormField key={name} label={label} constraintText={hint}><Input value={draft[name] ?? ""} onChange={(event) => setDraft({ ...draft, [name]: event.detail.value })} /></FormField>
        ))}
        <Button formAction="submit">{action}</Button>
      </SpaceBetween>
    </form>
  );
}

/** AsOf is what was in force at the end of a day. */
export function AsOf() {
  const { say, lang } = useTexts();
  const day = usePlace().query.get("day") ?? "";
  return (
    <SpaceBetween size="l">
      <Asked key={`${lang} ${day}`} fields={[["day", say("asof.day"), say("asof.hint")]]} show="asof" action={say("asof.action")} />
      {day ? <Then key={day} day={day} /> : null}
    </SpaceBetween>
  );
}

function Then({ day }: { day: string }) {
  const { say, lang, lastDay } = useTexts();
  const then = useLoaded(`${lang} ${day}`, (signal) => get("/audit/as-of", { query: { day, limit: 500 }, lang, signal }));
  const found = then.value?.findings ?? {};
  const columns: Column<Exception>[] = [
    {
      id: "finding", header: say("exception.finding"), main: true, least: 220,
      cell: (e) => {
        const f = found[e.finding];
        return <To href={`/findings?show=all&finding=${e.finding}`}>{f ? `${f.control} ${nameOf(f.resource)}` : e.finding.slice(0, 12)}</To>;
      },
    },
    { id: "reason", header: say("decide.reason"), least: 260, cell: (e) => <span className="wrap">{e.reason}</span> },
    { id: "until", header: say("decide.until"), least: 120, half: true, cell: (e) => (e.until ? lastDay(e.until) : say("story.forever")) },
    { id: "by", header: say("exception.by"), least: 200, cell: (e) => <span className="wrap">{e.by}</span> },
    { id: "approved", header: say("exception.approvedBy"), least: 200, cell: (e) => <span className="wrap">{e.approvedBy ?? "–"}</span> },
  ];
  if (then.error !== undefined) return <Trouble error={then.error} again={then.again} />;
  return <Rows title={say("asof.exceptions", { day })} items={then.value?.exceptions ?? []} columns={columns} id={(e) => e.id} loading={then.loading} empty={say("asof.none")} />;
}

/** Sampled is a part of what there is, picked by a seed: who has the seed gets the same. */
export function Sampled() {
  const { say, lang } = useTexts();
  const { query } = usePlace();
  const seed = query.get("seed") ?? "";
  const n = Number(query.get("n")) || 10;
  return (
    <SpaceBetween size="l">
      <Asked key={`${lang} ${seed} ${n}`} fields={[["seed", say("sample.seed"), say("sample.seedHint")], ["n", say("sample.n")]]} show="sample" action={say("sample.action")} />
      {seed ? <Picked key={`${seed} ${n}`} seed={seed} n={n} /> : null}
    </SpaceBetween>
  );
}

function Picked({ seed, n }: { seed: string; n: number }) {
  const { say, lang, number } = useTexts();
  const sample = useLoaded(`${lang} ${seed} ${n}`, (signal) => get("/audit/sample", { query: { of: "findings", seed, n }, lang, signal }));
  const decisions = useLoaded(`${lang} ${seed} ${n} d`, (signal) => get("/audit/sample", { query: { of: "decisions", seed, n }, lang, signal }));
  const columns: Column<Finding>[] = [
    { id: "finding", header: say("exception.finding"), main: true, least: 240, cell: (f) => <To href={`/findings?show=all&finding=${f.id}`}>{f.control} {nameOf(f.resource)}</To> },
    { id: "status", header: say("findings.status"), least: 130, half: true, cell: (f) => <StatusSign finding={f} /> },
    { id: "found", header: say("field.found"), least: 300, cell: (f) => <span className="wrap">{f.message.text}</span> },
  ];
  const entries: Entry[] = decisions.value?.entries ?? [];
  if (sample.error !== undefined) return <Trouble error={sample.error} again={sample.again} />;
  return (
    <SpaceBetween size="l">
      {sample.value ? <Box variant="p">{sample.value.rule}</Box> : null}
      <Rows title={say("sample.findings", { of: number(sample.value?.of ?? 0) })} items={sample.value?.findings ?? []} columns={columns} id={(f) => f.id} loading={sample.loading} empty={say("audit.none")} />
      {decisions.error !== undefined ? <Trouble error={decisions.error} again={decisions.again} /> : <Entries entries={entries} loading={decisions.loading} title={say("sample.decisions", { of: number(decisions.value?.of ?? 0) })} />}
    </SpaceBetween>
  );
}
