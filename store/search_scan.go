package store

import (
	"context"
	"time"
)

const (
	// compareTalks compares conversations with what the index says of them, the newest first: 1 where it says something else. What is asked of each stands in a
	// query of its own, because PostgreSQL would rather read whole tables than look 500 rows up, and that for each 500 again.
	compareTalks = `SELECT c.id, COALESCE((
  SELECT CASE WHEN h.head = c.head AND h.who = ` + whoNow + ` AND h.remarked = ` + remarkedNow + `
    AND (` + isWhole + ` OR h.remarked = '' AND NOT ` + filesHere + `) THEN 0 ELSE 1 END
  FROM search_heads h JOIN visitors v ON v.id = c.visitor WHERE h.conversation = c.id), 1)
FROM (SELECT id, head, visitor, language, created_at FROM conversations WHERE id < $1 ORDER BY id DESC LIMIT $2) AS c ORDER BY c.id DESC`

	// compareHeads looks for conversations that are not there any more.
	compareHeads = `SELECT h.conversation, CASE WHEN EXISTS (SELECT 1 FROM conversations c WHERE c.id = h.conversation) THEN 0 ELSE 1 END
FROM (SELECT conversation FROM search_heads WHERE conversation < $1 ORDER BY conversation DESC LIMIT $2) AS h ORDER BY h.conversation DESC`

	leaseScan = `INSERT INTO search_scans (name, until_at) VALUES ('all', {now} + $1)
ON CONFLICT (name) DO UPDATE SET until_at = excluded.until_at WHERE search_scans.until_at <= {now}`

	docsOf     = `SELECT id FROM search_docs WHERE conversation = $1 LIMIT $2`
	deleteHead = `DELETE FROM search_heads WHERE conversation = $1`
)

// scan is a walk through all conversations, and then through all that the index has.
type scan struct {
	// begin is when the next one begins; first, that it does so whatever other nodes do: this one may have forgotten what it knew.
	begin time.Time
	first bool
	// hurry is without rests.
	hurry   bool
	running bool
	heads   bool
	place   string
	// odd are conversations that were compared, and are still to be indexed.
	odd []string
}

// lastID comes after every id in every collation: a UUID itself. A sign such as ~ would not, for most collations of PostgreSQL have signs first.
const lastID = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// scanSome goes a step further, if it is time: it compares some conversations, or indexes a piece of those.
func (x *Indexer) scanSome(ctx context.Context, sc *scan) error {
	if !sc.running {
		begin, err := x.mayScan(ctx, sc)
		if err != nil || !begin {
			return err
		}
		sc.running, sc.heads, sc.first, sc.place = true, false, false, lastID
	}
	if len(sc.odd) > 0 {
		left, err := x.some(ctx, sc.odd, !sc.hurry)
		sc.odd = left
		return err
	}
	began := time.Now()
	odd, last, err := x.compare(ctx, sc)
	if err != nil {
		return err
	}
	if !sc.hurry && !pause(ctx, x.restAfter(time.Since(began))) {
		return ctx.Err()
	}
	if !sc.heads {
		sc.odd = odd
	} else if err := x.forget(ctx, odd); err != nil {
		return err
	}
	switch {
	case last != "":
		sc.place = last
	case !sc.heads:
		sc.heads, sc.place = true, lastID
	default:
		sc.running, sc.begin = false, time.Now().Add(x.o.ScanEvery)
	}
	return nil
}

// mayScan tells whether it is time for a walk, and no other node's turn.
func (x *Indexer) mayScan(ctx context.Context, sc *scan) (bool, error) {
	x.mu.Lock()
	if x.forgotten {
		sc.begin, sc.first, x.forgotten = time.Now(), true, false
	}
	x.mu.Unlock()
	if sc.first {
		return true, nil
	}
	if time.Now().Before(sc.begin) {
		return false, nil
	}
	sc.begin = time.Now().Add(x.o.ScanEvery)
	return write(ctx, x.o.Store, func(t tx) (bool, error) {
		n, err := t.exec(leaseScan, x.o.ScanEvery.Milliseconds())
		return n > 0, err
	})
}

// compare returns which of the next conversations are not as the index says, and the last one that it has looked at; none if there was none.
func (x *Indexer) compare(ctx context.Context, sc *scan) (odd []string, last string, err error) {
	query := compareTalks
	if sc.heads {
		query = compareHeads
	}
	odd, err = read(ctx, x.o.Store, func(t tx) (odd []string, err error) {
		last = ""
		err = each(t, func(r scanner) error {
			var differs int
			if err := r.Scan(&last, &differs); err != nil {
				return err
			}
			if differs != 0 {
				odd = append(odd, last)
			}
			return nil
		}, query, sc.place, scanRows)
		return odd, err
	})
	return odd, last, err
}

// forget takes conversations that are gone out of the index.
func (x *Indexer) forget(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		done, err := write(ctx, x.o.Store, func(t tx) (bool, error) { return x.o.Store.unindex(t, ids[0]) })
		if err != nil {
			return err
		}
		if done {
			ids = ids[1:]
		}
	}
	return nil
}

// unindex takes some of a conversation out of the index; it tells whether that was the rest.
func (s *Store) unindex(t tx, conversation string) (bool, error) {
	var ids []int64
	err := each(t, func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, docsOf, conversation, indexLines)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		if err := s.take(t, id); err != nil {
			return false, err
		}
	}
	if len(ids) == indexLines {
		return false, nil
	}
	_, err = t.exec(deleteHead, conversation)
	return true, err
}
