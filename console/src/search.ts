import { address } from "./router";
import { none, writeFilters, type Filters } from "./pages/filters";

/** search is the address of what somebody typed into the one search box: a finding by its id or Security Hub's ARN, an
 * account, a control, else what a resource's ARN or name contains. */
export function search(typed: string): string {
  const text = typed.trim();
  const list = (some: Partial<Filters>) => address("/findings", writeFilters({ ...none, show: "all", ...some }));
  if (text === "") return "/findings";
  if (/^[0-9]{12}$/.test(text)) return list({ account: [text] });
  if (/^[0-9a-f]{8,}$/i.test(text) || /^arn:[^:]+:securityhub:/.test(text))
    return address("/findings", new URLSearchParams({ finding: text }));
  if (/^[a-z0-9]+\.([0-9]+|\*)$/i.test(text)) return list({ control: [text] });
  return list({ resource: [text.includes("*") || text.startsWith("arn:") ? text : `*${text}*`] });
}
