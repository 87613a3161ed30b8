import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { get } from "../api/client";
import type { Cell, Heat, Place } from "../api/types";
import { useLoaded } from "../loaded";
import { address } from "../router";
import { useTexts } from "../texts";
import { none, writeFilters } from "./filters";
import { Page, To } from "./page";
import { Coming, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

/** Accounts are how each stands to each control, and what was looked at in it. */
export default function Accounts() {
  const { say, lang } = useTexts();
  const heat = useLoaded(lang, (signal) => get("/heat", { lang, signal }));
  return (
    <Page title={say("page.accounts")} description={say("account.description")}>
      {heat.error !== undefined ? <Trouble error={heat.error} again={heat.again} /> : heat.value ? <HeatMap heat={heat.value} /> : <Coming />}
      <Looked />
    </Page>
  );
}

/** shade is how a cell looks: what fails comes before what is unknown, and that before what passes. */
export function shade(c: Cell | undefined): string {
  const { failed = 0, unknown = 0, passed = 0 } = c ?? {};
  if (failed > 0) return failed > 9 ? "failed3" : failed > 2 ? "failed2" : "failed1";
  if (unknown > 0) return "unknown";
  return passed > 0 ? "passed" : "none";
}

function HeatMap({ heat }: { heat: Heat }) {
  const { say, number } = useTexts();
  const cells = heat.accounts.map((a) => new Map(a.cells.map((c) => [c.control, c])));
  const told = (account: string, control: string, c: Cell | undefined) =>
    `${account} ${control}: ${c ? say("account.cell", { failed: number(c.failed ?? 0), unknown: number(c.unknown ?? 0), passed: number(c.passed ?? 0) }) : say("account.noData")}`;
  return (
    <Container header={<Header variant="h2" description={say("account.heatText")}>{say("account.heat")}</Header>}>
      <div className="heat" tabIndex={0} role="region" aria-label={say("account.heat")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say("field.control")}</th>
              {heat.accounts.map((a) => (
                <th key={a.account} scope="col">
                  {a.name || a.account}
                  {a.name ? <Box variant="small" display="block">{a.account}</Box> : null}
                  <Box variant="small" display="block">{say("field.score")}: {a.score.percent === null ? "–" : `${a.score.percent} %`}</Box>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {heat.controls.map((control) => (
              <tr key={control}>
                <th scope="row"><To href={`/controls/${control}`}>{control}</To></th>
                {heat.accounts.map((a, i) => {
                  const c = cells[i]?.get(control);
                  const href = address("/findings", writeFilters({ ...none, account: [a.account], control: [control], show: "all" }));
                  return (
                    <td key={a.account} className={shade(c)}>
                      {c && shade(c) !== "none" ? <a href={href} aria-label={told(a.account, control, c)}>{shade(c) === "passed" ? "✓" : shade(c) === "unknown" ? "?" : number(c.failed ?? 0)}</a> : <span aria-label={told(a.account, control, c)} role="img">–</span>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Container>
  );
}

function Looked() {
  const { say, lang, moment, number } = useTexts();
  const coverage = useLoaded(lang, (signal) => get("/coverage", { lang, signal }));
  const columns: Column<Place>[] = [
    { id: "account", header: say("field.account"), cell: (p) => <>{p.account}{p.name ? <Box variant="small" display="block">{p.name}</Box> : null}</>, main: true, least: 150 },
    { id: "region", header: say("field.region"), cell: (p) => p.region || say("overview.allRegions"), least: 150 },
    { id: "at", header: say("account.at"), cell: (p) => moment(p.at), least: 160, half: true },
    { id: "controls", header: say("page.controls"), cell: (p) => number(p.controls), least: 110, half: true },
    { id: "gaps", header: say("account.gaps"), cell: (p) => number(p.gaps ?? 0), least: 130, half: true },
  ];
  if (coverage.error !== undefined) return <Trouble error={coverage.error} again={coverage.again} />;
  return (
    <Rows
      title={say("account.looked")} description={say("account.lookedText", { n: number(coverage.value?.notEvaluated.length ?? 0) })} items={coverage.value?.places ?? []} columns={columns}
      id={(p) => `${p.account} ${p.region} ${p.source}`} loading={coverage.loading} empty={say("overview.noScan")}
    />
  );
}
