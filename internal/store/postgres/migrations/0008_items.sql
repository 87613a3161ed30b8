-- What people decide beside findings, such as schedules and links of owners'
-- pages, and work that is under way, such as jobs and messages. Both are kept
-- whole, with columns for what is asked for.
CREATE TABLE items (
    kind  TEXT COLLATE "C" NOT NULL,
    id    TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL,
    due   BIGINT NOT NULL,
    doc   TEXT COLLATE "C" NOT NULL, -- JSON
    PRIMARY KEY (kind, id)
);
CREATE INDEX items_due   ON items (kind, state, due, id);
CREATE INDEX items_about ON items (kind, about, due, id);

-- The audit log does not vouch for work: what it changes, it does.
CREATE TABLE work (
    kind  TEXT COLLATE "C" NOT NULL,
    id    TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL,
    due   BIGINT NOT NULL,
    doc   TEXT COLLATE "C" NOT NULL, -- JSON
    PRIMARY KEY (kind, id)
);
CREATE INDEX work_due   ON work (kind, state, due, id);
CREATE INDEX work_about ON work (kind, about, due, id);

-- Who works on a finding, and where that is followed.
ALTER TABLE findings ADD COLUMN assignee TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN ticket TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX findings_assignee ON findings (assignee) WHERE assignee > '';
