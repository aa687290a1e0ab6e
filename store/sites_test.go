package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

func TestTranslatingIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := chat.Translating{
			Engines: []string{"deepl", "apertium"}, PairEngines: map[string][]string{"es>en": {"apertium"}},
			Formality: map[language.Tag]chat.Formality{language.German: chat.FormalityMore}, Names: []string{"Café Sol", "Ünicode 7"},
			SendPersonal: true, NoMemory: true, TypingPreview: true, Budget: chat.Budget{DayCharacters: 1000, MonthCharacters: 20_000, SoftPercent: 70},
		}
		site := chat.Site{Key: "alma", Name: "Alma", Language: language.Spanish, Origins: []string{}, Translating: want}
		must(t, s.AddSite(t.Context(), site))
		got, err := s.Site(t.Context(), "alma")
		must(t, err)
		if !reflect.DeepEqual(got.Translating, want) {
			t.Fatalf("%+v, want %+v", got.Translating, want)
		}
		// The store is the last to look: what Check refuses never gets into it, by whichever way.
		bad := site
		bad.Key, bad.Translating = "other", chat.Translating{Budget: chat.Budget{SoftPercent: 101}}
		wantCode(t, s.AddSite(t.Context(), bad), chat.BadRequest)
		bad.Key = "alma"
		wantCode(t, s.UpdateSite(t.Context(), bad), chat.BadRequest)
		_, err = s.ChangeSite(t.Context(), "alma", func(site *chat.Site) error { site.Translating = bad.Translating; return nil })
		wantCode(t, err, chat.BadRequest)
		if again, err := s.Site(t.Context(), "alma"); err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("after what was refused: %+v, %v", again, err)
		}
	})
}

// A greeting that an older program has set is the shop's own, and what this one sets the older one reads.
func TestGreetingOfOlderPrograms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.Spanish, Origins: []string{}}))
		must(t, s.Exec(t.Context(), `UPDATE sites SET texts = $1 WHERE key = 'alma'`, `{"greeting":"¡Hola!"}`))
		site, err := s.ChangeSite(t.Context(), "alma", func(site *chat.Site) error {
			if got := site.Texts.For(language.Spanish).Greeting; got != "¡Hola!" {
				t.Errorf("it says %q", got)
			}
			return site.Texts.Write(chat.TextGreeting, language.Spanish, site.Language, "¡Buenas!", 1)
		})
		must(t, err)
		if got := site.Texts.For(language.Spanish).Greeting; got != "¡Buenas!" {
			t.Errorf("changed, it says %q", got)
		}
		old, err := s.Int(t.Context(), `SELECT count(*) FROM sites WHERE key = 'alma' AND texts = $1`, `{"greeting":"¡Buenas!"}`)
		must(t, err)
		if old != 1 {
			t.Error("an older program reads another greeting")
		}
	})
}

func TestChangeSite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.Spanish, Origins: []string{}}))
		rev := settingsRev(t, s)
		same := func(*chat.Site) error { return nil }
		_, err := s.ChangeSite(t.Context(), "alma", same)
		must(t, err)
		refusal := errors.New("no")
		if _, err := s.ChangeSite(t.Context(), "alma", func(site *chat.Site) error { site.Name = "Sol"; return refusal }); !errors.Is(err, refusal) {
			t.Fatalf("f's error came as %v", err)
		}
		if now := settingsRev(t, s); now != rev {
			t.Fatalf("settings rev %d although nothing has changed, was %d", now, rev)
		}
		got, err := s.ChangeSite(t.Context(), "alma", func(site *chat.Site) error { site.Key, site.Name = "sol", "Sol"; return nil })
		must(t, err)
		kept, err := s.Site(t.Context(), "alma")
		must(t, err)
		if got.Key != "alma" || got.Name != "Sol" || !reflect.DeepEqual(kept, got) {
			t.Fatalf("answered %+v, stored %+v", got, kept)
		}
		if now := settingsRev(t, s); now != rev+1 {
			t.Fatalf("settings rev %d after a change, was %d", now, rev)
		}
		must(t, s.RemoveSite(t.Context(), "alma"))
		for _, gone := range []string{"alma", "nowhere"} {
			_, err = s.ChangeSite(t.Context(), gone, same)
			wantCode(t, err, chat.NotFound)
		}
	})
}

// Nobody's change undoes another's, however many come at once.
func TestChangesOfOneSiteAddUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		must(t, s.AddSite(t.Context(), chat.Site{Key: "alma", Name: "Alma", Language: language.Spanish, Origins: []string{}}))
		const many = 20
		var work sync.WaitGroup
		for i := range many {
			work.Go(func() {
				_, err := s.ChangeSite(t.Context(), "alma", func(site *chat.Site) error {
					site.Translating.Names = append(site.Translating.Names, fmt.Sprintf("Name %02d", i))
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		site, err := s.Site(t.Context(), "alma")
		must(t, err)
		slices.Sort(site.Translating.Names)
		if n := site.Translating.Names; len(n) != many || n[0] != "Name 00" || n[many-1] != "Name 19" {
			t.Errorf("of %d names there are %v", many, n)
		}
	})
}
