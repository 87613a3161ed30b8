import SplitPanel from "@cloudscape-design/components/split-panel";
import { lazy, Suspense, type ReactNode } from "react";
import { AboutFinding, findingTitle } from "./pages/story";
import { Coming } from "./pages/parts";
import { get } from "./api/client";
import { useLoaded } from "./loaded";
import type { Name } from "./panels";
import { useTexts } from "./texts";

const AboutQuestion = lazy(() => import("./pages/question"));
const AboutRun = lazy(() => import("./pages/run"));

/** Panel is all that is known of one thing, beside the page. */
export function Panel({ name, id }: { name: Name; id: string }) {
  const { say } = useTexts();
  switch (name) {
    case "finding":
      return <Finding id={id} />;
    case "question":
      return <Beside header={say("question.title", { id })}><AboutQuestion id={id} /></Beside>;
    case "run":
      return <Beside header={say("run.title", { id })}><AboutRun id={id} /></Beside>;
  }
}

function Finding({ id }: { id: string }) {
  const { say, lang } = useTexts();
  const story = useLoaded(`${lang} ${id}`, (signal) => get("/findings/{id}", { path: { id }, lang, signal }));
  return <Beside header={story.value ? findingTitle(story.value.finding) : say("loading")}><AboutFinding story={story} /></Beside>;
}

function Beside({ header, children }: { header: string; children: ReactNode }) {
  const { say } = useTexts();
  return (
    <SplitPanel
      header={header} hidePreferencesButton
      i18nStrings={{ openButtonAriaLabel: say("openPanel"), closeButtonAriaLabel: say("closePanel"), resizeHandleAriaLabel: say("resizePanel") }}
    >
      <Suspense fallback={<Coming />}>{children}</Suspense>
    </SplitPanel>
  );
}
