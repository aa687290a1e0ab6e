package store

import (
	"encoding/base64"
	"encoding/binary"

	"dragoman/chat"

	"github.com/google/uuid"
)

// cursor is a place in the inbox: the conversation after which the next page begins.
type cursor struct {
	at chat.Time
	id string
}

// cursorVersion stands first in every cursor, so that another order can get another one.
const cursorVersion = 1

// String returns the cursor as clients carry it: opaque, safe in addresses.
func (c cursor) String() string {
	id, err := uuid.Parse(c.id)
	if err != nil {
		return ""
	}
	b := append([]byte{cursorVersion}, binary.BigEndian.AppendUint64(nil, uint64(c.at))...)
	return base64.RawURLEncoding.EncodeToString(append(b, id[:]...))
}

// parseCursor reads what a client sends back.
func parseCursor(s string) (cursor, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 1+8+16 || b[0] != cursorVersion || b[1]&0x80 != 0 {
		return cursor{}, chat.Errorf(chat.BadRequest, "This is no place in the inbox: leave out after, and begin again with the first page.")
	}
	return cursor{at: chat.Time(binary.BigEndian.Uint64(b[1:9])), id: uuid.UUID(b[9:]).String()}, nil
}
