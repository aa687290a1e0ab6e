package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/backing"
	"dragoman/internal/client"
	"dragoman/store/storetest"
)

// twoServers are two servers on one PostgreSQL, and people who are logged in and have a socket on both.
type twoServers struct {
	t       *testing.T
	servers [2]*serving
	flags   []string
	cookies map[string]string
	sockets map[string][2]*client.Conn
}

const longPassword = "correct horse battery"

func newTwoServers(t *testing.T, more ...string) *twoServers {
	flags := []string{"--database", storetest.PostgresURL(t)}
	w := &twoServers{t: t, flags: flags, cookies: map[string]string{}, sockets: map[string][2]*client.Conn{}}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	all := append([]string{"--drain-wait", "0s"}, append(more, flags...)...)
	addSite(t, flags...)
	w.servers = [2]*serving{serve(t, "", all...), serve(t, "", all...)}
	return w
}

// sit adds somebody who logs in and opens a socket on both servers.
func (w *twoServers) sit(email string, args ...string) {
	w.t.Helper()
	good(w.t, longPassword, append(append([]string{"agent", "add", email, "--name", "A", "--language", "en"}, args...), w.flags...)...)
	cookie, err := client.Login(w.t.Context(), w.servers[0].Public, email, longPassword)
	if err != nil {
		w.t.Fatal(err)
	}
	w.cookies[email] = cookie
	var both [2]*client.Conn
	for i := range both {
		if both[i], _, err = w.hello(email, i); err != nil {
			w.t.Fatal(err)
		}
	}
	w.sockets[email] = both
}

func (w *twoServers) hello(email string, at int) (*client.Conn, chat.HelloOK, error) {
	w.t.Helper()
	url := w.servers[at].Public
	c, err := client.Dial{Server: url, Agent: true, Origin: url, Cookie: w.cookies[email]}.Open(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Drop)
	ok, err := c.Hello(w.t.Context(), chat.Hello{})
	return c, ok, err
}

// closed waits until both sockets have ended with a code.
func (w *twoServers) closed(email string, code int, since time.Time) {
	w.t.Helper()
	for i, c := range w.sockets[email] {
		select {
		case <-c.Done():
		case <-time.After(time.Minute): // it comes within two seconds, on a machine that has time for it
			w.t.Fatalf("%s: the socket on server %d is still open", email, i)
		}
		if int(c.Code()) != code {
			w.t.Errorf("%s: the socket on server %d ended with %d, want %d", email, i, c.Code(), code)
		}
		w.t.Logf("%s: server %d closed with %d after %d ms", email, i, c.Code(), time.Since(since).Milliseconds())
	}
}

// asks returns the status of a request with somebody's cookie.
func (w *twoServers) asks(email string, at int, method, path string) int {
	w.t.Helper()
	url := w.servers[at].Public
	r, err := http.NewRequestWithContext(w.t.Context(), method, url+path, strings.NewReader("{}"))
	if err != nil {
		w.t.Fatal(err)
	}
	for name, value := range map[string]string{"Cookie": w.cookies[email], "Origin": url, "Content-Type": "application/json"} {
		r.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// Who may not any more goes, on every server, whether they hear each other or not: who is disabled, who has lost a site, whose role was lowered.
func TestWhoMayNotAnyMoreGoesEverywhere(t *testing.T) {
	redis, err := backing.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Crash)
	for name, more := range map[string][]string{"with Redis": {"--redis", redis.URL()}, "without Redis": nil} {
		t.Run(name, func(t *testing.T) {
			w := newTwoServers(t, more...)
			mine, gone := addSite(t, w.flags...), addSite(t, w.flags...)
			w.sit("ana@a.example")
			w.sit("ben@a.example", "--site", mine, "--site", gone)
			w.sit("cai@a.example", "--role", "admin")
			w.sit("stays@a.example", "--role", "admin")
			settings := func(key string) string { return "/agent/v1/sites/" + key + "/translating" }

			begun := time.Now()
			good(t, "", append([]string{"agent", "disable", "ana@a.example"}, w.flags...)...)
			w.closed("ana@a.example", 4410, begun)
			begun = time.Now()
			good(t, "", append([]string{"agent", "set", "ben@a.example", "--site", mine}, w.flags...)...)
			w.closed("ben@a.example", 4001, begun)
			begun = time.Now()
			good(t, "", append([]string{"agent", "set", "cai@a.example", "--role", "agent"}, w.flags...)...)
			w.closed("cai@a.example", 4001, begun)

			for at := range w.servers {
				if c, _, err := w.hello("ana@a.example", at); err == nil || int(c.Code()) != 4401 {
					t.Errorf("ana came back to server %d: %d", at, c.Code())
				}
				if _, ok, err := w.hello("ben@a.example", at); err != nil || len(ok.Sites) != 1 || ok.Sites[0].Key != mine {
					t.Errorf("ben came back to server %d: %v with %v", at, ok.Sites, err)
				}
				if _, ok, err := w.hello("cai@a.example", at); err != nil || ok.Agent.Role != chat.RoleAgent {
					t.Errorf("cai came back to server %d: %+v with %v", at, ok.Agent, err)
				}
				for _, c := range []struct {
					email, method, path string
					want                int
				}{
					{"ana@a.example", "GET", settings(mine), 401}, {"ben@a.example", "GET", settings(mine), 200}, {"ben@a.example", "GET", settings(gone), 404},
					{"cai@a.example", "GET", settings(mine), 200}, {"cai@a.example", "PATCH", settings(mine), 403}, {"stays@a.example", "PATCH", settings(mine), 200},
				} {
					if got := w.asks(c.email, at, c.method, c.path); got != c.want {
						t.Errorf("%s %s of %s on server %d: %d, want %d", c.method, c.path, c.email, at, got, c.want)
					}
				}
				if err := w.sockets["stays@a.example"][at].Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
					t.Errorf("who may stay on server %d: %v", at, err)
				}
			}
		})
	}
}
