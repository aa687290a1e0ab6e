package store

import (
	"context"

	"dragoman/chat"
)

const dueSnoozed = `SELECT c.id FROM conversations c
WHERE c.state = 'snoozed' AND c.snoozed_until > 0 AND c.snoozed_until <= {now} ORDER BY c.snoozed_until LIMIT $1`

// WakeSnoozed opens conversations whose time has come, at most limit: see the hub's Store. Each is a transaction of its own that looks
// again, so of several nodes that find the same one, one opens it.
func (s *Store) WakeSnoozed(ctx context.Context, limit int) ([]chat.Changed, error) {
	due, err := read(ctx, s, func(t tx) ([]string, error) {
		var ids []string
		err := each(t, func(r scanner) error {
			var id string
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, dueSnoozed, limit)
		return ids, err
	})
	if err != nil {
		return nil, err
	}
	var woken []chat.Changed
	for _, id := range due {
		c, err := write(ctx, s, func(t tx) (chat.Changed, error) { return s.wake(t, id) })
		if err != nil {
			return woken, err
		}
		if c.Row != nil {
			woken = append(woken, c)
		}
	}
	return woken, nil
}

func (s *Store) wake(t tx, id string) (chat.Changed, error) {
	f, err := s.lockFields(t, id)
	if err != nil || f.state != chat.StateSnoozed || f.until > f.now {
		return chat.Changed{}, err
	}
	open := chat.StateOpen
	return s.change(t, f, chat.Change{By: chat.Participant{Kind: chat.KindSystem}, State: &open})
}
