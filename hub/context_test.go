package hub

import (
	"slices"
	"strings"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// colleague lets a second agent of the same site in, whom the store knows, and returns him.
func (h *house) colleague(name string) chat.Agent {
	id := agentIdentity(language.English)
	id.Agent.Name = name
	id.Participant.Name = name
	h.edge.people[name] = id
	h.store.mu.Lock()
	defer h.store.mu.Unlock()
	h.store.agents[id.Agent.ID] = *id.Agent
	return *id.Agent
}

// codeOf makes a call and returns how it was refused, or nothing.
func (p *peer) codeOf(name chat.CallName, fields map[string]any) chat.Code {
	p.t.Helper()
	if r := p.call(name, fields); r.Error != nil {
		return r.Error.Code
	}
	return ""
}

// rowOf waits for an inbox event with a row of the conversation that fits.
func (p *peer) rowOf(id string, fits func(chat.Conversation) bool) chat.Conversation {
	p.t.Helper()
	var row chat.Conversation
	p.event(func(ev event) bool {
		for _, c := range ev.Conversations {
			if ev.Event == chat.EvInbox && c.ID == id && fits(c) {
				row = c
				return true
			}
		}
		return false
	})
	return row
}

// TestMentionCalls: an agent whom a note calls is told, whatever his lists are, until he has read it; the visitor is told nothing.
func TestMentionCalls(t *testing.T) {
	h := newHouse(t, Options{})
	bo := h.colleague("Bo")
	visitor, agent, id := h.answered(t)
	other := h.hello(t, "Bo")
	// A list on which the conversation does not stand.
	if r := other.call(chat.CallInbox, map[string]any{"filter": map[string]any{"assignee": "me"}}); r.Error != nil {
		t.Fatal(r.Error)
	}
	note := map[string]any{"key": chat.NewID(), "conversation": id, "text": "@Bo, is that in stock?", "note": true, "mentions": []string{bo.ID, bo.ID}}
	sent := decode[chat.SendOK](agent.call(chat.CallSend, note).OK)
	if got := sent.Message.Mentions; !slices.Equal(got, []chat.Mention{{ID: bo.ID, Name: "Bo"}}) {
		t.Fatalf("the note calls %+v", got)
	}
	calls := func(c chat.Conversation) bool { return slices.Contains(c.Mentioned, bo.ID) }
	other.rowOf(id, calls)
	page := func() []chat.Conversation {
		return decode[chat.InboxOK](other.call(chat.CallInbox, map[string]any{"filter": map[string]any{"mentioned": true}}).OK).Conversations
	}
	if got := page(); len(got) != 1 || got[0].ID != id {
		t.Fatalf("he is called in %+v", got)
	}
	if code := other.codeOf(chat.CallRead, map[string]any{"conversation": id, "seq": sent.Message.Seq}); code != "" {
		t.Fatal(code)
	}
	other.rowOf(id, func(c chat.Conversation) bool { return !calls(c) })
	if got := page(); len(got) != 0 {
		t.Errorf("he is still called in %+v", got)
	}
	own := decode[chat.Rows](visitor.call(chat.CallSync, map[string]any{"conversation": id, "since": 0}).OK)
	for _, m := range own.Messages {
		if m.Kind == chat.MessageNote || len(m.Mentions) > 0 {
			t.Errorf("the visitor sees %+v", m)
		}
	}
}

// TestWhoMayMention: agents, in notes, a bounded number of agents; nothing is stored of what is refused.
func TestWhoMayMention(t *testing.T) {
	h := newHouse(t, Options{})
	bo := h.colleague("Bo")
	visitor, agent, id := h.answered(t)
	many := make([]string, chat.MaxMentions+1)
	for i := range many {
		many[i] = bo.ID
	}
	send := func(mentions []string, note bool) map[string]any {
		return map[string]any{"key": chat.NewID(), "conversation": id, "text": "@Bo", "note": note, "mentions": mentions}
	}
	for _, c := range []struct {
		who    *peer
		fields map[string]any
		want   chat.Code
	}{
		{visitor, send([]string{bo.ID}, false), chat.BadRequest},
		{visitor, send([]string{bo.ID}, true), chat.Forbidden},
		{agent, send([]string{bo.ID}, false), chat.BadRequest},
		{agent, send([]string{"Bo"}, true), chat.BadRequest},
		{agent, send([]string{chat.NewID()}, true), chat.NotFound},
		{agent, send(many, true), chat.TooLong},
		{agent, send(many[1:], true), ""},
	} {
		before := len(h.lines())
		if got := c.who.codeOf(chat.CallSend, c.fields); got != c.want || (len(h.lines()) > before) != (c.want == "") {
			t.Errorf("%v: %q, want %q", c.fields["mentions"], got, c.want)
		}
	}
}

// TestTagsOfAgents: everybody who has the conversation open gets the change, the visitor a row without; names are cleaned and bounded.
func TestTagsOfAgents(t *testing.T) {
	h := newHouse(t, Options{})
	h.colleague("Bo")
	visitor, agent, id := h.answered(t)
	other := h.hello(t, "Bo")
	if r := other.call(chat.CallOpen, map[string]any{"conversation": id}); r.Error != nil {
		t.Fatal(r.Error)
	}
	for _, c := range []struct {
		who    *peer
		fields map[string]any
		want   chat.Code
	}{
		{visitor, map[string]any{"add": []string{"x"}}, chat.UnknownCall},
		{agent, map[string]any{"add": []string{" # "}}, chat.Empty},
		{agent, map[string]any{"add": []string{strings.Repeat("é", chat.MaxTagName+1)}}, chat.TooLong},
		{agent, map[string]any{"add": make([]string, chat.MaxTags+1)}, chat.TooLong},
		{agent, map[string]any{"conversation": chat.NewID(), "add": []string{"x"}}, chat.NotFound},
		{agent, map[string]any{"add": []string{"  #Late   delivery\n", "late delivery"}}, ""},
	} {
		fields := map[string]any{"conversation": id}
		for k, v := range c.fields {
			fields[k] = v
		}
		if got := c.who.codeOf(chat.CallTag, fields); got != c.want {
			t.Errorf("%v: %q, want %q", c.fields, got, c.want)
		}
	}
	other.event(func(ev event) bool {
		return ev.Event == chat.EvConversation && slices.Equal(ev.Row.Tags, []string{"Late delivery"})
	})
	row := decode[chat.Rows](visitor.call(chat.CallSync, map[string]any{"conversation": id, "since": 0}).OK).Row
	if row == nil || len(row.Tags) != 0 {
		t.Errorf("the visitor sees %+v", row)
	}
	if got := decode[chat.TagsOK](agent.call(chat.CallTags, map[string]any{"site": h.store.conversations[id].row.Site}).OK).Tags; !slices.Equal(got, []chat.TagUse{{Name: "Late delivery", Uses: 1}}) {
		t.Errorf("the site has %+v", got)
	}
	if got := agent.codeOf(chat.CallTags, map[string]any{"site": "other"}); got != chat.NotFound {
		t.Errorf("another site: %q", got)
	}
	if got := visitor.codeOf(chat.CallTags, map[string]any{"site": "shop"}); got != chat.UnknownCall {
		t.Errorf("a visitor: %q", got)
	}
	for tag, want := range map[string]int{"late DELIVERY": 1, "late": 0} {
		ok := decode[chat.InboxOK](agent.call(chat.CallInbox, map[string]any{"filter": map[string]any{"tag": tag}}).OK)
		if len(ok.Conversations) != want {
			t.Errorf("%q: %d conversations, want %d", tag, len(ok.Conversations), want)
		}
	}
}

// TestRemarkOfAgents: two who edit at once do not undo each other, and the other consoles hear that something has changed.
func TestRemarkOfAgents(t *testing.T) {
	h := newHouse(t, Options{})
	h.colleague("Bo")
	visitor, agent, id := h.answered(t)
	other := h.hello(t, "Bo")
	other.call(chat.CallInbox, nil)
	write := func(who *peer, text string, rev int) event {
		return who.call(chat.CallRemark, map[string]any{"conversation": id, "text": text, "rev": rev})
	}
	if got := visitor.codeOf(chat.CallRemark, map[string]any{"conversation": id}); got != chat.UnknownCall {
		t.Errorf("a visitor: %q", got)
	}
	if got := agent.codeOf(chat.CallRemark, map[string]any{"conversation": chat.NewID()}); got != chat.NotFound {
		t.Errorf("no conversation: %q", got)
	}
	if r := write(agent, strings.Repeat("é", chat.MaxRemark+1), 0); r.Error == nil || r.Error.Code != chat.TooLong {
		t.Errorf("too long: %+v", r.Error)
	}
	if r := decode[chat.RemarkOK](write(agent, " Likes cups\r\n", 0).OK); r.Text != "Likes cups" || r.Rev != 1 {
		t.Fatalf("%+v", r)
	}
	other.rowOf(id, func(c chat.Conversation) bool { return c.Visitor.Remark == 1 })
	if r := write(other, "Likes plates", 0); r.Error == nil || r.Error.Code != chat.Conflict {
		t.Errorf("from an older text: %+v", r.Error)
	}
	if r := decode[chat.RemarkOK](other.call(chat.CallRemark, map[string]any{"conversation": id}).OK); r.Text != "Likes cups" || r.Rev != 1 {
		t.Errorf("there stands %+v", r)
	}
	if got := visitor.codeOf(chat.CallEarlier, map[string]any{"conversation": id}); got != chat.UnknownCall {
		t.Errorf("a visitor's earlier: %q", got)
	}
	if got := agent.codeOf(chat.CallEarlier, map[string]any{"conversation": chat.NewID()}); got != chat.NotFound {
		t.Errorf("earlier of no conversation: %q", got)
	}
	if ok := decode[chat.EarlierOK](agent.call(chat.CallEarlier, map[string]any{"conversation": id}).OK); ok.Conversations == nil || len(ok.Conversations) != 0 {
		t.Errorf("%+v", ok)
	}
}
