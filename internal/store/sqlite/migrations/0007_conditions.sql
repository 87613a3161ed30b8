-- What exceptions rest on, of those that rest on anything but their time.
CREATE TABLE conditions (
    exception    TEXT    PRIMARY KEY REFERENCES exceptions (id),
    finding      TEXT    NOT NULL,
    holds        TEXT    NOT NULL, -- a list of the conditions
    unread_since INTEGER NOT NULL, -- the first scan that could not look at one
    unread       TEXT    NOT NULL,
    unread_why   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conditions_unread ON conditions (unread_since);
