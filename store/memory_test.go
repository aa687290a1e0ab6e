package store_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func entry(key, source, target string) chat.MemoryEntry {
	return chat.MemoryEntry{From: language.English, To: language.Spanish, Key: key, Source: source, Target: target, Origin: chat.MemoryCorrection, By: "Ann"}
}

// follower holds what a node knows of a site's memory.
type follower struct {
	place   chat.MemoryPlace
	entries map[string]chat.MemoryEntry // by id
	pieces  int
}

func (f *follower) read(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	for more := true; more; {
		n, err := s.MemorySince(t.Context(), "shop", f.place)
		must(t, err)
		if n.All || f.entries == nil {
			f.entries = map[string]chat.MemoryEntry{}
		}
		for _, e := range n.Entries {
			f.entries[e.ID] = e
		}
		f.place, more = n.Place, n.More
		f.pieces++
	}
	got := map[string]string{}
	for _, e := range f.entries {
		got[e.Source] = e.Target
	}
	return got
}

// TestMemory: what was remembered comes back, the same key once; who follows learns of every change, also that something is gone; another site has nothing of it.
func TestMemory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		other := chat.Site{Key: "other", Name: "Other", Language: language.English}
		must(t, s.AddSite(t.Context(), other))
		var f follower
		want := map[string]string{}
		check := func(what string) {
			t.Helper()
			if got := f.read(t, s); !maps.Equal(got, want) {
				t.Errorf("%s: a follower knows %v, want %v", what, got, want)
			}
			var fresh follower
			if got := fresh.read(t, s); !maps.Equal(got, want) {
				t.Errorf("%s: a newcomer knows %v, want %v", what, got, want)
			}
			if n, err := s.CountMemory(t.Context(), "shop"); err != nil || n != len(want) {
				t.Errorf("%s: %d entries, %v", what, n, err)
			}
		}
		check("at first")
		kept, err := s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("a", "A", "α"), entry("b", "B", "β"), entry("a", "A!", "α!")})
		must(t, err)
		if kept != (chat.Kept{Added: 2, Replaced: 1}) {
			t.Errorf("kept %+v", kept)
		}
		want = map[string]string{"A!": "α!", "B": "β"}
		check("two")
		long := strings.Repeat("long ", 800)
		_, err = s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry(long, "L", "λ"), entry(long+"x", "M", "μ")})
		must(t, err)
		want["L"], want["M"] = "λ", "μ"
		check("long keys")
		page, _, err := s.MemoryEntries(t.Context(), "shop", chat.MemoryFilter{Text: "λ"}, "", 0)
		must(t, err)
		if len(page) != 1 || page[0].By != "Ann" || page[0].From != language.English || page[0].Origin != chat.MemoryCorrection || page[0].At == 0 {
			t.Fatalf("found %+v", page)
		}
		if n, err := s.ForgetMemory(t.Context(), "other", []string{page[0].ID}); err != nil || n != 0 {
			t.Errorf("another site has forgotten %d, %v", n, err)
		}
		agree := func(there chat.MemoryEntry) error {
			if there != page[0] {
				t.Errorf("what is held against the wish is %+v, want %+v", there, page[0])
			}
			return nil
		}
		wantCode(t, s.ForgetEntry(t.Context(), "shop", page[0].ID, func(chat.MemoryEntry) error { return chat.Errorf(chat.Conflict, "It is another one.") }), chat.Conflict)
		wantCode(t, s.ForgetEntry(t.Context(), "other", page[0].ID, agree), chat.NotFound)
		check("all of them")
		must(t, s.ForgetEntry(t.Context(), "shop", page[0].ID, agree))
		if n, err := s.ForgetMemory(t.Context(), "shop", []string{page[0].ID, chat.NewID()}); err != nil || n != 0 {
			t.Errorf("forgotten %d, %v", n, err)
		}
		delete(want, "L")
		check("one less")
		if n, err := s.CountMemory(t.Context(), "other"); err != nil || n != 0 {
			t.Errorf("another site has %d entries, %v", n, err)
		}
		for _, e := range []chat.MemoryEntry{entry("b", "B", "another"), entry("c", "B", "β"), entry("b", "B", "β")} {
			e.Site = "shop"
			must(t, s.Unremember(t.Context(), e))
		}
		delete(want, "B")
		check("one taken back")
		if n, err := s.ForgetAllMemory(t.Context(), "shop"); err != nil || n != 2 {
			t.Errorf("forgotten %d, %v", n, err)
		}
		want = map[string]string{}
		check("nothing")
	})
}

// TestMemoryPieces: a memory larger than a piece is read whole, and in pages, each entry once.
func TestMemoryPieces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		var all []chat.MemoryEntry
		for i := range store.MemoryPiece + 10 {
			e := entry(fmt.Sprint(i), fmt.Sprintf("Line %d of 100%%_", i), "x")
			if i%2 == 0 {
				e.To = language.German
			}
			all = append(all, e)
		}
		_, err := s.Remember(t.Context(), "shop", all)
		must(t, err)
		var f follower
		if got := f.read(t, s); len(got) != len(all) || f.pieces != 2 {
			t.Errorf("%d entries in %d pieces", len(got), f.pieces)
		}
		for name, c := range map[string]struct {
			filter chat.MemoryFilter
			want   int
		}{
			"all": {chat.MemoryFilter{}, len(all)}, "pair": {chat.MemoryFilter{From: language.English, To: language.German}, len(all) / 2},
			"text": {chat.MemoryFilter{Text: "LINE 99"}, 11}, "signs": {chat.MemoryFilter{Text: "0%_"}, len(all)}, "none": {chat.MemoryFilter{Text: "e%o"}, 0},
		} {
			seen, after := map[string]bool{}, ""
			for {
				page, next, err := s.MemoryEntries(t.Context(), "shop", c.filter, after, 0)
				must(t, err)
				for _, e := range page {
					seen[e.ID] = true
				}
				if after = next; next == "" {
					break
				}
			}
			if len(seen) != c.want {
				t.Errorf("%s: %d entries, want %d", name, len(seen), c.want)
			}
		}
		_, _, err = s.MemoryEntries(t.Context(), "shop", chat.MemoryFilter{}, "12.x", 0)
		wantCode(t, err, chat.BadRequest)
	})
}

// TestMemoryLimits: a full memory, a site that wants none, and no site are refused, and nothing of a batch is kept then.
func TestMemoryLimits(t *testing.T) {
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "dragoman.db") },
		"postgres": func(t *testing.T) string { return storetest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), store.Options{Database: database(t), Create: true, MemoryEntries: 2, Terms: 2})
			must(t, err)
			defer s.Close()
			sh := newShop(t, s)
			_, err = s.Remember(t.Context(), "nowhere", []chat.MemoryEntry{entry("a", "A", "α")})
			wantCode(t, err, chat.NotFound)
			_, err = s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("a", "A", "α"), entry("b", "B", "β")})
			must(t, err)
			_, err = s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("a", "A", "x"), entry("c", "C", "γ")})
			wantCode(t, err, chat.Conflict)
			wantSentence(t, err, "1 more", "2 entries", "Remove some")
			wantRefused(t, err, chat.Refused{Reason: chat.RefusedMemoryFull, Limit: 2})
			_, err = s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("a", "A", "αα")}) // replacing is no growth
			must(t, err)
			var f follower
			if got := f.read(t, s); got["A"] != "αα" || len(got) != 2 {
				t.Errorf("kept %v", got)
			}
			_, err = s.PutTerms(t.Context(), "shop", []chat.Term{{Source: "a"}, {Source: "b"}, {Source: "c"}})
			wantCode(t, err, chat.Conflict)
			wantSentence(t, err, "no room for 3 more", "0 terms")
			wantRefused(t, err, chat.Refused{Reason: chat.RefusedFull, Limit: 2})
			for _, one := range []string{"a", "b"} {
				_, err = s.AddTerm(t.Context(), "shop", chat.Term{Source: one})
				must(t, err)
			}
			_, err = s.AddTerm(t.Context(), "shop", chat.Term{Source: "a"})
			wantRefused(t, err, chat.Refused{Reason: chat.RefusedThere})
			_, err = s.AddTerm(t.Context(), "shop", chat.Term{Source: "c"})
			wantRefused(t, err, chat.Refused{Reason: chat.RefusedFull, Limit: 2})
			_, err = s.PutTerms(t.Context(), "nowhere", []chat.Term{{Source: "a"}})
			wantCode(t, err, chat.NotFound)

			sh.site.Translating.NoMemory = true
			must(t, s.UpdateSite(t.Context(), sh.site))
			_, err = s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("a", "A", "α")})
			wantCode(t, err, chat.BadState)
			wantRefused(t, err, chat.Refused{Reason: chat.RefusedMemoryOff})
			must(t, s.RemoveSite(t.Context(), "shop"))
			_, err = s.MemorySince(t.Context(), "shop", chat.MemoryPlace{})
			wantCode(t, err, chat.NotFound)
		})
	}
}

// TestTerms: a glossary is kept by languages and source, and its revision tells whether it has changed.
func TestTerms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		none, rev, err := s.Terms(t.Context(), "shop", -1)
		must(t, err)
		if len(none) != 0 || none == nil {
			t.Errorf("at first: %v", none)
		}
		terms := []chat.Term{
			{From: language.English, To: language.Spanish, Source: "order", Target: "pedido"},
			{Source: "Acme", CaseSensitive: true},
			{From: language.English, To: language.Spanish, Source: "order", Target: "encargo", CaseSensitive: true},
		}
		kept, err := s.PutTerms(t.Context(), "shop", terms)
		must(t, err)
		if kept != (chat.Kept{Added: 2, Replaced: 1}) {
			t.Errorf("kept %+v", kept)
		}
		all, next, err := s.Terms(t.Context(), "shop", rev)
		must(t, err)
		if next == rev || len(all) != 2 || all[0].Source != "Acme" || all[0].From != language.Und || !all[0].CaseSensitive || all[1].Target != "encargo" {
			t.Errorf("rev %d, then %d: %+v", rev, next, all)
		}
		if same, again, err := s.Terms(t.Context(), "shop", next); err != nil || same != nil || again != next {
			t.Errorf("nothing has changed, and: %v %d %v", same, again, err)
		}
		refuse := chat.Errorf(chat.Conflict, "It is another one.")
		wantCode(t, s.RemoveTerm(t.Context(), "shop", all[0].ID, func(there chat.Term) error {
			if there != all[0] {
				t.Errorf("what is held against the wish is %+v, want %+v", there, all[0])
			}
			return refuse
		}), chat.Conflict)
		wantCode(t, s.RemoveTerm(t.Context(), "other", all[0].ID, func(chat.Term) error { return nil }), chat.NotFound)
		if n, err := s.RemoveTerms(t.Context(), "shop", []string{all[0].ID, "x"}); err != nil || n != 1 {
			t.Errorf("removed %d, %v", n, err)
		}
		if all, _, err = s.Terms(t.Context(), "shop", next); err != nil || len(all) != 1 {
			t.Errorf("left %v, %v", all, err)
		}
		must(t, s.RemoveTerm(t.Context(), "shop", all[0].ID, func(chat.Term) error { return nil }))
		if all, _, err = s.Terms(t.Context(), "shop", -1); err != nil || len(all) != 0 {
			t.Errorf("left in the end %v, %v", all, err)
		}
	})
}

// TestKnowledgeMoves: what people have translated goes into a backup and comes out of it, and goes along with a copy; who follows a site on the other
// side finds it.
func TestKnowledgeMoves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		_, err := s.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("a", "A", "α"), entry("b", "B", "β")})
		must(t, err)
		_, err = s.PutTerms(t.Context(), "shop", []chat.Term{{Source: "Acme"}})
		must(t, err)
		page, _, err := s.MemoryEntries(t.Context(), "shop", chat.MemoryFilter{}, "", 1)
		must(t, err)
		_, err = s.ForgetMemory(t.Context(), "shop", []string{page[0].ID})
		must(t, err)
		copied := filepath.Join(t.TempDir(), "copy.db")
		_, err = s.Copy(t.Context(), store.Options{Database: copied}, false)
		must(t, err)
		for name, moved := range map[string]*store.Store{
			"backup": restored(t, filepath.Join(t.TempDir(), "backup.db"), backup(t, s), false), "copy": storetest.Open(t, copied),
		} {
			var was, is follower
			if a, b := was.read(t, s), is.read(t, moved); !maps.Equal(a, b) || len(b) != 1 {
				t.Errorf("%s: %v became %v", name, a, b)
			}
			terms, _, err := moved.Terms(t.Context(), "shop", -1)
			must(t, err)
			if !slices.ContainsFunc(terms, func(e chat.Term) bool { return e.Source == "Acme" }) {
				t.Errorf("%s: the terms are %v", name, terms)
			}
			_, err = moved.Remember(t.Context(), "shop", []chat.MemoryEntry{entry("c", "C", "γ")})
			must(t, err)
			if got := is.read(t, moved); got["C"] != "γ" {
				t.Errorf("%s: later: %v", name, got)
			}
		}
	})
}

// TestMemorySearch: an entry is found by any part of it in whatever case, in every alphabet; what stands for anything in SQL stands for itself. Pages go on
// behind what does not fit.
func TestMemorySearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		entries := []chat.MemoryEntry{entry("1", "Über uns", "Где ЗАКАЗ?"), entry("2", "100% wool", "lana"), entry("3", "100 wool", "ÉTÉ")}
		for i := range 2 * store.MemoryPiece {
			entries = append(entries, entry(fmt.Sprint("other ", i), fmt.Sprint("other ", i), "otro"))
		}
		entries = append(entries, entry("4", "ÜBER alles", "sobre todo"))
		for begin := 0; begin < len(entries); begin += store.MemoryPiece {
			_, err := s.Remember(t.Context(), "shop", entries[begin:min(begin+store.MemoryPiece, len(entries))])
			must(t, err)
		}
		for text, want := range map[string][]string{
			"über": {"ÜBER alles", "Über uns"}, "Über uns": {"Über uns"}, "заказ": {"Über uns"}, "Заказ": {"Über uns"}, "été": {"100 wool"}, "100%": {"100% wool"}, "0_w": nil, "WOOL": {"100 wool", "100% wool"},
		} {
			got, after := []string(nil), ""
			for more := true; more; more = after != "" {
				page, next, err := s.MemoryEntries(t.Context(), "shop", chat.MemoryFilter{Text: text, From: language.English}, after, 1)
				must(t, err)
				for _, e := range page {
					got = append(got, e.Source)
				}
				after = next
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%q finds %q, not %q", text, got, want)
			}
		}
	})
}
