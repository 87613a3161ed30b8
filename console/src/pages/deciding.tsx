import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import type { Finding } from "../api/types";
import { useMay } from "../me";
import { useTexts } from "../texts";
import { offered, type Deed } from "./deeds";

// What asks for a decision comes when somebody decides.
const Decide = lazy(() => import("./decide"));

/** Deciding are the decisions that somebody may take about findings. */
export function Deciding({ findings, primary, onDone }: { findings: Finding[]; primary?: boolean; onDone?: () => void }) {
  const { say } = useTexts();
  const may = useMay();
  const [deed, setDeed] = useState<Deed>();
  const items = offered(findings, may);
  return (
    <>
      <ButtonDropdown
        variant={primary ? "primary" : "normal"} disabled={findings.length === 0} items={items.map((id) => ({ id, text: say(`deed.${id}`) }))}
        onItemClick={(event) => setDeed(event.detail.id as Deed)}
      >
        {say("decide.actions")}
      </ButtonDropdown>
      {deed ? (
        <DeedForm
          deed={deed} findings={findings}
          onClose={(done) => {
            setDeed(undefined);
            if (done) onDone?.();
          }}
        />
      ) : null}
    </>
  );
}

/** DeedForm is the form of one decision. */
export function DeedForm(props: { deed: Deed; findings: Finding[]; onClose: (done: boolean) => void }) {
  return <Suspense fallback={null}><Decide {...props} /></Suspense>;
}
