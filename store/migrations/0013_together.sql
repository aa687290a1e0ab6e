-- works with: 3

-- An agent who is away counts as nobody who is there; away_until is when he wants to be back, 0: when he says so.
ALTER TABLE agents ADD COLUMN away BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE agents ADD COLUMN away_until BIGINT NOT NULL DEFAULT 0;

-- The ids of agents who were added to a conversation without being given it, as a JSON list.
ALTER TABLE conversations ADD COLUMN invited TEXT NOT NULL DEFAULT '[]';
