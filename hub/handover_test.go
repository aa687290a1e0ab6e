package hub

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// readFrame reads one unmasked frame: its first byte and its payload.
func readFrame(t *testing.T, conn net.Conn, r *bufio.Reader) (first byte, payload string) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		t.Fatal(err)
	}
	n := int(head[1])
	if n == 126 {
		long := make([]byte, 2)
		if _, err := io.ReadFull(r, long); err != nil {
			t.Fatal(err)
		}
		n = int(long[0])<<8 | int(long[1])
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return head[0], string(b)
}

// TestFramesHoweverTheyArrive: pings stand before, between, within and after messages, some longer than what is read at once, and
// the same bytes come in pieces of many sizes. Everything is answered once and in order.
func TestFramesHoweverTheyArrive(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	long := fmt.Sprintf(`{"id":4,"call":"ping","x":"%s"}`, strings.Repeat("x", 3*readBuffer))
	var stream []byte
	for _, f := range [][]byte{
		rawFrame(0x89, 1, []byte("a")),
		textFrame(`{"id":1,"call":"hello","token":"fr"}`),
		rawFrame(0x89, 1, []byte("b")),
		rawFrame(0x8a, 0, nil),
		textFrame(`{"id":2,"call":"ping"}`),
		textFrame(`{"id":3,"call":"ping"}`),
		rawFrame(0x01, 7, []byte(long[:7])),
		rawFrame(0x89, 1, []byte("c")),
		rawFrame(0x80, len(long)-7, []byte(long[7:])),
		rawFrame(0x8a, 1, []byte("x")),
		rawFrame(0x89, 1, []byte("d")),
		textFrame(`{"id":5,"call":"ping"}`),
	} {
		stream = append(stream, f...)
	}
	for _, size := range []int{1, 2, 3, 5, 7, 15, 16, 17, 100, readBuffer - 1, readBuffer, readBuffer + 1, len(stream)} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			conn, r := h.upgrade(t)
			go func() {
				for rest := stream; len(rest) > 0; {
					n, err := conn.Write(rest[:min(size, len(rest))])
					if err != nil {
						return // the reading side says what is missing
					}
					rest = rest[n:]
				}
			}()
			pongs, answers := "", ""
			for len(pongs)+len(answers) < 4+5 {
				switch first, payload := readFrame(t, conn, r); first {
				case 0x8a:
					pongs += payload
				case 0x81:
					if id, ok := strings.CutPrefix(payload, `{"id":`); ok {
						answers += id[:1]
					}
				}
			}
			if pongs != "abcd" || answers != "12345" {
				t.Errorf("pongs %q, answers %q", pongs, answers)
			}
		})
	}
}

// TestWaitsOnASmallStack: whatever was read last, call or pong, the goroutine that waits for the next is not within the library.
func TestWaitsOnASmallStack(t *testing.T) {
	h := newHouse(t, Options{})
	conn, r := h.upgrade(t)
	for _, frame := range [][]byte{
		nil,
		textFrame(`{"id":1,"call":"hello","token":"fr"}`),
		rawFrame(0x89, 0, nil),
		rawFrame(0x8a, 0, nil),
	} {
		if _, err := conn.Write(frame); err != nil {
			t.Fatal(err)
		}
		if frame != nil && frame[0] != 0x8a {
			readFrame(t, conn, r)
		}
		stacks := ""
		for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
			all := make([]byte, 1<<20)
			stacks = string(all[:runtime.Stack(all, true)])
			if strings.Contains(stacks, "(*link).await") && !strings.Contains(stacks, "websocket.(*Conn).Reader") {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("after %q it waits elsewhere:\n%s", frame, stacks)
			}
		}
	}
}
