package hub

import (
	"encoding/json"
	"testing"

	"dragoman/chat"
)

// A frame put together from encoded rows is the one that encoding the frame would give.
func TestInboxFrame(t *testing.T) {
	for n := range 3 {
		want := chat.InboxFrame{Event: chat.EvInbox, Conversations: []chat.Conversation{}}
		var rows []json.RawMessage
		for i := range n {
			c := chat.Conversation{ID: chat.NewID(), Head: int64(i), Participants: []chat.Participant{}, Tags: []string{"<&>\u2028"}}
			b, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, b)
			want.Conversations = append(want.Conversations, c)
		}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := inboxFrame(rows); string(got) != string(b) {
			t.Errorf("%d rows:\n%s\nwant\n%s", n, got, b)
		}
	}
}
