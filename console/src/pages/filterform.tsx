import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Key } from "../keys.gen";
import { useTexts } from "../texts";
import { none, severities, shows, sorts, statuses, words, workflows, writeFilters, type Filters, type Show, type Sort } from "./filters";
import { useNarrow } from "./parts";

/** FilterForm changes filters; the address holds them once they are applied. */
export function FilterForm({ filters, onApply }: { filters: Filters; onApply: (f: Filters) => void }) {
  const { say } = useTexts();
  const [draft, setDraft] = useState(filters);
  const [texts, setTexts] = useState({ control: filters.control.join(", "), account: filters.account.join(", "), region: filters.region.join(", "), resource: filters.resource[0] ?? "", type: filters.type.join(", "), tag: filters.tag.join(", "), since: filters.since });
  const applied = (): Filters => ({
    ...draft, control: words(texts.control), account: words(texts.account), region: words(texts.region),
    resource: texts.resource.trim() ? [texts.resource.trim()] : [], type: words(texts.type), tag: words(texts.tag), since: texts.since.trim(),
  });
  const many = <V extends string>(name: "severity" | "status" | "workflow", values: readonly V[], text: (v: V) => string) => (
    <FormField label={say(`field.${name}`)}>
      <Multiselect
        options={values.map((value) => ({ value, label: text(value) }))}
        selectedOptions={(draft[name] as string[] as V[]).map((value) => ({ value, label: text(value) }))}
        placeholder={say("findings.any")}
        keepOpen
        onChange={(event) => setDraft({ ...draft, [name]: event.detail.selectedOptions.map((o) => o.value) })}
      />
    </FormField>
  );
  const one = <V extends string>(label: Key, values: readonly V[], value: V, text: (v: V) => string, set: (v: V) => void) => (
    <FormField label={say(label)}>
      <Select
        options={values.map((v) => ({ value: v, label: text(v) }))}
        selectedOption={{ value, label: text(value) }}
        onChange={(event) => set(event.detail.selectedOption.value as V)}
      />
    </FormField>
  );
  const field = (name: keyof typeof texts, hint?: Key) => (
    <FormField label={say(`field.${name}`)} constraintText={hint ? say(hint) : undefined}>
      <Input value={texts[name]} onChange={(event) => setTexts({ ...texts, [name]: event.detail.value })} />
    </FormField>
  );
  const narrow = useNarrow();
  const set = writeFilters({ ...filters, by: "" }).size > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onApply(applied());
      }}
    >
      <ExpandableSection headerText={say("findings.filters")} defaultExpanded={set && !narrow} variant="container">
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            {many("severity", severities, (v) => say(`severity.${v}`))}
            {many("status", statuses, (v) => say(`status.${v}`))}
            {many("workflow", workflows, (v) => say(`workflow.${v}`))}
            {field("control", "findings.controlHint")}
            {field("account", "findings.accountHint")}
            {field("region")}
            {field("resource", "findings.resourceHint")}
            {field("type", "findings.typeHint")}
            {field("tag", "findings.tagHint")}
            {field("since", "findings.sinceHint")}
            {one<Show>("findings.show", shows, draft.show, (v) => say(`findings.show.${v}`), (show) => setDraft({ ...draft, show }))}
            {one<Sort>("findings.sort", sorts, draft.sort, (v) => say(`findings.sort.${v}`), (sort) => setDraft({ ...draft, sort }))}
          </ColumnLayout>
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" formAction="submit">{say("findings.apply")}</Button>
            <Button disabled={!set} formAction="none" onClick={() => onApply({ ...none, by: filters.by })}>{say("findings.clear")}</Button>
          </SpaceBetween>
        </SpaceBetween>
      </ExpandableSection>
    </form>
  );
}
