import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { lazy, Suspense, useState } from "react";
import { get } from "../api/client";
import type { KeptPlan, PlanStep, Rendering, ShownPlan } from "../api/types";
import { isOpen, useJobs } from "../jobs";
import { useLoaded } from "../loaded";
import { useMay } from "../me";
import { go, usePlace } from "../router";
import { useTexts } from "../texts";
import { RunSign } from "./fixes";
import { beside, Page, To } from "./page";
import { Coming, Trouble, useNarrow } from "./parts";
import { Working, worksOn } from "./job";
import { PlanSign, thingName } from "./plans";

const Word = lazy(() => import("./word"));
const Carry = lazy(() => import("./carry"));

const ways = ["summary", "console", "cli", "terraform", "cloudformation"] as const;
type Way = (typeof ways)[number];

/** Plan is one plan, as whoever approves it reads it. */
export default function Plan({ id }: { id: string }) {
  const { say, lang } = useTexts();
  const plan = useLoaded(`${lang} ${id}`, (signal) => get("/plans/{id}", { path: { id }, lang, signal }));
  const kept = plan.value?.kept;
  return (
    <Page title={say("plan.title", { id })} description={<To href="/fixes">{say("plan.toList")}</To>} actions={kept ? <Actions plan={kept} /> : undefined}>
      {plan.error !== undefined ? <Trouble error={plan.error} again={plan.again} /> : null}
      {plan.value ? <Shown shown={plan.value} /> : plan.loading ? <Coming /> : null}
    </Page>
  );
}

/** Actions are what somebody may say of a plan: it is said of the digest that they have read. */
function Actions({ plan }: { plan: KeptPlan }) {
  const { say } = useTexts();
  const may = useMay();
  const [word, setWord] = useState<"approve" | "reject">();
  const [applying, setApplying] = useState(false);
  const busy = useJobs().some((j) => isOpen(j) && worksOn(j, plan.id));
  // One that was taken and never began may be taken again.
  const ready = plan.state === "approved" || (plan.state === "applied" && plan.runs.length === 0);
  if (ready && may("fixes:apply"))
    return (
      <>
        <Button variant="primary" disabled={busy} onClick={() => setApplying(true)}>{say("carry.apply")}</Button>
        {applying ? <Suspense fallback={null}><Carry what="apply" id={plan.id} onClose={() => setApplying(false)} /></Suspense> : null}
      </>
    );
  if (plan.state !== "proposed" || !may("fixes:approve")) return null;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => setWord("reject")}>{say("plan.reject")}</Button>
      <Button variant="primary" onClick={() => setWord("approve")}>{say("plan.approve")}</Button>
      {word ? <Suspense fallback={null}><Word word={word} plan={plan} onClose={() => setWord(undefined)} /></Suspense> : null}
    </SpaceBetween>
  );
}

function Shown({ shown }: { shown: ShownPlan }) {
  const { say } = useTexts();
  const { kept, plan } = shown;
  return (
    <SpaceBetween size="l">
      <Working about={kept.id} />
      <About plan={kept} />
      <Container header={<Header variant="h2" description={say("plan.changesText")}>{say("plan.changes")}</Header>}>
        <ol className="story-list">{(plan?.steps ?? []).map((s) => <li key={s.id}><Step step={s} /></li>)}</ol>
      </Container>
      <Ways summary={shown.summary} media={shown.media} />
    </SpaceBetween>
  );
}

function About({ plan: p }: { plan: KeptPlan }) {
  const { say, moment } = useTexts();
  const narrow = useNarrow();
  return (
    <Container header={<Header variant="h2">{say("plan.about")}</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={narrow ? 1 : 3}
          items={[
            { label: say("plan.state"), value: <PlanSign plan={p} /> },
            { label: say("field.account"), value: `${p.account} · ${p.region}` },
            { label: say("plan.by"), value: <span className="wrap">{p.by} · {moment(p.at)}</span> },
            ...(p.ruled ? [{ label: say(p.state === "rejected" ? "plan.rejectedBy" : "plan.approvedBy"), value: <span className="wrap">{p.ruled.by} · {moment(p.ruled.at)}</span> }] : []),
            ...(p.ruled?.reason ? [{ label: say("decide.reason"), value: <span className="wrap">{p.ruled.reason}</span> }] : []),
          ]}
        />
        <KeyValuePairs
          columns={narrow ? 1 : 3}
          items={[
            {
              label: say("plan.mends"), value: (
                <ul className="story-list">
                  {p.fixes.map((f) => <li key={`${f.finding} ${f.control}`}><To href={`/findings?show=all&finding=${f.finding}`}>{f.control} {thingName(f.resource)}</To></li>)}
                </ul>
              ),
            },
            ...(p.runs.length > 0 ? [{
              label: say("plan.runs"), value: (
                <ul className="story-list">
                  {p.runs.map((r) => <li key={r.id}><To href={`/fixes?show=runs&run=${r.id}`}>{moment(r.started)}</To> <RunSign run={r} /></li>)}
                </ul>
              ),
            }] : []),
            {
              label: say("run.digest"),
              value: <CopyToClipboard variant="inline" textToCopy={p.digest} textToDisplay={p.digest} copyButtonAriaLabel={say("copy")} copySuccessText={say("copied")} copyErrorText={say("notCopied")} />,
            },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}

/** Step is what one step changes: what is there, and what will be. */
function Step({ step: s }: { step: PlanStep }) {
  const { say } = useTexts();
  return (
    <>
      <strong>{thingName(s.thing)}</strong>{s.make ? ` · ${say("plan.makes")}` : ""}
      <Box variant="small" display="block">{s.thing.type}</Box>
      {s.changes.map((c) => <div key={c.property} className="wrap"><code>{c.property}: {valueText(c.was)} → {valueText(c.will)}</code></div>)}
    </>
  );
}

/** valueText is a value as AWS writes it; what is not there is a dash. */
export const valueText = (value: unknown): string => (value === null || value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value));

/** Ways are the plan in words, and as each tool does it. */
function Ways({ summary, media }: { summary: string; media: Rendering[] }) {
  const { say } = useTexts();
  const place = usePlace();
  const shown = ways.find((w) => w === place.query.get("as")) ?? "summary";
  const of = (way: Way): Rendering => (way === "summary" ? { as: way, text: summary } : media.find((m) => m.as === way) ?? { as: way, text: "" });
  return (
    <Container header={<Header variant="h2" description={say("plan.waysText")}>{say("plan.ways")}</Header>}>
      <Tabs
        activeTabId={shown} ariaLabel={say("plan.ways")}
        onChange={(event) => go(beside(place, "as", event.detail.activeTabId === "summary" ? null : event.detail.activeTabId), { replace: true })}
        tabs={ways.filter((w) => w === "summary" || media.some((m) => m.as === w)).map((id) => ({ id, label: say(`plan.as.${id}`), content: id === shown ? <Way way={of(id)} plain={id === "summary" || id === "console"} /> : null }))}
      />
    </Container>
  );
}

function Way({ way, plain }: { way: Rendering; plain: boolean }) {
  const { say } = useTexts();
  if (way.error) return <Alert type="info">{way.error}</Alert>;
  return (
    <SpaceBetween size="s">
      <CopyToClipboard textToCopy={way.text} copyButtonText={say("copy")} copySuccessText={say("copied")} copyErrorText={say("notCopied")} />
      <pre className={plain ? "text" : "code"} tabIndex={plain ? undefined : 0}>{way.text}</pre>
    </SpaceBetween>
  );
}
