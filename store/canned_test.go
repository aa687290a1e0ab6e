package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// keyed makes keys of entries as the translator does, but simpler.
func keyed(e *chat.MemoryEntry) error {
	if e.Source == "12345" {
		return chat.Errorf(chat.BadRequest, "There is nothing to remember.")
	}
	e.Key = "key of " + e.Source
	return e.Check()
}

func put(tag language.Tag, text, by string) func(*chat.Canned) error {
	return func(c *chat.Canned) error { return c.Put(chat.CannedText{Language: tag, Text: text, By: by}) }
}

func approve(tag language.Tag, by string) func(*chat.Canned) error {
	return func(c *chat.Canned) error { return c.Approve(tag, by) }
}

// eachKeyed runs a test with both databases, whose canned replies go into the memory.
func eachKeyed(t *testing.T, test func(t *testing.T, s *store.Store)) {
	for name, where := range map[string]func() string{"sqlite": func() string { return t.TempDir() + "/x.db" }, "postgres": func() string { return storetest.PostgresURL(t) }} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), store.Options{Database: where(), Create: true, MemoryKey: keyed, Log: zerolog.Nop()})
			must(t, err)
			t.Cleanup(func() { s.Close() })
			must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.English}))
			test(t, s)
		})
	}
}

// TestCannedInMemory: approved texts are entries for each pair of their languages, drafts are none, and what is changed, removed or refused is none any more.
func TestCannedInMemory(t *testing.T) {
	eachKeyed(t, func(t *testing.T, s *store.Store) {
		change := func(f func(*chat.Canned) error) chat.Canned {
			t.Helper()
			c, err := s.ChangeCanned(t.Context(), "alma", "thanks", f)
			must(t, err)
			return c
		}
		remembers := func(want ...string) {
			t.Helper()
			page, _, err := s.MemoryEntries(t.Context(), "alma", chat.MemoryFilter{}, "", 0)
			must(t, err)
			var got []string
			for _, e := range page {
				got = append(got, fmt.Sprintf("%s>%s %s=%s %s %s", e.From, e.To, e.Source, e.Target, e.Origin, e.By))
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("the memory has %q, want %q", got, want)
			}
		}
		change(put(language.English, "thank you", "Ann"))
		change(put(language.Spanish, "gracias", "deepl"))
		c := change(approve(language.English, "Ann"))
		if len(c.Texts) != 2 || c.Texts[0].State != chat.CannedApproved || c.Texts[1].State != chat.CannedDraft || c.Texts[1].By != "deepl" || c.Texts[0].At == 0 {
			t.Fatalf("%+v", c)
		}
		remembers()
		change(approve(language.Spanish, "Bea"))
		both := []string{"en>es thank you=gracias canned Bea", "es>en gracias=thank you canned Ann"}
		remembers(both...)
		before, err := s.MemorySince(t.Context(), "alma", chat.MemoryPlace{})
		must(t, err)
		change(approve(language.Spanish, "Bea"))
		change(put(language.Spanish, "gracias", "Ann")) // says the same: still approved
		remembers(both...)

		// Somebody has corrected one since: it is his.
		_, err = s.Remember(t.Context(), "alma", []chat.MemoryEntry{{From: language.English, To: language.Spanish, Source: "thank you", Target: "muchas gracias", Origin: chat.MemoryCorrection, By: "Carl", Key: "key of thank you"}})
		must(t, err)
		if c = change(put(language.Spanish, "mil gracias", "Ann")); c.Texts[1].State != chat.CannedDraft {
			t.Fatalf("a changed text is approved: %+v", c)
		}
		remembers("en>es thank you=muchas gracias correction Carl")
		if news, err := s.MemorySince(t.Context(), "alma", before.Place); err != nil || !news.All {
			t.Fatalf("servers are not told that something went: %+v, %v", news, err)
		}
		change(approve(language.Spanish, "Bea"))
		remembers("en>es thank you=mil gracias canned Bea", "es>en mil gracias=thank you canned Ann")
		change(func(c *chat.Canned) error { return c.Remove(language.English) })
		remembers()
		if c = change(func(c *chat.Canned) error { c.Texts = nil; return nil }); len(c.Texts) != 0 {
			t.Fatalf("%+v", c)
		}
		all, err := s.Canned(t.Context(), "alma")
		must(t, err)
		if len(all) != 0 {
			t.Fatalf("%+v", all)
		}
	})
}

// TestCannedRenamed: a reply with another name has its texts, approved as they were, and its entries in the memory; a name that is taken is refused, and nothing changes.
func TestCannedRenamed(t *testing.T) {
	eachKeyed(t, func(t *testing.T, s *store.Store) {
		for _, name := range []string{"thanks", "bye"} {
			_, err := s.ChangeCanned(t.Context(), "alma", name, func(c *chat.Canned) error {
				return errors.Join(put(language.English, name, "Ann")(c), put(language.Spanish, name+"-es", "Ann")(c), approve(language.English, "Ann")(c), approve(language.Spanish, "Ann")(c))
			})
			must(t, err)
		}
		before, err := s.Canned(t.Context(), "alma")
		must(t, err)
		for _, c := range []struct {
			name, to string
			code     chat.Code
		}{{"thanks", "bye", chat.Conflict}, {"nothing", "wait", chat.NotFound}, {"thanks", "thanks", ""}} {
			if _, err := s.RenameCanned(t.Context(), "alma", c.name, c.to); chat.CodeOf(err) != c.code {
				t.Fatalf("%s to %s: %v", c.name, c.to, err)
			}
		}
		if _, err := s.RenameCanned(t.Context(), "nobody", "thanks", "wait"); chat.CodeOf(err) != chat.NotFound {
			t.Fatalf("at a site that is not there: %v", err)
		}
		one, err := s.RenameCanned(t.Context(), "alma", "thanks", "wait")
		must(t, err)
		if one.Name != "wait" || !slices.Equal(one.Texts, before[1].Texts) {
			t.Fatalf("%+v", one)
		}
		after, err := s.Canned(t.Context(), "alma")
		must(t, err)
		if len(after) != 2 || after[0].Name != "bye" || after[1].Name != "wait" || !slices.Equal(after[1].Texts, before[1].Texts) {
			t.Fatalf("%+v", after)
		}
		if n, err := s.CountMemory(t.Context(), "alma"); err != nil || n != 4 {
			t.Fatalf("%d entries, %v", n, err)
		}
	})
}

// TestCannedTwice: what two canned replies say alike stays in the memory until the last of them goes.
func TestCannedTwice(t *testing.T) {
	eachKeyed(t, func(t *testing.T, s *store.Store) {
		both := func(name, es string) {
			t.Helper()
			_, err := s.ChangeCanned(t.Context(), "alma", name, func(c *chat.Canned) error {
				return errors.Join(put(language.English, "thank you", "Ann")(c), put(language.Spanish, es, "Ann")(c), approve(language.English, "Ann")(c), approve(language.Spanish, "Ann")(c))
			})
			must(t, err)
		}
		remove := func(name string, want ...string) {
			t.Helper()
			_, err := s.ChangeCanned(t.Context(), "alma", name, func(c *chat.Canned) error { c.Texts = nil; return nil })
			must(t, err)
			page, _, err := s.MemoryEntries(t.Context(), "alma", chat.MemoryFilter{}, "", 0)
			must(t, err)
			var got []string
			for _, e := range page {
				got = append(got, e.Source+"="+e.Target)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("without %s the memory has %q, want %q", name, got, want)
			}
		}
		both("bye", "gracias")
		both("thanks", "gracias")
		remove("thanks", "gracias=thank you", "thank you=gracias")
		both("thanks", "mil gracias") // another translation of the same text: it is the one of today
		remove("thanks", "gracias=thank you", "thank you=gracias")
		remove("bye")
	})
}

// TestCannedNotInMemory: texts with variables, texts that are no entries, and those of a site without a memory are approved all the same.
func TestCannedNotInMemory(t *testing.T) {
	eachKeyed(t, func(t *testing.T, s *store.Store) {
		both := func(name, en, es string) {
			t.Helper()
			_, err := s.ChangeCanned(t.Context(), "alma", name, func(c *chat.Canned) error {
				return errors.Join(put(language.English, en, "Ann")(c), put(language.Spanish, es, "Ann")(c), approve(language.English, "Ann")(c), approve(language.Spanish, "Ann")(c))
			})
			must(t, err)
		}
		both("hello", "hello {name}", "hola {name}")
		both("number", "12345", "54321")
		if n, err := s.CountMemory(t.Context(), "alma"); err != nil || n != 1 { // of 54321
			t.Fatalf("%d entries, %v", n, err)
		}
		_, err := s.ChangeSite(t.Context(), "alma", func(x *chat.Site) error { x.Translating.NoMemory = true; return nil })
		must(t, err)
		both("bye", "goodbye", "adiós")
		if n, err := s.CountMemory(t.Context(), "alma"); err != nil || n != 1 {
			t.Fatalf("%d entries, %v", n, err)
		}
		all, err := s.Canned(t.Context(), "alma")
		must(t, err)
		if len(all) != 3 || all[0].Name != "bye" || all[2].Name != "number" || len(all[1].Texts) != 2 {
			t.Fatalf("%+v", all)
		}
	})
}

// TestCannedRefused: what is refused changes nothing.
func TestCannedRefused(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Database: t.TempDir() + "/x.db", Create: true, Canned: 1, MemoryEntries: 1, MemoryKey: keyed, Log: zerolog.Nop()})
	must(t, err)
	defer s.Close()
	must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.English}))
	_, err = s.ChangeCanned(t.Context(), "nowhere", "x", put(language.English, "x", "Ann"))
	wantCode(t, err, chat.NotFound)
	_, err = s.Canned(t.Context(), "nowhere")
	wantCode(t, err, chat.NotFound)
	_, err = s.ChangeCanned(t.Context(), "alma", "one", put(language.English, "one", "Ann"))
	must(t, err)
	_, err = s.ChangeCanned(t.Context(), "alma", "two", put(language.English, "two", "Ann"))
	wantCode(t, err, chat.Conflict)
	_, err = s.ChangeCanned(t.Context(), "alma", "one", put(language.Spanish, "uno {nombre}", "Ann"))
	wantCode(t, err, chat.BadRequest)
	_, err = s.ChangeCanned(t.Context(), "alma", "one", put(language.Spanish, "uno", "Ann"))
	must(t, err)
	_, err = s.ChangeCanned(t.Context(), "alma", "one", approve(language.English, "Ann"))
	must(t, err)
	_, err = s.ChangeCanned(t.Context(), "alma", "one", approve(language.Spanish, "Ann")) // two entries, and there is room for one
	wantCode(t, err, chat.Conflict)
	_, err = s.ChangeCanned(t.Context(), "alma", "one", approve(language.German, "Ann"))
	wantCode(t, err, chat.NotFound)
	all, err := s.Canned(t.Context(), "alma")
	must(t, err)
	if len(all) != 1 || all[0].Texts[1].State != chat.CannedDraft {
		t.Fatalf("%+v", all)
	}
}
