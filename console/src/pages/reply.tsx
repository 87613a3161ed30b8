import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { get, post } from "../api/client";
import type { Finding, Question } from "../api/types";
import { flash } from "../flash";
import { useLoaded } from "../loaded";
import { useTexts } from "../texts";
import { Form } from "./form";
import { choiceText } from "./questions";
import { Until } from "./until";

const choices = ["fix", "fix-by", "accept"] as const;
type Choice = (typeof choices)[number];
const spans = ["14d", "30d", "90d"] as const;

/** Reply writes down what an owner said. */
export default function Reply({ question: q, findings, onClose }: { question: Question; findings: Finding[]; onClose: () => void }) {
  const { say, lang } = useTexts();
  const controls = [...new Set(findings.map((f) => f.control))];
  const asked = useLoaded(`${lang} ${controls.join()}`, (signal) => get("/controls", { query: { control: controls }, lang, signal }));
  const [by, setBy] = useState(q.owner);
  const [choice, setChoice] = useState<Choice>("fix");
  const [until, setUntil] = useState<string>(spans[1]);
  const [reason, setReason] = useState("");
  const [conditions, setConditions] = useState("");
  const [replies, setReplies] = useState<Record<string, string>>({});
  const questions = new Map((asked.value?.controls ?? []).flatMap((c) => c.questions.map((own) => [own.key, own])));
  const send = async () => {
    const lines = conditions.split("\n").map((c) => c.trim()).filter((c) => c !== "");
    const done = await post("/questions/{id}/answer", {
      path: { id: q.id }, lang,
      body: {
        by, choice, reason, ...(choice === "fix" ? {} : { until }), ...(choice === "accept" && lines.length > 0 ? { while: lines } : {}),
        replies: Object.entries(replies).filter(([, value]) => value.trim() !== "").map(([key, value]) => `${key}=${value.trim()}`),
      },
    });
    flash({ text: say("reply.done", { id: q.id }), notices: done.notices });
    return true;
  };
  const yesNo = [{ value: "", label: say("reply.none") }, { value: "yes", label: say("reply.yes") }, { value: "no", label: say("reply.no") }];
  const options = choices.map((value) => ({ value: value as string, label: choiceText(say, value) }));
  return (
    <Form title={say("reply.title")} action={say("reply.action")} send={send} onClose={onClose}>
      <FormField label={say("reply.by")}><Input value={by} onChange={(event) => setBy(event.detail.value)} /></FormField>
      <FormField label={say("reply.choice")}>
        <Select options={options} selectedOption={options.find((o) => o.value === choice) ?? null} onChange={(event) => setChoice(event.detail.selectedOption.value as Choice)} />
      </FormField>
      {choice === "fix" ? null : <Until label={say("decide.until")} spans={spans} value={until} onChange={setUntil} />}
      <FormField label={choice === "accept" ? say("decide.reason") : say("decide.reasonOptional")}><Textarea rows={3} value={reason} onChange={(event) => setReason(event.detail.value)} /></FormField>
      {choice === "accept" ? (
        <FormField label={say("decide.conditions")} description={say("decide.conditionsText")} constraintText={say("decide.conditionsHint")}>
          <Textarea rows={2} value={conditions} onChange={(event) => setConditions(event.detail.value)} />
        </FormField>
      ) : null}
      {[...questions.values()].map((own) => (
        <FormField key={own.key} label={own.text}>
          {own.kind === "yes/no" ? (
            <Select
              options={yesNo} selectedOption={yesNo.find((o) => o.value === (replies[own.key] ?? "")) ?? null}
              onChange={(event) => setReplies({ ...replies, [own.key]: event.detail.selectedOption.value ?? "" })}
            />
          ) : <Input type="number" value={replies[own.key] ?? ""} onChange={(event) => setReplies({ ...replies, [own.key]: event.detail.value })} />}
        </FormField>
      ))}
    </Form>
  );
}
