import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { get, post } from "../api/client";
import type { Rule, Trial } from "../api/types";
import { flash } from "../flash";
import { useLoaded } from "../loaded";
import { useMay } from "../me";
import { useTexts } from "../texts";
import { Form } from "./form";
import { Beside, Page, useShown, Views } from "./page";
import { nameOf, Trouble } from "./parts";
import { Rows, type Column } from "./rows";
import { word } from "./told";

const views = ["list", "trial"] as const;

/** Rules are those of kumoban.yaml, and what they would decide now. */
export default function Rules() {
  const { say } = useTexts();
  const shown = useShown(views);
  return (
    <Page title={say("page.rules")} description={say("rule.description")}>
      <Views label={say("view")} views={views} shown={shown} text={(v) => say(`rule.show.${v}`)} />
      {shown === "list" ? <List /> : <Tried />}
    </Page>
  );
}

/** matched is what a rule is about, a line each. */
function matched(r: Rule): string[] {
  const { tags, ...lists } = r.match;
  return [...Object.values(lists).flatMap((l) => (l && l.length > 0 ? [l.join(", ")] : [])), ...Object.entries(tags ?? {}).map(([k, v]) => `${k}=${v}`)];
}

function List() {
  const { say, lang, lastDay } = useTexts();
  const list = useLoaded(lang, (signal) => get("/rules", { lang, signal }));
  const does = (r: Rule): string[] => [
    ...(r.suppress ? [`${say("rule.suppresses")}: ${r.suppress.until ? say("story.until", { date: lastDay(r.suppress.until) }) : say("story.forever")} · ${r.suppress.reason}`] : []),
    ...(r.severity ? [`${say("deed.severity")}: ${word(say, r.severity.toUpperCase())}`] : []),
    ...(r.notify ? [say("deed.notify")] : []),
    ...(r.terminal ? [say("rule.terminal")] : []),
  ];
  const columns: Column<Rule>[] = [
    { id: "name", header: say("rule.name"), cell: (r) => <span className="wrap">{r.name}</span>, main: true, least: 180 },
    { id: "order", header: say("rule.order"), cell: (r) => r.order, least: 80, half: true },
    { id: "match", header: say("rule.match"), cell: (r) => matched(r).map((m) => <div key={m} className="wrap"><code>{m}</code></div>), least: 240 },
    { id: "does", header: say("rule.does"), cell: (r) => does(r).map((d) => <div key={d} className="wrap">{d}</div>), least: 260 },
  ];
  if (list.error !== undefined) return <Trouble error={list.error} again={list.again} />;
  return (
    <>
      {list.value?.lame ? <Alert type="warning">{list.value.lame}</Alert> : null}
      <Rows title={say("rule.show.list")} items={list.value?.rules ?? []} columns={columns} id={(r) => `${r.order} ${r.name}`} loading={list.loading} empty={say("rule.none")} />
    </>
  );
}

interface Hit {
  rule: string;
  hit: Trial["rules"][number]["hits"][number];
}

function Tried() {
  const { say, lang, number } = useTexts();
  const may = useMay();
  const [asked, setAsked] = useState(false);
  const trial = useLoaded(lang, (signal) => get("/rules/trial", { lang, signal }));
  const hits: Hit[] = (trial.value?.rules ?? []).flatMap((r) => r.hits.map((hit) => ({ rule: r.name, hit })));
  const columns: Column<Hit>[] = [
    { id: "finding", header: say("exception.finding"), cell: ({ hit: h }) => <Beside name="finding" value={h.id}>{h.control} {nameOf(h.resource)}</Beside>, main: true, least: 220 },
    { id: "rule", brief: true, header: say("rule.name"), cell: (h) => <span className="wrap">{h.rule}</span>, least: 180, half: true },
    { id: "changes", header: say("rule.changes"), cell: ({ hit: h }) => (h.changes.length > 0 ? h.changes.map((c) => <div key={c.field} className="wrap">{word(say, c.from)} → {word(say, c.to)}</div>) : h.why ?? "–"), least: 240 },
  ];
  if (trial.error !== undefined) return <Trouble error={trial.error} again={trial.again} />;
  const apply = async () => {
    const done = await post("/rules/apply", { lang });
    flash({ text: say("rule.applied", { n: number(done.changed) }), notices: done.notices });
    return true;
  };
  return (
    <>
      <Rows
        title={say("rule.show.trial")} description={say("rule.trialText")} items={hits} columns={columns} id={(h) => `${h.rule} ${h.hit.id}`} loading={trial.loading} empty={say("rule.noHits")}
        actions={may("rules:apply") ? <Button variant="primary" disabled={hits.length === 0} onClick={() => setAsked(true)}>{say("rule.apply")}</Button> : undefined}
      />
      {asked ? <Form title={say("rule.apply")} action={say("rule.apply")} send={apply} onClose={() => setAsked(false)}><Box variant="p">{say("rule.applyText", { n: number(hits.length) })}</Box></Form> : null}
    </>
  );
}
