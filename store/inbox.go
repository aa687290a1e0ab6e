package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// inboxPage walks the inbox's index backwards from a place, so that it reads what it returns and no more. It is asked
// once per site and state; the pages are merged.
const inboxPage = `SELECT c.id, c.updated_at FROM conversations c` + inboxWhere + inboxOrder

const (
	inboxWhere = ` WHERE c.site = $1 AND c.state = $2 AND (c.updated_at, c.id) < ($3, $4)
  AND ($5 = '' OR c.assignee = $5 OR $5 = 'none' AND c.assignee = '') AND ($6 = '' OR c.language = $6)
  AND ($7 = '' OR c.invited LIKE '%"' || $7 || '"%')`
	inboxOrder = ` ORDER BY c.updated_at DESC, c.id DESC LIMIT $8`

	// What has a tag, or calls an agent, is found by that and sorted: it is less than all.
	inboxTagged       = `SELECT c.id, c.updated_at FROM tagged g JOIN conversations c ON c.id = g.conversation` + inboxWhere + ` AND g.site = $1 AND g.tag = $9` + inboxOrder
	inboxCalls        = `SELECT c.id, c.updated_at FROM mentions m JOIN conversations c ON c.id = m.conversation` + inboxWhere + ` AND m.agent = $9` + inboxOrder
	inboxTaggedCalled = `SELECT c.id, c.updated_at FROM mentions m JOIN conversations c ON c.id = m.conversation
JOIN tagged g ON g.site = c.site AND g.conversation = c.id` + inboxWhere + ` AND m.agent = $9 AND g.tag = $10` + inboxOrder
)

// inboxQuery returns the statement for a filter, and the arguments that it takes after the eight of inboxPage.
func inboxQuery(f chat.InboxFilter) (query string, more []any) {
	tag := chat.TagKey(f.Tag)
	switch {
	case f.Mentioned && tag != "":
		return inboxTaggedCalled, []any{f.Agent, tag}
	case f.Mentioned:
		return inboxCalls, []any{f.Agent}
	case tag != "":
		return inboxTagged, []any{tag}
	}
	return inboxPage, nil
}

// maxLookedThrough bounds how many conversations one call looks through for a text. A page may then be short, or empty, and still
// have a next.
const maxLookedThrough = 2000

// firstPlace comes before everything.
func firstPlace() cursor { return cursor{at: chat.Time(endOfTime)} }

// Inbox returns a page by latest activity: see the hub's Store. "me" as an agent is the caller's to replace by an id.
func (s *Store) Inbox(ctx context.Context, sites []string, f chat.InboxFilter, after string, limit int) (page []chat.Conversation, next string, err error) {
	from := firstPlace()
	if after != "" {
		if from, err = parseCursor(after); err != nil {
			return nil, "", err
		}
	}
	if limit <= 0 || limit > chat.InboxRows {
		limit = chat.InboxRows
	}
	states := []chat.State{chat.StateOpen, chat.StateSnoozed, chat.StateResolved}
	if f.State != "" {
		states = []chat.State{f.State}
	}
	if f.Site != "" {
		if !slices.Contains(sites, f.Site) {
			return []chat.Conversation{}, "", nil
		}
		sites = []string{f.Site}
	}
	type result struct {
		page []chat.Conversation
		next string
	}
	r, err := read(ctx, s, func(t tx) (result, error) {
		page, next, err := s.inbox(t, sites, states, f, from, limit)
		return result{page, next}, err
	})
	return r.page, r.next, err
}

func (s *Store) inbox(t tx, sites []string, states []chat.State, f chat.InboxFilter, from cursor, limit int) ([]chat.Conversation, string, error) {
	page := []chat.Conversation{}
	for looked := 0; ; {
		places, more, err := inboxPlaces(t, sites, states, f, from, limit)
		if err != nil || len(places) == 0 {
			return page, "", err
		}
		ids := make([]string, len(places))
		for i, p := range places {
			ids[i] = p.id
		}
		found, err := s.conversations(t, ids)
		if err != nil {
			return nil, "", err
		}
		for i := range found {
			if f.Text != "" && !mentions(found[i], f.Text) {
				continue
			}
			if page = append(page, found[i]); len(page) == limit {
				if !more && i == len(found)-1 {
					return page, "", nil
				}
				return page, places[i].String(), nil
			}
		}
		from = places[len(places)-1]
		looked += len(places)
		if !more {
			return page, "", nil
		}
		if looked >= maxLookedThrough {
			return page, from.String(), nil
		}
	}
}

// inboxPlaces returns the next places of all sites and states together, newest first, and whether there are more.
func inboxPlaces(t tx, sites []string, states []chat.State, f chat.InboxFilter, from cursor, limit int) (places []cursor, more bool, err error) {
	lang := f.Language
	if tag, err := language.Parse(lang); lang != "" && err == nil {
		lang = tag.String() // as it is stored
	}
	query, besides := inboxQuery(f)
	for _, site := range sites {
		for _, state := range states {
			err := each(t, func(r scanner) error {
				var c cursor
				err := r.Scan(&c.id, &c.at)
				places = append(places, c)
				return err
			}, query, append([]any{site, string(state), int64(from.at), from.id, f.Assignee, lang, f.Invited, limit + 1}, besides...)...)
			if err != nil {
				return nil, false, err
			}
		}
	}
	slices.SortFunc(places, func(a, b cursor) int {
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id))
	})
	if len(places) > limit {
		return places[:limit], true, nil
	}
	return places, false, nil
}

// mentions looks for a text, without case, in the visitor's name and the last line, in every language it is there.
func mentions(c chat.Conversation, text string) bool {
	text = strings.ToLower(text)
	if strings.Contains(strings.ToLower(c.Visitor.Name), text) {
		return true
	}
	if c.Last == nil {
		return false
	}
	if strings.Contains(strings.ToLower(c.Last.Text), text) {
		return true
	}
	for _, t := range c.Last.Translations {
		if strings.Contains(strings.ToLower(t.Text), text) {
			return true
		}
	}
	return false
}

const visitorConversations = `SELECT id FROM conversations WHERE visitor = $1 ORDER BY created_at DESC, id DESC LIMIT $2`

const visitorFollows = `SELECT id, assignee, CASE WHEN state = 'resolved' THEN '' ELSE language END FROM conversations WHERE visitor = $1 ORDER BY created_at DESC, id DESC LIMIT $2`

// VisitorFollows returns a visitor's conversations, newest first, with what is needed to follow them: one query where whole rows take four.
func (s *Store) VisitorFollows(ctx context.Context, visitor string, limit int) ([]chat.Followed, error) {
	return read(ctx, s, func(t tx) ([]chat.Followed, error) {
		var all []chat.Followed
		err := each(t, func(r scanner) error {
			var f chat.Followed
			var lang string
			err := r.Scan(&f.ID, &f.Assignee, &lang)
			f.Language = s.tag(lang)
			all = append(all, f)
			return err
		}, visitorFollows, visitor, limit)
		return all, err
	})
}

// Conversations returns those of the ids that exist.
func (s *Store) Conversations(ctx context.Context, ids []string) ([]chat.Conversation, error) {
	return read(ctx, s, func(t tx) ([]chat.Conversation, error) { return s.conversations(t, ids) })
}

// VisitorConversations returns a visitor's conversations, newest first.
func (s *Store) VisitorConversations(ctx context.Context, visitor string, limit int) ([]chat.Conversation, error) {
	return read(ctx, s, func(t tx) ([]chat.Conversation, error) {
		var ids []string
		err := each(t, func(r scanner) error {
			var id string
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, visitorConversations, visitor, limit)
		if err != nil {
			return nil, err
		}
		return s.conversations(t, ids)
	})
}

// Unresolved returns the ids of the visitors' conversations that are not resolved: see the hub's Store.
func (s *Store) Unresolved(ctx context.Context, visitors []string) (map[string][]string, error) {
	return read(ctx, s, func(t tx) (map[string][]string, error) {
		found := map[string][]string{}
		err := each(t, func(r scanner) error {
			var visitor, id string
			err := r.Scan(&visitor, &id)
			found[visitor] = append(found[visitor], id)
			return err
		}, `SELECT visitor, id FROM conversations WHERE state <> 'resolved' AND visitor {any $1}`, visitors)
		return found, err
	})
}
