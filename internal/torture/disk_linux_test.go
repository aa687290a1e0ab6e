package torture

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"

	"golang.org/x/sys/unix"
)

// limitFiles bounds how large a file of the server may grow, in bytes: the next write beyond fails, as on a disk that is full.
func limitFiles(t *testing.T, s *process.Server, bytes uint64) {
	t.Helper()
	if err := unix.Prlimit(s.PID(), unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestDiskFull: a server that cannot write says unavailable, goes on reading, loses nothing that it has confirmed, and heals by itself;
// the line that was refused goes through with the key that it had.
func TestDiskFull(t *testing.T) {
	besides(t)
	p, site := newProgram(t, "es")
	s := serve(t, p, "--limit", "sends_per_second=0")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	session, err := client.NewSession(ctx, s.URL, "", chat.SessionRequest{Site: site})
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial{Server: s.URL}.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Drop()
	if _, err := c.Hello(ctx, chat.Hello{Token: session.Token}); err != nil {
		t.Fatal(err)
	}
	var confirmed []chat.Message
	send := func(line chat.Send) error {
		var ok chat.SendOK
		err := c.Call(ctx, chat.CallSend, line, &ok)
		if err == nil {
			confirmed = append(confirmed, ok.Message)
		}
		return err
	}
	long := strings.Repeat("ñ", 3000)
	next := func() chat.Send {
		return chat.Send{Key: chat.NewID(), Text: strconv.Itoa(len(confirmed)) + long}
	}
	if err := send(next()); err != nil {
		t.Fatal(err)
	}
	limitFiles(t, s, 512<<10)
	refused := next()
	for err = send(refused); err == nil; err = send(refused) {
		if len(confirmed) > 2000 {
			t.Fatal("the limit limits nothing")
		}
		refused = next()
	}
	unavailable := func(err error) bool {
		e, ok := errors.AsType[*chat.Error](err)
		return ok && e.Code == chat.Unavailable && e.Text != ""
	}
	if !unavailable(err) {
		t.Fatalf("the answer was %v", err)
	}
	// What was refused may be larger than what there is room for still, and a trial write goes through: from now on no file takes anything at any place.
	limitFiles(t, s, 1)
	if err := send(refused); !unavailable(err) {
		t.Fatalf("the second answer was %v", err)
	}
	first := confirmed[0]
	if _, err := client.NewSession(ctx, s.URL, "", chat.SessionRequest{Site: site}); err == nil || !strings.Contains(err.Error(), "503 unavailable") {
		t.Errorf("a new visitor: %v", err)
	}
	var page chat.HistoryOK
	rows, err := client.NewSession(ctx, s.URL, "", chat.SessionRequest{Site: site, Token: session.Token, Page: &chat.Page{URL: shopOrigin + "/cups", Title: "Cups"}})
	if err != nil || len(rows.Conversations) != 1 || rows.Conversations[0].Seq != int64(len(confirmed)) {
		t.Fatalf("who is here cannot come back: %+v, %v", rows, err)
	}
	id := rows.Conversations[0].ID
	if err := c.Call(ctx, chat.CallHistory, chat.History{Conversation: id, Limit: 5}, &page); err != nil || len(page.Messages) != 5 {
		t.Errorf("reading: %v", err)
	}

	limitFiles(t, s, unix.RLIM_INFINITY)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for err = send(refused); unavailable(err); err = send(refused) {
		<-tick.C
	}
	if err != nil {
		t.Fatalf("it did not heal: %v", err)
	}
	var stored []chat.Message
	for before := int64(len(confirmed)) + 1; before > 1; {
		if err := c.Call(ctx, chat.CallHistory, chat.History{Conversation: id, Before: before, Limit: 100}, &page); err != nil || len(page.Messages) == 0 {
			t.Fatalf("history before %d: %v", before, err)
		}
		stored = append(page.Messages, stored...)
		before = page.Messages[0].Seq
	}
	if len(stored) != len(confirmed) || stored[0].ID != first.ID {
		t.Fatalf("%d lines are stored, %d were confirmed", len(stored), len(confirmed))
	}
	for i, m := range stored {
		if m.Key != confirmed[i].Key || m.Seq != int64(i+1) {
			t.Errorf("line %d has the key %s and stands at %d, want %s", i+1, m.Key, m.Seq, confirmed[i].Key)
		}
	}
	report(t, "A disk that is full (a limit of the file's size), SQLite", fmt.Sprintf("`unavailable`, reading goes on, healed by itself; %d acknowledged, %d stored", len(confirmed), len(stored)), "0 lost; heals within 5 s")
}
