package store_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// underFirst is a shop as the first schema held it: one conversation whose lines were translated, out of their order, after others had
// been written, and one whose lines never changed.
var underFirst = []string{
	`INSERT INTO sites (key, name, language, origins, identity_secret, look, texts, created_at) VALUES ('shop', 'Shop', 'en', '[]', '', '{}', '{}', 1)`,
	`INSERT INTO visitors (id, site, token, token_used, name, language, created_at) VALUES ('0198c5a0-0000-7000-8000-000000000001', 'shop', 'a', 1, 'Ana', 'es', 1)`,
	`INSERT INTO conversations (id, site, visitor, seq, head, rev, state, language, created_at, updated_at, last_seq, visitor_last_seq, unread_agents)
		VALUES ('0198c5a0-0000-7000-8000-0000000000a1', 'shop', '0198c5a0-0000-7000-8000-000000000001', 6, 10, 1, 'open', 'es', 1, 2, 6, 6, 6)`,
	`INSERT INTO conversations (id, site, visitor, seq, head, rev, state, language, created_at, updated_at, last_seq, visitor_last_seq, unread_agents)
		VALUES ('0198c5a0-0000-7000-8000-0000000000a2', 'shop', '0198c5a0-0000-7000-8000-000000000001', 2, 3, 1, 'resolved', 'es', 1, 2, 2, 2, 2)`,
}

const (
	firstTalk   = "0198c5a0-0000-7000-8000-0000000000a1"
	secondTalk  = "0198c5a0-0000-7000-8000-0000000000a2"
	firstAuthor = "0198c5a0-0000-7000-8000-000000000001"
	insertFirst = `INSERT INTO messages (conversation, seq, rev, id, kind, author, author_kind, author_name, author_avatar, author_language,
		key, at, text, language, hidden, translations, claimed_until) VALUES ($1, $2, $3, $4, 'message', $5, 'visitor', 'Ana', '', 'es', $6, 2, $7, 'es', FALSE, $8, 0)`
	doneInEnglish = `{"en":{"text":"hello","state":"done","by":{"kind":"engine","name":"test"},"at":"2026-11-01T10:00:00.000Z"}}`
)

// TestDataOfTheFirstSchema opens a database that the first schema has made: every place in every conversation leads to the rows that are newer, a
// key that was used is known, and new lines follow the old ones.
func TestDataOfTheFirstSchema(t *testing.T) {
	for name, where := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(t.TempDir(), "old.db") },
		"postgres": func() string { return storetest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			database := where()
			revs := map[string][]int64{firstTalk: {2, 9, 4, 10, 7, 8}, secondTalk: {2, 3}}
			old, err := store.OpenAtStep(t.Context(), database, 1)
			must(t, err)
			for _, q := range underFirst {
				must(t, old.Exec(t.Context(), q))
			}
			keys := map[string]string{}
			for talk, all := range revs {
				for i, rev := range all {
					translations := `{}`
					if rev > int64(i)+5 {
						translations = doneInEnglish
					}
					keys[talk] = chat.NewID()
					must(t, old.Exec(t.Context(), insertFirst, talk, i+1, rev, chat.NewID(), firstAuthor, keys[talk], "hola", translations))
				}
			}
			must(t, old.Close())
			s := storetest.Open(t, database)
			for talk, all := range revs {
				checkSince(t, s, talk, all)
			}
			visitor := chat.Participant{ID: firstAuthor, Kind: chat.KindVisitor, Language: language.Spanish}
			p := chat.Post{Site: "shop", Conversation: firstTalk, Author: visitor, Key: keys[firstTalk], Text: "hola", Language: language.Spanish}
			again, err := s.Append(t.Context(), p)
			must(t, err)
			if !again.Dup || again.Message.Seq != 6 || again.Message.Rev != 8 {
				t.Fatalf("the old key gave %+v", again)
			}
			p.Key = chat.NewID()
			next, err := s.Append(t.Context(), p)
			must(t, err)
			if next.Dup || next.Message.Seq != 7 || next.Message.Rev != 11 {
				t.Fatalf("a new line got seq %d, rev %d", next.Message.Seq, next.Message.Rev)
			}
			_, err = s.SetTranslation(t.Context(), firstTalk, 7, language.English, done)
			must(t, err)
			checkSince(t, s, firstTalk, append(revs[firstTalk], 12))
		})
	}
}

// checkSince asks from every place and compares with the revs that the lines have by their seqs.
func checkSince(t *testing.T, s *store.Store, talk string, revs []int64) {
	t.Helper()
	head := int64(0)
	for _, rev := range revs {
		head = max(head, rev)
	}
	for since := range head {
		want := map[int64]int64{}
		for i, rev := range revs {
			if rev > since {
				want[int64(i)+1] = rev
			}
		}
		r, err := s.Since(t.Context(), talk, since, false)
		must(t, err)
		got := map[int64]int64{}
		for _, m := range r.Messages {
			got[m.Seq] = m.Rev
		}
		if !reflect.DeepEqual(got, want) || r.Head != head {
			t.Fatalf("since %d: %v with head %d, want %v with %d", since, got, r.Head, want, head)
		}
	}
}
