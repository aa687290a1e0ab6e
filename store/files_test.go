package store_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// sentUp stores what is known of a file of somebody's.
func (sh *shop) sentUp(t testing.TB, owner, conversation string, change ...func(*chat.StoredFile)) chat.StoredFile {
	t.Helper()
	f := chat.StoredFile{Site: sh.site.Key, Owner: owner, Conversation: conversation, Disk: chat.NewID(), Bytes: 1200}
	f.Attachment = chat.Attachment{ID: chat.NewID(), Name: "Foto.png", Type: "image/png", Size: 1000, Width: 900, Height: 600, Thumb: "jpg"}
	for _, c := range change {
		c(&f)
	}
	must(t, sh.AddFile(t.Context(), f))
	return f
}

// brings makes a line bring files along.
func brings(p chat.Post, files ...chat.StoredFile) chat.Post {
	for _, f := range files {
		p.Attachments = append(p.Attachments, chat.SendFile{ID: f.ID, Alt: "alt of " + f.ID})
	}
	return p
}

// A line and its files are one: they are in the row everywhere where the row is read, in the order in which they were named, and taken.
func TestLineBringsFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		a, b := sh.sentUp(t, sh.visitor.ID, ""), sh.sentUp(t, sh.visitor.ID, "", func(f *chat.StoredFile) { f.Type, f.Name, f.Thumb, f.Width, f.Height = "text/plain", "a.txt", "", 0, 0 })
		p := brings(sh.says("", ""), b, a)
		posted := sh.append(t, p)
		want := []chat.Attachment{b.Attachment, a.Attachment}
		want[0].Alt, want[1].Alt = "alt of "+b.ID, "alt of "+a.ID
		if got := posted.Message; !reflect.DeepEqual(got.Attachments, want) || len(got.Translations) != 0 {
			t.Fatalf("stored %+v", got)
		}
		rows, err := s.Since(t.Context(), posted.Conversation, 0, true)
		must(t, err)
		page, err := s.History(t.Context(), posted.Conversation, 0, 10, false)
		must(t, err)
		last := sh.get(t, posted.Conversation).Last
		for _, m := range []chat.Message{rows.Messages[0], page[0], *last} {
			if !reflect.DeepEqual(m.Attachments, want) {
				t.Errorf("read back %+v", m.Attachments)
			}
		}
		f, err := s.File(t.Context(), a.ID)
		must(t, err)
		if a.Conversation = posted.Conversation; f != a {
			t.Errorf("the file is %+v, want %+v", f, a)
		}
		// A line without any has none.
		if m := sh.append(t, sh.says(posted.Conversation, "hola")).Message; m.Attachments == nil || len(m.Attachments) != 0 {
			t.Errorf("a plain line has %+v", m.Attachments)
		}
		sh.checkRevs(t, posted.Conversation)
	})
}

// The same key with the same files is the same line; with others it is a conflict.
func TestSameKeyWithFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		a, b := sh.sentUp(t, sh.visitor.ID, ""), sh.sentUp(t, sh.visitor.ID, "")
		p := brings(sh.says("", "hola"), a)
		first := sh.append(t, p)
		for _, conversation := range []string{"", first.Conversation} {
			p.Conversation = conversation
			if again := sh.append(t, p); !again.Dup || again.Message.ID != first.Message.ID || !reflect.DeepEqual(again.Message.Attachments, first.Message.Attachments) {
				t.Fatalf("the same again: %+v", again)
			}
			for _, files := range [][]chat.StoredFile{{}, {b}, {a, b}} {
				other := brings(sh.says(conversation, "hola"), files...)
				other.Key = p.Key
				_, err := s.Append(t.Context(), other)
				wantCode(t, err, chat.Conflict)
			}
		}
		// b is still free.
		sh.append(t, brings(sh.says(first.Conversation, "y esto"), b))
	})
}

// What is not the author's, of another site or conversation, sent already or not there at all cannot be attached; nothing of the line is stored then, and no file is taken.
func TestFilesOfOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		must(t, s.AddSite(t.Context(), chat.Site{Key: "other", Name: "Other", Language: sh.site.Language}))
		id := sh.append(t, sh.says("", "hola")).Conversation
		elsewhere := sh.talk(t, "shop", 1, "otra")
		own := sh.sentUp(t, sh.visitor.ID, "")
		sent := sh.sentUp(t, sh.visitor.ID, "")
		sh.append(t, brings(sh.says(id, ""), sent))
		agents := sh.sentUp(t, sh.ann.ID, id)
		cases := map[string]chat.Post{
			"another visitor's":         brings(sh.says(id, "x"), own, sh.sentUp(t, sh.newVisitor(t, sh.site.Language).ID, "")),
			"an agent's":                brings(sh.says(id, "x"), own, agents),
			"one that was sent":         brings(sh.says(id, "x"), own, sent),
			"one that is not there":     brings(sh.says(id, "x"), own, chat.StoredFile{Attachment: chat.Attachment{ID: chat.NewID()}}),
			"of another site":           brings(sh.says(id, "x"), own, sh.sentUp(t, sh.visitor.ID, "", func(f *chat.StoredFile) { f.Site = "other" })),
			"for another conversation":  brings(sh.answers(sh.ann, elsewhere, "x"), agents),
			"the visitor's by an agent": brings(sh.answers(sh.ann, id, "x"), own),
		}
		for what, p := range cases {
			_, err := s.Append(t.Context(), p)
			if chat.CodeOf(err) != chat.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if c := sh.get(t, id); c.Seq != 2 {
			t.Errorf("%d lines are stored", c.Seq)
		}
		sh.append(t, brings(sh.says(id, ""), own))
		sh.append(t, brings(sh.answers(sh.ann, id, ""), agents))
		sh.checkRevs(t, id)
	})
}

// Tries of one line that run at once make one line, and two lines that want one file do not both get it.
func TestFilesAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		f, g := sh.sentUp(t, sh.visitor.ID, ""), sh.sentUp(t, sh.visitor.ID, "")
		same := brings(sh.says(id, "la misma"), f)
		together(t, 8, func(int) error {
			_, err := s.Append(t.Context(), same)
			return err
		})
		won := make(chan bool, 8)
		together(t, 8, func(int) error {
			_, err := s.Append(t.Context(), brings(sh.says(id, "de quién"), g))
			won <- err == nil
			if chat.CodeOf(err) == chat.NotFound {
				err = nil
			}
			return err
		})
		close(won)
		n := 0
		for w := range won {
			if w {
				n++
			}
		}
		if c := sh.get(t, id); n != 1 || c.Seq != 3 {
			t.Errorf("%d lines got the file, %d lines are stored", n, c.Seq)
		}
		sh.checkRevs(t, id)
	})
}

// What takes up room is counted by site and by sender of a day; what has waited too long for its line is forgotten, and nothing else.
func TestFileUseAndUnsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		waits, old, sent := sh.sentUp(t, sh.visitor.ID, ""), sh.sentUp(t, sh.visitor.ID, ""), sh.sentUp(t, sh.visitor.ID, "")
		sh.sentUp(t, sh.ann.ID, "")
		sh.append(t, brings(sh.says("", ""), sent))
		must(t, s.Exec(t.Context(), `UPDATE files SET created_at = created_at - $1 WHERE id {any $2}`, (25*time.Hour).Milliseconds(), []string{old.ID, sent.ID}))
		use, err := s.FileUse(t.Context(), "shop", sh.visitor.ID)
		must(t, err)
		if use != (chat.FileUse{Site: 4800, Owner: 1200}) {
			t.Errorf("used: %+v", use)
		}
		n, err := s.DropUnsent(t.Context(), 24*time.Hour, 10)
		must(t, err)
		if n != 1 {
			t.Errorf("%d forgotten", n)
		}
		if _, err := s.File(t.Context(), old.ID); chat.CodeOf(err) != chat.NotFound {
			t.Errorf("the old one: %v", err)
		}
		known, err := s.KnownFiles(t.Context(), []string{waits.Disk, old.Disk, sent.Disk, "nothing"})
		must(t, err)
		if len(known) != 2 || !known[waits.Disk] || !known[sent.Disk] {
			t.Errorf("known are %v", known)
		}
		newest, err := s.NewestFiles(t.Context(), 2)
		must(t, err)
		if len(newest) != 2 || slices.ContainsFunc(newest, func(f chat.StoredFile) bool { return f.ID == waits.ID }) {
			t.Errorf("the newest are %+v", newest)
		}
	})
}

// Of all that ask at once one looks through the folder, and nobody again for a while. All have the same key.
func TestFilesTurnAndKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		turns, keys := make(chan bool, 8), make(chan string, 8)
		together(t, 8, func(int) error {
			mine, err := s.FilesTurn(t.Context(), time.Hour)
			if err != nil {
				return err
			}
			turns <- mine
			key, err := s.FilesKey(t.Context())
			keys <- string(key)
			return err
		})
		close(turns)
		close(keys)
		n := 0
		for mine := range turns {
			if mine {
				n++
			}
		}
		first := <-keys
		for key := range keys {
			if key != first || len(key) != 32 {
				t.Errorf("keys %x and %x", first, key)
			}
		}
		if n != 1 {
			t.Errorf("it is the turn of %d", n)
		}
		must(t, s.Exec(t.Context(), `UPDATE meta SET value = CAST(CAST(value AS BIGINT) - $1 AS TEXT) WHERE name = 'files_swept'`, (time.Hour+time.Minute).Milliseconds()))
		if mine, err := s.FilesTurn(t.Context(), time.Hour); err != nil || !mine {
			t.Errorf("after an hour: %v, %v", mine, err)
		}
	})
}
