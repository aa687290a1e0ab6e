-- works with: 3

-- How a conversation was, as its visitor says after its end: 1 to 5, 0 if he has said nothing; and the seq of the system line that tells of it.
ALTER TABLE conversations ADD COLUMN rating BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN rating_comment TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN rated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN rated_seq BIGINT NOT NULL DEFAULT 0;
