import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { get } from "../api/client";
import type { Group } from "../api/types";
import { useLoaded } from "../loaded";
import { address } from "../router";
import { useTexts } from "../texts";
import { askFor, severities, writeFilters, type By, type Filters } from "./filters";
import { To } from "./page";
import { colours, nameOf, Trouble } from "./parts";
import { Rows, type Column } from "./rows";
import { word } from "./told";

/** inside are the filters of one group; of some there is none. */
export function inside(filters: Filters, by: By, key: string): Filters | undefined {
  switch (by) {
    case "control": case "account": case "region": case "resource":
      return key === "" ? undefined : { ...filters, by: "", [by]: [key] };
    case "severity": {
      const severity = severities.find((s) => s === key);
      return severity ? { ...filters, by: "", severity: [severity] } : undefined;
    }
    default:
      return undefined;
  }
}

/** Groups are findings by what they have in common. */
export default function Groups({ filters, by }: { filters: Filters; by: By }) {
  const { say, lang, number } = useTexts();
  const { sort: _, limit: __, after: ___, ...chosen } = askFor(filters, 1, "") ?? {};
  const query = { ...chosen, by, limit: 500 };
  const list = useLoaded(`${lang} ${JSON.stringify(query)}`, (signal) => get("/findings/groups", { query, lang, signal }));
  const name = (g: Group) => (by === "severity" ? word(say, g.key) : g.resource ? nameOf(g.resource) : g.name || g.key || say("group.none"));
  const columns: Column<Group>[] = [
    {
      id: "key", header: say(`group.${by}`), main: true, least: 220,
      cell: (g) => {
        const to = inside(filters, by, g.key);
        return to ? <To href={address("/findings", writeFilters(to))}>{name(g)}</To> : <span className="wrap">{name(g)}</span>;
      },
    },
    { id: "title", header: say("control.title"), least: 280, cell: (g) => list.value?.titles?.[g.key] ?? "" },
    { id: "type", header: say("field.type"), least: 200, cell: (g) => <span className="wrap">{g.resource?.type}<Box variant="small" display="block">{[g.resource?.account, g.resource?.region].filter((v) => v).join(" · ")}</Box></span> },
    { id: "findings", header: say("page.findings"), least: 100, half: true, cell: (g) => number(g.findings) },
    {
      id: "severities", header: say("group.open"), least: 200,
      cell: (g) => (
        <SpaceBetween direction="horizontal" size="xxs">
          {severities.filter((s) => (g.severities[s] ?? 0) > 0).map((s) => <span key={s} className="whole"><Badge color={colours[s]}>{`${word(say, s)} ${number(g.severities[s] ?? 0)}`}</Badge></span>)}
        </SpaceBetween>
      ),
    },
  ];
  if (list.error !== undefined) return <Trouble error={list.error} again={list.again} />;
  return (
    <Rows
      title={say(`by.${by}`)} items={list.value?.groups ?? []} columns={columns.filter((c) => (c.id !== "title" || by === "control") && (c.id !== "type" || by === "resource"))}
      id={(g) => g.key} loading={list.loading} empty={say("findings.noneText")}
    />
  );
}
