package store_test

import (
	"errors"
	"reflect"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestAddAndChangeTerm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.Spanish}))
		must(t, s.AddSite(t.Context(), chat.Site{Key: "sol", Name: "Sol", Language: language.Spanish}))
		tea, err := s.AddTerm(t.Context(), "alma", chat.Term{From: language.English, To: language.Spanish, Source: "tea", Target: "té"})
		must(t, err)
		name, err := s.AddTerm(t.Context(), "alma", chat.Term{Source: "Alma", CaseSensitive: true})
		must(t, err)
		if tea.ID == "" || tea.Site != "alma" || tea.At == 0 || name.From != language.Und || name.ID == tea.ID {
			t.Fatalf("added %+v and %+v", tea, name)
		}
		_, err = s.AddTerm(t.Context(), "alma", chat.Term{From: language.English, To: language.Spanish, Source: "tea", Target: "infusión"})
		wantCode(t, err, chat.Conflict)
		_, err = s.AddTerm(t.Context(), "nowhere", chat.Term{Source: "Alma"})
		wantCode(t, err, chat.NotFound)

		before, rev, err := s.Terms(t.Context(), "alma", -1)
		must(t, err)
		to := func(source, target string) func(*chat.Term) error {
			return func(e *chat.Term) error { e.ID, e.Site, e.Source, e.Target = "x", "sol", source, target; return nil }
		}
		refusal := errors.New("no")
		if _, err := s.ChangeTerm(t.Context(), "alma", tea.ID, func(e *chat.Term) error { e.Source = "x"; return refusal }); !errors.Is(err, refusal) {
			t.Fatalf("f's error came as %v", err)
		}
		for _, c := range []struct {
			site, id string
			f        func(*chat.Term) error
			code     chat.Code
		}{
			{"sol", tea.ID, to("mate", "mate"), chat.NotFound}, // another site's
			{"alma", "x", to("mate", "mate"), chat.NotFound},
			{"nowhere", tea.ID, to("mate", "mate"), chat.NotFound},
			{"alma", name.ID, func(e *chat.Term) error { *e = chat.Term{From: tea.From, To: tea.To, Source: tea.Source}; return nil }, chat.Conflict},
		} {
			_, err := s.ChangeTerm(t.Context(), c.site, c.id, c.f)
			wantCode(t, err, c.code)
		}
		if after, now, err := s.Terms(t.Context(), "alma", -1); err != nil || now != rev || !reflect.DeepEqual(after, before) {
			t.Fatalf("what was refused has changed %+v (%d) to %+v (%d), %v", before, rev, after, now, err)
		}

		for _, source := range []string{"mate", "mate", "yerba"} {
			got, err := s.ChangeTerm(t.Context(), "alma", tea.ID, to(source, "mate"))
			must(t, err)
			if got.ID != tea.ID || got.Site != "alma" || got.Source != source || got.Target != "mate" || got.To != language.Spanish {
				t.Fatalf("changed to %+v", got)
			}
		}
		if after, now, err := s.Terms(t.Context(), "alma", -1); err != nil || now <= rev || len(after) != 2 || after[1].Source != "yerba" {
			t.Fatalf("%+v (%d), %v", after, now, err)
		}
	})
}

func TestAFullGlossaryTakesNoTerm(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Database: t.TempDir() + "/x.db", Create: true, Terms: 1})
	must(t, err)
	defer s.Close()
	must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.Spanish}))
	first, err := s.AddTerm(t.Context(), "alma", chat.Term{Source: "Alma"})
	must(t, err)
	_, err = s.AddTerm(t.Context(), "alma", chat.Term{Source: "Sol"})
	wantCode(t, err, chat.Conflict)
	_, err = s.ChangeTerm(t.Context(), "alma", first.ID, func(e *chat.Term) error { e.Source = "Sol"; return nil })
	must(t, err)
}
