package store

import (
	"context"
	"slices"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// maxLookedThrough bounds how many conversations one call looks through for a text. A page may then be short, or empty, and still
// have a next.
const maxLookedThrough = 2000

// Inbox returns a page: see the hub's Store. "me" as an assignee is the caller's to replace by an id.
func (s *Store) Inbox(ctx context.Context, sites []string, f chat.InboxFilter, order chat.InboxOrder, after string, limit int) (page []chat.Conversation, next string, err error) {
	var from cursor
	if after != "" {
		if from, err = parseCursor(after, order); err != nil {
			return nil, "", err
		}
	}
	if limit <= 0 || limit > chat.InboxRows {
		limit = chat.InboxRows
	}
	if f.Site != "" {
		if !slices.Contains(sites, f.Site) {
			return []chat.Conversation{}, "", nil
		}
		sites = []string{f.Site}
	}
	if tag, err := language.Parse(f.Language); f.Language != "" && err == nil {
		f.Language = tag.String() // as it is stored
	}
	list := inboxList{sites: sites, filter: f, order: order, lanes: lanesOf(f, order)}
	type result struct {
		page []chat.Conversation
		next string
	}
	r, err := read(ctx, s, func(t tx) (result, error) {
		page, next, err := s.inbox(t, list, from, limit)
		return result{page, next}, err
	})
	return r.page, r.next, err
}

func (s *Store) inbox(t tx, list inboxList, from cursor, limit int) ([]chat.Conversation, string, error) {
	page := []chat.Conversation{}
	for looked := 0; ; {
		places, more, err := list.places(t, from, limit)
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
			if list.filter.Text != "" && !mentions(found[i], list.filter.Text) {
				continue
			}
			if page = append(page, found[i]); len(page) == limit {
				if !more && i == len(found)-1 {
					return page, "", nil
				}
				return page, places[i].String(list.order), nil
			}
		}
		from = places[len(places)-1]
		looked += len(places)
		if !more {
			return page, "", nil
		}
		if looked >= maxLookedThrough {
			return page, from.String(list.order), nil
		}
	}
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
