-- works with: 3

-- What head and agents were when a conversation was indexed with the names of its files and the remark on its visitor (the two with a space between them), and which
-- remark that was and under which name: of its revision, its moment and `who`; empty without one. A program that knows neither files nor remarks writes documents without
-- them, moves head or agents or who, and leaves these where they are.
ALTER TABLE search_heads ADD COLUMN whole TEXT NOT NULL DEFAULT '';
ALTER TABLE search_heads ADD COLUMN remarked TEXT NOT NULL DEFAULT '';
