package store_test

import (
	"os"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// shop is a site with a visitor and two agents.
type shop struct {
	*store.Store
	site    chat.Site
	visitor chat.Visitor
	ann     chat.Agent // reads English
	bo      chat.Agent // reads German, understands English
	token   byte
}

func newShop(t testing.TB, s *store.Store) *shop {
	t.Helper()
	sh := &shop{Store: s, site: chat.Site{Key: "shop", Name: "Shop", Language: language.English, Origins: []string{"https://shop.example"}, IdentitySecret: "secret"}}
	must(t, s.AddSite(t.Context(), sh.site))
	sh.visitor = sh.newVisitor(t, language.Spanish)
	sh.ann = sh.newAgent(t, "Ann", language.English)
	sh.bo = sh.newAgent(t, "Bo", language.German, language.English)
	return sh
}

func (sh *shop) newVisitor(t testing.TB, lang language.Tag) chat.Visitor {
	t.Helper()
	sh.token++
	v, err := sh.AddVisitor(t.Context(), chat.NewVisitor{Site: sh.site.Key, Token: [32]byte{sh.token}, Language: lang})
	must(t, err)
	return v
}

func (sh *shop) newAgent(t testing.TB, name string, langs ...language.Tag) chat.Agent {
	t.Helper()
	a := chat.Agent{ID: chat.NewID(), Name: name, Role: chat.RoleAgent, Languages: langs, Email: name + "@shop.example"}
	must(t, sh.AddAgent(t.Context(), a, "hash of "+name))
	return a
}

// says makes a visitor's line.
func (sh *shop) says(conversation, text string) chat.Post {
	return chat.Post{Site: sh.site.Key, Conversation: conversation, Author: sh.visitor.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: text, Language: language.Spanish}
}

// answers makes an agent's line.
func (sh *shop) answers(a chat.Agent, conversation, text string) chat.Post {
	return chat.Post{Site: sh.site.Key, Conversation: conversation, Author: a.Participant(), Key: chat.NewID(), Kind: chat.MessageLine, Text: text, Language: a.Languages[0]}
}

func (sh *shop) append(t testing.TB, p chat.Post) chat.Posted {
	t.Helper()
	posted, err := sh.Append(t.Context(), p)
	must(t, err)
	return posted
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code chat.Code) {
	t.Helper()
	if chat.CodeOf(err) != code {
		t.Fatalf("error %v, want code %s", err, code)
	}
}

func TestFirstLine(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.append(t, sh.says("", "¿Dónde está mi pedido?"))
		if !p.Opened || p.Row == nil || p.Row.Rev != 1 || p.Message.Rev != 2 || p.Head != 2 || p.Message.Seq != 1 {
			t.Fatalf("first line: opened %v, row %+v, message %+v, head %d", p.Opened, p.Row, p.Message, p.Head)
		}
		if tr := p.Message.Translations[language.English]; tr.State != chat.TranslationPending || len(p.Message.Translations) != 1 {
			t.Fatalf("translations %v, want one pending into the site's language", p.Message.Translations)
		}
		c, err := s.Conversations(t.Context(), []string{p.Conversation})
		must(t, err)
		if len(c) != 1 || c[0].Unread != 1 || c[0].Last == nil || c[0].Last.Text != p.Message.Text || c[0].WaitingSince == 0 {
			t.Fatalf("conversation %+v", c)
		}
	})
}
