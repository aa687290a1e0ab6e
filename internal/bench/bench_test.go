//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
)

func TestAims(t *testing.T) {
	var a aims
	a.atMost("cost", "%.2f", 2.51, 2.5, 1.6)
	a.atMost("cost", "%.2f", 2.5, 2.5, 1.6)
	a.atMost("cost", "%.2f", 1.6, 2.5, 1.6)
	a.atLeast("most", "%.0f", 7999, 8000, 18600)
	a.atLeast("most", "%.0f", 8000, 8000, 0)
	a.failed("most", errors.New("a socket was lost"))
	want := []string{"**missed**", "reached", "aim reached", "**missed**", "reached", "**missed**"}
	for i, row := range a.rows {
		if row[4] != want[i] {
			t.Errorf("%v: not %s", row, want[i])
		}
	}
	if len(a.rows) != len(want) {
		t.Errorf("%d rows", len(a.rows))
	}
}

// The most is found within 6 % below what does not hold any more, wherever the search begins, with one disturbance and in a bounded number of tries.
func TestSearch(t *testing.T) {
	for _, from := range []float64{mostFirst, 5000, 60_000} {
		for _, limit := range []int{150, 1999, 2000, 7999, 8000, 8100, 9536, 18_600, 50_000} {
			tries, disturbed := 0, false
			held, _, err := search(from, func(rate int) (result, bool, error) {
				tries++
				if tries == 3 { // once somebody else has the machine
					disturbed = true
					return result{}, false, nil
				}
				return result{}, rate <= limit, nil
			})
			if err != nil || held > float64(limit) || held*1.06 < float64(limit) || tries > 60 || !disturbed {
				t.Errorf("from %.0f, where %d is the most: found %.0f in %d tries, %v", from, limit, held, tries, err)
			}
		}
	}
	if held, _, err := search(mostFirst, func(int) (result, bool, error) { return result{}, false, nil }); held != 0 || err != nil {
		t.Errorf("nothing holds, and it finds %.0f, %v", held, err)
	}
	lost := errors.New("a socket was lost")
	if _, _, err := search(mostFirst, func(int) (result, bool, error) { return result{}, true, lost }); err != lost {
		t.Errorf("got %v", err)
	}
}

// The call that the load puts together by hand is what a client would send.
func TestSendCall(t *testing.T) {
	var q floorCall
	if err := json.Unmarshal(appendSend(nil, 123456, "the conversation", "¿cuánto cuesta?"), &q); err != nil {
		t.Fatal(err)
	}
	if q.ID != 123456 || q.Call.Call != chat.CallSend || q.Conversation != "the conversation" || q.Text != "¿cuánto cuesta?" {
		t.Errorf("%+v", q)
	}
	if !chat.ValidKey(q.Key) || !strings.HasSuffix(q.Key, "000000123456") {
		t.Errorf("key %q", q.Key)
	}
}

// A load counts a line when it is acknowledged to its sender and shown to the other side, and not before.
func TestLoadCounts(t *testing.T) {
	l := &load{first: 100, lines: make([]line, 2)}
	l.came(100, 5, false, nil) // the visitor sees his own
	l.acknowledged(100, 6, []byte(`,"ok":{}}`))
	if l.whole.Load() != 0 {
		t.Error("a line that only its sender has seen counts as shown")
	}
	l.came(100, 7, true, nil)
	l.came(100, 9, true, nil) // a revision
	l.came(99, 7, true, nil)
	l.came(102, 7, true, nil)
	if l.whole.Load() != 1 || l.lines[0].acked != 6 || l.lines[0].shown != 7 {
		t.Errorf("%d whole, %+v", l.whole.Load(), l.lines[0])
	}
	l.came(101, 8, false, nil) // the agent's answer, at the visitor
	l.acknowledged(101, 8, []byte(`,"error":{"code":"rate"}}`))
	if l.whole.Load() != 1 || l.refused.Load() == nil {
		t.Error("a refused line counts as acknowledged")
	}
}

// The proxy passes on every byte and sees a message even if the network has cut its name in two.
func TestProxyCounts(t *testing.T) {
	redis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	p, err := newProxy(redis.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	node, err := net.Dial("tcp", strings.TrimPrefix(p.url(), "redis://"))
	if err != nil {
		t.Fatal(err)
	}
	defer node.Close()
	_ = node.SetDeadline(time.Now().Add(10 * time.Second))
	server, err := redis.Accept()
	if err != nil {
		t.Fatal(err)
	}
	sent := ""
	for _, piece := range []string{"*3\r\n$7\r\nmess", "age\r\n$1\r\na\r\n$1\r\nb\r\n", "$8\r\nsmessage\r", "\n", "+OK\r\n", "message\r\nmessage\r\n"} {
		if _, err := server.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
		sent += piece
		got := make([]byte, len(piece)) // read before the next is written, so that the proxy sees them apart
		if _, err := io.ReadFull(node, got); err != nil || string(got) != piece {
			t.Fatalf("passed on %q: %v", got, err)
		}
	}
	server.Close()
	p.close()
	if c := counts([]*proxy{p})[0]; c.messages != 4 || c.bytes != int64(len(sent)) {
		t.Errorf("counted %+v of 4 messages in %d bytes", c, len(sent))
	}
}

func TestFigures(t *testing.T) {
	if got := figures("%.1f", []float64{3, 1, 2}); got != "2.0 (1.0-3.0)" {
		t.Error(got)
	}
	if got := figures("%.1f", []float64{3}); got != "3.0" {
		t.Error(got)
	}
}

func TestFlagsThatMeanNothing(t *testing.T) {
	for _, o := range []options{
		{rates: "500", only: "lode"}, {rates: "500,x"}, {rates: "0"}, {rates: ""}, {rates: "500", settings: "sqlite,three"},
	} {
		if err := o.read(); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	o := options{rates: "500,2000", only: "load,storm", settings: "two", quick: true}
	if err := o.read(); err != nil || len(o.rateList) != 2 || o.rounds != 1 {
		t.Errorf("%+v: %v", o, err)
	}
}
