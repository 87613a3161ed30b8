import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense, type ReactNode } from "react";
import { get, where } from "../api/client";
import type { Exception, Finding, Story } from "../api/types";
import { useLoaded, type Loaded } from "../loaded";
import { useMay } from "../me";
import { address, follow, go, usePlace } from "../router";
import { useTexts } from "../texts";
import { Deciding } from "./deciding";
import { Coming, nameOf, SeverityBadge, StatusSign, Trouble } from "./parts";
import { told, word } from "./told";

// The guide brings what reads Markdown.
const Guide = lazy(() => import("./guide"));

const tabs = ["facts", "guide", "history"] as const;

export const findingTitle = (f: Finding): string => `${f.control} ${nameOf(f.resource)}`;

/** AboutFinding is all that is known of one finding. */
export function AboutFinding({ story }: { story: Loaded<Story> }) {
  if (story.error !== undefined) return <Trouble error={story.error} again={story.again} />;
  return story.value ? <Told story={story.value} /> : <Coming />;
}

function Told({ story }: { story: Story }) {
  const { say } = useTexts();
  const place = usePlace();
  const f = story.finding;
  const tab = tabs.find((t) => t === place.query.get("tab")) ?? "facts";
  const choose = (to: string) => {
    const query = new URLSearchParams(place.query);
    if (to === "facts") query.delete("tab");
    else query.set("tab", to);
    go(address(place.path, query), { replace: true, marks: place.marks });
  };
  const content: Record<(typeof tabs)[number], ReactNode> = {
    facts: <FactsTab story={story} />,
    guide: <Suspense fallback={<Coming />}><Guide control={f.control} finding={f} /></Suspense>,
    history: <History story={story} />,
  };
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <SeverityBadge severity={f.severity} />
        <StatusSign finding={f} />
        <Box>{word(say, f.workflow)}</Box>
        <Deciding findings={[f]} />
      </SpaceBetween>
      <Tabs
        activeTabId={tab} ariaLabel={say("story.tabs")} onChange={(event) => choose(event.detail.activeTabId)}
        tabs={tabs.map((id) => ({ id, label: say(`story.tab.${id}`), content: id === tab ? content[id] : null }))}
      />
    </SpaceBetween>
  );
}

function FactsTab({ story }: { story: Story }) {
  const { say, lang } = useTexts();
  const f = story.finding;
  const title = useLoaded(`${lang} ${f.control}`, (signal) => get("/controls/{id}", { path: { id: f.control }, lang, signal }));
  return (
    <SpaceBetween size="l">
      <div className="wrap">
        {title.value?.control ? <Box variant="p" color="text-body-secondary">{title.value.control.title}</Box> : null}
        <Box variant="p" fontWeight="bold">{f.message.text}</Box>
        {f.notes.map((n, i) => <Box key={i} variant="p">{n.text}</Box>)}
        <Deciders finding={f} />
      </div>
      <Waiting story={story} />
      {story.lastChange ? <Part title={say("story.lastChange")}><Box variant="p">{story.lastChange}</Box></Part> : null}
      <Part title={say("story.facts")}><Facts finding={f} /></Part>
      <Items title={say("story.exceptions")} items={story.exceptions} show={(e) => <ExceptionItem exception={e} />} />
      <Items
        title={say("story.questions")} items={story.questions}
        show={(q) => <><Link href={address("/questions", new URLSearchParams({ show: "all", question: q.id }))} onFollow={follow}>{q.id}</Link> {q.owner}<br />{q.answer ? q.answer.words : say("story.unanswered")}</>}
      />
      <Items title={say("story.runs")} items={story.runs} show={(r) => `${r.id}: ${r.state}, ${r.by}`} />
      <Items title={say("story.hub")} items={story.securityHub} show={(l) => [l.status, l.workflow].filter((v) => v !== undefined).map((v) => word(say, v)).join(", ") || l.id} />
    </SpaceBetween>
  );
}

/** Deciders are the values on which a verdict rests: what its message lists. */
function Deciders({ finding }: { finding: Finding }) {
  const { say } = useTexts();
  const lists = Object.values(finding.message.args).filter((v): v is unknown[] => Array.isArray(v) && v.length > 1);
  if (lists.length === 0) return null;
  return (
    <Part title={say("story.deciders")}>
      <ul className="story-list">{lists.flat().map((v, i) => <li key={i}><code>{typeof v === "string" ? v : JSON.stringify(v)}</code></li>)}</ul>
    </Part>
  );
}

/** Waiting says what somebody has to do before it goes on. */
function Waiting({ story }: { story: Story }) {
  const { say } = useTexts();
  const proposal = story.exceptions.find(waits);
  if (!proposal) return null;
  const query = new URLSearchParams({ show: "proposed" });
  return <Alert type="info">{say("story.waits", { by: proposal.by })} <Link href={address("/exceptions", query)} onFollow={follow}>{say("story.toExceptions")}</Link></Alert>;
}

const waits = (e: Exception) => e.proposal === true && !e.approvedAt && !e.endedAt;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <div><Header variant="h3">{title}</Header>{children}</div>;
}

function Items<T>({ title, items, show }: { title: string; items: T[]; show: (item: T) => ReactNode }) {
  if (items.length === 0) return null;
  return <Part title={title}><ul className="story-list">{items.map((item, i) => <li key={i}>{show(item)}</li>)}</ul></Part>;
}

function Facts({ finding: f }: { finding: Finding }) {
  const { say, moment } = useTexts();
  const tags = Object.entries(f.tags ?? {}).map(([k, v]) => `${k}=${v}`).join(", ");
  const all: [string, string | undefined][] = [
    [say("field.type"), f.resource.type],
    [say("field.account"), f.resource.account],
    [say("field.region"), f.resource.region],
    [say("field.arn"), f.resource.arn],
    [say("field.address"), f.resource.address],
    [say("field.tags"), tags],
    [say("field.assignee"), f.assignee],
    [say("field.firstSeen"), moment(f.firstSeen)],
    [say("field.changed"), moment(f.changed)],
    [say("field.lastSeen"), moment(f.lastSeen)],
    [say("field.reopened"), f.reopened > 0 ? say("story.times", { n: f.reopened }) : undefined],
    [say("field.originalSeverity"), f.originalSeverity === f.severity ? undefined : word(say, f.originalSeverity)],
    [say("field.reason"), f.reason],
    [say("field.id"), f.id],
  ];
  return <KeyValuePairs columns={1} items={all.filter(([, value]) => value).map(([label, value]) => ({ label, value: <span className="wrap">{value}</span> }))} />;
}

function ExceptionItem({ exception: e }: { exception: Exception }) {
  const { say, lastDay } = useTexts();
  const state = e.endedAt ? say("story.ended") : waits(e) ? say("story.proposal") : say("story.inForce");
  const until = e.until ? say("story.until", { date: lastDay(e.until) }) : say("story.forever");
  const by = e.approvedBy ? say("story.approved", { by: e.by, approver: e.approvedBy }) : e.by;
  return <>{state} · {until} · {by}<br />{e.reason}{(e.while ?? []).map((c) => <div key={c}><code>{c}</code></div>)}</>;
}

function History({ story }: { story: Story }) {
  const { say, moment } = useTexts();
  const may = useMay();
  const evidence = (as: string) => where("/findings/{id}/evidence", { id: story.finding.id }, { as });
  const first = story.history.find((e) => e.kind === "compliance")?.from ?? story.finding.status ?? "UNKNOWN";
  return (
    <SpaceBetween size="l">
      <ol className="story-list">
        <li>{moment(story.finding.firstSeen)}<br />{say("story.first", { status: word(say, first) })}</li>
        {story.history.map((e, i) => (
          <li key={i}>{moment(e.at)}<br />{told(say, e)}{e.reason ? <><br />{e.reason}</> : null}</li>
        ))}
      </ol>
      {may("audit:read") ? (
        <Part title={say("story.evidence")}>
          <Box variant="p">{say("story.evidenceText")} <a href={evidence("html")} download>HTML</a> · <a href={evidence("json")} download>JSON</a></Box>
        </Part>
      ) : null}
    </SpaceBetween>
  );
}
