package hub

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestNewerNode: what a node of the next version tells and stores besides does no harm on this one, and reaches no visitor.
func TestNewerNode(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		visitor, agent := w.client(0, "es"), w.client(1, "agent")
		id := visitor.line("hola", "")
		agent.call(chat.CallOpen, map[string]any{"conversation": id})
		agent.call(chat.CallInbox, nil)
		synctest.Wait()
		for topic, nudges := range map[string][]string{
			topicConversation + id: {
				`{"event":"weather","conversation":"` + id + `","rev":99,"sunny":true}`,
				`{"event":"weather","conversation":"` + id + `","message":{"seq":9,"rev":99,"kind":"form"}}`,
				`{"event":"typing","conversation":"` + id + `","on":true,"words":["a"],"participant":{"id":"x","kind":"oracle","mood":"good"}}`,
				`{"event":"presence","conversation":"` + id + `","participant":{"id":"x","kind":"oracle","online":true},"since":5}`,
				`{"event":"message","conversation":"` + id + `"}`,
			},
			topicInbox + "shop": {`{"event":"weather","site":"shop","conversation":"` + id + `","rev":99}`},
			topicAgents:         {`{"event":"weather","participant":null}`},
			"weather:" + id:     {`{"event":"message","conversation":"` + id + `","rev":98,"message":{"seq":8,"rev":98}}`},
		} {
			for _, nudge := range nudges {
				var ev chat.Event
				if err := json.Unmarshal([]byte(nudge), &ev); err != nil {
					t.Fatal(err)
				}
				ev.Node = "newer"
				for _, h := range w.hubs {
					h.deliver(topic, []chat.Event{ev})
				}
			}
		}
		// Rows of a kind and of a state that this version does not know.
		form := chat.Post{Site: "shop", Conversation: id, Author: w.edges[0].people["agent"].Participant, Key: chat.NewID(), Kind: "form", Text: "Your size?", Language: language.English}
		if _, err := w.hubs[0].Post(context.Background(), form); err != nil {
			t.Fatal(err)
		}
		changed, err := w.store.Change(context.Background(), id, chat.Change{By: form.Author, State: new(chat.State("paused"))})
		if err != nil {
			t.Fatal(err)
		}
		w.hubs[1].tell(changed)
		visitor.line("otra", id)
		later(30 * time.Second)
		for _, c := range []*testClient{visitor, agent} {
			if err := c.holds(w.store, id); err != nil {
				t.Error(err)
			}
			if len(c.skipped) > 0 {
				t.Error(c.skipped)
			}
		}
		if visitor.has(id, "Your size?")() {
			t.Error("a visitor was told a line of a kind that nobody here knows")
		}
		if !agent.has(id, "Your size?")() {
			t.Error("an agent was not")
		}
		for _, ev := range append(visitor.events, agent.events...) {
			if ev.Event == "weather" {
				t.Errorf("an event that nobody here knows was passed on: %+v", ev)
			}
		}
		visitor.hangUp()
		agent.hangUp()
	})
}
