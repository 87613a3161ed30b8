-- What was decided for all who work on the store; an exception that waits for
-- an approver is a proposal.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE exceptions ADD COLUMN proposal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exceptions ADD COLUMN approved INTEGER NOT NULL DEFAULT -62135596800000000; -- the zero time
