-- works with: 3

-- What search looks in: search.go. Nothing of it is in backups, because it is made of the rest. A line, and for seq 0 a conversation with its visitor's name, is a
-- document; its id begins with its time, so that the newest ones have the highest.
CREATE TABLE search_docs (
    id           INTEGER NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    seq          BIGINT NOT NULL
);
CREATE UNIQUE INDEX search_docs_line ON search_docs (conversation, seq);
-- The words of the documents, which package words has cut and folded already. There is nothing here to read them back from.
CREATE VIRTUAL TABLE search_terms USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- How far a conversation is indexed: up to this rev, up to this line, under this name and address, with these agents.
CREATE TABLE search_heads (
    conversation TEXT NOT NULL PRIMARY KEY,
    head         BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    who          TEXT NOT NULL,
    agents       TEXT NOT NULL
) {clustered};

-- Until when one of the servers looks after what nobody has told of.
CREATE TABLE search_scans (
    name     TEXT NOT NULL PRIMARY KEY,
    until_at BIGINT NOT NULL
);
