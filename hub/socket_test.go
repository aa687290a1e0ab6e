package hub

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// house is one hub behind a real HTTP server.
type house struct {
	hub   *Hub
	store *memStore
	edge  *testEdge
	http  *httptest.Server
}

func newHouse(t testing.TB, o Options) *house {
	t.Helper()
	st := newMemStore()
	if o.Store == nil {
		o.Store = st
	}
	if o.Translator == nil {
		o.Translator = echo{}
	}
	o.Log = zerolog.Nop()
	h := New(o)
	e := &testEdge{hub: h, store: st, people: map[string]Identity{
		"es": visitorIdentity(language.Spanish), "fr": visitorIdentity(language.French), "agent": agentIdentity(language.English),
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Socket(w, r, e) }))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	return &house{h, st, e, srv}
}

// echo translates by saying into which language.
type echo struct{}

func (echo) Translate(_ context.Context, u chat.Untranslated) chat.Translation {
	return chat.Translation{State: chat.TranslationDone, Text: u.To.String() + ": " + u.Text, By: chat.By{Kind: chat.ByEngine, Name: "echo"}, Quality: chat.QualityFull}
}

// visitor is a client over a real socket.
type peer struct {
	t    testing.TB
	conn *websocket.Conn
	id   int64
	// events that came while a reply was waited for
	events []event
}

func (h *house) dial(t testing.TB) *peer {
	t.Helper()
	conn, _, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(h.http.URL, "http"), &websocket.DialOptions{Subprotocols: []string{chat.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { conn.CloseNow() })
	return &peer{t: t, conn: conn}
}

func (h *house) hello(t testing.TB, token string) *peer {
	t.Helper()
	p := h.dial(t)
	if r := p.call(chat.CallHello, map[string]any{"token": token}); r.Error != nil {
		t.Fatal(r.Error)
	}
	return p
}

func within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute) // the machine may be busy
}

func (p *peer) next() event {
	p.t.Helper()
	ctx, cancel := within()
	defer cancel()
	_, b, err := p.conn.Read(ctx)
	if err != nil {
		p.t.Fatalf("read: %v", err)
	}
	var ev event
	if err := json.Unmarshal(b, &ev); err != nil {
		p.t.Fatal(err)
	}
	return ev
}

func (p *peer) send(frame string) {
	p.t.Helper()
	ctx, cancel := within()
	defer cancel()
	if err := p.conn.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

func (p *peer) call(name chat.CallName, fields map[string]any) event {
	p.t.Helper()
	p.id++
	frame := map[string]any{"id": p.id, "call": name}
	for k, v := range fields {
		frame[k] = v
	}
	b, _ := json.Marshal(frame)
	p.send(string(b))
	for {
		ev := p.next()
		if ev.ID != nil && *ev.ID == p.id {
			return ev
		}
		p.events = append(p.events, ev)
	}
}

// event waits for an event that fits.
func (p *peer) event(fits func(event) bool) event {
	p.t.Helper()
	for i, ev := range p.events {
		if fits(ev) {
			p.events = append(p.events[:i:i], p.events[i+1:]...)
			return ev
		}
	}
	for {
		ev := p.next()
		if fits(ev) {
			return ev
		}
		p.events = append(p.events, ev)
	}
}

// closing waits for the end of the socket and returns its code.
func (p *peer) closing() websocket.StatusCode {
	p.t.Helper()
	for {
		ctx, cancel := within()
		_, _, err := p.conn.Read(ctx)
		cancel()
		if err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestTalk(t *testing.T) {
	h := newHouse(t, Options{})
	visitor, agent := h.hello(t, "es"), h.hello(t, "agent")
	if r := agent.call(chat.CallInbox, nil); r.Error != nil {
		t.Fatal(r.Error)
	}
	sent := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "¿Tienen esta taza?"}).OK)
	// It arrives whole, with the visitor's own session following from now on.
	visitor.event(func(ev event) bool { return ev.Event == chat.EvRows && ev.Conversation == sent.Conversation })
	agent.event(func(ev event) bool {
		return ev.Event == chat.EvInbox && len(ev.Conversations) == 1 && ev.Conversations[0].ID == sent.Conversation
	})
	opened := decode[chat.Rows](agent.call(chat.CallOpen, map[string]any{"conversation": sent.Conversation}).OK)
	if !opened.Reset || len(opened.Messages) != 1 || !opened.Row.Visitor.Online {
		t.Fatalf("open: %+v", opened)
	}
	// After two seconds the agent's language is wanted.
	agent.event(func(ev event) bool {
		return ev.Event == chat.EvMessage && ev.Message.Translations[language.English].Text == "en: ¿Tienen esta taza?"
	})
	agent.call(chat.CallSend, map[string]any{"key": chat.NewID(), "conversation": sent.Conversation, "text": "secret", "note": true})
	agent.call(chat.CallSend, map[string]any{"key": chat.NewID(), "conversation": sent.Conversation, "text": "Yes, in blue."})
	shown := visitor.event(func(ev event) bool { return ev.Event == chat.EvMessage && ev.Message.Author.Kind == chat.KindAgent })
	if shown.Message.Text != "Yes, in blue." || !shown.Message.Author.Online {
		t.Fatalf("the visitor sees %+v", shown.Message)
	}
	visitor.event(func(ev event) bool {
		return ev.Event == chat.EvMessage && ev.Message.Translations[language.Spanish].Text == "es: Yes, in blue."
	})
	agent.call(chat.CallTyping, map[string]any{"conversation": sent.Conversation, "on": true})
	visitor.event(func(ev event) bool { return ev.Event == chat.EvTyping && ev.On })
	visitor.call(chat.CallRead, map[string]any{"conversation": sent.Conversation, "seq": 3})
	agent.event(func(ev event) bool { return ev.Event == chat.EvRead && ev.Seq == 3 })
	visitor.conn.CloseNow()
	agent.event(func(ev event) bool {
		return ev.Event == chat.EvPresence && ev.Participant.Kind == chat.KindVisitor && !ev.Participant.Online
	})
}

func TestCalls(t *testing.T) {
	h := newHouse(t, Options{})
	visitor, other, agent := h.hello(t, "es"), h.hello(t, "fr"), h.hello(t, "agent")
	sent := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK)
	id := sent.Conversation
	for _, c := range []struct {
		who    *peer
		call   chat.CallName
		fields map[string]any
		want   chat.Code
	}{
		{visitor, chat.CallHello, nil, chat.BadRequest},
		{visitor, "fly", nil, chat.UnknownCall},
		{visitor, chat.CallPing, nil, ""},
		{visitor, chat.CallSend, map[string]any{"key": "x", "text": "a"}, chat.BadRequest},
		{visitor, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "  "}, chat.Empty},
		{visitor, chat.CallSend, map[string]any{"key": chat.NewID(), "text": strings.Repeat("x", 4001)}, chat.TooLong},
		{visitor, chat.CallSend, map[string]any{"key": chat.NewID(), "text": strings.Repeat("é", 4000)}, ""},
		{visitor, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "a", "note": true}, chat.Forbidden},
		{visitor, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "a", "language": "?"}, chat.BadLanguage},
		{visitor, chat.CallSend, map[string]any{"key": sent.Message.Key, "text": "adiós"}, chat.Conflict},
		{other, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "a", "conversation": id}, chat.NotFound},
		{other, chat.CallSync, map[string]any{"conversation": id, "since": 0}, chat.NotFound},
		{other, chat.CallHistory, map[string]any{"conversation": id}, chat.NotFound},
		{other, chat.CallRead, map[string]any{"conversation": id, "seq": 1}, chat.NotFound},
		{other, chat.CallTyping, map[string]any{"conversation": id, "on": true}, chat.NotFound},
		{other, chat.CallState, map[string]any{"conversation": id, "state": "resolved"}, chat.NotFound},
		{visitor, chat.CallOpen, map[string]any{"conversation": id}, chat.UnknownCall},
		{visitor, chat.CallTake, map[string]any{"conversation": id}, chat.UnknownCall},
		{visitor, chat.CallInbox, nil, chat.UnknownCall},
		{visitor, chat.CallState, map[string]any{"conversation": id, "state": "snoozed"}, chat.Forbidden},
		{agent, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "a"}, chat.BadRequest},
		{agent, chat.CallOpen, map[string]any{"conversation": "nonsense"}, chat.NotFound},
		{agent, chat.CallOpen, map[string]any{"conversation": chat.NewID()}, chat.NotFound},
		{agent, chat.CallSync, map[string]any{"conversation": id, "since": 0}, ""},
		{agent, chat.CallSync, map[string]any{"conversation": chat.NewID(), "since": 0}, chat.NotFound},
		{agent, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "a", "conversation": id, "reviewed": map[string]any{"language": "und", "text": "b"}}, chat.BadLanguage},
		{agent, chat.CallSend, map[string]any{"key": chat.NewID(), "text": "a", "conversation": id, "reviewed": map[string]any{"language": "es", "text": " "}}, chat.Empty},
		{agent, chat.CallInbox, map[string]any{"filter": map[string]any{"language": "x!x"}}, chat.BadLanguage},
		{agent, chat.CallInbox, map[string]any{"filter": map[string]any{"assignee": "a\x00b"}}, chat.BadRequest},
		{agent, chat.CallInbox, map[string]any{"filter": map[string]any{"text": strings.Repeat("x", inboxText+1)}}, chat.TooLong},
		{agent, chat.CallInbox, map[string]any{"filter": map[string]any{"state": "asleep"}}, chat.BadRequest},
		{agent, chat.CallInbox, map[string]any{"filter": map[string]any{"site": "foreign"}}, chat.NotFound},
		{agent, chat.CallState, map[string]any{"conversation": id, "state": "snoozed"}, chat.BadRequest},
		{agent, chat.CallState, map[string]any{"conversation": id, "state": "asleep"}, chat.BadRequest},
		{agent, chat.CallTake, map[string]any{"conversation": id}, ""},
		{agent, chat.CallPreview, map[string]any{"conversation": id, "text": "hello", "back": true}, ""},
		{agent, chat.CallLanguage, map[string]any{"languages": []string{}}, chat.BadRequest},
		{agent, chat.CallLanguage, map[string]any{"languages": []string{"de", "en"}}, ""},
		{agent, chat.CallClose, map[string]any{"conversation": id}, ""},
	} {
		r := c.who.call(c.call, c.fields)
		got := chat.Code("")
		if r.Error != nil {
			got = r.Error.Code
		}
		if got != c.want {
			t.Errorf("%s %v: %q, want %q", c.call, c.fields, got, c.want)
		}
	}
}

// rawFrame makes a client's frame; the mask is 0.
func rawFrame(first byte, length int, payload []byte) []byte {
	b := []byte{first}
	switch {
	case length < 126:
		b = append(b, 0x80|byte(length))
	case length < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(length))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(length))
	}
	return append(append(b, 0, 0, 0, 0), payload...)
}

func textFrame(s string) []byte { return rawFrame(0x81, len(s), []byte(s)) }

func closeFrame(code uint16, reason string) []byte {
	p := append(binary.BigEndian.AppendUint16(nil, code), reason...)
	return rawFrame(0x88, len(p), p)
}

// upgrade opens a socket without a WebSocket library.
func (h *house) upgrade(t testing.TB) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", h.http.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", chat.Protocol)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v %v", resp, err)
	}
	return conn, r
}

// readClose reads frames until a close frame or the end, and returns the code: 0 for no code, -1 for an end without a close frame.
func readClose(conn net.Conn, r *bufio.Reader) int {
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		head := make([]byte, 2)
		if _, err := io.ReadFull(r, head); err != nil {
			if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
				return -2
			}
			return -1
		}
		n := int(head[1] & 0x7f)
		switch n {
		case 126:
			b := make([]byte, 2)
			io.ReadFull(r, b)
			n = int(binary.BigEndian.Uint16(b))
		case 127:
			b := make([]byte, 8)
			io.ReadFull(r, b)
			n = int(binary.BigEndian.Uint64(b))
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(r, payload); err != nil {
			return -1
		}
		if head[0]&0xf == 8 {
			if n < 2 {
				return 0
			}
			return int(binary.BigEndian.Uint16(payload))
		}
	}
}

func TestHostileFrames(t *testing.T) {
	h := newHouse(t, Options{})
	hello := textFrame(`{"id":1,"call":"hello","token":"es"}`)
	deep := `{"id":1,"call":"ping","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`
	large := `{"id":1,"call":"ping","x":"` + strings.Repeat("x", chat.MaxFrame) + `"}`
	var flood []byte
	for range chat.ControlFrames + 1 {
		flood = append(flood, rawFrame(0x89, 0, nil)...)
	}
	var pongs []byte
	for range chat.ControlFrames + 1 {
		pongs = append(pongs, rawFrame(0x8a, 2, []byte("ab"))...)
	}
	for name, c := range map[string]struct {
		frames []byte
		want   int
	}{
		"binary before hello":           {rawFrame(0x82, 2, []byte("{}")), 4400},
		"nothing":                       {rawFrame(0x81, 0, nil), 4400},
		"not JSON":                      {textFrame("hello"), 4400},
		"an array":                      {textFrame("[]"), 4400},
		"null":                          {textFrame("null"), 4400},
		"a number":                      {textFrame("1"), 4400},
		"two objects":                   {textFrame(`{"id":1,"call":"hello"}{}`), 4400},
		"cut off":                       {textFrame(`{"id":1,"call":"hel`), 4400},
		"id missing":                    {textFrame(`{"call":"hello"}`), 4400},
		"id a text":                     {textFrame(`{"id":"1","call":"hello"}`), 4400},
		"id too large":                  {textFrame(`{"id":99999999999999999999,"call":"hello"}`), 4400},
		"id with a fraction":            {textFrame(`{"id":1.5,"call":"hello"}`), 4400},
		"call not a text":               {textFrame(`{"id":1,"call":7}`), 4400},
		"another call first":            {textFrame(`{"id":1,"call":"ping"}`), 4400},
		"hello with a bad since":        {textFrame(`{"id":1,"call":"hello","since":[1]}`), 4400},
		"hello with a bad token":        {textFrame(`{"id":1,"call":"hello","token":"nobody"}`), 4401},
		"invalid UTF-8":                 {rawFrame(0x81, 2, []byte{0xc3, 0x28}), 1007},
		"half a surrogate in UTF-8":     {rawFrame(0x81, 3, []byte{0xed, 0xa0, 0x80}), 1007},
		"nested too deep":               {textFrame(deep), 4400},
		"too large":                     {textFrame(large), 4413},
		"too large in two pieces":       {append(rawFrame(0x01, len(large)/2, []byte(large[:len(large)/2])), rawFrame(0x80, len(large)-len(large)/2, []byte(large[len(large)/2:]))...), 4413},
		"binary after hello":            {append(hello[:len(hello):len(hello)], rawFrame(0x82, 2, []byte("{}"))...), 4400},
		"not JSON after hello":          {append(hello[:len(hello):len(hello)], textFrame("{")...), 4400},
		"pings without end":             {append(hello[:len(hello):len(hello)], flood...), 4029},
		"pongs without end":             {append(hello[:len(hello):len(hello)], pongs...), 4029},
		"a panic":                       {append(hello[:len(hello):len(hello)], textFrame(`{"id":2,"call":"page"}`)...), 1011},
		"reserved bits":                 {rawFrame(0xc1, 2, []byte("{}")), 1002},
		"a reserved opcode":             {rawFrame(0x83, 2, []byte("{}")), 1002},
		"a long ping":                   {rawFrame(0x89, 126, make([]byte, 126)), 1002},
		"a ping in pieces":              {rawFrame(0x09, 0, nil), 1002},
		"continuation first":            {rawFrame(0x80, 2, []byte("{}")), 1002},
		"a message in a message":        {append(rawFrame(0x01, 1, []byte("{")), textFrame("{}")...), 1002},
		"close with one byte":           {rawFrame(0x88, 1, []byte{3}), 1002},
		"close with 1005":               {closeFrame(1005, ""), 1002},
		"close":                         {closeFrame(1000, "bye"), 1000},
		"close without a code":          {rawFrame(0x88, 0, nil), 0},
		"unmasked":                      {[]byte{0x81, 2, '{', '}'}, -1},
		"2^63 bytes announced":          {[]byte{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, -1},
		"a bad reason with a good code": {closeFrame(1000, "\xff"), 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, r := h.upgrade(t)
			if _, err := conn.Write(c.frames); err != nil {
				t.Log(err) // the other end may be quicker
			}
			if got := readClose(conn, r); got != c.want {
				t.Errorf("closed with %d, want %d", got, c.want)
			}
		})
	}
}

// TestOneMessageOneDeadline: neither silence in the middle of a message nor empty pieces without end keep a message open.
func TestOneMessageOneDeadline(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	for name, drip := range map[string]func(net.Conn) error{
		"silence": func(net.Conn) error { return nil },
		"empty pieces": func(c net.Conn) error {
			_, err := c.Write(rawFrame(0x00, 0, nil))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, _ := h.upgrade(t)
			conn.Write(append(textFrame(`{"id":1,"call":"hello","token":"es"}`), rawFrame(0x01, 1000, []byte("{"))...))
			done := make(chan error, 1)
			go func() {
				_, err := io.Copy(io.Discard, conn)
				done <- err
			}()
			begun := time.Now()
			tick := time.NewTicker(200 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-done:
					if took := time.Since(begun); took < 8*time.Second || took > chat.PingEvery { // from then on it could be for want of a pong
						t.Errorf("ended after %v", took)
					}
					return
				case <-tick.C:
					drip(conn)
				}
			}
		})
	}
}

func TestPanicLeavesOthersAlone(t *testing.T) {
	h := newHouse(t, Options{})
	one, two := h.hello(t, "es"), h.hello(t, "fr")
	one.send(`{"id":9,"call":"page"}`)
	if code := one.closing(); code != websocket.StatusInternalError {
		t.Errorf("closed with %d", code)
	}
	if r := two.call(chat.CallPing, nil); r.Error != nil {
		t.Error(r.Error)
	}
}

// A room whose worker has panicked is given up with its sessions, and who comes back gets one that works.
func TestPanicInARoom(t *testing.T) {
	h := newHouse(t, Options{})
	p := h.hello(t, "es")
	sent := decode[chat.SendOK](p.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "uno"}).OK)
	until(t, 10*time.Second, "the session is live", func() bool {
		h.hub.mu.RLock()
		r := h.hub.rooms[sent.Conversation]
		h.hub.mu.RUnlock()
		if r == nil {
			return false
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.follows) == 1 && r.follows[0].live
	})
	// Nothing like this passes the check of what a broker brings.
	h.hub.room(sent.Conversation).put(chat.Event{Type: chat.EvTyping, Conversation: sent.Conversation})
	if code := p.closing(); code != websocket.StatusInternalError {
		t.Fatalf("closed with %d", code)
	}
	again, other := h.hello(t, "es"), h.hello(t, "es")
	again.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "dos"})
	other.event(func(ev event) bool {
		return ev.Event == chat.EvMessage && ev.Message.Text == "dos" ||
			ev.Event == chat.EvRows && slices.ContainsFunc(ev.Messages, func(m chat.Message) bool { return m.Text == "dos" })
	})
}

func TestAdmission(t *testing.T) {
	h := newHouse(t, Options{Sockets: 2})
	h.hello(t, "es")
	h.hello(t, "fr")
	_, resp, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(h.http.URL, "http"), nil)
	if err == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a third socket of two: %v %v", resp, err)
	}
}

// TestAwaitBesideClosing: the library reads for its closing handshake while our reader goes to wait. The race detector is the judge.
func TestAwaitBesideClosing(t *testing.T) {
	for range 500 {
		here, there := net.Pipe()
		l := &link{Conn: here}
		l.library = bufio.NewReaderSize(l, 0)
		var both sync.WaitGroup
		both.Go(func() {
			there.Write([]byte("abc"))
			there.Close()
		})
		both.Go(func() {
			l.close()
			for {
				if _, err := l.library.ReadByte(); err != nil {
					return
				}
			}
		})
		for range 10 {
			l.await()
		}
		both.Wait()
	}
}

func TestRevoke(t *testing.T) {
	h := newHouse(t, Options{})
	p, other := h.hello(t, "agent"), h.hello(t, "es")
	h.hub.Revoke(h.edge.people["agent"].Credential, 4410, "logged out")
	if code := p.closing(); code != 4410 {
		t.Errorf("closed with %d", code)
	}
	h.hub.Recheck(context.Background(), func(id Identity) error { return chat.Errorf(chat.Unavailable, "no database") })
	if r := other.call(chat.CallPing, nil); r.Error != nil {
		t.Error("a database that is away ended a session")
	}
	h.hub.Recheck(context.Background(), func(id Identity) error { return chat.Errorf(chat.BadToken, "expired") })
	if code := other.closing(); code != 4410 {
		t.Errorf("closed with %d", code)
	}
}
