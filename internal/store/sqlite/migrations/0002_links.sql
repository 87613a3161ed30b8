-- What Security Hub says of our findings, by the id that it knows each under.
CREATE TABLE links (
    arn        TEXT    PRIMARY KEY,
    finding    TEXT    NOT NULL REFERENCES findings (id),
    product    TEXT    NOT NULL,
    digest     TEXT    NOT NULL, -- of what was pushed last; '': never
    pushed     INTEGER NOT NULL,
    workflow   TEXT    NOT NULL,
    compliance TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    seen       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_finding ON links (finding, arn);
