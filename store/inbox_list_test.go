package store_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// TestWaitingOrder: who waits longest stands first, on whatever site; then those where nobody waits, those asleep, the resolved ones, each the latest first. Pages of
// every size give the same list, also across the parts of the order, and where times are equal.
func TestWaitingOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		must(t, s.AddSite(t.Context(), chat.Site{Key: "second", Name: "Second", Language: language.English}))
		both := []string{"shop", "second"}
		snoozed, resolved := chat.StateSnoozed, chat.StateResolved
		ids := make([]string, 16)
		for i := range ids {
			ids[i] = sh.talk(t, both[i%2], i, fmt.Sprintf("pregunta %d", i))
		}
		for _, i := range []int{9, 11, 3, 1} {
			_, err := s.Tag(t.Context(), ids[i], []string{"refund"}, nil)
			must(t, err)
		}
		for i, id := range ids {
			if i >= 10 {
				sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: map[bool]*chat.State{true: &snoozed, false: &resolved}[i < 13], Until: map[bool]chat.Time{true: chat.Time(1) << 50}[i < 13]})
			}
			// Six wait, two of them since the same moment; four do not.
			waiting := []int{500, 300, 300, 900, 100, 700, 0, 0, 0, 0, 50, 0, 0, 40, 0, 0}[i]
			must(t, s.Exec(t.Context(), `UPDATE conversations SET waiting_since = $2, updated_at = $3 WHERE id = $1`, id, waiting, 1000+i/3))
		}
		order := func(f chat.InboxFilter, limit int) (at []int) {
			for _, id := range sh.pagesBy(t, both, f, chat.OrderWaiting, limit) {
				at = append(at, slices.Index(ids, id))
			}
			return at
		}
		all := []int{4, 1, 2, 0, 5, 3, 9, 8, 7, 6, 12, 11, 10, 15, 14, 13}
		for _, limit := range []int{1, 2, 3, 5, 6, 7, 15, 16, 17, 100} {
			if got := order(chat.InboxFilter{}, limit); !slices.Equal(got, all) {
				t.Errorf("pages of %d: %v\nwant %v", limit, got, all)
			}
		}
		mine := sh.ann.ID
		for _, i := range []int{2, 3, 6, 8} {
			must(t, s.Exec(t.Context(), `UPDATE conversations SET assignee = $2 WHERE id = $1`, ids[i], mine))
		}
		for _, c := range []struct {
			name   string
			filter chat.InboxFilter
			want   []int
		}{
			{"unresolved", chat.InboxFilter{Unresolved: true}, all[:13]},
			{"open", chat.InboxFilter{State: chat.StateOpen}, all[:10]},
			{"resolved, which says more than unresolved", chat.InboxFilter{State: resolved, Unresolved: true}, all[13:]},
			{"one site", chat.InboxFilter{Site: "second", State: chat.StateOpen}, []int{1, 5, 3, 9, 7}},
			{"mine", chat.InboxFilter{Assignee: mine}, []int{2, 3, 8, 6}},
			{"nobody's", chat.InboxFilter{Assignee: "none", State: chat.StateOpen}, []int{4, 1, 0, 5, 9, 7}},
			{"tagged", chat.InboxFilter{Tag: "Refund"}, []int{1, 3, 9, 11}},
			{"tagged, of nobody", chat.InboxFilter{Tag: "refund", Assignee: "none", State: chat.StateOpen}, []int{1, 9}},
			{"waiting at all", chat.InboxFilter{WaitingS: 1, State: chat.StateOpen}, all[:6]},
			{"mine, waiting", chat.InboxFilter{WaitingS: 1, Assignee: mine}, []int{2, 3}},
		} {
			for _, limit := range []int{1, 3, 100} {
				if got := order(c.filter, limit); !slices.Equal(got, c.want) {
					t.Errorf("%s, pages of %d: %v, want %v", c.name, limit, got, c.want)
				}
			}
		}
		// Whoever began to wait half an hour ago by this machine's clock, which is the database's here: more than a minute, less than a day.
		must(t, s.Exec(t.Context(), `UPDATE conversations SET waiting_since = $2 WHERE id = $1`, ids[0], time.Now().Add(-30*time.Minute).UnixMilli()))
		for seconds, want := range map[int64]bool{60: true, 86400: false, 1 << 62: false} {
			if got := slices.Contains(order(chat.InboxFilter{WaitingS: seconds}, 5), 0); got != want {
				t.Errorf("waiting for at least %d s: %v", seconds, got)
			}
		}
		_, next, err := s.Inbox(t.Context(), both, chat.InboxFilter{}, chat.OrderWaiting, "", 1)
		must(t, err)
		_, _, err = s.Inbox(t.Context(), both, chat.InboxFilter{}, chat.OrderNewest, next, 1)
		wantCode(t, err, chat.BadRequest)
	})
}

// TestInboxPlans holds the pages to their indexes: all and what is nobody's are walked in order, what is found by person, tag or mention is sorted.
func TestInboxPlans(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		for _, c := range []struct {
			filter chat.InboxFilter
			index  string
			sorted bool
		}{
			{chat.InboxFilter{}, "conversations_inbox|conversations_waiting", false},
			{chat.InboxFilter{Assignee: "none"}, "conversations_inbox|conversations_waiting", false},
			{chat.InboxFilter{Assignee: sh.ann.ID}, "conversations_held", true},
			{chat.InboxFilter{Tag: "refund"}, "tagged", true},
			{chat.InboxFilter{Mentioned: true, Agent: sh.ann.ID}, "mentions", true},
			{chat.InboxFilter{Mentioned: true, Agent: sh.ann.ID, Tag: "refund"}, "mentions", true},
		} {
			for _, order := range []chat.InboxOrder{chat.OrderNewest, chat.OrderWaiting} {
				queries, more := store.InboxQueries(c.filter, order)
				for _, query := range queries {
					plan, err := s.Plan(t.Context(), query, append([]any{"shop", "open", 0, id, c.filter.Assignee, "", 0, "", 10}, more...)...)
					must(t, err)
					scans := regexp.MustCompile(`(?m)^SCAN (c|m|g|conversations)\b|Seq Scan`).MatchString(plan)
					sorts := strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort")
					if found := regexp.MustCompile(c.index + "|USING PRIMARY KEY").MatchString(plan); !found || scans || sorts && !c.sorted {
						t.Errorf("%+v by %s: %s\n%s", c.filter, order, query, plan)
					}
				}
			}
		}
	})
}

func TestCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for _, key := range []string{"second", "third", "quiet"} {
			must(t, s.AddSite(t.Context(), chat.Site{Key: key, Name: key, Language: language.English}))
		}
		snoozed, resolved := chat.StateSnoozed, chat.StateResolved
		for i := range 12 {
			id := sh.talk(t, []string{"shop", "second", "third"}[i%3], i, "hola")
			switch {
			case i < 3:
				sh.change(t, id, chat.Change{By: sh.ann.Participant(), Assignee: &sh.ann.ID})
			case i == 3:
				sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &snoozed, Until: chat.Time(1) << 50})
			case i == 6:
				sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &resolved})
			}
		}
		got, err := s.Counts(t.Context(), []string{"shop", "second", "quiet"})
		must(t, err)
		want := map[string]chat.SiteCounts{
			"shop":   {Open: map[string]int64{sh.ann.ID: 1, "": 1}, Snoozed: 1},
			"second": {Open: map[string]int64{sh.ann.ID: 1, "": 3}},
		}
		calls := sh.pages(t, []string{"shop"}, chat.InboxFilter{}, 1)[0]
		note := sh.answers(sh.bo, calls, "Ann, please look")
		note.Kind, note.Mentions = chat.MessageNote, []string{sh.ann.ID}
		sh.append(t, note)
		for _, c := range []struct {
			agent string
			site  string
			want  int64
		}{{sh.ann.ID, "shop", 1}, {sh.ann.ID, "second", 0}, {sh.bo.ID, "shop", 0}} {
			if n, err := s.Mentions(t.Context(), c.agent, []string{c.site}); err != nil || n != c.want {
				t.Errorf("%d mentions on %s, %v", n, c.site, err)
			}
		}
		same := func(a, b chat.SiteCounts) bool { return maps.Equal(a.Open, b.Open) && a.Snoozed == b.Snoozed }
		if !maps.EqualFunc(got, want, same) {
			t.Errorf("%+v\nwant %+v", got, want)
		}
	})
}

// BenchmarkInbox measures pages and counts with 100,000 conversations of one site, of which every tenth is unresolved, and with 100,000 that are all open:
//
//	go test ./store -run '^$' -bench Inbox -benchtime 100x
func BenchmarkInbox(b *testing.B) {
	for _, kind := range kinds {
		for _, open := range []int{10_000, 100_000} {
			s := kind.open(b)
			agent := fillInbox(b, s, 100_000, open)
			for _, c := range []struct {
				name   string
				filter chat.InboxFilter
				order  chat.InboxOrder
			}{
				{"newest", chat.InboxFilter{Unresolved: true}, chat.OrderNewest},
				{"waiting", chat.InboxFilter{Unresolved: true}, chat.OrderWaiting},
				{"unassigned", chat.InboxFilter{State: chat.StateOpen, Assignee: "none"}, chat.OrderWaiting},
				{"mine", chat.InboxFilter{State: chat.StateOpen, Assignee: agent}, chat.OrderWaiting},
				{"rare-language", chat.InboxFilter{Unresolved: true, Language: "ja"}, chat.OrderWaiting},
				{"rare-language-resolved", chat.InboxFilter{State: chat.StateResolved, Language: "ja"}, chat.OrderNewest},
			} {
				b.Run(fmt.Sprintf("%s/open=%d/%s", kind.name, open, c.name), func(b *testing.B) {
					for b.Loop() {
						_, _, err := s.Inbox(b.Context(), []string{"shop"}, c.filter, c.order, "", 50)
						must(b, err)
					}
				})
			}
			b.Run(fmt.Sprintf("%s/open=%d/counts", kind.name, open), func(b *testing.B) {
				for b.Loop() {
					_, err := s.Counts(b.Context(), []string{"shop"})
					must(b, err)
				}
			})
		}
	}
}

// fillInbox puts n conversations of as many visitors into the site shop, the last of them open; every 2,000th is an agent's, whose id it returns, every third
// is somebody else's; every second waits, and every 5,000th is in Japanese.
func fillInbox(b *testing.B, s *store.Store, n, open int) string {
	b.Helper()
	sh := newShop(b, s)
	const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) `
	const id = `'019e0000-0000-7000-8000-' || substr(CAST(1000000000000 + i AS TEXT), 2)`
	must(b, s.Exec(b.Context(), numbers+`INSERT INTO visitors (id, site, token, token_used, name, language, created_at)
SELECT `+id+`, 'shop', CAST(CAST(i AS TEXT) AS {blob}), 0, 'Visitor', 'es', 1 FROM n`, n))
	must(b, s.Exec(b.Context(), numbers+`INSERT INTO conversations (id, site, visitor, head, rev, state, language, assignee, created_at, updated_at, waiting_since)
SELECT `+id+`, 'shop', `+id+`, 1, 1, CASE WHEN i > $2 THEN 'open' ELSE 'resolved' END, CASE WHEN i % 5000 = 0 THEN 'ja' ELSE 'es' END,
 CASE WHEN i % 2000 = 0 THEN $3 WHEN i % 3 = 0 THEN 'somebody' ELSE '' END, 1, i * 1000, CASE WHEN i > $2 AND i % 2 = 0 THEN i * 1000 ELSE 0 END FROM n`, n, n-open, sh.ann.ID))
	return sh.ann.ID
}
