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
		left, err := s.Int(t.Context(), `SELECT COUNT(*) FROM search_heads WHERE remarked <> ''`)
		must(t, err)
		if left != 1 {
			t.Errorf("%d conversations are in the index with the text", left)
		}

		_, err = s.SetRemark(t.Context(), latest, d.bo.ID, "Collects plates", r.Rev)
		must(t, err)
		want(t, d.find(t, "teapots", none)) // before the index knows
		d.indexed(t)
		want(t, d.find(t, "teapots", none))
		plates := func() []string { return d.find(t, "plates", none) }
		want(t, plates(), "remark und Collects [plates]")

		// An older program indexes it anew without the text, because he has another name, or somebody else has the conversation.
		must(t, s.Exec(t.Context(), `UPDATE visitors SET name = 'Olga' WHERE id = $1`, d.visitor.ID))
		d.indexedByOlder(t, s, latest, "", 0, 0, 0)
		want(t, plates())
		d.indexed(t)
		want(t, plates(), "remark und Collects [plates]")
		d.change(t, latest, chat.Change{By: d.ann.Participant(), Assignee: &d.ann.ID})
		d.indexedByOlder(t, s, latest, d.ann.ID, 0, 0, 0)
		want(t, plates())
		d.indexed(t)
		want(t, plates(), "remark und Collects [plates]")
		d.settled(t, s)
	})
}

// indexedByOlder leaves a conversation as a program does that knows neither files nor remarks: up to its head, less some, and without the documents of these lines.
func (d *desk) indexedByOlder(t *testing.T, s *store.Store, conversation, agents string, less, firstSeq, lastSeq int64) {
	t.Helper()
	must(t, s.Exec(t.Context(), `UPDATE search_heads SET agents = $2, head = (SELECT c.head - $3 FROM conversations c WHERE c.id = conversation),
who = (SELECT v.name || ' ' || v.email || ' ' || c.language FROM conversations c JOIN visitors v ON v.id = c.visitor WHERE c.id = conversation)
WHERE conversation = $1`, conversation, agents, less))
	of := ` WHERE conversation = $1 AND seq BETWEEN $2 AND $3`
	if !strings.HasPrefix(s.Describe(), "postgres") {
		must(t, s.Exec(t.Context(), `DELETE FROM search_terms WHERE rowid IN (SELECT id FROM search_docs`+of+`)`, conversation, firstSeq, lastSeq))
	}
	must(t, s.Exec(t.Context(), `DELETE FROM search_docs`+of, conversation, firstSeq, lastSeq))
}

// settled holds that neither this program nor an older one, whose question this is, finds anything to do.
func (d *desk) settled(t *testing.T, s *store.Store) {
	t.Helper()
	n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM conversations c JOIN visitors v ON v.id = c.visitor LEFT JOIN search_heads h ON h.conversation = c.id
WHERE h.head IS NULL OR h.head <> c.head OR h.who <> v.name || ' ' || v.email || ' ' || c.language`)
	must(t, err)
	if n != 0 {
		t.Errorf("an older program would index %d conversations again", n)
	}
	odd, err := d.index.Odd(t.Context())
	must(t, err)
	want(t, odd)
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

		none := chat.SearchFilter{}
		number := func(query, id string) int64 {
			t.Helper()
			n, err := s.Int(t.Context(), query, id)
			must(t, err)
			return n
		}
		d.settled(t, s)

		// An older program has brought the index to where it is, and knew no files.
		must(t, s.Exec(t.Context(), `UPDATE search_heads SET whole = ''`))
		d.indexedByOlder(t, s, id, "", 0, 2, 3)
		want(t, d.find(t, "rechnung", none))
		d.indexed(t)
		d.findsFiles(t)
		d.settled(t, s)
		if number(`SELECT COUNT(*) FROM search_heads WHERE whole = '' AND conversation = $1`, plain) != 1 {
			t.Error("a conversation without files was indexed again")
		}

		// It writes all of a conversation again when an agent takes it, also what a newer one had written before.
		d.change(t, id, chat.Change{By: d.ann.Participant(), Assignee: &d.ann.ID})
		d.indexedByOlder(t, s, id, d.ann.ID, 0, 2, 3)
		want(t, d.find(t, "rechnung", none))
		d.indexed(t)
		d.findsFiles(t)
		d.settled(t, s)

		// It begins at the first line then, and may just be where the newer one was.
		head := `SELECT head FROM conversations WHERE id = $1`
		was := number(head, id)
		d.change(t, id, chat.Change{By: d.bo.Participant(), Assignee: &d.bo.ID})
		d.indexedByOlder(t, s, id, d.ann.ID+" "+d.bo.ID, number(head, id)-was, 2, 3)
		want(t, d.find(t, "rechnung", none))
		d.indexed(t)
		d.findsFiles(t)
		d.settled(t, s)
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
