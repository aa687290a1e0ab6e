package store

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"dragoman/chat"
	"dragoman/store/words"

	"golang.org/x/text/language"
)

const (
	// remarkHere is what agents have written down about a visitor, in his latest conversation; in the others it is empty.
	remarkHere = `CASE WHEN v.remark = '' OR EXISTS (SELECT 1 FROM conversations n WHERE n.visitor = c.visitor AND (n.created_at, n.id) > (c.created_at, c.id))
  THEN '' ELSE v.remark END`

	// whoNow is what a conversation is found by beside its lines, and remarkedNow the same with its remark, if it has one: the index writes down which it had.
	whoNow      = `v.name || ' ' || v.email || ' ' || c.language`
	remarkedNow = `CASE WHEN (` + remarkHere + `) = '' THEN ''
  ELSE CAST(v.remark_rev AS TEXT) || '@' || CAST(v.remark_at AS TEXT) || ' ' || ` + whoNow + ` END`

	// isWhole tells whether a program that knows files and remarks was the last to index a conversation: indexed.wholeAs.
	isWhole = `h.whole = CAST(h.head AS TEXT) || ' ' || h.agents`

	// filesHere tells whether a conversation has files.
	filesHere = `EXISTS (SELECT 1 FROM files f WHERE f.conversation = c.id AND f.conversation <> '')`

	// indexState reads a conversation, and how far it is indexed: -1 if it is not.
	indexState = `SELECT c.site, c.head, c.rev, c.seq, c.language, c.assignee, c.created_at, c.visitor, v.name, v.email, ` + remarkHere + `, ` + whoNow + `, ` + remarkedNow + `,
  ` + filesHere + `,
  COALESCE(h.head, -1), COALESCE(h.seq, 0), COALESCE(h.who, ''), COALESCE(h.agents, ''), COALESCE(h.remarked, ''), COALESCE(h.whole, '')
FROM conversations c JOIN visitors v ON v.id = c.visitor LEFT JOIN search_heads h ON h.conversation = c.id WHERE c.id = $1`

	agentsWithin = `SELECT participant FROM participants WHERE conversation = $1 AND kind IN ('agent', 'bot')`

	// The head is written by whoever has read the one before; another who has been faster leaves nothing to do.
	beginHead = `INSERT INTO search_heads (conversation, head, seq, who, agents, remarked, whole) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (conversation) DO NOTHING`
	advanceHead = `UPDATE search_heads SET head = $2, seq = $3, who = $4, agents = $5, remarked = $6, whole = $7
WHERE conversation = $1 AND head = $8 AND who = $9 AND agents = $10 AND remarked = $11 AND whole = $12`

	docOfLine = `SELECT id FROM search_docs WHERE conversation = $1 AND seq = $2`
	deleteDoc = `DELETE FROM search_docs WHERE id = $1`

	insertDocSQLite   = `INSERT INTO search_docs (id, conversation, seq) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`
	insertTermsSQLite = `INSERT INTO search_terms (rowid, terms) VALUES ($1, $2)`
	deleteTermsSQLite = `DELETE FROM search_terms WHERE rowid = $1`

	insertDocPostgres = `INSERT INTO search_docs (id, conversation, seq, terms) VALUES ($1, $2, $3, array_to_tsvector($4)) ON CONFLICT (id) DO NOTHING`
	updateDocPostgres = `UPDATE search_docs SET terms = array_to_tsvector($2) WHERE id = $1`
)

// placeBits is how much of a document's id is left for those of the same millisecond.
const placeBits = 10

// firstID is the lowest id that a document of this moment may have.
func firstID(at chat.Time) int64 { return int64(at) << placeBits }

// stretch is a part of a conversation that is to be indexed: all of it that has changed, or the first lines of that.
type stretch struct {
	conversation string
	// before is what the index says of the conversation, after what it is going to say.
	before, after indexed
	docs          []doc
	// more tells that there are further lines.
	more bool
}

// indexed is a row of search_heads; a head of -1 is none.
type indexed struct {
	head, seq                    int64
	who, agents, remarked, whole string
}

// wholeAs is what whole is as long as no program has been here that knows neither files nor remarks. The head alone would not do: such a program goes back with it
// where agents have changed, and may have come to the same place again.
func (i indexed) wholeAs() string { return strconv.FormatInt(i.head, 10) + " " + i.agents }

// doc is a document. One without terms is taken out of the index.
type doc struct {
	seq   int64
	at    chat.Time
	terms []string
	// known tells that the index may have it.
	known bool
}

// stretch reads what is to be indexed of a conversation: nil if there is nothing. At most limit lines are read.
func (s *Store) stretch(t tx, conversation string, limit int) (*stretch, error) {
	p := &stretch{conversation: conversation}
	var site, lang, assignee, visitor, name, email, remark string
	var head, rev, seq int64
	var files bool
	var created chat.Time
	err := t.row(indexState, conversation).Scan(&site, &head, &rev, &seq, &lang, &assignee, &created, &visitor, &name, &email, &remark, &p.after.who, &p.after.remarked, &files,
		&p.before.head, &p.before.seq, &p.before.who, &p.before.agents, &p.before.remarked, &p.before.whole)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil // the sweep takes out what is left of it
	}
	if err != nil {
		return nil, err
	}
	p.after.seq, p.after.agents = p.before.seq, p.before.agents
	since, known := p.before.head, p.before.head >= 0
	older := known && p.before.whole != p.before.wholeAs()
	if older && files {
		since = 0 // which lines it has written without the names of their files, it does not say
	}
	first := !known || p.after.who != p.before.who || p.after.remarked != p.before.remarked || older && remark != ""
	if head == since && !first {
		return nil, nil
	}
	if since < rev {
		if p.after.agents, err = agentsOf(t, conversation, assignee); err != nil {
			return nil, err
		}
	}
	if p.after.agents != p.before.agents || since > head {
		since = 0 // every line says whose conversation it is in
	}
	since = max(since, 0)
	marks := marksOf(site, p.after.agents)
	if first || p.after.agents != p.before.agents {
		p.docs = append(p.docs, doc{at: created, known: known, terms: termsOf(marks, s.tag(lang), knownAs(visitor, name, email), remark)})
	}
	lines, err := s.messages(t, messagesSince, conversation, since, false, limit+1, seq-(head-since))
	if err != nil {
		return nil, err
	}
	if p.after.head = head; len(lines) > limit {
		lines, p.more = lines[:limit], true
		p.after.head = lines[limit-1].Rev
	}
	for i := range lines {
		m := &lines[i].Message
		p.after.seq = max(p.after.seq, m.Seq)
		p.docs = append(p.docs, docOf(m, marks, m.Seq <= p.before.seq))
	}
	return p, nil
}

// agentsOf returns who has, or has written in, a conversation, as search_heads has it.
func agentsOf(t tx, conversation, assignee string) (string, error) {
	var all []string
	err := each(t, func(r scanner) error {
		var id string
		err := r.Scan(&id)
		all = append(all, id)
		return err
	}, agentsWithin, conversation)
	if assignee != "" && !slices.Contains(all, assignee) {
		all = append(all, assignee)
	}
	slices.Sort(all)
	return strings.Join(all, " "), err
}

// docOf makes a document of a line.
func docOf(m *chat.Message, marks []string, known bool) doc {
	d := doc{seq: m.Seq, at: m.At, known: known}
	if texts := textsOf(m); len(texts) > 0 {
		d.terms = termsOf(marks, m.Language, texts...)
	}
	return d
}

// textsOf returns what can be found of a line, the original first: nothing of what is erased, and of system lines.
func textsOf(m *chat.Message) (texts []string) {
	if m.Erased || m.Kind == chat.MessageEvent {
		return nil
	}
	if m.Text != "" {
		texts = append(texts, m.Text)
	}
	for i := range m.Attachments {
		texts = append(texts, fileText(&m.Attachments[i]))
	}
	for _, t := range m.Translations {
		if t.State == chat.TranslationDone && t.Text != m.Text {
			texts = append(texts, t.Text)
		}
	}
	return texts
}

// fileText is what a file can be found by: its name, and what its sender says that it shows.
func fileText(f *chat.Attachment) string {
	if f.Alt == "" {
		return f.Name
	}
	return f.Name + " · " + f.Alt
}

// knownAs is what a visitor can be found by. Of a name that he has not given there is only the end, which is his own.
func knownAs(visitor, name, email string) string {
	if neutral := neutralName(visitor); name == neutral {
		name = neutral[strings.LastIndexByte(neutral, ' ')+1:]
	}
	if email == "" {
		return name
	}
	return name + " · " + email
}

func termsOf(marks []string, lang language.Tag, texts ...string) []string {
	var t words.Terms
	for _, text := range texts {
		t.Add(text)
	}
	for _, m := range marks {
		t.Mark(m)
	}
	if lang != language.Und {
		t.Mark(markOf(markLanguage, lang.String()))
		base, _ := lang.Base()
		t.Mark(markOf(markLanguage, base.String()))
	}
	return t.All()
}

// What a mark is of.
const (
	markSite     = 's'
	markLanguage = 'l'
	markAgent    = 'a'
)

// markOf is a term that tells where a document belongs. It begins with a character that no word has; the rest is a hash, because the tokenizer of SQLite
// knows letters and digits.
func markOf(kind byte, value string) string {
	h := fnv.New64a()
	h.Write([]byte(value))
	return "\uE000" + string(kind) + strconv.FormatUint(h.Sum64(), 36)
}

func marksOf(site, agents string) []string {
	marks := []string{markOf(markSite, site)}
	for _, a := range strings.Fields(agents) {
		marks = append(marks, markOf(markAgent, a))
	}
	return marks
}

// putStretches indexes stretches in one transaction. One that somebody else has indexed meanwhile is left out.
func (s *Store) putStretches(ctx context.Context, all []*stretch) error {
	return change(ctx, s, func(t tx) error {
		for _, p := range all {
			mine, err := p.claim(t)
			if err != nil {
				return err
			}
			if !mine {
				continue
			}
			for i := range p.docs {
				if err := s.put(t, p.conversation, &p.docs[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (p *stretch) claim(t tx) (bool, error) {
	a, b := p.after, p.before
	if b.head < 0 {
		n, err := t.exec(beginHead, p.conversation, a.head, a.seq, a.who, a.agents, a.remarked, a.wholeAs())
		return n > 0, err
	}
	n, err := t.exec(advanceHead, p.conversation, a.head, a.seq, a.who, a.agents, a.remarked, a.wholeAs(), b.head, b.who, b.agents, b.remarked, b.whole)
	return n > 0, err
}

// put writes a document, or takes it out.
func (s *Store) put(t tx, conversation string, d *doc) error {
	id := int64(0)
	if d.known {
		if err := t.row(docOfLine, conversation, d.seq).Scan(&id); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	if len(d.terms) == 0 {
		return s.take(t, id)
	}
	if s.db.dialect() == dialectPostgres {
		if id != 0 {
			_, err := t.exec(updateDocPostgres, id, d.terms)
			return err
		}
		_, err := insertDoc(t, d, insertDocPostgres, conversation, d.seq, d.terms)
		return err
	}
	var err error
	if id != 0 {
		_, err = t.exec(deleteTermsSQLite, id)
	} else {
		id, err = insertDoc(t, d, insertDocSQLite, conversation, d.seq)
	}
	if err == nil {
		_, err = t.exec(insertTermsSQLite, id, strings.Join(d.terms, " "))
	}
	return err
}

// insertDoc finds the document an id: that of its moment, or the next one that is free.
func insertDoc(t tx, d *doc, query string, args ...any) (int64, error) {
	for id := firstID(d.at) | d.seq&(1<<placeBits-1); ; id++ {
		n, err := t.exec(query, append([]any{id}, args...)...)
		if err != nil || n > 0 {
			return id, err
		}
	}
}

// take takes a document out of the index; 0 is none.
func (s *Store) take(t tx, id int64) error {
	if id == 0 {
		return nil
	}
	if s.db.dialect() == dialectSQLite {
		if _, err := t.exec(deleteTermsSQLite, id); err != nil {
			return err
		}
	}
	_, err := t.exec(deleteDoc, id)
	return err
}
