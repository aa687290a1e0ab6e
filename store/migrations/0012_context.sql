-- works with: 3

-- Whom a note calls: a JSON list of ids and names as on the wire; empty: nobody.
ALTER TABLE messages ADD COLUMN mentions TEXT NOT NULL DEFAULT '';

-- Agents whom a note has called and who have not read it: seq is the newest such note of the conversation. The row goes when he has read that far. The
-- conversation's mentioned holds the same, as a JSON list of ids, so that its row needs no look here.
CREATE TABLE mentions (
    agent        TEXT NOT NULL REFERENCES agents (id),
    conversation TEXT NOT NULL REFERENCES conversations (id),
    seq          BIGINT NOT NULL,
    PRIMARY KEY (agent, conversation)
) {clustered};
CREATE INDEX mentions_conversation ON mentions (conversation);
ALTER TABLE conversations ADD COLUMN mentioned TEXT NOT NULL DEFAULT '';

-- The tags of a site as they are spelt, by what they are compared by, and how many conversations have each.
CREATE TABLE tags (
    site TEXT NOT NULL REFERENCES sites (key),
    key  TEXT NOT NULL,
    name TEXT NOT NULL,
    uses BIGINT NOT NULL,
    PRIMARY KEY (site, key)
) {clustered};

-- Which conversations have a tag: what the inbox is filtered by. The row of the conversation has the names.
CREATE TABLE tagged (
    site         TEXT NOT NULL,
    tag          TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversations (id),
    PRIMARY KEY (site, tag, conversation)
) {clustered};

-- What agents have written down about a visitor. remark_rev counts its changes, 0 before the first; remark_by is who made the last one, empty where the texts of two
-- visitors were joined.
ALTER TABLE visitors ADD COLUMN remark TEXT NOT NULL DEFAULT '';
ALTER TABLE visitors ADD COLUMN remark_rev BIGINT NOT NULL DEFAULT 0;
ALTER TABLE visitors ADD COLUMN remark_by TEXT NOT NULL DEFAULT '';
ALTER TABLE visitors ADD COLUMN remark_at BIGINT NOT NULL DEFAULT 0;
