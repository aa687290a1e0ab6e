package hub

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

// told returns up to which line a client was told that a console has it, and how often it was told anything of that.
func (c *testClient) told(id string) (seq int64, times int) {
	times = c.count(func(ev event) bool {
		if ev.Event != chat.EvDelivered || ev.Conversation != id {
			return false
		}
		seq = max(seq, ev.Seq)
		return true
	})
	return seq, times
}

// TestDelivered: a visitor is told when an agent's console has his line, through the inbox of another node, or in the line itself; agents are not, of his or of theirs.
func TestDelivered(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor := w.client(0, "es")
		id := visitor.line("hola", "")
		later(5 * time.Second)
		if seq, n := visitor.told(id); n > 0 {
			t.Errorf("told of line %d while no console was there", seq)
		}
		far := w.client(1, "agent")
		far.call(chat.CallInbox, nil)
		later(time.Second)
		if seq, n := visitor.told(id); seq != 1 || n != 1 {
			t.Errorf("a console came: told up to %d, %d times", seq, n)
		}
		visitor.line("¿hay alguien?", id)
		later(3 * time.Second)
		if seq, n := visitor.told(id); seq != 2 || n != 2 {
			t.Errorf("the row went to a console: told up to %d, %d times", seq, n)
		}
		far.hangUp()
		near := w.client(0, "agent")
		near.call(chat.CallOpen, map[string]any{"conversation": id})
		synctest.Wait()
		visitor.line("¿sí?", id)
		synctest.Wait()
		if seq, n := visitor.told(id); seq != 3 || n != 3 {
			t.Errorf("an agent had it open: told up to %d, %d times", seq, n)
		}
		// Another page of the same visitor's comes to know it too.
		tab := w.client(0, "es")
		later(3 * time.Second)
		if seq, _ := tab.told(id); seq != 3 {
			t.Errorf("the other page was told up to %d", seq)
		}
		if n := far.count(func(ev event) bool { return ev.Event == chat.EvDelivered }); n > 0 {
			t.Errorf("an agent who has only the inbox was told %d times", n)
		}
		for _, c := range []*testClient{visitor, tab, near} {
			c.hangUp()
		}
	})
}

// TestDeliveredAtOnce: a console is told of a new conversation before its visitor follows it; he hears of it all the same, and whoever comes to it later, too.
func TestDeliveredAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		agent, visitor := w.client(0, "agent"), w.client(0, "es")
		agent.call(chat.CallInbox, nil)
		id := visitor.line("hola", "")
		later(3 * time.Second)
		visitor.hangUp()
		later(time.Second)
		again := w.client(0, "es")
		later(time.Second)
		for name, c := range map[string]*testClient{"who wrote": visitor, "who came later": again} {
			if seq, _ := c.told(id); seq != 1 {
				t.Errorf("%s was told up to %d", name, seq)
			}
		}
		again.hangUp()
		agent.hangUp()
	})
}

// TestDeliveredIsSlow: however many lines come, the inbox tells at most once a second, and the last one in the end; an answer is nobody's delivery.
func TestDeliveredIsSlow(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		agent.call(chat.CallInbox, nil)
		id := visitor.line("0", "")
		const lines, every = 40, 100 * time.Millisecond
		for n := range lines {
			<-time.After(every)
			visitor.line(fmt.Sprint(n+1), id)
		}
		later(3 * time.Second)
		seq, n := visitor.told(id)
		if most := int(lines*every/inboxEvery) + 2; seq != lines+1 || n < 2 || n > most {
			t.Errorf("told up to %d of %d, %d times, want at most %d", seq, lines+1, n, most)
		}
		agent.call(chat.CallSend, map[string]any{"conversation": id, "key": chat.NewID(), "text": "hello"})
		later(3 * time.Second)
		if _, after := visitor.told(id); after != n {
			t.Errorf("an agent's line was told as delivered")
		}
		visitor.hangUp()
		agent.hangUp()
	})
}
