import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import type { Finding } from "../api/types";
import { useMay } from "../me";
import { useTexts } from "../texts";
import { offered, type Deed } from "./deeds";

const Ask = lazy(() => import("./ask"));
const PlanFix = lazy(() => import("./planfix"));

// What asks for a decision comes when somebody decides.
const Decide = lazy(() => import("./decide"));

/** Deciding are the decisions that somebody may take about findings. */
export function Deciding({ findings, primary, onDone }: { findings: Finding[]; primary?: boolean; onDone?: () => void }) {
  const { say } = useTexts();
  const may = useMay();
  const [deed, setDeed] = useState<Deed | "ask" | "plan">();
  const decisions = offered(findings, may);
  const open = findings.length > 0 && findings.every((f) => f.recordState === "ACTIVE" && f.status !== "PASSED");
  const more = [...(may("questions:ask") && open ? ["ask" as const] : []), ...(may("fixes:plan") && open ? ["plan" as const] : [])];
  const close = (done: boolean) => {
    setDeed(undefined);
    if (done) onDone?.();
  };
  return (
    <>
      <ButtonDropdown
        variant={primary ? "primary" : "normal"} disabled={findings.length === 0} items={[...decisions, ...more].map((id) => ({ id, text: say(`deed.${id}`) }))}
        onItemClick={(event) => setDeed(event.detail.id as Deed | "ask" | "plan")}
      >
        {say("decide.actions")}
      </ButtonDropdown>
      {deed === "ask" ? <Suspense fallback={null}><Ask findings={findings} onClose={close} /></Suspense> : null}
      {deed === "plan" ? <Suspense fallback={null}><PlanFix findings={findings} onClose={close} /></Suspense> : null}
      {deed !== undefined && deed !== "ask" && deed !== "plan" ? <DeedForm deed={deed} findings={findings} onClose={close} /> : null}
    </>
  );
}

/** DeedForm is the form of one decision. */
export function DeedForm(props: { deed: Deed; findings: Finding[]; onClose: (done: boolean) => void }) {
  return <Suspense fallback={null}><Decide {...props} /></Suspense>;
}
