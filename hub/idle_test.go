package hub

import (
	"bufio"
	"bytes"
	"context"
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
)

// idleClients opens sockets, says hello on each, prints one line and reads until its input ends.
func idleClients(address, tokens string) {
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
		hello := fmt.Sprintf(`{"id":1,"call":"hello","token":"%s%d"}`, prefix, i)
		conn.Write(textFrame(hello))
		// What comes after hello is one frame for the reply and one with the rows.
		for frames := 0; frames < 2; {
			head := make([]byte, 2)
			if _, err := io.ReadFull(r, head); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			length := int64(head[1] & 0x7f)
			if length == 126 {
				b := make([]byte, 2)
				io.ReadFull(r, b)
				length = int64(b[0])<<8 + int64(b[1])
			}
			io.CopyN(io.Discard, r, length)
			frames++
		}
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
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

// BenchmarkIdle measures what a socket costs on which nothing happens: visitors with one conversation each. The clients are in another process.
func BenchmarkIdle(b *testing.B) {
	for _, n := range []int{5000} {
		b.Run(fmt.Sprint("visitors=", n), func(b *testing.B) { measureIdle(b, n) })
	}
}

func measureIdle(b *testing.B, n int) {
	h := newHouse(b, Options{HandshakesPerSecond: -1})
	for i := range n {
		id := visitorIdentity(language.Spanish)
		h.edge.people[fmt.Sprint("visitor", i)] = id
		if _, err := h.store.Append(context.Background(), chat.Post{Site: "shop", Author: id.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola", Language: language.Spanish}); err != nil {
			b.Fatal(err)
		}
	}
	h.store.indexVisitors()
	for b.Loop() {
		before := resident(b)
		self, err := os.Executable()
		if err != nil {
			b.Fatal(err)
		}
		child := exec.Command(self)
		child.Env = append(os.Environ(), idleAddress+"="+h.http.Listener.Addr().String(), idleTokens+"="+fmt.Sprint(n)+":visitor")
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
		b.ReportMetric(float64(n)/time.Since(begun).Seconds(), "handshakes/s")
		// Two collections let grown stacks shrink and caches go, as they do in the life of a server.
		runtime.GC()
		runtime.GC()
		b.ReportMetric((resident(b)-before)/float64(n)/1024, "KiB/visitor")
		if got := h.hub.Stats(); got.Visitors != n || got.Rooms != n {
			b.Errorf("%+v", got)
		}
		b.ReportMetric(float64(runtime.NumGoroutine())/float64(n), "goroutines/visitor")
		in.Close()
		child.Wait()
	}
}
