package store

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"dragoman/chat"
)

// lane is a part of an order: all of it stands before the next lane.
type lane struct {
	states []chat.State
	// by is the column that it is ordered by; rising is a lane whose first has the lowest value.
	by     string
	rising bool
	// only is what else holds for its conversations.
	only string
}

const (
	byActivity = "c.updated_at"
	byWaiting  = "c.waiting_since"
)

// lanesOf returns the lanes of an order. Their places in it are the same for every filter: cursors name them.
func lanesOf(f chat.InboxFilter, order chat.InboxOrder) []lane {
	lanes := []lane{{states: []chat.State{chat.StateOpen, chat.StateSnoozed, chat.StateResolved}, by: byActivity}}
	if order == chat.OrderWaiting {
		lanes = []lane{
			// The state once more, in words: so the planners see that the index of those who wait has them all.
			{states: []chat.State{chat.StateOpen}, by: byWaiting, rising: true, only: " AND c.state = 'open' AND c.waiting_since > 0"},
			{states: []chat.State{chat.StateOpen}, by: byActivity, only: " AND c.waiting_since = 0"},
			{states: []chat.State{chat.StateSnoozed}, by: byActivity},
			{states: []chat.State{chat.StateResolved}, by: byActivity},
		}
	}
	for i := range lanes {
		lanes[i].states = slices.DeleteFunc(lanes[i].states, func(s chat.State) bool {
			return f.State != "" && f.State != s || f.State == "" && f.Unresolved && s == chat.StateResolved
		})
	}
	return lanes
}

// inboxFilter is the part of a filter that every statement holds; $1 to $4 are site, state and place, $9 is how many.
const inboxFilter = ` AND ($5 = '' OR c.assignee = $5 OR $5 = 'none' AND c.assignee = '') AND ($6 = '' OR c.language = $6)
 AND (CAST($7 AS BIGINT) = 0 OR c.waiting_since > 0 AND c.waiting_since <= {now} - $7)
 AND ($8 = '' OR c.invited LIKE '%"' || $8 || '"%')`

// query returns the statement for a page of a lane, and the arguments that it takes after the first nine. It walks an index in the lane's order from the
// place on, so that it reads what it returns and what the filter leaves out on the way. What one agent has, what has a tag and what calls an agent is less than
// all: that is found first, and sorted; a sign keeps the planners from walking the order through everybody's instead.
func (l lane) query(f chat.InboxFilter) (query string, more []any) {
	from, which, by := " FROM conversations c", "", "+"+l.by
	tag := chat.TagKey(f.Tag)
	switch {
	case f.Mentioned && tag != "":
		from = " FROM mentions m JOIN conversations c ON c.id = m.conversation JOIN tagged g ON g.site = c.site AND g.conversation = c.id"
		which, more = " AND m.agent = $10 AND g.tag = $11", []any{f.Agent, tag}
	case f.Mentioned:
		from, which, more = " FROM mentions m JOIN conversations c ON c.id = m.conversation", " AND m.agent = $10", []any{f.Agent}
	case tag != "":
		from, which, more = " FROM tagged g JOIN conversations c ON c.id = g.conversation", " AND g.site = $1 AND g.tag = $10", []any{tag}
	case f.Assignee != "" && f.Assignee != "none":
		which = " AND c.assignee = $5"
	default:
		by = l.by
	}
	only := l.only
	if by != l.by {
		only = strings.ReplaceAll(only, byWaiting, "+"+byWaiting)
	}
	than, way := " < ", " DESC"
	if l.rising {
		than, way = " > ", ""
	}
	return "SELECT c.id, " + l.by + from + " WHERE c.site = $1 AND c.state = $2" + only + " AND (" + by + ", c.id)" + than + "($3, $4)" + inboxFilter + which +
		" ORDER BY " + by + way + ", c.id" + way + " LIMIT $9", more
}

// inboxList is a list of conversations: whose, which, and in which order.
type inboxList struct {
	sites  []string
	filter chat.InboxFilter
	order  chat.InboxOrder
	lanes  []lane
}

// places returns the next places of the list, and whether there are more.
func (l inboxList) places(t tx, from cursor, limit int) (all []cursor, more bool, err error) {
	for n := from.lane; n < len(l.lanes); n++ {
		found, err := l.laneFrom(t, n, from, limit+1-len(all))
		if err != nil {
			return nil, false, err
		}
		if all = append(all, found...); len(all) > limit {
			return all[:limit], true, nil
		}
		from = cursor{}
	}
	return all, false, nil
}

// laneFrom returns the next places of one lane, of all sites together. A place without an id is the lane's beginning.
func (l inboxList) laneFrom(t tx, n int, from cursor, limit int) (places []cursor, err error) {
	lane := l.lanes[n]
	if from.id == "" && !lane.rising {
		from.at = chat.Time(endOfTime)
	}
	query, more := lane.query(l.filter)
	for _, site := range l.sites {
		for _, state := range lane.states {
			args := append([]any{site, string(state), int64(from.at), from.id, l.filter.Assignee, l.filter.Language, waitingMS(l.filter), l.filter.Invited, limit}, more...)
			err := each(t, func(r scanner) error {
				c := cursor{lane: n}
				err := r.Scan(&c.id, &c.at)
				places = append(places, c)
				return err
			}, query, args...)
			if err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(places, func(a, b cursor) int {
		if lane.rising {
			a, b = b, a
		}
		return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id))
	})
	return places[:min(limit, len(places))], nil
}

// waitingMS is how long one must have waited, in ms; beyond what a number holds is for ever.
func waitingMS(f chat.InboxFilter) int64 {
	return min(f.WaitingS, math.MaxInt32) * 1000
}

const unresolvedCounts = `SELECT site, state, assignee, COUNT(*) FROM conversations
WHERE site {any $1} AND state IN ('open', 'snoozed') GROUP BY site, state, assignee`

const countMentions = `SELECT COUNT(*) FROM mentions m JOIN conversations c ON c.id = m.conversation WHERE m.agent = $1 AND c.site {any $2}`

// Mentions counts the conversations of sites in which a note calls an agent who has not read it: see the hub's Store.
func (s *Store) Mentions(ctx context.Context, agent string, sites []string) (int64, error) {
	return read(ctx, s, func(t tx) (n int64, err error) {
		err = t.row(countMentions, agent, sites).Scan(&n)
		return n, err
	})
}

// Counts counts the unresolved conversations of sites, by key: see the hub's Store.
func (s *Store) Counts(ctx context.Context, sites []string) (map[string]chat.SiteCounts, error) {
	return read(ctx, s, func(t tx) (map[string]chat.SiteCounts, error) {
		all := map[string]chat.SiteCounts{}
		err := each(t, func(r scanner) error {
			var site, assignee string
			var state chat.State
			var n int64
			if err := r.Scan(&site, &state, &assignee, &n); err != nil {
				return err
			}
			c := all[site]
			if c.Open == nil {
				c.Open = map[string]int64{}
			}
			if state == chat.StateOpen {
				c.Open[assignee] = n
			} else {
				c.Snoozed += n
			}
			all[site] = c
			return nil
		}, unresolvedCounts, sites)
		return all, err
	})
}
