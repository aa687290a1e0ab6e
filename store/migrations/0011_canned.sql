-- works with: 3

-- Canned replies: a row for each language. by is who wrote the text, and once it is approved who did that.
CREATE TABLE canned (
    site     TEXT NOT NULL REFERENCES sites (key),
    name     TEXT NOT NULL,
    language TEXT NOT NULL,
    text     TEXT NOT NULL,
    approved BOOLEAN NOT NULL DEFAULT FALSE,
    made_by  TEXT NOT NULL,
    made_at  BIGINT NOT NULL,
    PRIMARY KEY (site, name, language)
) {clustered};
