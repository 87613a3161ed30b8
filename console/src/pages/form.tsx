import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type ReactNode } from "react";
import { changed } from "../loaded";
import { useTexts } from "../texts";
import { Sentence } from "./parts";

/** Form asks for something, does it, and says why where it could not be done. */
export function Form({ title, action, send, onClose, children }: { title: string; action: string; send: () => Promise<boolean>; onClose: () => void; children: ReactNode }) {
  const { say } = useTexts();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (await send()) {
        changed();
        onClose();
        return;
      }
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  return (
    <Modal
      visible onDismiss={onClose} header={title} closeAriaLabel={say("cancel")}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>{say("cancel")}</Button>
            <Button variant="primary" loading={busy} onClick={() => void submit()}>{action}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error !== undefined ? <Alert type="error"><Sentence error={error} /></Alert> : null}
        {children}
      </SpaceBetween>
    </Modal>
  );
}
