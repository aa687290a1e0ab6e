package store_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(storetest.Main(m))
}

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

func (sh *shop) get(t testing.TB, id string) chat.Conversation {
	t.Helper()
	all, err := sh.Conversations(t.Context(), []string{id})
	must(t, err)
	if len(all) != 1 {
		t.Fatalf("%d conversations with the id %s", len(all), id)
	}
	return all[0]
}

func (sh *shop) change(t testing.TB, id string, c chat.Change) chat.Changed {
	t.Helper()
	changed, err := sh.Change(t.Context(), id, c)
	must(t, err)
	return changed
}

func (sh *shop) mark(t testing.TB, id string, side chat.ParticipantKind, seq int64, want bool) {
	t.Helper()
	m, err := sh.Mark(t.Context(), id, chat.Participant{Kind: side}, seq)
	must(t, err)
	if m.Moved != want {
		t.Fatalf("mark of %s to %d moved: %v, want %v", side, seq, m.Moved, want)
	}
}

// everything reads all rows of a conversation as a client does that begins at 0 and never starts afresh.
func (sh *shop) everything(t testing.TB, id string, visitor bool) []chat.Message {
	t.Helper()
	var all []chat.Message
	for before := int64(0); ; {
		page, err := sh.History(t.Context(), id, before, chat.PageRows, visitor)
		must(t, err)
		all = append(page, all...)
		if len(page) < chat.PageRows {
			return all
		}
		before = page[0].Seq
	}
}

// checkRevs checks that seqs have no gap, that no two rows have one rev, and that the newest row has the head.
func (sh *shop) checkRevs(t testing.TB, id string) {
	t.Helper()
	c := sh.get(t, id)
	all := sh.everything(t, id, false)
	if int64(len(all)) != c.Seq {
		t.Fatalf("%d messages, seq %d", len(all), c.Seq)
	}
	newest := c.Rev
	seen := map[int64]bool{c.Rev: true}
	for i, m := range all {
		if m.Seq != int64(i)+1 || seen[m.Rev] {
			t.Fatalf("message %d has seq %d, rev %d (seen: %v)", i, m.Seq, m.Rev, seen[m.Rev])
		}
		seen[m.Rev] = true
		newest = max(newest, m.Rev)
	}
	if newest != c.Head {
		t.Fatalf("newest rev %d, head %d", newest, c.Head)
	}
}

// checkUnread counts what the row claims to have counted.
func (sh *shop) checkUnread(t testing.TB, id string) {
	t.Helper()
	c := sh.get(t, id)
	var agents, visitor int64
	for _, m := range sh.everything(t, id, false) {
		switch {
		case m.Kind != chat.MessageLine:
		case m.Author.Kind == chat.KindVisitor && m.Seq > c.Read.Agents:
			agents++
		case m.Author.Kind != chat.KindVisitor && m.Seq > c.Read.Visitor:
			visitor++
		}
	}
	if c.Unread != agents || c.VisitorUnread != visitor {
		t.Fatalf("unread %d/%d, counted %d/%d", c.Unread, c.VisitorUnread, agents, visitor)
	}
}

// together runs n calls at the same time.
func together(t testing.TB, n int, do func(i int) error) {
	t.Helper()
	start := make(chan struct{})
	errs := make(chan error, n)
	for i := range n {
		go func() {
			<-start
			errs <- do(i)
		}()
	}
	close(start)
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func join(names []string) string { return strings.Join(names, ",") }

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
