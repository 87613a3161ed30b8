-- What kumoban keeps. Times are microseconds since 1970, UTC.

CREATE TABLE findings (
    seq          BIGINT PRIMARY KEY,
    id           TEXT COLLATE "C" NOT NULL UNIQUE,
    rank         SMALLINT NOT NULL, -- of the severity that counts: 0 is CRITICAL
    control      TEXT COLLATE "C" NOT NULL,
    severity     SMALLINT NOT NULL,
    override     SMALLINT NOT NULL,
    partition    TEXT COLLATE "C" NOT NULL,
    account      TEXT COLLATE "C" NOT NULL,
    region       TEXT COLLATE "C" NOT NULL,
    type         TEXT COLLATE "C" NOT NULL,
    resource     TEXT COLLATE "C" NOT NULL, -- the ARN, or the address in a source
    live         SMALLINT NOT NULL, -- 1: it is an ARN
    address      TEXT COLLATE "C" NOT NULL, -- of what has both
    name         TEXT COLLATE "C" NOT NULL,
    tags         JSONB,                  -- an object; NULL: never read
    source       TEXT COLLATE "C" NOT NULL,
    status       SMALLINT NOT NULL, -- 0 UNKNOWN, 1 PASSED, 2 FAILED, 3 NOT_APPLICABLE
    previous     SMALLINT NOT NULL,
    not_offered  SMALLINT NOT NULL,
    workflow     TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    reopened     INTEGER NOT NULL,
    first_seen   BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    first_status SMALLINT NOT NULL,
    first_scan   BIGINT NOT NULL,
    exception    TEXT COLLATE "C" NOT NULL,
    detail       TEXT COLLATE "C" NOT NULL
);

-- The columns after id are no part of an order: a page skips along them without looking into the table.
CREATE INDEX findings_severity ON findings (rank, control, account, region, resource, id, status, workflow, state, changed, exception);
CREATE INDEX findings_resource ON findings (account, region, resource, control, id, status, workflow, state, changed, exception);
CREATE INDEX findings_changed  ON findings (changed, id);
-- The ways to what is rare, see narrow.go.
CREATE INDEX findings_excepted ON findings (exception) WHERE exception > '';
CREATE INDEX findings_state    ON findings (workflow, state, status);
-- A key of a tree has a limit that names do not have.
CREATE INDEX findings_id       ON findings (left(resource, 200));
CREATE INDEX findings_name     ON findings (left(name, 200));
CREATE INDEX findings_address  ON findings (left(address, 200)) WHERE address <> '';

-- What changes with every scan, kept narrow.
CREATE TABLE seen (
    seq       BIGINT PRIMARY KEY REFERENCES findings (seq),
    last_seen BIGINT NOT NULL,
    last_scan BIGINT NOT NULL
) WITH (fillfactor = 50);

-- Severities and controls that some finding has, or had.
CREATE TABLE pairs (
    rank    SMALLINT NOT NULL,
    control TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (rank, control)
);

-- A resource is what its findings say of it.
CREATE VIEW resources AS
SELECT partition, account, region, type, resource, max(name) AS name, max(tags::text) AS tags,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM findings JOIN seen USING (seq)
GROUP BY partition, account, region, type, resource;

CREATE TABLE events (
    seq     BIGINT PRIMARY KEY,
    finding TEXT COLLATE "C" NOT NULL REFERENCES findings (id),
    at      BIGINT NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    was     TEXT COLLATE "C" NOT NULL,
    became  TEXT COLLATE "C" NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    reason  TEXT COLLATE "C" NOT NULL,
    scan    BIGINT NOT NULL
);
CREATE INDEX events_finding ON events (finding, seq);

CREATE TABLE scans (
    id         BIGINT PRIMARY KEY,
    doc        TEXT COLLATE "C" NOT NULL,
    last_event BIGINT NOT NULL -- when the scan had been saved
);

CREATE TABLE scores (
    scan      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    partition TEXT COLLATE "C" NOT NULL,
    account   TEXT COLLATE "C" NOT NULL,
    region    TEXT COLLATE "C" NOT NULL,
    passed    INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    unknown   INTEGER NOT NULL,
    no_data   INTEGER NOT NULL,
    disabled  INTEGER NOT NULL,
    known     INTEGER NOT NULL,
    PRIMARY KEY (at, scan, partition, account, region)
);

CREATE TABLE exceptions (
    id       TEXT COLLATE "C" PRIMARY KEY,
    finding  TEXT COLLATE "C" NOT NULL,
    reason   TEXT COLLATE "C" NOT NULL,
    until    BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL,
    approver TEXT COLLATE "C" NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    created  BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    ended_by TEXT COLLATE "C" NOT NULL
);
CREATE INDEX exceptions_finding ON exceptions (finding, created, id);
CREATE INDEX exceptions_until   ON exceptions (ended, until, id);

CREATE TABLE questions (
    id       TEXT COLLATE "C" PRIMARY KEY,
    asked    BIGINT NOT NULL,
    due      BIGINT NOT NULL,
    answered SMALLINT NOT NULL,
    doc      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX questions_asked ON questions (asked, id);

CREATE TABLE question_findings (
    finding  TEXT COLLATE "C" NOT NULL,
    question TEXT COLLATE "C" NOT NULL REFERENCES questions (id),
    PRIMARY KEY (finding, question)
);
CREATE INDEX question_findings_question ON question_findings (question);

CREATE TABLE runs (
    id       TEXT COLLATE "C" PRIMARY KEY,
    digest   TEXT COLLATE "C" NOT NULL,
    findings TEXT COLLATE "C" NOT NULL,
    state    TEXT COLLATE "C" NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL,
    started  BIGINT NOT NULL,
    updated  BIGINT NOT NULL,
    plan     BYTEA,
    journal  BYTEA
);
CREATE INDEX runs_started ON runs (started, id);

CREATE TABLE run_findings (
    finding TEXT COLLATE "C" NOT NULL,
    run     TEXT COLLATE "C" NOT NULL REFERENCES runs (id),
    PRIMARY KEY (finding, run)
);
CREATE INDEX run_findings_run ON run_findings (run);

CREATE TABLE audit (
    seq     BIGINT PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    reason  TEXT COLLATE "C" NOT NULL,
    detail  TEXT COLLATE "C" NOT NULL,
    prev    TEXT COLLATE "C" NOT NULL,
    hash    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_subject ON audit (subject, seq);
