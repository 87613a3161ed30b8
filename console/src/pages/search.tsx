import { useEffect } from "react";
import { get } from "../api/client";
import type { Hit } from "../api/types";
import { useLoaded } from "../loaded";
import { address, go, usePlace } from "../router";
import { useTexts, type Say } from "../texts";
import { none, writeFilters, type Filters } from "./filters";
import { Page, To } from "./page";
import { Coming, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

/** target is where a hit is shown. */
export function target(h: Hit): string {
  const list = (some: Partial<Filters>) => address("/findings", writeFilters({ ...none, show: "all", ...some }));
  switch (h.kind) {
    case "finding":
      return `/findings?show=all&finding=${encodeURIComponent(h.id)}`;
    case "control":
      return `/controls/${encodeURIComponent(h.id)}`;
    case "question":
      return `/questions?show=all&question=${encodeURIComponent(h.id)}`;
    case "account":
      return list({ account: [h.id] });
    default:
      return list({ resource: [h.id] });
  }
}

function kindText(say: Say, kind: string): string {
  switch (kind) {
    case "finding": case "control": case "question": case "account": case "resource":
      return say(`hit.${kind}`);
  }
  return kind;
}

/** Search tells where to go for what somebody typed, and goes there where there is one place. */
export default function Search() {
  const { say, lang, number } = useTexts();
  const typed = usePlace().query.get("q") ?? "";
  const found = useLoaded(`${lang} ${typed}`, (signal) => get("/search", { query: { q: typed }, lang, signal }));
  const hits = found.value?.hits ?? [];
  const only = !found.loading && hits.length === 1 && hits[0] ? target(hits[0]) : undefined;
  useEffect(() => {
    if (only !== undefined) go(only, { replace: true });
  }, [only]);
  const columns: Column<Hit>[] = [
    { id: "name", header: say("hit.name"), cell: (h) => <To href={target(h)}>{h.control ? `${h.control} ${h.resource?.name ?? h.name ?? ""}` : h.kind === "control" ? h.id : h.name || h.id}</To>, main: true, least: 240 },
    { id: "kind", header: say("hit.kind"), cell: (h) => kindText(say, h.kind), least: 130, half: true },
    { id: "id", header: say("hit.id"), cell: (h) => <span className="wrap">{h.kind === "control" ? h.name : h.id}</span>, least: 280 },
    { id: "findings", header: say("page.findings"), cell: (h) => (h.findings === undefined ? "–" : number(h.findings)), least: 100, half: true },
  ];
  return (
    <Page title={say("hit.title", { q: typed })} description={found.value?.more ? say("hit.more") : undefined}>
      {found.error !== undefined ? <Trouble error={found.error} again={found.again} /> : null}
      {found.error === undefined && (found.loading || only !== undefined) ? <Coming /> : null}
      {found.error === undefined && !found.loading && only === undefined ? <Rows title={say("hit.list")} items={hits} columns={columns} id={(h) => `${h.kind} ${h.id}`} empty={say("hit.none")} /> : null}
    </Page>
  );
}
