package store

import (
	"context"
	"database/sql"
	"errors"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	lineByKey = `SELECT conversation, seq, text, kind, attachments FROM messages WHERE author = $1 AND key = $2`

	insertMessage = `INSERT INTO messages (conversation, seq, rev, id, kind, author, author_kind, author_name, author_avatar, author_language,
  key, at, text, language, event, event_by, event_to, hidden, translations, claimed_until, claimed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, CASE WHEN $20 = 0 THEN 0 ELSE {now} + $20 END, $21)`

	insertParticipant = `INSERT INTO participants (conversation, participant, kind, name, avatar, language, joined_at)
VALUES ($1, $2, $3, $4, $5, $6, {now}) ON CONFLICT (conversation, participant) DO NOTHING`

	otherUnresolved = `SELECT id FROM conversations WHERE visitor = $1 AND site = $2 AND state <> 'resolved' AND id <> $3`
)

// errElsewhere says that the visitor's line belongs into another conversation: he has one that is not resolved, and may have only one.
type errElsewhere struct{ conversation string }

func (e errElsewhere) Error() string { return "the line belongs into " + e.conversation }

// Append stores a line and what follows from it: see the hub's Store. A visitor's line to a resolved conversation goes to his unresolved one if
// he has one by now. A note takes nothing and makes nobody a participant, since the visitor sees who takes part.
func (s *Store) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	if p.Kind == "" {
		p.Kind = chat.MessageLine
	}
	if s.groups != nil && p.Conversation != "" && len(p.Attachments) == 0 && len(p.Mentions) == 0 && !s.outdated.Load() {
		if posted, err := s.groups.add(ctx, p); err == nil {
			return posted, nil
		} else if !errors.Is(err, errAlone) {
			return chat.Posted{}, s.explain(err)
		}
	}
	return s.appendAlone(ctx, p)
}

// appendAlone stores a line in a transaction that no other line can fail.
func (s *Store) appendAlone(ctx context.Context, p chat.Post) (chat.Posted, error) {
	tries := 0
	for {
		posted, err := write(ctx, s, func(t tx) (chat.Posted, error) {
			tries++
			return s.post(t, p, tries > 1)
		})
		if e, ok := errors.AsType[errElsewhere](err); ok {
			p.Conversation = e.conversation
			continue
		}
		return posted, err
	}
}

// post looks the key up before it opens a conversation, before it looks for files that the same line may have taken already, and when a try before has met
// the unique index of keys; otherwise that index is the look-up, and costs a line nothing.
func (s *Store) post(t tx, p chat.Post, again bool) (chat.Posted, error) {
	if p.Key != "" && (again || p.Conversation == "" || len(p.Attachments) > 0) {
		posted, found, err := s.postedBefore(t, p)
		if found || err != nil {
			return posted, err
		}
	}
	opened := false
	if p.Conversation == "" {
		var err error
		if p.Conversation, opened, err = s.place(t, p); err != nil {
			return chat.Posted{}, err
		}
	}
	n, err := s.number(t, p)
	if err != nil {
		return chat.Posted{}, err
	}
	m := lineOf(p, n)
	if m.Mentions, err = s.mentionsFor(t, p, n.site); err != nil {
		return chat.Posted{}, err
	}
	if len(p.Attachments) > 0 {
		if m.Attachments, err = filesOf(t, p, &n); err != nil {
			return s.postedMeanwhile(t, p, err)
		}
	}
	posted, err := s.storeLine(t, p, &n, m)
	posted.Opened = opened
	if err == nil && (posted.Head > m.Rev || opened) {
		posted.Row, err = s.conversation(t, p.Conversation)
	}
	return posted, err
}

// postedMeanwhile is for a line whose files are not there for it: another try of the same line may have taken them while this one waited for the
// conversation. Otherwise the answer is err.
func (s *Store) postedMeanwhile(t tx, p chat.Post, err error) (chat.Posted, error) {
	if err != errNoFiles || p.Key == "" {
		return chat.Posted{}, err
	}
	posted, found, failed := s.postedBefore(t, p)
	if found || failed != nil {
		return posted, failed
	}
	return chat.Posted{}, err
}

// storeLine writes a numbered line. The message comes first: a key that is there already is refused before anything has changed, so that on SQLite
// the others of the group need not be run again.
func (s *Store) storeLine(t tx, p chat.Post, n *numbered, m chat.Message) (chat.Posted, error) {
	if err := mayOpen(t, p, n); err != nil {
		return chat.Posted{}, err
	}
	if err := storeMessage(t, p.Conversation, &m, s.claimFor(m)); err != nil {
		return chat.Posted{}, err
	}
	if len(m.Attachments) > 0 {
		if err := attachFiles(t, p.Conversation, &m); err != nil {
			return chat.Posted{}, err
		}
	}
	if len(m.Mentions) > 0 {
		if err := storeMentions(t, p.Conversation, &m); err != nil {
			return chat.Posted{}, err
		}
	}
	joined := false
	if n.joins(p) {
		var err error
		if joined, err = join(t, p.Conversation, p.Author); err != nil {
			return chat.Posted{}, err
		}
	}
	head, err := n.advance(t, p, joined)
	return postedAs(p, n, m, head), err
}

// postedAs is what the hub learns of a line that was stored.
func postedAs(p chat.Post, n *numbered, m chat.Message, head int64) chat.Posted {
	return chat.Posted{Message: m, Waited: n.waited, Changed: chat.Changed{Conversation: p.Conversation, Site: n.site, Head: head, Messages: []chat.Message{m}}}
}

// postedBefore looks the key up: the same author's same key is the same line, for ever.
func (s *Store) postedBefore(t tx, p chat.Post) (posted chat.Posted, found bool, err error) {
	var conversation, text, attachments string
	var seq int64
	var kind chat.MessageKind
	err = t.row(lineByKey, p.Author.ID, p.Key).Scan(&conversation, &seq, &text, &kind, &attachments)
	if errors.Is(err, sql.ErrNoRows) {
		return posted, false, nil
	}
	if err != nil {
		return posted, false, err
	}
	if text != cleanText(p.Text) || kind != p.Kind {
		return posted, true, chat.Errorf(chat.Conflict, "This key was used for another text already: send the line with a new key.")
	}
	if !sameFiles(s.readAttachments(attachments), p.Attachments) {
		return posted, true, chat.Errorf(chat.Conflict, "This key was used with other files already: send the line with a new key.")
	}
	m, err := s.message(t, conversation, seq)
	if err != nil {
		return posted, true, err
	}
	posted = chat.Posted{Message: m, Dup: true}
	posted.Conversation = conversation
	err = t.row(siteAndHead, conversation).Scan(&posted.Site, &posted.Head)
	return posted, true, err
}

// lineOf makes the message with the entries of the languages in which it is wanted.
func lineOf(p chat.Post, n numbered) chat.Message {
	m := chat.Message{
		ID: chat.NewID(), Seq: n.seq, Rev: n.head, Key: p.Key, Kind: p.Kind, Author: p.Author, At: n.at,
		Text: cleanText(p.Text), Language: p.Language,
		Translations: map[language.Tag]chat.Translation{}, Attachments: []chat.Attachment{},
	}
	m.Author.Online = false
	if m.Text == "" {
		return m // files alone: there is nothing to translate
	}
	for _, w := range chat.Wanted(p.Language, readersOf(p, n)) {
		m.Translations[w] = pending(p.Reviewed, w, p.Author, n.at)
	}
	if r := p.Reviewed; r != nil && !reviewedIn(m.Translations, r.Language) {
		m.Translations[r.Language] = pending(r, r.Language, p.Author, n.at)
	}
	return m
}

// pending is the first entry for a language: what the author has approved, or nothing yet.
func pending(r *chat.Reviewed, to language.Tag, author chat.Participant, at chat.Time) chat.Translation {
	if r != nil && (r.Language == to || chat.SameLanguage(r.Language, to)) {
		by := chat.By{Kind: chat.ByAgent, Name: author.Name, ID: author.ID}
		return chat.Translation{Text: cleanText(r.Text), State: chat.TranslationDone, By: by, Quality: chat.QualityFull, At: at}
	}
	return chat.PendingTranslation(at)
}

// reviewedIn tells whether a wanted entry has taken the approved text already.
func reviewedIn(entries map[language.Tag]chat.Translation, lang language.Tag) bool {
	for to, t := range entries {
		if t.State == chat.TranslationDone && (to == lang || chat.SameLanguage(to, lang)) {
			return true
		}
	}
	return false
}

// readersOf lists who must be able to read a line: the visitor (but no notes), the site, the assignee, those who were added, and those whom only the hub
// knows. The author needs nothing.
func readersOf(p chat.Post, n numbered) []chat.Reader {
	var all []chat.Reader
	if p.Kind != chat.MessageNote && p.Author.Kind != chat.KindVisitor {
		all = append(all, chat.Reader{Language: n.language})
	}
	all = append(all, chat.Reader{Language: n.siteLanguage})
	if n.assignee != "" && n.assignee != p.Author.ID {
		all = append(all, chat.ReaderOf(chat.Agent{Languages: n.assigneeReads}))
	}
	return append(append(all, n.invited...), p.Readers...)
}

// storeMessage inserts a message, with the claim of its translations.
func storeMessage(t tx, conversation string, m *chat.Message, c claim) error {
	var key any
	if m.Key != "" {
		key = m.Key
	}
	var e chat.SystemEvent
	if m.Event != nil {
		e = *m.Event
	}
	_, err := t.exec(insertMessage, conversation, m.Seq, m.Rev, m.ID, string(m.Kind), m.Author.ID, string(m.Author.Kind), m.Author.Name, m.Author.Avatar,
		column(m.Author.Language), key, int64(m.At), m.Text, column(m.Language), string(e.Type), e.By, e.To, !m.ForVisitor(), translationsColumn(m.Translations), c.lease, c.by)
	return err
}

// column is a language as it is stored.
func column(t language.Tag) string {
	if t == language.Und {
		return ""
	}
	return t.String()
}

// onlyUnresolved refuses with errElsewhere if the visitor has another conversation that is not resolved.
func onlyUnresolved(t tx, visitor, site, conversation string) error {
	var other string
	err := t.row(otherUnresolved, visitor, site, conversation).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return errElsewhere{other}
}

// join makes somebody a participant; it tells whether he was none before.
func join(t tx, conversation string, p chat.Participant) (bool, error) {
	n, err := t.exec(insertParticipant, conversation, p.ID, string(p.Kind), p.Name, p.Avatar, column(p.Language))
	return n > 0, err
}
