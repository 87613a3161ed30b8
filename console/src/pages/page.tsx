import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { address, follow, go, usePlace, type Place } from "../router";

/** Page has a heading, and what stands below it. */
export function Page({ title, description, actions, children }: { title: string; description?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={description} actions={actions}>{title}</Header>
      {children}
    </SpaceBetween>
  );
}

/** beside is the address of a page with one more thing in it, or without it. */
export function beside(place: Place, name: string, value: string | null): string {
  const query = new URLSearchParams(place.query);
  if (value === null || value === "") query.delete(name);
  else query.set(name, value);
  return address(place.path, query);
}

/** useShown is which of some views a page shows; the first is the usual one. */
export function useShown<V extends string>(views: readonly V[]): V {
  const { query } = usePlace();
  return views.find((v) => v === query.get("show")) ?? (views[0] as V);
}

/** Views chooses one. */
export function Views<V extends string>({ label, views, shown, text }: { label: string; views: readonly V[]; shown: V; text: (v: V) => string }) {
  const place = usePlace();
  return (
    <SegmentedControl
      label={label} selectedId={shown} options={views.map((id) => ({ id, text: text(id) }))}
      onChange={(event) => go(address(place.path, event.detail.selectedId === views[0] ? new URLSearchParams() : new URLSearchParams({ show: event.detail.selectedId })))}
    />
  );
}

/** Beside leads to the details of something, which are shown beside the page as it is. */
export function Beside({ name, value, label, children }: { name: string; value: string; label?: string; children: ReactNode }) {
  const place = usePlace();
  const href = beside(place, name, value);
  return (
    <Link
      href={href} ariaLabel={label}
      onFollow={(event) => {
        event.preventDefault();
        go(href, { marks: place.marks });
      }}
    >
      <span className="wrap">{children}</span>
    </Link>
  );
}

/** To leads to another page of ours. */
export function To({ href, children }: { href: string; children: ReactNode }) {
  return <Link href={href} onFollow={follow}><span className="wrap">{children}</span></Link>;
}
