package agent_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/web"
)

type answer struct {
	web.Problem
	status int
	header http.Header
}

// post sends a body to an address of this edge, from localhost; headers "Host" and "Remote" change who asks.
func post(t *testing.T, s *edgetest.Server, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Host = "localhost:8080"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		switch headers[i] {
		case "Host":
			r.Host = headers[i+1]
		case "Remote":
			r.RemoteAddr = headers[i+1]
		default:
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header()}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &a.Problem); err != nil {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
	}
	return a
}

func credentials(email, password string) string {
	b, err := json.Marshal(chat.LoginRequest{Email: email, Password: password})
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestLogin(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for _, c := range []struct {
		name, body string
		status     int
		code       chat.Code
		hashes     int64 // how often the hash function must run: as often for nobody as for somebody
	}{
		{"right", credentials(edgetest.Ada, edgetest.Password), 204, "", 1},
		{"in other case", credentials("ADA@Shop.Example", edgetest.Password), 204, "", 1},
		{"blanks around the address", credentials(" "+edgetest.Ada+"\n", edgetest.Password), 204, "", 1},
		{"wrong password", credentials(edgetest.Ada, "wrong"), 401, chat.BadLogin, 1},
		{"password with a blank", credentials(edgetest.Ada, edgetest.Password+" "), 401, chat.BadLogin, 1},
		{"unknown person", credentials("nobody@shop.example", edgetest.Password), 401, chat.BadLogin, 1},
		{"disabled", credentials(edgetest.Cleo, edgetest.Password), 401, chat.BadLogin, 1},
		{"disabled, wrong password", credentials(edgetest.Cleo, "wrong"), 401, chat.BadLogin, 1},
		{"injection", credentials("' OR 1=1 --", edgetest.Password), 401, chat.BadLogin, 1},
		{"NUL in the address", credentials(edgetest.Ada+"\x00", edgetest.Password), 401, chat.BadLogin, 0},
		{"no password", credentials(edgetest.Ada, ""), 401, chat.BadLogin, 0},
		{"no address", credentials("", edgetest.Password), 401, chat.BadLogin, 0},
		{"endless address", credentials(strings.Repeat("a", 1000), edgetest.Password), 401, chat.BadLogin, 0},
		{"endless password", credentials(edgetest.Ada, strings.Repeat("a", 10000)), 401, chat.BadLogin, 0},
		{"password is a list", `{"email":"ada@shop.example","password":["x"]}`, 400, chat.BadRequest, 0},
		{"no object", `[]`, 400, chat.BadRequest, 0},
		{"too large", `{"email":"` + strings.Repeat("x", web.MaxBody) + `"}`, 413, chat.TooLong, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Agent.ForgetTries()
			before := s.Agent.Hashes()
			a := post(t, s, "/agent/v1/login", c.body)
			if a.status != c.status || a.Code != c.code {
				t.Fatalf("%d %q (%s)", a.status, a.Code, a.Detail)
			}
			if got := s.Agent.Hashes() - before; got != c.hashes {
				t.Errorf("the hash function ran %d times, want %d", got, c.hashes)
			}
			if (a.header.Get("Set-Cookie") != "") != (c.status == 204) {
				t.Errorf("cookie %q", a.header.Get("Set-Cookie"))
			}
			if c.code == chat.BadLogin && a.Detail != "The mail address or the password is wrong." {
				t.Errorf("the answer tells more than that it was wrong: %s", a.Detail)
			}
		})
	}
	if s.Log.Has(edgetest.Password) || s.Log.Has(edgetest.Ada) {
		t.Error("a password or a mail address is in the log")
	}
}

func TestLoginCookie(t *testing.T) {
	for _, c := range []struct {
		name, public, host, prefix string
		flags                      []string
	}{
		{"plain", "", "localhost:8080", "dragoman=", []string{"Path=/", "HttpOnly", "SameSite=Lax"}},
		{"behind TLS", "https://chat.example", "10.0.0.1", "__Host-dragoman=", []string{"Path=/", "HttpOnly", "Secure", "SameSite=Lax"}},
	} {
		s := edgetest.Start(t, edgetest.Options{PublicURL: c.public})
		a := post(t, s, "/agent/v1/login", credentials(edgetest.Ada, edgetest.Password), "Host", c.host)
		parts := strings.Split(a.header.Get("Set-Cookie"), "; ")
		if !strings.HasPrefix(parts[0], c.prefix) || len(parts[0]) != len(c.prefix)+43 || fmt.Sprint(parts[1:]) != fmt.Sprint(c.flags) {
			t.Errorf("%s: %q", c.name, parts)
		}
	}
}

// A password does not go over the wire in the open, but for where the wire does not leave the machine.
func TestLoginNeedsTLS(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for host, status := range map[string]int{
		"localhost": 204, "localhost:8080": 204, "chat.localhost:8080": 204, "127.0.0.1:8080": 204, "127.9.9.9": 204, "[::1]:8080": 204,
		"chat.example": 403, "10.0.0.1": 403, "192.168.1.5:8080": 403, "localhost.evil.example": 403, "notlocalhost": 403, "[::2]": 403, "": 403,
	} {
		a := post(t, s, "/agent/v1/login", credentials(edgetest.Ada, edgetest.Password), "Host", host)
		if a.status != status {
			t.Errorf("%q: %d (%s)", host, a.status, a.Detail)
		}
		if status == 403 && (a.Code != chat.Forbidden || !strings.Contains(a.Detail, "--tls")) {
			t.Errorf("%q: %s does not say what to do", host, a.Detail)
		}
	}
}

func TestLoginsOfForeignPagesAreRefused(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	right := credentials(edgetest.Ada, edgetest.Password)
	for _, c := range []struct {
		name    string
		status  int
		headers []string
	}{
		{"no browser", 204, nil},
		{"our page", 204, []string{"Origin", "http://localhost:8080", "Sec-Fetch-Site", "same-origin"}},
		{"our page, old browser", 204, []string{"Origin", "http://localhost:8080"}},
		{"typed by hand", 204, []string{"Sec-Fetch-Site", "none"}},
		{"foreign page", 403, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}},
		{"foreign page, old browser", 403, []string{"Origin", "https://evil.example"}},
		{"neighbour", 403, []string{"Origin", "http://shop.localhost:8080", "Sec-Fetch-Site", "same-site"}},
		{"our host, another port", 403, []string{"Origin", "http://localhost:9090", "Sec-Fetch-Site", "same-site"}},
		{"no origin told", 403, []string{"Sec-Fetch-Site", "cross-site"}},
		{"null", 403, []string{"Origin", "null"}},
	} {
		for _, path := range []string{"/agent/v1/login", "/agent/v1/logout"} {
			// Logging out lives by the cookie, so it wants an Origin in any case.
			if path == "/agent/v1/logout" && !slices.Contains(c.headers, "Origin") {
				c.status = 403
			}
			if a := post(t, s, path, right, c.headers...); a.status != c.status || c.status == 403 && a.Code != chat.BadOrigin {
				t.Errorf("%s: %s: %d %s", c.name, path, a.status, a.Code)
			}
		}
	}
	if a := post(t, s, "/agent/v1/login", right, "Content-Type", "text/plain"); a.status != 415 {
		t.Errorf("what a form can send: %d", a.status)
	}
}

// Five wrong ones for an account from one address, and never a lock: the right password elsewhere still works.
func TestTriesAreLimited(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	right, wrong := credentials(edgetest.Ada, edgetest.Password), credentials(edgetest.Ada, "wrong")
	for i := range 6 {
		if a := post(t, s, "/agent/v1/login", right, "Remote", "198.51.100.1:1"); a.status != 204 {
			t.Fatalf("right, number %d: %d", i+1, a.status)
		}
	}
	for i := range 5 {
		if a := post(t, s, "/agent/v1/login", wrong, "Remote", "198.51.100.1:1"); a.status != 401 {
			t.Fatalf("wrong, number %d: %d", i+1, a.status)
		}
	}
	for _, email := range []string{edgetest.Ada, "ADA@shop.EXAMPLE", " " + edgetest.Ada} {
		a := post(t, s, "/agent/v1/login", credentials(email, "wrong"), "Remote", "198.51.100.1:1")
		if a.status != 429 || a.Code != chat.RateLimited || a.RetryAfterS < 60 || a.RetryAfterS > 180 || a.header.Get("Retry-After") == "" {
			t.Errorf("the sixth, as %q: %d %+v", email, a.status, a.Problem)
		}
	}
	if a := post(t, s, "/agent/v1/login", right, "Remote", "198.51.100.2:1"); a.status != 204 {
		t.Errorf("the agent elsewhere: %d", a.status)
	}
}

func TestOldHashesAreRenewed(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	id := s.AgentID(edgetest.Ada)
	old := agent.OldHash(edgetest.Password)
	if err := s.Store.SetPasswordHash(t.Context(), id, old); err != nil {
		t.Fatal(err)
	}
	if a := post(t, s, "/agent/v1/login", credentials(edgetest.Ada, "wrong")); a.status != 401 {
		t.Fatalf("wrong: %d", a.status)
	}
	if _, hash, err := s.Store.AgentByEmail(t.Context(), edgetest.Ada); err != nil || hash != old {
		t.Errorf("a wrong password renewed the hash (%v)", err)
	}
	s.Login(edgetest.Ada)
	_, hash, err := s.Store.AgentByEmail(t.Context(), edgetest.Ada)
	if err != nil || hash == old || !strings.Contains(hash, "m=19456,t=2,p=1") {
		t.Errorf("the hash is %s (%v)", hash, err)
	}
	s.Login(edgetest.Ada)
}

// A new login ends the one that the browser had, and its id is new.
func TestLoginBeginsAnew(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	first := s.Login(edgetest.Ada)
	a := post(t, s, "/agent/v1/login", credentials(edgetest.Ada, edgetest.Password), "Cookie", first)
	second, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	if second == first || second == "" {
		t.Fatalf("%q, then %q", first, second)
	}
	if code := hello(t, s, s.URL, first); code != 4401 {
		t.Errorf("the old cookie: %d", code)
	}
	if code := hello(t, s, s.URL, second); code != 0 {
		t.Errorf("the new cookie: %d", code)
	}
	// A cookie that somebody planted is not taken over.
	planted := "dragoman=" + strings.Repeat("A", 43)
	if a := post(t, s, "/agent/v1/login", credentials(edgetest.Ada, edgetest.Password), "Cookie", planted); a.status != 204 || strings.Contains(a.header.Get("Set-Cookie"), "AAAA") {
		t.Errorf("%d %s", a.status, a.header.Get("Set-Cookie"))
	}
}

func TestDatabaseAwayIsNoWrongPassword(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	if err := s.Store.Close(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if a := post(t, s, "/agent/v1/login", credentials(edgetest.Ada, edgetest.Password)); a.status != 503 || a.Code != chat.Unavailable {
			t.Fatalf("%d %+v", a.status, a.Problem)
		}
	}
}
