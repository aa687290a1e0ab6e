package hub

import (
	"context"
	"fmt"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
	"dragoman/translate/detect"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// polyglot is a shop whose agent reads English, with a visitor whose browser says so too; each node listens, and none hears the others.
func polyglot(t *testing.T, st *store.Store, nodes int) *world {
	t.Helper()
	ctx := context.Background()
	if err := st.AddSite(ctx, chat.Site{Key: "shop", Name: "Shop", Language: language.English, Origins: []string{"https://shop.example"}, IdentitySecret: "s"}); err != nil {
		t.Fatal(err)
	}
	a := chat.Agent{ID: chat.NewID(), Name: "Ada", Email: "ada@shop.example", Role: chat.RoleAgent, Languages: []language.Tag{language.English, language.German}}
	if err := st.AddAgent(ctx, a, "-"); err != nil {
		t.Fatal(err)
	}
	v, err := st.AddVisitor(ctx, chat.NewVisitor{Site: "shop", Token: [32]byte{1}, Language: language.English, Browser: []language.Tag{language.English}})
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]Identity{
		"agent":   {Participant: a.Participant(), Agent: &a, Credential: "a", Sites: []chat.SiteInfo{{Key: "shop", Name: "Shop", Language: language.English}}},
		"visitor": {Participant: v.Participant, Site: "shop", Credential: v.ID},
	}
	w := &world{}
	running, stop := context.WithCancel(ctx)
	t.Cleanup(func() {
		stop()
		w.running.Wait()
	})
	for i := range nodes {
		h := New(Options{Store: st, Translator: echo{}, Listener: detect.New(), Log: zerolog.Nop(), Node: fmt.Sprint("node", i)})
		w.hubs = append(w.hubs, h)
		w.edges = append(w.edges, &testEdge{hub: h, store: st, people: people})
		w.running.Go(func() { h.Run(running) })
	}
	return w
}

// says has somebody say a line and returns it as it was stored.
func (c *testClient) says(t *testing.T, conversation, text string) (string, chat.Message) {
	t.Helper()
	f := map[string]any{"key": chat.NewID(), "text": text}
	if conversation != "" {
		f["conversation"] = conversation
	}
	reply := c.call(chat.CallSend, f)
	if reply.Error != nil || reply.OK == nil {
		t.Fatalf("%q: %v", text, reply.Error)
	}
	ok := decode[chat.SendOK](reply.OK)
	return ok.Conversation, ok.Message
}

// rowOf returns the conversation's row as the client knows it, nil before it has come.
func (c *testClient) rowOf(id string) *chat.Conversation {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.talk(id).row
}

// TestWritesSpanish: a browser says English, its owner writes Spanish. Answers come in Spanish once that is sure, agents see why, ok and numbers change nothing, and
// what somebody chooses stays.
func TestWritesSpanish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := polyglot(t, st, 1)
		visitor, agent := w.client(0, "visitor"), w.client(0, "agent")
		row := func(id string) chat.Conversation {
			t.Helper()
			rows, err := st.Conversations(t.Context(), []string{id})
			if err != nil || len(rows) != 1 {
				t.Fatal(err)
			}
			return rows[0]
		}
		reads := func(id, tag string, why chat.LanguageReason) {
			t.Helper()
			if c := row(id); c.Language.String() != tag || c.Visitor.Language.String() != tag || c.Visitor.LanguageReason != why {
				t.Errorf("the conversation is in %s, the visitor reads %s (%s), not %s (%s)", c.Language, c.Visitor.Language, c.Visitor.LanguageReason, tag, why)
			}
		}

		id, first := visitor.says(t, "", "hola buenas")
		if first.Language.String() != "es" {
			t.Errorf("the first line is in %s", first.Language)
		}
		reads(id, "en", chat.LanguageBrowser)
		visitor.says(t, id, "ok")
		reads(id, "en", chat.LanguageBrowser)
		if r := agent.call(chat.CallOpen, map[string]any{"conversation": id}); r.OK == nil {
			t.Fatal(r.Error)
		}
		visitor.says(t, id, "tengo una pregunta")
		reads(id, "es", chat.LanguageWritten)

		told := func(c *testClient) func() bool {
			return func() bool {
				row := c.rowOf(id)
				return row != nil && row.Language == language.Spanish
			}
		}
		until(t, 10*time.Second, "the visitor is told that his conversation is in Spanish", told(visitor))
		until(t, 10*time.Second, "the agent is told", told(agent))
		if why, hidden := agent.rowOf(id).Visitor.LanguageReason, visitor.rowOf(id).Visitor.LanguageReason; why != chat.LanguageWritten || hidden != "" {
			t.Errorf("the agent is told %q, the visitor %q", why, hidden)
		}

		_, answer := agent.says(t, id, "Hello! What would you like to know?")
		until(t, 10*time.Second, "the answer reaches him in Spanish", func() bool {
			visitor.mu.Lock()
			defer visitor.mu.Unlock()
			return visitor.talk(id).rows[answer.Seq].Translations[language.Spanish].Text == "es: "+answer.Text
		})
		for _, line := range []string{"ok", "thx", "OK!", "10482", "haha", "NIKE", "https://example.com/where-is-my-order"} {
			if _, m := visitor.says(t, id, line); m.Language.String() != "es" {
				t.Errorf("%q is taken for %s", line, m.Language)
			}
		}
		reads(id, "es", chat.LanguageWritten)
		if _, m := visitor.says(t, id, "me sale: Your card was declined by the bank, please try again later"); m.Language.String() != "en" {
			t.Errorf("a quotation is taken for %s", m.Language)
		}
		reads(id, "es", chat.LanguageWritten)

		if r := agent.call(chat.CallLanguage, map[string]any{"conversation": id, "language": "fr"}); r.Error != nil {
			t.Fatal(r.Error)
		}
		for _, line := range []string{"por qué en francés", "yo no hablo francés, hablo español", "gracias"} {
			visitor.says(t, id, line)
		}
		reads(id, "fr", chat.LanguageChosen)
		if r := visitor.call(chat.CallLanguage, map[string]any{"language": "es"}); r.Error != nil {
			t.Fatal(r.Error)
		}
		visitor.says(t, id, "could we go on in english please, my wife reads this too")
		visitor.says(t, id, "she does not understand spanish at all")
		reads(id, "es", chat.LanguageChosen)
	})
}

// TestChoiceOnAnotherNode: what was chosen where this node did not hear of it is not overruled by what it has learned itself.
func TestChoiceOnAnotherNode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := polyglot(t, st, 2)
		visitor, agent := w.client(0, "visitor"), w.client(1, "agent")
		id, _ := visitor.says(t, "", "hola buenas")
		if r := agent.call(chat.CallLanguage, map[string]any{"conversation": id, "language": "fr"}); r.Error != nil {
			t.Fatal(r.Error)
		}
		visitor.says(t, id, "tengo una pregunta sobre mi pedido")
		visitor.says(t, id, "todavía no ha llegado y lo necesito mañana")
		known, err := st.Speaker(t.Context(), w.edges[0].people["visitor"].Participant.ID)
		if err != nil {
			t.Fatal(err)
		}
		if known.Language != language.French || known.Reason != chat.LanguageChosen {
			t.Errorf("he reads %s (%s)", known.Language, known.Reason)
		}
	})
}

// TestSaidTwice: a line that is sent again, because its answer was lost, is evidence once.
func TestSaidTwice(t *testing.T) {
	w := polyglot(t, storetest.SQLite(t), 1)
	visitor := w.client(0, "visitor")
	f := map[string]any{"key": chat.NewID(), "text": "hola buenas"}
	for range 5 {
		if r := visitor.call(chat.CallSend, f); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	known, err := w.edges[0].store.Speaker(t.Context(), w.edges[0].people["visitor"].Participant.ID)
	if err != nil || known.Language != language.English {
		t.Errorf("he reads %s, %v", known.Language, err)
	}
}

// TestAgentWritesAnother: an agent of two languages is understood in both, and what a client says itself is not doubted.
func TestAgentWritesAnother(t *testing.T) {
	w := polyglot(t, storetest.SQLite(t), 1)
	visitor, agent := w.client(0, "visitor"), w.client(0, "agent")
	id, _ := visitor.says(t, "", "hello, where is my parcel?")
	for text, want := range map[string]string{
		"It left Valencia yesterday.": "en", "Das Paket ist gestern abgeschickt worden.": "de", "ok": "en", "Il est parti hier de Valence.": "en",
	} {
		if _, m := agent.says(t, id, text); m.Language.String() != want {
			t.Errorf("%q is in %s, not %s", text, m.Language, want)
		}
	}
	r := visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "conversation": id, "text": "gracias", "language": "pt"})
	if m := decode[chat.SendOK](r.OK).Message; m.Language != language.Portuguese {
		t.Errorf("a line that says it is Portuguese is in %s", m.Language)
	}
}

// TestSpeakersAreForgotten: the memory has a bound, and who has just written is in it.
func TestSpeakersAreForgotten(t *testing.T) {
	var m speakers
	for i := range 5 * speakersKept {
		m.put(fmt.Sprint(i), chat.Speaker{Language: language.Spanish})
		if n := len(m.young) + len(m.old); n > 2*speakersKept {
			t.Fatalf("%d are remembered", n)
		}
	}
	if _, there := m.get(fmt.Sprint(5*speakersKept - 1)); !there {
		t.Error("the latest is forgotten")
	}
	if _, there := m.get("0"); there {
		t.Error("the first is remembered for ever")
	}
	last := fmt.Sprint(5*speakersKept - 2)
	m.changed(&chat.Conversation{Visitor: chat.Visitor{Participant: chat.Participant{ID: last}}, Language: language.Spanish})
	if _, there := m.get(last); !there {
		t.Error("a row in the same language makes forget")
	}
	m.changed(&chat.Conversation{Visitor: chat.Visitor{Participant: chat.Participant{ID: last}}, Language: language.French})
	if _, there := m.get(last); there {
		t.Error("a row in another language does not make forget")
	}
}

// TestComesBackHavingChosen: what was chosen on another node while this one had nothing of the visitor's counts from his first line on.
func TestComesBackHavingChosen(t *testing.T) {
	w := polyglot(t, storetest.SQLite(t), 2)
	visitor := w.client(0, "visitor")
	id, _ := visitor.says(t, "", "hello, where is my parcel?")
	visitor.hangUp()
	until(t, time.Minute, "nobody is left on the first node", func() bool { return w.hubs[0].Stats().Sessions == 0 })
	elsewhere := w.client(1, "visitor")
	if r := elsewhere.call(chat.CallLanguage, map[string]any{"language": "fr"}); r.Error != nil {
		t.Fatal(r.Error)
	}
	elsewhere.hangUp()
	who := w.edges[0].people["visitor"]
	who.Participant.Language = language.French
	w.edges[0].people["visitor"] = who
	if _, m := w.client(0, "visitor").says(t, id, "ok"); m.Language != language.French {
		t.Errorf("the first line is taken for %s", m.Language)
	}
}

// TestHalfALanguage: a node died after it had stored what a visitor reads and before his conversation followed. His next hello makes it follow, on any node.
func TestHalfALanguage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := polyglot(t, st, 1)
		visitor := w.client(0, "visitor")
		id, _ := visitor.says(t, "", "hello, where is my parcel?")
		visitor.hangUp()
		who := w.edges[0].people["visitor"]
		if took, err := st.SetSpeaker(t.Context(), who.Participant.ID, chat.Speaker{Language: language.Spanish, Reason: chat.LanguageWritten}); err != nil || !took {
			t.Fatal(took, err)
		}
		who.Participant.Language = language.Spanish
		w.edges[0].people["visitor"] = who
		visitor = w.client(0, "visitor")
		until(t, time.Minute, "the conversation is in Spanish", func() bool {
			rows, err := st.Conversations(t.Context(), []string{id})
			return err == nil && len(rows) == 1 && rows[0].Language == language.Spanish
		})
		visitor.hangUp()
	})
}
