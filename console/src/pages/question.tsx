import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useState } from "react";
import { get } from "../api/client";
import type { Answer, Finding, Question } from "../api/types";
import { useLoaded } from "../loaded";
import { useMay } from "../me";
import { useTexts } from "../texts";
import { To } from "./page";
import { Coming, nameOf, StatusSign, Trouble } from "./parts";
import { choiceText, QuestionSign } from "./questions";

const Reply = lazy(() => import("./reply"));
const Withdraw = lazy(() => import("./withdraw"));

/** AboutQuestion is one question, with what was asked, answered and came of it. */
export default function AboutQuestion({ id }: { id: string }) {
  const { lang } = useTexts();
  const asked = useLoaded(`${lang} ${id}`, (signal) => get("/questions/{id}", { path: { id }, lang, signal }));
  const question = asked.value?.questions[0];
  if (asked.error !== undefined) return <Trouble error={asked.error} again={asked.again} />;
  return question ? <Shown question={question} findings={asked.value?.findings ?? []} /> : <Coming />;
}

function Shown({ question: q, findings }: { question: Question; findings: Finding[] }) {
  const { say, lastDay, moment } = useTexts();
  return (
    <SpaceBetween size="l">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <QuestionSign question={q} />
        <Actions question={q} findings={findings} />
      </SpaceBetween>
      {q.answer ? <Answered answer={q.answer} /> : null}
      <KeyValuePairs
        columns={1}
        items={[
          { label: say("question.owner"), value: <span className="wrap">{[q.owner, q.address].filter((v) => v).join(" · ")}</span> },
          { label: say("question.due"), value: lastDay(q.due) },
          { label: say("question.asked"), value: `${moment(q.askedAt)} · ${q.askedBy}` },
          { label: say("question.sent"), value: q.sent ? `${moment(q.sent.at)} · ${q.sent.by}` : say("question.unsent") },
          ...(q.withdrawn ? [{ label: say("question.withdrawn"), value: [moment(q.withdrawn.at), q.withdrawn.by, q.withdrawn.reason].filter((v) => v).join(" · ") }] : []),
        ]}
      />
      <div>
        <Header variant="h3">{say("page.findings")}</Header>
        <ul className="story-list">
          {findings.map((f) => (
            <li key={f.id}><To href={`/findings?show=all&finding=${f.id}`}>{f.control} {nameOf(f.resource)}</To> <StatusSign finding={f} /></li>
          ))}
        </ul>
      </div>
      <ExpandableSection headerText={say("question.text")} variant="footer"><pre className="text" lang={q.language}>{q.text}</pre></ExpandableSection>
    </SpaceBetween>
  );
}

function Actions({ question, findings }: { question: Question; findings: Finding[] }) {
  const { say } = useTexts();
  const may = useMay();
  const [form, setForm] = useState<"reply" | "withdraw">();
  const close = () => setForm(undefined);
  const open = !question.answer && !question.withdrawn && !question.ended;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {may("questions:answer") && !question.withdrawn && !question.ended ? <Button onClick={() => setForm("reply")}>{say("reply.title")}</Button> : null}
      {may("questions:ask") && open ? <Button onClick={() => setForm("withdraw")}>{say("withdraw.title")}</Button> : null}
      <Suspense fallback={null}>
        {form === "reply" ? <Reply question={question} findings={findings} onClose={close} /> : null}
        {form === "withdraw" ? <Withdraw question={question} onClose={close} /> : null}
      </Suspense>
    </SpaceBetween>
  );
}

function Answered({ answer: a }: { answer: Answer }) {
  const { say, lastDay, moment } = useTexts();
  const until = a.until ? say("story.until", { date: lastDay(a.until) }) : "";
  return (
    <div>
      <Header variant="h3">{say("question.answer")}</Header>
      <Box variant="p"><strong>{[choiceText(say, a.choice), until].filter((v) => v).join(" · ")}</strong></Box>
      {a.words ? <Box variant="p">{a.words}</Box> : null}
      {(a.while ?? []).map((c) => <div key={c}><code>{c}</code></div>)}
      <Box variant="small" display="block">{a.by === a.recordedBy ? `${a.by} · ${moment(a.at)}` : say("question.recorded", { by: a.by, recorder: a.recordedBy, at: moment(a.at) })}</Box>
      {a.replies.length > 0 ? (
        <ul className="story-list">
          {a.replies.map((r) => <li key={`${r.control ?? ""}${r.key}`}>{r.question}<br /><strong>{r.value === "yes" || r.value === "no" ? say(`reply.${r.value}`) : r.value}</strong></li>)}
        </ul>
      ) : null}
    </div>
  );
}
