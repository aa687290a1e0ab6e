-- works with: 3

-- Who waits, the longest first: the inbox's other order.
CREATE INDEX conversations_waiting ON conversations (site, waiting_since, id) WHERE state = 'open' AND waiting_since > 0;
-- Who has which, and how many: lines do not change it.
CREATE INDEX conversations_held ON conversations (site, state, assignee);
