package torture

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
)

// origin is what stands in an Origin header, and whether each door opens for it. OWN is the server's own, HOST its host and port, PORT its port.
type origin struct {
	value string
	// shop: the session address and the visitors' socket let it in. own: the agents' doors do.
	shop, own bool
}

// The shop has two origins: https://shop.example.com and http://localhost:3000.
var origins = []origin{
	{"OWN", true, true},
	{"https://shop.example.com", true, false},
	{"http://localhost:3000", true, false},
	{"https://SHOP.example.COM", true, false},
	{"HTTPS://shop.example.com", true, false},
	{"https://shop.example.com:443", true, false},

	// Another scheme.
	{"http://shop.example.com", false, false},
	{"ftp://shop.example.com", false, false},
	{"ws://shop.example.com", false, false},
	{"wss://shop.example.com", false, false},
	{"file://shop.example.com", false, false},
	{"chrome-extension://shop.example.com", false, false},
	{"https://localhost:3000", false, false},
	{"https://HOST", false, false},
	{"ftp://HOST", false, false},
	{"ws://HOST", false, false},
	{"httpss://shop.example.com", false, false},
	{"://shop.example.com", false, false},
	{"//shop.example.com", false, false},
	{"shop.example.com", false, false},

	// Another port.
	{"https://shop.example.com:80", false, false},
	{"https://shop.example.com:8443", false, false},
	{"https://shop.example.com:0443", false, false},
	{"https://shop.example.com:", false, false},
	{"https://shop.example.com:0", false, false},
	{"https://shop.example.com:65979", false, false},
	{"https://shop.example.com:-443", false, false},
	{"https://shop.example.com:443:443", false, false},
	{"http://localhost", false, false},
	{"http://localhost:3001", false, false},
	{"http://localhost:30000", false, false},
	{"http://localhost:PORT", false, false},
	{"http://127.0.0.1", false, false},
	{"http://127.0.0.1:3000", false, false},

	// Another host that looks alike.
	{"https://example.com", false, false},
	{"https://www.shop.example.com", false, false},
	{"https://evil.shop.example.com", false, false},
	{"https://shop.example.com.evil.example", false, false},
	{"https://shop.example.comevil.example", false, false},
	{"https://evilshop.example.com", false, false},
	{"https://evil-shop.example.com", false, false},
	{"https://shop-example.com", false, false},
	{"https://shopXexample.com", false, false},
	{"https://shop.example.co", false, false},
	{"https://shop.example.com.", false, false},
	{"https://.shop.example.com", false, false},
	{"https://shop..example.com", false, false},
	{"https://ѕhop.example.com", false, false},
	{"https://xn--hop-pye.example.com", false, false},
	{"https://shop%2eexample.com", false, false},
	{"https://shop.example.com%00.evil.example", false, false},
	{"https://[::1]", false, false},
	{"http://[::ffff:127.0.0.1]:PORT", false, false},
	{"http://2130706433:PORT", false, false},
	{"http://0x7f.1:PORT", false, false},
	{"http://127.1:PORT", false, false},

	// Not an origin, though it names one.
	{"https://shop.example.com/", false, false},
	{"https://shop.example.com/chat", false, false},
	{"https://shop.example.com?x=1", false, false},
	{"https://shop.example.com#x", false, false},
	{"https://shop.example.com@evil.example", false, false},
	{"https://evil.example@shop.example.com", false, false},
	{"https://user:pw@shop.example.com", false, false},
	{"https://evil.example/https://shop.example.com", false, false},
	{"https://evil.example?https://shop.example.com", false, false},
	{"https://shop.example.com https://evil.example", false, false},
	{"https://shop.example.com,https://evil.example", false, false},
	{"https://evil.example, https://shop.example.com", false, false},
	{"https://shop.example.com\thttps://evil.example", false, false},
	{"https://shop.example.com\\evil.example", false, false},
	{"https:\\\\shop.example.com", false, false},
	{"https:shop.example.com", false, false},
	{"https:///shop.example.com", false, false},
	{"*", false, false},
	{"https://*", false, false},
	{"https://*.example.com", false, false},
	{"null", false, false},
	{"NULL", false, false},
	{"undefined", false, false},
	{"about:blank", false, false},
	{"data:text/html,x", false, false},
	{"javascript:alert(1)", false, false},
	{"https://evil.example", false, false},
	{"OWN/", false, false},
	{"OWN.evil.example", false, false},
	{"OWN0", false, false},
	{strings.Repeat("https://shop.example.com", 200), false, false},
}

// Who may open which door from which page: the session, the visitors' socket, the agents' login and the agents' socket.
func TestOrigins(t *testing.T) {
	p := &process.Program{Binary: built, Data: t.TempDir()}
	out, err := p.Command(t.Context(), "", "site", "add", "Alma & Sol", "--language", "es", "--origin", shopOrigin, "--origin", "http://localhost:3000", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var site struct{ Key string }
	if err := json.Unmarshal(out, &site); err != nil {
		t.Fatal(err)
	}
	if _, err := p.AddAgent(t.Context(), "ana", []string{"en"}); err != nil {
		t.Fatal(err)
	}
	s := serve(t, p, "--limit", "visitors_per_minute=0,sockets_per_visitor=0,sockets_per_address=0")
	visitor, err := client.NewSession(t.Context(), s.URL, "", chat.SessionRequest{Site: site.Key})
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := client.Login(t.Context(), s.URL, "ana@example.com", process.Password)
	if err != nil {
		t.Fatal(err)
	}
	port := s.Address()[strings.LastIndexByte(s.Address(), ':')+1:]
	fill := strings.NewReplacer("OWN", s.URL, "HOST", s.Address(), "PORT", port)

	session := mustJSON(t, chat.SessionRequest{Site: site.Key, Token: visitor.Token})
	if len(origins) < 60 {
		t.Fatalf("only %d origins", len(origins))
	}
	for _, o := range origins {
		value := fill.Replace(o.value)
		name := value[:min(len(value), 60)]
		t.Run(name, func(t *testing.T) {
			check := func(door, got, yes, no string, let bool) {
				t.Helper()
				want := no
				if let {
					want = yes
				}
				if got != want {
					t.Errorf("%s: %s, want %s", door, got, want)
				}
			}
			check("session", postAs(t, s.URL+"/widget/v1/session", value, "", session), "200 ", "403 origin", o.shop)
			check("visitors' socket", helloAs(t, s.URL, "/widget/v1/socket", http.Header{"Origin": {value}},
				`{"id":7,"call":"hello","token":"`+visitor.Token+`"}`), "ok", "4403", o.shop)
			check("agents' socket", helloAs(t, s.URL, "/agent/v1/socket", http.Header{"Origin": {value}, "Cookie": {cookie}}, `{"id":7,"call":"hello"}`),
				"ok", "4403", o.own)
			// A login that is let in finds out that there is nobody of that name; one that is not learns nothing.
			check("logout", postAs(t, s.URL+"/agent/v1/logout", value, "", []byte("{}")), "204 ", "403 origin", o.own)
		})
	}
	t.Run("none", func(t *testing.T) {
		if got := postAs(t, s.URL+"/widget/v1/session", "", "", session); got != "200 " {
			t.Errorf("a session without an Origin, which no browser asks for: %s", got)
		}
		if got := helloAs(t, s.URL, "/widget/v1/socket", nil, `{"id":7,"call":"hello","token":"`+visitor.Token+`"}`); got != "ok" {
			t.Errorf("a visitor's socket without an Origin: %s", got)
		}
		if got := helloAs(t, s.URL, "/agent/v1/socket", http.Header{"Cookie": {cookie}}, `{"id":7,"call":"hello"}`); got != "4403" {
			t.Errorf("an agent's socket without an Origin: %s, want 4403", got)
		}
		if got := postAs(t, s.URL+"/agent/v1/logout", "", cookie, []byte("{}")); got != "403 origin" {
			t.Errorf("a logout without an Origin: %s, want 403 origin", got)
		}
	})
	t.Run("two", func(t *testing.T) {
		h := http.Header{"Origin": {"https://shop.example.com", "https://evil.example"}, "Cookie": {cookie}}
		if got := helloAs(t, s.URL, "/agent/v1/socket", h, `{"id":7,"call":"hello"}`); got != "4403" && got != "400" {
			t.Errorf("an agent's socket with two Origins: %s, want 4403", got)
		}
	})
	t.Run("no cookie", func(t *testing.T) {
		if got := helloAs(t, s.URL, "/agent/v1/socket", http.Header{"Origin": {s.URL}}, `{"id":7,"call":"hello"}`); got != "4401" {
			t.Errorf("an agent's socket without a cookie: %s, want 4401", got)
		}
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// postAs posts JSON from a page of this origin and returns the status and the code of the problem. A failing answer must name no
// origin as allowed.
func postAs(t *testing.T, url, origin, cookie string, body []byte) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if origin != "" {
		r.Header["Origin"] = []string{origin}
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var p client.Problem
	if resp.StatusCode/100 != 2 {
		if allowed := resp.Header.Get("Access-Control-Allow-Origin"); allowed != "" && resp.StatusCode == 403 {
			t.Errorf("the refusal allows the origin %q", allowed)
		}
		if kind := resp.Header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("the refusal is %q", kind)
		}
		if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
			t.Errorf("the refusal cannot be read: %v", err)
		}
	}
	return strings.TrimSpace(resp.Status[:3]) + " " + string(p.Code)
}

// helloAs makes a handshake with these headers, says hello, and returns what came of it; a refused handshake is its status.
func helloAs(t *testing.T, server, path string, header http.Header, hello string) string {
	t.Helper()
	r, err := dialRaw(server, path, header)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.answer.StatusCode != http.StatusSwitchingProtocols {
		return r.answer.Status[:3]
	}
	_, _ = r.Write(text(hello))
	return r.reply(7, patience)
}
