package hub

import (
	"context"
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
