-- works with: 1

-- The words in braces are put in by the dialect: see sqltext.go. Times are milliseconds since 1970 UTC, 0 means not set;
-- lists and maps are JSON; languages are BCP 47 tags.

-- One value per name: epoch, settings_rev, probe.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sites (
    key             TEXT NOT NULL PRIMARY KEY,
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,
    origins         TEXT NOT NULL,
    identity_secret TEXT NOT NULL,
    look            TEXT NOT NULL,
    texts           TEXT NOT NULL,
    closed          BOOLEAN NOT NULL DEFAULT FALSE,
    created_at      BIGINT NOT NULL
);

CREATE TABLE agents (
    id            TEXT NOT NULL PRIMARY KEY,
    email         TEXT NOT NULL,
    -- The address as it is compared: without case.
    email_key     TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    languages     TEXT NOT NULL,
    sites         TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled      BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    BIGINT NOT NULL
);

-- Login sessions of agents; the name is the hash of what the cookie holds.
CREATE TABLE logins (
    hash       {blob} NOT NULL PRIMARY KEY,
    agent      TEXT NOT NULL REFERENCES agents (id),
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE INDEX logins_agent ON logins (agent);

-- Which agents have a session on which node, as leases.
CREATE TABLE online (
    node       TEXT NOT NULL,
    agent      TEXT NOT NULL,
    until_at   BIGINT NOT NULL,
    PRIMARY KEY (node, agent)
);

CREATE TABLE visitors (
    id         TEXT NOT NULL PRIMARY KEY,
    site       TEXT NOT NULL REFERENCES sites (key),
    token      {blob} NOT NULL UNIQUE,
    token_used BIGINT NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    verified   BOOLEAN NOT NULL DEFAULT FALSE,
    email      TEXT NOT NULL DEFAULT '',
    time_zone  TEXT NOT NULL DEFAULT '',
    -- The page as JSON, or nothing.
    page       TEXT NOT NULL DEFAULT '',
    attributes TEXT NOT NULL DEFAULT '{}',
    created_at BIGINT NOT NULL
);

CREATE TABLE conversations (
    id               TEXT NOT NULL PRIMARY KEY,
    site             TEXT NOT NULL REFERENCES sites (key),
    visitor          TEXT NOT NULL REFERENCES visitors (id),
    -- seq numbers the messages, head every change of a row; rev is the head that the row's own fields took.
    seq              BIGINT NOT NULL DEFAULT 0,
    head             BIGINT NOT NULL,
    rev              BIGINT NOT NULL,
    state            TEXT NOT NULL,
    snoozed_until    BIGINT NOT NULL DEFAULT 0,
    resolved_at      BIGINT NOT NULL DEFAULT 0,
    language         TEXT NOT NULL,
    assignee         TEXT NOT NULL DEFAULT '',
    tags             TEXT NOT NULL DEFAULT '[]',
    created_at       BIGINT NOT NULL,
    -- What follows is kept so that the inbox needs no look at the messages.
    updated_at       BIGINT NOT NULL,
    waiting_since    BIGINT NOT NULL DEFAULT 0,
    last_seq         BIGINT NOT NULL DEFAULT 0,
    visitor_last_seq BIGINT NOT NULL DEFAULT 0,
    read_visitor     BIGINT NOT NULL DEFAULT 0,
    read_agents      BIGINT NOT NULL DEFAULT 0,
    unread_visitor   BIGINT NOT NULL DEFAULT 0,
    unread_agents    BIGINT NOT NULL DEFAULT 0
);
-- A visitor has at most one conversation per site that is not resolved.
CREATE UNIQUE INDEX conversations_unresolved ON conversations (visitor, site) WHERE state <> 'resolved';
CREATE INDEX conversations_visitor ON conversations (visitor, created_at);
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE state = 'snoozed';
CREATE INDEX conversations_inbox ON conversations (site, state, updated_at, id);

CREATE TABLE participants (
    conversation TEXT NOT NULL REFERENCES conversations (id),
    participant  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    avatar       TEXT NOT NULL,
    language     TEXT NOT NULL,
    joined_at    BIGINT NOT NULL,
    PRIMARY KEY (conversation, participant)
) {clustered};

-- The author stands in the line as he was when he wrote it: a line changes only with its rev.
CREATE TABLE messages (
    conversation    TEXT NOT NULL REFERENCES conversations (id),
    seq             BIGINT NOT NULL,
    rev             BIGINT NOT NULL,
    id              TEXT NOT NULL,
    kind            TEXT NOT NULL,
    author          TEXT NOT NULL,
    author_kind     TEXT NOT NULL,
    author_name     TEXT NOT NULL,
    author_avatar   TEXT NOT NULL,
    author_language TEXT NOT NULL,
    -- The idempotency key; NULL for system lines.
    key             TEXT,
    at              BIGINT NOT NULL,
    text            TEXT NOT NULL,
    language        TEXT NOT NULL,
    event           TEXT NOT NULL DEFAULT '',
    event_by        TEXT NOT NULL DEFAULT '',
    event_to        TEXT NOT NULL DEFAULT '',
    -- Hidden from the visitor: notes and some events.
    hidden          BOOLEAN NOT NULL,
    erased          BOOLEAN NOT NULL DEFAULT FALSE,
    -- The translations by language, as on the wire. They change only with the line's rev, under the conversation's lock, so they stand in its row.
    translations    TEXT NOT NULL,
    -- While one of them is pending: until when a node works on it; else 0.
    claimed_until   BIGINT NOT NULL,
    PRIMARY KEY (conversation, seq)
) {clustered};
CREATE UNIQUE INDEX messages_rev ON messages (conversation, rev);
CREATE UNIQUE INDEX messages_key ON messages (author, key) WHERE key IS NOT NULL;
CREATE INDEX messages_pending ON messages (claimed_until) WHERE claimed_until > 0;
