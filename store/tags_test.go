package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// tag changes tags.
func (sh *shop) tag(t *testing.T, id string, add, remove []string) chat.Changed {
	t.Helper()
	c, err := sh.Tag(t.Context(), id, add, remove)
	must(t, err)
	return c
}

// uses are the tags of the site, as name and count.
func (sh *shop) uses(t *testing.T) string {
	t.Helper()
	all, err := sh.Tags(t.Context(), sh.site.Key)
	must(t, err)
	var out []string
	for _, u := range all {
		out = append(out, fmt.Sprint(u.Name, " ", u.Uses))
	}
	return strings.Join(out, ", ")
}

// TestTags: each change takes one rev, the same again none; a tag is one whatever its case, and is spelt as it was first, until nothing has it any more.
func TestTags(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		a, b := sh.talk(t, "shop", 1, "uno"), sh.talk(t, "shop", 2, "dos")
		for _, step := range []struct {
			id          string
			add, remove []string
			revs        int64
			want, uses  string
		}{
			{a, []string{"Refund", "VIP"}, nil, 1, "Refund VIP", "Refund 1, VIP 1"},
			{a, []string{"refund"}, []string{"unknown"}, 0, "Refund VIP", "Refund 1, VIP 1"},
			{b, []string{"REFUND", "Straße"}, nil, 1, "Refund Straße", "Refund 2, Straße 1, VIP 1"},
			{b, []string{"STRASSE"}, nil, 0, "Refund Straße", "Refund 2, Straße 1, VIP 1"},
			{a, []string{"new"}, []string{"vip"}, 1, "Refund new", "Refund 2, new 1, Straße 1"},
			{a, []string{"both"}, []string{"both"}, 0, "Refund new", "Refund 2, new 1, Straße 1"},
			{a, nil, []string{"refund", "NEW"}, 1, "", "Refund 1, Straße 1"},
			{b, nil, []string{"Refund"}, 1, "Straße", "Straße 1"},
			{b, []string{"refund"}, nil, 1, "Straße refund", "refund 1, Straße 1"},
		} {
			was := sh.get(t, step.id)
			c := sh.tag(t, step.id, step.add, step.remove)
			now := sh.get(t, step.id)
			if now.Head != was.Head+step.revs || c.Head != now.Head || (c.Row != nil) != (step.revs > 0) || step.revs > 0 && now.Rev != now.Head {
				t.Fatalf("%+v: from %d to %d, told %+v", step, was.Head, now.Head, c)
			}
			if got := strings.Join(now.Tags, " "); got != step.want || sh.uses(t) != step.uses {
				t.Fatalf("%+v: %q, and the site %q", step, got, sh.uses(t))
			}
		}
		rows, err := s.Since(t.Context(), a, 0, false)
		must(t, err)
		if rows.Row == nil || len(rows.Row.Tags) != 0 {
			t.Errorf("who comes back gets %+v", rows.Row)
		}
		_, err = s.Tag(t.Context(), chat.NewID(), []string{"x"}, nil)
		wantCode(t, err, chat.NotFound)
		sh.checkRevs(t, a)
	})
}

// TestTagsAtOnce: agents who put on and take off different tags of the same conversations at the same time undo nothing of each other.
func TestTagsAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		ids := []string{sh.talk(t, "shop", 1, "uno"), sh.talk(t, "shop", 2, "dos")}
		for _, id := range ids {
			sh.tag(t, id, []string{"old", "older"}, nil)
		}
		together(t, 12, func(i int) error {
			add := []string{fmt.Sprint("tag ", i/2), "common"}
			if i%4 < 2 {
				slices.Reverse(add)
			}
			_, err := s.Tag(t.Context(), ids[i%2], add, []string{[]string{"old", "older"}[i/2%2]})
			return err
		})
		for n, id := range ids {
			c := sh.get(t, id)
			slices.Sort(c.Tags)
			if got := strings.Join(c.Tags, ","); got != "common,tag 0,tag 1,tag 2,tag 3,tag 4,tag 5" {
				t.Errorf("conversation %d has %s", n, got)
			}
		}
		if got := sh.uses(t); got != "common 2, tag 0 2, tag 1 2, tag 2 2, tag 3 2, tag 4 2, tag 5 2" {
			t.Errorf("the site has %s", got)
		}
	})
}

// TestTagLimits: so many on a conversation, so many on a site, and a refusal changes nothing.
func TestTagLimits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.talk(t, "shop", 1, "uno")
		for i := range chat.MaxTags {
			sh.tag(t, id, []string{fmt.Sprint("t", i)}, nil)
		}
		was := sh.uses(t)
		_, err := s.Tag(t.Context(), id, []string{"one more"}, nil)
		wantCode(t, err, chat.Conflict)
		sh.tag(t, id, []string{"one more"}, []string{"t0"})
		sh.tag(t, id, []string{"t0"}, []string{"one more"})
		if got := sh.uses(t); got != was {
			t.Errorf("%s, want %s", got, was)
		}
		must(t, s.Exec(t.Context(), `UPDATE tags SET uses = 2 WHERE key = 't1'`))
		for i := chat.MaxTags; i < chat.MaxSiteTags; i++ {
			must(t, s.Exec(t.Context(), `INSERT INTO tags (site, key, name, uses) VALUES ('shop', $1, $1, 1)`, fmt.Sprint("u", i)))
		}
		other := sh.talk(t, "shop", 2, "dos")
		_, err = s.Tag(t.Context(), other, []string{"too many"}, nil)
		wantCode(t, err, chat.Conflict)
		sh.tag(t, other, []string{"T1"}, nil)
		if got := sh.get(t, other).Tags; len(got) != 1 || got[0] != "t1" {
			t.Errorf("%q", got)
		}
	})
}

// TestInboxByTag: the filter does not look at case, and goes together with the others and with pages.
func TestInboxByTag(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		var tagged []string
		for i := range 7 {
			id := sh.talk(t, "shop", i, "hola")
			must(t, s.Exec(t.Context(), `UPDATE conversations SET updated_at = $2 WHERE id = $1`, id, 1000+i))
			if i%2 == 0 {
				sh.tag(t, id, []string{"Refund"}, nil)
				tagged = append([]string{id}, tagged...)
			}
		}
		resolved := chat.StateResolved
		sh.change(t, tagged[3], chat.Change{By: sh.ann.Participant(), State: &resolved})
		sh.change(t, tagged[1], chat.Change{By: sh.ann.Participant(), Assignee: &sh.ann.ID})
		for name, c := range map[string]struct {
			f    chat.InboxFilter
			want []string
		}{
			"open":        {chat.InboxFilter{Tag: "refund", State: chat.StateOpen}, tagged[:3]},
			"resolved":    {chat.InboxFilter{Tag: "REFUND", State: resolved}, tagged[3:]},
			"Ann's":       {chat.InboxFilter{Tag: "Refund", Assignee: sh.ann.ID}, tagged[1:2]},
			"other":       {chat.InboxFilter{Tag: "refunds"}, nil},
			"other sites": {chat.InboxFilter{Tag: "refund", Site: "second"}, nil},
		} {
			got := sh.pages(t, []string{"shop"}, c.f, 2)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", name, got, want)
			}
		}
	})
}
