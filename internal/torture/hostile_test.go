package torture

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
)

// hostile is something that no client sends. What must come of it: the answer to call 7 (ok or an error code), or a close code, or "cut"
// for an end without a word; several are separated by "|" where the protocol leaves the choice.
type hostile struct {
	name string
	send []byte
	want string
}

// call7 is the text frame of a call with the id that the answer is looked for by.
func call7(rest string) []byte { return text(`{"id":7,"call":` + rest + `}`) }

const ping7 = `{"id":7,"call":"ping"}`

// many repeats a frame.
func many(n int, f []byte) []byte { return []byte(strings.Repeat(string(f), n)) }

// framing breaks RFC 6455. All of it is sent after a good hello.
var framing = []hostile{
	{"RSV1", frame(fin|0x40|opText, ping7), "1002"},
	{"RSV2", frame(fin|0x20|opText, ping7), "1002"},
	{"RSV3", frame(fin|0x10|opText, ping7), "1002"},
	{"RSV1 on a ping", frame(fin|0x40|opPing, ""), "1002"},
	{"all RSV bits", frame(fin|0x70|opText, ping7), "1002"},
	{"reserved opcode 3", frame(fin|0x3, ping7), "1002"},
	{"reserved opcode 4", frame(fin|0x4, ping7), "1002"},
	{"reserved opcode 5", frame(fin|0x5, ping7), "1002"},
	{"reserved opcode 6", frame(fin|0x6, ping7), "1002"},
	{"reserved opcode 7", frame(fin|0x7, ping7), "1002"},
	{"reserved control opcode 11", frame(fin|0xb, ""), "1002"},
	{"reserved control opcode 12", frame(fin|0xc, ""), "1002"},
	{"reserved control opcode 13", frame(fin|0xd, ""), "1002"},
	{"reserved control opcode 14", frame(fin|0xe, ""), "1002"},
	{"reserved control opcode 15", frame(fin|0xf, ""), "1002"},
	{"fragmented ping", frame(opPing, "x"), "1002"},
	{"fragmented pong", frame(opPong, "x"), "1002"},
	{"fragmented close", frame(opClose, "\x03\xe8"), "1002"},
	{"ping of 126 bytes", frame(fin|opPing, strings.Repeat("x", 126)), "1002"},
	{"pong of 1,000 bytes", frame(fin|opPong, strings.Repeat("x", 1000)), "1002"},
	{"close with a long reason", closing(1000, strings.Repeat("x", 124)), "1002"},
	{"continuation first", frame(fin|opContinue, ping7), "1002"},
	{"text inside a fragmented text", join(frame(opText, `{"id":7,`), text(ping7)), "1002"},
	{"binary inside a fragmented text", join(frame(opText, `{"id":7,`), frame(fin|opBinary, ping7)), "1002"},
	{"unmasked text", append([]byte{fin | opText, byte(len(ping7))}, ping7...), "1002|cut"},
	{"unmasked ping", []byte{fin | opPing, 0}, "1002|cut"},
	{"a length of 2^63", head(fin|opText, 1<<63), "1002|4413|cut"},
	{"a length of 2^64-1", head(fin|opText, 1<<64-1), "1002|4413|cut"},
	{"close with one byte", frame(fin|opClose, "\x03"), "1002"},
	{"close with 999", closing(999, ""), "1002"},
	{"close with 1004", closing(1004, ""), "1002"},
	{"close with 1005", closing(1005, ""), "1002"},
	{"close with 1006", closing(1006, ""), "1002"},
	{"close with 1015", closing(1015, ""), "1002"},
	{"close with 5000", closing(5000, ""), "1002"},
	{"close with a reason that is no UTF-8", closing(1000, "\xff\xfe"), "1000|1002|1007"},
	{"close and then more", join(closing(1000, ""), text(ping7)), "1000"},
	{"a deflated frame without the extension", frame(fin|0x40|opText, "\xabV*J-\xc8\xa9T\xb2R\xaa\x05\x00"), "1002"},
	{"32 pings at once", many(32, frame(fin|opPing, "x")), "4029"},
	{"32 pongs at once", many(32, frame(fin|opPong, "")), "4029"},
	{"5,000 pings at once", many(5000, frame(fin|opPing, strings.Repeat("x", 125))), "4029"},
	{"30,000 empty continuations and no end", append(frame(opText, "{"), many(30000, frame(opContinue, ""))...), "silence|4400|4029|4413|1002"},
	{"a message of 65,537 bytes", text(pad(65537)), "4413"},
	{"a message of 8 MiB", text(pad(8 << 20)), "4413|cut"},
	{"a message of 65,537 bytes in fragments", join(frame(opText, pad(65537)[:40000]), frame(fin|opContinue, pad(65537)[40000:])), "4413"},
	{"a length of 2^62 after hello", join(head(fin|opText, 1<<62), []byte(strings.Repeat("x", 70000))), "4413"},
}

// pad is a ping of exactly n bytes.
func pad(n int) string {
	const a, b = `{"id":7,"call":"ping","pad":"`, `"}`
	return a + strings.Repeat("x", n-len(a)-len(b)) + b
}

// content is well framed, but not what the protocol asks for. All of it is sent after a good hello.
var content = []hostile{
	{"a message of 65,536 bytes", text(pad(65536)), "ok"},
	{"a ping in 200 fragments", fragments(pad(2000), 10), "ok"},
	{"a fragment that ends inside a character", join(frame(opText, `{"id":7,"call":"ping","x":"`+"\xc3"), frame(fin|opContinue, "\xb1\"}")), "ok"},
	{"pings between fragments", join(frame(opText, `{"id":7,`), frame(fin|opPing, "a"), frame(fin|opContinue, `"call":"ping"}`)), "ok"},
	{"binary", frame(fin|opBinary, ping7), "4400"},
	{"empty binary", frame(fin|opBinary, ""), "4400"},
	{"empty text", text(""), "4400"},
	{"spaces", text("   "), "4400"},
	{"no JSON", text("hello"), "4400"},
	{"half an object", text(`{"id":7,"call":"ping"`), "4400"},
	{"an array", text(`[{"id":7,"call":"ping"}]`), "4400"},
	{"null", text("null"), "4400"},
	{"a number", text("7"), "4400"},
	{"a string", text(`"ping"`), "4400"},
	{"two objects", text(ping7 + ping7), "4400"},
	{"rubbish behind", text(ping7 + "x"), "4400"},
	{"a byte order mark", text("\ufeff" + ping7), "4400"},
	{"HTML", text("<script>alert(1)</script>"), "4400"},
	{"an HTTP request", text("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "4400"},
	{"a lone 0xff", text("\xff"), "1007"},
	{"bad UTF-8 in a text", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"` + "\xff" + `"`), "1007"},
	{"bad UTF-8 in a field that nobody reads", call7(`"ping","x":"` + "\xc3\x28" + `"`), "1007"},
	{"overlong UTF-8", call7(`"ping","x":"` + "\xc0\xaf" + `"`), "1007"},
	{"a surrogate in UTF-8", call7(`"ping","x":"` + "\xed\xa0\x80" + `"`), "1007"},
	{"beyond Unicode", call7(`"ping","x":"` + "\xf4\x90\x80\x80" + `"`), "1007"},
	{"half a character at the end of the message", join(frame(opText, `{"id":7,"call":"ping","x":"`), frame(fin|opContinue, "\xc3")), "1007"},
	{"UTF-16", text("{\x00\"\x00i\x00d\x00\"\x00:\x007\x00}\x00"), "4400"},
	{"20,000 open brackets", call7(`"ping","x":` + strings.Repeat("[", 20000)), "4400|bad_request"},
	{"20,000 nested arrays", call7(`"ping","x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000)), "ok|4400|bad_request"},
	{"5,000 nested objects", call7(`"ping","x":` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)), "ok|4400|bad_request"},
	{"10,000 keys", call7(`"ping"` + strings.Repeat(`,"a":1`, 10000)), "ok"},
	{"no id", text(`{"call":"ping"}`), "4400|silence"},
	{"an id that is a text", text(`{"id":"7","call":"ping"}`), "4400"},
	{"an id in another spelling", text(`{"id":7.0,"call":"ping"}`), "ok"},
	{"an id with an exponent", text(`{"id":70e-1,"call":"ping"}`), "ok"},
	{"an id that is no whole number", text(`{"id":7.5,"call":"ping"}`), "4400"},
	{"an id that is too large", text(`{"id":1e300,"call":"ping"}`), "4400"},
	{"an id that is an object", text(`{"id":{},"call":"ping"}`), "4400"},
	{"no call", text(`{"id":7}`), "unknown_call|4400|bad_request"},
	{"a call that is a number", call7("7"), "4400|bad_request"},
	{"a call that is null", call7("null"), "unknown_call|4400|bad_request"},
	{"a call that nobody knows", call7(`"dance"`), "unknown_call"},
	{"a call in capitals", call7(`"PING"`), "unknown_call"},
	{"a call named like a method", call7(`"__proto__"`), "unknown_call"},
	{"a call of 60 KB", call7(`"` + strings.Repeat("a", 60000) + `"`), "unknown_call"},
	{"the same key twice", text(`{"id":7,"call":"dance","call":"ping"}`), "ok|4400|unknown_call|bad_request"},
	{"a second hello", call7(`"hello","token":"x"`), "bad_request|4400|conflict|unknown_call"},
	{"send: text is a number", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":7`), "bad_request"},
	{"send: text is an array", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":["x"]`), "bad_request"},
	{"send: text is null", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":null`), "empty"},
	{"send: nothing but spaces and controls", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"\u0000\u0001 \u2003\u202e"`), "empty"},
	{"send: no key", call7(`"send","text":"x"`), "bad_request"},
	{"send: key is a number", call7(`"send","key":7,"text":"x"`), "bad_request"},
	{"send: key is no UUID", call7(`"send","key":"x' OR 1=1 --","text":"x"`), "bad_request"},
	{"send: key in braces", call7(`"send","key":"{0190b5a0-0000-7000-8000-000000000001}","text":"x"`), "bad_request"},
	{"send: conversation is a number", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"x","conversation":7`), "bad_request"},
	{"send: conversation is no id", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"x","conversation":"x' OR 1=1 --"`), "not_found"},
	{"send: conversation with NUL", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"x","conversation":"\u0000"`), "not_found"},
	{"send: language is none", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"x","conversation":"01900000-0000-7000-8000-000000000000","language":"!!"`), "language|not_found"},
	{"send: 20,000 characters", call7(`"send","key":"0190b5a0-0000-7000-8000-000000000001","text":"` + strings.Repeat("x", 20000) + `"`), "too_long|not_found"},
	{"sync: since is a text", call7(`"sync","conversation":"x","since":"1"`), "not_found|bad_request"},
	{"sync: since is too large", call7(`"sync","conversation":"x","since":9223372036854775808`), "not_found|bad_request"},
	{"sync: nobody's", call7(`"sync","conversation":"x","since":-9223372036854775808`), "not_found"},
	{"history: before is negative", call7(`"history","conversation":"x","before":-1`), "not_found|bad_request"},
	{"history: limit is huge", call7(`"history","conversation":"x","limit":1000000000`), "not_found|bad_request"},
	{"read: seq is negative", call7(`"read","conversation":"x","seq":-1`), "not_found|bad_request"},
	{"read: conversation is an object", call7(`"read","conversation":{},"seq":1`), "bad_request"},
	{"typing: on is a text", call7(`"typing","conversation":"x","on":"yes"`), "not_found|bad_request"},
	{"state: none", call7(`"state","conversation":"x"`), "not_found|bad_request"},
	{"language: a number", call7(`"language","language":7`), "bad_request"},
	{"language: 1,000 letters", call7(`"language","language":"` + strings.Repeat("a", 1000) + `"`), "language|bad_request"},
}

// fragments cuts a text into frames of n bytes.
func fragments(s string, n int) []byte {
	var all []byte
	for first := true; s != ""; first = false {
		op := byte(opContinue)
		if first {
			op = opText
		}
		part := s[:min(n, len(s))]
		if s = s[len(part):]; s == "" {
			op |= fin
		}
		all = append(all, frame(op, part)...)
	}
	return all
}

// beforeHello is sent where hello is due.
var beforeHello = []hostile{
	{"a call", text(ping7), "4400|4408|4401"},
	{"an unknown call", call7(`"dance"`), "4400|4408|4401"},
	{"no JSON", text("hello"), "4400"},
	{"binary", frame(fin|opBinary, ping7), "4400"},
	{"bad UTF-8", text("\xff"), "1007"},
	{"65,537 bytes", text(pad(65537)), "4413"},
	{"32 pings", many(32, frame(fin|opPing, "x")), "4029"},
	{"hello: a token that is a number", call7(`"hello","token":7`), "4400|4401|bad_request"},
	{"hello: since is an array", call7(`"hello","token":"x","since":[]`), "4400|4401|bad_request"},
	{"hello: since holds texts", call7(`"hello","token":"x","since":{"a":"b"}`), "4400|4401|bad_request"},
	{"RSV1", frame(fin|0x40|opText, ping7), "1002"},
	{"a close", closing(1000, ""), "1000"},
}

// tokens are hellos of visitors with credentials that are no good.
var tokens = []hostile{
	{"no token", call7(`"hello"`), "4401"},
	{"an empty token", call7(`"hello","token":""`), "4401"},
	{"a made-up token of a site that is not there", call7(`"hello","token":"KEY.` + strings.Repeat("A", 43) + `"`), "4401|4404"},
	{"a token of 60 KB", call7(`"hello","token":"` + strings.Repeat("A", 60000) + `"`), "4401"},
	{"a token with NUL", call7(`"hello","token":"\u0000"`), "4401"},
	{"an injection", call7(`"hello","token":"' OR '1'='1"`), "4401"},
}

// target is a server with an honest visitor who is served after every attack, and what attackers need.
type target struct {
	t      *testing.T
	server *process.Server
	site   string
	honest *client.Conn
}

func newTarget(t *testing.T) *target {
	p, site := newProgram(t, "es")
	if _, err := p.AddAgent(t.Context(), "ana", []string{"en"}); err != nil {
		t.Fatal(err)
	}
	// The limits on how many would stop the attackers before their frames do.
	s := serve(t, p, "--limit", "sockets_per_visitor=0,visitors_per_minute=0,sends_per_second=0,sockets_per_address=0")
	tg := &target{t: t, server: s, site: site}
	tg.honest = tg.visitor(tg.token())
	return tg
}

func (tg *target) token() string {
	ok, err := client.NewSession(tg.t.Context(), tg.server.URL, "", chat.SessionRequest{Site: tg.site, Languages: []string{"es"}})
	if err != nil {
		tg.t.Fatal(err)
	}
	return ok.Token
}

func (tg *target) visitor(token string) *client.Conn {
	c, err := client.Dial{Server: tg.server.URL}.Open(tg.t.Context())
	if err == nil {
		_, err = c.Hello(tg.t.Context(), chat.Hello{Token: token})
	}
	if err != nil {
		tg.t.Fatal(err)
	}
	tg.t.Cleanup(c.Drop)
	return c
}

// stillServes fails the test if the honest visitor is not answered any more.
func (tg *target) stillServes(t *testing.T) {
	t.Helper()
	l := client.NewLine("", "sigo aquí")
	if err := tg.honest.Call(t.Context(), chat.CallSend, l.Send, nil); err != nil {
		t.Fatalf("after that an honest visitor was not served any more: %v", err)
	}
}

// attack opens a socket and sends; it returns what came of it.
func (tg *target) attack(t *testing.T, path string, header http.Header, before, send []byte, within time.Duration) string {
	t.Helper()
	r, err := dialRaw(tg.server.URL, path, header)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the handshake was answered %s", r.answer.Status)
	}
	_, _ = r.Write(before)
	if before != nil {
		if got := r.reply(1, within); got != "ok" {
			t.Fatalf("hello was answered %s", got)
		}
	}
	// Writing may fail halfway: the server need not read what it has refused. What counts is what it says.
	go func() { _, _ = r.Write(send) }()
	return r.reply(7, within)
}

func matches(got, want string) bool {
	for w := range strings.SplitSeq(want, "|") {
		if got == w {
			return true
		}
	}
	return false
}

// Every hostile frame, on the visitors' socket and on the agents', has the answer that it must have, and hurts nobody else.
func TestHostile(t *testing.T) {
	tg := newTarget(t)
	cookie, err := client.Login(t.Context(), tg.server.URL, "ana@example.com", process.Password)
	if err != nil {
		t.Fatal(err)
	}
	doors := []struct {
		name, path string
		header     http.Header
		hello      []byte
	}{
		{"visitor", "/widget/v1/socket", nil, text(`{"id":1,"call":"hello","token":"` + tg.token() + `"}`)},
		{"agent", "/agent/v1/socket", http.Header{"Cookie": {cookie}, "Origin": {tg.server.URL}}, text(`{"id":1,"call":"hello"}`)},
	}
	count := 0
	for _, door := range doors {
		run := func(group string, hello []byte, list []hostile) {
			for _, h := range list {
				count++
				t.Run(door.name+"/"+group+"/"+h.name, func(t *testing.T) {
					within := patience
					if strings.Contains(h.want, "silence") {
						within = 2 * time.Second
					}
					if got := tg.attack(t, door.path, door.header, hello, h.send, within); !matches(got, h.want) {
						t.Errorf("the answer was %s, want %s", got, h.want)
					}
					tg.stillServes(t)
				})
			}
		}
		run("framing", door.hello, framing)
		run("content", door.hello, content)
		run("before hello", nil, beforeHello)
		if door.name == "visitor" {
			made := tg.site + "." + strings.Repeat("A", 43)
			run("token", nil, append(tokens, hostile{"a made-up token", call7(`"hello","token":"` + made + `"`), "4401"}))
		}
	}
	t.Logf("%d hostile frames", count)
	if count < 60 {
		t.Errorf("only %d hostile frames", count)
	}
}

// Who sends nothing, or a byte now and then, holds a place for a bounded time only.
func TestHostileSlow(t *testing.T) {
	tg := newTarget(t)
	hello := text(`{"id":1,"call":"hello","token":"` + tg.token() + `"}`)
	trickle := func(frames func(i int) []byte) func(*raw) {
		return func(r *raw) {
			for i := 0; ; i++ {
				if _, err := r.Write(frames(i)); err != nil {
					return
				}
				<-time.After(200 * time.Millisecond)
			}
		}
	}
	once := func(b []byte) func(*raw) { return func(r *raw) { _, _ = r.Write(b) } }
	endless := text(pad(60000))
	for _, tt := range []struct {
		name   string
		before []byte
		send   func(*raw)
		within time.Duration
		want   string
	}{
		{"no hello", nil, once(nil), patience, "4408"},
		{"half a hello", nil, once([]byte{fin | opText}), patience, "4408|cut"},
		{"a hello of one byte per 200 ms", nil, trickle(func(i int) []byte { return endless[i : i+1] }), patience, "4408|cut"},
		{"2^62 bytes declared, then silence, before hello", nil, once(head(fin|opText, 1<<62)), patience, "4408|4413|cut"},
		{"empty continuations, before hello", nil, trickle(func(i int) []byte { return frame(byte(opText*max(0, 1-i)), "") }), patience, "4408|cut"},
		{"half a frame", hello, once(head(fin|opText, 100)), 100 * time.Second, "4400|4003|4408|1008|cut"},
		{"2^62 bytes declared, then silence", hello, once(head(fin|opText, 1<<62)), 100 * time.Second, "4413|4400|4003|4408|1008|cut"},
		{"a message of one byte per 200 ms", hello, trickle(func(i int) []byte { return endless[i : i+1] }), 100 * time.Second, "4400|4003|4408|1008|cut"},
		{"empty continuations", hello, trickle(func(i int) []byte { return frame(byte(opText*max(0, 1-i)), "") }), 100 * time.Second, "4400|4029|4003|4408|1008|cut"},
		{"no pong", hello, once(nil), 100 * time.Second, "4003|cut"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := dialRaw(tg.server.URL, "/widget/v1/socket", nil)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if tt.before != nil {
				_, _ = r.Write(tt.before)
				if got := r.reply(1, patience); got != "ok" {
					t.Fatalf("hello was answered %s", got)
				}
			}
			go tt.send(r)
			began := time.Now()
			got := r.reply(7, tt.within)
			if !matches(got, tt.want) {
				t.Errorf("the answer was %s after %s, want %s", got, time.Since(began).Round(time.Second), tt.want)
			}
			tg.stillServes(t)
		})
	}
}

// Handshakes that are none, and offers that are not taken.
func TestHostileHandshakes(t *testing.T) {
	tg := newTarget(t)
	for _, tt := range []struct {
		name   string
		header http.Header
		status int
	}{
		{"deflate offered", http.Header{"Sec-WebSocket-Extensions": {"permessage-deflate; client_max_window_bits"}}, 101},
		{"other extensions offered", http.Header{"Sec-WebSocket-Extensions": {"x-foo, permessage-bbf; a=b"}}, 101},
		{"two subprotocols offered", http.Header{"Sec-WebSocket-Protocol": {"x.v9, " + chat.Protocol}}, 101},
		{"no Upgrade", http.Header{"Upgrade": nil, "Connection": {"close"}}, 426},
		{"no key", http.Header{"Sec-WebSocket-Key": nil}, 400},
		{"a key that is too short", http.Header{"Sec-WebSocket-Key": {"AAEC"}}, 400},
		{"version 8", http.Header{"Sec-WebSocket-Version": {"8"}}, 400},
		{"no version", http.Header{"Sec-WebSocket-Version": nil}, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := dialRaw(tg.server.URL, "/widget/v1/socket", tt.header)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if r.answer.StatusCode != tt.status {
				t.Errorf("the answer was %s, want %d", r.answer.Status, tt.status)
			}
			if got := r.answer.Header.Get("Sec-WebSocket-Extensions"); got != "" {
				t.Errorf("the server took the extension %q", got)
			}
			tg.stillServes(t)
		})
	}
	// The pings of a whole flood are not what a library would answer: the budget is one for each kind of control frame together.
	t.Run("pings under the limit", func(t *testing.T) {
		hello := text(`{"id":1,"call":"hello","token":"` + tg.token() + `"}`)
		got := tg.attack(t, "/widget/v1/socket", nil, hello, join(many(20, frame(fin|opPing, "x")), text(ping7)), patience)
		if got != "ok" {
			t.Errorf("20 pings and a call were answered %s", got)
		}
	})
}
