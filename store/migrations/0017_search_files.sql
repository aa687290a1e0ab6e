-- works with: 3

-- Up to which rev the index has the names of a conversation's files as well. A program that knows nothing of them moves head and leaves this where it is.
ALTER TABLE search_heads ADD COLUMN named BIGINT NOT NULL DEFAULT 0;
