package agent_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
)

// hello opens a socket with an origin and a cookie and says hello; it returns the close code, or 0 if the socket is open.
func hello(t *testing.T, s *edgetest.Server, origin, cookie string) int {
	t.Helper()
	c, err := client.Dial{Server: s.URL, Agent: true, Origin: origin, Cookie: cookie}.Open(t.Context())
	if err != nil {
		t.Fatalf("%q: %v", origin, err)
	}
	defer c.Drop()
	if _, err := c.Hello(t.Context(), chat.Hello{}); err == nil {
		return 0
	}
	return s.Ended(c)
}

// The socket lives by a cookie, so nothing but our own page may open it: 60 others, and none at all.
func TestSixtyOrigins(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	cookie := s.Login(edgetest.Ada)
	host := strings.TrimPrefix(s.URL, "http://")
	name, port, _ := strings.Cut(host, ":")
	foreign := []string{"", "null", "*", host, "//" + host, "http:" + host, "http:/" + host, "http:///" + host, "http://", "https://" + host, "ws://" + host, "wss://" + host,
		"ftp://" + host, "file://" + host, "HTTPS://" + host, s.URL + "/", s.URL + "/agent/", s.URL + "?", s.URL + "#", s.URL + "\\", s.URL + ".", s.URL + "0",
		s.URL + " " + s.URL, s.URL + "," + s.URL, s.URL + " https://evil.example", "https://evil.example " + s.URL, "http://user@" + host,
		"http://" + host + "@evil.example", "http://evil.example@" + host, "http://evil.example/" + s.URL, "http://evil.example#" + s.URL,
		"http://" + name, "http://" + name + ":", "http://" + name + ":0" + port, "http://" + name + ":+" + port, "http://" + name + ":80", "http://" + name + ":443",
		"http://localhost:" + port, "http://[::1]:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://127.1:" + port, "http://127.0.0.2:" + port,
		"http://2130706433:" + port, "http://0x7f.0.0.1:" + port, "http://0177.0.0.1:" + port, "http://127.0.0.1.:" + port, "http://127.0.0.1.evil.example:" + port,
		"http://evil127.0.0.1:" + port, "http://*.0.0.1:" + port, "http://0.0.0.0:" + port, "http://evil.example", "https://evil.example",
		"http://evil.example:" + port, edgetest.ShopOrigin, edgetest.OtherOrigin, "about:blank", "data:text/html,x", "blob:" + s.URL, "javascript://" + host,
		"chrome-extension://abcdefgh", "moz-extension://abcdefgh", "undefined"}
	if len(foreign) < 60 {
		t.Fatalf("only %d origins", len(foreign))
	}
	for _, origin := range foreign {
		if code := hello(t, s, origin, cookie); code != 4403 {
			t.Errorf("%q: %d", origin, code)
		}
	}
	for _, origin := range []string{s.URL, "HTTP://" + host} {
		if code := hello(t, s, origin, cookie); code != 0 {
			t.Errorf("%q: %d", origin, code)
		}
	}
}

func TestHello(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	good := s.Login(edgetest.Ada)
	for name, c := range map[string]struct {
		cookie string
		code   int
	}{
		"logged in":      {good, 0},
		"no cookie":      {"", 4401},
		"another cookie": {"a=b", 4401},
		"nonsense":       {"dragoman=nonsense", 4401},
		"nobody's":       {"dragoman=" + strings.Repeat("A", 43), 4401},
		"two":            {good + "; " + good, 4401},
	} {
		if got := hello(t, s, s.URL, c.cookie); got != c.code {
			t.Errorf("%s: %d, want %d", name, got, c.code)
		}
	}
	// A visitor's token is no login.
	c, err := client.Dial{Server: s.URL, Agent: true, Origin: s.URL}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Drop()
	if _, err := c.Hello(t.Context(), chat.Hello{Token: s.Visitor("shop").Token}); err == nil || s.Ended(c) != 4401 {
		t.Errorf("a visitor's token: %v, %d", err, c.Code())
	}
	if _, value, _ := strings.Cut(good, "="); s.Log.Has(value) {
		t.Error("a session id is in the log")
	}
}

func TestHelloTellsTheSitesServed(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for email, want := range map[string][]string{edgetest.Ada: {"other", "shop"}, edgetest.Bob: {"other"}} {
		c, err := client.Dial{Server: s.URL, Agent: true, Origin: s.URL, Cookie: s.Login(email)}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Drop()
		ok, err := c.Hello(t.Context(), chat.Hello{})
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, site := range ok.Sites {
			got = append(got, site.Key)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || ok.Agent == nil || ok.Agent.ID != s.AgentID(email) {
			t.Errorf("%s: %q, %+v", email, got, ok.Agent)
		}
	}
}

// hello may name what this session reads; what the agent has set for himself stays.
func TestLanguageOfHello(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	cookie := s.Login(edgetest.Ada)
	for _, step := range []struct{ wish, want, languages string }{{"pt-br", "pt-BR", "[pt-BR en]"}, {"en", "en", "[en]"}, {"", "en", "[en]"}, {"no language", "en", "[en]"}} {
		c, err := client.Dial{Server: s.URL, Agent: true, Origin: s.URL, Cookie: cookie}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ok, err := c.Hello(t.Context(), chat.Hello{Language: step.wish})
		if err != nil || ok.Language.String() != step.want || fmt.Sprint(ok.Agent.Languages) != step.languages {
			t.Errorf("hello in %q: %s, %+v (%v)", step.wish, ok.Language, ok.Agent, err)
		}
		c.Drop()
	}
}

func codeOf(err error) chat.Code {
	if e, ok := errors.AsType[*chat.Error](err); ok {
		return e.Code
	}
	if err != nil {
		return chat.Code(err.Error())
	}
	return ""
}

// The table of calls is the policy: nothing is in it that is not listed here.
func TestCallsOfAgents(t *testing.T) {
	want := []chat.CallName{"agents", "assign", "close", "correct", "counts", "earlier", "history", "inbox", "invite", "language", "leave", "open", "preview", "read", "remark", "search", "send", "state", "status", "sync", "tag", "tags", "take", "translate", "typing", "viewing"}
	if got := agent.Calls(); !slices.Equal(got, want) {
		t.Errorf("agents may call %q, want %q", got, want)
	}
	s := edgetest.Start(t, edgetest.Options{})
	c := s.Sit(s.Login(edgetest.Ada))
	for _, name := range []chat.CallName{"flag", "rate", "nonsense", "", "SEND"} {
		if code := codeOf(c.Call(t.Context(), name, chat.Open{Conversation: chat.NewID()}, nil)); code != chat.UnknownCall {
			t.Errorf("%q: %s", name, code)
		}
	}
}

// What belongs to a site that an agent does not serve does not exist: for every call that names a conversation.
func TestForeignConversationsDoNotExist(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	theirs := s.Say(s.Join(s.Visitor("shop", "es").Token), "", "hola").Conversation
	ours := s.Say(s.Join(s.Visitor("other", "es").Token), "", "hola").Conversation
	bob := s.Sit(s.Login(edgetest.Bob))
	me := s.AgentID(edgetest.Bob)
	calls := map[chat.CallName]func(conversation string) any{
		"open":      func(id string) any { return chat.Open{Conversation: id} },
		"close":     func(id string) any { return chat.Close{Conversation: id} },
		"history":   func(id string) any { return chat.History{Conversation: id} },
		"inbox":     nil, // names a site: see below
		"agents":    nil,
		"status":    nil, // one's own
		"invite":    func(id string) any { return chat.Invite{Conversation: id, Agent: me} },
		"leave":     func(id string) any { return chat.Leave{Conversation: id} },
		"viewing":   func(id string) any { return chat.Viewing{Conversation: id} },
		"counts":    nil,
		"search":    nil, // likewise: see search_test.go
		"language":  func(id string) any { return chat.Language{Conversation: id, Language: "fr"} },
		"read":      func(id string) any { return chat.Read{Conversation: id, Seq: 1} },
		"send":      func(id string) any { return chat.Send{Conversation: id, Key: chat.NewID(), Text: "hello"} },
		"assign":    func(id string) any { return chat.Assign{Conversation: id, Agent: &me} },
		"take":      func(id string) any { return chat.Take{Conversation: id} },
		"preview":   func(id string) any { return chat.Preview{Conversation: id, Text: "hello"} },
		"state":     func(id string) any { return chat.SetState{Conversation: id, State: chat.StateOpen} },
		"sync":      func(id string) any { return chat.Sync{Conversation: id} },
		"translate": func(id string) any { return chat.Retry{Conversation: id, Seq: 1, Language: "en"} },
		"correct":   func(id string) any { return chat.Correct{Conversation: id, Seq: 1, Language: "en", Text: "hello"} },
		"typing":    func(id string) any { return chat.Typing{Conversation: id, On: true} },
		"tag":       func(id string) any { return chat.Tag{Conversation: id, Add: []string{"x"}} },
		"tags":      nil, // names a site
		"remark":    func(id string) any { return chat.Remark{Conversation: id, Text: new("x")} },
		"earlier":   func(id string) any { return chat.Earlier{Conversation: id} },
	}
	for _, name := range agent.Calls() {
		fields, known := calls[name]
		if !known {
			t.Errorf("%s is not tested", name)
		}
		if fields == nil {
			continue
		}
		for _, id := range []string{theirs, chat.NewID(), "nonsense", ""} {
			code := codeOf(bob.Call(t.Context(), name, fields(id), nil))
			if code != chat.NotFound && (id == theirs || code != chat.BadRequest) && name != "close" && (name != "viewing" || id != "") {
				t.Errorf("%s of %q: %q", name, id, code)
			}
		}
		if code := codeOf(bob.Call(t.Context(), name, fields(ours), nil)); code == chat.NotFound {
			t.Errorf("%s of our own: %q", name, code)
		}
	}
	var inbox chat.InboxOK
	if err := bob.Call(t.Context(), chat.CallInbox, chat.Inbox{}, &inbox); err != nil || len(inbox.Conversations) != 1 || inbox.Conversations[0].ID != ours {
		t.Errorf("the inbox: %+v, %v", inbox, err)
	}
	var counts chat.CountsOK
	if err := bob.Call(t.Context(), chat.CallCounts, struct{}{}, &counts); err != nil || counts.All != 1 {
		t.Errorf("foreign conversations are counted: %+v, %v", counts, err)
	}
	err := bob.Call(t.Context(), chat.CallInbox, chat.Inbox{Filter: &chat.InboxFilter{Site: "shop"}}, &inbox)
	if code := codeOf(err); code != chat.NotFound && (code != "" || len(inbox.Conversations) != 0) {
		t.Errorf("the inbox of a foreign site: %+v, %v", inbox, err)
	}
	if code := codeOf(bob.Call(t.Context(), chat.CallTags, chat.Tags{Site: "shop"}, nil)); code != chat.NotFound {
		t.Errorf("the tags of a foreign site: %q", code)
	}
	var roster chat.AgentsOK
	if code := codeOf(bob.Call(t.Context(), chat.CallAgents, chat.Agents{Site: "shop"}, nil)); code != chat.NotFound {
		t.Errorf("the agents of a foreign site: %q", code)
	}
	if err := bob.Call(t.Context(), chat.CallAgents, chat.Agents{Site: "other"}, &roster); err != nil || len(roster.Agents) == 0 {
		t.Errorf("the agents of our own: %+v, %v", roster, err)
	}
	if code := codeOf(s.Sit(s.Login(edgetest.Ada)).Call(t.Context(), chat.CallOpen, chat.Open{Conversation: theirs}, nil)); code != "" {
		t.Errorf("an agent of the site: %q", code)
	}
}

func TestLogoutEndsTheSocketsOfThatLogin(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	here, elsewhere := s.Login(edgetest.Ada), s.Login(edgetest.Ada)
	one, two, stays := s.Sit(here), s.Sit(here), s.Sit(elsewhere)
	if a := post(t, s, "/agent/v1/logout", "", "Cookie", here, "Origin", "http://localhost:8080"); a.status != 204 || !strings.Contains(a.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%d %v", a.status, a.header)
	}
	for _, c := range []*client.Conn{one, two} {
		if code := s.Ended(c); code != 4410 {
			t.Errorf("ended with %d", code)
		}
	}
	if err := stays.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("the same agent's other browser: %v", err)
	}
	if code := hello(t, s, s.URL, here); code != 4401 {
		t.Errorf("the cookie after logout: %d", code)
	}
	for _, cookie := range []string{here, "", "dragoman=nonsense"} {
		if a := post(t, s, "/agent/v1/logout", "", "Cookie", cookie, "Origin", "http://localhost:8080"); a.status != 204 {
			t.Errorf("logging out with %q: %d", cookie, a.status)
		}
	}
}

func TestDisabledAgentGoes(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	cookie := s.Login(edgetest.Ada)
	c, stays := s.Sit(cookie), s.Sit(s.Login(edgetest.Bob))
	if err := s.Store.DisableAgent(t.Context(), s.AgentID(edgetest.Ada)); err != nil {
		t.Fatal(err)
	}
	if code := s.Ended(c); code != 4410 {
		t.Errorf("ended with %d", code)
	}
	if code := hello(t, s, s.URL, cookie); code != 4401 {
		t.Errorf("back with %d", code)
	}
	if err := stays.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("another agent: %v", err)
	}
}

// Another node, or the command line, has ended the login: this node finds out with the next check.
func TestLoginEndedElsewhere(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	c := s.Sit(s.Login(edgetest.Ada))
	if _, err := s.Store.EndLogins(t.Context(), s.AgentID(edgetest.Ada), agent.SessionHash{}); err != nil {
		t.Fatal(err)
	}
	if code := s.Ended(c); code != 4410 {
		t.Errorf("ended with %d", code)
	}
}

// A console whose sites have changed comes back and is told the new ones.
func TestChangedSitesMakeConsolesComeBack(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	c, stays := s.Sit(s.Login(edgetest.Ada)), s.Sit(s.Login(edgetest.Bob))
	site, err := s.Store.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	site.Closed = true
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	if code := s.Ended(c); code != 4001 {
		t.Errorf("ended with %d", code)
	}
	if err := stays.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("an agent of the other site: %v", err)
	}
}

func TestAgentsAreLimited(t *testing.T) {
	l := agent.DefaultLimits()
	l.CallsPerSecond, l.CallBurst = 0.001, 2
	s := edgetest.Start(t, edgetest.Options{Agent: &l})
	c := s.Sit(s.Login(edgetest.Ada))
	got := []chat.Code{}
	for range 3 {
		got = append(got, codeOf(c.Call(t.Context(), chat.CallInbox, chat.Inbox{}, nil)))
	}
	if !slices.Equal(got, []chat.Code{"", "", chat.RateLimited}) {
		t.Errorf("%q", got)
	}
}

// A search costs more than any other call, and has a limit of its own.
func TestSearchesAreLimited(t *testing.T) {
	l := agent.DefaultLimits()
	l.SearchesPerSecond, l.SearchBurst = 0.001, 2
	s := edgetest.Start(t, edgetest.Options{Agent: &l})
	c := s.Sit(s.Login(edgetest.Ada))
	got := []chat.Code{}
	for range 3 {
		got = append(got, codeOf(c.Call(t.Context(), chat.CallSearch, chat.Search{Text: "cup"}, nil)))
	}
	got = append(got, codeOf(c.Call(t.Context(), chat.CallInbox, chat.Inbox{}, nil)))
	if !slices.Equal(got, []chat.Code{"", "", chat.RateLimited, ""}) {
		t.Errorf("%q", got)
	}
}

// Logins that are nobody's count against their address, on sockets and elsewhere; who is logged in stays it, and no cookie is none.
func TestLoginsOfNobodyAreLimitedByAddress(t *testing.T) {
	l := agent.DefaultLimits()
	l.SessionsPerMinute, l.SessionsBurst = 1, 3
	s := edgetest.Start(t, edgetest.Options{Agent: &l})
	me := func(cookie string) int {
		r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/agent/v1/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", cookie)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	good, nobody := s.Login(edgetest.Ada), "dragoman="+strings.Repeat("A", 43)
	for i, c := range []struct {
		cookie    string
		code, get int
	}{{good, 0, 200}, {nobody, 4401, 401}, {"", 4401, 401}, {nobody, 4401, 429}, {nobody, 4029, 429}, {"", 4401, 401}, {good, 0, 200}} {
		if code := hello(t, s, s.URL, c.cookie); code != c.code {
			t.Errorf("socket %d: %d, want %d", i+1, code, c.code)
		}
		if status := me(c.cookie); status != c.get {
			t.Errorf("request %d: %d, want %d", i+1, status, c.get)
		}
	}
	if code := hello(t, s, s.URL, s.Login(edgetest.Ada)); code != 0 {
		t.Errorf("somebody who has just logged in: %d", code)
	}
}

func TestAgentSocketsAreLimitedByAddress(t *testing.T) {
	l := agent.DefaultLimits()
	l.SocketsPerAddress = 1
	s := edgetest.Start(t, edgetest.Options{Agent: &l})
	cookie := s.Login(edgetest.Ada)
	one := s.Sit(cookie)
	dial := client.Dial{Server: s.URL, Agent: true, Origin: s.URL, Cookie: cookie}
	if c, err := dial.Open(t.Context()); err == nil {
		c.Drop()
		t.Error("one more")
	}
	one.Drop()
	edgetest.Until(t, "the place is free again", func() bool {
		c, err := dial.Open(t.Context())
		if err == nil {
			c.Drop()
		}
		return err == nil
	})
}

// A since for a conversation that is not yours selects nothing, neither what was said nor what is said from then on.
func TestForeignSinceSelectsNothing(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	maria := s.Join(s.Visitor("shop", "es").Token)
	id := s.Say(maria, "", "mi secreto").Conversation
	eva := s.Visitor("shop", "es")
	var mu sync.Mutex
	frames := map[string]string{}
	join := func(name string, d client.Dial, token string) *client.Conn {
		d.Server = s.URL
		d.Frame = func(b []byte) {
			mu.Lock()
			defer mu.Unlock()
			frames[name] += string(b) + "\n"
		}
		c, err := d.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Drop)
		if _, err := c.Hello(t.Context(), chat.Hello{Token: token, Since: map[string]int64{id: 0}}); err != nil {
			t.Fatal(err)
		}
		return c
	}
	strangers := []*client.Conn{
		join("bob", client.Dial{Agent: true, Origin: s.URL, Cookie: s.Login(edgetest.Bob)}, ""),
		join("eva", client.Dial{}, eva.Token),
	}
	join("ada", client.Dial{Agent: true, Origin: s.URL, Cookie: s.Login(edgetest.Ada)}, "")
	has := func(name, text string) bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(frames[name], text)
	}
	s.Say(maria, id, "otro secreto")
	tick, patience := time.NewTicker(5*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for !has("ada", "mi secreto") || !has("ada", "otro secreto") {
		select {
		case <-tick.C:
		case <-patience:
			t.Fatal("Ada, who answers for the shop, does not get the lines")
		}
	}
	for _, c := range strangers {
		if err := c.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bob", "eva"} {
		if has(name, "secreto") || has(name, id) {
			t.Errorf("%s got\n%s", name, frames[name])
		}
	}
}
