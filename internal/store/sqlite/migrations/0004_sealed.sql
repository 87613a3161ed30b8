-- What the entries of the audit log wrote: the rows themselves, of which an
-- entry has the digest. See seal.go.
ALTER TABLE audit ADD COLUMN rows TEXT NOT NULL DEFAULT '';

CREATE TABLE sealed (
    entry INTEGER NOT NULL,
    part  INTEGER NOT NULL,
    data  BLOB    NOT NULL, -- lines, deflated
    PRIMARY KEY (entry, part)
) STRICT, WITHOUT ROWID;
