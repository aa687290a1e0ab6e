package policy_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/internal/policy"
	"dragoman/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// Every cell of the matrix, against a real server: real requests, real sockets.
func TestEveryCell(t *testing.T) {
	w := newWorld(t)
	table := policy.New()
	d := &drive{world: w, sockets: map[string]*client.Conn{}}
	cells := 0
	for _, r := range table.Rules() {
		for _, c := range policy.Columns() {
			want := table.Answer(c, r.Verb)
			var got answer
			switch r.Door {
			case policy.Socket:
				got = d.frame(r, c)
			case policy.Cookie, policy.Token:
				got = d.request(r, c)
			case policy.Open, policy.Operator:
				continue
			}
			cells++
			if why := differs(want, got); why != "" {
				t.Errorf("%s, %s of %s: answered with %d %s %q, want %s: %s", r.Verb, c.Who, c.About, got.status, got.code, got.text, want, why)
			}
		}
	}
	t.Logf("%d cells", cells)
}

// The sentences of the policy itself, by which its not_found is told from that of a thing inside.
const noConversation, noSite = "There is no such conversation.", "There is no such site."

// differs says how an answer is not what the matrix says.
func differs(want policy.Answer, got answer) string {
	by := got.text == noConversation || got.text == noSite
	switch want {
	case policy.Allowed:
		switch got.code {
		case chat.UnknownCall, chat.Forbidden, chat.BadLogin, chat.BadToken, chat.BadOrigin, chat.Internal, chat.Unavailable, "closed":
			return "it was not let through"
		case chat.NotFound:
			if by {
				return "it was not let through"
			}
		}
	case policy.NoSocket:
		if got.code != "closed" {
			return "there is a socket"
		}
	case policy.Ignored:
	case policy.Answer(chat.NotFound):
		if got.code != chat.NotFound || !by {
			return "it is not as if there were nothing"
		}
	default:
		if got.code != chat.Code(want) {
			return "another code"
		}
	}
	return ""
}

// drive plays cells.
type drive struct {
	*world
	sockets map[string]*client.Conn
}

// emails are who plays an agent's columns.
func emailOf(c policy.Column) string {
	switch {
	case c.Ended:
		return rex
	case c.Who == policy.Admin:
		return edgetest.Dora
	}
	return ann
}

// thing makes what a column is about, as far as a row names anything: a conversation, and the site of it. token is a visitor's whose own it is.
func (d *drive) thing(r policy.Rule, c policy.Column) (conversation, site, token string) {
	site = "shop"
	if c.About == "other site" {
		site = "other"
	}
	switch {
	case r.Names != policy.Conversation && c.Who != policy.Visitor:
		return chat.NewID(), site, ""
	case c.Who != policy.Visitor && c.About == "own conversation":
		return d.assigned(site, emailOf(c)), site, ""
	case c.Who != policy.Visitor && c.About == "colleague's":
		return d.assigned(site, carl), site, ""
	}
	token, conversation = d.begin(site)
	return conversation, site, token
}

// frame plays a cell of a call.
func (d *drive) frame(r policy.Rule, c policy.Column) answer {
	conversation, site, token := d.thing(r, c)
	socket := d.socket(c, token)
	if socket == nil {
		return answer{code: "closed"}
	}
	if r.Verb == "hello" {
		return answer{}
	}
	me := d.AgentID(edgetest.Dora)
	var ok struct{ Message chat.Message }
	got := d.call(socket, callOf(r.Verb), fieldsOf(r.Verb, conversation, site, me), &ok)
	if c.Who == policy.Visitor && got.code == "" && ok.Message.Kind == chat.MessageNote {
		d.t.Errorf("%s: a visitor has written a note", r.Verb)
	}
	return got
}

// socket is the socket of who plays a column; nil if it is refused.
func (d *drive) socket(c policy.Column, own string) *client.Conn {
	if c.Who != policy.Visitor {
		email := emailOf(c)
		if d.sockets[email] == nil {
			d.sockets[email] = d.sit(email, nil)
		}
		return d.sockets[email]
	}
	switch {
	case c.Ended:
		return d.join(d.dead, nil)
	case c.About == "own conversation":
		return d.join(own, nil)
	}
	return d.join(d.Visitor("shop", "en").Token, nil)
}

// request plays a cell of a route.
func (d *drive) request(r policy.Rule, c policy.Column) answer {
	conversation, site, token := d.thing(r, c)
	method, path, _ := strings.Cut(string(r.Verb), " ")
	text, kind := bodyOf(r.Verb)
	cookie := d.cookies[emailOf(c)]
	if strings.HasPrefix(path, "/agent/v1/me") && !c.Ended {
		cookie = d.Login(emailOf(c)) // it may end
	}
	switch {
	case c.Who != policy.Visitor:
		_, token, _ = strings.Cut(cookie, "=") // no visitor's token
	case c.Ended:
		token = d.dead
	case c.About != "own conversation":
		token = d.Visitor("shop", "en").Token
	}
	if c.Who == policy.Visitor {
		cookie = "dragoman=" + token
	}
	var body io.Reader = strings.NewReader(text)
	switch path {
	case "/widget/v1/upload":
		body, kind = form("token", token, "a.txt", "hello")
	case "/agent/v1/upload":
		body, kind = form("conversation", conversation, "a.txt", "hello")
	}
	path = strings.NewReplacer("{key}", site, "{id}", chat.NewID(), "{name}", "hello", "{language}", "en").Replace(path)
	if strings.Contains(path, "{") {
		d.t.Fatalf("%s: what is to be put in?", r.Verb)
	}
	return d.ask(nil, method, path, body, "Cookie", cookie, "Origin", d.URL, "Content-Type", kind)
}

// One that there is not and one that is somebody else's are answered alike, letter by letter.
func TestElsewhereIsLikeNowhere(t *testing.T) {
	w := newWorld(t)
	table := policy.New()
	agents, visitor := w.sit(ann, nil), w.join(w.Visitor("shop", "en").Token, nil)
	_, foreign := w.begin("other")
	me := w.AgentID(ann)
	for _, r := range table.Rules() {
		for who, c := range map[policy.Who]*client.Conn{policy.Agent: agents, policy.Visitor: visitor} {
			ignored := who == policy.Visitor && r.Visitor == policy.PassedOver
			if r.Door != policy.Socket || r.Names == policy.Nothing || ignored || table.Known(who, r.Verb) != nil {
				continue
			}
			there := w.call(c, callOf(r.Verb), fieldsOf(r.Verb, foreign, "other", me), nil)
			nowhere := w.call(c, callOf(r.Verb), fieldsOf(r.Verb, chat.NewID(), "nowhere", me), nil)
			if fmt.Sprint(there) != fmt.Sprint(nowhere) || there.code != chat.NotFound {
				t.Errorf("%s for a %s: what is another site's is answered with %+v, what there is not with %+v", r.Verb, who, there, nowhere)
			}
		}
		if r.Door != policy.Cookie || r.Names != policy.Site {
			continue
		}
		method, path, _ := strings.Cut(string(r.Verb), " ")
		text, kind := bodyOf(r.Verb)
		at := func(site string) string {
			p := strings.NewReplacer("{key}", site, "{id}", "0197f0c1-0000-7000-8000-000000000001", "{name}", "hello", "{language}", "en").Replace(path)
			return string(w.ask(nil, method, p, strings.NewReader(text), "Cookie", w.cookies[edgetest.Dora], "Origin", w.URL, "Content-Type", kind).body)
		}
		if there, nowhere := at("other"), at("nowhere"); there != nowhere {
			t.Errorf("%s: another site is answered with %s, what there is not with %s", r.Verb, there, nowhere)
		}
	}
}
