package widget_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
)

// TestTypingPreview: what a visitor is typing stays with him unless his site says otherwise, and then his session says so too.
func TestTypingPreview(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	frames := make(chan string, 1000)
	agent, err := client.Dial{Server: s.URL, Agent: true, Origin: s.URL, Cookie: s.Login(edgetest.Ada), Frame: func(frame []byte) {
		if bytes.Contains(frame, []byte(`"event":"typing"`)) {
			frames <- string(frame)
		}
	}}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(agent.Drop)
	if _, err := agent.Hello(t.Context(), chat.Hello{}); err != nil {
		t.Fatal(err)
	}
	session := s.Visitor("shop", "es")
	visitor := s.Join(session.Token)
	id := s.Say(visitor, "", "hola").Conversation
	call := func(c *client.Conn, name chat.CallName, fields any) {
		t.Helper()
		if err := c.Call(t.Context(), name, fields, nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	call(agent, chat.CallOpen, chat.Open{Conversation: id})
	// What is typed is told to who is there at that moment, so it is typed until somebody is told what is looked for.
	types := func(text, told string) string {
		t.Helper()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for n := range 300 {
			call(visitor, chat.CallTyping, chat.Typing{Conversation: id, On: true, Text: fmt.Sprint(text, n)})
			<-tick.C
			for len(frames) > 0 {
				if frame := <-frames; strings.Contains(frame, told) {
					return frame
				}
			}
		}
		t.Fatalf("the agent is never told %q", told)
		return ""
	}
	if frame := types("secreto", `"on":true`); strings.Contains(frame, "secreto") || strings.Contains(frame, "text") {
		t.Errorf("told without leave: %s", frame)
	}
	if session.Site.TypingPreview {
		t.Error("the session says that the site shows it")
	}

	site, err := s.Store.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	site.Translating.TypingPreview = true
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	types("taza", `"text":"taza`) // the edge hears of it within two seconds
	if !s.Visitor("shop", "es").Site.TypingPreview {
		t.Error("the session does not say that the site shows it")
	}
}
