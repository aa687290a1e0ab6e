package store_test

import (
	"fmt"
	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

func TestSpent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		must(t, s.AddSpent(t.Context(), []chat.Spent{
			{Site: "nowhere", Day: "2026-11-22", Engine: "deepl", Characters: 5}, // left out, and holds up nobody
			{Site: "shop", Day: "2026-10-31", Engine: "deepl", Characters: 1000},
			{Site: "shop", Day: "2026-11-01", Engine: "deepl", Characters: 100},
			{Site: "shop", Day: "2026-11-22", Engine: "deepl", Characters: 10},
			{Site: "shop", Day: "2026-11-22", Engine: "google", Characters: 7},
			{Site: "shop", Day: "2026-11-23", Engine: "google", Characters: 50_000},
		}))
		// All nodes add to the same rows.
		var nodes sync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				for range 5 {
					if err := s.AddSpent(t.Context(), []chat.Spent{{Site: "shop", Day: "2026-11-22", Engine: "deepl", Characters: 1}, {Site: "shop", Day: "2026-11-22", Engine: "google", Characters: 1}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		nodes.Wait()
		got, err := s.SpentBy(t.Context(), []string{"shop", "nowhere", "other"}, "2026-11-22")
		must(t, err)
		if len(got) != 1 || got["shop"] != (chat.Spending{Day: 57, Month: 157}) {
			t.Errorf("spent %v, want 57 on the day and 157 in the month", got)
		}
		if got, err = s.SpentBy(t.Context(), []string{"shop"}, "2026-12-01"); err != nil || len(got) != 0 {
			t.Errorf("in the next month: %v, %v", got, err)
		}
		rows, err := s.Spent(t.Context(), "shop", "2026-11-01")
		must(t, err)
		if want := "[{shop deepl 2026-11-01 100} {shop deepl 2026-11-22 30} {shop google 2026-11-22 27} {shop google 2026-11-23 50000}]"; fmt.Sprint(rows) != want {
			t.Errorf("%v, want %s", rows, want)
		}
	})
}

func TestAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		newShop(t, s)
		answer := func(n int, text string) chat.Answer {
			return chat.Answer{Hash: [32]byte{byte(n), byte(n >> 8), 1}, Site: "shop", Text: text, Used: chat.Time(1000 + n)}
		}
		_, err := s.Answer(t.Context(), answer(1, "").Hash)
		wantCode(t, err, chat.NotFound)
		var all []chat.Answer
		for n := range 2500 {
			all = append(all, answer(n, fmt.Sprint("text ", n)))
		}
		must(t, s.KeepAnswers(t.Context(), all))
		again := answer(7, "another text")
		again.Used = 5000
		must(t, s.KeepAnswers(t.Context(), []chat.Answer{again}))
		if got, err := s.Answer(t.Context(), again.Hash); err != nil || got != again {
			t.Errorf("%+v, %v, want %+v", got, err, again)
		}
		// 1,200 were last used before 2200: all but number 7.
		if gone, err := s.SweepAnswers(t.Context(), 2200, 10_000); err != nil || gone != 1199 {
			t.Errorf("by age: %d, %v, want 1199", gone, err)
		}
		if gone, err := s.SweepAnswers(t.Context(), 2200, 100); err != nil || gone != 1201 {
			t.Errorf("by number: %d, %v, want 1201", gone, err)
		}
		for n, there := range map[int]bool{7: true, 8: false, 2399: false, 2401: true, 2499: true} {
			if _, err := s.Answer(t.Context(), answer(n, "").Hash); (err == nil) != there {
				t.Errorf("answer %d after the sweep: %v", n, err)
			}
		}
	})
}
