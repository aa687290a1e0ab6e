-- works with: 3

-- Why a visitor is taken to read visitors.language (chosen, written, browser; empty: from before this step), which languages his browser named, as a JSON
-- list, and what his lines have said so far, which only the detector reads.
ALTER TABLE visitors ADD COLUMN language_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE visitors ADD COLUMN browser_languages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE visitors ADD COLUMN language_evidence TEXT NOT NULL DEFAULT '';
