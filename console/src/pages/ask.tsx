import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { post } from "../api/client";
import type { Finding } from "../api/types";
import { flash } from "../flash";
import { useTexts } from "../texts";
import { Form } from "./form";
import { Until } from "./until";

const spans = ["7d", "14d", "30d"] as const;
const ways = ["", "print", "mail", "slack", "webhook"] as const;
type Way = (typeof ways)[number];

/** Ask puts a question about findings to each of their owners. */
export default function Ask({ findings, onClose }: { findings: Finding[]; onClose: (done: boolean) => void }) {
  const { say, lang, number } = useTexts();
  const [owner, setOwner] = useState("");
  const [due, setDue] = useState<string>(spans[1]);
  const [via, setVia] = useState<Way>("");
  const [again, setAgain] = useState(false);
  const options = ways.map((value) => ({ value: value as string, label: say(`way.${value === "" ? "listed" : value}`) }));
  const send = async () => {
    const done = await post("/questions", { body: { findings: findings.map((f) => f.id), due, again, ...(owner.trim() ? { owner: owner.trim() } : {}), ...(via ? { via } : {}) }, lang });
    flash({ text: say("ask.done", { n: number(done.questions.length), ids: done.questions.map((q) => q.id).join(", ") }), notices: done.notices });
    onClose(true);
    return true;
  };
  return (
    <Form title={say("deed.ask")} action={say("ask.action")} send={send} onClose={() => onClose(false)}>
      <Box variant="p">{say("deedText.ask", { n: number(findings.length) })}</Box>
      <FormField label={say("question.owner")} constraintText={say("ask.ownerHint")}><Input value={owner} onChange={(event) => setOwner(event.detail.value)} /></FormField>
      <Until label={say("question.due")} spans={spans} value={due} onChange={setDue} />
      <FormField label={say("ask.via")} constraintText={say("ask.viaHint")}>
        <Select options={options} selectedOption={options.find((o) => o.value === via) ?? null} onChange={(event) => setVia(event.detail.selectedOption.value as Way)} />
      </FormField>
      <Checkbox checked={again} onChange={(event) => setAgain(event.detail.checked)}>{say("ask.again")}</Checkbox>
    </Form>
  );
}
