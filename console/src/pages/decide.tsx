import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { Refused } from "../api/client";
import type { Finding } from "../api/types";
import { flash } from "../flash";
import { changed } from "../loaded";
import { useTexts } from "../texts";
import { decide, differences, needsReason, type Deed, type Draft } from "./deeds";
import { nameOf, Sentence } from "./parts";
import { word } from "./told";
import { Until } from "./until";

const spans = ["30d", "90d", "180d"] as const;
const grades: Draft["severity"][] = ["critical", "high", "medium", "low", "control"];
const shownAtMost = 5;

/** Decide asks for what a decision needs, takes it, and says what became of it. */
export default function Decide({ deed, findings, onClose }: { deed: Deed; findings: Finding[]; onClose: (done: boolean) => void }) {
  const { say, lang, number } = useTexts();
  const [about, setAbout] = useState(findings);
  const [draft, setDraft] = useState<Draft>({ reason: "", until: spans[0], conditions: "", severity: "high", to: findings.length === 1 ? (deed === "assign" ? findings[0]?.assignee : findings[0]?.ticket) ?? "" : "" });
  const [error, setError] = useState<unknown>();
  const [stale, setStale] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const set = (some: Partial<Draft>) => setDraft({ ...draft, ...some });
  const noReason = needsReason(deed) && draft.reason.trim() === "";
  const noDay = deed === "suppress" && draft.until === "";
  const send = async () => {
    setTried(true);
    if (noReason || noDay) return;
    setBusy(true);
    setError(undefined);
    try {
      const done = await decide(deed, about, draft, lang);
      flash({ text: say(`deedDone.${deed}`, { n: number(done.findings.length) }), notices: done.notices });
      changed();
      onClose(true);
    } catch (e) {
      const now = e instanceof Refused && e.problem.status === 412 ? e.problem.current ?? [] : [];
      setStale(now);
      // Whoever goes on now decides about what they have been shown.
      if (now.length > 0) setAbout(about.map((f) => now.find((n) => n.id === f.id) ?? f));
      else setError(e);
      setBusy(false);
    }
  };
  const day = deed === "suppress" ? (
    <Until
      label={say("decide.until")} hint={say("decide.untilHint")} spans={spans} value={draft.until} onChange={(until) => set({ until })}
      error={tried && noDay ? say("decide.needsDay") : undefined}
    />
  ) : null;
  const named = deed === "assign" || deed === "ticket" ? (
    <FormField label={say(`field.${deed === "assign" ? "assignee" : "ticket"}`)} constraintText={say(`decide.${deed}Hint`)}>
      <Input value={draft.to} onChange={(event) => set({ to: event.detail.value })} />
    </FormField>
  ) : null;
  const grade = deed === "severity" ? (
    <FormField label={say("field.severity")}>
      <Select
        options={grades.map((value) => ({ value, label: gradeText(value) }))}
        selectedOption={{ value: draft.severity, label: gradeText(draft.severity) }}
        onChange={(event) => set({ severity: event.detail.selectedOption.value as Draft["severity"] })}
      />
    </FormField>
  ) : null;
  function gradeText(value: Draft["severity"]): string {
    return value === "control" ? say("decide.controlSeverity") : word(say, value.toUpperCase());
  }
  return (
    <Modal
      visible
      onDismiss={() => onClose(false)}
      header={say(`deed.${deed}`)}
      closeAriaLabel={say("cancel")}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onClose(false)}>{say("cancel")}</Button>
            <Button variant="primary" loading={busy} onClick={() => void send()}>{stale.length > 0 ? say("decide.anyway") : say(`deed.${deed}`)}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== undefined ? <Alert type="error"><Sentence error={error} /></Alert> : null}
        {stale.map((now) => <Stale key={now.id} then={findings.find((f) => f.id === now.id)} now={now} />)}
        <Box variant="p">{say(`deedText.${deed}`)}</Box>
        <ul className="story-list">
          {about.slice(0, shownAtMost).map((f) => <li key={f.id}>{f.control} <span className="wrap">{nameOf(f.resource)}</span></li>)}
          {about.length > shownAtMost ? <li>{say("decide.others", { n: number(about.length - shownAtMost) })}</li> : null}
        </ul>
        {day}
        {named}
        {grade}
        <FormField
          label={needsReason(deed) ? say("decide.reason") : say("decide.reasonOptional")}
          errorText={tried && noReason ? say("decide.needsReason") : undefined}
        >
          <Textarea value={draft.reason} rows={3} onChange={(event) => set({ reason: event.detail.value })} />
        </FormField>
        {deed === "suppress" ? (
          <ExpandableSection headerText={say("decide.conditions")}>
            <FormField description={say("decide.conditionsText")} constraintText={say("decide.conditionsHint")}>
              <Textarea ariaLabel={say("decide.conditions")} value={draft.conditions} rows={2} onChange={(event) => set({ conditions: event.detail.value })} />
            </FormField>
          </ExpandableSection>
        ) : null}
      </SpaceBetween>
    </Modal>
  );
}

/** Stale shows a finding as it was looked at, and as it is now. */
function Stale({ then, now }: { then?: Finding; now: Finding }) {
  const { say, moment } = useTexts();
  const list = then ? differences(then, now) : [];
  return (
    <Alert type="warning" header={say("decide.stale")}>
      <Box>{say("decide.staleText", { name: `${now.control} ${nameOf(now.resource)}`, at: moment(now.updated) })}</Box>
      <table className="versions">
        <thead><tr><td /><th scope="col">{say("decide.then")}</th><th scope="col">{say("decide.now")}</th></tr></thead>
        <tbody>
          {list.map((d) => <tr key={d.field}><th scope="row">{say(`field.${d.field}`)}</th><td>{word(say, d.then)}</td><td>{word(say, d.now)}</td></tr>)}
          {then ? <tr><th scope="row">{say("field.updated")}</th><td>{moment(then.updated)}</td><td>{moment(now.updated)}</td></tr> : null}
        </tbody>
      </table>
    </Alert>
  );
}
