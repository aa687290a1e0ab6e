package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// A frame put together from encoded rows is the one that encoding the frame would give.
func TestInboxFrame(t *testing.T) {
	for n := range 3 {
		want := chat.InboxFrame{Event: chat.EvInbox, Conversations: []chat.Conversation{}}
		var rows [][]byte
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
		{chat.InboxFilter{Unresolved: true}, true},
		{chat.InboxFilter{State: chat.StateOpen, Unresolved: true}, true},
		{chat.InboxFilter{WaitingS: 60}, false},
	} {
		if got := matches(&c, f.filter); got != f.want {
			t.Errorf("%+v: %v", f.filter, got)
		}
	}
	c.State, c.WaitingSince = chat.StateResolved, 1
	if matches(&c, chat.InboxFilter{Unresolved: true}) || !matches(&c, chat.InboxFilter{State: chat.StateResolved, Unresolved: true}) || !matches(&c, chat.InboxFilter{WaitingS: 60}) {
		t.Error("a resolved one in which somebody waits since now")
	}
}

// TestInboxesAreReadTogether: what has changed on several sites is read with one query and told to each site's consoles alone; what changes
// again within the second is told together.
func TestInboxesAreReadTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newMemStore()
		h := New(Options{Store: st, Log: zerolog.Nop()})
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		e := &testEdge{hub: h, store: st, people: map[string]Identity{}}
		sites := []string{"books", "cups", "tea"}
		var mu sync.Mutex
		told := map[string][]chat.Conversation{} // guarded by mu
		rowsOf := func(site string) []chat.Conversation {
			mu.Lock()
			defer mu.Unlock()
			return told[site]
		}
		lines := map[string]chat.Post{}
		for _, site := range sites {
			id := agentIdentity(language.English)
			id.Sites[0].Key = site
			e.people[site] = id
			s := h.attach(newTestWire(func(frame []byte) {
				var f chat.InboxFrame
				if json.Unmarshal(frame, &f) == nil && f.Event == chat.EvInbox {
					mu.Lock()
					defer mu.Unlock()
					told[site] = append(told[site], f.Conversations...)
				}
			}), e)
			must(t, s.handle(fmt.Appendf(nil, `{"id":1,"call":"hello","token":%q}`, site), &Request{}))
			must(t, s.handle([]byte(`{"id":2,"call":"inbox"}`), nil))
			p := chat.Post{Site: site, Author: visitorIdentity(language.English).Participant, Kind: chat.MessageLine, Text: "hello", Language: language.English, Key: chat.NewID()}
			posted, err := h.Post(ctx, p)
			must(t, err)
			p.Conversation = posted.Conversation
			lines[site] = p
		}
		later(10*time.Second + 50*time.Millisecond) // to a moment when no worker asks
		mu.Lock()
		clear(told)
		mu.Unlock()
		st.mu.Lock()
		before := st.queries
		st.mu.Unlock()
		// As if the lines of all sites had been committed together.
		h.mu.Lock()
		for site, in := range h.inboxes {
			in.mu.Lock()
			in.changed[lines[site].Conversation] = true
			in.mu.Unlock()
		}
		h.mu.Unlock()
		h.wakeInboxes()
		synctest.Wait()
		st.mu.Lock()
		queries := st.queries - before
		st.mu.Unlock()
		if queries != 1 {
			t.Errorf("%d queries for three sites", queries)
		}
		for _, site := range sites {
			if rows := rowsOf(site); len(rows) != 1 || rows[0].Site != site {
				t.Errorf("the console of %s was told %+v", site, rows)
			}
			for range 5 {
				p := lines[site]
				p.Key = chat.NewID()
				_, err := h.Post(ctx, p)
				must(t, err)
			}
		}
		later(inboxEvery + inboxStep)
		for _, site := range sites {
			if rows := rowsOf(site); len(rows) != 2 || rows[1].Seq != 6 {
				t.Errorf("the console of %s was told %d rows in a second, want 2 with the last line", site, len(rows))
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
