package hub

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// The environment of the child process that holds the clients' ends of the idle sockets, so that what is measured is the server's memory alone.
const (
	idleAddress = "DRAGOMAN_TEST_IDLE_ADDRESS"
	idleTokens  = "DRAGOMAN_TEST_IDLE_TOKENS" // how many, and what their names begin with: 5000:visitor
	idleCalls   = "DRAGOMAN_TEST_IDLE_CALLS"  // the conversations that consoles open, parted by commas
)

// idleClients opens sockets, says hello on each, opens conversations if there are any to open, prints one line and reads
// until its input ends.
func idleClients(address, tokens, calls string) {
	count, prefix, _ := strings.Cut(tokens, ":")
	n, _ := strconv.Atoi(count)
	var conns []net.Conn
	for i := range n {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		conns = append(conns, conn)
		fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", chat.Protocol)
		r := bufio.NewReader(conn)
		if _, err := http.ReadResponse(r, nil); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		conn.Write(textFrame(fmt.Sprintf(`{"id":1,"call":"hello","token":"%s%d"}`, prefix, i)))
		skipFrame(r)
		if calls == "" {
			skipFrame(r) // the rows of the visitor's conversation
			continue
		}
		conn.Write(textFrame(`{"id":2,"call":"inbox"}`))
		skipFrame(r)
		for _, id := range strings.Split(calls, ",") {
			conn.Write(textFrame(fmt.Sprintf(`{"id":3,"call":"open","conversation":%q}`, id)))
			skipFrame(r)
		}
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	for _, conn := range conns {
		conn.Close()
	}
}

func skipFrame(r *bufio.Reader) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	length := uint64(head[1] & 0x7f)
	switch length {
	case 126:
		b := make([]byte, 2)
		io.ReadFull(r, b)
		length = uint64(binary.BigEndian.Uint16(b))
	case 127:
		b := make([]byte, 8)
		io.ReadFull(r, b)
		length = binary.BigEndian.Uint64(b)
	}
	io.CopyN(io.Discard, r, int64(length))
}

// resident returns the resident memory of this process in bytes.
func resident(tb testing.TB) float64 {
	runtime.GC()
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		tb.Skip("resident memory is read from /proc")
	}
	pages, _ := strconv.ParseFloat(string(bytes.Fields(b)[1]), 64)
	return pages * float64(os.Getpagesize())
}

// BenchmarkIdle measures what a socket costs on which nothing happens: a visitor with one conversation, and a console with
// an inbox and ten conversations open. The clients are in another process.
func BenchmarkIdle(b *testing.B) {
	b.Run("visitors=5000", func(b *testing.B) { measureIdle(b, 5000, "visitor") })
	b.Run("consoles=500", func(b *testing.B) { measureIdle(b, 500, "console") })
}

func measureIdle(b *testing.B, n int, who string) {
	h := newHouse(b, Options{HandshakesPerSecond: -1})
	var open []string
	for i := range n {
		id := visitorIdentity(language.Spanish)
		posted, err := h.store.Append(context.Background(), chat.Post{Site: "shop", Author: id.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola", Language: language.Spanish})
		if err != nil {
			b.Fatal(err)
		}
		if who == "console" {
			id = agentIdentity(language.Spanish)
			if len(open) < 10 {
				open = append(open, posted.Conversation)
			}
		}
		h.edge.people[fmt.Sprint(who, i)] = id
	}
	h.store.indexVisitors()
	for b.Loop() {
		before := resident(b)
		self, err := os.Executable()
		if err != nil {
			b.Fatal(err)
		}
		child := exec.Command(self)
		child.Env = append(os.Environ(), idleAddress+"="+h.http.Listener.Addr().String(), idleTokens+"="+fmt.Sprint(n)+":"+who, idleCalls+"="+strings.Join(open, ","))
		child.Stderr = os.Stderr
		in, _ := child.StdinPipe()
		out, _ := child.StdoutPipe()
		begun := time.Now()
		if err := child.Start(); err != nil {
			b.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		if line != "ready\n" {
			b.Fatalf("the clients say %q", line)
		}
		b.ReportMetric(float64(n)/time.Since(begun).Seconds(), "sockets/s")
		// Collections let grown stacks shrink and caches go, as they do in the life of a server.
		for range 3 {
			runtime.GC()
		}
		b.ReportMetric((resident(b)-before)/float64(n)/1024, "KiB/"+who)
		if got := h.hub.Stats(); got.Sessions != n {
			b.Errorf("%+v", got)
		}
		b.ReportMetric(float64(runtime.NumGoroutine())/float64(n), "goroutines/"+who)
		in.Close()
		child.Wait()
	}
}
