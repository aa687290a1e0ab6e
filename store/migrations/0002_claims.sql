-- works with: 1

-- Who works on a line's pending translations until claimed_until: the store of one node, as long as that node has it open.
ALTER TABLE messages ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';
