-- works with: 3

-- What a line brought along, as a JSON list of attachments as on the wire, without their addresses; empty: nothing.
ALTER TABLE messages ADD COLUMN attachments TEXT NOT NULL DEFAULT '';

-- Files that people have sent up. seq is that of the line they came with, 0 as long as it has not been sent; the conversation of a visitor's file is empty until
-- then. disk is the name in the folder of uploads, bytes what the file takes there with its small picture, thumb the ending of that one's name, if there is one.
CREATE TABLE files (
    id           TEXT NOT NULL PRIMARY KEY,
    site         TEXT NOT NULL REFERENCES sites (key),
    owner        TEXT NOT NULL,
    conversation TEXT NOT NULL,
    seq          BIGINT NOT NULL DEFAULT 0,
    disk         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    type         TEXT NOT NULL,
    size         BIGINT NOT NULL,
    width        BIGINT NOT NULL DEFAULT 0,
    height       BIGINT NOT NULL DEFAULT 0,
    thumb        TEXT NOT NULL DEFAULT '',
    bytes        BIGINT NOT NULL,
    created_at   BIGINT NOT NULL
);
-- How much a site has, and somebody within a day, is summed up from these alone.
CREATE INDEX files_site ON files (site, bytes);
CREATE INDEX files_owner ON files (owner, created_at, bytes);
CREATE INDEX files_conversation ON files (conversation) WHERE conversation <> '';
CREATE INDEX files_unsent ON files (created_at) WHERE seq = 0;
