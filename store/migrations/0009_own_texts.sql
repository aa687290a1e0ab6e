-- works with: 3

-- What a site says in its own words, by text and language: chat.OwnTexts as JSON. texts goes on holding the greeting in the site's language, for programs that know
-- no more.
ALTER TABLE sites ADD COLUMN own_texts TEXT NOT NULL DEFAULT '{}';
