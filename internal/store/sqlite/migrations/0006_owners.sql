-- Who owns what, as people list it. What is listed no more stays, so that the
-- audit log can be held to it.
CREATE TABLE owners (
    id     TEXT    PRIMARY KEY,
    listed INTEGER NOT NULL,
    doc    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
