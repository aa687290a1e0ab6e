package store_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// seen is everything that is read of a conversation, by every way that leads to its rows.
type seen struct {
	history, since []chat.Message
	conversations  []chat.Conversation
}

func readAll(t *testing.T, s *store.Store, site, conversation string) seen {
	t.Helper()
	var all seen
	var err error
	all.history, err = s.History(t.Context(), conversation, 0, 100, false)
	must(t, err)
	rows, err := s.Since(t.Context(), conversation, 0, false)
	must(t, err)
	all.since = rows.Messages
	all.conversations, err = s.Conversations(t.Context(), []string{conversation})
	must(t, err)
	page, _, err := s.Inbox(t.Context(), []string{site}, chat.InboxFilter{}, chat.OrderNewest, "", 10)
	must(t, err)
	all.conversations = append(all.conversations, page...)
	return all
}

// FuzzRows: rows are input, too. An older or a newer program has written them: with kinds, events, states and fields that this one has never heard
// of, or with columns that it cannot read at all. Whatever stands there, the line comes with the text that was typed, and so do its neighbours.
func FuzzRows(f *testing.F) {
	f.Add("message", "", `{}`, `[]`, `{}`, "", "es", "open")
	f.Add("poll", "voted", `{"en":{"text":"x","state":"dreamt","reason":"bored","by":{"kind":"oracle","name":"d"},"quality":"divine","flagged":false,"at":"2030-01-01T00:00:00.000Z","mood":7}}`,
		`["vip",{"name":"new"}]`, `{"a":{"b":[1]}}`, `{"url":"https://x","scroll":7}`, "zz-Zzzz", "archived")
	f.Add("event", "teleported", `{"en":5,"de":{"text":"gut","state":"done"}}`, `{"not":"a list"}`, `[]`, `[]`, "not a tag", "")
	f.Add("", "resolved", `null`, `null`, `null`, `null`, "", "resolved")
	f.Add("note", "joined", `[]`, `7`, `"x"`, `{`, "e", "snoozed")
	f.Add("message", "", `{"en":{"text":7}}`, `not JSON`, `{"email":`, `{"url":7}`, "en", "open")
	s := storetest.SQLite(f)
	sh := newShop(f, s)
	first := sh.append(f, sh.says("", "the line before"))
	id := first.Conversation
	sh.append(f, sh.answers(sh.bo, id, "the odd line"))
	sh.append(f, sh.says(id, "the line after"))
	f.Fuzz(func(t *testing.T, kind, event, translations, tags, attributes, page, lang, state string) {
		for _, column := range []string{kind, event, translations, tags, attributes, page, lang, state} {
			if !utf8.ValidString(column) || strings.Contains(column, "\x00") {
				return // both databases would refuse it
			}
		}
		must(t, s.Exec(t.Context(), `UPDATE messages SET kind = $1, event = $2, translations = $3, language = $4 WHERE conversation = $5 AND text = 'the odd line'`,
			kind, event, translations, lang, id))
		must(t, s.Exec(t.Context(), `UPDATE conversations SET tags = $1, language = $2, state = $3 WHERE id = $4`, tags, lang, state, id))
		must(t, s.Exec(t.Context(), `UPDATE visitors SET attributes = $1, page = $2, language = $3 WHERE id = (SELECT visitor FROM conversations WHERE id = $4)`,
			attributes, page, lang, id))
		all := readAll(t, s, sh.site.Key, id)
		for _, rows := range [][]chat.Message{all.history, all.since} {
			if len(rows) != 3 || rows[0].Text != "the line before" || rows[2].Text != "the line after" {
				t.Fatalf("the neighbours of an odd row suffer: %+v", rows)
			}
			if m := rows[1]; m.Text != "the odd line" || string(m.Kind) != kind {
				t.Fatalf("the odd row reads %+v", m)
			}
			if _, err := json.Marshal(rows); err != nil {
				t.Fatalf("it cannot be told: %v", err)
			}
			// What this program does not know it shows to agents only.
			if known := rows[1].Kind == chat.MessageLine || rows[1].Kind == chat.MessageEvent; !known && rows[1].ForVisitor() {
				t.Fatalf("a row of kind %q is shown to the visitor", kind)
			}
		}
		if len(all.conversations) == 0 || all.conversations[0].ID != id || string(all.conversations[0].State) != state {
			t.Fatalf("the conversation reads %+v", all.conversations)
		}
		if c := all.conversations[0]; c.Tags == nil || c.Visitor.Attributes == nil {
			t.Fatalf("a list or a map is null on the wire: %+v", c)
		}
		if _, err := json.Marshal(all.conversations); err != nil {
			t.Fatalf("it cannot be told: %v", err)
		}
	})
}
