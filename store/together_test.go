package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// spelt writes down what a change has told, in the order of the revs.
func spelt(c chat.Changed) string {
	var out []string
	for _, m := range c.Messages {
		if m.Event != nil {
			out = append(out, string(m.Event.Type))
		} else {
			out = append(out, string(m.Kind))
		}
	}
	if c.Row != nil {
		out = append(out, "row")
	}
	return strings.Join(out, " ")
}

// TestAssignWithNote: the note and the assignment are one change, and the same change again is none, also when another has come between.
func TestAssignWithNote(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		pia := sh.newAgent(t, "Pia", language.German)
		note := &chat.Note{Key: chat.NewID(), Text: "Wants a refund.", Language: language.English}
		give := chat.Change{By: sh.ann.Participant(), Assignee: &pia.ID, Note: note}
		c := sh.change(t, id, give)
		if got := spelt(c); got != "joined assigned note row" {
			t.Fatalf("told %q", got)
		}
		for i, m := range c.Messages {
			if want := c.Row.Rev - int64(len(c.Messages)-i); m.Rev != want {
				t.Errorf("%s has rev %d, want %d", m.Kind, m.Rev, want)
			}
		}
		said := c.Messages[2]
		if said.Author.ID != sh.ann.ID || said.Translations[language.German].State != chat.TranslationPending {
			t.Fatalf("the note is %+v", said)
		}
		if len(c.Readers) != 1 || c.Readers[0].Language != language.German {
			t.Errorf("it is read by %v", c.Readers)
		}
		row := sh.get(t, id)
		if row.Assignee != pia.ID || row.Last.Text != note.Text || row.VisitorLast.Text != "hola" {
			t.Fatalf("the row is %+v, last %+v", row, row.Last)
		}
		// Somebody else gives it away meanwhile; the first call is made again.
		sh.change(t, id, chat.Change{By: pia.Participant(), Assignee: &sh.bo.ID})
		if again := sh.change(t, id, give); spelt(again) != "" {
			t.Fatalf("the same again told %q", spelt(again))
		}
		if row := sh.get(t, id); row.Assignee != sh.bo.ID {
			t.Errorf("the same again gave it to %s", row.Assignee)
		}
		give.Note = &chat.Note{Key: note.Key, Text: "Something else."}
		_, err := s.Change(t.Context(), id, give)
		wantCode(t, err, chat.Conflict)
		sh.checkRevs(t, id)
	})
}

// TestInvited: an agent who is added takes part, reads in his own language, and can go.
func TestInvited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), Assignee: &sh.ann.ID})
		pia := sh.newAgent(t, "Pia", language.German)
		add := chat.Change{By: sh.ann.Participant(), Invite: pia.ID}
		if got := spelt(sh.change(t, id, add)); got != "joined invited row" {
			t.Fatalf("told %q", got)
		}
		if got := spelt(sh.change(t, id, add)); got != "" {
			t.Errorf("the same again told %q", got)
		}
		if row := sh.get(t, id); !slices.Equal(row.Invited, []string{pia.ID}) || row.Assignee != sh.ann.ID {
			t.Fatalf("the row is %+v", row)
		}
		for _, text := range []string{"¿hay azules?", "¿y rojas?"} { // twice: on PostgreSQL the second may go with a group
			m := sh.append(t, sh.says(id, text)).Message
			if m.Translations[language.German].State != chat.TranslationPending {
				t.Errorf("%q is wanted in %v", text, m.Translations)
			}
		}
		page, _, err := s.Inbox(t.Context(), []string{"shop"}, chat.InboxFilter{State: chat.StateOpen, Invited: pia.ID}, chat.OrderNewest, "", 10)
		must(t, err)
		none, _, err := s.Inbox(t.Context(), []string{"shop"}, chat.InboxFilter{Invited: sh.ann.ID}, chat.OrderNewest, "", 10)
		must(t, err)
		if len(page) != 1 || page[0].ID != id || len(none) != 0 {
			t.Errorf("his list has %d, that of the one who added him %d", len(page), len(none))
		}
		if got := spelt(sh.change(t, id, chat.Change{By: pia.Participant(), Leave: true})); got != "left row" {
			t.Fatalf("leaving told %q", got)
		}
		if got := spelt(sh.change(t, id, chat.Change{By: pia.Participant(), Leave: true})); got != "" {
			t.Errorf("leaving again told %q", got)
		}
		row := sh.get(t, id)
		m := sh.append(t, sh.says(id, "gracias")).Message
		if _, wanted := m.Translations[language.German]; wanted || len(row.Invited) != 0 || slices.ContainsFunc(row.Participants, func(p chat.Participant) bool { return p.ID == pia.ID }) {
			t.Errorf("after he has gone: %+v, wanted in %v", row, m.Translations)
		}
		sh.change(t, id, add)
		if row := *sh.change(t, id, chat.Change{By: pia.Participant(), Assignee: &pia.ID}).Row; len(row.Invited) != 0 || row.Assignee != pia.ID {
			t.Errorf("whose it is was added, too: %+v", row)
		}
		_, err = s.Change(t.Context(), id, chat.Change{By: pia.Participant(), Leave: true})
		wantCode(t, err, chat.BadState)
		sh.checkRevs(t, id)
	})
}

// TestWhomNotToAdd: what is refused changes nothing.
func TestWhomNotToAdd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		left := sh.newAgent(t, "Left", language.English)
		must(t, s.DisableAgent(t.Context(), left.ID))
		far := chat.Agent{ID: chat.NewID(), Name: "Far", Languages: []language.Tag{language.English}, Email: "far@x.example", Sites: []string{"another"}}
		must(t, s.AddAgent(t.Context(), far, "h"))
		for n := range chat.MaxInvited {
			sh.change(t, id, chat.Change{By: sh.ann.Participant(), Invite: sh.newAgent(t, fmt.Sprint("One", n), language.English).ID})
		}
		note := func() *chat.Note { return &chat.Note{Key: chat.NewID(), Text: "Yours."} }
		head := sh.get(t, id).Head
		refuse := func(c chat.Change, code chat.Code) {
			t.Helper()
			c.By = sh.ann.Participant()
			_, err := s.Change(t.Context(), id, c)
			wantCode(t, err, code)
			if now := sh.get(t, id); now.Head != head || now.Last.Kind == chat.MessageNote {
				t.Errorf("what was refused has changed the conversation: head %d, was %d", now.Head, head)
			}
		}
		refuse(chat.Change{Invite: sh.bo.ID}, chat.BadRequest) // one too many
		refuse(chat.Change{Invite: far.ID}, chat.NotFound)
		refuse(chat.Change{Invite: left.ID}, chat.NotFound)
		refuse(chat.Change{Assignee: &far.ID, Note: note()}, chat.NotFound)
		refuse(chat.Change{Assignee: &left.ID, Note: note()}, chat.NotFound)
		head = sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: new(chat.StateResolved)}).Head
		refuse(chat.Change{Assignee: &sh.bo.ID, Note: note()}, chat.BadState)
		refuse(chat.Change{Invite: sh.bo.ID}, chat.BadState)
	})
}

// TestRosterAndStatus: who may be given a conversation, how he has set himself, and what he has to do.
func TestRosterAndStatus(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		far := chat.Agent{ID: chat.NewID(), Name: "Far", Languages: []language.Tag{language.English}, Email: "far@x.example", Sites: []string{"another"}}
		must(t, s.AddAgent(t.Context(), far, "h"))
		left := sh.newAgent(t, "Left", language.English)
		must(t, s.DisableAgent(t.Context(), left.ID))
		id := sh.append(t, sh.says("", "hola")).Conversation
		sh.change(t, id, chat.Change{By: sh.ann.Participant(), Assignee: &sh.ann.ID})
		must(t, s.SetOnline(t.Context(), "n1", []string{sh.ann.ID, sh.bo.ID}, time.Minute))
		roster := func() map[string]chat.Colleague {
			t.Helper()
			all, err := s.Roster(t.Context(), "shop")
			must(t, err)
			named := map[string]chat.Colleague{}
			for _, c := range all {
				named[c.ID] = c
			}
			return named
		}
		siteHas := func(want bool) {
			t.Helper()
			got, err := s.SiteOnline(t.Context(), "shop")
			must(t, err)
			if got != want {
				t.Errorf("the site is online: %v, want %v", got, want)
			}
		}
		all := roster()
		ann, bo := all[sh.ann.ID], all[sh.bo.ID]
		if len(all) != 2 || !ann.Online || ann.Open != 1 || bo.Open != 0 || ann.Status != chat.StatusAvailable || len(ann.Languages) == 0 || ann.Name != sh.ann.Name {
			t.Fatalf("the roster is %+v", all)
		}
		later := chat.TimeOf(time.Now().Add(time.Hour))
		must(t, s.SetStatus(t.Context(), sh.ann.ID, chat.AgentStatus{Status: chat.StatusAway, Until: later}))
		siteHas(true)
		must(t, s.SetStatus(t.Context(), sh.bo.ID, chat.AgentStatus{Status: chat.StatusAway}))
		siteHas(false)
		all = roster()
		if ann := all[sh.ann.ID]; !ann.Online || ann.Status != chat.StatusAway || ann.Until != later {
			t.Errorf("one who is away is %+v", ann)
		}
		// The hour is over.
		must(t, s.SetStatus(t.Context(), sh.ann.ID, chat.AgentStatus{Status: chat.StatusAway, Until: chat.TimeOf(time.Now()) - 1}))
		siteHas(true)
		if ann := roster()[sh.ann.ID]; ann.Status != chat.StatusAvailable || ann.Until != 0 {
			t.Errorf("one who is back is %+v", ann)
		}
		wantCode(t, s.SetStatus(t.Context(), chat.NewID(), chat.AgentStatus{Status: chat.StatusAway}), chat.NotFound)
	})
}
