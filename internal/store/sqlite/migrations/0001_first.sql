-- What kumoban keeps. Times are microseconds since 1970, UTC.

CREATE TABLE findings (
    seq          INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    rank         INTEGER NOT NULL, -- of the severity that counts: 0 is CRITICAL
    control      TEXT    NOT NULL,
    severity     INTEGER NOT NULL,
    override     INTEGER NOT NULL,
    partition    TEXT    NOT NULL,
    account      TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    resource     TEXT    NOT NULL, -- the ARN, or the address in a source
    live         INTEGER NOT NULL, -- 1: it is an ARN
    address      TEXT    NOT NULL, -- of what has both
    name         TEXT    NOT NULL,
    tags         TEXT,             -- an object; NULL: never read
    source       TEXT    NOT NULL,
    status       INTEGER NOT NULL, -- 0 UNKNOWN, 1 PASSED, 2 FAILED, 3 NOT_APPLICABLE
    previous     INTEGER NOT NULL,
    not_offered  INTEGER NOT NULL,
    workflow     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    reopened     INTEGER NOT NULL,
    first_seen   INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    updated      INTEGER NOT NULL,
    first_status INTEGER NOT NULL,
    first_scan   INTEGER NOT NULL,
    exception    TEXT    NOT NULL,
    detail       TEXT    NOT NULL
) STRICT;

-- The columns after id are no part of an order: a page skips along them without looking into the table.
CREATE INDEX findings_severity ON findings (rank, control, account, region, resource, id, status, workflow, state, changed, exception);
CREATE INDEX findings_resource ON findings (account, region, resource, control, id, status, workflow, state, changed, exception);
CREATE INDEX findings_changed  ON findings (changed, id);
-- The ways to what is rare, see narrow.go.
CREATE INDEX findings_excepted ON findings (exception) WHERE exception > '';
CREATE INDEX findings_state    ON findings (workflow, state, status);
CREATE INDEX findings_id       ON findings (resource);
CREATE INDEX findings_name     ON findings (name);
CREATE INDEX findings_address  ON findings (address) WHERE address <> '';

-- What changes with every scan, kept narrow.
CREATE TABLE seen (
    seq       INTEGER PRIMARY KEY REFERENCES findings (seq),
    last_seen INTEGER NOT NULL,
    last_scan INTEGER NOT NULL
) STRICT;

-- Severities and controls that some finding has, or had.
CREATE TABLE pairs (
    rank    INTEGER NOT NULL,
    control TEXT    NOT NULL,
    PRIMARY KEY (rank, control)
) STRICT, WITHOUT ROWID;

-- A resource is what its findings say of it.
CREATE VIEW resources AS
SELECT partition, account, region, type, resource, max(name) AS name, max(tags) AS tags,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM findings JOIN seen USING (seq)
GROUP BY partition, account, region, type, resource;

CREATE TABLE events (
    seq     INTEGER PRIMARY KEY,
    finding TEXT    NOT NULL REFERENCES findings (id),
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    was     TEXT    NOT NULL,
    became  TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    scan    INTEGER NOT NULL
) STRICT;
CREATE INDEX events_finding ON events (finding, seq);

CREATE TABLE scans (
    id         INTEGER PRIMARY KEY,
    doc        TEXT    NOT NULL,
    last_event INTEGER NOT NULL -- when the scan had been saved
) STRICT;

CREATE TABLE scores (
    scan      INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    partition TEXT    NOT NULL,
    account   TEXT    NOT NULL,
    region    TEXT    NOT NULL,
    passed    INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    unknown   INTEGER NOT NULL,
    no_data   INTEGER NOT NULL,
    disabled  INTEGER NOT NULL,
    known     INTEGER NOT NULL,
    PRIMARY KEY (at, scan, partition, account, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE exceptions (
    id       TEXT    PRIMARY KEY,
    finding  TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    until    INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    approver TEXT    NOT NULL,
    question TEXT    NOT NULL,
    created  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    ended_by TEXT    NOT NULL
) STRICT;
CREATE INDEX exceptions_finding ON exceptions (finding, created, id);
CREATE INDEX exceptions_until   ON exceptions (ended, until, id);

CREATE TABLE questions (
    id       TEXT    PRIMARY KEY,
    asked    INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    doc      TEXT    NOT NULL
) STRICT;
CREATE INDEX questions_asked ON questions (asked, id);

CREATE TABLE question_findings (
    finding  TEXT NOT NULL,
    question TEXT NOT NULL REFERENCES questions (id),
    PRIMARY KEY (finding, question)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_findings_question ON question_findings (question);

CREATE TABLE runs (
    id       TEXT    PRIMARY KEY,
    digest   TEXT    NOT NULL,
    findings TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    started  INTEGER NOT NULL,
    updated  INTEGER NOT NULL,
    plan     BLOB,
    journal  BLOB
) STRICT;
CREATE INDEX runs_started ON runs (started, id);

CREATE TABLE run_findings (
    finding TEXT NOT NULL,
    run     TEXT NOT NULL REFERENCES runs (id),
    PRIMARY KEY (finding, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_findings_run ON run_findings (run);

CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    prev    TEXT    NOT NULL,
    hash    TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject, seq);
