package store

import (
	"context"
	"time"

	"dragoman/chat"
)

const (
	// repliesMost is how many conversations of each state are looked at, the latest; repliesWithin how many of their first lines. Both bound what the question
	// costs on the busiest site: an index gives the conversations, and the lines stand side by side under their own key.
	repliesMost   = 200
	repliesWithin = 50

	// The bound in time is an argument and not {now}, which PostgreSQL would compare with every conversation of the site.
	firstReplies = `SELECT
  COALESCE((SELECT m.at FROM messages m WHERE m.conversation = c.id AND m.seq <= $4 AND m.kind = 'message' AND m.author_kind = 'visitor' ORDER BY m.seq LIMIT 1), 0),
  COALESCE((SELECT m.at FROM messages m WHERE m.conversation = c.id AND m.seq <= $4 AND m.kind = 'message' AND m.author_kind = 'agent' ORDER BY m.seq LIMIT 1), 0)
FROM conversations c WHERE c.site = $1 AND c.state = $2 AND c.updated_at > $3 ORDER BY c.updated_at DESC, c.id DESC LIMIT $5`
)

// FirstReplies returns how long visitors of a site have waited for the first answer of a person, for the conversations in which it was given within the last
// time; of the latest conversations only, where there are very many. Conversations that an agent has begun do not count. The order says nothing.
func (s *Store) FirstReplies(ctx context.Context, site string, within time.Duration) ([]time.Duration, error) {
	return read(ctx, s, func(t tx) ([]time.Duration, error) {
		var now int64
		if err := t.row(`SELECT {now}`).Scan(&now); err != nil {
			return nil, err
		}
		since := now - within.Milliseconds()
		var all []time.Duration
		for _, state := range []chat.State{chat.StateOpen, chat.StateSnoozed, chat.StateResolved} {
			err := each(t, func(r scanner) error {
				var asked, replied int64
				err := r.Scan(&asked, &replied)
				if asked > 0 && replied >= asked && replied > since {
					all = append(all, time.Duration(replied-asked)*time.Millisecond)
				}
				return err
			}, firstReplies, site, string(state), since, repliesWithin, repliesMost)
			if err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}
