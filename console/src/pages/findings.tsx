import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { get } from "../api/client";
import type { Finding } from "../api/types";
import { lazy, Suspense, useState } from "react";
import { useLoaded } from "../loaded";
import { address, go, usePlace, type Place } from "../router";
import { useTexts } from "../texts";
import { Deciding } from "./deciding";
import { askFor, none, readFilters, writeFilters, type By, type Filters } from "./filters";
import { FilterForm } from "./filterform";
import { Coming, nameOf, SeverityBadge, StatusSign, Trouble, useNarrow } from "./parts";
import { word } from "./told";

const Groups = lazy(() => import("./groups"));

const perPage = 50;
const offeredBys: readonly By[] = ["control", "resource", "account", "owner"];

/** opened is the address of a finding's details, beside the page as it is. */
function opened(place: Place, id: string): string {
  const query = new URLSearchParams(place.query);
  query.set("finding", id);
  return address(place.path, query);
}

function OpenLink({ finding }: { finding: Finding }) {
  const { say } = useTexts();
  const place = usePlace();
  const name = nameOf(finding.resource);
  return (
    <Link
      href={opened(place, finding.id)}
      ariaLabel={say("findings.open", { control: finding.control, resource: name })}
      onFollow={(event) => {
        event.preventDefault();
        go(opened(place, finding.id), { marks: place.marks });
      }}
    >
      <span className="wrap">{name}</span>
    </Link>
  );
}

function useColumns(): TableProps.ColumnDefinition<Finding>[] {
  const { say, day } = useTexts();
  return [
    { id: "severity", header: say("field.severity"), cell: (f) => <SeverityBadge severity={f.severity} />, minWidth: 92 },
    { id: "status", header: say("findings.status"), cell: (f) => <><StatusSign finding={f} /><Box variant="small" display="block">{word(say, f.workflow)}</Box></>, minWidth: 120 },
    { id: "control", header: say("field.control"), cell: (f) => f.control, minWidth: 125 },
    { id: "resource", header: say("field.resource"), cell: (f) => <OpenLink finding={f} />, isRowHeader: true, minWidth: 175 },
    { id: "found", header: say("field.found"), cell: (f) => <span className="wrap">{f.message.text}</span>, minWidth: 250 },
    { id: "where", header: say("field.account"), cell: (f) => <>{f.resource.account}<Box variant="small" display="block">{f.resource.region}</Box></>, minWidth: 145 },
    { id: "changed", header: say("field.changed"), cell: (f) => day(f.changed), minWidth: 110 },
  ];
}

export function Findings() {
  const { say, lang, number } = useTexts();
  const place = usePlace();
  const filters = readFilters(place.query);
  const query = askFor(filters, perPage, place.query.get("after") ?? "");
  const list = useLoaded(`${lang} ${JSON.stringify(query)}`, (signal) => get("/findings", { query, lang, signal }));
  const shown = list.value?.findings ?? [];
  const header = (
    <Header
      variant="h1"
      description={say("findings.description")}
      counter={list.value && !filters.by ? `(${say("findings.count", { n: number(shown.length), total: number(list.value.total) })})` : undefined}
    >
      {say("page.findings")}
    </Header>
  );
  return (
    <SpaceBetween size="l">
      {header}
      <SegmentedControl
        label={say("by.label")} selectedId={filters.by || "none"} options={["none", ...offeredBys].map((id) => ({ id, text: say(`by.${id as By | "none"}`) }))}
        onChange={(event) => apply({ ...filters, by: event.detail.selectedId === "none" ? "" : (event.detail.selectedId as By) })}
      />
      <FilterForm key={writeFilters(filters).toString()} filters={filters} onApply={apply} />
      {filters.by ? <Suspense fallback={<Coming />}><Groups filters={filters} by={filters.by} /></Suspense> : list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : <List items={shown} loading={list.loading} filters={filters} />}
      {filters.by ? null : <Pages next={list.value?.after} />}
    </SpaceBetween>
  );
}

function apply(filters: Filters): void {
  go(address("/findings", writeFilters(filters)));
}

function List({ items, loading, filters }: { items: Finding[]; loading: boolean; filters: Filters }) {
  const { say } = useTexts();
  const narrow = useNarrow();
  // Beside the details of one there is room for what tells findings apart.
  const beside = usePlace().query.has("finding") && !narrow;
  const columns = useColumns().filter((c) => !beside || !["found", "where", "changed"].includes(c.id ?? ""));
  const usual = writeFilters(filters).size === 0;
  const [ticked, setTicked] = useState<string[]>([]);
  const selectedItems = items.filter((f) => ticked.includes(f.id));
  const selection = {
    selectionType: "multi" as const, selectedItems,
    onSelectionChange: (event: { detail: { selectedItems: Finding[] } }) => setTicked(event.detail.selectedItems.map((f) => f.id)),
    ariaLabels: {
      tableLabel: say("page.findings"), selectionGroupLabel: say("findings.select"), allItemsSelectionLabel: () => say("findings.selectAll"),
      itemSelectionLabel: (_: unknown, f: Finding) => say("findings.selectOne", { control: f.control, resource: nameOf(f.resource) }),
    },
    header: (
      <Header
        variant="h2" counter={selectedItems.length > 0 ? `(${say("findings.selected", { n: selectedItems.length })})` : undefined}
        actions={<Deciding primary findings={selectedItems} onDone={() => setTicked([])} />}
      >
        {say(`findings.show.${filters.show}`)}
      </Header>
    ),
  };
  const empty = (
    <SpaceBetween size="s" alignItems="center">
      <Box variant="strong">{usual ? say("findings.none") : say("findings.noneText")}</Box>
      {usual ? null : <Button onClick={() => apply(none)}>{say("findings.clear")}</Button>}
    </SpaceBetween>
  );
  if (loading && items.length === 0) return <Coming />;
  if (!narrow)
    return (
      <Table
        items={items} columnDefinitions={columns} trackBy="id" empty={empty} {...selection}
        variant="container" wrapLines stickyHeader contentDensity="comfortable"
      />
    );
  return (
    <Cards
      items={items} trackBy="id" empty={empty} {...selection}
      cardDefinition={{
        header: (f) => <OpenLink finding={f} />,
        sections: columns.filter((c) => c.id !== "resource").map((c, i) => ({ id: c.id ?? "", header: c.header, content: c.cell, width: c.id === "found" || i === 0 ? 100 : 50 })),
      }}
    />
  );
}

/** Pages leads to the next page by its mark, and back by those that were passed. */
function Pages({ next }: { next?: string }) {
  const { say } = useTexts();
  const place = usePlace();
  const at = place.query.get("after") ?? "";
  const to = (after: string, marks: string[]) => {
    const query = new URLSearchParams(place.query);
    query.delete("finding");
    if (after) query.set("after", after);
    else query.delete("after");
    go(address(place.path, query), { marks });
    scrollTo({ top: 0 });
  };
  if (!at && !next) return null;
  const before = place.marks.at(-1);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {at && before === undefined ? <Button onClick={() => to("", [])}>{say("findings.first")}</Button> : null}
      <Button iconName="angle-left" disabled={before === undefined} onClick={() => to(before ?? "", place.marks.slice(0, -1))}>{say("findings.previous")}</Button>
      <Button iconName="angle-right" iconAlign="right" disabled={!next} onClick={() => to(next ?? "", [...place.marks, at])}>{say("findings.next")}</Button>
    </SpaceBetween>
  );
}
