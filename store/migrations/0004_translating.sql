-- works with: 3

-- How a site's lines are translated: chat.Translating as JSON.
ALTER TABLE sites ADD COLUMN translating TEXT NOT NULL DEFAULT '{}';

-- What the memory and the glossary of the site have come to. Entries take the next memory_rev; memory_cleared is the one in which some were last taken away.
ALTER TABLE sites ADD COLUMN memory_rev BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN memory_cleared BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN terms_rev BIGINT NOT NULL DEFAULT 0;

-- The translation memory: what people have translated, per site.
CREATE TABLE memory (
    id              TEXT NOT NULL PRIMARY KEY,
    site            TEXT NOT NULL REFERENCES sites (key),
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    -- The source as it is compared: without case and final punctuation, with marks for what is protected. A long one is a hash.
    source_key      TEXT NOT NULL,
    source          TEXT NOT NULL,
    target          TEXT NOT NULL,
    origin          TEXT NOT NULL,
    made_by         TEXT NOT NULL,
    made_at         BIGINT NOT NULL,
    rev             BIGINT NOT NULL
);
CREATE UNIQUE INDEX memory_key ON memory (site, source_language, target_language, source_key);
CREATE INDEX memory_news ON memory (site, rev, id);

-- The glossary. An empty language stands for any, an empty target says that the source stays as it is.
CREATE TABLE terms (
    id              TEXT NOT NULL PRIMARY KEY,
    site            TEXT NOT NULL REFERENCES sites (key),
    source_language TEXT NOT NULL,
    target_language TEXT NOT NULL,
    source          TEXT NOT NULL,
    target          TEXT NOT NULL,
    case_sensitive  BOOLEAN NOT NULL DEFAULT FALSE,
    made_at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX terms_source ON terms (site, source_language, target_language, source);

-- What sites had translated, per engine and day (UTC, 2026-11-22), in characters.
CREATE TABLE spent (
    site       TEXT NOT NULL REFERENCES sites (key),
    day        TEXT NOT NULL,
    engine     TEXT NOT NULL,
    characters BIGINT NOT NULL,
    PRIMARY KEY (site, day, engine)
) {clustered};

-- The second level of the translations' cache: verified answers of engines with marks, under the hash of what they depend on.
CREATE TABLE answers (
    hash    {blob} NOT NULL PRIMARY KEY,
    site    TEXT NOT NULL,
    text    TEXT NOT NULL,
    used_at BIGINT NOT NULL
) {clustered};
CREATE INDEX answers_used ON answers (used_at);
