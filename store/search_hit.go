package store

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/store/words"

	"golang.org/x/text/language"
)

const (
	hitLines = `SELECT` + messageColumns + `, d.id, c.site, c.state, v.id, v.name, v.language
FROM search_docs d JOIN messages m ON m.conversation = d.conversation AND m.seq = d.seq
JOIN conversations c ON c.id = d.conversation JOIN visitors v ON v.id = c.visitor WHERE d.id {any $1}`

	hitNames = `SELECT d.id, c.id, c.site, c.state, c.language, c.created_at, v.id, v.name, v.language, v.email, ` + remarkHere + `
FROM search_docs d JOIN conversations c ON c.id = d.conversation JOIN visitors v ON v.id = c.visitor WHERE d.seq = 0 AND d.id {any $1}`
)

// placedHit is a hit with the id of its document.
type placedHit struct {
	id int64
	chat.SearchHit
}

// compare reads documents as they are now and returns those in which it stands, the newest first.
func (f *finder) compare(t tx, ids []int64) ([]placedHit, error) {
	var found []placedHit
	err := each(t, func(r scanner) error {
		var h placedHit
		var lang string
		p, err := f.s.scanMessage(extended{r, []any{&h.id, &h.Site, &h.State, &h.Visitor.ID, &h.Visitor.Name, &lang}})
		if err == nil && f.mayShow(h.Site) && f.hitLine(&h.SearchHit, &p.Message) {
			h.Conversation, h.Visitor.Kind, h.Visitor.Language = p.conversation, chat.KindVisitor, f.s.tag(lang)
			found = append(found, h)
		}
		return err
	}, hitLines, ids)
	if err != nil {
		return nil, err
	}
	err = each(t, func(r scanner) error {
		var h placedHit
		var lang, reads, email, remark string
		err := r.Scan(&h.id, &h.Conversation, &h.Site, &h.State, &lang, &h.At, &h.Visitor.ID, &h.Visitor.Name, &reads, &email, &remark)
		if err == nil && f.mayShow(h.Site) && f.inLanguage(f.s.tag(lang)) && f.hitPerson(&h.SearchHit, email, remark) {
			h.Visitor.Kind, h.Visitor.Language = chat.KindVisitor, f.s.tag(reads)
			found = append(found, h)
		}
		return err
	}, hitNames, ids)
	slices.SortFunc(found, func(a, b placedHit) int { return cmp.Compare(b.id, a.id) })
	return found, err
}

// hitPerson makes a hit of a conversation if it stands in what its visitor is known as, or in what is written down about him.
func (f *finder) hitPerson(h *chat.SearchHit, email, remark string) bool {
	for _, in := range []struct {
		kind chat.HitKind
		text string
	}{{chat.HitName, knownAs(h.Visitor.ID, h.Visitor.Name, email)}, {chat.HitRemark, remark}} {
		if marks := f.words.Match(in.text); len(marks) > 0 {
			h.Kind, h.Found = in.kind, snippet(in.text, language.Und, marks)
			return true
		}
	}
	return false
}

// extended reads further columns after those that somebody asks for.
type extended struct {
	scanner
	more []any
}

func (e extended) Scan(to ...any) error { return e.scanner.Scan(append(to, e.more...)...) }

// mayShow is asked whatever the index says.
func (f *finder) mayShow(site string) bool {
	return slices.Contains(f.q.Sites, site)
}

// inLanguage tells whether the filter lets a language through: without a region it does so with any.
func (f *finder) inLanguage(tag language.Tag) bool {
	if f.q.Filter.Language == "" {
		return true
	}
	want := f.s.tag(f.q.Filter.Language)
	base, _ := tag.Base()
	return tag == want || base.String() == want.String()
}

// hitLine makes a hit of a line if it stands in one of its texts. That in the reader's language is looked at first, then the original.
func (f *finder) hitLine(h *chat.SearchHit, m *chat.Message) bool {
	if len(textsOf(m)) == 0 || !f.inLanguage(m.Language) {
		return false
	}
	reads, has := f.readable(m)
	if has {
		if marks := f.words.Match(reads.text); len(marks) > 0 {
			f.fill(h, m, reads, marks)
			return true
		}
	}
	for _, in := range slices.Concat([]said{{m.Text, m.Language, chat.HitOriginal}}, translated(m), files(m)) {
		if has && in == reads {
			continue
		}
		if marks := f.words.Match(in.text); len(marks) > 0 {
			f.fill(h, m, in, marks)
			if has && reads.text != "" {
				beginning := snippet(reads.text, reads.in, nil)
				h.Reads = &beginning
			}
			return true
		}
	}
	return false
}

// said is a text of a line.
type said struct {
	text string
	in   language.Tag
	kind chat.HitKind
}

// readable returns a line in the language of who looks, if it is there in that.
func (f *finder) readable(m *chat.Message) (said, bool) {
	if f.q.Reads == language.Und {
		return said{}, false
	}
	if chat.SameLanguage(m.Language, f.q.Reads) {
		return said{m.Text, m.Language, chat.HitOriginal}, true
	}
	t := m.Translations[f.q.Reads]
	return said{t.Text, f.q.Reads, chat.HitTranslation}, t.State == chat.TranslationDone
}

// translated returns the translations of a line, in the same order each time.
func translated(m *chat.Message) []said {
	tags := slices.SortedFunc(maps.Keys(m.Translations), func(a, b language.Tag) int { return strings.Compare(a.String(), b.String()) })
	var all []said
	for _, tag := range tags {
		if t := m.Translations[tag]; t.State == chat.TranslationDone {
			all = append(all, said{t.Text, tag, chat.HitTranslation})
		}
	}
	return all
}

// files returns what the files of a line can be found by.
func files(m *chat.Message) []said {
	all := make([]said, len(m.Attachments))
	for i := range m.Attachments {
		all[i] = said{fileText(&m.Attachments[i]), m.Language, chat.HitFile}
	}
	return all
}

func (f *finder) fill(h *chat.SearchHit, m *chat.Message, in said, marks []words.Range) {
	author := m.Author
	h.Seq, h.At, h.Author, h.Kind = m.Seq, m.At, &author, in.kind
	if m.Kind == chat.MessageNote {
		h.Kind = chat.HitNote
	}
	h.Found = snippet(in.text, in.in, marks)
}

// snippetLead is how much of a text stands before the first mark, in code points.
const snippetLead = 40

// snippet cuts the part of a text around its first mark, at spaces where there are any, and counts the marks in it.
func snippet(text string, in language.Tag, marks []words.Range) chat.Snippet {
	from := 0
	if len(marks) > 0 {
		from = stepBack(text, marks[0].From, snippetLead)
	}
	to := stepOn(text, from, chat.SnippetLength)
	if len(marks) > 0 {
		to = max(to, min(marks[0].To, stepOn(text, from, 2*chat.SnippetLength)))
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	lead := b.Len()
	b.WriteString(strings.Map(oneLine, text[from:to]))
	if to < len(text) {
		b.WriteString("…")
	}
	s := chat.Snippet{Text: b.String(), Language: in}
	for _, m := range marks {
		if m.From >= to {
			break
		}
		begin := lead + m.From - from
		end := lead + min(m.To, to) - from
		s.Marks = append(s.Marks, chat.Mark{From: utf16Length(s.Text[:begin]), To: utf16Length(s.Text[:end])})
	}
	return s
}

// oneLine takes line breaks for spaces; it changes no length.
func oneLine(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return ' '
	}
	return r
}

// stepBack goes n runes back from a byte, and then on to the beginning of a word.
func stepBack(text string, from, n int) int {
	at := from
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	if at == 0 {
		return 0
	}
	if i := strings.IndexFunc(text[at:from], unicode.IsSpace); i >= 0 {
		_, size := utf8.DecodeRuneInString(text[at+i:])
		return at + i + size
	}
	return base(text, at)
}

// stepOn goes n runes on from a byte, and then back to the end of a word, if there is one in the second half.
func stepOn(text string, from, n int) int {
	at := from
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	if at == len(text) {
		return at
	}
	if i := strings.LastIndexFunc(text[from:at], unicode.IsSpace); i > (at-from)/2 {
		return from + i
	}
	return base(text, at)
}

// base goes back from a mark, or from half a sign, to what it stands on.
func base(text string, at int) int {
	for at > 0 && at < len(text) {
		r, _ := utf8.DecodeRuneInString(text[at:])
		before, size := utf8.DecodeLastRuneInString(text[:at])
		if !unicode.IsMark(r) && r != '\u200D' && before != '\u200D' {
			return at
		}
		at -= size
	}
	return at
}

// utf16Length is the length of a text as JavaScript counts.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
