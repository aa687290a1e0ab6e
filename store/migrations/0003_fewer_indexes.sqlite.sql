-- works with: 3, because a program that does not set revised would hide its changes from catch-ups.

-- A line is the commonest write, and every index is a page more that it changes. Dropped: messages_rev, whose place messages_revised takes,
-- which holds no line before it changes again; the reference to the conversation, whose row is locked and counted up by whoever writes a line;
-- and the author's place before the key in messages_key: keys that begin with the time stand side by side, authors do not.
CREATE TABLE messages_lean (
    conversation    TEXT NOT NULL,
    seq             BIGINT NOT NULL,
    rev             BIGINT NOT NULL,
    -- The line has changed since it was written, so rev is out of the order of seq.
    revised         BOOLEAN NOT NULL DEFAULT FALSE,
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL,
    author          TEXT NOT NULL,
    author_kind     TEXT NOT NULL,
    author_name     TEXT NOT NULL,
    author_avatar   TEXT NOT NULL,
    author_language TEXT NOT NULL,
    key             TEXT,
    at              BIGINT NOT NULL,
    text            TEXT NOT NULL,
    language        TEXT NOT NULL,
    event           TEXT NOT NULL DEFAULT '',
    event_by        TEXT NOT NULL DEFAULT '',
    event_to        TEXT NOT NULL DEFAULT '',
    hidden          BOOLEAN NOT NULL,
    erased          BOOLEAN NOT NULL DEFAULT FALSE,
    translations    TEXT NOT NULL,
    claimed_until   BIGINT NOT NULL,
    claimed_by      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, seq)
) {clustered};
-- A line before which no later one stands in the order of revs is found by its seq.
INSERT INTO messages_lean (conversation, seq, rev, revised, id, kind, author, author_kind, author_name, author_avatar, author_language,
  key, at, text, language, event, event_by, event_to, hidden, erased, translations, claimed_until, claimed_by)
SELECT conversation, seq, rev,
  COALESCE(MIN(rev) OVER (PARTITION BY conversation ORDER BY seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < rev, FALSE),
  id, kind, author, author_kind, author_name, author_avatar, author_language,
  key, at, text, language, event, event_by, event_to, hidden, erased, translations, claimed_until, claimed_by FROM messages;
DROP TABLE messages;
ALTER TABLE messages_lean RENAME TO messages;
CREATE INDEX messages_revised ON messages (conversation, rev) WHERE revised;
CREATE UNIQUE INDEX messages_key ON messages (key, author) WHERE key IS NOT NULL;
CREATE INDEX messages_pending ON messages (claimed_until) WHERE claimed_until > 0;
