import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { lazy, Suspense } from "react";
import { get } from "../api/client";
import type { Question, Scan, Score, Severity } from "../api/types";
import { useLoaded } from "../loaded";
import { address, follow } from "../router";
import { useTexts, type Lang } from "../texts";
import { askFor, none, severities, writeFilters } from "./filters";
import { Coming, SeverityBadge, Trouble, useNarrow } from "./parts";

// Charts come when they are shown: nothing else on the page waits for them.
const Trend = lazy(() => import("./trend"));

interface Standing {
  scores: Score[];
  scans: Scan[];
  waiting: [Severity, number][];
  questions: Question[];
  proposed: number;
  expiring: number;
}

const days = 30;

async function load(lang: Lang, signal: AbortSignal): Promise<Standing> {
  const [scores, scans, questions, proposed, expiring, ...waiting] = await Promise.all([
    get("/scores", { lang, signal }),
    get("/scans", { query: { limit: 90 }, lang, signal }),
    get("/questions", { lang, signal }),
    get("/exceptions/proposed", { lang, signal }),
    get("/exceptions/expiring", { query: { within: `${days}d` }, lang, signal }),
    ...severities.map((s) => get("/findings", { query: askFor({ ...none, severity: [s] }, 1, ""), lang, signal })),
  ]);
  return {
    scores: scores.scores, scans: scans.scans, waiting: severities.map((s, i) => [s, waiting[i]?.total ?? 0]),
    questions: questions.questions, proposed: proposed.exceptions.length, expiring: expiring.exceptions.length,
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
  const { scores, scans } = standing;
  const { say, number, moment } = useTexts();
  const all = scores.find((s) => s.account === "" && s.region === "");
  const last = scans[0];
  if (!all || !last) return <Alert type="info" header={say("overview.noScan")}>{say("overview.noScanText")}</Alert>;
  return (
    <SpaceBetween size="l">
      {last.gaps > 0 ? <Alert type="warning">{say("overview.gaps", { n: number(last.gaps) })}</Alert> : null}
      <ColumnLayout columns={2}>
        <Container fitHeight header={<Header variant="h2">{say("overview.score")}</Header>}>
          <div className="score">{all.percent === null ? "–" : `${all.percent} %`}</div>
          <Box variant="p">{say("overview.scoreText", { passed: number(all.passed), evaluated: number(all.evaluated) })}</Box>
          <Box variant="small" display="block">{say("overview.basis", { evaluated: number(all.evaluated), known: number(all.known) })}</Box>
          <Box variant="small" display="block">{say("overview.lastScan", { date: moment(last.ended) })}</Box>
        </Container>
        <Waits {...standing} />
      </ColumnLayout>
      <Container header={<Header variant="h2">{say("overview.trend")}</Header>}>
        {scans.filter((s) => s.score).length < 2 ? <Box>{say("overview.trendEmpty")}</Box> : <Suspense fallback={<Coming />}><Trend scans={scans} /></Suspense>}
      </Container>
      <Places scores={scores.filter((s) => s.account !== "")} />
    </SpaceBetween>
  );
}

function Waits({ waiting, questions, proposed, expiring }: Standing) {
  const { say, number } = useTexts();
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
        <ul className="story-list">
          <li>{say("overview.questions", { n: number(questions.length), overdue: number(questions.filter((q) => q.overdue).length) })}</li>
          <li>{say("overview.proposed", { n: number(proposed) })}</li>
          <li>{say("overview.expiring", { n: number(expiring), days })}</li>
        </ul>
      </SpaceBetween>
    </Container>
  );
}

function Places({ scores }: { scores: Score[] }) {
  const { say, number } = useTexts();
  const narrow = useNarrow();
  const counts = [
    { id: "passed", header: say("field.passed"), cell: (s: Score) => number(s.passed) },
    { id: "failed", header: say("field.failed"), cell: (s: Score) => number(s.failed) },
    { id: "unknown", header: say("field.unknown"), cell: (s: Score) => number(s.unknown) },
  ];
  return (
    <Table
      items={scores}
      header={<Header variant="h2">{say("overview.byPlace")}</Header>}
      ariaLabels={{ tableLabel: say("overview.byPlace") }}
      wrapLines
      columnDefinitions={[
        { id: "account", header: say("field.account"), cell: (s) => s.account, isRowHeader: true },
        { id: "region", header: say("field.region"), cell: (s) => s.region || say("overview.allRegions") },
        { id: "score", header: say("field.score"), cell: (s) => (s.percent === null ? "–" : `${s.percent} %`) },
        ...(narrow ? [] : counts),
      ]}
    />
  );
}
