package hub

import (
	"context"
	"strings"
	"unicode/utf8"

	"dragoman/chat"
)

// Search answers a page of what was said and noted, and of who is called so, on the sites that the agent serves (agents).
func (h *Hub) Search(ctx context.Context, s *Session, c chat.Search) (chat.SearchOK, error) {
	q := chat.SearchQuery{Text: strings.ToValidUTF8(c.Text, ""), After: c.After, Limit: c.Limit, Reads: s.reader().Language}
	if utf8.RuneCountInString(q.Text) > chat.MaxSearchText {
		return chat.SearchOK{}, chat.Errorf(chat.TooLong, "Look for at most %d characters.", chat.MaxSearchText)
	}
	if c.Filter != nil {
		q.Filter = *c.Filter
	}
	if q.Filter.Language != "" {
		tag, err := chat.ParseLanguage(q.Filter.Language)
		if err != nil {
			return chat.SearchOK{}, err
		}
		q.Filter.Language = tag.String()
	}
	if q.Filter.Agent == "me" {
		q.Filter.Agent = s.Participant().ID
	}
	if a := q.Filter.Agent; a != "" && !chat.ValidKey(a) {
		return chat.SearchOK{}, chat.Errorf(chat.BadRequest, "agent is me, or the id of an agent.")
	}
	if q.Limit <= 0 || q.Limit > chat.MaxSearchRows {
		q.Limit = chat.SearchRows
	}
	id := s.Identity()
	for _, site := range id.Sites {
		if q.Filter.Site == "" || q.Filter.Site == site.Key {
			q.Sites = append(q.Sites, site.Key)
		}
	}
	q.Everywhere = q.Filter.Site == "" && id.Agent != nil && len(id.Agent.Sites) == 0
	ok, err := h.store.Search(ctx, q)
	if err != nil {
		return chat.SearchOK{}, err
	}
	for i := range ok.Hits {
		hit := &ok.Hits[i]
		hit.Visitor.Online = h.online(hit.Visitor.ID)
		if hit.Author != nil {
			hit.Author.Online = h.online(hit.Author.ID)
		}
	}
	return ok, nil
}
