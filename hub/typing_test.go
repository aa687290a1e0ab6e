package hub

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

// typedEngine counts what it is asked of texts that were not sent.
type typedEngine struct {
	asked, sent atomic.Int32
	takes       atomic.Int64 // how long an answer takes
}

func (e *typedEngine) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	if u.Passing {
		e.asked.Add(1)
		<-time.After(time.Duration(e.takes.Load()))
	} else {
		e.sent.Add(1)
	}
	return echo{}.Translate(ctx, u)
}

// typists is a bubble with a visitor who has two tabs, one on each node, and an agent on the second node.
func typists(t *testing.T, f func(t *testing.T, e *typedEngine, visitor, tab, agent *testClient, id string)) {
	bubble(t, func(t *testing.T, w *world) {
		e := &typedEngine{}
		for _, h := range w.hubs {
			h.translator = e
		}
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		tab := w.client(1, "es")
		synctest.Wait()
		f(t, e, visitor, tab, agent, id)
		for _, c := range []*testClient{visitor, tab, agent} {
			c.hangUp()
		}
	})
}

func (c *testClient) types(id, text string) {
	c.call(chat.CallTyping, map[string]any{"conversation": id, "on": text != "", "text": text})
}

// newestTyped returns the newest event of typing.
func (c *testClient) newestTyped() (newest event) {
	c.count(func(ev event) bool {
		if ev.Event == chat.EvTyping {
			newest = ev
		}
		return false
	})
	return newest
}

// TestTypedText: agents who have the conversation open see what a visitor is typing, and what it says; nobody else does, and nothing of it is stored.
func TestTypedText(t *testing.T) {
	typists(t, func(t *testing.T, e *typedEngine, visitor, tab, agent *testClient, id string) {
		visitor.types(id, "¿Dónde es")
		<-time.After(3 * time.Second)
		if n := e.asked.Load(); n != 0 {
			t.Errorf("an engine was asked %d times for what nobody sees", n)
		}
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		synctest.Wait()
		visitor.types(id, "  ¿Dónde\u202e está\u0000  ")
		<-time.After(100 * time.Millisecond)
		if ev := agent.newestTyped(); !ev.On || ev.Text != "¿Dónde está" || ev.Translation != "en: ¿Dónde está" {
			t.Errorf("the agent sees %q, %q", ev.Text, ev.Translation)
		}
		if ev := tab.newestTyped(); !ev.On || ev.Text != "" || ev.Translation != "" {
			t.Errorf("the visitor's other tab sees %q, %q", ev.Text, ev.Translation)
		}
		<-time.After(2 * time.Second)
		visitor.types(id, strings.Repeat("x", chat.MaxTyped)+"yz")
		<-time.After(100 * time.Millisecond)
		if ev := agent.newestTyped(); len(ev.Text) != chat.MaxTyped || !strings.HasSuffix(ev.Text, "xyz") {
			t.Errorf("%d characters, %q", len(ev.Text), ev.Text)
		}
		visitor.types(id, "")
		<-time.After(100 * time.Millisecond)
		if ev := agent.newestTyped(); ev.On || ev.Text != "" {
			t.Errorf("after he stopped the agent sees %+v", ev)
		}
		<-time.After(2 * time.Second)
		agent.types(id, "secret")
		synctest.Wait()
		if ev := visitor.newestTyped(); !ev.On || ev.Text != "" {
			t.Errorf("the visitor sees what an agent types: %q", ev.Text)
		}
		if rows := decode[chat.HistoryOK](agent.call(chat.CallHistory, map[string]any{"conversation": id}).OK); len(rows.Messages) != 1 {
			t.Errorf("stored: %+v", rows.Messages)
		}
	})
}

// TestTypedTextIsCheap: however quickly somebody types, an engine is asked once a second at most, for the latest; and not for what was sent or deleted.
func TestTypedTextIsCheap(t *testing.T) {
	typists(t, func(t *testing.T, e *typedEngine, visitor, _, agent *testClient, id string) {
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		synctest.Wait()
		const texts, every = 20, 270 * time.Millisecond
		begun := time.Now()
		last := ""
		for n := range texts {
			last = fmt.Sprint("uno dos ", n)
			visitor.types(id, last)
			<-time.After(every)
		}
		<-time.After(2 * time.Second)
		if ev := agent.newestTyped(); ev.Text != last || ev.Translation != "en: "+last {
			t.Errorf("at last the agent sees %q, %q, want %q", ev.Text, ev.Translation, last)
		}
		if n, most := e.asked.Load(), int32(time.Since(begun)/typedEvery)+1; n < 3 || n > most {
			t.Errorf("an engine was asked %d times in %v", n, time.Since(begun))
		}
		// The engine is still at it when the line is sent.
		e.takes.Store(int64(500 * time.Millisecond))
		visitor.types(id, "tres")
		<-time.After(100 * time.Millisecond)
		visitor.line("tres", id)
		<-time.After(3 * time.Second)
		if ev := agent.newestTyped(); ev.Text != "tres" || ev.Translation != "" {
			t.Errorf("what was sent is shown as being typed: %q, %q", ev.Text, ev.Translation)
		}
	})
}

// TestTypedBesideLines: what becomes of the lines before is nothing to what is being typed, and what was typed of a line that is sent is not what the next one says.
func TestTypedBesideLines(t *testing.T) {
	typists(t, func(t *testing.T, e *typedEngine, visitor, _, agent *testClient, id string) {
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		<-time.After(3 * time.Second)
		e.takes.Store(int64(500 * time.Millisecond))
		visitor.types(id, "uno")
		<-time.After(100 * time.Millisecond)
		if r := agent.call(chat.CallCorrect, map[string]any{"conversation": id, "seq": 1, "language": "en", "text": "Hi there"}); r.Error != nil {
			t.Fatal(r.Error)
		}
		<-time.After(2 * time.Second)
		if ev := agent.newestTyped(); ev.Text != "uno" || ev.Translation != "en: uno" {
			t.Errorf("after a correction of the line before: %q, %q", ev.Text, ev.Translation)
		}
		visitor.types(id, "dos")
		<-time.After(100 * time.Millisecond)
		visitor.line("dos", id)
		visitor.types(id, "tres")
		<-time.After(700 * time.Millisecond)
		if ev := agent.newestTyped(); ev.Text != "tres" || ev.Translation != "" {
			t.Errorf("the line is sent, and the next is shown as %q, %q", ev.Text, ev.Translation)
		}
		<-time.After(3 * time.Second)
		if ev := agent.newestTyped(); ev.Text != "tres" || ev.Translation != "en: tres" {
			t.Errorf("the next line is shown as %q, %q", ev.Text, ev.Translation)
		}
		// Two texts in the second in which an engine may be asked once, and the line is sent: nothing is left to ask about.
		visitor.types(id, "cuatro")
		<-time.After(100 * time.Millisecond)
		visitor.types(id, "cuatro cinco")
		<-time.After(100 * time.Millisecond)
		asked := e.asked.Load()
		visitor.line("cuatro cinco", id)
		<-time.After(3 * time.Second)
		if n := e.asked.Load(); n != asked {
			t.Errorf("an engine was asked about %d texts that were sent", n-asked)
		}
	})
}

// TestNothingTypedIsKept: a client that never says it has stopped leaves nothing behind once its line is sent.
func TestNothingTypedIsKept(t *testing.T) {
	f := &follow{s: &Session{view: visitorView}, text: "adiós"}
	r := &room{follows: []*follow{f}}
	ev := &chat.Event{Text: "adiós"}
	r.typed = &typed{latest: ev.Text, busy: true, next: ev, asked: ev}
	line := chat.Message{Seq: 3, Kind: chat.MessageLine, Author: chat.Participant{Kind: chat.KindVisitor}}
	r.sentLocked(&line)
	if f.text != "" || *r.typed != (typed{busy: true, line: 3}) {
		t.Errorf("kept: %q, %+v", f.text, r.typed)
	}
	quiet := &room{}
	quiet.passTyping(&chat.Event{Type: chat.EvTyping, On: true, Participant: &line.Author})
	quiet.sentLocked(&line)
	if quiet.typed != nil {
		t.Errorf("a room in which no text is shown keeps %+v", *quiet.typed)
	}
}
