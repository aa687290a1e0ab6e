package hub

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// loaded is a visitor who says as much of himself as he may.
func loaded(v chat.Visitor) chat.Visitor {
	v.Page = &chat.Page{URL: "https://shop.example/" + strings.Repeat("u", chat.MaxPageURL-21), Title: strings.Repeat("é", chat.MaxPageTitle)}
	v.Attributes = map[string]string{"order": strings.Repeat("x", chat.MaxAttributeValue)}
	v.Signed = []string{"order"}
	v.Cart = &chat.Cart{}
	for range chat.MaxCartItems {
		v.Cart.Items = append(v.Cart.Items, chat.Item{Name: strings.Repeat("é", chat.MaxCartBytes/chat.MaxCartItems/2)})
	}
	return v
}

// ask makes a call that must succeed.
func ask[T any](t *testing.T, c *testClient, name chat.CallName, fields map[string]any) T {
	t.Helper()
	reply := c.call(name, fields)
	if reply.Error != nil || reply.OK == nil {
		t.Fatalf("%s: %v", name, reply.Error)
	}
	return decode[T](reply.OK)
}

// inboxRow is a row as the console was told of it last by an event.
func (c *testClient) inboxRow(id string) chat.Conversation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inbox[id]
}

// TestBriefRows: whoever asks for brief rows gets them in pages and events, but for what is open on his socket; everybody else gets whole ones.
func TestBriefRows(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		text := strings.Repeat("ü", chat.DefaultTextLimit)
		w.edges[0].people["colleague"] = agentIdentity(language.English)
		id := w.client(0, "es").line(text, "")
		w.store.mu.Lock()
		row := &w.store.conversations[id].row
		row.Visitor = loaded(row.Visitor)
		w.store.mu.Unlock()
		brief, whole := w.client(0, "agent"), w.client(0, "colleague")
		page := ask[chat.InboxOK](t, brief, chat.CallInbox, map[string]any{"brief": true})
		is := func(name string, c chat.Conversation, want bool) {
			t.Helper()
			if c.ID != id || c.Last == nil {
				t.Fatalf("%s: %+v", name, c)
			}
			full := c.Visitor.Page != nil && c.Visitor.Cart != nil && len(c.Visitor.Attributes) == 1 && len(c.Visitor.Signed) == 1 && c.Last.Text == text
			bare := c.Visitor.Page == nil && c.Visitor.Cart == nil && len(c.Visitor.Attributes) == 0 && c.Visitor.Signed == nil && c.Last.Text == strings.Repeat("ü", chat.MaxBriefText)
			if c.Brief != want || want && !bare || !want && !full {
				t.Errorf("%s: brief %v, want %v: page %v, basket %v, %d attributes, %d characters", name, c.Brief, want, c.Visitor.Page, c.Visitor.Cart != nil, len(c.Visitor.Attributes), len([]rune(c.Last.Text)))
			}
		}
		is("a brief page", page.Conversations[0], true)
		if b, err := json.Marshal(page.Conversations[0]); err != nil || len(b) > 2000 {
			t.Errorf("a brief row of a visitor who says all he may has %d bytes: %v", len(b), err)
		}
		page = ask[chat.InboxOK](t, whole, chat.CallInbox, nil)
		is("a whole page", page.Conversations[0], false)
		tell := func() {
			later(inboxEvery + inboxStep)
			w.hubs[0].inboxChanged("shop", []chat.Event{{Conversation: id}})
			synctest.Wait()
		}
		tell()
		is("a brief event", brief.inboxRow(id), true)
		is("a whole event", whole.inboxRow(id), false)
		ask[any](t, brief, chat.CallOpen, map[string]any{"conversation": id})
		tell()
		is("an event of an open conversation", brief.inboxRow(id), false)
		ask[any](t, brief, chat.CallClose, map[string]any{"conversation": id})
		tell()
		is("an event after it was closed", brief.inboxRow(id), true)
	})
}

// TestInboxOnce: what is asked for once is not followed, and pushes out none of the lists that are.
func TestInboxOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		agent := w.client(0, "agent")
		page := ask[chat.InboxOK](t, agent, chat.CallInbox, map[string]any{"once": true})
		if len(page.Conversations) != 1 || page.Counts != nil {
			t.Fatalf("%+v", page)
		}
		visitor.line("¿hay alguien?", id)
		later(inboxEvery + inboxStep)
		if got := agent.inboxRow(id); got.ID != "" {
			t.Errorf("told of what was asked for once: %+v", got)
		}
		ask[any](t, agent, chat.CallInbox, map[string]any{"filter": map[string]any{"state": "open"}})
		for range inboxFilters + 1 {
			ask[any](t, agent, chat.CallInbox, map[string]any{"once": true, "filter": map[string]any{"text": chat.NewID()}})
		}
		// The one that is asked for again stays, however many others come.
		for range inboxFilters - 1 {
			ask[any](t, agent, chat.CallInbox, map[string]any{"filter": map[string]any{"text": chat.NewID()}})
			ask[any](t, agent, chat.CallInbox, map[string]any{"filter": map[string]any{"state": "open"}})
			ask[any](t, agent, chat.CallInbox, map[string]any{"filter": map[string]any{"text": chat.NewID()}})
		}
		visitor.line("¿hola?", id)
		later(inboxEvery + inboxStep)
		if got := agent.inboxRow(id); got.Seq != 3 {
			t.Errorf("not told of what is followed: %+v", got)
		}
	})
}

// TestCounts: the numbers are those of the agent's own sites, all consoles together ask the store once a second, and who asks a second after he was told of a change has it.
func TestCounts(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.edges[0].people["colleague"] = agentIdentity(language.English)
		id := w.client(0, "es").line("hola", "")
		one, two := w.client(0, "agent"), w.client(0, "colleague")
		counted := func() int {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			return w.store.counted
		}
		want := func(name string, c *testClient, call chat.CallName, want chat.CountsOK) {
			t.Helper()
			var got chat.CountsOK
			if call == chat.CallInbox {
				got = *ask[chat.InboxOK](t, c, call, nil).Counts
			} else {
				got = ask[chat.CountsOK](t, c, call, nil)
			}
			if got != want {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
		want("with a page", one, chat.CallInbox, chat.CountsOK{Unassigned: 1, All: 1})
		want("by itself", two, chat.CallCounts, chat.CountsOK{Unassigned: 1, All: 1})
		if n := counted(); n != 1 {
			t.Errorf("counted %d times", n)
		}
		ask[any](t, one, chat.CallTake, map[string]any{"conversation": id})
		later(tallyFor)
		want("mine", one, chat.CallCounts, chat.CountsOK{Mine: 1, All: 1})
		want("somebody else's", two, chat.CallCounts, chat.CountsOK{All: 1})
		if n := counted(); n != 2 {
			t.Errorf("counted %d times", n)
		}
		away := func(is bool) {
			w.store.mu.Lock()
			w.store.down = is
			w.store.mu.Unlock()
		}
		away(true)
		later(tallyFor)
		if reply := one.call(chat.CallCounts, nil); reply.Error == nil || reply.Error.Code != chat.Unavailable {
			t.Errorf("while the store is away: %+v", reply)
		}
		away(false)
		want("when the store is back", one, chat.CallCounts, chat.CountsOK{Mine: 1, All: 1})
	})
}
