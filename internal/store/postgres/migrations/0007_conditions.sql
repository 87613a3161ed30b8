-- What exceptions rest on, of those that rest on anything but their time.
CREATE TABLE conditions (
    exception    TEXT COLLATE "C" PRIMARY KEY REFERENCES exceptions (id),
    finding      TEXT COLLATE "C" NOT NULL,
    holds        TEXT COLLATE "C" NOT NULL, -- a list of the conditions
    unread_since BIGINT NOT NULL, -- the first scan that could not look at one
    unread       TEXT COLLATE "C" NOT NULL,
    unread_why   TEXT COLLATE "C" NOT NULL
);
CREATE INDEX conditions_unread ON conditions (unread_since);
