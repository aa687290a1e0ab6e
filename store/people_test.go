package store_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestSites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		rev := settingsRev(t, s)
		site := chat.Site{
			Key: "alma", Name: "Alma & Sol", Language: language.MustParse("pt-BR"), Origins: []string{"https://alma.example", "http://localhost:8080"},
			IdentitySecret: "secret", Look: chat.Look{Color: "#aa5500", Position: "start"}, Texts: chat.OwnTexts{
				Texts: map[chat.TextName]map[language.Tag]chat.TextVariant{chat.TextGreeting: {
					language.MustParse("pt-BR"): {Text: "Olá!", State: chat.TextApproved, At: 7}, language.English: {Text: "Hello!", State: chat.TextDraft, By: "deepl", At: 8},
				}}, BubbleAfterS: 9, NoDrafts: true,
			},
		}
		must(t, s.AddSite(t.Context(), site))
		got, err := s.Site(t.Context(), "alma")
		must(t, err)
		if !reflect.DeepEqual(got, site) {
			t.Fatalf("site %+v, want %+v", got, site)
		}
		wantCode(t, s.AddSite(t.Context(), site), chat.Conflict)
		site.Name = "Alma"
		must(t, s.UpdateSite(t.Context(), site))
		all, err := s.Sites(t.Context())
		must(t, err)
		if len(all) != 1 || all[0].Name != "Alma" {
			t.Fatalf("sites %+v", all)
		}
		must(t, s.RemoveSite(t.Context(), "alma"))
		_, err = s.Site(t.Context(), "alma")
		wantCode(t, err, chat.NotFound)
		if all, err = s.Sites(t.Context()); err != nil || len(all) != 0 {
			t.Fatalf("sites after removal %+v, %v", all, err)
		}
		wantCode(t, s.RemoveSite(t.Context(), "alma"), chat.NotFound)
		wantCode(t, s.UpdateSite(t.Context(), chat.Site{Key: "nowhere"}), chat.NotFound)
		wantCode(t, s.AddSite(t.Context(), site), chat.Conflict) // its key stays its own
		if now := settingsRev(t, s); now != rev+3 {
			t.Fatalf("settings rev %d after three changes, was %d", now, rev)
		}
	})
}

func settingsRev(t *testing.T, s *store.Store) int64 {
	t.Helper()
	rev, err := s.SettingsRev(t.Context())
	must(t, err)
	return rev
}

func TestAgents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a := chat.Agent{ID: chat.NewID(), Name: "Ágnes", Role: chat.RoleAdmin, Languages: []language.Tag{language.Hungarian, language.English}, Email: "Ágnes@Shop.example", Sites: []string{"shop"}, AgentStatus: chat.AgentStatus{Status: chat.StatusAvailable}}
		rev := settingsRev(t, s)
		must(t, s.AddAgent(t.Context(), a, "hash"))
		if settingsRev(t, s) <= rev {
			t.Fatal("a new agent raised no settings rev")
		}
		got, hash, err := s.AgentByEmail(t.Context(), " ágnes@SHOP.example ")
		must(t, err)
		if !reflect.DeepEqual(got, a) || hash != "hash" {
			t.Fatalf("agent %+v with %q, want %+v", got, hash, a)
		}
		twin := a
		twin.ID, twin.Email = chat.NewID(), "ÁGNES@shop.EXAMPLE"
		wantCode(t, s.AddAgent(t.Context(), twin, "hash"), chat.Conflict)
		_, _, err = s.AgentByEmail(t.Context(), "nobody@shop.example")
		wantCode(t, err, chat.NotFound)
		must(t, s.SetPasswordHash(t.Context(), a.ID, "another"))
		wantCode(t, s.SetPasswordHash(t.Context(), chat.NewID(), "x"), chat.NotFound)
		must(t, s.SetAgentLanguages(t.Context(), a.ID, []language.Tag{language.German}))
		wantCode(t, s.SetAgentLanguages(t.Context(), a.ID, nil), chat.BadLanguage)
		wantCode(t, s.AddAgent(t.Context(), chat.Agent{ID: chat.NewID(), Email: "x@x"}, "h"), chat.BadLanguage)
		rev = settingsRev(t, s)
		changed, err := s.ChangeAgent(t.Context(), "ÁGNES@shop.example", func(b *chat.Agent) error {
			b.Role, b.Sites, b.Languages = chat.RoleAgent, nil, []language.Tag{language.German}
			return nil
		})
		must(t, err)
		if now := settingsRev(t, s); changed.ID != a.ID || changed.Role != chat.RoleAgent || !changed.Serves("another") || now == rev {
			t.Errorf("changed: %+v, revision %d after %d", changed, now, rev)
		}
		for _, refuse := range []func(*chat.Agent) error{
			func(b *chat.Agent) error { b.Role = chat.RoleAdmin; return chat.Errorf(chat.BadLanguage, "no") },
			func(b *chat.Agent) error { b.Role, b.Languages = chat.RoleAdmin, nil; return nil },
		} {
			_, err = s.ChangeAgent(t.Context(), a.Email, refuse)
			wantCode(t, err, chat.BadLanguage)
		}
		_, err = s.ChangeAgent(t.Context(), "nobody@shop.example", func(*chat.Agent) error { return nil })
		wantCode(t, err, chat.NotFound)
		must(t, s.DisableAgent(t.Context(), a.ID))
		wantCode(t, s.DisableAgent(t.Context(), chat.NewID()), chat.NotFound)
		all, err := s.Agents(t.Context())
		must(t, err)
		if len(all) != 1 || !all[0].Disabled || !slices.Equal(all[0].Languages, []language.Tag{language.German}) {
			t.Fatalf("agents %+v", all)
		}
		if _, hash, _ = s.AgentByEmail(t.Context(), a.Email); hash != "another" {
			t.Fatalf("hash %q", hash)
		}
	})
}

func TestLogins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		login := func(n byte) [32]byte { return [32]byte{31: n} }
		live := func(n byte, want bool) {
			t.Helper()
			a, err := s.AgentByLogin(t.Context(), login(n))
			if want && (err != nil || a.ID != sh.ann.ID) {
				t.Fatalf("login %d: %+v, %v", n, a, err)
			}
			if !want {
				wantCode(t, err, chat.BadLogin)
			}
		}
		age := func(n byte, column string, by time.Duration) {
			t.Helper()
			l := login(n)
			must(t, s.Exec(t.Context(), `UPDATE logins SET `+column+` = `+column+` - $2 WHERE hash = $1`, l[:], by.Milliseconds()))
		}
		for n := range byte(6) {
			must(t, s.AddLogin(t.Context(), login(n), sh.ann.ID, annsProof, chat.LoginFrom{}))
			live(n, true)
		}
		wantCode(t, s.AddLogin(t.Context(), login(9), chat.NewID(), annsProof, chat.LoginFrom{}), chat.NotFound)
		live(9, false)
		// Use keeps it alive: 11 h idle, used, 11 h idle again.
		age(0, "used_at", 11*time.Hour)
		live(0, true)
		age(0, "used_at", 11*time.Hour)
		live(0, true)
		age(1, "used_at", 12*time.Hour+time.Minute)
		live(1, false)
		age(2, "created_at", 7*24*time.Hour+time.Minute)
		live(2, false)
		must(t, s.EndLogin(t.Context(), login(3)))
		must(t, s.EndLogin(t.Context(), login(3)))
		live(3, false)
		must(t, s.AddLogin(t.Context(), login(7), sh.ann.ID, annsProof, chat.LoginFrom{}))
		if n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM logins`); err != nil || n != 4 {
			t.Fatalf("%d logins kept, want 0, 4, 5 and 7; %v", n, err)
		}
		ended, err := s.EndLogins(t.Context(), sh.ann.ID, [32]byte{})
		if err != nil || len(ended) != 3 || !slices.Contains(ended, login(7)) {
			t.Errorf("ended %v, %v", ended, err)
		}
		live(4, false)
		must(t, s.AddLogin(t.Context(), login(8), sh.ann.ID, annsProof, chat.LoginFrom{}))
		must(t, s.DisableAgent(t.Context(), sh.ann.ID))
		live(8, false)
	})
}

func TestVisitors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		page := chat.Page{URL: "https://shop.example/té\x00?a=1", Title: "Té \xff verde"}
		v, err := s.AddVisitor(t.Context(), chat.NewVisitor{Site: "shop", Token: [32]byte{42}, Language: language.Spanish, TimeZone: "Europe/Madrid", Page: &page})
		must(t, err)
		if !strings.HasPrefix(v.Name, "Visitor ") || v.Attributes == nil || v.Kind != chat.KindVisitor {
			t.Fatalf("visitor %+v", v)
		}
		got, err := s.VisitorByToken(t.Context(), "shop", [32]byte{42})
		must(t, err)
		if got.ID != v.ID || got.Language != language.Spanish || got.TimeZone != "Europe/Madrid" || got.Page == nil || !strings.HasPrefix(got.Page.URL, "https://shop.example/té") {
			t.Fatalf("visitor %+v, page %+v", got, got.Page)
		}
		sh.hear(t, v.ID, chat.Hearsay{Page: &chat.Page{URL: "https://shop.example/cart", Title: "Cart"}})
		sh.hear(t, v.ID, chat.Hearsay{TimeZone: "America/Lima"})
		must(t, s.SetVisitorLanguage(t.Context(), v.ID, language.MustParse("zh-Hant")))
		got, err = s.VisitorByToken(t.Context(), "shop", [32]byte{42})
		must(t, err)
		if got.Page.Title != "Cart" || got.TimeZone != "America/Lima" || got.Language.String() != "zh-Hant" {
			t.Fatalf("visitor %+v, page %+v", got, got.Page)
		}
		_, err = s.VisitorByToken(t.Context(), "another", [32]byte{42})
		wantCode(t, err, chat.BadToken)
		_, err = s.VisitorByToken(t.Context(), "shop", [32]byte{43})
		wantCode(t, err, chat.BadToken)
		_, err = s.AddVisitor(t.Context(), chat.NewVisitor{Site: "nowhere", Token: [32]byte{44}})
		wantCode(t, err, chat.NotFound)
		age := func(days int64) {
			t.Helper()
			must(t, s.Exec(t.Context(), `UPDATE visitors SET token_used = token_used - $2 WHERE id = $1`, v.ID, days*24*3600*1000))
		}
		for range 2 {
			age(179)
			if _, err = s.VisitorByToken(t.Context(), "shop", [32]byte{42}); err != nil {
				t.Fatalf("a token in use ended: %v", err)
			}
		}
		age(181)
		_, err = s.VisitorByToken(t.Context(), "shop", [32]byte{42})
		wantCode(t, err, chat.BadToken)
		_ = sh
	})
}

func TestOnline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		far := chat.Agent{ID: chat.NewID(), Name: "Far", Languages: []language.Tag{language.English}, Email: "far@x.example", Sites: []string{"another"}}
		must(t, s.AddAgent(t.Context(), far, "h"))
		online := func(want ...string) {
			t.Helper()
			got, err := s.OnlineAgents(t.Context())
			must(t, err)
			slices.Sort(want)
			if !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
				t.Fatalf("online %v, want %v", got, want)
			}
		}
		site := func(want bool) {
			t.Helper()
			got, err := s.SiteOnline(t.Context(), "shop")
			must(t, err)
			if got != want {
				t.Fatalf("the site is online: %v, want %v", got, want)
			}
		}
		online()
		site(false)
		must(t, s.SetOnline(t.Context(), "n1", []string{far.ID}, time.Minute))
		online(far.ID)
		site(false)
		must(t, s.SetOnline(t.Context(), "n2", []string{sh.ann.ID, sh.bo.ID, sh.ann.ID}, time.Minute))
		must(t, s.SetOnline(t.Context(), "n1", []string{sh.ann.ID}, time.Minute))
		online(sh.ann.ID, sh.bo.ID)
		site(true)
		must(t, s.SetOnline(t.Context(), "n2", nil, time.Minute))
		online(sh.ann.ID)
		must(t, s.SetOnline(t.Context(), "n1", []string{sh.ann.ID}, -time.Second)) // a lease that has run out
		online()
		site(false)
		must(t, s.SetOnline(t.Context(), "n1", []string{sh.ann.ID}, time.Minute))
		must(t, s.DisableAgent(t.Context(), sh.ann.ID))
		online()
	})
}

func TestEpochStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, err := s.Epoch(t.Context())
		must(t, err)
		b, err := storetest.Reopen(t, s).Epoch(t.Context())
		must(t, err)
		if a != b || len(a) != 36 {
			t.Fatalf("epochs %q and %q", a, b)
		}
	})
}
