import Input from "@cloudscape-design/components/input";
import { get } from "../api/client";
import type { Description } from "../api/types";
import { useLoaded } from "../loaded";
import { go, usePlace } from "../router";
import { useTexts } from "../texts";
import { severities } from "./filters";
import { beside, Page, To } from "./page";
import { SeverityBadge, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

/** Controls are those that kumoban judges. */
export default function Controls() {
  const { say, lang } = useTexts();
  const place = usePlace();
  const typed = place.query.get("q") ?? "";
  const list = useLoaded(lang, (signal) => get("/controls", { lang, signal }));
  const wanted = typed.trim().toLowerCase();
  const shown = (list.value?.controls ?? []).filter((c) => `${c.id} ${c.title} ${c.resourceTypes.join(" ")}`.toLowerCase().includes(wanted));
  const columns: Column<Description>[] = [
    { id: "id", header: say("field.control"), cell: (c) => <To href={`/controls/${c.id}`}>{c.id}</To>, main: true, least: 130 },
    { id: "title", header: say("control.title"), cell: (c) => c.title, least: 300 },
    { id: "severity", header: say("field.severity"), cell: (c) => <SeverityBadge severity={severities.find((s) => s === c.severity) ?? c.severity} />, least: 92, half: true },
    { id: "types", header: say("field.type"), cell: (c) => <span className="wrap">{c.resourceTypes.join(", ")}</span>, least: 200 },
    { id: "fix", header: say("control.fix"), cell: (c) => (c.remedies.length > 0 ? say("control.automatic") : say("control.byHand")), least: 110, half: true },
  ];
  return (
    <Page title={say("page.controls")} description={say("control.description")}>
      <Input
        type="search" value={typed} placeholder={say("control.search")} ariaLabel={say("control.search")}
        onChange={(event) => go(beside(place, "q", event.detail.value), { replace: true })}
      />
      {list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : (
        <Rows title={say("page.controls")} items={shown} columns={columns} id={(c) => c.id} loading={list.loading} empty={say("control.none")} />
      )}
    </Page>
  );
}
