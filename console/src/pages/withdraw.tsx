import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { post } from "../api/client";
import type { Question } from "../api/types";
import { flash } from "../flash";
import { useTexts } from "../texts";
import { Form } from "./form";

/** Withdraw takes a question back. */
export default function Withdraw({ question, onClose }: { question: Question; onClose: () => void }) {
  const { say, lang } = useTexts();
  const [reason, setReason] = useState("");
  const send = async () => {
    const done = await post("/questions/withdraw", { body: { questions: [question.id], reason }, lang });
    flash({ text: say("withdraw.done", { id: question.id }), notices: done.notices });
    return true;
  };
  return (
    <Form title={say("withdraw.title")} action={say("withdraw.title")} send={send} onClose={onClose}>
      <Box variant="p">{say("withdraw.text", { id: question.id, owner: question.owner })}</Box>
      <FormField label={say("decide.reasonOptional")}><Textarea rows={3} value={reason} onChange={(event) => setReason(event.detail.value)} /></FormField>
    </Form>
  );
}
