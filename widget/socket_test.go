package widget_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/store"
	"dragoman/widget"

	"golang.org/x/text/language"
)

// hello opens a socket with an origin and says hello; it returns the close code, or 0 if the socket is open.
func hello(t *testing.T, s *edgetest.Server, origin, token string) int {
	t.Helper()
	c, err := client.Dial{Server: s.URL, Origin: origin}.Open(t.Context())
	if err != nil {
		t.Fatalf("%q: %v", origin, err)
	}
	defer c.Drop()
	if _, err := c.Hello(t.Context(), chat.Hello{Token: token}); err == nil {
		return 0
	}
	return s.Ended(c)
}

func TestHello(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	mine, others := s.Visitor("shop").Token, s.Visitor("other").Token
	gone := "gone" + mine[len("shop"):]
	for _, c := range []struct {
		name, origin, token string
		code                int
	}{
		{"from the frame", s.URL, mine, 0},
		{"from the shop's page", edgetest.ShopOrigin, mine, 0},
		{"no browser", "", mine, 0},
		{"a foreign page", "https://evil.example", mine, 4403},
		{"the other site's page", edgetest.OtherOrigin, mine, 4403},
		{"the other site's visitor on its own page", edgetest.OtherOrigin, others, 0},
		{"no token", s.URL, "", 4401},
		{"nonsense", s.URL, "nonsense", 4401},
		{"well-formed token of nobody", s.URL, widget.NewToken("shop"), 4401},
		{"other site's token under this site's name", s.URL, "shop" + others[len("other"):], 4401},
		{"a site that is not there", s.URL, gone, 4404},
	} {
		if got := hello(t, s, c.origin, c.token); got != c.code {
			t.Errorf("%s: %d, want %d", c.name, got, c.code)
		}
	}
	if s.Log.Has(mine) || s.Log.Has(others) {
		t.Error("a token is in the log")
	}
}

// Origins are compared whole: on the session's address and on the socket, every one of these that is not the shop's is refused.
func TestSixtyOrigins(t *testing.T) {
	l := widget.DefaultLimits()
	l.SocketsPerVisitor = 0
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	token := s.Visitor("shop").Token
	foreign := foreignOrigins()
	if len(foreign) < 60 {
		t.Fatalf("only %d origins", len(foreign))
	}
	for _, origin := range foreign {
		if a := ask(t, s, origin, fmt.Sprintf(`{"site":"shop","token":%q}`, token)); a.status != http.StatusForbidden || a.Code != chat.BadOrigin {
			t.Errorf("session, %q: %d %s", origin, a.status, a.Code)
		}
		if code := hello(t, s, origin, token); code != 4403 {
			t.Errorf("socket, %q: %d", origin, code)
		}
	}
	for _, origin := range []string{"https://shop.example", "https://shop.example:443", "HTTPS://Shop.Example"} {
		if a := ask(t, s, origin, `{"site":"shop"}`); a.status != http.StatusOK {
			t.Errorf("session, %q: %d", origin, a.status)
		}
		if code := hello(t, s, origin, token); code != 0 {
			t.Errorf("socket, %q: %d", origin, code)
		}
	}
}

// foreignOrigins are what a page that is not https://shop.example may send.
func foreignOrigins() []string {
	list := []string{"null", "*", "undefined", "shop.example", "//shop.example", "https:shop.example", "https:/shop.example", "https://", "https:///shop.example",
		"about:blank", "data:", "blob:https://shop.example", "javascript://shop.example", "chrome-extension://abcdefgh", "file://", "file://shop.example",
		"https://shop.example/", "https://shop.example/x", "https://shop.example?x", "https://shop.example#x", "https://user@shop.example",
		"https://shop.example@evil.example", "https://evil.example@shop.example", "https://evil.example#https://shop.example",
		"https://evil.example/https://shop.example", "https://shop.example https://evil.example", "https://shop.example,https://evil.example",
		"https://shop.example\\.evil.example", "https://shop%2eexample", "https://xn--shp-0na.example"}
	for _, scheme := range []string{"http", "ws", "wss", "ftp", "https+unix"} {
		list = append(list, scheme+"://shop.example", scheme+"://shop.example:443")
	}
	for _, port := range []string{":80", ":8443", ":444", ":0", ":0443", ":65979", ":44x", ":", ":443:443", ":-443"} {
		list = append(list, "https://shop.example"+port)
	}
	for _, host := range []string{"www.shop.example", "evil.example", "evilshop.example", "evil-shop.example", "shop.example.evil.example", "shop.example.",
		"shop..example", ".shop.example", "shop-example", "example", "*.shop.example", "*.example", "localhost", "127.0.0.1", "[::1]", "[shop.example]"} {
		list = append(list, "https://"+host)
	}
	return list
}

// The table of calls is the policy: nothing is in it that is not listed here.
func TestCallsOfVisitors(t *testing.T) {
	want := []chat.CallName{"attributes", "flag", "history", "language", "page", "rate", "read", "send", "state", "sync", "typing"}
	if got := widget.Calls(); !slices.Equal(got, want) {
		t.Errorf("visitors may call %q, want %q", got, want)
	}
	s := edgetest.Start(t, edgetest.Options{})
	c := s.Join(s.Visitor("shop").Token)
	for _, name := range []chat.CallName{"open", "close", "inbox", "take", "assign", "preview", "correct", "translate", "nonsense", "", "SEND"} {
		if code := codeOf(c.Call(t.Context(), name, chat.Open{Conversation: chat.NewID()}, nil)); code != chat.UnknownCall {
			t.Errorf("%q: %s", name, code)
		}
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

// What belongs to somebody else does not exist: for every call that names a conversation, with one of the same shop, one of
// another, and one that is nowhere.
func TestForeignConversationsDoNotExist(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	me := s.Join(s.Visitor("shop").Token)
	mine := s.Say(me, "", "mine").Conversation
	foreign := []string{chat.NewID(), "nonsense", "' OR 1=1 --"}
	for _, site := range []string{"shop", "other"} {
		c := s.Join(s.Visitor(site).Token)
		foreign = append(foreign, s.Say(c, "", "theirs").Conversation)
	}
	calls := map[chat.CallName]func(conversation string) any{
		"history": func(id string) any { return chat.History{Conversation: id} },
		"read":    func(id string) any { return chat.Read{Conversation: id, Seq: 1} },
		"send":    func(id string) any { return chat.Send{Conversation: id, Key: chat.NewID(), Text: "hello"} },
		"state":   func(id string) any { return chat.SetState{Conversation: id, State: chat.StateResolved} },
		"sync":    func(id string) any { return chat.Sync{Conversation: id} },
		"typing":  func(id string) any { return chat.Typing{Conversation: id, On: true} },
		"flag":    func(id string) any { return chat.Flag{Conversation: id, Seq: 1, Language: "en"} },
		"rate":    func(id string) any { return chat.Rate{Conversation: id, Score: 5} },
		// These name no conversation of a visitor's.
		"language": nil, "attributes": nil, "page": nil,
	}
	for _, name := range widget.Calls() {
		fields, known := calls[name]
		if !known {
			t.Errorf("%s is not tested", name)
		}
		if fields == nil {
			continue
		}
		for _, id := range foreign {
			if code := codeOf(me.Call(t.Context(), name, fields(id), nil)); code != chat.NotFound {
				t.Errorf("%s of %q: %q", name, id, code)
			}
		}
		want := chat.Code("")
		if name == chat.CallFlag || name == chat.CallRate {
			want = chat.BadState // the line is there, but not in another language; and it has not ended
		}
		if code := codeOf(me.Call(t.Context(), name, fields(mine), nil)); code != want {
			t.Errorf("%s of my own: %q", name, code)
		}
	}
}

// A visitor's language is his own: a conversation named beside it is not looked at.
func TestLanguageOfVisitor(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	v, other := s.Visitor("shop", "es"), s.Visitor("shop", "fr")
	c := s.Join(v.Token)
	theirs := s.Say(s.Join(other.Token), "", "bonjour").Conversation
	if err := c.Call(t.Context(), chat.CallLanguage, chat.Language{Language: "pt-BR", Conversation: theirs, Languages: []string{"de"}}, nil); err != nil {
		t.Fatal(err)
	}
	again, err := client.NewSession(t.Context(), s.URL, "", chat.SessionRequest{Site: "shop", Token: v.Token, Languages: []string{"es"}})
	if err != nil || again.Language.String() != "pt-BR" {
		t.Errorf("%s, %v", again.Language, err)
	}
	rows, err := s.Store.VisitorConversations(t.Context(), other.Visitor.ID, 1)
	if err != nil || rows[0].Language.String() != "fr" {
		t.Errorf("the other visitor now reads %s (%v)", rows[0].Language, err)
	}
	for _, bad := range []string{"", "und", "not a tag"} {
		if code := codeOf(c.Call(t.Context(), chat.CallLanguage, chat.Language{Language: bad}, nil)); code != chat.BadLanguage && code != chat.BadRequest {
			t.Errorf("%q: %q", bad, code)
		}
	}
}

// What a visitor chose while there was no connection comes with hello, and is what the conversation is translated into.
func TestLanguageOfHello(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	v := s.Visitor("shop", "es")
	id := s.Say(s.Join(v.Token), "", "hola").Conversation
	for _, step := range []struct{ wish, want string }{{"pt-br", "pt-BR"}, {"", "pt-BR"}, {"no language", "pt-BR"}, {"und", "pt-BR"}, {"de", "de"}} {
		c, err := client.Dial{Server: s.URL}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ok, err := c.Hello(t.Context(), chat.Hello{Token: v.Token, Language: step.wish})
		if err != nil || ok.Language.String() != step.want || ok.Participant.Language.String() != step.want {
			t.Errorf("hello in %q: %s, %s (%v), want %s", step.wish, ok.Language, ok.Participant.Language, err, step.want)
		}
		c.Drop()
		rows, err := s.Store.Conversations(t.Context(), []string{id})
		if err != nil || rows[0].Language.String() != step.want || rows[0].Visitor.Language.String() != step.want {
			t.Errorf("after hello in %q the conversation is in %s (%v), want %s", step.wish, rows[0].Language, err, step.want)
		}
	}
}

// An agent who sets the language of a conversation sets its visitor's: the next hello answers the key of his translations.
func TestLanguageSetByAgent(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	v := s.Visitor("shop", "es")
	visitor, agent := s.Join(v.Token), s.Sit(s.Login(edgetest.Ada))
	id := s.Say(visitor, "", "hallo").Conversation
	if err := agent.Call(t.Context(), chat.CallLanguage, chat.Language{Conversation: id, Language: "de"}, nil); err != nil {
		t.Fatal(err)
	}
	c, err := client.Dial{Server: s.URL}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Drop()
	if ok, err := c.Hello(t.Context(), chat.Hello{Token: v.Token}); err != nil || ok.Language.String() != "de" {
		t.Errorf("hello answers %s (%v)", ok.Language, err)
	}
	if ok := s.Say(visitor, id, "noch etwas"); ok.Message.Language.String() != "de" {
		t.Errorf("the next line is taken for %s", ok.Message.Language)
	}
}

// A visitor cannot write notes, nor bring a translation of his own.
func TestVisitorsWriteLinesOnly(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	c := s.Join(s.Visitor("shop", "es").Token)
	var ok chat.SendOK
	call := struct {
		chat.Send
		Kind string `json:"kind"`
	}{Send: chat.Send{Key: chat.NewID(), Text: "hola", Note: true}, Kind: "event"}
	if err := c.Call(t.Context(), chat.CallSend, call, &ok); err != nil {
		t.Fatal(err)
	}
	if ok.Message.Kind != chat.MessageLine {
		t.Errorf("a visitor wrote a %s", ok.Message.Kind)
	}
	// What is unknown is ignored, whatever is in it.
	odd := map[string]any{"key": chat.NewID(), "text": "otra", "note": "yes", "reviewed": map[string]any{"language": "en", "text": "give him everything"}}
	if err := c.Call(t.Context(), chat.CallSend, odd, &ok); err != nil || len(ok.Message.Translations) != 0 && ok.Message.Translations[language.English].State == chat.TranslationDone {
		t.Errorf("%+v, %v", ok.Message, err)
	}
	odd = map[string]any{"key": chat.NewID(), "text": "otra más", "reviewed": 5}
	if err := c.Call(t.Context(), chat.CallSend, odd, &ok); err != nil {
		t.Error(err)
	}
}

func TestTextLimit(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{TextLimit: 10})
	c := s.Join(s.Visitor("shop").Token)
	for text, want := range map[string]chat.Code{"0123456789": "", "0123456789x": chat.TooLong, "  \n ": chat.Empty, "": chat.Empty} {
		if code := codeOf(c.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: text}, nil)); code != want {
			t.Errorf("%q: %q, want %q", text, code, want)
		}
	}
}

// A visitor's lines are limited over all his sockets, other calls separately, and each is told when to try again.
func TestSendsAreLimited(t *testing.T) {
	l := widget.DefaultLimits()
	l.SendsPerSecond, l.SendBurst = 0.001, 3
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	v := s.Visitor("shop")
	one, two := s.Join(v.Token), s.Join(v.Token)
	first := s.Say(one, "", "1")
	s.Say(two, "", "2")
	s.Say(one, "", "3")
	err := two.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "4"}, nil)
	e, ok := errors.AsType[*chat.Error](err)
	if !ok || e.Code != chat.RateLimited || e.RetryAfterS < 1 {
		t.Errorf("%+v", err)
	}
	flag := chat.Flag{Conversation: first.Conversation, Seq: 1, Language: "en"}
	if code := codeOf(one.Call(t.Context(), chat.CallFlag, flag, nil)); code != chat.RateLimited {
		t.Errorf("flag: %q", code)
	}
	if code := codeOf(one.Call(t.Context(), chat.CallHistory, chat.History{Conversation: first.Conversation}, nil)); code != "" {
		t.Errorf("history: %q", code)
	}
	s.Say(s.Join(s.Visitor("shop").Token), "", "another visitor")
}

// All visitors of an address together have a limit, and so have all of a site, of which the log says in time that it comes near. A line
// that these refuse is not held against the visitor.
func TestSendsAreLimitedByAddressAndSite(t *testing.T) {
	for name, set := range map[string]func(l *widget.Limits){
		"address": func(l *widget.Limits) { l.AddressSendsPerSecond, l.AddressSendBurst = 0.001, 5 },
		"site":    func(l *widget.Limits) { l.SiteSendsPerSecond, l.SiteSendBurst = 0.001, 5 },
	} {
		t.Run(name, func(t *testing.T) {
			l := widget.DefaultLimits()
			l.SendsPerSecond, l.SendBurst = 0.001, 3
			set(&l)
			s := edgetest.Start(t, edgetest.Options{Widget: &l})
			one, two := s.Join(s.Visitor("shop").Token), s.Join(s.Visitor("shop").Token)
			for i := range 3 {
				s.Say(one, "", fmt.Sprint(i))
			}
			s.Say(two, "", "1")
			if s.Log.Has("comes near the ceiling") {
				t.Error("the log speaks too soon")
			}
			s.Say(two, "", "2")
			if s.Log.Has("comes near the ceiling") != (name == "site") {
				t.Error("what the log says of the ceiling")
			}
			for range 5 {
				err := two.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "3"}, nil)
				// 1,000 s are what the crowd has to wait; the visitor himself would have one more at once.
				if e, ok := errors.AsType[*chat.Error](err); !ok || e.Code != chat.RateLimited || e.RetryAfterS < 900 || strings.Contains(e.Text, "too fast") {
					t.Errorf("%+v", err)
				}
			}
			other := s.Join(s.Visitor("other").Token)
			err := other.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "elsewhere"}, nil)
			if (err == nil) != (name == "site") {
				t.Errorf("a visitor of another site at this address: %v", err)
			}
		})
	}
}

func TestOtherCallsAreLimited(t *testing.T) {
	l := widget.DefaultLimits()
	l.CallsPerSecond, l.CallBurst = 0.001, 2
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	c := s.Join(s.Visitor("shop").Token)
	id := s.Say(c, "", "1").Conversation
	got := []chat.Code{}
	for range 3 {
		got = append(got, codeOf(c.Call(t.Context(), chat.CallHistory, chat.History{Conversation: id}, nil)))
	}
	if !slices.Equal(got, []chat.Code{"", "", chat.RateLimited}) {
		t.Errorf("%q", got)
	}
	if err := c.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("a heartbeat: %v", err)
	}
}

// Each change of language has lines translated, which costs; so there are few of them, by call and by hello together.
func TestLanguageChangesAreLimited(t *testing.T) {
	l := widget.DefaultLimits()
	l.LanguagesPerMinute, l.LanguageBurst = 1, 2
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	v := s.Visitor("shop", "es")
	c := s.Join(v.Token)
	got := []chat.Code{}
	for _, tag := range []string{"fr", "de", "it"} {
		got = append(got, codeOf(c.Call(t.Context(), chat.CallLanguage, chat.Language{Language: tag}, nil)))
	}
	if !slices.Equal(got, []chat.Code{"", "", chat.RateLimited}) {
		t.Errorf("%q", got)
	}
	again, err := client.Dial{Server: s.URL}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Drop()
	if ok, err := again.Hello(t.Context(), chat.Hello{Token: v.Token, Language: "pt"}); err != nil || ok.Language.String() != "de" {
		t.Errorf("hello answers %s (%v), want what holds", ok.Language, err)
	}
}

func TestSocketsAreLimitedByVisitor(t *testing.T) {
	l := widget.DefaultLimits()
	l.SocketsPerVisitor = 2
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	token := s.Visitor("shop").Token
	one := s.Join(token)
	s.Join(token)
	if code := hello(t, s, s.URL, token); code != 4029 {
		t.Errorf("the third: %d", code)
	}
	if code := hello(t, s, s.URL, s.Visitor("shop").Token); code != 0 {
		t.Errorf("another visitor: %d", code)
	}
	one.Close()
	edgetest.Until(t, "a closed socket gives its place back", func() bool { return hello(t, s, s.URL, token) == 0 })
}

// Tokens that are nobody's count against their address as sessions do; who has been here comes back all the same.
func TestHelloWithTokensOfNobody(t *testing.T) {
	l := widget.DefaultLimits()
	l.SessionsPerMinute, l.SessionsBurst = 1, 3
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	good := s.Visitor("shop").Token // the first of the three
	for i, c := range []struct {
		token string
		code  int
	}{{good, 0}, {widget.NewToken("shop"), 4401}, {good, 0}, {"nonsense", 4401}, {widget.NewToken("shop"), 4029}, {good, 0}} {
		if code := hello(t, s, s.URL, c.token); code != c.code {
			t.Errorf("number %d: %d, want %d", i+1, code, c.code)
		}
	}
	back := fmt.Sprintf(`{"site":"shop","token":%q}`, good)
	if a := ask(t, s, "-", back, "Remote", "127.0.0.1:1"); a.status != 429 {
		t.Errorf("a session from there: %d, want 429", a.status)
	}
	if a := ask(t, s, "-", back, "Remote", "198.51.100.1:1"); a.status != 200 {
		t.Errorf("a session from elsewhere: %d", a.status)
	}
}

func TestSocketsAreLimitedByAddress(t *testing.T) {
	l := widget.DefaultLimits()
	l.SocketsPerAddress = 2
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	token := s.Visitor("shop").Token
	one := s.Join(token)
	// A refused handshake and one that never says hello count, and give their place back.
	silent, err := client.Dial{Server: s.URL}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(s.URL + "/widget/v1/socket")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
		t.Errorf("the third: %d", res.StatusCode)
	}
	open := func() bool {
		c, err := client.Dial{Server: s.URL}.Open(t.Context())
		if err == nil {
			c.Drop()
		}
		return err == nil
	}
	silent.Drop()
	edgetest.Until(t, "a socket that said nothing gives its place back", open)
	one.Drop()
	edgetest.Until(t, "a broken socket gives its place back", open)
	for range 10 {
		res, err := http.Get(s.URL + "/widget/v1/socket")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	edgetest.Until(t, "handshakes that fail leave nothing behind", func() bool {
		a, errA := client.Dial{Server: s.URL}.Open(t.Context())
		if errA != nil {
			return false
		}
		defer a.Drop()
		b, errB := client.Dial{Server: s.URL}.Open(t.Context())
		if errB == nil {
			b.Drop()
		}
		return errB == nil
	})
}

// longAgo is a store whose resolved conversations were all resolved a year ago, so that the next line would open a new one.
type longAgo struct{ *store.Store }

func (l longAgo) VisitorConversations(ctx context.Context, visitor string, limit int) ([]chat.Conversation, error) {
	rows, err := l.Store.VisitorConversations(ctx, visitor, limit)
	for i := range rows {
		if rows[i].State == chat.StateResolved {
			rows[i].Resolved = chat.TimeOf(time.Now().AddDate(-1, 0, 0))
		}
	}
	return rows, err
}

func TestConversationsAreLimited(t *testing.T) {
	l := widget.DefaultLimits()
	l.ConversationsPerHour = 1
	for _, old := range []bool{false, true} {
		o := edgetest.Options{Widget: &l}
		if old {
			o.WidgetStore = func(s *store.Store) widget.Store { return longAgo{s} }
		}
		s := edgetest.Start(t, o)
		c := s.Join(s.Visitor("shop").Token)
		first := s.Say(c, "", "1")
		// Without a conversation, and yet not a new one: the limit has nothing to say.
		if again := s.Say(c, "", "2"); again.Conversation != first.Conversation {
			t.Fatal("two conversations")
		}
		if err := c.Call(t.Context(), chat.CallState, chat.SetState{Conversation: first.Conversation, State: chat.StateResolved}, nil); err != nil {
			t.Fatal(err)
		}
		err := c.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "3"}, nil)
		e, limited := errors.AsType[*chat.Error](err)
		if limited != old || limited && (e.Code != chat.RateLimited || e.RetryAfterS < 60) {
			t.Errorf("resolved long ago %v: %v", old, err)
		}
		if err := c.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "4", Conversation: first.Conversation}, nil); err != nil {
			t.Errorf("a line into the old one: %v", err)
		}
	}
}

func TestClosedSiteEndsItsSockets(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	c, stays := s.Join(s.Visitor("shop").Token), s.Join(s.Visitor("other").Token)
	site, err := s.Store.Site(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	site.Closed = true
	if err := s.Store.UpdateSite(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	if code := s.Ended(c); code != 4404 {
		t.Errorf("closed with %d", code)
	}
	if err := stays.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("the other site's visitor: %v", err)
	}
}
