package hub

import (
	"context"
	"slices"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// heardMemory hands on what it is to remember; a memory that fails loses nothing but that.
type heardMemory struct {
	entries chan chat.MemoryEntry
	err     error
	near    []chat.Near
}

func (m heardMemory) Remember(_ context.Context, e chat.MemoryEntry) error {
	m.entries <- e
	return m.err
}

func (m heardMemory) Forget(_ context.Context, e chat.MemoryEntry) error {
	e.Site += " forgets"
	m.entries <- e
	return m.err
}

// Near offers what it was told, for that site and text.
func (m heardMemory) Near(_ context.Context, site, text string, from, to language.Tag) []chat.Near {
	if site != "shop" || text != "Your order is on its way." || from != language.English || to != language.Spanish {
		return nil
	}
	return m.near
}

// TestPreviewOffersWhatIsNear: an agent sees what people have said in nearly the same words, unless it is the very text.
func TestPreviewOffersWhatIsNear(t *testing.T) {
	near := []chat.Near{{Source: "Your order is on the way.", Target: "Su pedido está en camino.", Similarity: 0.9}}
	for _, by := range []chat.ByKind{chat.ByEngine, chat.ByMemory} {
		h := newHouse(t, Options{Memory: heardMemory{near: near}, Translator: saidBy{by}})
		visitor, agent := h.hello(t, "es"), h.hello(t, "agent")
		sent := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK)
		r := agent.call(chat.CallPreview, map[string]any{"conversation": sent.Conversation, "text": "Your order is on its way."})
		got := decode[chat.PreviewOK](r.OK)
		if (by == chat.ByEngine) != slices.Equal(got.Near, near) || got.By.Kind != by || len(got.Terms) != 1 {
			t.Errorf("by %s: %+v %v", by, got, r.Error)
		}
	}
}

// saidBy is a translator of that kind.
type saidBy struct{ by chat.ByKind }

func (s saidBy) Translate(_ context.Context, u chat.Untranslated) chat.Translation {
	return chat.Translation{State: chat.TranslationDone, Text: u.Text, By: chat.By{Kind: s.by, Name: "x"}, Quality: chat.QualityFull, Terms: []string{"pedido"}}
}

// TestApprovedPreviewsAreRemembered: what an agent approved before sending is remembered once, with the names that a reader will see; a line sent
// twice is not, nor is a note, nor a line without.
func TestApprovedPreviewsAreRemembered(t *testing.T) {
	memory := heardMemory{entries: make(chan chat.MemoryEntry, 16), err: chat.Errorf(chat.Unavailable, "gone")}
	t.Cleanup(func() { // after the house is down, which waits for all that it has begun
		if len(memory.entries) != 0 {
			t.Errorf("remembered as well: %+v", <-memory.entries)
		}
	})
	h := newHouse(t, Options{Memory: memory})
	visitor, agent := h.hello(t, "es"), h.hello(t, "agent")
	sent := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK)
	line := func(text, reviewed string, more map[string]any) map[string]any {
		f := map[string]any{"key": chat.NewID(), "text": text, "conversation": sent.Conversation, "language": "en"}
		if reviewed != "" {
			f["reviewed"] = chat.Reviewed{Language: language.Spanish, Text: reviewed}
		}
		for k, v := range more {
			f[k] = v
		}
		return f
	}
	h.store.mu.Lock()
	h.store.conversations[sent.Conversation].row.Visitor.Name = "Zoë Ruiz"
	h.store.mu.Unlock()
	first := line("Your order is on its way.", "Su pedido está en camino.", nil)
	for _, fields := range []map[string]any{
		line("No preview of this.", "", nil),
		line("For colleagues.", "Para colegas.", map[string]any{"note": true}),
		line("Hola.", "Hola.", map[string]any{"language": "es-MX"}),
		line("Hello Zoë, one moment.", "Hola, un momento.", nil), // what names the customer is nobody else's
		line("One moment.", "Un momento, señora Ruiz.", nil),
		first, first,
		line("Anything else?", "¿Algo más?", nil),
	} {
		if r := agent.call(chat.CallSend, fields); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	want := map[string]string{"Your order is on its way.": "Su pedido está en camino.", "Anything else?": "¿Algo más?"}
	for range 2 {
		e := <-memory.entries
		if e.Target != want[e.Source] || e.From != language.English || e.To != language.Spanish || e.Origin != chat.MemoryReviewed || e.By == "" {
			t.Errorf("remembered %+v", e)
		}
		delete(want, e.Source)
	}
}

// TestNames: a text that has a name in it is told from one that has only its letters.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"Ana", "Hello Ana!", true},
		{"Ana", "Ana", true},
		{"Ana", "A banana, Anastasia", false},
		{"Ana", "Anastasia and Ana", true},
		{"Rose", "a rose is no name", false},
		{"Ana Gómez (Madrid)", "Señora Gómez,", true},
		{"A. Gómez", "A cup", false},
		{"", "anything", false},
		{"王伟", "你好王伟先生", true},
		{"김민준", "김민준님 안녕하세요", true},
		{"علي", "مرحبا علي، كيف حالك", true},
	} {
		if got := names(c.name, c.text); got != c.want {
			t.Errorf("names(%q, %q) = %t", c.name, c.text, got)
		}
	}
}
