import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { post } from "../api/client";
import { follow } from "../jobs";
import { useTexts } from "../texts";
import { Form } from "./form";

/** Carrying is what can be done with an approved plan, and with a run of one. */
export type Carrying = "apply" | "resume" | "undo" | "verify";

/** Carry asks before something is changed, and starts it as a job. */
export default function Carry({ what, id, onClose }: { what: Carrying; id: string; onClose: () => void }) {
  const { say, lang } = useTexts();
  const [without, setWithout] = useState("");
  const send = async () => {
    const why = without.trim();
    const body = why ? { without: why } : {};
    const path = { id };
    follow(await (what === "apply" ? post("/plans/{id}/apply", { path, body, lang }) : post(`/runs/{id}/${what}`, { path, body, lang })), lang, say);
    return true;
  };
  return (
    <Form title={say(`carry.${what}`)} action={say(`carry.${what}`)} send={send} onClose={onClose}>
      {what === "verify" ? <Box variant="p">{say("carry.text.verify")}</Box> : <Alert type="warning">{say(`carry.text.${what}`)}</Alert>}
      {what === "verify" ? null : (
        <ExpandableSection headerText={say("carry.without")}>
          <FormField description={say("carry.withoutText")}>
            <Textarea ariaLabel={say("carry.without")} rows={2} value={without} onChange={(event) => setWithout(event.detail.value)} />
          </FormField>
        </ExpandableSection>
      )}
    </Form>
  );
}
