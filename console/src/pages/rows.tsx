import Box from "@cloudscape-design/components/box";
import Cards from "@cloudscape-design/components/cards";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { panelOf } from "../panels";
import { usePlace } from "../router";
import { useTexts } from "../texts";
import { Coming, useNarrow } from "./parts";

/** Column is one fact of each row; the main one names it. */
export interface Column<T> {
  id: string;
  header: string;
  cell: (item: T) => ReactNode;
  main?: boolean;
  /** the least width in a table, in pixels */
  least?: number;
  /** of a card, a half where it is short */
  half?: boolean;
  /** it is shown beside the details of a row, too, where there is room for what tells rows apart */
  brief?: boolean;
}

interface Chosen<T> {
  items: T[];
  choose: (items: T[]) => void;
  name: (item: T) => string;
}

interface Props<T> {
  title: string;
  items: T[];
  columns: Column<T>[];
  id: (item: T) => string;
  loading?: boolean;
  empty: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  chosen?: Chosen<T>;
}

/** Rows are a list: a table where there is room, cards on a telephone. */
export function Rows<T>({ title, items, columns, id, loading, empty, description, actions, chosen }: Props<T>) {
  const { say, number } = useTexts();
  const narrow = useNarrow();
  const beside = panelOf(usePlace()) !== undefined;
  if (loading && items.length === 0) return <Coming />;
  const counter = chosen && chosen.items.length > 0 ? say("rows.chosen", { n: number(chosen.items.length) }) : number(items.length);
  const selection = chosen ? {
    selectionType: "multi" as const, selectedItems: chosen.items,
    onSelectionChange: (event: { detail: { selectedItems: T[] } }) => chosen.choose(event.detail.selectedItems),
  } : {};
  const common = {
    items, trackBy: id, ...selection,
    empty: <Box>{empty}</Box>,
    header: <Header variant="h2" counter={`(${counter})`} description={description} actions={actions}>{title}</Header>,
    ariaLabels: {
      tableLabel: title, selectionGroupLabel: say("rows.select"), allItemsSelectionLabel: () => say("rows.selectAll"),
      itemSelectionLabel: (_: unknown, item: T) => say("rows.selectOne", { name: chosen?.name(item) ?? id(item) }),
    },
  };
  if (!narrow)
    return (
      <Table
        {...common} variant="container" wrapLines
        columnDefinitions={columns.filter((c) => !beside || c.main || c.brief).map((c) => ({ id: c.id, header: c.header, cell: c.cell, isRowHeader: c.main, minWidth: c.least }))}
      />
    );
  const main = columns.find((c) => c.main) ?? columns[0];
  return (
    <Cards
      {...common}
      cardDefinition={{
        header: (item) => main?.cell(item),
        // Two in the first line would stand at different heights.
        sections: columns.filter((c) => c !== main).map((c, i) => ({ id: c.id, header: c.header, content: c.cell, width: c.half && i > 0 ? 50 : 100 })),
      }}
    />
  );
}
