import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { lazy, Suspense } from "react";
import { get } from "../api/client";
import type { Diff, Gap, Question, Run, Scan, Score, Severity } from "../api/types";
import { useLoaded } from "../loaded";
import { address, follow } from "../router";
import { useTexts, type Lang } from "../texts";
import { askFor, none, severities, writeFilters } from "./filters";
import { To } from "./page";
import { Coming, SeverityBadge, Trouble } from "./parts";
import { Rows, type Column } from "./rows";

// Charts come when they are shown: nothing else on the page waits for them.
const Trend = lazy(() => import("./trend"));

interface Standing {
  scores: Score[];
  scans: Scan[];
  waiting: [Severity, number][];
  questions: Question[];
  proposed: number;
  expiring: number;
  runs: Run[];
  unowned: number;
  diff?: Diff;
}

const days = 30;

async function load(lang: Lang, signal: AbortSignal): Promise<Standing> {
  const [scores, scans, questions, proposed, expiring, runs, unowned, ...waiting] = await Promise.all([
    get("/scores", { lang, signal }),
    get("/scans", { query: { limit: 90 }, lang, signal }),
    get("/questions", { lang, signal }),
    get("/exceptions/proposed", { lang, signal }),
    get("/exceptions/expiring", { query: { within: `${days}d` }, lang, signal }),
    get("/runs", { query: { limit: 50 }, lang, signal }),
    get("/owners/missing", { lang, signal }),
    ...severities.map((s) => get("/findings", { query: askFor({ ...none, severity: [s] }, 1, ""), lang, signal })),
  ]);
  return {
    scores: scores.scores, scans: scans.scans, waiting: severities.map((s, i) => [s, waiting[i]?.total ?? 0]),
    questions: questions.questions, proposed: proposed.exceptions.length, expiring: expiring.exceptions.length, runs: runs.runs, unowned: unowned.missing.length,
    // One scan can be compared with nothing.
    diff: scans.scans.length > 1 ? await get("/diff", { query: { since: "1d" }, lang, signal }) : undefined,
  };
}

export function Overview() {
  const { say, lang } = useTexts();
  const standing = useLoaded(lang, (signal) => load(lang, signal));
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{say("page.overview")}</Header>
      {standing.error !== undefined ? <Trouble error={standing.error} again={standing.again} /> : null}
      {standing.value ? <Shown {...standing.value} /> : standing.loading ? <Coming /> : null}
    </SpaceBetween>
  );
}

function Shown(standing: Standing) {
  const { scores, scans, diff } = standing;
  const { say } = useTexts();
  const all = scores.find((s) => s.account === "" && s.region === "");
  const last = scans[0];
  if (!all || !last) return <Alert type="info" header={say("overview.noScan")}>{say("overview.noScanText")}</Alert>;
  return (
    <SpaceBetween size="l">
      {last.gaps > 0 ? <Gaps scan={last} /> : null}
      <ColumnLayout columns={2}>
        <Total score={all} scan={last} />
        <Waits {...standing} />
      </ColumnLayout>
      {diff ? <Changes diff={diff} /> : null}
      <Container header={<Header variant="h2">{say("overview.trend")}</Header>}>
        {scans.filter((s) => s.score).length < 2 ? <Box>{say("overview.trendEmpty")}</Box> : <Suspense fallback={<Coming />}><Trend scans={scans} /></Suspense>}
      </Container>
      <Places scores={scores.filter((s) => s.account !== "")} />
    </SpaceBetween>
  );
}

function Total({ score: all, scan }: { score: Score; scan: Scan }) {
  const { say, number, moment, zone } = useTexts();
  return (
    <Container fitHeight header={<Header variant="h2">{say("overview.score")}</Header>}>
      <div className="score">{all.percent === null ? "–" : `${all.percent} %`}</div>
      <Box variant="p">{say("overview.scoreText", { passed: number(all.passed), evaluated: number(all.evaluated) })}</Box>
      <Box variant="small" display="block">{say("overview.basis", { evaluated: number(all.evaluated), known: number(all.known) })}</Box>
      <Box variant="small" display="block">{scan.gaps > 0 ? say("overview.partly", { n: number(scan.gaps) }) : say("overview.whole")}</Box>
      <Box variant="small" display="block">{say("overview.lastScan", { date: moment(scan.ended), zone })}</Box>
    </Container>
  );
}

/** Gaps are what the last scan could not look at: it is no pass. */
function Gaps({ scan }: { scan: Scan }) {
  const { say, number } = useTexts();
  const text = (g: Gap) => [g.account, g.region, g.call, g.of, g.code].filter((v) => v).join(" · ");
  return (
    <Alert type="warning" header={say("overview.gaps", { n: number(scan.gaps) })}>
      <ExpandableSection headerText={say("overview.gapList")}>
        <ul className="story-list">{scan.notRead.map((g, i) => <li key={i}>{text(g)}</li>)}</ul>
      </ExpandableSection>
    </Alert>
  );
}

function Waits({ waiting, questions, proposed, expiring, runs, unowned }: Standing) {
  const { say, number } = useTexts();
  const stuck = runs.filter((r) => r.state === "failed").length;
  const overdue = questions.filter((q) => q.overdue).length;
  const more: [number, string, string][] = [
    [proposed, "/exceptions", say("overview.proposed", { n: number(proposed) })],
    [questions.length, "/questions", say("overview.questions", { n: number(questions.length), overdue: number(overdue) })],
    [expiring, "/exceptions?show=expiring", say("overview.expiring", { n: number(expiring), days })],
    [stuck, "/fixes?show=runs", say("overview.stuck", { n: number(stuck) })],
    [unowned, "/owners?show=missing", say("overview.unowned", { n: number(unowned) })],
  ];
  return (
    <Container fitHeight header={<Header variant="h2">{say("overview.waits")}</Header>}>
      <SpaceBetween size="m">
        <ColumnLayout columns={4} minColumnWidth={90}>
          {waiting.map(([severity, n]) => (
            <div key={severity}>
              <SeverityBadge severity={severity} />
              <Box fontSize="display-l">
                <Link
                  variant="primary" fontSize="display-l" href={address("/findings", writeFilters({ ...none, severity: [severity] }))} onFollow={follow}
                  ariaLabel={`${say(`severity.${severity}`)}: ${number(n)}`}
                >
                  {number(n)}
                </Link>
              </Box>
            </div>
          ))}
        </ColumnLayout>
        <ul className="story-list">{more.filter(([n]) => n > 0).map(([, href, text]) => <li key={href}><To href={href}>{text}</To></li>)}</ul>
      </SpaceBetween>
    </Container>
  );
}

const shownAtMost = 8;

/** Changes are what became of findings since yesterday. */
function Changes({ diff }: { diff: Diff }) {
  const { say, number } = useTexts();
  const kinds = ["new", "reopened", "fixed"] as const;
  const changes = diff.changes.filter((c) => kinds.some((k) => k === c.change));
  return (
    <Container header={<Header variant="h2">{say("overview.changes")}</Header>}>
      <SpaceBetween size="s">
        <ColumnLayout columns={3} minColumnWidth={90}>
          {kinds.map((k) => <div key={k}><Box color="text-body-secondary">{say(`overview.${k}`)}</Box><Box fontSize="heading-l">{number(diff.counts[k] ?? 0)}</Box></div>)}
        </ColumnLayout>
        {changes.length > 0 ? (
          <ul className="story-list">
            {changes.slice(0, shownAtMost).map((c) => (
              <li key={`${c.change} ${c.finding}`}>{say(`overview.${c.change as (typeof kinds)[number]}`)}: <To href={`/findings?show=all&finding=${c.finding}`}>{c.control} {c.resource.name}</To></li>
            ))}
            {changes.length > shownAtMost ? <li>{say("decide.others", { n: number(changes.length - shownAtMost) })}</li> : null}
          </ul>
        ) : <Box>{say("overview.noChange")}</Box>}
      </SpaceBetween>
    </Container>
  );
}

function Places({ scores }: { scores: Score[] }) {
  const { say, number } = useTexts();
  const columns: Column<Score>[] = [
    { id: "account", header: say("field.account"), cell: (s) => `${s.account}`, main: true },
    { id: "region", header: say("field.region"), cell: (s) => s.region || say("overview.allRegions") },
    { id: "score", header: say("field.score"), cell: (s) => (s.percent === null ? "–" : `${s.percent} %`), half: true },
    { id: "passed", header: say("field.passed"), cell: (s) => number(s.passed), half: true },
    { id: "failed", header: say("field.failed"), cell: (s) => number(s.failed), half: true },
    { id: "unknown", header: say("field.unknown"), cell: (s) => number(s.unknown), half: true },
  ];
  return <Rows title={say("overview.byPlace")} items={scores} columns={columns} id={(s) => `${s.account} ${s.region}`} empty="–" />;
}
