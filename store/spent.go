package store

import (
	"context"

	"dragoman/chat"
)

const (
	// addSpent leaves out sites that do not exist: one that was mistyped must not hold up the others.
	addSpent = `INSERT INTO spent (site, day, engine, characters) SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT 1 FROM sites WHERE key = $1)
ON CONFLICT (site, day, engine) DO UPDATE SET characters = spent.characters + excluded.characters`

	spentBy = `SELECT site, COALESCE(SUM(CASE WHEN day = $3 THEN characters ELSE 0 END), 0), COALESCE(SUM(characters), 0)
FROM spent WHERE site {any $1} AND day >= $2 AND day <= $3 GROUP BY site`

	spentRows = `SELECT day, engine, characters FROM spent WHERE site = $1 AND day >= $2 ORDER BY day, engine`
)

// AddSpent adds to what sites had translated; see translate's Store.
func (s *Store) AddSpent(ctx context.Context, rows []chat.Spent) error {
	return change(ctx, s, func(t tx) error {
		for _, r := range rows {
			if _, err := t.exec(addSpent, r.Site, r.Day, r.Engine, r.Characters); err != nil {
				return err
			}
		}
		return nil
	})
}

// SpentBy returns what sites had translated on day and in its month until then; see translate's Store.
func (s *Store) SpentBy(ctx context.Context, sites []string, day string) (map[string]chat.Spending, error) {
	return read(ctx, s, func(t tx) (map[string]chat.Spending, error) {
		all := map[string]chat.Spending{}
		err := each(t, func(r scanner) error {
			var site string
			var sum chat.Spending
			err := r.Scan(&site, &sum.Day, &sum.Month)
			all[site] = sum
			return err
		}, spentBy, sites, chat.MonthOf(day), day)
		return all, err
	})
}

// Spent returns what a site had translated since a day (2026-11-22, UTC), by day and engine.
func (s *Store) Spent(ctx context.Context, site, since string) ([]chat.Spent, error) {
	return read(ctx, s, func(t tx) ([]chat.Spent, error) {
		var all []chat.Spent
		err := each(t, func(r scanner) error {
			row := chat.Spent{Site: site}
			err := r.Scan(&row.Day, &row.Engine, &row.Characters)
			all = append(all, row)
			return err
		}, spentRows, site, since)
		return all, err
	})
}
