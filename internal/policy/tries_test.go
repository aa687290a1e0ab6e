package policy_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/policy"
)

// tries is how many are made at least.
const tries = 5000

// Thousands of tries to get at what is another site's, another visitor's, or not one's own any more: all calls and routes, with ids, keys, cursors, addresses and tokens
// that are somebody else's, as they are and mutated. Each answer is what the policy says, nothing that was planted over there comes with any frame or body, and
// nothing over there has changed. Meanwhile people over there go on talking.
func TestThousandsOfTries(t *testing.T) {
	a := newAttack(newWorld(t))
	a.plant()
	a.talk()
	before := a.state()
	for a.n < tries {
		a.round()
		a.talk()
		before.lines += 2
	}
	for _, c := range a.sockets {
		if c != nil {
			a.call(c, chat.CallPing, struct{}{}, nil) // everything before it has come
		}
	}
	a.heard.mu.Lock()
	defer a.heard.mu.Unlock()
	for _, leak := range a.heard.leaks {
		t.Error(leak)
	}
	after := a.state()
	for what, pair := range map[string][2]any{
		"site": {before.site, after.site}, "terms": {before.terms, after.terms}, "canned": {before.canned, after.canned}, "memory": {before.memory, after.memory},
		"agents": {before.agents, after.agents}, "conversations": {before.standing, after.standing}, "lines": {before.lines, after.lines},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("over there the %s have changed:\n%+v\n%+v", what, pair[0], pair[1])
		}
	}
	t.Logf("%d tries, %d bytes looked through, answered with %v", a.n, a.heard.bytes, a.codes)
	if a.heard.bytes < tries*10 || len(a.codes) < 5 {
		t.Error("hardly anything was answered: are they heard?")
	}
}

// round lets everybody try each verb once.
func (a *attack) round() {
	for _, r := range a.table.Rules() {
		for _, by := range a.who {
			switch r.Door {
			case policy.Socket:
				a.tryCall(r, by)
			case policy.Cookie:
				a.tryRoute(r, by)
			case policy.Token, policy.Open, policy.Operator:
			}
		}
	}
	for _, by := range a.who {
		a.tryBeside(by)
		a.tryTokens(by)
		a.tryAddresses(by)
		a.trySince(by)
	}
}

// got counts an answer, and holds it against what is right; strict: the code is exactly this.
func (a *attack) got(by attacker, what string, got answer, strict bool, want policy.Answer) {
	a.n++
	a.codes[got.code]++
	if got.code == chat.Internal || got.status >= 500 {
		a.t.Errorf("%s, %s: %d %s %s", by.name, what, got.status, got.code, got.text)
	}
	if !strict {
		return
	}
	if why := differs(want, got); why != "" {
		a.t.Errorf("%s, %s: %d %s %q, want %s: %s", by.name, what, got.status, got.code, got.text, want, why)
	}
}

func pick[T any](a *attack, of []T) T { return of[a.rnd.IntN(len(of))] }

// foreign is a conversation that is not one's own: for a visitor another visitor's of the same site, too.
func (a *attack) foreign(by attacker) string {
	if by.who == policy.Visitor {
		return pick(a, a.conversations)
	}
	return pick(a, a.conversations[:2])
}

// elsewhere is the column that a try belongs to.
func elsewhere(by attacker) policy.Column {
	return policy.Column{Who: by.who, Place: policy.Elsewhere, Ended: by.ended}
}

// socket is the attacker's, opened again if it was closed; nil if there is none for him.
func (a *attack) socket(by attacker) *client.Conn {
	if c := a.sockets[by.name]; c != nil {
		select {
		case <-c.Done():
		default:
			return c
		}
	}
	c := a.dial(by, nil)
	a.sockets[by.name] = c
	return c
}

func (a *attack) dial(by attacker, since map[string]int64) *client.Conn {
	d := client.Dial{Origin: a.URL}
	if by.email != "" {
		d.Agent, d.Cookie = true, a.cookies[by.email]
	}
	return a.open(d, by.token, since, by.name, a.heard)
}

// tryCall calls for what is somebody else's: once as it is, once mutated.
func (a *attack) tryCall(r policy.Rule, by attacker) {
	c := a.socket(by)
	want := a.table.Answer(elsewhere(by), r.Verb)
	if c == nil {
		a.got(by, string(r.Verb), answer{code: "closed"}, true, want)
		return
	}
	if r.Verb == "hello" {
		return
	}
	id := a.foreign(by)
	fields := fieldsOf(r.Verb, id, "other", pick(a, a.ids))
	fields["seq"] = a.rnd.IntN(4)
	a.got(by, string(r.Verb), a.call(c, callOf(r.Verb), fields, nil), true, want)
	if c = a.socket(by); c == nil {
		return
	}
	a.got(by, string(r.Verb)+" mutated", a.raw(c, r.Verb, by, id), false, want)
}

// raw sends a frame that no client would: names twice, in another case, as other types, mutated.
func (a *attack) raw(c *client.Conn, v policy.Verb, by attacker, id string) answer {
	fields := fieldsOf(v, a.own[by.name], "shop", a.AgentID(ann))
	delete(fields, "conversation")
	rest, _ := json.Marshal(fields) // of texts and numbers: never fails
	quoted, _ := json.Marshal(id)
	mutated, _ := json.Marshal(a.mutate(id))
	own, _ := json.Marshal(a.own[by.name])
	named := pick(a, []string{
		`"conversation":` + string(own) + `,"conversation":` + string(quoted),
		`"conversation":` + string(quoted) + `,"conversation":null`,
		`"Conversation":` + string(quoted), `"conversation":` + string(own) + `,"CONVERSATION":` + string(quoted),
		`"conversation":` + string(quoted) + `,"cOnVersation":7`,
		`"conversation":[` + string(quoted) + `]`, `"conversation":{"id":` + string(quoted) + `}`,
		`"conversation":` + string(mutated), `"conversation":7,"conversation":` + string(quoted),
		`"filter":{"site":"shop"},"filter":{"site":"other"}`, `"filter":{"Site":"other"},"site":"other"`, `"filter":{"site":"other"},"filter":null`, `"filter":[{"site":"other"}]`,
	})
	return a.call(c, callOf(v), json.RawMessage(`{`+named+`,`+string(rest[1:])), nil)
}

// mutate changes a text that names something into another.
func (a *attack) mutate(s string) string {
	i := 1 + a.rnd.IntN(len(s)-1)
	all := []string{
		strings.ToUpper(s), " " + s, s + " ", s + "\x00", s[:i], s[i:], s + s, strings.ReplaceAll(s, "-", ""), "{" + s + "}", "urn:uuid:" + s, s + "/", "../" + s, s[:i] + "%" + s[i:],
		s + "' OR '1'='1", s + "\u200b", strings.ReplaceAll(s, "-", "\u2010"), s + "," + s, "*", "%", "_", "", "null", "\ufeff" + s,
	}
	return pick(a, slices.DeleteFunc(all, func(m string) bool { return m == s }))
}

// tryRoute asks for another site's settings, for another site's things under the own key, and for both mutated.
func (a *attack) tryRoute(r policy.Rule, by attacker) {
	want := a.table.Answer(elsewhere(by), r.Verb)
	if r.Names == policy.Conversation {
		id := a.foreign(by)
		body, kind := form("conversation", id, "a.txt", "hello")
		a.got(by, string(r.Verb), a.asks(by, r.Verb, "POST", "/agent/v1/upload", body, kind), true, want)
		body, kind = form("conversation", a.mutate(id), "a.txt", "hello")
		a.got(by, string(r.Verb)+" mutated", a.asks(by, r.Verb, "POST", "/agent/v1/upload", body, kind), false, want)
		return
	}
	method, path, _ := strings.Cut(string(r.Verb), " ")
	text, kind := bodyOf(r.Verb)
	if r.Names == policy.Nothing {
		// It is about who asks. Only of one who has ended nothing may come of it, and of another agent's sessions never.
		got := answer{}
		switch {
		case strings.Contains(path, "{id}"):
			got = a.asks(by, r.Verb, method, strings.Replace(path, "{id}", pick(a, a.ids), 1), strings.NewReader(text), kind)
		case by.ended:
			got = a.asks(by, r.Verb, method, path, strings.NewReader(text), kind)
		default:
			return
		}
		a.got(by, string(r.Verb), got, by.ended, want)
		if got.status < 400 {
			a.t.Errorf("%s: %s was done: %s", by.name, r.Verb, got.body)
		}
		return
	}
	at := func(key, id string) string {
		return strings.NewReplacer("{key}", url.PathEscape(key), "{id}", url.PathEscape(id), "{name}", "hello", "{language}", "de").Replace(path)
	}
	ask := func(path string) answer { return a.asks(by, r.Verb, method, path, strings.NewReader(text), kind) }
	a.got(by, string(r.Verb), ask(at("other", pick(a, a.ids))), true, want)
	mutated := a.mutate("other")
	if query := "?after=" + url.QueryEscape(pick(a, a.cursors)) + "&text=" + url.QueryEscape(a.mutate("kanari")); method == "GET" && strings.HasSuffix(path, "/memory") {
		a.got(by, string(r.Verb)+" with another site's cursor", ask(at("shop", "")+query), false, want)
	}
	if strings.Contains(path, "{id}") {
		own := ask(at("shop", pick(a, a.ids)))
		a.got(by, string(r.Verb)+" of another site's thing", own, false, want)
		if own.status < 400 {
			a.t.Errorf("%s, %s: another site's thing was found under the own key: %s", by.name, r.Verb, own.body)
		}
	}
	if len(mutated) > 0 && mutated != "null" {
		a.got(by, string(r.Verb)+" mutated", ask(at(mutated, pick(a, a.ids))), false, want)
	}
}

// asks asks over HTTP with what the attacker has for a cookie.
func (a *attack) asks(by attacker, _ policy.Verb, method, path string, body interface{ Read([]byte) (int, error) }, kind string) answer {
	cookie := a.cookies[by.email]
	if by.email == "" {
		cookie = "dragoman=" + by.token
	}
	return a.ask(a.heard, method, path, body, "Cookie", cookie, "Origin", a.URL, "Content-Type", kind)
}

// tryBeside names somebody else's things beside the own conversation.
func (a *attack) tryBeside(by attacker) {
	c := a.socket(by)
	if c == nil {
		return
	}
	own := a.own[by.name]
	for what, fields := range map[chat.CallName]map[string]any{
		chat.CallSend:    {"conversation": own, "key": chat.NewID(), "text": "hello", "attachments": []map[string]any{{"id": pick(a, a.ids)}}},
		chat.CallAssign:  {"conversation": own, "agent": pick(a, a.ids)},
		chat.CallInbox:   {"filter": map[string]any{"assignee": pick(a, a.ids), "text": "kanari"}, "after": pick(a, append(a.cursors, a.mutate(a.cursors[1])))},
		chat.CallHistory: {"conversation": own, "before": a.rnd.IntN(1 << 30), "limit": 100},
		chat.CallSync:    {"conversation": own, "since": a.rnd.IntN(20) - 10},
	} {
		got := a.call(c, what, fields, nil)
		a.got(by, string(what)+" beside", got, false, "")
		if (what == chat.CallSend || what == chat.CallAssign) && got.code == "" {
			a.t.Errorf("%s: %s took %v", by.name, what, fields)
		}
	}
}

// tryTokens begins sessions and sends files with tokens that are not good here.
func (a *attack) tryTokens(by attacker) {
	token := pick(a, a.tokens)
	random := token[strings.LastIndex(token, ".")+1:]
	for _, bad := range []string{"shop." + random + "A", strings.ToUpper(token), "shop.." + random, a.mutate(random), a.dead, by.token + "="} {
		if bad == token || bad == by.token {
			continue
		}
		body, _ := json.Marshal(map[string]any{"site": "shop", "token": bad})
		got := a.ask(a.heard, http.MethodPost, "/widget/v1/session", strings.NewReader(string(body)), "Content-Type", "application/json")
		a.got(by, "a session", got, bad != "", policy.Answer(chat.BadToken)) // without a token somebody new begins
		form, kind := form("token", bad, "a.txt", "hello")
		got = a.ask(a.heard, http.MethodPost, "/widget/v1/upload", form, "Content-Type", kind)
		a.got(by, "an upload", got, false, "")
		if got.code != chat.BadToken && got.code != chat.NotFound { // there may be no site of that key
			a.t.Errorf("an upload with %q: %d %s", bad, got.status, got.code)
		}
	}
}

// tryAddresses asks for files by addresses that nobody has signed.
func (a *attack) tryAddresses(by attacker) {
	u, err := url.Parse(pick(a, a.addresses))
	a.must(err)
	q := u.Query()
	parts := strings.Split(u.Path, "/")
	switch a.rnd.IntN(5) {
	case 0:
		q.Set("e", q.Get("e")+"0")
	case 1:
		q.Set("s", a.mutate(q.Get("s")))
	case 2:
		q.Del("s")
	case 3:
		parts[len(parts)-2] = pick(a, a.ids)
		q.Set("e", "99999")
	default:
		parts[len(parts)-1] = "image.jpg"
	}
	got := a.ask(a.heard, http.MethodGet, strings.Join(parts, "/")+"?"+q.Encode(), nil)
	a.got(by, "a file", got, false, "")
	if got.status < 400 {
		a.t.Errorf("a file came by %s", u)
	}
}

// trySince says hello with places in conversations of others.
func (a *attack) trySince(by attacker) {
	since := map[string]int64{}
	for _, id := range append(slices.Clone(a.conversations[:2]), a.ids...) {
		since[id] = int64(a.rnd.IntN(5) - 1)
	}
	if by.who == policy.Visitor {
		since[a.conversations[2]] = 0
	}
	maps.DeleteFunc(since, func(string, int64) bool { return len(since) > chat.MaxSince })
	c := a.dial(by, since)
	if c == nil {
		a.got(by, "hello", answer{code: "closed"}, true, a.table.Answer(elsewhere(by), "hello"))
		return
	}
	a.got(by, "hello", a.call(c, chat.CallPing, struct{}{}, nil), false, "")
	c.Drop()
}
