-- works with: 3

-- Where a login came from: what the browser calls itself, and the address. They go with the login.
ALTER TABLE logins ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE logins ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- The second step of an agent's login (RFC 6238): the secret in base32, empty: there is none; the step of the last code that was used; and the SHA-256 of the
-- recovery codes that are left, as a JSON list.
ALTER TABLE agents ADD COLUMN totp TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN recovery TEXT NOT NULL DEFAULT '[]';
