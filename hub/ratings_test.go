package hub

import (
	"strings"
	"testing"

	"dragoman/chat"
)

// TestWhoMayRate: the visitor his own conversation, on a scale of five, once it has ended; the agents are told, he sees no line of it.
func TestWhoMayRate(t *testing.T) {
	h := newHouse(t, Options{})
	visitor, agent, id := h.answered(t)
	other := h.hello(t, "fr")
	code := func(who *peer, more map[string]any) chat.Code {
		fields := map[string]any{"conversation": id, "score": 4}
		for k, v := range more {
			fields[k] = v
		}
		if r := who.call(chat.CallRate, fields); r.Error != nil {
			return r.Error.Code
		}
		return ""
	}
	if got := code(visitor, nil); got != chat.BadState {
		t.Errorf("while it goes on: %q", got)
	}
	if r := agent.call(chat.CallState, map[string]any{"conversation": id, "state": "resolved"}); r.Error != nil {
		t.Fatal(r.Error)
	}
	for _, c := range []struct {
		who  *peer
		more map[string]any
		want chat.Code
	}{
		{agent, nil, chat.UnknownCall},
		{other, nil, chat.NotFound},
		{visitor, map[string]any{"score": 0}, chat.BadRequest},
		{visitor, map[string]any{"score": 6}, chat.BadRequest},
		{visitor, map[string]any{"score": 4.5}, chat.BadRequest},
		{visitor, map[string]any{"comment": strings.Repeat("é", chat.MaxRatingComment+1)}, chat.TooLong},
		{visitor, map[string]any{"conversation": chat.NewID()}, chat.NotFound},
		{visitor, map[string]any{"comment": strings.Repeat("é", chat.MaxRatingComment)}, ""},
		{visitor, map[string]any{"score": 1, "comment": "lento"}, ""},
	} {
		if got := code(c.who, c.more); got != c.want {
			t.Errorf("%v: %q, want %q", c.more, got, c.want)
		}
	}
	rows := decode[chat.Rows](agent.call(chat.CallOpen, map[string]any{"conversation": id}).OK)
	last := rows.Messages[len(rows.Messages)-1]
	if r := rows.Row.Rating; r == nil || r.Score != 1 || r.Comment != "lento" || last.Event == nil || last.Event.Type != chat.EventRated || last.Event.To != "1" {
		t.Errorf("agents see %+v and %+v", r, last.Event)
	}
	own := decode[chat.Rows](visitor.call(chat.CallSync, map[string]any{"conversation": id, "since": 0}).OK)
	if r := own.Row.Rating; r == nil || r.Score != 1 {
		t.Errorf("the visitor sees %+v", r)
	}
	for _, m := range own.Messages {
		if m.Event != nil && m.Event.Type == chat.EventRated {
			t.Error("the visitor sees the system line of his rating")
		}
	}
}
