package widget_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/store"
	"dragoman/widget"

	"golang.org/x/text/language"
)

// write changes the texts of the shop, and waits until the edge has noticed: which colour it shows tells.
func write(t *testing.T, s *edgetest.Server, f func(*chat.OwnTexts)) {
	t.Helper()
	rev, err := s.Store.SettingsRev(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	color := fmt.Sprintf("#%06x", rev)
	_, err = s.Store.ChangeSite(t.Context(), "shop", func(site *chat.Site) error {
		site.Look.Color = color
		f(&site.Texts)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	edgetest.Until(t, "the edge has noticed", func() bool {
		_, html := fetch(t, s, "/chat/shop")
		return strings.Contains(html, color)
	})
}

func own(o *chat.OwnTexts, name chat.TextName, in, text string, state chat.TextState) {
	if o.Texts == nil {
		o.Texts = map[chat.TextName]map[language.Tag]chat.TextVariant{}
	}
	if o.Texts[name] == nil {
		o.Texts[name] = map[language.Tag]chat.TextVariant{}
	}
	o.Texts[name][language.MustParse(in)] = chat.TextVariant{Text: text, State: state}
}

// The session, the page and whoever asks are given the texts of the visitor's language, or those of the widget.
func TestTextsOfTheSite(t *testing.T) {
	var mu sync.Mutex
	var wanted []string
	s := edgetest.Start(t, edgetest.Options{Wanted: func(site string, to language.Tag) {
		mu.Lock()
		defer mu.Unlock()
		wanted = append(wanted, site+" "+to.String())
	}})
	write(t, s, func(o *chat.OwnTexts) {
		own(o, chat.TextGreeting, "en", "Hello!", chat.TextApproved)
		own(o, chat.TextGreeting, "es", "¡Hola!", chat.TextDraft)
		own(o, chat.StartName(1), "en", "Parcel?", chat.TextApproved)
		own(o, chat.SendsName(1), "en", "Where is my parcel?", chat.TextApproved)
	})
	for _, c := range []struct{ language, want string }{
		{"en-GB", `{"greeting":"Hello!","starts":[{"label":"Parcel?","text":"Where is my parcel?"}],"language":"en"}`},
		{"es-MX", `{"greeting":"¡Hola!","language":"es","draft":true}`},
		{"ar", `{}`},
		{"ja", `{"greeting":"Hello!","starts":[{"label":"Parcel?","text":"Where is my parcel?"}],"language":"en"}`}, // the widget itself speaks no Japanese
	} {
		session, err := json.Marshal(s.Visitor("shop", c.language).Site.Texts)
		if err != nil {
			t.Fatal(err)
		}
		_, asked := fetch(t, s, "/widget/v1/texts?site=shop&lang="+c.language)
		var page struct {
			Site struct{ Texts json.RawMessage }
		}
		_, html := fetch(t, s, "/widget/frame?site=shop", "Accept-Language", c.language+",fr;q=0.5")
		if err := json.Unmarshal([]byte(block(t, html)), &page); err != nil {
			t.Fatal(err)
		}
		for where, got := range map[string]string{"session": string(session), "texts": asked, "page": string(page.Site.Texts)} {
			if got != c.want {
				t.Errorf("%s of %s: %s, want %s", where, c.language, got, c.want)
			}
		}
	}
	// Only a session wants drafts, of what is missing, in languages of the widget.
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(wanted, ", "); got != "shop es, shop ar" {
		t.Errorf("wanted: %s", got)
	}
}

// A site that wants no drafts causes none.
func TestNoDraftsAreWanted(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{Wanted: func(site string, to language.Tag) { t.Errorf("%s wants %s", site, to) }})
	write(t, s, func(o *chat.OwnTexts) {
		own(o, chat.TextGreeting, "en", "Hello!", chat.TextApproved)
		own(o, chat.TextGreeting, "es", "¡Hola!", chat.TextDraft)
		o.NoDrafts = true
	})
	for _, l := range []string{"es", "ar"} {
		if got := s.Visitor("shop", l).Site.Texts; got.Greeting != "" {
			t.Errorf("%s: %+v", l, got)
		}
	}
}

// Only a site that has something to say has the loader that can; what it says in each language is a person's.
func TestBubbleInTheLoader(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	for _, c := range []struct {
		name  string
		after int
		state chat.TextState
		want  string
	}{
		{"off", 0, chat.TextApproved, ""}, {"a draft", 9, chat.TextDraft, ""}, {"on", 9, chat.TextOutdated, `{"after":9,"texts":{"es-MX":["¿Preguntas?",""]}}`},
	} {
		write(t, s, func(o *chat.OwnTexts) {
			*o = chat.OwnTexts{BubbleAfterS: c.after}
			own(o, chat.TextBubble, "es-MX", "¿Preguntas?", c.state)
		})
		want := "boot("
		if c.want != "" {
			want = "bubble("
		}
		if _, js := fetch(t, s, "/widget/shop.js"); !strings.HasPrefix(js, want) || strings.Contains(js, `"bubble":`) != (c.want != "") || !strings.Contains(js, c.want) {
			t.Errorf("%s: the loader is %s", c.name, js)
		}
	}
}

// asksForReplies is a store that has so many first replies, and counts how often it is asked.
type asksForReplies struct {
	*store.Store
	mu    sync.Mutex
	n     int
	asked int
}

func (a *asksForReplies) FirstReplies(context.Context, string, time.Duration) ([]time.Duration, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	all := make([]time.Duration, a.n)
	for i := range all {
		all[i] = time.Duration(a.n-i) * time.Minute
	}
	return all, nil
}

// Who is online is told by name, and how soon they answer by the middle of ten answers at least; once a minute the store is asked.
func TestWhoAnswersAndHowSoon(t *testing.T) {
	for n, want := range map[int]int{9: 0, 10: 360, 11: 360} {
		var replies *asksForReplies
		s := edgetest.Start(t, edgetest.Options{WidgetStore: func(s *store.Store) widget.Store { replies = &asksForReplies{Store: s, n: n}; return replies }})
		if got := s.Visitor("shop"); got.Open || got.Agents != nil || got.RepliesInS != 0 {
			t.Errorf("nobody is there: %+v", got)
		}
		s.Sit(s.Login(edgetest.Ada))
		s.Sit(s.Login(edgetest.Bob)) // of the other shop
		for range 3 {
			got := s.Visitor("shop")
			if !got.Open || len(got.Agents) != 1 || got.Agents[0] != (chat.Face{Name: "Ada"}) || got.RepliesInS != want {
				t.Errorf("%d replies: %+v, in %d s, want %d", n, got.Agents, got.RepliesInS, want)
			}
		}
		replies.mu.Lock()
		if replies.asked != 1 {
			t.Errorf("the store was asked %d times", replies.asked)
		}
		replies.mu.Unlock()
	}
}

// At most three are shown, in the order of their names, and nobody by a mail address.
func TestFacesAreFewAndHaveNoMailAddress(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	hash, err := agentHash(s)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"Zoe", "Cy cy@shop.example", "only@shop.example", "Ben", "Yan"} {
		mail := fmt.Sprintf("face%d@shop.example", i)
		if err := s.Store.AddAgent(t.Context(), chat.Agent{ID: chat.NewID(), Name: name, Email: mail, Role: chat.RoleAgent, Languages: []language.Tag{language.English}}, hash); err != nil {
			t.Fatal(err)
		}
		s.Sit(s.Login(mail))
	}
	got, err := json.Marshal(s.Visitor("shop").Agents)
	if want := `[{"name":"Ben"},{"name":"Cy"},{"name":"Yan"}]`; err != nil || string(got) != want {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
	res, body := fetch(t, s, "/chat/shop")
	if res.StatusCode != http.StatusOK || strings.Contains(body, "@") {
		t.Errorf("%d: %s", res.StatusCode, body)
	}
}

// agentHash is what the password of the agents that edgetest makes is stored as.
func agentHash(s *edgetest.Server) (string, error) {
	_, hash, err := s.Store.AgentByEmail(context.Background(), edgetest.Ada)
	return hash, err
}
