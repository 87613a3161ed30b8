import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useTexts } from "../texts";

/** Until is a last day: a span from today, or a day of one's own. */
export function Until({ label, hint, spans, value, onChange, error }: { label: string; hint?: string; spans: readonly string[]; value: string; onChange: (value: string) => void; error?: string }) {
  const { say, lang } = useTexts();
  const [own, setOwn] = useState(false);
  const options = [...spans.map((span) => ({ value: span, label: say("decide.days", { n: span.slice(0, -1) }) })), { value: "", label: say("decide.ownDay") }];
  return (
    <FormField label={label} constraintText={hint} errorText={error}>
      <SpaceBetween size="xs">
        <Select
          ariaLabel={label} options={options} selectedOption={options.find((o) => o.value === (own ? "" : value)) ?? null}
          onChange={(event) => {
            const chosen = event.detail.selectedOption.value ?? "";
            setOwn(chosen === "");
            onChange(chosen);
          }}
        />
        {own ? (
          <DatePicker
            value={value} onChange={(event) => onChange(event.detail.value)} placeholder="YYYY/MM/DD" locale={lang} ariaLabel={say("decide.ownDay")}
            openCalendarAriaLabel={(chosen) => (chosen ? `${say("decide.calendar")}: ${chosen}` : say("decide.calendar"))}
            isDateEnabled={(d) => d.getTime() > Date.now() - 24 * 3600 * 1000}
          />
        ) : null}
      </SpaceBetween>
    </FormField>
  );
}
