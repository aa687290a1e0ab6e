package hub

import (
	"encoding/json"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
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

// TestMatches: what a console is told of is what the store would list: also by the translations of the last line.
func TestMatches(t *testing.T) {
	c := chat.Conversation{Site: "shop", State: chat.StateOpen, Language: language.MustParse("pt-BR"), Assignee: "a1",
		Visitor: chat.Visitor{Participant: chat.Participant{Name: "Visitor 1a2b"}},
		Last:    &chat.Message{Text: "¿Dónde está?", Translations: map[language.Tag]chat.Translation{language.English: {Text: "Where is it?"}}}}
	for _, f := range []struct {
		filter chat.InboxFilter
		want   bool
	}{
		{chat.InboxFilter{}, true},
		{chat.InboxFilter{Site: "shop", State: chat.StateOpen, Language: "pt-BR", Assignee: "a1"}, true},
		{chat.InboxFilter{Site: "other"}, false},
		{chat.InboxFilter{State: chat.StateResolved}, false},
		{chat.InboxFilter{Language: "pt"}, false},
		{chat.InboxFilter{Assignee: "none"}, false},
		{chat.InboxFilter{Assignee: "a2"}, false},
		{chat.InboxFilter{Text: "DÓNDE"}, true},
		{chat.InboxFilter{Text: "where is"}, true},
		{chat.InboxFilter{Text: "1A2B"}, true},
		{chat.InboxFilter{Text: "parcel"}, false},
	} {
		if got := matches(&c, f.filter); got != f.want {
			t.Errorf("%+v: %v", f.filter, got)
		}
	}
}
