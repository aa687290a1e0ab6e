package policy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/widget"

	"golang.org/x/text/language"
)

// The people that these tests add to those of edgetest: Ann and Carl answer for shop, Max is an admin of other, Rex of shop; Rex is disabled once he has logged in.
const (
	ann  = "ann@shop.example"
	carl = "carl@shop.example"
	max_ = "max@other.example"
	rex  = "rex@shop.example"
)

// world is a server with two shops in which nothing is limited.
type world struct {
	*edgetest.Server
	t       *testing.T
	cookies map[string]string
	heard   *heard
	dead    string // a visitor's token that has ended
}

func newWorld(t *testing.T) *world {
	w := &world{Server: edgetest.Start(t, edgetest.Options{Widget: &widget.Limits{}, Agent: &agent.Limits{}}), t: t, cookies: map[string]string{}, heard: &heard{}}
	hash, err := agent.HashPassword(edgetest.Password)
	w.must(err)
	for _, a := range []chat.Agent{
		{Name: "Ann", Email: ann, Role: chat.RoleAgent, Sites: []string{"shop"}}, {Name: "Carl", Email: carl, Role: chat.RoleAgent, Sites: []string{"shop"}},
		{Name: "Max", Email: max_, Role: chat.RoleAdmin, Sites: []string{"other"}}, {Name: "Rex", Email: rex, Role: chat.RoleAdmin, Sites: []string{"shop"}},
	} {
		a.Languages = []language.Tag{language.English}
		w.must(w.Store.AddAgent(t.Context(), a, hash))
	}
	for _, email := range []string{ann, carl, max_, rex, edgetest.Dora, edgetest.Bob} {
		w.cookies[email] = w.Login(email)
	}
	w.must(w.Store.DisableAgent(t.Context(), w.AgentID(rex)))
	before := w.Visitor("shop", "en")
	_, err = client.NewSession(t.Context(), w.URL, w.URL, chat.SessionRequest{Site: "shop", Token: before.Token, Identity: edgetest.SignFor(t, nil)})
	w.must(err)
	w.dead = before.Token
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// heard is everything that somebody was sent who should not have been: frames and bodies.
type heard struct {
	mu    sync.Mutex
	bytes int
	leaks []string
	// never are texts that nobody who listens may be sent, in lower case.
	never []string
}

// take looks through what came. how says what was asked.
func (h *heard) take(how string, b []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bytes += len(b)
	low := strings.ToLower(string(b))
	for _, secret := range h.never {
		if strings.Contains(low, secret) {
			h.leaks = append(h.leaks, how+" brought "+secret+": "+string(b[:min(len(b), 300)]))
		}
	}
}

// sit opens an agent's socket whose frames are heard.
func (w *world) sit(email string, h *heard) *client.Conn {
	return w.open(client.Dial{Agent: true, Origin: w.URL, Cookie: w.cookies[email]}, "", nil, email, h)
}

// join opens a visitor's socket whose frames are heard.
func (w *world) join(token string, h *heard) *client.Conn {
	return w.open(client.Dial{Origin: w.URL}, token, nil, "a visitor", h)
}

// open opens a socket and says hello; nil if that is refused.
func (w *world) open(d client.Dial, token string, since map[string]int64, who string, h *heard) *client.Conn {
	w.t.Helper()
	d.Server = w.URL
	if h != nil {
		d.Frame = func(b []byte) { h.take("a frame for "+who, b) }
	}
	c, err := d.Open(w.t.Context())
	w.must(err)
	w.t.Cleanup(c.Drop)
	if _, err = c.Hello(w.t.Context(), chat.Hello{Token: token, Since: since}); errors.Is(err, client.ErrClosed) {
		return nil
	}
	w.must(err)
	return c
}

// begin makes a visitor with a conversation.
func (w *world) begin(site string) (token, conversation string) {
	w.t.Helper()
	token = w.Visitor(site, "en").Token
	c := w.join(token, nil)
	defer c.Drop()
	return token, w.Say(c, "", "hello").Conversation
}

// assigned makes a conversation that is an agent's.
func (w *world) assigned(site, email string) string {
	w.t.Helper()
	_, id := w.begin(site)
	me := w.AgentID(email)
	_, err := w.Store.Change(w.t.Context(), id, chat.Change{By: chat.Participant{Kind: chat.KindSystem}, Assignee: &me})
	w.must(err)
	return id
}

// answer is what a request or a call was answered with.
type answer struct {
	status int
	code   chat.Code
	text   string
	body   []byte
}

// ask asks over HTTP. header are pairs.
func (w *world) ask(h *heard, method, path string, body io.Reader, header ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.URL+path, body)
	w.must(err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	w.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	w.must(err)
	a := answer{status: res.StatusCode, body: b}
	if h != nil {
		h.take(method+" "+path, b)
	}
	if res.StatusCode >= 400 {
		var p client.Problem
		if json.Unmarshal(b, &p) == nil {
			a.code, a.text = p.Code, p.Detail
		}
	}
	return a
}

// form is a body with a field and a small file.
func form(field, value, name, content string) (io.Reader, string) {
	var b bytes.Buffer
	f := multipart.NewWriter(&b)
	_ = f.WriteField(field, value) // into memory: never fails
	part, _ := f.CreateFormFile("file", name)
	_, _ = io.WriteString(part, content)
	_ = f.Close()
	return &b, f.FormDataContentType()
}

// call calls, and says what came of it; "closed" if the socket has ended.
func (w *world) call(c *client.Conn, name chat.CallName, fields any, ok any) answer {
	w.t.Helper()
	err := c.Call(w.t.Context(), name, fields, ok)
	if e, is := errors.AsType[*chat.Error](err); is {
		return answer{code: e.Code, text: e.Text}
	}
	if errors.Is(err, client.ErrClosed) {
		return answer{code: "closed"}
	}
	w.must(err)
	return answer{}
}
