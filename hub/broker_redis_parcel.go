package hub

import (
	"bytes"
	"encoding/json"
	"errors"

	"dragoman/chat"
)

// parcel is an event as it travels between nodes: with what the visitor's side of a row knows, which the wire of clients leaves out.
type parcel struct {
	chat.Event
	VisitorLast   *chat.Message `json:"visitor_last,omitempty"`
	VisitorUnread int64         `json:"visitor_unread,omitempty"`
}

// markLength is how long a node's mark is, in bytes.
const markLength = 36

// seal makes of events what travels: the node's mark, by which it knows its own again without decoding them, and a list.
func seal(mark string, evs []chat.Event) ([]byte, error) {
	list := make([]parcel, len(evs))
	for i, ev := range evs {
		list[i].Event = ev
		if ev.Row != nil {
			list[i].VisitorLast, list[i].VisitorUnread = ev.Row.VisitorLast, ev.Row.VisitorUnread
		}
	}
	var b bytes.Buffer
	b.WriteString(mark)
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(list); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// openParcel reads what came from Redis. That is input, too: an older or a newer version may have written it. Fields that are unknown here
// are passed over, and so is, by the hub, an event whose type is. With an error it returns the events that can be read all the same.
func openParcel(payload string) ([]chat.Event, error) {
	if len(payload) < markLength {
		return nil, errors.New("too short")
	}
	var list []parcel
	err := json.Unmarshal([]byte(payload[markLength:]), &list)
	if err != nil {
		list = readable([]byte(payload[markLength:]))
	}
	evs := make([]chat.Event, len(list))
	for i, p := range list {
		if p.Row != nil {
			p.Row.VisitorLast, p.Row.VisitorUnread = p.VisitorLast, p.VisitorUnread
		}
		evs[i] = p.Event
	}
	return evs, err
}

// readable returns those of a list that can be read.
func readable(payload []byte) []parcel {
	var raw []json.RawMessage
	if json.Unmarshal(payload, &raw) != nil {
		return nil
	}
	var list []parcel
	for _, r := range raw {
		var p parcel
		if json.Unmarshal(r, &p) == nil {
			list = append(list, p)
		}
	}
	return list
}
