package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
)

// phrases is an engine that says what a test wants it to, as a LibreTranslate server: for each text what it becomes in a language. What it
// does not know it answers with other digits than were asked, which no reader may ever see.
type phrases map[string]map[string]string

// serve starts the engine, and returns what a server is told of it.
func (p phrases) serve(t *testing.T) []string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/languages" {
			_, _ = w.Write([]byte(`[{"code":"en"},{"code":"de"},{"code":"es"},{"code":"fr"},{"code":"ar"},{"code":"ja"}]`))
			return
		}
		var q struct{ Q, Target string }
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, `{"error":"`+err.Error()+`"}`, http.StatusBadRequest)
			return
		}
		said, ok := p[q.Q][q.Target]
		if !ok {
			said = "0123456789"
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": said})
	}))
	t.Cleanup(s.Close)
	return []string{"--engine", "libretranslate", "--libretranslate-url", s.URL}
}

// demoPassword returns the password that the demo made for one of its agents.
func demoPassword(t testing.TB, s *serving, email string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.data, "demo-agents.json"))
	if err != nil {
		t.Fatal(err)
	}
	var agents []demoAgent
	if err := json.Unmarshal(text, &agents); err != nil {
		t.Fatal(err)
	}
	for _, a := range agents {
		if a.Email == email {
			return a.Password
		}
	}
	t.Fatalf("no agent %s in the demo", email)
	return ""
}

// comesIn begins or continues a shopper's session, without a screen: an open socket, and the token.
func comesIn(tb testing.TB, s *serving, q chat.SessionRequest) (shopper *client.Conn, token string) {
	tb.Helper()
	q.Site = demoKey
	session, err := client.NewSession(tb.Context(), s.Public, "", q)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := client.Dial{Server: s.Public}.Open(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Drop)
	if _, err := c.Hello(tb.Context(), chat.Hello{Token: session.Token}); err != nil {
		tb.Fatal(err)
	}
	return c, session.Token
}

// walksIn is a new shopper who reads a language and says these lines.
func walksIn(tb testing.TB, s *serving, language string, lines ...string) *client.Conn {
	tb.Helper()
	c, _ := comesIn(tb, s, chat.SessionRequest{Languages: []string{language}})
	for _, line := range lines {
		writes(tb, c, line)
	}
	return c
}

// writes sends a shopper's line.
func writes(tb testing.TB, c *client.Conn, line string) {
	tb.Helper()
	if err := c.Call(tb.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: line}, nil); err != nil {
		tb.Fatal(err)
	}
}

// desk is an agent of the demo without a screen: an open socket, and the newest conversation.
type desk struct {
	*client.Conn
	t            *testing.T
	conversation string
}

// sitDown opens the newest conversation as an agent of the demo.
func sitDown(t *testing.T, s *serving, email string) *desk {
	t.Helper()
	return sitDownWith(t, s, email, demoPassword(t, s, email))
}

// sitDownWith is sitDown for an agent whose password the test knows.
func sitDownWith(t *testing.T, s *serving, email, password string) *desk {
	t.Helper()
	d := comesToWork(t, s, email, password)
	d.opensNewest()
	return d
}

// comesToWork makes an agent be online, with no conversation open.
func comesToWork(t *testing.T, s *serving, email, password string) *desk {
	t.Helper()
	cookie, err := client.Login(t.Context(), s.Public, email, password)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial{Server: s.Public, Agent: true, Cookie: cookie, Origin: s.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	if _, err := c.Hello(t.Context(), chat.Hello{}); err != nil {
		t.Fatal(err)
	}
	return &desk{Conn: c, t: t}
}

// opensNewest opens the newest conversation.
func (d *desk) opensNewest() {
	d.t.Helper()
	var list chat.InboxOK
	d.call(chat.CallInbox, chat.Inbox{}, &list)
	if len(list.Conversations) == 0 {
		d.t.Fatal("the inbox is empty")
	}
	d.conversation = list.Conversations[0].ID
	d.call(chat.CallOpen, chat.Open{Conversation: d.conversation}, nil)
}

func (d *desk) call(name chat.CallName, fields, ok any) {
	d.t.Helper()
	if err := d.Call(d.t.Context(), name, fields, ok); err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
}

// says sends a line, with a translation that the agent has approved if there is one.
func (d *desk) says(text string, approved *chat.Reviewed) chat.Message {
	d.t.Helper()
	var ok chat.SendOK
	d.call(chat.CallSend, chat.Send{Conversation: d.conversation, Key: chat.NewID(), Text: text, Reviewed: approved}, &ok)
	return ok.Message
}
