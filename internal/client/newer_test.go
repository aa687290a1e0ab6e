package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// newer is a server that knows more than this client: after each hello it says what it has to say, and goes away if it is told to.
func newer(t *testing.T, says []string, leaves func(hellos int) bool) *httptest.Server {
	t.Helper()
	hellos := 0
	mux := http.NewServeMux()
	mux.HandleFunc("POST /widget/v1/session", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"token":"t","visitor":{"id":"v","kind":"visitor","mood":"good"},"language":"es","site":{"key":"k","stars":5},"open":true,"conversations":[],"weather":{}}`))
	})
	mux.HandleFunc("/widget/v1/socket", func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{chat.Protocol}})
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		ctx := r.Context()
		_, frame, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var call chat.Call
		if err := json.Unmarshal(frame, &call); err != nil {
			t.Error(err)
		}
		hellos++
		for _, frame := range append([]string{`{"id":1,"ok":{"session":"s","participant":{"id":"v","kind":"visitor"},"language":"es","epoch":"e","heartbeat_s":25,"news":[]}}`}, says...) {
			if conn.Write(ctx, websocket.MessageText, []byte(frame)) != nil {
				return
			}
		}
		if leaves(hellos) {
			_ = conn.Close(websocket.StatusServiceRestart, "restart")
			return
		}
		_, _, _ = conn.Read(ctx) // until the client goes
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// TestNewerServer: what a newer server says besides does no harm, and a restart that it has announced is waited for as long as it asked, not by
// backoff, however often it happens.
func TestNewerServer(t *testing.T) {
	const id = "0198c5a0-0000-7000-8000-0000000000a1"
	s := newer(t, []string{
		`{"event":"weather","conversation":7,"message":"no object","rev":"high"}`,
		`{"event":"message","conversation":"` + id + `","prev":0,"rev":1,"echo":true,"message":{"id":"m","seq":1,"rev":1,"kind":"form","mood":"good","author":{"id":"a","kind":"oracle"},"text":"x",
		  "event":{"type":"applauded","by":"a"},"translations":{"en":{"text":"y","state":"queued","reason":"weather","by":{"kind":"oracle"}}},"attachments":[]}}`,
		`{"event":"conversation","conversation":"` + id + `","prev":1,"rev":2,"row":{"id":"` + id + `","rev":2,"head":2,"state":"paused","stars":5,"participants":[],"tags":[]}}`,
		`{"event":"going_away","in_s":1}`,
	}, func(hellos int) bool { return hellos < 3 })
	var mu sync.Mutex
	var heard []chat.EventType
	c := New(Options{Server: s.URL, Site: "k", BackoffBase: time.Hour, BackoffLimit: time.Hour, Event: func(ev Event) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, ev.Type)
	}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { _ = c.Run(ctx) })
	begun := time.Now()
	if err := c.Wait(ctx, func() bool { return c.Hellos() == 3 && len(c.Room(id).Messages) == 1 }); err != nil {
		t.Fatalf("it came back %d times: %v", c.Hellos()-1, err)
	}
	if took := time.Since(begun); took > time.Minute/2 {
		t.Errorf("two announced restarts of 1 s took %s", took)
	}
	if r := c.Room(id); r.Have != 2 || r.Messages[0].Kind != "form" || r.Row.State != "paused" {
		t.Errorf("the room holds %+v", r)
	}
	// The third hello is followed by events too, so only a client that has ended has heard its last one.
	cancel()
	running.Wait()
	if !slices.Contains(heard, "weather") {
		t.Errorf("heard %v", heard)
	}
}
