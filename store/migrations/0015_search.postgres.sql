-- works with: 3

-- See 0015_search.sqlite.sql. The words stand in the row.
CREATE TABLE search_docs (
    id           BIGINT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    seq          BIGINT NOT NULL,
    terms        TSVECTOR NOT NULL
);
CREATE UNIQUE INDEX search_docs_line ON search_docs (conversation, seq);
-- What was added last is looked through one by one, so there is not to be much of it.
CREATE INDEX search_docs_terms ON search_docs USING gin (terms) WITH (gin_pending_list_limit = 512);

CREATE TABLE search_heads (
    conversation TEXT NOT NULL PRIMARY KEY,
    head         BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    who          TEXT NOT NULL,
    agents       TEXT NOT NULL
);

CREATE TABLE search_scans (
    name     TEXT NOT NULL PRIMARY KEY,
    until_at BIGINT NOT NULL
);
