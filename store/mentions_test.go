package store_test

import (
	"slices"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// note makes a note that calls agents.
func (sh *shop) note(conversation, text string, calls ...chat.Agent) chat.Post {
	p := sh.answers(sh.ann, conversation, text)
	p.Kind = chat.MessageNote
	for _, a := range calls {
		p.Mentions = append(p.Mentions, a.ID)
	}
	return p
}

// called are the conversations in which somebody is called, by his inbox.
func (sh *shop) called(t *testing.T, a chat.Agent) []string {
	t.Helper()
	return sh.pages(t, []string{sh.site.Key}, chat.InboxFilter{Mentioned: true, Agent: a.ID}, 10)
}

// TestMentions: a note calls agents until each has read that far himself; the author is not called, and a name stays as it was written.
func TestMentions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		p := sh.note(id, "@Bo and @Ann, please look", sh.bo, sh.ann)
		posted := sh.append(t, p)
		want := []chat.Mention{{ID: sh.bo.ID, Name: "Bo"}, {ID: sh.ann.ID, Name: "Ann"}}
		if !slices.Equal(posted.Message.Mentions, want) {
			t.Fatalf("told are %+v", posted.Message.Mentions)
		}
		if again := sh.append(t, p); !again.Dup || !slices.Equal(again.Message.Mentions, want) {
			t.Fatalf("the same key again: %+v", again)
		}
		stands := func(calls ...string) {
			t.Helper()
			if got := sh.get(t, id).Mentioned; !slices.Equal(got, calls) {
				t.Fatalf("called are %v, want %v", got, calls)
			}
			for _, a := range []chat.Agent{sh.ann, sh.bo} {
				if got := len(sh.called(t, a)) == 1; got != slices.Contains(calls, a.ID) {
					t.Fatalf("%s is called: %v, want %v", a.Name, got, calls)
				}
			}
		}
		stands(sh.bo.ID)
		last := sh.append(t, sh.note(id, "@Bo again", sh.bo)).Message.Seq
		mark := func(a chat.Agent, seq int64, want chat.Marked) {
			t.Helper()
			got, err := s.Mark(t.Context(), id, a.Participant(), seq)
			must(t, err)
			if got != want {
				t.Fatalf("%s reads up to %d: %+v, want %+v", a.Name, seq, got, want)
			}
		}
		mark(sh.ann, last, chat.Marked{Moved: true})
		stands(sh.bo.ID)
		mark(sh.bo, last-1, chat.Marked{})
		stands(sh.bo.ID)
		mark(sh.bo, last, chat.Marked{Seen: true})
		stands()
		mark(sh.bo, last, chat.Marked{})
		visitor, err := s.Since(t.Context(), id, 0, true)
		must(t, err)
		for _, m := range visitor.Messages {
			if len(m.Mentions) > 0 {
				t.Errorf("the visitor sees %+v", m)
			}
		}
		sh.checkRevs(t, id)
	})
}

// TestMentionRefused: who is no agent of the site, or not any more, cannot be called; the note is not stored and its key stays free.
func TestMentionRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		must(t, s.AddSite(t.Context(), chat.Site{Key: "second", Name: "Second", Language: sh.site.Language}))
		id := sh.append(t, sh.says("", "hola")).Conversation
		away := chat.Agent{ID: chat.NewID(), Name: "Cy", Role: chat.RoleAgent, Languages: sh.ann.Languages, Email: "cy@shop.example", Sites: []string{"second"}}
		must(t, s.AddAgent(t.Context(), away, "hash"))
		must(t, s.DisableAgent(t.Context(), sh.bo.ID))
		for name, a := range map[string]chat.Agent{"another site's": away, "disabled": sh.bo, "unknown": {ID: chat.NewID()}} {
			p := sh.note(id, "@"+a.Name, a)
			_, err := s.Append(t.Context(), p)
			if chat.CodeOf(err) != chat.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			if c := sh.get(t, id); c.Seq != 1 || c.Mentioned != nil {
				t.Fatalf("%s: something was stored: %+v", name, c)
			}
			p.Mentions = nil
			if got := sh.append(t, p); got.Dup {
				t.Errorf("%s: the key is taken", name)
			}
			must(t, s.Exec(t.Context(), `DELETE FROM messages WHERE kind = 'note'`))
			must(t, s.Exec(t.Context(), `UPDATE conversations SET seq = 1, head = 2 WHERE id = $1`, id))
		}
	})
}

// TestInboxOfMentions: other filters hold for it too, resolved conversations are in it.
func TestInboxOfMentions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		a, b := sh.talk(t, "shop", 1, "uno"), sh.talk(t, "shop", 2, "dos")
		for _, id := range []string{a, b} {
			sh.append(t, sh.note(id, "@Bo", sh.bo))
		}
		resolved := chat.StateResolved
		sh.change(t, b, chat.Change{By: sh.ann.Participant(), State: &resolved})
		sh.tag(t, a, []string{"Refund"}, nil)
		f := chat.InboxFilter{Mentioned: true, Agent: sh.bo.ID}
		if got := sh.pages(t, []string{"shop"}, f, 1); len(got) != 2 {
			t.Errorf("%v", got)
		}
		f.State = resolved
		if got := sh.pages(t, []string{"shop"}, f, 1); !slices.Equal(got, []string{b}) {
			t.Errorf("resolved: %v", got)
		}
		f.State, f.Tag = "", "refund"
		if got := sh.pages(t, []string{"shop"}, f, 1); !slices.Equal(got, []string{a}) {
			t.Errorf("tagged: %v", got)
		}
		f.Tag, f.Site = "", "second"
		if got := sh.pages(t, []string{"shop"}, f, 1); got != nil {
			t.Errorf("of a site that is not his: %v", got)
		}
	})
}
