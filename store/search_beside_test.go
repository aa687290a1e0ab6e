package store_test

import (
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// TestSearchRemarks finds what agents have written down about somebody, as it is now, once: in his latest conversation, also when that one came later.
func TestSearchRemarks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		none := chat.SearchFilter{}
		first := d.append(t, d.says("", "hola")).Conversation
		d.indexed(t) // under the old state of things
		r, err := s.SetRemark(t.Context(), first, d.ann.ID, "Collects blue teapots.\nPays late.", 0)
		must(t, err)
		d.indexed(t)
		want(t, d.find(t, "teapot", none), "remark und Collects blue [teapot]s. Pays late.")
		resolved := chat.StateResolved
		d.change(t, first, chat.Change{By: d.ann.Participant(), State: &resolved})
		must(t, s.Exec(t.Context(), `UPDATE conversations SET resolved_at = 1, created_at = created_at - 1000 WHERE id = $1`, first))
		latest := d.append(t, d.says("", "otra vez")).Conversation
		if latest == first {
			t.Fatal("the conversation was opened again")
		}
		d.indexed(t)
		hits := d.hits(t, chat.SearchQuery{Text: "teapots late", Sites: []string{"shop"}, Everywhere: true, Reads: language.English})
		if len(hits) != 1 || hits[0].Conversation != latest || hits[0].Kind != chat.HitRemark || hits[0].Seq != 0 || hits[0].Author != nil || hits[0].Visitor.ID != d.visitor.ID {
			t.Errorf("found %+v", hits)
		}
		want(t, short(d.hits(t, chat.SearchQuery{Text: "teapots", Sites: []string{"other"}})))
		left, err := s.Int(t.Context(), `SELECT COUNT(*) FROM search_heads WHERE who LIKE '%@%'`)
		must(t, err)
		if left != 1 {
			t.Errorf("%d conversations are in the index with the text", left)
		}

		_, err = s.SetRemark(t.Context(), latest, d.bo.ID, "Collects plates", r.Rev)
		must(t, err)
		want(t, d.find(t, "teapots", none)) // before the index knows
		d.indexed(t)
		want(t, d.find(t, "teapots", none))
		want(t, d.find(t, "plates", none), "remark und Collects [plates]")
	})
}

// TestSearchFiles finds lines by what their files are called, and by what those show in their sender's words; also lines that an older program has indexed.
func TestSearchFiles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDesk(t, s)
		id := d.append(t, d.says("", "hola")).Conversation
		plain := d.talk(t, "shop", 5, "hola")
		named := func(name, alt string) chat.Post {
			f := d.sentUp(t, d.visitor.ID, "", func(f *chat.StoredFile) { f.Name = name })
			p := d.says(id, "")
			p.Attachments = []chat.SendFile{{ID: f.ID, Alt: alt}}
			return p
		}
		bill := d.append(t, named("Rechnung_2026-4711.pdf", "")).Message
		said := named("IMG_0815.jpg", "una tetera rota")
		said.Text = "mira esto"
		d.append(t, said)
		d.translated(t, id, 3, language.English, "look at this")

		d.indexed(t)
		d.findsFiles(t)
		hits := d.hits(t, chat.SearchQuery{Text: "rechnung", Sites: []string{"shop"}, Everywhere: true, Reads: language.English})
		if len(hits) != 1 || hits[0].Seq != bill.Seq || hits[0].Reads != nil || hits[0].Author == nil {
			t.Errorf("found %+v", hits)
		}
		hits = d.hits(t, chat.SearchQuery{Text: "tetera", Sites: []string{"shop"}, Everywhere: true, Reads: language.English})
		if len(hits) != 1 || hits[0].Reads == nil || hits[0].Reads.Text != "look at this" {
			t.Errorf("found %+v", hits)
		}

		// An older program has brought the index to where it is, and knew no files.
		must(t, s.Exec(t.Context(), `UPDATE search_heads SET named = 0`))
		for _, q := range []string{
			`DELETE FROM search_terms WHERE rowid IN (SELECT id FROM search_docs WHERE conversation = $1 AND seq > 1)`,
			`DELETE FROM search_docs WHERE conversation = $1 AND seq > 1`,
		} {
			if !strings.Contains(q, "search_terms") || !strings.HasPrefix(s.Describe(), "postgres") {
				must(t, s.Exec(t.Context(), q, id))
			}
		}
		want(t, d.find(t, "rechnung", chat.SearchFilter{}))
		d.indexed(t)
		d.findsFiles(t)
		n, err := s.Int(t.Context(), `SELECT named FROM search_heads WHERE conversation = $1`, plain)
		must(t, err)
		if n != 0 {
			t.Error("a conversation without files was indexed again")
		}
	})
}

func (d *desk) findsFiles(t *testing.T) {
	t.Helper()
	for query, hit := range map[string]string{
		"rechnung": "file es [Rechnung]_2026-4711.pdf",
		"4711":     "file es Rechnung_2026-[4711].pdf",
		"0815.jp":  "file es IMG_[0815.jp]g · una tetera rota",
		"tetera":   "file es IMG_0815.jpg · una [tetera] rota",
		"mira":     "original es [mira] esto",
		"look":     "translation en [look] at this",
	} {
		want(t, d.find(t, query, chat.SearchFilter{}), hit)
	}
	want(t, d.find(t, "mira rota", chat.SearchFilter{})) // in two texts
}
