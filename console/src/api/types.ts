// The shapes of the API that the pages read. They are those of docs/schemas/kept.schema.json: one JSON of a finding.
export type Severity = "LOW" | "MEDIUM" | "HIGH" | "CRITICAL";
export type Status = "PASSED" | "FAILED" | "UNKNOWN" | "NOT_APPLICABLE";
export type Workflow = "NEW" | "NOTIFIED" | "SUPPRESSED" | "RESOLVED";
export type State = "ACTIVE" | "ARCHIVED";

export interface Said {
  key: string;
  text: string;
}

export interface Resource {
  partition: string;
  account: string;
  region: string;
  type: string;
  arn?: string;
  address?: string;
  name: string;
}

export interface Finding {
  id: string;
  control: string;
  severity: Severity;
  status: Status;
  resource: Resource;
  message: Said;
  notes: Said[];
  reason?: string;
  workflow: Workflow;
  recordState: State;
  exception?: string;
  exceptionUntil?: string;
  reopened: number;
  firstSeen: string;
  lastSeen: string;
  changed: string;
  previousStatus: Status;
}

export interface Findings {
  total: number;
  after?: string;
  findings: Finding[];
}

export type EventKind =
  | "compliance" | "workflow" | "state" | "reopened" | "severity" | "note" | "overruled" | "asked" | "answered" | "withdrawn"
  | "excepted" | "expired" | "fact" | "lapsed" | "unread" | "reread" | "proposed" | "rejected" | "fixed" | "undone";

export interface StoryEvent {
  at: string;
  kind: EventKind;
  from?: string;
  to?: string;
  by: string;
  reason?: string;
}

export interface Exception {
  id: string;
  finding: string;
  reason: string;
  until: string | null;
  by: string;
  approvedBy?: string;
  endedAt: string | null;
  proposal?: boolean;
  approvedAt?: string;
}

export interface Question {
  id: string;
  owner: string;
  overdue: boolean;
}

export interface Run {
  id: string;
  state: string;
  by: string;
  started: string;
}

export interface HubLink {
  id: string;
  status?: string;
  workflow?: Workflow;
  recordState?: State;
}

export interface Story {
  finding: Finding;
  history: StoryEvent[];
  exceptions: Exception[];
  questions: Question[];
  runs: Run[];
  securityHub: HubLink[];
  lastChange?: string;
}

export interface Score {
  at: string;
  account: string;
  region: string;
  percent: number | null;
  passed: number;
  failed: number;
  unknown: number;
  evaluated: number;
  known: number;
}

export interface Scan {
  id: number;
  ended: string;
  gaps: number;
  score: Score | null;
}

/** Problem is an error as RFC 9457 has it; detail is a sentence in the reader's language. */
export interface Problem {
  status: number;
  detail: string;
  code: string;
}
