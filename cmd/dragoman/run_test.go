package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/store/storetest"

	"github.com/coder/websocket"
)

// talk is a visitor's open socket, after hello.
type talk struct {
	*client.Conn
	token string
}

func begin(t *testing.T, s *serving, key string) talk {
	t.Helper()
	session := newSession(t, s.Public, key)
	c, err := client.Dial{Server: s.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	if _, err := c.Hello(t.Context(), chat.Hello{Token: session.Token}); err != nil {
		t.Fatal(err)
	}
	return talk{c, session.Token}
}

// newSession begins a session of a visitor. A server on a busy machine may take a moment to learn of a site that was added beside it.
func newSession(t *testing.T, public, key string) (session chat.SessionOK) {
	t.Helper()
	soon(t, time.Minute, "the server knows the site", func() bool {
		var err error
		session, err = client.NewSession(t.Context(), public, "", chat.SessionRequest{Site: key, Languages: []string{"es"}})
		if err != nil && !strings.Contains(err.Error(), "404 not_found") {
			t.Fatal(err)
		}
		return err == nil
	})
	return session
}

func (c talk) say(t *testing.T, text string) chat.SendOK {
	t.Helper()
	var ok chat.SendOK
	if err := c.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: text}, &ok); err != nil {
		t.Fatal(err)
	}
	return ok
}

func addSite(t *testing.T, args ...string) string {
	t.Helper()
	var site siteRow
	decode(t, good(t, "", append([]string{"site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--json"}, args...)...), &site)
	return site.Key
}

// What the metrics say after two lines.
func TestMetricsOfALine(t *testing.T) {
	s := serve(t, "")
	visitor := begin(t, s, addSite(t, "--data", s.data))
	visitor.say(t, "Hola")
	visitor.say(t, "¿Hay alguien?")
	for _, want := range []string{`dragoman_ws_connections{kind="visitor"} 1`, `dragoman_people{kind="visitor"} 1`, `dragoman_messages_total{from="visitor"} 2`,
		"dragoman_commit_seconds_count 2", `dragoman_translation_total{engine="none",result="no_engine"} 2`, "dragoman_rooms 1"} {
		soon(t, 10*time.Second, "the metrics say "+want, func() bool {
			_, _, text := get(t, s.Admin+"/metrics", "")
			return strings.Contains(text, want)
		})
	}
	// A line that comes while its conversation is still being read from the store is not counted as delivered: one more will be.
	lines := 0
	soon(t, 20*time.Second, "a delivery is measured", func() bool {
		if lines < 10 {
			lines++
			visitor.say(t, fmt.Sprint("¿Hola? ", lines))
		}
		_, _, text := get(t, s.Admin+"/metrics", "")
		return strings.Contains(text, "dragoman_message_delivery_seconds_count") && !strings.Contains(text, "dragoman_message_delivery_seconds_count 0")
	})
}

// On the way down a server first leaves the balancer, then tells its sockets to come back; what was said is there on the next start.
func TestShutdown(t *testing.T) {
	s, balancer := serveBalanced(t, 700*time.Millisecond)
	visitor := begin(t, s, addSite(t, "--data", s.data))
	said := visitor.say(t, "Hola")
	ended := make(chan int, 1)
	go func() { ended <- s.end() }()
	balancer.asks(t, s)
	if err := visitor.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("a socket before the balancer has noticed: %v", err)
	}
	balancer.notices()
	select {
	case <-visitor.Done():
	case <-time.After(time.Minute):
		t.Fatal("the socket was not closed")
	}
	if visitor.Code() != websocket.StatusServiceRestart {
		t.Errorf("closed with %d", visitor.Code())
	}
	if code := <-ended; code != exitOK {
		t.Fatalf("code %d: %s", code, s.stderr)
	}
	again := serve(t, s.data)
	c, err := client.Dial{Server: again.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Drop()
	if _, err := c.Hello(t.Context(), chat.Hello{Token: visitor.token}); err != nil {
		t.Fatal(err)
	}
	var history chat.HistoryOK
	if err := c.Call(t.Context(), chat.CallHistory, chat.History{Conversation: said.Conversation}, &history); err != nil {
		t.Fatal(err)
	}
	if len(history.Messages) != 1 || history.Messages[0].Text != "Hola" {
		t.Errorf("after the restart: %+v", history.Messages)
	}
}

// A limit from the command line is the one that holds.
func TestLimitsReachTheirPlace(t *testing.T) {
	s := serve(t, "", "--limit", "text_characters=5", "--limit", "visitors_per_minute=0")
	visitor := begin(t, s, addSite(t, "--data", s.data))
	err := visitor.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "123456"}, nil)
	if chat.CodeOf(err) != chat.TooLong {
		t.Errorf("six characters of five: %v", err)
	}
	visitor.say(t, "12345")
}

func TestPostgres(t *testing.T) {
	database := storetest.PostgresURL(t)
	key := addSite(t, "--database", database)
	a := serve(t, "", "--database", database)
	b := serve(t, "", "--database", database)
	visitor := begin(t, a, key)
	visitor.say(t, "Hola")
	if status, _, _ := get(t, b.Public+"/widget/"+key+".js", ""); status != 200 {
		t.Errorf("the second server does not know the site: %d", status)
	}
	if strings.Contains(a.stderr.String(), "(new)") {
		t.Errorf("it says that it has made a database: %s", a.stderr)
	}
	r := command(t, "", nil, "serve", "--database", "postgres://nobody:hunter2@127.0.0.1:1/none", "--listen", "127.0.0.1:0", "--admin-listen", "")
	refusal(t, r, exitFailed, "cannot reach the database postgres://nobody@127.0.0.1:1/none")
	if strings.Contains(r.stderr, "hunter2") {
		t.Errorf("the password is shown: %s", r.stderr)
	}
}

func TestTLS(t *testing.T) {
	folder := t.TempDir()
	cert, key := certificate(t)
	s := serve(t, "", "--tls", write(t, cert, folder, "cert.pem")+","+write(t, key, folder, "key.pem"))
	if !strings.HasPrefix(s.Public, "https://127.0.0.1:") {
		t.Fatalf("it serves at %s", s.Public)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(cert))
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool}}}
	res, err := c.Get(s.Public + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("got %d with %v", res.StatusCode, res.Header)
	}
	old := tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if conn, err := tls.Dial("tcp", strings.TrimPrefix(s.Public, "https://"), &old); err == nil {
		conn.Close()
		t.Error("it speaks TLS 1.1")
	}
}

// certificate makes a certificate for this machine, as PEM.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

// The log line that says where a server listens is what scripts wait for.
func TestServingIsLogged(t *testing.T) {
	s := serve(t, "", "--log", "json")
	for line := range strings.Lines(s.stderr.String()) {
		var entry struct{ Message, Public, Admin string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Message == "serving" {
			if entry.Public != s.Public || entry.Admin != s.Admin {
				t.Errorf("logged %+v, started %+v", entry, s.Addresses)
			}
			return
		}
	}
	t.Errorf("not logged: %s", s.stderr)
}

// A request with more headers than anybody needs is refused before it is read as a whole.
func TestTooManyHeaders(t *testing.T) {
	s := serve(t, "")
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Public+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Long", strings.Repeat("a", 24<<10))
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("24 KiB of headers: %d", res.StatusCode)
	}
}
