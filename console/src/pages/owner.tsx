import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call, post } from "../api/client";
import type { Listing } from "../api/types";
import { flash } from "../flash";
import { useTexts } from "../texts";
import { Form } from "./form";
import { about } from "./owners";

/** tagsOf reads KEY=VALUE, separated by commas. */
export function tagsOf(text: string): Record<string, string> {
  const pairs = text.split(/[,、，\n]/).map((p) => p.trim()).filter((p) => p !== "");
  return Object.fromEntries(pairs.map((p) => (p.includes("=") ? [p.slice(0, p.indexOf("=")).trim(), p.slice(p.indexOf("=") + 1).trim()] : [p, ""])));
}

const fields = ["resource", "account", "stack", "team", "address", "deputy"] as const;

/** subject is what an entry is about, as the API takes it. */
function subject(l: Listing) {
  const { account, resource, stack, tags } = l;
  return { account, resource, stack, tags };
}

/** OwnerForm puts an entry into the directory, or takes it out. */
export default function OwnerForm({ entry, remove, onClose }: { entry?: Listing; remove?: boolean; onClose: () => void }) {
  const { say, lang } = useTexts();
  const [draft, setDraft] = useState<Record<(typeof fields)[number], string>>({
    resource: entry?.resource ?? "", account: entry?.account ?? "", stack: entry?.stack ?? "", team: entry?.team ?? "", address: entry?.address ?? "", deputy: entry?.deputy ?? "",
  });
  const [tags, setTags] = useState(Object.entries(entry?.tags ?? {}).map(([k, v]) => `${k}=${v}`).join(", "));
  if (entry && remove) {
    const send = async () => {
      const done = await post("/owners/remove", { body: subject(entry), lang });
      flash({ text: say("owner.removed", { name: about(entry) }), notices: done.notices });
      return true;
    };
    return <Form title={say("owner.removeTitle")} action={say("owner.remove")} send={send} onClose={onClose}><Box variant="p">{say("owner.removeText", { name: about(entry), team: entry.team })}</Box></Form>;
  }
  const send = async () => {
    const filled = Object.fromEntries(Object.entries(draft).map(([k, v]) => [k, v.trim()]).filter(([, v]) => v !== ""));
    const listed = tagsOf(tags);
    const body = { ...filled, ...(Object.keys(listed).length > 0 ? { tags: listed } : {}), team: draft.team.trim() };
    const done = await call("put", "/owners/entry", { body, lang });
    flash({ text: say("owner.done", { name: about(body) }), notices: done.notices });
    return true;
  };
  // What an entry is about names it: another is another entry.
  const fixed = entry !== undefined;
  return (
    <Form title={entry ? say("owner.change") : say("owner.add")} action={say("setting.save")} send={send} onClose={onClose}>
      <Box variant="p">{say("owner.formText")}</Box>
      {fields.map((name) => (
        <FormField key={name} label={say(`ownerField.${name}`)} constraintText={name === "resource" ? say("findings.resourceHint") : undefined}>
          <Input value={draft[name]} disabled={fixed && ["resource", "account", "stack"].includes(name)} onChange={(event) => setDraft({ ...draft, [name]: event.detail.value })} />
        </FormField>
      ))}
      <FormField label={say("field.tags")} constraintText={say("findings.tagHint")}><Input value={tags} disabled={fixed} onChange={(event) => setTags(event.detail.value)} /></FormField>
    </Form>
  );
}
