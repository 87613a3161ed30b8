import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { get, post } from "../api/client";
import type { Description, Finding } from "../api/types";
import { follow } from "../jobs";
import { useLoaded } from "../loaded";
import { useTexts } from "../texts";
import { Form } from "./form";
import { Coming, Trouble } from "./parts";

/** PlanFix starts to plan how findings are fixed; nothing is changed. */
export default function PlanFix({ findings, onClose }: { findings: Finding[]; onClose: (done: boolean) => void }) {
  const { say, lang, number } = useTexts();
  const controls = [...new Set(findings.map((f) => f.control))];
  const only = controls.length === 1 ? controls[0] : undefined;
  const control = useLoaded(`${lang} ${only ?? ""}`, async (signal) => (only ? (await get("/controls/{id}", { path: { id: only }, lang, signal })).control ?? null : null));
  const [remedy, setRemedy] = useState("");
  const [inputs, setInputs] = useState<Record<string, string>>({});
  const chosen = control.value?.remedies.find((r) => r.name === remedy) ?? control.value?.remedies[0];
  const send = async () => {
    const given = Object.fromEntries(Object.entries(inputs).map(([k, v]) => [k, v.trim()]).filter(([, v]) => v !== ""));
    const job = await post("/plans", { body: { findings: findings.map((f) => f.id), ...(remedy ? { remedy } : {}), ...(Object.keys(given).length > 0 ? { inputs: given } : {}) }, lang });
    follow(job, lang, say);
    onClose(true);
    return true;
  };
  return (
    <Form title={say("deed.plan")} action={say("deed.plan")} send={send} onClose={() => onClose(false)}>
      <Box variant="p">{say("planfix.text", { n: number(findings.length) })}</Box>
      {control.error !== undefined ? <Trouble error={control.error} again={control.again} /> : null}
      {only && control.loading ? <Coming /> : null}
      {control.value && chosen ? (
        <Ways
          control={control.value} chosen={chosen.name} inputs={inputs}
          onChoose={(name) => {
            setRemedy(name);
            setInputs({});
          }}
          onInputs={setInputs}
        />
      ) : null}
    </Form>
  );
}

const given = (value: string | null | undefined) => (value ? { value, label: value } : null);

interface Chosen {
  control: Description;
  chosen: string;
  inputs: Record<string, string>;
  onChoose: (name: string) => void;
  onInputs: (inputs: Record<string, string>) => void;
}

/** Ways are the remedies of one control, and what the chosen one has to be told. */
function Ways({ control, chosen, inputs, onChoose, onInputs }: Chosen) {
  const { say } = useTexts();
  const options = control.remedies.map((r) => ({ value: r.name, label: r.description, description: r.cost }));
  const remedy = control.remedies.find((r) => r.name === chosen);
  return (
    <>
      <FormField label={say("planfix.remedy")}>
        <Select options={options} selectedOption={options.find((o) => o.value === chosen) ?? null} onChange={(event) => onChoose(event.detail.selectedOption.value ?? "")} />
      </FormField>
      {(remedy?.inputs ?? []).map((i) => (
        <FormField key={i.name} label={i.name} description={i.description}>
          {i.values.length > 0 ? (
            <Select
              options={i.values.map((value) => ({ value, label: value }))} selectedOption={given(inputs[i.name] ?? i.default)} placeholder={say("planfix.choose")}
              onChange={(event) => onInputs({ ...inputs, [i.name]: event.detail.selectedOption.value ?? "" })}
            />
          ) : <Input value={inputs[i.name] ?? ""} placeholder={i.default ?? ""} onChange={(event) => onInputs({ ...inputs, [i.name]: event.detail.value })} />}
        </FormField>
      ))}
    </>
  );
}
