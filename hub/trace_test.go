package hub

import (
	"io"
	"strings"
	"testing"

	"dragoman/chat"

	"github.com/rs/zerolog"
)

// followLine passes a line by every place that would tell of it.
func followLine(h *Hub, s *Session, r *room, evs []chat.Event, frames *[views][]byte, rows *chat.Rows) {
	h.line("conversation", evs[0].Message).Str("key", "key").Msg("line stored")
	h.traceEvents(evs, "node", "line heard")
	r.traceSent(evs[0].Message, frames)
	s.tracePiece(rows)
}

func traced(level zerolog.Level, to io.Writer) func() {
	h := &Hub{log: zerolog.New(to).Level(level)}
	s := &Session{hub: h, id: chat.NewID()}
	r := &room{hub: h, id: chat.NewID()}
	m := chat.Message{ID: chat.NewID(), Rev: 7, Text: "hola"}
	evs := []chat.Event{{Type: chat.EvMessage, Conversation: r.id, Rev: 7, Message: &m}}
	rows := chat.Rows{Conversation: r.id, Messages: []chat.Message{m}}
	var frames [views][]byte
	return func() { followLine(h, s, r, evs, &frames, &rows) }
}

// Nobody pays for a trace that is switched off.
func TestTraceCostsNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, traced(zerolog.InfoLevel, io.Discard)); n != 0 {
		t.Errorf("%v allocations while it is off", n)
	}
	var log strings.Builder
	traced(zerolog.DebugLevel, &log)()
	if n := strings.Count(log.String(), "\n"); n != 4 || strings.Contains(log.String(), "hola") {
		t.Errorf("%d lines while it is on:\n%s", n, log.String())
	}
}

func BenchmarkTraceOff(b *testing.B) {
	one := traced(zerolog.InfoLevel, io.Discard)
	b.ReportAllocs()
	for b.Loop() {
		one()
	}
}
