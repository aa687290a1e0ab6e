package store_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// token is a token's hash that has not been used before in this shop.
func (sh *shop) newToken() [32]byte {
	sh.token++
	return [32]byte{sh.token}
}

// stranger is an unverified visitor with his token.
func (sh *shop) stranger(t testing.TB) (chat.Visitor, [32]byte) {
	t.Helper()
	token := sh.newToken()
	v, err := sh.AddVisitor(t.Context(), chat.NewVisitor{Site: "shop", Token: token, Language: language.Spanish})
	must(t, err)
	return v, token
}

// signedFor is what the shop signs for a person, who brings a token or none.
func (sh *shop) signedFor(subject string, old *[32]byte) chat.Identify {
	return chat.Identify{Subject: subject, Profile: chat.Profile{Name: "Ana García", Email: "ana@example.com"}, Old: old,
		New: chat.NewVisitor{Site: "shop", Token: sh.newToken(), Language: language.Spanish}}
}

func (sh *shop) identify(t testing.TB, i chat.Identify) chat.Identified {
	t.Helper()
	out, err := sh.Identify(t.Context(), i)
	must(t, err)
	return out
}

func (sh *shop) hear(t testing.TB, visitor string, said chat.Hearsay) (chat.Visitor, []chat.Touched) {
	t.Helper()
	v, touched, err := sh.Hear(t.Context(), visitor, said)
	must(t, err)
	return v, touched
}

// opens checks whom a token opens; an empty id: nobody.
func (sh *shop) opens(t testing.TB, token [32]byte, id string) {
	t.Helper()
	v, err := sh.VisitorByToken(t.Context(), "shop", token)
	if id == "" {
		wantCode(t, err, chat.BadToken)
		return
	}
	if must(t, err); v.ID != id {
		t.Fatalf("the token opens %s, want %s", v.ID, id)
	}
}

// lineBy is a line of a visitor.
func (sh *shop) lineBy(v chat.Visitor, conversation, text string) chat.Post {
	p := sh.says(conversation, text)
	p.Author = v.Participant
	return p
}

// A visitor nobody knows becomes the person, and stays the visitor that he was; what he had is the person's, the token that anybody could have is not.
func TestIdentityOfSomebodyNew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		v, old := sh.stranger(t)
		name, email := "Admin of the shop", "boss@shop.example"
		sh.hear(t, v.ID, chat.Hearsay{Name: &name, Email: &email})
		id := sh.append(t, sh.lineBy(v, "", "hola")).Conversation

		i := sh.signedFor("c-1", &old)
		i.Name, i.Email = "", ""
		out := sh.identify(t, i)
		if out.Visitor.ID != v.ID || !out.Visitor.Verified || out.Kept || out.Was != "" || !out.Ended || out.Holder != v.ID || len(out.Changed) != 0 {
			t.Fatalf("%+v", out)
		}
		if len(out.Touched) != 1 || out.Touched[0].Conversation != id {
			t.Errorf("touched %+v, want the conversation", out.Touched)
		}
		if got := sh.get(t, id).Visitor; strings.Contains(got.Name, "Admin") || got.Email != "" || !got.Verified {
			t.Errorf("what a page had said counts as confirmed: %+v", got)
		}
		sh.opens(t, old, "")
		sh.opens(t, i.New.Token, v.ID)
		ended, err := s.EndedTokens(t.Context(), []string{v.ID, "another"})
		must(t, err)
		if !slices.Equal(ended, []chat.EndedToken{{Visitor: v.ID, Hash: old}}) {
			t.Errorf("ended %v", ended)
		}
		if again := sh.append(t, sh.lineBy(out.Visitor, "", "sigo aquí")); again.Conversation != id {
			t.Error("the person begins anew")
		}
	})
}

// Whom the shop has signed for without a token comes in as who he is, with a token for this browser and all others as they were.
func TestIdentityWithoutToken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		first := sh.signedFor("c-1", nil)
		first.Locale = language.MustParse("es-MX")
		one := sh.identify(t, first)
		if one.Ended || one.Kept || !one.Visitor.Verified || one.Visitor.Language.String() != "es-MX" || one.Visitor.LanguageReason != chat.LanguageShop {
			t.Fatalf("%+v", one)
		}
		second := sh.signedFor("c-1", nil)
		two := sh.identify(t, second)
		if two.Visitor.ID != one.Visitor.ID {
			t.Fatal("one subject is two visitors")
		}
		sh.opens(t, first.New.Token, one.Visitor.ID)
		sh.opens(t, second.New.Token, one.Visitor.ID)
		// The same subject on another site is somebody else.
		must(t, s.AddSite(t.Context(), chat.Site{Key: "other", Name: "Other", Language: language.German}))
		there := sh.signedFor("c-1", nil)
		there.New.Site = "other"
		if other := sh.identify(t, there); other.Visitor.ID == one.Visitor.ID {
			t.Fatal("a person of one site is let in on another")
		}
		// A token that is the person's own goes on, and what is signed today counts.
		third := sh.signedFor("c-1", &second.New.Token)
		third.Name, third.Email, third.Attributes = "", "a@example.com", map[string]string{"plan": "gold"}
		kept := sh.identify(t, third)
		if !kept.Kept || kept.Ended || kept.Visitor.Name != "Ana García" || kept.Visitor.Email != "a@example.com" || kept.Visitor.Attributes["plan"] != "gold" || !slices.Equal(kept.Visitor.Signed, []string{"plan"}) {
			t.Fatalf("%+v", kept)
		}
		sh.opens(t, third.New.Token, "")
	})
}

// The visitor's conversations, lines and keys become the person's, in one transaction.
func TestIdentityOfSomebodyKnown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		known := sh.identify(t, sh.signedFor("c-1", nil)).Visitor
		v, old := sh.stranger(t)
		resolved := chat.StateResolved
		ended := sh.append(t, sh.lineBy(v, "", "antes")).Conversation
		sh.change(t, ended, chat.Change{By: v.Participant, State: &resolved})
		must(t, s.Exec(t.Context(), `UPDATE conversations SET resolved_at = 1 WHERE id = $1`, ended))
		line := sh.lineBy(v, "", "¿Dónde está mi pedido?")
		posted := sh.append(t, line)
		sh.append(t, sh.answers(sh.ann, posted.Conversation, "On its way."))
		head := sh.get(t, posted.Conversation).Head
		cart := chat.Cart{Items: []chat.Item{{Name: "Cup", Quantity: 2, Price: 12.5}}, Currency: "EUR", Total: 25}
		sh.hear(t, v.ID, chat.Hearsay{Cart: &cart, Attributes: map[string]string{"visits": "3"}})

		must(t, s.Exec(t.Context(), `INSERT INTO files (id, site, owner, conversation, disk, name, type, size, bytes, created_at) VALUES ('f', 'shop', $1, '', 'd', 'n', 'image/png', 1, 1, 1)`, v.ID))
		i := sh.signedFor("c-1", &old)
		i.New.Page = &chat.Page{URL: "https://shop.example/account", Title: "Account"}
		out := sh.identify(t, i)
		if out.Visitor.ID != known.ID || out.Was != v.ID || !out.Ended || out.Holder != v.ID || out.Kept || len(out.Changed) != 2 || len(out.Moved) != 2 {
			t.Fatalf("%+v", out)
		}
		sh.opens(t, old, "")
		sh.opens(t, i.New.Token, known.ID)
		if n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM files WHERE owner = $1`, known.ID); err != nil || n != 1 {
			t.Errorf("the person has %d of the visitor's files (%v)", n, err)
		}
		for _, id := range []string{ended, posted.Conversation} {
			c := sh.get(t, id)
			if c.Visitor.ID != known.ID || c.Rev != c.Head || c.Visitor.Name != "Ana García" || !c.Visitor.Verified || c.Visitor.Page.Title != "Account" || c.Visitor.Cart.Total != 25 || c.Visitor.Attributes["visits"] != "3" {
				t.Errorf("row %+v, visitor %+v", c, c.Visitor)
			}
			for _, m := range sh.everything(t, id, false) {
				if m.Author.ID == v.ID || m.Event != nil && m.Event.By == v.ID {
					t.Errorf("still his: %+v", m)
				}
			}
			sh.checkRevs(t, id)
			sh.checkUnread(t, id)
		}
		// Who follows it reads the lines that are another's now, the agent's not, and the row.
		rows, err := s.Since(t.Context(), posted.Conversation, head, false)
		must(t, err)
		if len(rows.Messages) != 1 || rows.Messages[0].Author.ID != known.ID || rows.Row == nil || rows.Head != rows.Row.Rev || rows.Reset {
			t.Errorf("rows since %d: %+v", head, rows)
		}
		// The line that the outbox sends again is not doubled, whoever it says it is from: he is told to come as who he is, and then it is there.
		_, err = s.Append(t.Context(), line)
		wantCode(t, err, chat.Unavailable)
		line.Author = known.Participant
		if again := sh.append(t, line); !again.Dup || again.Message.ID != posted.Message.ID {
			t.Errorf("sent again: %+v", again)
		}
		for _, conversation := range []string{"", posted.Conversation} {
			_, err = s.Append(t.Context(), sh.lineBy(v, conversation, "todavía yo"))
			wantCode(t, err, chat.Unavailable)
		}
		_, err = s.Change(t.Context(), posted.Conversation, chat.Change{By: v.Participant, State: &resolved})
		wantCode(t, err, chat.Unavailable)
		_, _, err = s.Hear(t.Context(), v.ID, chat.Hearsay{TimeZone: "Europe/Madrid"})
		wantCode(t, err, chat.Unavailable)

		// An answer that got lost is asked for once more.
		again := sh.signedFor("c-1", &old)
		if out := sh.identify(t, again); out.Visitor.ID != known.ID || out.Was != v.ID || out.Ended || len(out.Changed) != 0 {
			t.Errorf("asked again: %+v", out)
		}
		sh.opens(t, again.New.Token, known.ID)
		_, err = s.Identify(t.Context(), sh.signedFor("c-2", &old))
		wantCode(t, err, chat.BadToken)
		_, err = s.Identify(t.Context(), sh.signedFor("c-1", &[32]byte{99, 99}))
		wantCode(t, err, chat.BadToken)
	})
}

// If both have a conversation that is not resolved, the older one becomes resolved, whosever it was.
func TestIdentityWithTwoOpenConversations(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for n, mine := range []bool{true, false} { // the person's own is the older one, or the visitor's
			subject := fmt.Sprint("c-", n)
			known := sh.identify(t, sh.signedFor(subject, nil)).Visitor
			v, old := sh.stranger(t)
			authors := []chat.Visitor{known, v}
			if !mine {
				slices.Reverse(authors)
			}
			older := sh.append(t, sh.lineBy(authors[0], "", "uno")).Conversation
			newer := sh.append(t, sh.lineBy(authors[1], "", "dos")).Conversation
			must(t, s.Exec(t.Context(), `UPDATE conversations SET created_at = created_at - 5 WHERE id = $1`, older))
			out := sh.identify(t, sh.signedFor(subject, &old))
			if len(out.Touched) != 1 || out.Touched[0].Conversation != newer {
				t.Errorf("touched %+v, want the newer one", out.Touched)
			}
			for id, want := range map[string]chat.State{older: chat.StateResolved, newer: chat.StateOpen} {
				c := sh.get(t, id)
				if c.State != want || c.Visitor.ID != known.ID {
					t.Errorf("%v: %s of %s, want %s of %s", mine, c.State, c.Visitor.ID, want, known.ID)
				}
				sh.checkRevs(t, id)
			}
			lines := sh.everything(t, older, true)
			if last := lines[len(lines)-1]; last.Event == nil || last.Event.Type != chat.EventResolved || last.Author.Kind != chat.KindSystem {
				t.Errorf("the end is not told: %+v", last)
			}
			changed := map[string]int64{}
			for _, c := range out.Changed {
				changed[c.Conversation] = c.Head
				if c.Row == nil || c.Row.Rev != c.Head || c.Site != "shop" {
					t.Errorf("changed %+v", c)
				}
			}
			want := map[string]int64{older: sh.get(t, older).Head}
			if mine {
				want[newer] = sh.get(t, newer).Head
			}
			if !maps.Equal(changed, want) && !(!mine && len(changed) == 1) {
				t.Errorf("%v: changed %v, want %v", mine, changed, want)
			}
		}
	})
}

// The token of another verified person, on a shared computer, is ignored: nothing moves, and it stays hers.
func TestIdentityWithAnothersToken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		hers := sh.signedFor("c-1", nil)
		her := sh.identify(t, hers).Visitor
		id := sh.append(t, sh.lineBy(her, "", "mío")).Conversation
		for _, subject := range []string{"c-2", "c-2"} { // nobody knows him yet, and then somebody does
			his := sh.signedFor(subject, &hers.New.Token)
			out := sh.identify(t, his)
			if out.Visitor.ID == her.ID || out.Was != "" || out.Ended || out.Kept || len(out.Moved) != 0 || len(out.Changed) != 0 {
				t.Fatalf("%+v", out)
			}
			sh.opens(t, his.New.Token, out.Visitor.ID)
			sh.opens(t, hers.New.Token, her.ID)
			if c := sh.get(t, id); c.Visitor.ID != her.ID {
				t.Fatal("her conversation has moved")
			}
		}
	})
}

// A key that both had used names one line afterwards, the person's own, and nothing stands in the way of the move.
func TestIdentityWithOneKeyOfBoth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		known := sh.identify(t, sh.signedFor("c-1", nil)).Visitor
		v, old := sh.stranger(t)
		mine, his := sh.lineBy(known, "", "uno"), sh.lineBy(v, "", "dos")
		his.Key = mine.Key
		first := sh.append(t, mine)
		sh.append(t, his)
		sh.identify(t, sh.signedFor("c-1", &old))
		if again := sh.append(t, mine); !again.Dup || again.Message.ID != first.Message.ID {
			t.Errorf("%+v", again)
		}
		n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM messages WHERE kind = 'message' AND author = $1`, known.ID)
		must(t, err)
		if n != 2 {
			t.Errorf("%d lines, want both", n)
		}
	})
}

// What is known of the language is what is more certain, and of equals what is newer.
func TestIdentityKeepsTheSurerLanguage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for n, c := range []struct {
			known, brought chat.LanguageReason
			want           language.Tag
		}{
			{chat.LanguageBrowser, chat.LanguageBrowser, language.French}, {chat.LanguageChosen, chat.LanguageWritten, language.Spanish},
			{chat.LanguageWritten, chat.LanguageWritten, language.French}, {chat.LanguageBrowser, chat.LanguageChosen, language.French},
			{chat.LanguageShop, chat.LanguageBrowser, language.Spanish},
		} {
			subject := fmt.Sprint("c-", n)
			known := sh.identify(t, sh.signedFor(subject, nil)).Visitor
			v, old := sh.stranger(t)
			must(t, s.Exec(t.Context(), `UPDATE visitors SET language_reason = $2 WHERE id = $1`, known.ID, string(c.known)))
			must(t, s.Exec(t.Context(), `UPDATE visitors SET language = 'fr', language_reason = $2, language_evidence = 'x' WHERE id = $1`, v.ID, string(c.brought)))
			out := sh.identify(t, sh.signedFor(subject, &old))
			speaks, err := s.Speaker(t.Context(), known.ID)
			must(t, err)
			if out.Visitor.Language != c.want || speaks.Language != c.want || (speaks.Evidence == "x") != (c.want == language.French) {
				t.Errorf("%s and %s: %s, stored %+v, want %s", c.known, c.brought, out.Visitor.Language, speaks, c.want)
			}
		}
	})
}

// Many tabs at once, with the same token: one person, nothing moved twice, and every answer's token is good.
func TestIdentityOfManyTabs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for _, known := range []bool{true, false} {
			subject := fmt.Sprint("c-", known)
			if known {
				sh.identify(t, sh.signedFor(subject, nil))
			}
			v, old := sh.stranger(t)
			id := sh.append(t, sh.lineBy(v, "", "hola")).Conversation
			const tabs = 8
			asks, outs := make([]chat.Identify, tabs), make([]chat.Identified, tabs)
			for n := range asks {
				asks[n] = sh.signedFor(subject, &old)
			}
			together(t, tabs, func(n int) (err error) {
				outs[n], err = s.Identify(t.Context(), asks[n])
				return err
			})
			moved := 0
			for n, out := range outs {
				if out.Visitor.ID != outs[0].Visitor.ID {
					t.Fatal("one subject is two visitors")
				}
				if moved += len(out.Moved); known && out.Was != v.ID {
					t.Errorf("tab %d is not told whose lines are its own: %+v", n, out)
				}
				sh.opens(t, asks[n].New.Token, out.Visitor.ID)
			}
			if known && moved != 1 {
				t.Errorf("moved %d times", moved)
			}
			if c := sh.get(t, id); c.Visitor.ID != outs[0].Visitor.ID {
				t.Error("the conversation is not the person's")
			}
			sh.checkRevs(t, id)
		}
	})
}

// Two browsers bring the conversations of two visitors to one new person at once: one of them is told to be older.
func TestIdentityOfTwoBrowsers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for round := range 5 {
			subject := fmt.Sprint("c-", round)
			var asks []chat.Identify
			var talks []string
			for range 2 {
				v, old := sh.stranger(t)
				talks = append(talks, sh.append(t, sh.lineBy(v, "", "hola")).Conversation)
				asks = append(asks, sh.signedFor(subject, &old))
			}
			together(t, 2, func(n int) error {
				_, err := s.Identify(t.Context(), asks[n])
				return err
			})
			open := 0
			for _, id := range talks {
				c := sh.get(t, id)
				if c.State != chat.StateResolved {
					open++
				}
				sh.opens(t, asks[0].New.Token, c.Visitor.ID)
				sh.opens(t, asks[1].New.Token, c.Visitor.ID)
				sh.checkRevs(t, id)
			}
			if open != 1 {
				t.Errorf("%d conversations are open", open)
			}
		}
	})
}

// Whoever writes while he is being recognised: each line is stored once, in a conversation of the person's, or refused as one to be sent again.
func TestIdentityDuringLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for round := range 6 {
			subject := fmt.Sprint("c-", round)
			known := sh.identify(t, sh.signedFor(subject, nil)).Visitor
			v, old := sh.stranger(t)
			conversation := ""
			if round%2 == 1 { // he has begun already, or does just then
				conversation = sh.append(t, sh.lineBy(v, "", "hola")).Conversation
			}
			const writers = 6
			lines := make([]chat.Post, writers)
			for n := range lines {
				lines[n] = sh.lineBy(v, "", fmt.Sprint("línea ", n))
				if n%2 == 0 {
					lines[n].Conversation = conversation
				}
			}
			i := sh.signedFor(subject, &old)
			together(t, writers+1, func(n int) error {
				if n == writers {
					_, err := s.Identify(t.Context(), i)
					return err
				}
				_, err := s.Append(t.Context(), lines[n])
				if chat.CodeOf(err) == chat.Unavailable {
					err = nil
				}
				return err
			})
			for n := range lines {
				lines[n].Author, lines[n].Conversation = known.Participant, ""
				sh.append(t, lines[n]) // whether it was stored before or not
			}
			own, err := s.VisitorConversations(t.Context(), known.ID, 10)
			must(t, err)
			stored := 0
			for _, c := range own {
				for _, m := range sh.everything(t, c.ID, false) {
					if strings.HasPrefix(m.Text, "línea") {
						stored++
					}
				}
				sh.checkRevs(t, c.ID)
				sh.checkUnread(t, c.ID)
			}
			if left, err := s.VisitorConversations(t.Context(), v.ID, 10); err != nil || len(left) > 0 {
				t.Errorf("left behind: %+v, %v", left, err)
			}
			if stored != writers || len(own) != 1 {
				t.Errorf("round %d: %d lines in %d conversations, want %d in one", round, stored, len(own), writers)
			}
		}
	})
}

// A person has a token for each browser; of too many the one goes that was not used for longest.
func TestTokensOfAPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		var all [][32]byte
		var id string
		for n := range chat.VisitorTokens + 3 {
			i := sh.signedFor("c-1", nil)
			i.New.Token = [32]byte{77, byte(n)}
			all = append(all, i.New.Token)
			id = sh.identify(t, i).Visitor.ID
			must(t, s.Exec(t.Context(), `UPDATE tokens SET used_at = used_at - 1000 WHERE used_at > 0`))
		}
		sh.opens(t, all[0], id) // the first one stands in the visitor's own row
		sh.opens(t, all[1], "")
		sh.opens(t, all[2], "")
		sh.opens(t, all[3], id)
		sh.opens(t, all[len(all)-1], id)
		must(t, s.Exec(t.Context(), `UPDATE tokens SET used_at = used_at - $1`, int64(179)*24*3600*1000))
		sh.opens(t, all[len(all)-1], id)
		must(t, s.Exec(t.Context(), `UPDATE tokens SET used_at = used_at - $1`, int64(179)*24*3600*1000))
		sh.opens(t, all[len(all)-1], id) // used in between
		sh.opens(t, all[5], "")
	})
}

// What a page says stays what a page says: it changes nothing that the shop has signed, and is bounded.
func TestHearsay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		v, token := sh.stranger(t)
		id := sh.append(t, sh.lineBy(v, "", "hola")).Conversation
		name, email, none := "Ana", "ana@example.com", ""
		said := chat.Hearsay{Name: &name, Email: &email, Attributes: map[string]string{"plan": "free", "a": "1"}}
		got, touched := sh.hear(t, v.ID, said)
		if got.Name != "Ana" || got.Verified || len(touched) != 1 || touched[0].Conversation != id || touched[0].Head != sh.get(t, id).Head {
			t.Fatalf("%+v, touched %+v", got, touched)
		}
		if _, touched = sh.hear(t, v.ID, said); len(touched) != 0 {
			t.Error("the same again is told again")
		}
		got, _ = sh.hear(t, v.ID, chat.Hearsay{Name: &none, Email: &none, Attributes: map[string]string{"a": ""}})
		if got.Name != v.Name || got.Email != "" || !maps.Equal(got.Attributes, map[string]string{"plan": "free"}) {
			t.Errorf("taken back: %+v", got)
		}
		i := sh.signedFor("c-1", &token)
		i.Attributes = map[string]string{"plan": "gold"}
		sh.identify(t, i)
		other := "Somebody"
		got, _ = sh.hear(t, v.ID, chat.Hearsay{Name: &other, Email: &other, Attributes: map[string]string{"plan": "none", "b": "2"}})
		if got.Name != "Ana García" || got.Email != "ana@example.com" || got.Attributes["plan"] != "gold" || got.Attributes["b"] != "2" || !slices.Equal(got.Signed, []string{"plan"}) {
			t.Errorf("a page has the last word: %+v", got)
		}
		cart := chat.Cart{Items: []chat.Item{{Name: "Cup"}}, Currency: "EUR", Total: 12.5}
		if got, _ = sh.hear(t, v.ID, chat.Hearsay{Cart: &cart}); got.Cart == nil || sh.get(t, id).Visitor.Cart.Items[0].Name != "Cup" {
			t.Errorf("the basket: %+v", got.Cart)
		}
		if got, _ = sh.hear(t, v.ID, chat.Hearsay{Cart: &chat.Cart{Items: []chat.Item{}}}); got.Cart != nil || sh.get(t, id).Visitor.Cart != nil {
			t.Errorf("an empty basket: %+v", got.Cart)
		}
		many := map[string]string{}
		for n := range chat.MaxAttributes {
			many[fmt.Sprint("n", n)] = "x"
		}
		_, _, err := s.Hear(t.Context(), v.ID, chat.Hearsay{Attributes: many})
		wantCode(t, err, chat.TooLong)
		if c := sh.get(t, id); len(c.Visitor.Attributes) != 2 {
			t.Errorf("something of it is kept: %v", c.Visitor.Attributes)
		}
		_, _, err = s.Hear(t.Context(), chat.NewID(), said)
		wantCode(t, err, chat.NotFound)
	})
}

// What a visitor is still sending up while he is being recognised is the person's when it is there, and so is what he says of a conversation that has ended: he hears that he
// is to come as who he is now, not that there is no such conversation.
func TestIdentityBeforeAFileIsThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		known := sh.identify(t, sh.signedFor("c-1", nil)).Visitor
		v, old := sh.stranger(t)
		id := sh.append(t, sh.lineBy(v, "", "hola")).Conversation
		sh.ends(t, id)
		sh.identify(t, sh.signedFor("c-1", &old))

		late := sh.sentUp(t, v.ID, "")
		if use, err := s.FileUse(t.Context(), "shop", known.ID); err != nil || use.Owner != late.Bytes {
			t.Errorf("the person has sent up %d bytes, want %d; %v", use.Owner, late.Bytes, err)
		}
		sh.append(t, brings(sh.lineBy(known, id, "la foto"), late))

		sh.ends(t, id)
		_, err := s.Rate(t.Context(), id, v.Participant, chat.Rating{Score: 5})
		wantCode(t, err, chat.Unavailable)
		_, err = s.Rate(t.Context(), id, known.Participant, chat.Rating{Score: 5})
		must(t, err)
	})
}
