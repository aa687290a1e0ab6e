-- works with: 3

-- How many translations of a conversation a visitor has called wrong, and nobody has dealt with yet. They stand in the lines; this is what the
-- inbox shows without reading them.
ALTER TABLE conversations ADD COLUMN flagged BIGINT NOT NULL DEFAULT 0;
