package agent_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
)

// An agent sends up files for conversations of sites that he serves, from this server's own pages, while he is logged in; for no others, and from nowhere else.
func TestAgentUpload(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	id := s.Say(s.Join(s.Visitor("shop").Token), "", "hola").Conversation
	ada, bob := s.Login(edgetest.Ada), s.Login(edgetest.Bob)
	send := func(cookie, conversation, content string) error {
		_, err := client.AgentUpload(t.Context(), s.URL, cookie, conversation, "a.txt", strings.NewReader(content))
		return err
	}
	for what, c := range map[string]struct {
		err  error
		code chat.Code
	}{
		"all is well":                   {send(ada, id, "hola"), ""},
		"nobody":                        {send("", id, "hola"), chat.BadLogin},
		"a login that is none":          {send("dragoman=nonsense", id, "hola"), chat.BadLogin},
		"a site that he does not serve": {send(bob, id, "hola"), chat.NotFound},
		"a conversation that is not":    {send(ada, chat.NewID(), "hola"), chat.NotFound},
		"something that is none":        {send(ada, "x", "hola"), chat.NotFound},
		"no conversation":               {send(ada, "", "hola"), chat.NotFound},
		"a page":                        {send(ada, id, "<!doctype html>"), chat.BadType},
		"nothing":                       {send(ada, id, ""), chat.Empty},
		"more than a file may have":     {send(ada, id, strings.Repeat("a", 10<<20+1)), chat.TooLarge},
	} {
		p, _ := errors.AsType[*client.Problem](c.err)
		if (c.err == nil) != (c.code == "") || c.code != "" && (p == nil || p.Code != c.code || p.Detail == "") {
			t.Errorf("%s: %v, want %q", what, c.err, c.code)
		}
	}
	for _, origin := range []string{"", "https://evil.example", edgetest.ShopOrigin} {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/agent/v1/upload", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", ada)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 403 {
			t.Errorf("from %q: %s", origin, resp.Status)
		}
	}
}

// One agent has so many files on their way at once.
func TestAgentUploadsAtOnce(t *testing.T) {
	if agent.DefaultLimits().UploadsAtOnce != 5 {
		t.Error("another default")
	}
	l := agent.DefaultLimits()
	l.UploadsAtOnce = 1
	s := edgetest.Start(t, edgetest.Options{Agent: &l})
	id := s.Say(s.Join(s.Visitor("shop").Token), "", "hola").Conversation
	cookie := s.Login(edgetest.Ada)
	first := &halting{left: 100_000, end: make(chan struct{})}
	done := make(chan error, 1)
	go func() {
		_, err := client.AgentUpload(t.Context(), s.URL, cookie, id, "a.txt", first)
		done <- err
	}()
	edgetest.Until(t, "the first is on its way", func() bool {
		parts, _ := filepath.Glob(filepath.Join(s.Folder, ".part-*"))
		return len(parts) == 1
	})
	_, err := client.AgentUpload(t.Context(), s.URL, cookie, id, "b.txt", strings.NewReader("hola"))
	if p, _ := errors.AsType[*client.Problem](err); p == nil || p.Code != chat.RateLimited {
		t.Errorf("one too many: %v", err)
	}
	close(first.end)
	if err := <-done; err == nil {
		t.Error("what was broken off is there")
	}
}

// halting is a file that comes up to some place, and breaks off when it is told to.
type halting struct {
	left int
	end  chan struct{}
}

func (h *halting) Read(b []byte) (int, error) {
	if h.left == 0 {
		<-h.end
		return 0, errors.New("enough")
	}
	n := copy(b, strings.Repeat("a", min(len(b), h.left)))
	h.left -= n
	return n, nil
}
