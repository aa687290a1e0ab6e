package client

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"dragoman/chat"
)

func line(seq, rev int64) chat.Message {
	return chat.Message{Seq: seq, Rev: rev, Kind: chat.MessageLine, Text: "x"}
}

func live(prev, rev, seq int64) Event {
	m := line(seq, rev)
	return Event{Type: chat.EvMessage, Prev: prev, Rev: rev, Message: &m}
}

func revs(r *Room) []int64 {
	var out []int64
	for _, m := range r.Messages {
		out = append(out, m.Rev)
	}
	return out
}

func TestRoom(t *testing.T) {
	tests := []struct {
		name string
		do   func(r *Room) (lost bool)
		lost bool
		have int64
		revs []int64
	}{
		{"the next event", func(r *Room) bool { return r.Live(live(2, 3, 3)) }, false, 3, []int64{1, 2, 3}},
		{"twice is harmless", func(r *Room) bool { r.Live(live(2, 3, 3)); return r.Live(live(2, 3, 3)) }, false, 3, []int64{1, 2, 3}},
		{"an old one", func(r *Room) bool { return r.Live(live(0, 1, 1)) }, false, 2, []int64{1, 2}},
		{"hidden revs between", func(r *Room) bool { return r.Live(live(2, 7, 3)) }, false, 7, []int64{1, 2, 7}},
		{"a change of a row", func(r *Room) bool { return r.Live(live(2, 3, 1)) }, false, 3, []int64{3, 2}},
		{"a gap", func(r *Room) bool { return r.Live(live(4, 5, 5)) }, true, 2, []int64{1, 2}},
		{"after a gap all wait", func(r *Room) bool { r.Live(live(4, 5, 5)); return r.Live(live(5, 6, 6)) }, false, 2, []int64{1, 2}},
		{"the rows fill a gap and release what waited", func(r *Room) bool {
			r.Live(live(4, 5, 5))
			r.Live(live(5, 6, 6))
			return r.Rows(chat.Rows{Head: 5, Messages: []chat.Message{line(3, 3), line(4, 4), line(5, 5)}})
		}, false, 6, []int64{1, 2, 3, 4, 5, 6}},
		{"a partial piece goes on holding", func(r *Room) bool {
			r.Live(live(4, 5, 5))
			return r.Rows(chat.Rows{Head: 3, More: true, Messages: []chat.Message{line(3, 3)}})
		}, false, 3, []int64{1, 2, 3}},
		{"what waited may show another gap", func(r *Room) bool {
			r.Live(live(4, 5, 5))
			r.Live(live(8, 9, 9))
			return r.Rows(chat.Rows{Head: 5, Messages: []chat.Message{line(3, 3), line(4, 4), line(5, 5)}})
		}, true, 5, []int64{1, 2, 3, 4, 5}},
		{"a reset forgets", func(r *Room) bool {
			return r.Rows(chat.Rows{Head: 900, Reset: true, Messages: []chat.Message{line(800, 899), line(801, 900)}})
		}, false, 900, []int64{899, 900}},
		{"a reset after a restored backup goes back", func(r *Room) bool {
			return r.Rows(chat.Rows{Head: 1, Reset: true, Messages: []chat.Message{line(1, 1)}})
		}, false, 1, []int64{1}},
		{"below the floor of a reset nothing changes but the place", func(r *Room) bool {
			r.Rows(chat.Rows{Head: 900, Reset: true, Messages: []chat.Message{line(801, 900)}})
			return r.Live(live(900, 901, 5))
		}, false, 901, []int64{900}},
		{"a reply shows a line and moves nothing", func(r *Room) bool { r.Upsert(line(3, 3)); return false }, false, 2, []int64{1, 2, 3}},
		{"an older reply does not undo a newer row", func(r *Room) bool { r.Live(live(2, 3, 1)); r.Upsert(line(1, 1)); return false }, false, 3, []int64{3, 2}},
		{"rows that live events overtook", func(r *Room) bool { return r.Rows(chat.Rows{Head: 1, Messages: []chat.Message{line(1, 1)}}) }, false, 2, []int64{1, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &Room{Have: 2, Messages: []chat.Message{line(1, 1), line(2, 2)}}
			if lost := tt.do(r); lost != tt.lost {
				t.Errorf("lost = %v, want %v", lost, tt.lost)
			}
			if r.Have != tt.have || !reflect.DeepEqual(revs(r), tt.revs) {
				t.Errorf("have %d rows %v, want have %d rows %v", r.Have, revs(r), tt.have, tt.revs)
			}
		})
	}
}

// A client whose events are dropped, doubled and sent late holds in the end exactly what the server holds, as long as it
// asks whenever it is told to.
func TestRoomConverges(t *testing.T) {
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		store := []chat.Message{}
		r := &Room{}
		prev := int64(0)
		since := func(have int64) chat.Rows {
			rows := chat.Rows{Head: prev}
			for _, m := range store {
				if m.Rev > have {
					rows.Messages = append(rows.Messages, m)
				}
			}
			return rows
		}
		var late []Event
		for rev := int64(1); rev <= 60; rev++ {
			m := line(int64(len(store)+1), rev)
			if len(store) > 0 && rnd.IntN(3) == 0 {
				m.Seq = int64(rnd.IntN(len(store)) + 1)
				store[m.Seq-1] = m
			} else {
				store = append(store, m)
			}
			ev := Event{Prev: prev, Rev: rev, Message: &m}
			prev = rev
			lost := false
			switch rnd.IntN(4) {
			case 0: // dropped
			case 1:
				late = append(late, ev)
			case 2:
				lost = r.Live(ev)
				lost = r.Live(ev) || lost
			default:
				lost = r.Live(ev)
			}
			for lost {
				lost = r.Rows(since(r.Have))
			}
			if len(late) > 0 && rnd.IntN(3) == 0 {
				ev := late[0]
				late = late[1:]
				for lost = r.Live(ev); lost; {
					lost = r.Rows(since(r.Have))
				}
			}
		}
		for lost := r.Live(Event{Prev: prev, Rev: prev + 1}); lost; {
			lost = r.Rows(since(r.Have))
		}
		if !reflect.DeepEqual(r.Messages, store) {
			t.Fatalf("seed %d: the client has %v, the store %v", seed, revs(r), store)
		}
	}
}
