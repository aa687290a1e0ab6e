-- works with: 3

-- See 0003_fewer_indexes.sqlite.sql.
ALTER TABLE messages DROP CONSTRAINT messages_conversation_fkey;
-- The line has changed since it was written, so rev is out of the order of seq.
ALTER TABLE messages ADD COLUMN revised BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE messages m SET revised = TRUE FROM (
  SELECT conversation, seq, rev,
    MIN(rev) OVER (PARTITION BY conversation ORDER BY seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later FROM messages
) AS o WHERE o.conversation = m.conversation AND o.seq = m.seq AND o.later < o.rev;
DROP INDEX messages_rev;
DROP INDEX messages_key;
CREATE INDEX messages_revised ON messages (conversation, rev) WHERE revised;
CREATE UNIQUE INDEX messages_key ON messages (key, author) WHERE key IS NOT NULL;
