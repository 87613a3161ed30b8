import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Job } from "../api/types";
import { isOpen, kindText, useJobs } from "../jobs";
import { useTexts } from "../texts";

const signs: Record<Job["state"], StatusIndicatorProps.Type> = {
  waiting: "pending", running: "in-progress", done: "success", failed: "error", stopped: "stopped", attention: "warning",
};

/** JobSign says how a job stands. */
export function JobSign({ job: j }: { job: Job }) {
  const { say } = useTexts();
  return <StatusIndicator type={signs[j.state]}>{say(`job.state.${j.state}`)}</StatusIndicator>;
}

/** Going is how far a job is, or what became of it. */
export function Going({ job: j }: { job: Job }) {
  const { say, number } = useTexts();
  const { done, total, text } = j.progress;
  return (
    <>
      {j.state === "running" && total > 0 ? (
        <ProgressBar ariaLabel={kindText(say, j.kind)} value={(100 * done) / total} additionalInfo={text} description={say("job.of", { done: number(done), total: number(total) })} />
      ) : null}
      {j.state === "running" && total === 0 ? text ?? "–" : null}
      {j.fault ? <Box variant="p">{j.fault.text}</Box> : null}
      {j.notices.map((n, i) => <Box key={i} variant="small" display="block">{n}</Box>)}
      {j.state !== "running" && !j.fault && j.notices.length === 0 ? "–" : null}
    </>
  );
}

/** worksOn tells whether a job works on a plan or a run. */
export function worksOn(j: Job, id: string): boolean {
  const asked = (j.request ?? {}) as { plan?: string; run?: string };
  return asked.plan === id || asked.run === id;
}

/** Working shows the jobs that work on a plan or a run, as they go on. */
export function Working({ about }: { about: string }) {
  const { say } = useTexts();
  const jobs = useJobs().filter((j) => isOpen(j) && worksOn(j, about));
  return (
    <>
      {jobs.map((j) => (
        <Container key={j.id} header={<Header variant="h3">{kindText(say, j.kind)}</Header>}>
          <JobSign job={j} />
          <Going job={j} />
        </Container>
      ))}
    </>
  );
}
