import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { get } from "../api/client";
import type { Question } from "../api/types";
import { useLoaded } from "../loaded";
import { useTexts } from "../texts";
import { Beside, Page, useShown, Views } from "./page";
import { Trouble } from "./parts";
import { Rows, type Column } from "./rows";

const views = ["open", "overdue", "all"] as const;

/** Questions are those to owners. */
export default function Questions() {
  const { say, lang, lastDay, day } = useTexts();
  const shown = useShown(views);
  const list = useLoaded(`${lang} ${shown}`, (signal) => get("/questions", { query: { all: shown === "all", overdue: shown === "overdue" }, lang, signal }));
  const columns: Column<Question>[] = [
    { id: "id", header: say("question.id"), cell: (q) => <Beside name="question" value={q.id} label={say("question.open", { id: q.id, owner: q.owner })}>{q.id}</Beside>, main: true, least: 80 },
    { id: "owner", brief: true, header: say("question.owner"), cell: (q) => <span className="wrap">{q.owner}</span>, least: 160, half: true },
    { id: "state", brief: true, header: say("question.state"), cell: (q) => <QuestionSign question={q} />, least: 200, half: true },
    { id: "due", header: say("question.due"), cell: (q) => lastDay(q.due), least: 120, half: true },
    { id: "asked", header: say("question.asked"), cell: (q) => <>{day(q.askedAt)}<br />{q.askedBy}</>, least: 180 },
    { id: "findings", header: say("page.findings"), cell: (q) => q.findings.length, least: 100, half: true },
  ];
  return (
    <Page title={say("page.questions")} description={say("question.description")}>
      <Views label={say("view")} views={views} shown={shown} text={(v) => say(`question.show.${v}`)} />
      {list.error !== undefined ? <Trouble error={list.error} again={list.again} /> : (
        <Rows title={say(`question.show.${shown}`)} items={list.value?.questions ?? []} columns={columns} id={(q) => q.id} loading={list.loading} empty={say("question.none")} />
      )}
    </Page>
  );
}

/** QuestionSign says how a question stands. */
export function QuestionSign({ question: q }: { question: Question }) {
  const { say } = useTexts();
  if (q.answer) return <StatusIndicator type="success">{choiceText(say, q.answer.choice)}</StatusIndicator>;
  if (q.withdrawn) return <StatusIndicator type="stopped">{say("question.withdrawn")}</StatusIndicator>;
  if (q.ended) return <StatusIndicator type="stopped">{say("question.ended")}</StatusIndicator>;
  if (!q.sent) return <StatusIndicator type="warning">{say("question.unsent")}</StatusIndicator>;
  if (q.overdue) return <StatusIndicator type="error">{say("question.overdue")}</StatusIndicator>;
  return <StatusIndicator type="pending">{say("question.waits")}</StatusIndicator>;
}

/** choiceText is what an owner chose. */
export function choiceText(say: ReturnType<typeof useTexts>["say"], choice: string): string {
  switch (choice) {
    case "fix": case "fix-by": case "accept":
      return say(`choice.${choice}`);
  }
  return choice;
}
