import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import type { ReactNode } from "react";
import { get } from "../api/client";
import type { Exception, Finding, Story } from "../api/types";
import { useLoaded } from "../loaded";
import { useTexts } from "../texts";
import { Coming, nameOf, SeverityBadge, StatusSign, Trouble } from "./parts";
import { told, word } from "./told";

/** StoryPanel is all that is known of one finding, beside the page. */
export function StoryPanel({ id }: { id: string }) {
  const { say, lang } = useTexts();
  const story = useLoaded(`${lang} ${id}`, (signal) => get("/findings/{id}", { path: { id }, lang, signal }));
  const f = story.value?.finding;
  return (
    <SplitPanel
      header={f ? `${f.control} ${nameOf(f.resource)}` : say("loading")}
      hidePreferencesButton
      i18nStrings={{ openButtonAriaLabel: say("openPanel"), closeButtonAriaLabel: say("closePanel"), resizeHandleAriaLabel: say("resizePanel") }}
    >
      {story.error !== undefined ? <Trouble error={story.error} again={story.again} /> : null}
      {story.value ? <Told story={story.value} /> : story.loading ? <Coming /> : null}
    </SplitPanel>
  );
}

function Told({ story }: { story: Story }) {
  const { say } = useTexts();
  const f = story.finding;
  return (
    <SpaceBetween size="l">
      <SpaceBetween direction="horizontal" size="s">
        <SeverityBadge severity={f.severity} />
        <StatusSign finding={f} />
        <Box>{word(say, f.workflow)}</Box>
      </SpaceBetween>
      <div className="wrap">
        <Box variant="p">{f.message.text}</Box>
        {f.notes.map((n, i) => <Box key={i} variant="p" color="text-body-secondary">{n.text}</Box>)}
      </div>
      {story.lastChange ? <Part title={say("story.lastChange")}><Box variant="p">{story.lastChange}</Box></Part> : null}
      <Part title={say("story.resource")}><Facts finding={f} /></Part>
      <Items title={say("story.exceptions")} items={story.exceptions} show={(e) => <ExceptionItem exception={e} />} />
      <Items title={say("story.questions")} items={story.questions} show={(q) => `${q.id}: ${q.owner}`} />
      <Items title={say("story.runs")} items={story.runs} show={(r) => `${r.id}: ${r.state}, ${r.by}`} />
      <Items title={say("story.hub")} items={story.securityHub} show={(l) => [l.status, l.workflow].filter((v) => v !== undefined).map((v) => word(say, v)).join(", ") || l.id} />
      <Part title={say("story.history")}><History story={story} /></Part>
    </SpaceBetween>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <div><Header variant="h3">{title}</Header>{children}</div>;
}

function Items<T>({ title, items, show }: { title: string; items: T[]; show: (item: T) => ReactNode }) {
  if (items.length === 0) return null;
  return <Part title={title}><ul className="story-list">{items.map((item, i) => <li key={i}>{show(item)}</li>)}</ul></Part>;
}

function Facts({ finding: f }: { finding: Finding }) {
  const { say, moment } = useTexts();
  const all: [string, string | undefined][] = [
    [say("field.type"), f.resource.type],
    [say("field.account"), f.resource.account],
    [say("field.region"), f.resource.region],
    [say("field.arn"), f.resource.arn],
    [say("field.address"), f.resource.address],
    [say("field.firstSeen"), moment(f.firstSeen)],
    [say("field.changed"), moment(f.changed)],
    [say("field.lastSeen"), moment(f.lastSeen)],
    [say("field.reopened"), f.reopened > 0 ? say("story.times", { n: f.reopened }) : undefined],
    [say("field.reason"), f.reason],
    [say("field.id"), f.id],
  ];
  return <KeyValuePairs columns={1} items={all.filter(([, value]) => value).map(([label, value]) => ({ label, value: <span className="wrap">{value}</span> }))} />;
}

function ExceptionItem({ exception: e }: { exception: Exception }) {
  const { say, day } = useTexts();
  const state = e.endedAt ? say("story.ended") : e.proposal && !e.approvedAt ? say("story.proposal") : say("story.inForce");
  // It ends with the last moment of a day: the day after is where it is over.
  const until = e.until ? say("story.until", { date: day(new Date(Date.parse(e.until) - 1).toISOString()) }) : say("story.forever");
  return <>{state} · {until} · {e.by}<br />{e.reason}</>;
}

function History({ story }: { story: Story }) {
  const { say, moment } = useTexts();
  const first = story.history.find((e) => e.kind === "compliance")?.from ?? story.finding.status ?? "UNKNOWN";
  return (
    <ol className="story-list">
      <li>{moment(story.finding.firstSeen)}<br />{say("story.first", { status: word(say, first) })}</li>
      {story.history.map((e, i) => (
        <li key={i}>{moment(e.at)}<br />{told(say, e)}{e.reason ? <><br />{e.reason}</> : null}</li>
      ))}
    </ol>
  );
}
