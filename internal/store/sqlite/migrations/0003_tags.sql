-- Resources that are made together have the same tags: findings name their set
-- by number, and what is asked for by a tag is found by the sets that have it.
CREATE TABLE tagsets (
    id   INTEGER PRIMARY KEY,
    tags TEXT    NOT NULL UNIQUE -- as in findings
) STRICT;

CREATE TABLE tagset_tags (
    name   TEXT    NOT NULL,
    value  TEXT    NOT NULL,
    tagset INTEGER NOT NULL REFERENCES tagsets (id),
    PRIMARY KEY (name, value, tagset)
) STRICT, WITHOUT ROWID;

ALTER TABLE findings ADD COLUMN tagset INTEGER; -- NULL: tags were never read

INSERT INTO tagsets (tags) SELECT DISTINCT tags FROM findings WHERE tags IS NOT NULL;
INSERT INTO tagset_tags (name, value, tagset) SELECT t.key, t.value, s.id FROM tagsets s, json_each(s.tags) t;
UPDATE findings SET tagset = (SELECT s.id FROM tagsets s WHERE s.tags = findings.tags) WHERE tags IS NOT NULL;

CREATE INDEX findings_tagset ON findings (tagset);
