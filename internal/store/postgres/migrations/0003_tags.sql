-- Resources that are made together have the same tags: findings name their set
-- by number, and what is asked for by a tag is found by the sets that have it.
CREATE TABLE tagsets (
    id   BIGINT PRIMARY KEY,
    tags JSONB NOT NULL -- as in findings; no two are the same
);

CREATE TABLE tagset_tags (
    name   TEXT COLLATE "C" NOT NULL,
    value  TEXT COLLATE "C" NOT NULL,
    tagset BIGINT NOT NULL
);

ALTER TABLE findings ADD COLUMN tagset BIGINT; -- NULL: tags were never read

INSERT INTO tagsets (id, tags)
SELECT row_number() OVER (), tags FROM (SELECT DISTINCT tags FROM findings WHERE tags IS NOT NULL) d;
INSERT INTO tagset_tags (name, value, tagset) SELECT t.key, t.value, s.id FROM tagsets s, jsonb_each_text(s.tags) t;
UPDATE findings f SET tagset = s.id FROM tagsets s WHERE s.tags = f.tags;

-- A key of a tree has a limit that tags do not have.
CREATE INDEX tagsets_tags      ON tagsets USING hash (tags);
CREATE INDEX tagset_tags_value ON tagset_tags (left(name, 200), left(value, 200));
CREATE INDEX findings_tagset   ON findings (tagset);
