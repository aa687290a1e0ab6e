package store

import (
	"encoding/json"
	"slices"
	"sync/atomic"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// The columns of a message, in the order in which scanMessage reads them.
const messageColumns = ` m.conversation, m.id, m.seq, m.rev, COALESCE(m.key, ''), m.kind, m.author, m.author_kind, m.author_name, m.author_avatar,
 m.author_language, m.at, m.text, m.language, m.event, m.event_by, m.event_to, m.erased, m.translations, m.attachments, m.mentions `

// placed is a message with the conversation it stands in.
type placed struct {
	conversation string
	chat.Message
}

func (s *Store) scanMessage(r scanner) (placed, error) {
	var p placed
	m := &p.Message
	var authorLanguage, lang, translations, attachments, mentions string
	var event chat.SystemEvent
	err := r.Scan(&p.conversation, &m.ID, &m.Seq, &m.Rev, &m.Key, &m.Kind, &m.Author.ID, &m.Author.Kind, &m.Author.Name, &m.Author.Avatar,
		&authorLanguage, &m.At, &m.Text, &lang, &event.Type, &event.By, &event.To, &m.Erased, &translations, &attachments, &mentions)
	if err != nil {
		return p, err
	}
	m.Author.Language = s.tag(authorLanguage)
	m.Language = s.tag(lang)
	if event.Type != "" {
		m.Event = &event
	}
	m.Attachments = s.readAttachments(attachments)
	m.Mentions = s.readMentions(mentions)
	m.Translations = s.readTranslations(translations)
	return p, nil
}

// readTranslations reads the column of a message's translations. An entry that cannot be read is left out: the reader has the original.
func (s *Store) readTranslations(column string) map[language.Tag]chat.Translation {
	all := map[language.Tag]chat.Translation{}
	if column == noTranslations {
		return all
	}
	var named map[string]chat.Translation
	if json.Unmarshal([]byte(column), &named) == nil {
		for name, t := range named {
			all[s.tag(name)] = t
		}
		return all
	}
	for name, entry := range readColumn[map[string]json.RawMessage](s, "translations", column) {
		var t chat.Translation
		if err := json.Unmarshal(entry, &t); err == nil {
			all[s.tag(name)] = t
		} else {
			s.odd.Warn().Err(err).Msg("cannot read a translation, which another version may have written; the line is shown without it")
		}
	}
	return all
}

// readColumn reads JSON that this program or another version of it has written. What cannot be read is left out and logged: one odd column must
// not take a whole conversation, or a whole inbox, away from everybody.
func readColumn[T any](s *Store, name, column string) T {
	var v, none T
	if err := json.Unmarshal([]byte(column), &v); err != nil {
		s.odd.Warn().Err(err).Str("column", name).Msg("cannot read a column, which another version may have written; the row is shown without it")
		return none
	}
	return v
}

// noTranslations is the column of a message without any.
const noTranslations = `{}`

// translationsColumn is a message's translations as they are stored.
func translationsColumn(all map[language.Tag]chat.Translation) string {
	if len(all) == 0 {
		return noTranslations
	}
	return asJSON(all)
}

// messages runs a query for messageColumns.
func (s *Store) messages(t tx, query string, args ...any) ([]placed, error) {
	var all []placed
	err := each(t, func(r scanner) error {
		p, err := s.scanMessage(r)
		all = append(all, p)
		return err
	}, query, args...)
	return all, err
}

func plain(all []placed) []chat.Message {
	out := make([]chat.Message, len(all))
	for i := range all {
		out[i] = all[i].Message
	}
	return out
}

const (
	conversationsByID = `SELECT c.id, c.site, c.rev, c.head, c.seq, c.state, c.snoozed_until, c.resolved_at, c.language, c.assignee, c.invited, c.tags, c.mentioned,
 c.waiting_since, c.flagged, c.unread_agents, c.unread_visitor, c.read_visitor, c.read_agents, c.last_seq, c.visitor_last_seq,
 c.rating, c.rating_comment, c.rated_at, v.remark_rev,` + visitorColumns + `
FROM conversations c JOIN visitors v ON v.id = c.visitor WHERE c.id {any $1}`

	participantsByConversation = `SELECT p.conversation, p.participant, p.kind, COALESCE(a.name, p.name), p.avatar, p.language, COALESCE(a.languages, '')
FROM participants p LEFT JOIN agents a ON a.id = p.participant
WHERE p.conversation {any $1} ORDER BY p.conversation, p.joined_at, p.participant`

	lastMessages = `SELECT` + messageColumns + `FROM conversations c JOIN messages m ON m.conversation = c.id AND m.seq IN (c.last_seq, c.visitor_last_seq)
WHERE c.id {any $1}`
)

// conversationRow is a conversation with the places of its last messages.
type conversationRow struct {
	chat.Conversation
	last, visitorLast int64
}

// conversations returns complete rows of those of the ids that exist, in the order of the ids.
func (s *Store) conversations(t tx, ids []string) ([]chat.Conversation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found := make(map[string]*conversationRow, len(ids))
	err := each(t, func(r scanner) error {
		c, err := s.scanConversation(r)
		found[c.ID] = c
		return err
	}, conversationsByID, ids)
	if err != nil {
		return nil, err
	}
	if err := s.addParticipants(t, found, ids); err != nil {
		return nil, err
	}
	if err := s.addLast(t, found, ids); err != nil {
		return nil, err
	}
	out := make([]chat.Conversation, 0, len(found))
	for _, id := range ids {
		if c := found[id]; c != nil {
			out = append(out, c.Conversation)
			delete(found, id)
		}
	}
	return out, nil
}

// conversation returns one complete row, or chat.NotFound.
func (s *Store) conversation(t tx, id string) (*chat.Conversation, error) {
	all, err := s.conversations(t, []string{id})
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, noConversation()
	}
	return &all[0], nil
}

func noConversation() error { return chat.Errorf(chat.NotFound, "There is no such conversation.") }

func (s *Store) scanConversation(r scanner) (*conversationRow, error) {
	var c conversationRow
	var lang, invited, tags, mentioned string
	var rating chat.Rating
	var remark int64
	var v visitorScan
	err := r.Scan(append([]any{&c.ID, &c.Site, &c.Rev, &c.Head, &c.Seq, &c.State, &c.SnoozedUntil, &c.Resolved, &lang, &c.Assignee, &invited, &tags, &mentioned,
		&c.WaitingSince, &c.Flagged, &c.Unread, &c.VisitorUnread, &c.Read.Visitor, &c.Read.Agents, &c.last, &c.visitorLast,
		&rating.Score, &rating.Comment, &rating.At, &remark},
		v.fields()...)...)
	if err != nil {
		return &c, err
	}
	c.Language = s.tag(lang)
	c.Participants = []chat.Participant{}
	if invited != noInvited {
		c.Invited = readColumn[[]string](s, "invited", invited)
	}
	if rating.Score > 0 {
		c.Rating = &rating
	}
	if c.Tags = readColumn[[]string](s, "tags", tags); c.Tags == nil {
		c.Tags = []string{}
	}
	c.Mentioned = s.readMentioned(mentioned)
	c.Visitor = v.visitor(s)
	c.Visitor.Remark = remark
	return &c, nil
}

func (s *Store) addParticipants(t tx, found map[string]*conversationRow, ids []string) error {
	return each(t, func(r scanner) error {
		var in, lang, languages string
		var p chat.Participant
		if err := r.Scan(&in, &p.ID, &p.Kind, &p.Name, &p.Avatar, &lang, &languages); err != nil {
			return err
		}
		p.Language = s.tag(lang)
		if tags := s.tagList(languages); len(tags) > 0 {
			p.Language = tags[0]
		}
		if c := found[in]; c != nil {
			c.Participants = append(c.Participants, p)
		}
		return nil
	}, participantsByConversation, ids)
}

func (s *Store) addLast(t tx, found map[string]*conversationRow, ids []string) error {
	last, err := s.messages(t, lastMessages, ids)
	if err != nil {
		return err
	}
	for i := range last {
		c := found[last[i].conversation]
		if c == nil {
			continue
		}
		m := &last[i].Message
		if m.Seq == c.last {
			c.Last = m
		}
		if m.Seq == c.visitorLast {
			c.VisitorLast = m
		}
	}
	return nil
}

// maxTags bounds how many languages and lists of them are remembered; there are a few hundred languages in use on earth.
const maxTags = 2000

// tagCount counts the languages and lists remembered.
type tagCount = atomic.Int64

// tag reads a language from a column: empty or unreadable is the undetermined one.
func (s *Store) tag(column string) language.Tag {
	if column == "" || column == "und" {
		return language.Und
	}
	if t, ok := s.tags.Load(column); ok {
		return t.(language.Tag)
	}
	t, err := language.Parse(column)
	if err != nil {
		return language.Und
	}
	if s.tagCount.Load() < maxTags {
		s.tagCount.Add(1)
		s.tags.Store(column, t)
	}
	return t
}

// tagList reads a JSON list of languages.
func (s *Store) tagList(column string) []language.Tag {
	if column == "" {
		return nil
	}
	if tags, ok := s.tagLists.Load(column); ok {
		return slices.Clone(tags.([]language.Tag))
	}
	var names []string
	if json.Unmarshal([]byte(column), &names) != nil {
		return nil
	}
	tags := make([]language.Tag, 0, len(names))
	for _, n := range names {
		tags = append(tags, s.tag(n))
	}
	if s.tagCount.Load() < maxTags {
		s.tagCount.Add(1)
		s.tagLists.Store(column, slices.Clone(tags))
	}
	return tags
}

// asJSON makes a column of a list, a map or a struct of plain fields.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only types that always have a JSON form are given to it
	}
	return string(b)
}
