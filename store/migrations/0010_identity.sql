-- works with: 3

-- The identity secret before the one of today, while programs of the shop may still sign with it; empty: none.
ALTER TABLE sites ADD COLUMN identity_secret_old TEXT NOT NULL DEFAULT '';

-- Who the shop says it is: the sub of its signature, empty for visitors whom nobody has signed for. A visitor who turned out to be somebody known
-- has his id in merged_into, and nothing else any more. signed holds the attributes that the shop has signed, those beside it are what pages say; cart
-- is the basket as JSON, or nothing.
ALTER TABLE visitors ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE visitors ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
ALTER TABLE visitors ADD COLUMN signed TEXT NOT NULL DEFAULT '{}';
ALTER TABLE visitors ADD COLUMN cart TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX visitors_subject ON visitors (site, subject) WHERE subject <> '';

-- A visitor's tokens beside the one in his own row: people who sign in have one for each browser. One that has ended stays for a while: who comes
-- with it and with a signature for the person that it led to has not heard the answer. holder is the visitor that it was made for.
CREATE TABLE tokens (
    hash    {blob} NOT NULL PRIMARY KEY,
    visitor TEXT NOT NULL REFERENCES visitors (id),
    holder  TEXT NOT NULL,
    ended   BOOLEAN NOT NULL DEFAULT FALSE,
    used_at BIGINT NOT NULL
) {clustered};
CREATE INDEX tokens_visitor ON tokens (visitor, used_at);
CREATE INDEX tokens_ended ON tokens (holder) WHERE ended;
