import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { get } from "../api/client";
import type { Description } from "../api/types";
import { useLoaded } from "../loaded";
import { address } from "../router";
import { useTexts } from "../texts";
import { none, writeFilters } from "./filters";
import Guide from "./guide";
import { Page, To } from "./page";
import { Coming, SeverityBadge, Trouble, useNarrow } from "./parts";

/** Control is one, with its guide. */
export default function Control({ id }: { id: string }) {
  const { say, lang } = useTexts();
  const control = useLoaded(`${lang} ${id}`, (signal) => get("/controls/{id}", { path: { id }, lang, signal }));
  const c = control.value?.control;
  if (control.error !== undefined) return <Page title={id}><Trouble error={control.error} again={control.again} /></Page>;
  return (
    <Page title={id} description={c?.title} actions={<To href={address("/findings", writeFilters({ ...none, control: [id] }))}>{say("control.findings")}</To>}>
      {c ? <Container header={<Header variant="h2">{say("control.facts")}</Header>}><Facts control={c} /></Container> : <Coming />}
      {c ? <Container header={<Header variant="h2">{say("control.guide")}</Header>}><Guide control={id} /></Container> : null}
    </Page>
  );
}

function Facts({ control: c }: { control: Description }) {
  const { say } = useTexts();
  const parameters = c.parameters.map((p) => `${p.name} = ${p.default ?? "–"}`).join(", ");
  const all: [string, string][] = [
    [say("field.type"), c.resourceTypes.join(", ")],
    [say("control.category"), c.category ?? ""],
    [say("control.rule"), c.configRule ?? ""],
    [say("control.parameters"), parameters],
    [say("control.requirements"), c.relatedRequirements.join(", ")],
    [say("control.notIn"), c.notOfferedIn.join(", ")],
  ];
  return (
    <KeyValuePairs
      columns={useNarrow() ? 1 : 2}
      items={[
        { label: say("field.severity"), value: <SeverityBadge severity={c.severity} /> },
        ...all.filter(([, value]) => value !== "").map(([label, value]) => ({ label, value: <span className="wrap">{value}</span> })),
      ]}
    />
  );
}
