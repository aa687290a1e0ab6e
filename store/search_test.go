package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// desk is a shop with an index.
type desk struct {
	*shop
	index *store.Indexer
}

func newDesk(t testing.TB, s *store.Store) *desk {
	return &desk{newShop(t, s), store.NewIndexer(store.IndexerOptions{Store: s})}
}

func (d *desk) indexed(t testing.TB) {
	t.Helper()
	must(t, d.index.CatchUp(t.Context()))
}

// find searches everywhere, for an agent who reads English, and reads all pages. It returns the hits in short.
func (d *desk) find(t testing.TB, text string, f chat.SearchFilter) []string {
	t.Helper()
	return short(d.hits(t, chat.SearchQuery{Text: text, Sites: []string{"shop", "other"}, Everywhere: true, Filter: f, Reads: language.English, Limit: 3}))
}

func (d *desk) hits(t testing.TB, q chat.SearchQuery) []chat.SearchHit {
	t.Helper()
	var all []chat.SearchHit
	for {
		page, err := d.Search(t.Context(), q)
		must(t, err)
		if all = append(all, page.Hits...); page.Next == "" {
			return all
		}
		q.After = page.Next
	}
}

// short is what a hit shows, with brackets around what is marked.
func short(hits []chat.SearchHit) []string {
	all := []string{}
	for _, h := range hits {
		units := utf16.Encode([]rune(h.Found.Text))
		var b strings.Builder
		at := 0
		for _, m := range h.Found.Marks {
			b.WriteString(string(utf16.Decode(units[at:m.From])) + "[" + string(utf16.Decode(units[m.From:m.To])) + "]")
			at = m.To
		}
		all = append(all, fmt.Sprintf("%s %s %s", h.Kind, h.Found.Language, b.String()+string(utf16.Decode(units[at:]))))
	}
	return all
}

func want(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func (d *desk) translated(t testing.TB, conversation string, seq int64, to language.Tag, text string) {
	t.Helper()
	_, err := d.Retranslate(t.Context(), conversation, seq, to)
	must(t, err)
	_, err = d.SetTranslation(t.Context(), conversation, seq, to, chat.Translation{Text: text, State: chat.TranslationDone, By: chat.By{Kind: chat.ByEngine, Name: "e"}, Quality: chat.QualityFull})
	must(t, err)
}

// TestSearch finds originals, translations, notes and names, the newest first, in what people write all over the world: on both databases the same.
func TestSearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		id := d.append(t, d.says("", "¿Tienen tazas azules? Mi pedido es #4711 / AB-12-34.")).Conversation
		d.translated(t, id, 1, language.English, "Do you have blue cups? My order is #4711 / AB-12-34.")
		answer := d.append(t, d.answers(d.ann, id, "Yes, in all sizes 😀 blue.")).Message
		d.translated(t, id, answer.Seq, language.Spanish, "Sí, de todos los tamaños 😀 azules.")
		note := d.answers(d.ann, id, "He wants a blue refund")
		note.Kind = chat.MessageNote
		d.append(t, note)
		for _, text := range []string{"我想要一个蓝色的杯子。", "東京タワーのカップはありますか", "배송이 언제 되나요?", "มีถ้วยสีฟ้าไหม", "أين الكِتابُ الأزرق؟"} {
			d.append(t, d.says(id, text))
		}
		name, mail := "Lucía García", "lucia@shop.example"
		d.hear(t, d.visitor.ID, chat.Hearsay{Name: &name, Email: &mail})
		d.indexed(t)
		none := chat.SearchFilter{}

		want(t, d.find(t, "blue", none), "note en He wants a [blue] refund", "original en Yes, in all sizes 😀 [blue].", "translation en Do you have [blue] cups? My order is #4711 / AB-12-34.")
		want(t, d.find(t, "BLU cups", none)) // only the last word may be half
		want(t, d.find(t, "cups blu", none), "translation en Do you have [blu]e [cups]? My order is #4711 / AB-12-34.")
		want(t, d.find(t, "tamanos", none), "translation es Sí, de todos los [tamaños] 😀 azules.")
		want(t, d.find(t, "azul", none), "translation es Sí, de todos los tamaños 😀 [azul]es.", "original es ¿Tienen tazas [azul]es? Mi pedido es #4711 / AB-12-34.")
		for _, number := range []string{"#4711", "4711", "711", "AB-12-34", "ab 12", "12-34"} {
			if got := d.find(t, number, none); len(got) != 1 || !strings.HasPrefix(got[0], "translation en ") {
				t.Errorf("%s: %q", number, got)
			}
		}
		want(t, d.find(t, "蓝色的杯", none), "original es 我想要一个[蓝色的杯]子。")
		want(t, d.find(t, "杯", none), "original es 我想要一个蓝色的[杯]子。")
		want(t, d.find(t, "子", none), "original es 我想要一个蓝色的杯[子]。")
		want(t, d.find(t, "蓝杯", none))
		want(t, d.find(t, "たわー", none), "original es 東京[タワー]のカップはありますか")
		want(t, d.find(t, "언제", none), "original es 배송이 [언제] 되나요?")
		want(t, d.find(t, "สีฟ้า", none), "original es มีถ้วย[สีฟ้า]ไหม")
		want(t, d.find(t, "كتاب ", none), "original es أين [الكِتابُ] الأزرق؟")
		want(t, d.find(t, "الازرق", none), "original es أين الكِتابُ ال[أزرق]؟")
		want(t, d.find(t, "lucia gar", none), "name und [Lucía] [Gar]cía · [lucia]@shop.example")
		want(t, d.find(t, "lucia@shop.example", none), "name und Lucía García · [lucia@shop.example]")
		for _, odd := range []string{"", " ", "👍", `"`, `"blue" OR NOT (`, "blue* AND", "a:b", "'; DROP TABLE messages; --", "terms:blue", `\`, "^", "(((", "NEAR(blue cups)", "\x00", "\xff", strings.Repeat("blue ", 40)} {
			d.find(t, odd, none) // no error
		}
		hits := d.hits(t, chat.SearchQuery{Text: "tamanos", Sites: []string{"shop", "other"}, Everywhere: true, Reads: language.English})
		if h := hits[0]; h.Conversation != id || h.Seq != answer.Seq || h.Site != "shop" || h.At != answer.At || h.Visitor.Name != name || h.Author.ID != d.ann.ID ||
			h.State != chat.StateOpen || h.Reads == nil || h.Reads.Text != answer.Text || len(h.Reads.Marks) > 0 {
			t.Errorf("the hit %+v", h)
		}
	})
}

// TestSearchTime: a search that takes too long is ended, and says what to do.
func TestSearchTime(t *testing.T) {
	databases := map[string]string{"sqlite": filepath.Join(t.TempDir(), "dragoman.db"), "postgres": storetest.PostgresURL(t)}
	for name, database := range databases {
		s, err := store.Open(t.Context(), store.Options{Database: database, Create: true, Server: true, SearchTime: time.Nanosecond})
		must(t, err)
		newDesk(t, s)
		if _, err := s.Search(t.Context(), chat.SearchQuery{Text: "cup", Sites: []string{"shop"}}); chat.CodeOf(err) != chat.Unavailable || !strings.Contains(err.Error(), "one more word") {
			t.Errorf("%s: %v", name, err)
		}
		must(t, s.Close())
	}
}

// TestSearchFilters narrows by site, language, agent and time, and never leaves the sites that are named.
func TestSearchFilters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		must(t, s.AddSite(t.Context(), chat.Site{Key: "other", Name: "Other", Language: language.English}))
		first := d.append(t, d.says("", "apples and pears")).Conversation
		d.append(t, d.answers(d.bo, first, "Äpfel, apples"))
		other := d.talk(t, "other", 1, "apples elsewhere")
		d.change(t, other, chat.Change{By: d.ann.Participant(), Assignee: &d.ann.ID})
		brazil := d.says(first, "apples do Brasil")
		brazil.Language = language.BrazilianPortuguese
		d.append(t, brazil)
		at := []chat.Time{1000, 2000, 3000, 4000}
		for i, text := range []string{"apples and pears", "Äpfel, apples", "apples elsewhere", "apples do Brasil"} {
			must(t, s.Exec(t.Context(), `UPDATE messages SET at = $2 WHERE text = $1`, text, int64(at[i])))
		}
		d.indexed(t)
		everything := []string{"original pt-BR [apples] do Brasil", "original es [apples] elsewhere", "original de Äpfel, [apples]", "original es [apples] and pears"}
		for _, c := range []struct {
			f    chat.SearchFilter
			want []int
		}{
			{chat.SearchFilter{}, []int{0, 1, 2, 3}},
			{chat.SearchFilter{Language: "es"}, []int{1, 3}},
			{chat.SearchFilter{Language: "pt"}, []int{0}},
			{chat.SearchFilter{Language: "pt-BR"}, []int{0}},
			{chat.SearchFilter{Language: "pt-PT"}, nil},
			{chat.SearchFilter{Agent: d.bo.ID}, []int{0, 2, 3}},
			{chat.SearchFilter{Agent: d.ann.ID}, []int{1}},
			{chat.SearchFilter{From: 2000, To: 4000}, []int{1, 2}},
			{chat.SearchFilter{To: 1000}, nil},
			{chat.SearchFilter{From: 4000}, []int{0}},
			{chat.SearchFilter{Agent: d.bo.ID, Language: "de", From: 1, To: 9000}, []int{2}},
		} {
			var expect []string
			for _, i := range c.want {
				expect = append(expect, everything[i])
			}
			want(t, d.find(t, "apples", c.f), expect...)
		}
		for _, c := range []struct {
			sites []string
			n     int
		}{{nil, 0}, {[]string{"other"}, 1}, {[]string{"shop"}, 3}, {[]string{"shop", "other"}, 4}, {[]string{"unknown"}, 0}} {
			if got := d.hits(t, chat.SearchQuery{Text: "apples", Sites: c.sites, Limit: 1}); len(got) != c.n {
				t.Errorf("in %v: %q", c.sites, short(got))
			}
		}
		_, err := s.Search(t.Context(), chat.SearchQuery{Text: "apples", Sites: []string{"shop"}, After: "x"})
		wantCode(t, err, chat.BadRequest)
	})
}

// TestSearchFollows: what changes in a line, a name, a conversation changes what is found, also where an index knows nothing of it yet.
func TestSearchFollows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		none := chat.SearchFilter{}
		id := d.append(t, d.says("", "una taza verde")).Conversation
		d.indexed(t)
		d.indexed(t) // again: nothing is there twice
		want(t, d.find(t, "verde", none), "original es una taza [verde]")
		want(t, d.find(t, "green", none))

		d.translated(t, id, 1, language.English, "a green cup")
		d.indexed(t)
		want(t, d.find(t, "green", none), "translation en a [green] cup")
		_, err := s.Correct(t.Context(), id, 1, language.English, chat.Translation{Text: "an olive mug", State: chat.TranslationDone, By: chat.By{Kind: chat.ByAgent, Name: "Ann"}})
		must(t, err)
		want(t, d.find(t, "green", none)) // before the index knows
		d.indexed(t)
		want(t, d.find(t, "green", none))
		want(t, d.find(t, "olive", none), "translation en an [olive] mug")

		// Who takes part, who it is, and in which language he reads, is in every line.
		want(t, d.find(t, "verde", chat.SearchFilter{Agent: d.ann.ID}))
		d.append(t, d.answers(d.ann, id, "Sure"))
		d.indexed(t)
		want(t, d.find(t, "verde", chat.SearchFilter{Agent: d.ann.ID}), "original es una taza [verde]")
		for _, name := range []string{"Ana Pérez", "Berta"} {
			d.hear(t, d.visitor.ID, chat.Hearsay{Name: &name})
			d.indexed(t)
		}
		want(t, d.find(t, "perez", none))
		want(t, d.find(t, "berta", none), "name und [Berta]")

		// Somebody signs in as a person who is known.
		old := [32]byte{9, 9}
		v, err := s.AddVisitor(t.Context(), chat.NewVisitor{Site: "shop", Token: old, Language: language.Spanish})
		must(t, err)
		p := d.says("", "un plato roto")
		p.Author = v.Participant
		moved := d.append(t, p).Conversation
		d.indexed(t)
		d.identify(t, chat.Identify{Subject: "c1", Profile: chat.Profile{Name: "Carla Ruiz"}, New: chat.NewVisitor{Site: "shop", Token: [32]byte{8, 1}}})
		d.identify(t, chat.Identify{Subject: "c1", Profile: chat.Profile{Name: "Carla Ruiz"}, Old: &old, New: chat.NewVisitor{Site: "shop", Token: [32]byte{8, 2}}})
		d.indexed(t)
		if got := d.hits(t, chat.SearchQuery{Text: "carla", Sites: []string{"shop", "other"}, Everywhere: true}); len(got) != 1 || got[0].Conversation != moved {
			t.Errorf("the person is in %q", short(got))
		}

		must(t, s.Exec(t.Context(), `UPDATE messages SET erased = TRUE, text = '', translations = '{}' WHERE conversation = $1 AND seq = 1`, id))
		want(t, d.find(t, "olive", none))
		must(t, s.Exec(t.Context(), `UPDATE messages SET revised = TRUE, rev = (SELECT head + 1 FROM conversations WHERE id = $1) WHERE conversation = $1 AND seq = 1`, id))
		must(t, s.Exec(t.Context(), `UPDATE conversations SET head = head + 1 WHERE id = $1`, id))
		d.indexed(t)
		gone, err := s.Int(t.Context(), `SELECT COUNT(*) FROM search_docs WHERE conversation = $1 AND seq = 1`, id)
		must(t, err)
		if gone != 0 {
			t.Error("an erased line is in the index")
		}
		for _, table := range []string{"messages", "participants", "conversations"} {
			column := "conversation"
			if table == "conversations" {
				column = "id"
			}
			must(t, s.Exec(t.Context(), `DELETE FROM `+table+` WHERE `+column+` = $1`, id))
		}
		want(t, d.find(t, "sure", none))
		d.indexed(t)
		left, err := s.Int(t.Context(), `SELECT (SELECT COUNT(*) FROM search_docs WHERE conversation = $1) + (SELECT COUNT(*) FROM search_heads WHERE conversation = $1)`, id)
		must(t, err)
		if left != 0 {
			t.Errorf("%d rows of an erased conversation are in the index", left)
		}
	})
}

// TestIndexersAtOnce: several nodes index what is being said, one ends and forgets what it knew, and in the end every line is there once.
func TestIndexersAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		ctx, end := context.WithCancel(t.Context())
		var running sync.WaitGroup
		nodes := make([]*store.Indexer, 3)
		for i := range nodes {
			nodes[i] = store.NewIndexer(store.IndexerOptions{Store: s, Every: time.Millisecond, ScanEvery: time.Millisecond})
			running.Go(func() {
				if err := nodes[i].Run(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		const talks, lines = 6, 20
		ids := make([]string, talks)
		for i := range ids {
			ids[i] = d.talk(t, "shop", i, "word 0 everywhere")
		}
		together(t, talks, func(i int) error {
			for n := range lines - 1 {
				p := d.answers(d.ann, ids[i], fmt.Sprint("word ", n+1, " everywhere"))
				if _, err := s.Append(ctx, p); err != nil {
					return err
				}
				nodes[n%2].Tell(ids[i]) // the third finds out by itself
			}
			return nil
		})
		until(t, "everything is found", func() bool { return len(d.find(t, "everywhere", chat.SearchFilter{})) == talks*lines })
		end()
		running.Wait()
		d.append(t, d.answers(d.ann, ids[0], "said while nobody indexed"))
		d.indexed(t)
		want(t, d.find(t, "nobody", chat.SearchFilter{}), "original en said while [nobody] indexed")
		docs, err := s.Int(t.Context(), `SELECT COUNT(*) FROM search_docs`)
		must(t, err)
		if docs != talks*(lines+1)+1 {
			t.Errorf("%d documents of %d lines and %d names", docs, talks*lines+1, talks)
		}
	})
}

// TestFreshLinesFirst: while everything is indexed for the first time, what is said meanwhile waits for one piece of that and no more.
func TestFreshLinesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		const talks = 100
		for i := range talks {
			d.talk(t, "shop", i, "said long ago")
		}
		round := d.index.Rounds()
		for range 2 { // it has compared all conversations, and indexed some
			_, err := round(t.Context(), true)
			must(t, err)
		}
		fresh := d.talk(t, "shop", talks, "said just now")
		d.index.Tell(fresh)
		_, err := round(t.Context(), true)
		must(t, err)
		want(t, d.find(t, "now", chat.SearchFilter{}), "original es said just [now]")
		if n := len(d.find(t, "ago", chat.SearchFilter{})); n == 0 || n == talks {
			t.Errorf("%d of %d old lines are in the index", n, talks)
		}
		for walking := true; walking; {
			walking, err = round(t.Context(), false)
			must(t, err)
		}
		if n := len(d.find(t, "ago", chat.SearchFilter{})); n != talks {
			t.Errorf("%d of %d old lines are in the index in the end", n, talks)
		}
	})
}

// TestIndexInOtherCollations: a walk through everything finds what nobody has told of, and what is gone, however a database of PostgreSQL sorts texts. In most
// collations, other than in C, signs come before digits and letters.
func TestIndexInOtherCollations(t *testing.T) {
	s := storetest.Postgres(t)
	for _, column := range []string{"conversations ALTER COLUMN id", "search_heads ALTER COLUMN conversation"} {
		must(t, s.Exec(t.Context(), `ALTER TABLE `+column+` TYPE TEXT COLLATE "en-x-icu"`))
	}
	d := newDesk(t, s)
	d.append(t, d.says("", "said before there was an index"))
	d.indexed(t)
	want(t, d.find(t, "before", chat.SearchFilter{}), "original es said [before] there was an index")
	must(t, s.Exec(t.Context(), `INSERT INTO search_heads (conversation, head, seq, who, agents) VALUES ('0197c000-0000-7000-8000-000000000000', 1, 0, '', '')`))
	d.indexed(t)
	if n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM search_heads`); n != 1 || err != nil {
		t.Errorf("%d conversations are in the index, %v", n, err)
	}
}

// until waits for a state.
func until(t testing.TB, what string, there func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for tick := time.NewTicker(5 * time.Millisecond); !there(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// TestSearchPages: a page of what is everywhere does not lose or repeat a hit, and a search through much that does not match ends, with a place to go on from.
func TestSearchPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		id := d.append(t, d.says("", "the beginning of all")).Conversation
		const lines = 700
		for i := range lines {
			// The index has both halves in each, and no line has them side by side.
			d.append(t, d.says(id, fmt.Sprintf("东京 %d 京都", i)))
		}
		d.indexed(t)
		seen := map[int64]bool{}
		for _, h := range d.hits(t, chat.SearchQuery{Text: "东", Sites: []string{"shop"}, Everywhere: true}) {
			if seen[h.Seq] {
				t.Errorf("line %d is there twice", h.Seq)
			}
			seen[h.Seq] = true
		}
		if len(seen) != lines {
			t.Errorf("%d of %d lines", len(seen), lines)
		}
		q := chat.SearchQuery{Text: "东京都", Sites: []string{"shop"}, Everywhere: true}
		want(t, short(d.hits(t, q)))
		// The oldest is found behind all others, by the beginning of a word.
		want(t, d.find(t, "be", chat.SearchFilter{}), "original es the [be]ginning of all")
	})
}
