package hub

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// unsureStore stores a translation and loses the answer, once.
type unsureStore struct {
	*memStore
	lost atomic.Bool
}

func (u *unsureStore) SetTranslation(ctx context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error) {
	changed, err := u.memStore.SetTranslation(ctx, conversation, seq, to, t)
	if u.lost.CompareAndSwap(false, true) {
		return chat.Changed{}, chat.Errorf(chat.Unavailable, "The answer was lost.")
	}
	return changed, err
}

// TestTranslationOfWhichTheAnswerIsLost: what turns out to be stored already is told, and does not wait until everything is compared with the store.
func TestTranslationOfWhichTheAnswerIsLost(t *testing.T) {
	st := newMemStore()
	h := newHouse(t, Options{Store: &unsureStore{memStore: st}})
	h.store, h.edge.store = st, st
	visitor, agent := h.hello(t, "es"), h.hello(t, "agent")
	sent := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK)
	begun := time.Now()
	if r := agent.call(chat.CallOpen, map[string]any{"conversation": sent.Conversation}); r.Error != nil {
		t.Fatal(r.Error)
	}
	agent.event(func(ev event) bool {
		return ev.Event == chat.EvMessage && ev.Message.Translations[language.English].State == chat.TranslationDone
	})
	if took := time.Since(begun); took > checkEvery/2 {
		t.Errorf("it took %v", took)
	}
}

// curious remembers what it was told beside the text.
type curious struct {
	echo
	mu    sync.Mutex
	asked map[string]chat.Untranslated // by text
	said  map[string][]string
}

func (c *curious) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	said := u.Before(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked == nil {
		c.asked, c.said = map[string]chat.Untranslated{}, map[string][]string{}
	}
	c.asked[u.Text], c.said[u.Text] = u, said
	return c.echo.Translate(ctx, u)
}

// TestWhatGoesWithALine: both sides' lines before it as they were typed, and never a note; and whether a visitor will read it.
func TestWhatGoesWithALine(t *testing.T) {
	c := &curious{}
	h := newHouse(t, Options{Translator: c})
	visitor, agent := h.hello(t, "es"), h.hello(t, "agent")
	sent := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK)
	for _, m := range []map[string]any{{"text": "a note", "note": true}, {"text": "good morning"}, {"text": "what is it?"}} {
		m["key"], m["conversation"] = chat.NewID(), sent.Conversation
		if r := agent.call(chat.CallSend, m); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	// A conversation that has just begun may come as rows: then the line is among them.
	visitor.event(func(ev event) bool {
		return slices.ContainsFunc(append(ev.Messages, ev.Message), func(m chat.Message) bool {
			return m.Text == "what is it?" && m.Translations[language.Spanish].State == chat.TranslationDone
		})
	})
	p := decode[chat.PreviewOK](agent.call(chat.CallPreview, map[string]any{"conversation": sent.Conversation, "text": "one moment"}).OK)
	if p.State != chat.TranslationDone {
		t.Fatalf("%+v", p)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for text, want := range map[string]string{"what is it?": "hola|good morning", "one moment": "hola|good morning|what is it?"} {
		if got := strings.Join(c.said[text], "|"); got != want {
			t.Errorf("before %q: %q, want %q", text, got, want)
		}
		if u := c.asked[text]; !u.ForVisitor || !slices.Contains(u.Names, "Agent") || u.Site == "" {
			t.Errorf("with %q: %+v", text, u)
		}
	}
}
