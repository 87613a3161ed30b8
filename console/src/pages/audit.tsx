import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { get } from "../api/client";
import type { Entry, Verified } from "../api/types";
import { useLoaded } from "../loaded";
import { address, go, usePlace } from "../router";
import { useTexts, type Say } from "../texts";
import { AsOf, Sampled } from "./asof";
import { words } from "./filters";
import { Page, To, useShown, Views } from "./page";
import { Coming, Command, Sentence, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const names = ["actor", "action", "subject", "since"] as const;
const perPage = 50;

const listed = (text: string | undefined) => (text ? words(text) : undefined);

/** actionText is what an entry says was done, as far as it is one that we know. */
function actionText(say: Say, action: string): string {
  switch (action) {
    case "scan": case "note": case "notify": case "suppress": case "unsuppress": case "resolve": case "severity": case "approve": case "reject": case "expire": case "ask":
    case "ask.sent": case "ask.withdraw": case "answer": case "fix.apply": case "fix.apply.begin": case "fix.undo": case "fix.undo.begin": case "fix.verify": case "settings.set":
    case "owners.import": case "owners.set": case "owners.remove": case "assign": case "ticket": case "rules":
      return say(`action.${action}`);
  }
  return action;
}

const views = ["log", "asof", "sample"] as const;

/** Audit is what was done, what was in force on a day, and a sample of both. */
export default function Audit() {
  const { say } = useTexts();
  const shown = useShown(views);
  return (
    <Page title={say("page.audit")} description={say("audit.description")}>
      <Views label={say("view")} views={views} shown={shown} text={(v) => say(`audit.show.${v}`)} />
      {shown === "log" ? <Log /> : shown === "asof" ? <AsOf /> : <Sampled />}
    </Page>
  );
}

/** Log is all that was done, the latest first, and whether it is whole. */
function Log() {
  const { say, lang } = useTexts();
  const { query } = usePlace();
  const asked = Object.fromEntries(names.map((n) => [n, query.get(n) ?? ""]));
  const before = Number(query.get("before")) || undefined;
  const page = useLoaded(`${lang} ${query}`, (signal) => get("/audit", { query: { actor: listed(asked.actor), action: listed(asked.action), subject: asked.subject, since: asked.since, before, limit: perPage }, lang, signal }));
  const older = page.value?.before;
  return (
    <SpaceBetween size="l">
      <Verify />
      <Filter key={query.toString()} asked={asked} />
      {page.error !== undefined ? <Trouble error={page.error} again={page.again} /> : <Entries entries={page.value?.entries ?? []} loading={page.loading} />}
      <SpaceBetween direction="horizontal" size="xs">
        {before ? <Button onClick={() => go(moved(query, undefined))}>{say("audit.latest")}</Button> : null}
        {older ? <Button onClick={() => go(moved(query, older))}>{say("audit.older")}</Button> : null}
      </SpaceBetween>
    </SpaceBetween>
  );
}

function moved(query: URLSearchParams, before: number | undefined): string {
  const next = new URLSearchParams(query);
  if (before === undefined) next.delete("before");
  else next.set("before", String(before));
  return address("/audit", next);
}

function Filter({ asked }: { asked: Record<string, string> }) {
  const { say } = useTexts();
  const [draft, setDraft] = useState(asked);
  const apply = (values: Record<string, string>) => go(address("/audit", new URLSearchParams(Object.entries(values).map(([k, v]) => [k, v.trim()] as [string, string]).filter(([, v]) => v !== ""))));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply(draft);
      }}
    >
      <SpaceBetween size="s">
        <ColumnLayout columns={4}>
          {names.map((name) => (
            <FormField key={name} label={say(`audit.${name}`)} constraintText={name === "since" ? say("findings.sinceHint") : undefined}>
              <Input value={draft[name] ?? ""} onChange={(event) => setDraft({ ...draft, [name]: event.detail.value })} />
            </FormField>
          ))}
        </ColumnLayout>
        <SpaceBetween direction="horizontal" size="xs">
          <Button formAction="submit">{say("findings.apply")}</Button>
          <Button formAction="none" disabled={Object.values(asked).every((v) => v === "")} onClick={() => apply({})}>{say("findings.clear")}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </form>
  );
}

/** Entries are some of the log. */
export function Entries({ entries, loading, title }: { entries: Entry[]; loading: boolean; title?: string }) {
  const { say, moment } = useTexts();
  const columns: Column<Entry>[] = [
    { id: "seq", header: say("audit.seq"), cell: (e) => e.seq, main: true, least: 70 },
    { id: "at", header: say("audit.at"), cell: (e) => moment(e.at), least: 170, half: true },
    { id: "actor", header: say("audit.actor"), cell: (e) => <span className="wrap">{e.actor}</span>, least: 212 },
    { id: "action", header: say("audit.action"), cell: (e) => actionText(say, e.action), least: 150, half: true },
    { id: "subject", header: say("audit.subject"), cell: (e) => <Subject subject={e.subject} />, least: 150, half: true },
    { id: "reason", header: say("decide.reason"), cell: (e) => <span className="wrap">{e.reason || "–"}</span>, least: 200 },
  ];
  return <Rows title={title ?? say("audit.entries")} items={entries} columns={columns} id={(e) => String(e.seq)} loading={loading} empty={say("audit.none")} />;
}

function Subject({ subject }: { subject: string }) {
  if (/^[0-9a-f]{32}$/.test(subject)) return <To href={`/findings?show=all&finding=${subject}`}>{subject.slice(0, 12)}</To>;
  if (/^q[0-9]+$/.test(subject)) return <To href={`/questions?show=all&question=${subject}`}>{subject}</To>;
  if (/^[0-9]{8}-[0-9]{6}-[0-9a-f]+$/.test(subject)) return <To href={`/fixes?show=runs&run=${subject}`}>{subject}</To>;
  return <span className="wrap">{subject || "–"}</span>;
}

/** Verify holds the log to its hashes, and the store to the log. */
function Verify() {
  const { say, lang } = useTexts();
  const [head, setHead] = useState("");
  const [asked, setAsked] = useState<string>();
  return (
    <Container header={<Header variant="h2" description={say("audit.verifyText")}>{say("audit.verify")}</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(head.trim());
        }}
      >
        <SpaceBetween size="s">
          <FormField label={say("audit.head")} constraintText={say("audit.headHint")}><Input value={head} onChange={(event) => setHead(event.detail.value)} /></FormField>
          <Button formAction="submit">{say("audit.verify")}</Button>
          {asked === undefined ? null : <Verdict key={`${lang} ${asked}`} head={asked} />}
        </SpaceBetween>
      </form>
    </Container>
  );
}

function Verdict({ head }: { head: string }) {
  const { say, lang } = useTexts();
  const done = useLoaded<Verified>(`${lang} ${head}`, (signal) => get("/audit/verify", { query: { head }, lang, signal }));
  if (done.error !== undefined) return <StatusIndicator type="error"><Sentence error={done.error} /></StatusIndicator>;
  if (!done.value) return <Coming />;
  const v = done.value;
  const bad = !v.whole || (v.store?.differences ?? 0) > 0;
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={bad ? "error" : "success"}>{bad ? say("audit.broken") : say("audit.whole")}</StatusIndicator>
      <Box variant="p">{v.says}</Box>
      {v.store ? <Box variant="p">{v.store.says}</Box> : null}
      <Box variant="p">{say("audit.keep")} <Command text={v.head} /></Box>
    </SpaceBetween>
  );
}
