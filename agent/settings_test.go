package agent_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/web"
)

// reply is an answer of an address below /agent/v1/sites/.
type reply struct {
	status int
	header http.Header
	body   string
	web.Problem
}

// asker asks a server's settings as one agent, from the server's own page.
type asker struct {
	tb     testing.TB
	s      *edgetest.Server
	cookie string
}

func as(tb testing.TB, s *edgetest.Server, email string) asker { return asker{tb, s, s.Login(email)} }

// ask asks below /agent/v1/sites/; headers are pairs, and an empty value takes one away.
func (a asker) ask(method, path, body string, headers ...string) reply {
	a.tb.Helper()
	r, err := http.NewRequestWithContext(a.tb.Context(), method, a.s.URL+"/agent/v1/sites/"+path, strings.NewReader(body))
	if err != nil {
		a.tb.Fatal(err)
	}
	r.Header.Set("Cookie", a.cookie)
	if method != http.MethodGet {
		r.Header.Set("Origin", a.s.URL)
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.tb.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		a.tb.Fatal(err)
	}
	got := reply{status: res.StatusCode, header: res.Header, body: string(b)}
	if res.StatusCode >= 400 {
		if err := json.Unmarshal(b, &got.Problem); err != nil || res.Header.Get("Content-Type") != "application/problem+json" {
			a.tb.Fatalf("%s %s: %d is no problem: %s", method, path, res.StatusCode, b)
		}
	}
	return got
}

// want asks and fails the test unless the status and, for errors, the code are these.
func (a asker) want(status int, code chat.Code, method, path, body string, headers ...string) reply {
	a.tb.Helper()
	got := a.ask(method, path, body, headers...)
	if got.status != status || got.Code != code {
		a.tb.Errorf("%s %s %.100s %q: %d %s, want %d %q", method, path, body, headers, got.status, got.body, status, code)
	}
	return got
}

// settingsRoutes are all addresses of a site's settings; {key} is to be put in.
func settingsRoutes(tb testing.TB, s *edgetest.Server) (all [][2]string) {
	for _, pattern := range s.Agent.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if rest, ok := strings.CutPrefix(path, "/agent/v1/sites/{key}/"); ok {
			all = append(all, [2]string{method, strings.ReplaceAll(rest, "{id}", chat.NewID())})
		}
	}
	if len(all) < 2 {
		tb.Fatalf("only %v", all)
	}
	return all
}

// Whoever may not ask learns nothing, at each of the addresses.
func TestWhoMaySeeSettings(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin, reader, nobody := as(t, s, edgetest.Dora), as(t, s, edgetest.Ada), asker{t, s, ""}
	for _, route := range settingsRoutes(t, s) {
		method, path := route[0], route[1]
		change := method != "GET"
		nobody.want(401, chat.BadLogin, method, "shop/"+path, "{}")
		asker{t, s, "dragoman=" + strings.Repeat("A", 43)}.want(401, chat.BadLogin, method, "shop/"+path, "{}")
		for _, foreign := range []string{"other", "nowhere", "%00", "SHOP"} {
			admin.want(404, chat.NotFound, method, foreign+"/"+path, "{}")
		}
		for _, origin := range []string{"https://shop.example", "null", s.URL + ".evil.example", strings.Replace(s.URL, "http:", "https:", 1)} {
			admin.want(403, chat.BadOrigin, method, "shop/"+path, "{}", "Origin", origin)
		}
		admin.want(403, chat.BadOrigin, method, "shop/"+path, "{}", "Origin", "", "Sec-Fetch-Site", "cross-site")
		admin.want(403, chat.BadOrigin, method, "shop/"+path, "{}", "Origin", "", "Sec-Fetch-Site", "same-site")
		if change {
			admin.want(403, chat.BadOrigin, method, "shop/"+path, "{}", "Origin", "")
			admin.want(403, chat.BadOrigin, method, "shop/"+path, "{}", "Origin", "", "Sec-Fetch-Site", "same-origin")
			reader.want(403, chat.Forbidden, method, "shop/"+path, "{}")
			continue
		}
		for _, who := range []asker{admin, reader} {
			if got := who.ask(method, "shop/"+path, ""); got.status != 200 {
				t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
			}
		}
	}
	// An agent's disabled account reads nothing any more.
	if err := s.Store.DisableAgent(t.Context(), s.AgentID(edgetest.Ada)); err != nil {
		t.Fatal(err)
	}
	reader.want(401, chat.BadLogin, "GET", "shop/translating", "")
}

func TestSettingsAreAskedForAtMostSoOften(t *testing.T) {
	limits := agent.DefaultLimits()
	limits.CallsPerSecond, limits.CallBurst = 0.001, 3
	s := edgetest.Start(t, edgetest.Options{Agent: &limits})
	admin := as(t, s, edgetest.Dora)
	for range 3 {
		admin.want(200, "", "GET", "shop/translating", "")
	}
	if got := admin.want(429, chat.RateLimited, "GET", "shop/translating", ""); got.header.Get("Retry-After") == "" || got.RetryAfterS == 0 {
		t.Errorf("%s, Retry-After %q", got.body, got.header.Get("Retry-After"))
	}
	as(t, s, edgetest.Ada).want(200, "", "GET", "shop/translating", "")
}
