import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense, useState } from "react";
import { get } from "../api/client";
import type { Listing, Unowned } from "../api/types";
import { useLoaded } from "../loaded";
import { useMay } from "../me";
import { address } from "../router";
import { useTexts } from "../texts";
import { none, writeFilters } from "./filters";
import { Page, To, useShown, Views } from "./page";
import { Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const OwnerForm = lazy(() => import("./owner"));

const views = ["directory", "missing"] as const;

/** about is what an entry of the directory is about. */
export const about = (l: Listing): string =>
  [l.account, l.resource, l.stack, ...Object.entries(l.tags ?? {}).map(([k, v]) => `${k}=${v}`)].filter((v) => v !== undefined && v !== "").join(" · ");

/** Owners are the directory, and what nobody is known to own. */
export default function Owners() {
  const { say } = useTexts();
  const shown = useShown(views);
  return (
    <Page title={say("page.owners")} description={say("owner.description")}>
      <Views label={say("view")} views={views} shown={shown} text={(v) => say(`owner.show.${v}`)} />
      {shown === "directory" ? <Directory /> : <Missing />}
    </Page>
  );
}

function Directory() {
  const { say, lang } = useTexts();
  const may = useMay();
  const [edited, setEdited] = useState<{ entry?: Listing; remove?: boolean }>();
  const list = useLoaded(lang, (signal) => get("/owners", { lang, signal }));
  const columns: Column<Listing>[] = [
    { id: "about", header: say("owner.about"), cell: (l) => <span className="wrap">{about(l)}</span>, main: true, least: 220 },
    { id: "team", header: say("owner.team"), cell: (l) => <span className="wrap">{l.team}</span>, least: 150, half: true },
    { id: "address", header: say("owner.address"), cell: (l) => <span className="wrap">{l.address ?? "–"}</span>, least: 190 },
    { id: "deputy", header: say("owner.deputy"), cell: (l) => <span className="wrap">{l.deputy ?? "–"}</span>, least: 130, half: true },
  ];
  if (may("owners:write"))
    columns.push({
      id: "edit", header: say("rows.actions"), least: 130, half: true,
      cell: (l) => (
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="inline-link" ariaLabel={`${say("owner.change")}: ${about(l)}`} onClick={() => setEdited({ entry: l })}>{say("owner.change")}</Button>
          <Button variant="inline-link" ariaLabel={`${say("owner.remove")}: ${about(l)}`} onClick={() => setEdited({ entry: l, remove: true })}>{say("owner.remove")}</Button>
        </SpaceBetween>
      ),
    });
  if (list.error !== undefined) return <Trouble error={list.error} again={list.again} />;
  return (
    <>
      <Rows
        title={say("owner.show.directory")} items={list.value?.owners ?? []} columns={columns} id={about} loading={list.loading} empty={say("owner.none")}
        actions={may("owners:write") ? <Button variant="primary" onClick={() => setEdited({})}>{say("owner.add")}</Button> : undefined}
      />
      {edited ? <Suspense fallback={null}><OwnerForm {...edited} onClose={() => setEdited(undefined)} /></Suspense> : null}
    </>
  );
}

function Missing() {
  const { say, lang, number } = useTexts();
  const list = useLoaded(lang, (signal) => get("/owners/missing", { lang, signal }));
  const columns: Column<Unowned>[] = [
    { id: "name", header: say("field.resource"), cell: (r) => <To href={address("/findings", writeFilters({ ...none, resource: [r.resource] }))}>{r.name}</To>, main: true, least: 200 },
    { id: "type", header: say("field.type"), cell: (r) => <span className="wrap">{r.type}</span>, least: 200 },
    { id: "account", header: say("field.account"), cell: (r) => r.account, least: 130, half: true },
    { id: "region", header: say("field.region"), cell: (r) => r.region, least: 140, half: true },
    { id: "findings", header: say("page.findings"), cell: (r) => number(r.findings), least: 90, half: true },
  ];
  if (list.error !== undefined) return <Trouble error={list.error} again={list.again} />;
  return (
    <Rows
      title={say("owner.show.missing")} description={say("owner.missingText")} items={list.value?.missing ?? []} columns={columns}
      id={(r) => `${r.account} ${r.region} ${r.resource}`} loading={list.loading} empty={say("owner.noneMissing")}
    />
  );
}
