-- What the entries of the audit log wrote: the rows themselves, of which an
-- entry has the digest. See seal.go.
ALTER TABLE audit ADD COLUMN rows TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE sealed (
    entry BIGINT NOT NULL,
    part  BIGINT NOT NULL,
    data  BYTEA  NOT NULL, -- lines, deflated
    PRIMARY KEY (entry, part)
);
