import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call, get } from "../api/client";
import type { Setting } from "../api/types";
import { flash } from "../flash";
import { useLoaded } from "../loaded";
import { useMay, useMe } from "../me";
import { useTexts, type Say } from "../texts";
import { Form } from "./form";
import { Page } from "./page";
import { Trouble, useNarrow } from "./parts";
import { Rows, type Column } from "./rows";

// What the catalogue has words for; a setting that is newer has its name.
const values: Record<string, readonly string[]> = { "four-eyes": ["on", "off"], "owner-accept": ["at-once", "approver"], "owner-gate": ["warn", "require"] };

function title(say: Say, name: string): string {
  switch (name) {
    case "four-eyes": case "owner-accept": case "owner-gate": case "longest-exception": case "time-zone":
      return say(`setting.${name}`);
  }
  return name;
}

function valueText(say: Say, s: { name: string; value: string }): string {
  switch (s.value) {
    case "on": case "off": case "at-once": case "approver": case "warn": case "require":
      return s.name in values ? say(`setting.is.${s.value}`) : s.value;
  }
  return s.name === "longest-exception" && /^[0-9]+d$/.test(s.value) ? say("setting.days", { n: s.value.slice(0, -1) }) : s.value;
}

/** Settings are what the store decides for all who work on it. */
export default function Settings() {
  const { say, lang } = useTexts();
  const may = useMay();
  const [edited, setEdited] = useState<Setting>();
  const list = useLoaded(lang, (signal) => get("/settings", { lang, signal }));
  const columns: Column<Setting>[] = [
    { id: "name", header: say("setting.name"), main: true, least: 260, cell: (s) => <>{title(say, s.name)}<Box variant="small" display="block"><code>{s.name}</code></Box></> },
    { id: "value", header: say("setting.value"), least: 260, cell: (s) => valueText(say, s) },
    { id: "default", header: say("setting.decided"), least: 140, half: true, cell: (s) => (s.default ? say("setting.default") : say("setting.own")) },
    ...(may("settings:write") ? [{ id: "edit", header: say("rows.actions"), least: 100, half: true, cell: (s: Setting) => <Button variant="inline-link" ariaLabel={`${say("setting.edit")}: ${title(say, s.name)}`} onClick={() => setEdited(s)}>{say("setting.edit")}</Button> }] : []),
  ];
  return (
    <Page title={say("page.settings")} description={say("setting.description")}>
      {list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : (
        <Rows title={say("setting.store")} items={list.value?.settings ?? []} columns={columns} id={(s) => s.name} loading={list.loading} empty={say("failed")} />
      )}
      <Me />
      {edited ? <Edit setting={edited} onClose={() => setEdited(undefined)} /> : null}
    </Page>
  );
}

function Me() {
  const { say } = useTexts();
  const me = useMe();
  return (
    <Container header={<Header variant="h2">{say("setting.me")}</Header>}>
      <KeyValuePairs
        columns={useNarrow() ? 1 : 2}
        items={[
          { label: say("setting.subject"), value: <span className="wrap">{me.name || me.id}</span> },
          { label: say("setting.zone"), value: me.zone },
          { label: say("setting.version"), value: me.version },
          { label: say("setting.permissions"), value: <span className="wrap">{me.permissions.join(", ")}</span> },
        ]}
      />
    </Container>
  );
}

function Edit({ setting: s, onClose }: { setting: Setting; onClose: () => void }) {
  const { say, lang } = useTexts();
  const [value, setValue] = useState(s.value);
  const [reason, setReason] = useState("");
  const options = values[s.name]?.map((v) => ({ value: v, label: valueText(say, { name: s.name, value: v }) }));
  const send = async () => {
    const done = await call("put", "/settings/{name}", { path: { name: s.name }, body: { value, reason }, lang });
    flash({ text: say("setting.done", { name: title(say, s.name) }), notices: done.notices });
    return true;
  };
  return (
    <Form title={title(say, s.name)} action={say("setting.save")} send={send} onClose={onClose}>
      <FormField label={say("setting.value")} constraintText={s.name === "longest-exception" ? say("setting.daysHint") : undefined}>
        {options ? (
          <Select options={options} selectedOption={options.find((o) => o.value === value) ?? null} onChange={(event) => setValue(event.detail.selectedOption.value ?? "")} />
        ) : <Input value={value} onChange={(event) => setValue(event.detail.value)} />}
      </FormField>
      <FormField label={say("decide.reasonOptional")}><Textarea rows={2} value={reason} onChange={(event) => setReason(event.detail.value)} /></FormField>
    </Form>
  );
}
