import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { post } from "../api/client";
import type { KeptPlan } from "../api/types";
import { flash } from "../flash";
import { useTexts } from "../texts";
import { Form } from "./form";

/** Word is the word for a plan, or against it: for exactly what was read, by its digest. */
export default function Word({ word, plan, onClose }: { word: "approve" | "reject"; plan: KeptPlan; onClose: () => void }) {
  const { say, lang } = useTexts();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const send = async () => {
    const why = reason.trim();
    setMissing(word === "reject" && why === "");
    if (word === "reject" && why === "") return false;
    await post(`/plans/{id}/${word}`, { path: { id: plan.id }, body: { digest: plan.digest, reason: why }, lang });
    flash({ text: say(`plan.done.${word}`, { id: plan.id }) });
    return true;
  };
  return (
    <Form title={say(`plan.${word}`)} action={say(`plan.${word}`)} send={send} onClose={onClose}>
      <Box variant="p">{say(`plan.text.${word}`)}</Box>
      <FormField label={say("run.digest")}><code className="wrap">{plan.digest}</code></FormField>
      <FormField label={say(word === "reject" ? "decide.reason" : "decide.reasonOptional")} errorText={missing ? say("decide.needsReason") : undefined}>
        <Textarea rows={3} value={reason} onChange={(event) => setReason(event.detail.value)} />
      </FormField>
    </Form>
  );
}
