package hub

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"dragoman/chat"
)

// TestInboxOfLongRows: many visitors say as much of themselves as they may, at once. Consoles that read get all of it, and none is ended as too slow.
func TestInboxOfLongRows(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		agent := w.client(0, "agent")
		agent.call(chat.CallInbox, nil)
		cart := &chat.Cart{}
		for range chat.MaxCartItems {
			cart.Items = append(cart.Items, chat.Item{Name: strings.Repeat("<", chat.MaxItemName)})
		}
		rows := make([]chat.Conversation, 20)
		for i := range rows {
			rows[i] = chat.Conversation{ID: fmt.Sprint("c", i), Site: "shop", State: chat.StateOpen, Visitor: chat.Visitor{Cart: cart}}
		}
		w.hubs[0].inbox("shop").send(rows)
		synctest.Wait()
		agent.mu.Lock()
		got := len(agent.inbox)
		agent.mu.Unlock()
		if agent.session.isEnded() || got != len(rows) {
			t.Errorf("the console has %d of %d rows; ended: %v", got, len(rows), agent.session.isEnded())
		}
		agent.hangUp()
	})
}
