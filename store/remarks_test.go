package store_test

import (
	"slices"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

// TestRemark: what stands about a visitor is changed by who has read it, and nobody undoes what another has written.
func TestRemark(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		id := sh.append(t, sh.says("", "hola")).Conversation
		reads := func(text, by string, rev int64) {
			t.Helper()
			r, err := s.Remark(t.Context(), id)
			must(t, err)
			if r.Text != text || r.By != by || r.Rev != rev || (r.At > 0) != (rev > 0) || sh.get(t, id).Visitor.Remark != rev {
				t.Fatalf("there stands %+v, want %q by %q at %d", r, text, by, rev)
			}
		}
		reads("", "", 0)
		r, err := s.SetRemark(t.Context(), id, sh.ann.ID, "Likes cups", 0)
		must(t, err)
		if r.Rev != 1 || r.By != "Ann" || len(r.Touched) != 1 || r.Touched[0].Conversation != id {
			t.Fatalf("%+v", r)
		}
		_, err = s.SetRemark(t.Context(), id, sh.bo.ID, "Likes plates", 0)
		wantCode(t, err, chat.Conflict)
		reads("Likes cups", "Ann", 1)
		// The same again, from whom the answer did not reach.
		r, err = s.SetRemark(t.Context(), id, sh.ann.ID, "Likes cups", 0)
		must(t, err)
		if r.Rev != 1 || r.Touched != nil {
			t.Fatalf("the same again: %+v", r)
		}
		_, err = s.SetRemark(t.Context(), id, sh.bo.ID, "", 1)
		must(t, err)
		reads("", "Bo", 2)
		_, err = s.SetRemark(t.Context(), chat.NewID(), sh.bo.ID, "x", 0)
		wantCode(t, err, chat.NotFound)
		_, err = s.Remark(t.Context(), chat.NewID())
		wantCode(t, err, chat.NotFound)
		if c := sh.get(t, id); c.Head != 2 {
			t.Errorf("it takes revs: %d", c.Head)
		}
	})
}

// TestRemarksOfOnePerson: who turns out to be somebody known brings what was written about him along, and his conversations.
func TestRemarksOfOnePerson(t *testing.T) {
	for name, c := range map[string]struct{ his, persons, want, by string }{
		"both":         {"New here", "Old customer", "Old customer\n\nNew here", ""},
		"the visitor":  {"New here", "", "New here", "Ann"},
		"the person":   {"", "Old customer", "Old customer", "Ann"},
		"none of them": {"", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				sh := newShop(t, s)
				person := sh.identify(t, sh.signedFor("c-1", nil)).Visitor
				first := sh.append(t, line(person, "", "hola")).Conversation
				resolved := chat.StateResolved
				sh.change(t, first, chat.Change{By: sh.ann.Participant(), State: &resolved})
				second := sh.append(t, sh.says("", "otra vez")).Conversation
				for id, text := range map[string]string{first: c.persons, second: c.his} {
					if text != "" {
						_, err := s.SetRemark(t.Context(), id, sh.ann.ID, text, 0)
						must(t, err)
					}
				}
				before := sh.get(t, first).Visitor.Remark
				old := [32]byte{1} // the token of the shop's own visitor
				if got := sh.identify(t, sh.signedFor("c-1", &old)).Visitor; got.ID != person.ID {
					t.Fatalf("came as %s", got.ID)
				}
				for _, id := range []string{first, second} {
					r, err := s.Remark(t.Context(), id)
					must(t, err)
					if r.Text != c.want || r.By != c.by || c.his != "" && r.Rev <= before {
						t.Errorf("about the person stands %+v", r)
					}
				}
				n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM visitors WHERE id = $1 AND remark <> ''`, sh.visitor.ID)
				must(t, err)
				if n != 0 {
					t.Error("the text stayed with who is nobody any more")
				}
				page, next, err := s.Earlier(t.Context(), second, "", 10)
				must(t, err)
				if len(page) != 1 || page[0].ID != first || next != "" {
					t.Errorf("earlier are %+v", page)
				}
			})
		})
	}
}

// TestEarlier: the others of the same visitor, the latest first, page by page.
func TestEarlier(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		sh.talk(t, "shop", 9, "otra persona")
		var ids []string
		for range 5 {
			id := sh.append(t, sh.says("", "hola")).Conversation
			resolved := chat.StateResolved
			sh.change(t, id, chat.Change{By: sh.ann.Participant(), State: &resolved})
			must(t, s.Exec(t.Context(), `UPDATE conversations SET resolved_at = 1, created_at = $2 WHERE id = $1`, id, 1000+len(ids)/2))
			ids = append([]string{id}, ids...)
		}
		want := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == ids[2] })
		var got []string
		after := ""
		for {
			page, next, err := s.Earlier(t.Context(), ids[2], after, 2)
			must(t, err)
			for _, c := range page {
				got = append(got, c.ID)
			}
			if after = next; after == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		_, _, err := s.Earlier(t.Context(), ids[0], "no place", 2)
		wantCode(t, err, chat.BadRequest)
		page, _, err := s.Earlier(t.Context(), chat.NewID(), "", 2)
		if err != nil || len(page) != 0 {
			t.Errorf("of a conversation that is not there: %v, %v", page, err)
		}
	})
}
