-- Who owns what, as people list it. What is listed no more stays, so that the
-- audit log can be held to it.
CREATE TABLE owners (
    id     TEXT COLLATE "C" PRIMARY KEY,
    listed SMALLINT NOT NULL,
    doc    TEXT COLLATE "C" NOT NULL
);
