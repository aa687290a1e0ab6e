package chat

import "github.com/google/uuid"

// NewID returns a new id: a UUIDv7 in the usual text form. Ids sort by the time they were made, which
// keeps database indexes compact; nothing else relies on that.
func NewID() string {
	return uuid.Must(uuid.NewV7()).String()
}

// ValidKey tells whether s is a UUID in its usual 36 character form. Clients make the keys of their
// lines; any version of UUID is accepted.
func ValidKey(s string) bool {
	return len(s) == 36 && uuid.Validate(s) == nil
}
