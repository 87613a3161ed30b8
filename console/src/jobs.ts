import { useEffect } from "react";
import { get } from "./api/client";
import type { Job } from "./api/types";
import { listen } from "./events";
import { flash } from "./flash";
import { changed } from "./loaded";
import { held } from "./signal";
import { useTexts, type Lang, type Say } from "./texts";

/** open are the states of a job that somebody waits for, or that waits for somebody. */
const open = ["waiting", "running", "attention"] as const;

export const isOpen = (j: Job): boolean => open.some((s) => s === j.state);

const known = held<Job[]>([]);
const followed = new Map<string, AbortController>();

function put(j: Job): void {
  const list = known.get();
  known.set(list.some((k) => k.id === j.id) ? list.map((k) => (k.id === j.id ? j : k)) : [j, ...list]);
}

/** useJobs are the jobs that are known to be open, or were when the page was opened. */
export const useJobs = (): Job[] => known.use();

const bulk = ["note", "notify", "suppress", "unsuppress", "resolve", "severity", "approve", "reject", "assign", "ticket", "ask"] as const;

/** kindText is what a job does, as far as it is of a kind that we know. */
export function kindText(say: Say, kind: string): string {
  switch (kind) {
    case "scan": case "plan": case "apply": case "resume": case "undo": case "verify":
      return say(`job.kind.${kind}`);
  }
  if (kind === "bulk-export") return say("job.kind.export");
  const deed = bulk.find((d) => kind === `bulk-${d}`);
  return deed ? say(`deed.${deed}`) : kind;
}

/** follow shows a job as it goes on, and says what became of it. */
export function follow(job: Job, lang: Lang, say: Say): void {
  put(job);
  if (!isOpen(job) || followed.has(job.id)) return;
  const stop = new AbortController();
  followed.set(job.id, stop);
  void listen(`/jobs/${job.id}/events`, "end", lang, stop.signal, (e) => {
    const now = JSON.parse(e.data) as Job;
    put(now);
    if (e.name === "end") ended(now, say);
  }).finally(() => followed.delete(job.id));
}

function ended(j: Job, say: Say): void {
  const kind = kindText(say, j.kind);
  if (j.state === "done") flash({ text: say("job.done", { kind }), notices: j.notices });
  else flash({ text: say(j.state === "stopped" ? "job.stopped" : "job.failed", { kind }), type: "error", notices: [...(j.fault ? [j.fault.text] : []), ...j.notices] });
  changed();
}

const every = 30_000;

/** useFollowing follows all that is open, and looks now and then what others started. */
export function useFollowing(): void {
  const { lang, say } = useTexts();
  useEffect(() => {
    const stop = new AbortController();
    const look = () => {
      if (document.hidden) return;
      get("/jobs", { query: { state: [...open] }, lang, signal: stop.signal }).then(
        ({ jobs }) => jobs.forEach((j) => follow(j, lang, say)),
        () => undefined, // the pages say it when nobody answers
      );
    };
    look();
    const timer = setInterval(look, every);
    return () => {
      stop.abort();
      clearInterval(timer);
      for (const f of followed.values()) f.abort();
      followed.clear();
    };
  }, [lang, say]);
}
