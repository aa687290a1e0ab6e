package store

import (
	"encoding/base64"
	"encoding/binary"

	"dragoman/chat"

	"github.com/google/uuid"
)

// cursor is a place in the inbox: the conversation after which the next page begins.
type cursor struct {
	// lane is the part of the order in which it stands; at is what the lane is ordered by.
	lane int
	at   chat.Time
	id   string
}

// What stands first in every cursor: the order that it belongs to. One by waiting has its lane next.
const (
	cursorNewest  = 1
	cursorWaiting = 2
)

// String returns the cursor as clients carry it: opaque, safe in addresses.
func (c cursor) String(order chat.InboxOrder) string {
	id, err := uuid.Parse(c.id)
	if err != nil {
		return ""
	}
	b := []byte{cursorNewest}
	if order == chat.OrderWaiting {
		b = []byte{cursorWaiting, byte(c.lane)}
	}
	b = binary.BigEndian.AppendUint64(b, uint64(c.at))
	return base64.RawURLEncoding.EncodeToString(append(b, id[:]...))
}

// parseCursor reads what a client sends back, which must be a place in this order.
func parseCursor(s string, order chat.InboxOrder) (cursor, error) {
	bad := chat.Errorf(chat.BadRequest, "This is no place in this list: leave out after, and begin again with the first page.")
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	version, lane := byte(cursorNewest), 0
	if order == chat.OrderWaiting {
		version = cursorWaiting
	}
	if err != nil || len(b) == 0 || b[0] != version {
		return cursor{}, bad
	}
	b = b[1:]
	if order == chat.OrderWaiting && len(b) > 0 {
		lane, b = int(b[0]), b[1:]
	}
	if len(b) != 8+16 || b[0]&0x80 != 0 {
		return cursor{}, bad
	}
	return cursor{lane: lane, at: chat.Time(binary.BigEndian.Uint64(b[:8])), id: uuid.UUID(b[8:]).String()}, nil
}
