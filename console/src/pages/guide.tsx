import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { get } from "../api/client";
import type { Description, Explained, Finding } from "../api/types";
import { useLoaded } from "../loaded";
import { Markdown } from "../markdown";
import { useTexts } from "../texts";
import { Command, Coming, Trouble } from "./parts";

/** Guide is what is said of a control, and of how to fix a finding of it. */
export default function Guide({ control, finding }: { control: string; finding?: Finding }) {
  const { lang } = useTexts();
  const guide = useLoaded(`${lang} ${control}`, (signal) => get("/controls/{id}", { path: { id: control }, lang, signal }));
  if (guide.error !== undefined) return <Trouble error={guide.error} again={guide.again} />;
  return guide.value ? <Read guide={guide.value} finding={finding} /> : <Coming />;
}

function Read({ guide, finding }: { guide: Explained; finding?: Finding }) {
  const { say } = useTexts();
  const c = guide.control;
  const why = guide.sections.find((s) => s.key === "why");
  return (
    <SpaceBetween size="l">
      {why ? <Markdown text={why.markdown} /> : null}
      {c ? <Fix control={c} finding={finding} /> : null}
      {c ? (
        <div>
          <Header variant="h3">{say("guide.suppress")}</Header>
          <Box variant="p"><strong>{say("guide.proper")}</strong> {c.suppress.proper}</Box>
          <Box variant="p"><strong>{say("guide.never")}</strong> {c.suppress.never}</Box>
        </div>
      ) : null}
      <div>
        {guide.sections.filter((s) => s !== why).map((s) => (
          <ExpandableSection key={s.key} headerText={s.heading} variant="footer"><Markdown text={s.markdown} /></ExpandableSection>
        ))}
      </div>
    </SpaceBetween>
  );
}

/** Fix are the ways to fix, and the command that plans it. */
function Fix({ control, finding }: { control: Description; finding?: Finding }) {
  const { say } = useTexts();
  return (
    <div>
      <Header variant="h3">{say("guide.fix")}</Header>
      {control.remedies.length === 0 ? <Box variant="p">{say("guide.byHand")}</Box> : (
        <ol className="story-list">
          {control.remedies.map((r) => <li key={r.name}><strong>{r.description}</strong><br />{r.cost}</li>)}
        </ol>
      )}
      {finding && control.remedies.length > 0 ? <><Box variant="p">{say("guide.command")}</Box><Command text={`kumoban fix plan --finding ${finding.id.slice(0, 12)}`} /></> : null}
    </div>
  );
}
