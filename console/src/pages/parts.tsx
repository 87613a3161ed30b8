import Alert from "@cloudscape-design/components/alert";
import Badge, { type BadgeProps } from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useSyncExternalStore } from "react";
import { Refused } from "../api/client";
import type { Finding, Resource } from "../api/types";
import { useTexts } from "../texts";
import { word } from "./told";

export const colours: Record<string, BadgeProps["color"]> = {
  CRITICAL: "severity-critical", HIGH: "severity-high", MEDIUM: "severity-medium", LOW: "severity-low",
};

export function SeverityBadge({ severity }: { severity: string }) {
  const { say } = useTexts();
  return <span className="whole"><Badge color={colours[severity]}>{word(say, severity)}</Badge></span>;
}

const signs: Record<string, StatusIndicatorProps.Type> = {
  FAILED: "error", UNKNOWN: "warning", PASSED: "success", NOT_APPLICABLE: "stopped", ARCHIVED: "stopped",
};

/** stands is the compliance status of a finding, or that it is archived. */
const stands = (f: Finding) => (f.recordState === "ARCHIVED" ? "ARCHIVED" : f.status ?? "UNKNOWN");

export function StatusSign({ finding }: { finding: Finding }) {
  const { say } = useTexts();
  const status = stands(finding);
  return <StatusIndicator type={signs[status] ?? "info"}>{word(say, status)}</StatusIndicator>;
}

/** nameOf is what people call a resource. */
export const nameOf = (r: Resource): string => r.name || r.arn || r.address || r.type;

/** Coming stands where something is still on its way. */
export function Coming() {
  return <div className="coming"><Spinner /></div>;
}

/** Trouble says why something could not be loaded, in the server's sentence where it gave one. */
export function Trouble({ error, again }: { error: unknown; again: () => void }) {
  const { say } = useTexts();
  return (
    <Alert type="error" header={say("failed")} action={<Button onClick={again}>{say("retry")}</Button>}>
      <Sentence error={error} />
    </Alert>
  );
}

/** Sentence says what went wrong. */
export function Sentence({ error }: { error: unknown }) {
  const { say } = useTexts();
  return <>{error instanceof Refused ? error.problem.detail : say("noAnswer")}</>;
}

/** useNarrow tells whether the page is as wide as a telephone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const narrow = matchMedia("(max-width: 688px)");
      narrow.addEventListener("change", changed);
      return () => narrow.removeEventListener("change", changed);
    },
    () => matchMedia("(max-width: 688px)").matches,
  );
}

/** Command is a line to type, which can be copied. */
export function Command({ text }: { text: string }) {
  const { say } = useTexts();
  return <CopyToClipboard variant="inline" textToCopy={text} textToDisplay={text} copyButtonAriaLabel={say("copy")} copySuccessText={say("copied")} copyErrorText={say("notCopied")} />;
}
