-- What Security Hub says of our findings, by the id that it knows each under.
CREATE TABLE links (
    arn        TEXT COLLATE "C" PRIMARY KEY,
    finding    TEXT COLLATE "C" NOT NULL REFERENCES findings (id),
    product    TEXT COLLATE "C" NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL, -- of what was pushed last; '': never
    pushed     BIGINT NOT NULL,
    workflow   TEXT COLLATE "C" NOT NULL,
    compliance TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    seen       BIGINT NOT NULL
);
CREATE INDEX links_finding ON links (finding, arn);
