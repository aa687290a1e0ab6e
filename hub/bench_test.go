package hub

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// BenchmarkLine measures a line's way through the hub alone: frame in, stored in memory, acknowledged, told to the visitor and
// to the agent who has the conversation open. No socket, no database.
func BenchmarkLine(b *testing.B) {
	st := newMemStore()
	h := New(Options{Store: st, Translator: echo{}, Log: zerolog.Nop()})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Run(ctx)
	}()
	defer func() {
		stop()
		<-done
	}()
	e := &testEdge{hub: h, store: st, people: map[string]Identity{"agent": agentIdentity(language.English)}}
	const conversations = 100
	var got atomic.Int64
	arrived := make(chan struct{}, 1<<20)
	sink := func(frame []byte) {
		got.Add(1)
		if len(frame) > 10 && frame[2] == 'e' && frame[10] == 'm' { // {"event":"message"
			arrived <- struct{}{}
		}
	}
	agent := h.attach(newTestWire(sink), e)
	must(b, agent.handle([]byte(`{"id":1,"call":"hello","token":"agent"}`), &Request{}))
	visitors := make([]*Session, conversations)
	ids := make([]string, conversations)
	for i := range visitors {
		id := visitorIdentity(language.English)
		e.people[fmt.Sprint(i)] = id
		posted, err := h.Post(ctx, chat.Post{Site: "shop", Author: id.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hello", Language: language.English})
		must(b, err)
		ids[i] = posted.Conversation
		visitors[i] = h.attach(newTestWire(sink), e)
		must(b, visitors[i].handle(fmt.Appendf(nil, `{"id":1,"call":"hello","token":"%d","since":{%q:%d}}`, i, ids[i], posted.Head), &Request{}))
		must(b, agent.handle(fmt.Appendf(nil, `{"id":%d,"call":"open","conversation":%q}`, i+2, ids[i]), nil))
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		i := n % conversations
		n++
		must(b, visitors[i].handle(fmt.Appendf(nil, `{"id":%d,"call":"send","key":%q,"conversation":%q,"text":"Do you have this cup in blue as well?"}`, n, chat.NewID(), ids[i]), nil))
		if n%8 == 0 {
			for range 16 {
				<-arrived
			}
		}
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
