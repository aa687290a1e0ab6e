package store_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// talk makes a conversation with a visitor of its own.
func (sh *shop) talk(t testing.TB, site string, n int, text string) string {
	t.Helper()
	v, err := sh.AddVisitor(t.Context(), chat.NewVisitor{Site: site, Token: [32]byte{7, byte(n), byte(n >> 8)}, Language: language.Spanish})
	must(t, err)
	p := line(v, "", text)
	p.Site = site
	return sh.append(t, p).Conversation
}

// pages reads the inbox page by page, newest first.
func (sh *shop) pages(t testing.TB, sites []string, f chat.InboxFilter, limit int) []string {
	t.Helper()
	return sh.pagesBy(t, sites, f, chat.OrderNewest, limit)
}

func (sh *shop) pagesBy(t testing.TB, sites []string, f chat.InboxFilter, order chat.InboxOrder, limit int) []string {
	t.Helper()
	var ids []string
	after := ""
	for {
		page, next, err := sh.Inbox(t.Context(), sites, f, order, after, limit)
		must(t, err)
		if len(page) > limit || next != "" && len(page) == 0 && f.Text == "" {
			t.Fatalf("a page of %d, next %q", len(page), next)
		}
		for _, c := range page {
			ids = append(ids, c.ID)
		}
		if after = next; next == "" {
			return ids
		}
	}
}

func TestInbox(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		must(t, s.AddSite(t.Context(), chat.Site{Key: "second", Name: "Second", Language: language.English}))
		must(t, s.AddSite(t.Context(), chat.Site{Key: "third", Name: "Third", Language: language.English}))
		var want []string // newest first
		for i := range 23 {
			id := sh.talk(t, []string{"shop", "second"}[i%2], i, fmt.Sprintf("pregunta %d", i))
			// Several at the same moment: then the id decides.
			must(t, s.Exec(t.Context(), `UPDATE conversations SET updated_at = $2 WHERE id = $1`, id, 1000+i/3))
			want = append([]string{id}, want...)
		}
		hidden := sh.talk(t, "third", 99, "oculta")
		both := []string{"shop", "second"}
		equal := func(name string, got, want []string) {
			t.Helper()
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s:\n%v\nwant\n%v", name, got, want)
			}
		}
		for _, limit := range []int{1, 2, 5, 22, 23, 24, 100} {
			equal(fmt.Sprintf("pages of %d", limit), sh.pages(t, both, chat.InboxFilter{}, limit), want)
		}
		equal("no site", sh.pages(t, nil, chat.InboxFilter{}, 10), nil)
		equal("somebody else's site", sh.pages(t, both, chat.InboxFilter{Site: "third"}, 10), nil)
		equal("the third", sh.pages(t, []string{"third"}, chat.InboxFilter{}, 10), []string{hidden})

		snoozed, resolved := chat.StateSnoozed, chat.StateResolved
		sh.change(t, want[4], chat.Change{By: sh.ann.Participant(), State: &snoozed})
		sh.change(t, want[5], chat.Change{By: sh.ann.Participant(), State: &resolved})
		sh.change(t, want[6], chat.Change{By: sh.ann.Participant(), Assignee: &sh.ann.ID, Language: &language.French})
		equal("snoozed", sh.pages(t, both, chat.InboxFilter{State: snoozed}, 2), []string{want[4]})
		equal("resolved", sh.pages(t, both, chat.InboxFilter{State: resolved}, 2), []string{want[5]})
		equal("assigned", sh.pages(t, both, chat.InboxFilter{Assignee: sh.ann.ID}, 2), []string{want[6]})
		equal("French", sh.pages(t, both, chat.InboxFilter{Language: "FR"}, 2), []string{want[6]})
		if got := sh.pages(t, both, chat.InboxFilter{Assignee: "none", State: chat.StateOpen}, 4); len(got) != 20 {
			t.Errorf("%d open ones of nobody, want 20", len(got))
		}
		equal("text", sh.pages(t, both, chat.InboxFilter{Text: "PREGUNTA 22"}, 3), []string{want[0]})
		if got := sh.pages(t, both, chat.InboxFilter{Text: "visitor"}, 3); len(got) != 23 {
			t.Errorf("%d conversations by name, want 23", len(got))
		}
		_, _, err := s.Inbox(t.Context(), both, chat.InboxFilter{}, chat.OrderNewest, "not a place", 10)
		wantCode(t, err, chat.BadRequest)
	})
}

// TestPlans holds the hot queries to their indexes: a query that reads a whole table is as fast as the others until there is something in it.
func TestPlans(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		postgres := strings.HasPrefix(s.Describe(), "postgres")
		for _, q := range []struct {
			name, text string
			sorted     bool // by an index, not afterwards
			args       []any
		}{
			{"earlier", store.EarlierTalks, false, []any{id, int64(1) << 60, id, 10}},
			{"how many", store.UnresolvedCounts, false, []any{[]string{"shop"}}},
			{"how many call", store.CountMentions, false, []any{sh.ann.ID, []string{"shop"}}},
			// Sorted afterwards: there are no more rows than revs since then, and few.
			{"since", store.MessagesSince, false, []any{id, 1, false, 10, 1}},
			{"history", store.MessagesBefore, true, []any{id, 10, false, 10}},
			{"visitor's", store.VisitorsTalks, false, []any{sh.visitor.ID, 10}},
			{"what a visitor follows", store.VisitorsFollows, false, []any{sh.visitor.ID, 10}},
			{"key", store.LineByKey, false, []any{sh.visitor.ID, chat.NewID()}},
			{"unresolved", store.UnresolvedOf, false, []any{sh.visitor.ID, "shop"}},
			{"first replies", store.FirstReplies, true, []any{"shop", "open", int64(1) << 40, 50, 200}},
			{"claim", store.ClaimTranslations, false, []any{10, 1000, "me"}},
			{"renew", store.RenewTranslations, false, []any{[]string{id + "/1"}, 1000, "me"}},
		} {
			plan, err := s.Plan(t.Context(), q.text, q.args...)
			must(t, err)
			if q.text == store.MessagesSince && !postgres && !strings.Contains(plan, "messages_revised") {
				t.Errorf("%s reads more than revised lines of\n%s", q.name, plan)
			}
			if q.text == store.FirstReplies && !regexp.MustCompile(`(Index Cond|SEARCH c).*updated_at ?>`).MatchString(plan) {
				t.Errorf("%s looks at conversations of all times in\n%s", q.name, plan)
			}
			for l := range strings.Lines(plan) {
				scans := strings.HasPrefix(l, "SCAN") && !strings.Contains(l, "INDEX") || strings.Contains(l, "Seq Scan")
				sorts := strings.Contains(l, "TEMP B-TREE") || strings.Contains(l, "Sort")
				if scans || q.sorted && sorts {
					t.Errorf("%s: %s of\n%s", q.name, strings.TrimSpace(l), plan)
				}
			}
		}
	})
}
