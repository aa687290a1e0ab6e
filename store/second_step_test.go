package store_test

import (
	"reflect"
	"slices"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"
)

func TestSecondStep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		is := func(want chat.SecondStep) {
			t.Helper()
			got, err := s.SecondStep(t.Context(), sh.ann.ID)
			must(t, err)
			if len(got.Recovery) == 0 {
				got.Recovery = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
		use := func(step int64, want bool) {
			t.Helper()
			if got, err := s.UseStep(t.Context(), sh.ann.ID, step); err != nil || got != want {
				t.Errorf("step %d: %v, %v", step, got, err)
			}
		}
		recover := func(hash string, want bool) {
			t.Helper()
			if got, err := s.UseRecovery(t.Context(), sh.ann.ID, hash); err != nil || got != want {
				t.Errorf("recovery code %s: %v, %v", hash, got, err)
			}
		}
		is(chat.SecondStep{})
		use(1, false)
		recover("a", false)
		must(t, s.SetSecondStep(t.Context(), sh.ann.ID, chat.SecondStep{Secret: "X", Step: 7, Recovery: []string{"a", "b", "c"}}))
		use(7, false)
		use(6, false)
		use(8, true)
		use(8, false)
		recover("b", true)
		recover("b", false)
		recover("d", false)
		is(chat.SecondStep{Secret: "X", Step: 8, Recovery: []string{"a", "c"}})
		must(t, s.SetSecondStep(t.Context(), sh.ann.ID, chat.SecondStep{}))
		is(chat.SecondStep{})
		recover("a", false)
		_, err := s.SecondStep(t.Context(), chat.NewID())
		wantCode(t, err, chat.NotFound)
		wantCode(t, s.SetSecondStep(t.Context(), chat.NewID(), chat.SecondStep{}), chat.NotFound)
	})
}

func TestLoginsOfAnAgent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		for n := range byte(4) {
			must(t, s.AddLogin(t.Context(), [32]byte{0: n, 31: 1}, sh.ann.ID, annsProof, chat.LoginFrom{Device: "browser", Address: "192.0.2.1"}))
		}
		old := [32]byte{0: 3, 31: 1}
		must(t, s.Exec(t.Context(), `UPDATE logins SET used_at = used_at - 86400000 WHERE hash = $1`, old[:]))
		keep := [32]byte{0: 1, 31: 1}
		must(t, s.Exec(t.Context(), `UPDATE logins SET used_at = used_at + 5000 WHERE hash = $1`, keep[:]))
		all, hashes, err := s.LoginsOf(t.Context(), sh.ann.ID)
		must(t, err)
		if len(all) != 3 || len(hashes) != 3 || hashes[0] != keep || all[0].Device != "browser" || all[0].Address != "192.0.2.1" || all[0].Began == 0 || all[0].Used <= all[0].Began {
			t.Fatalf("%+v %v", all, hashes)
		}
		if all[0].ID == all[1].ID || all[0].ID == "" {
			t.Errorf("ids %q %q", all[0].ID, all[1].ID)
		}
		rev := settingsRev(t, s)
		if ended, err := s.EndLogins(t.Context(), sh.ann.ID, keep); err != nil || len(ended) != 3 || slices.Contains(ended, keep) {
			t.Errorf("ended %v, %v", ended, err)
		}
		if settingsRev(t, s) <= rev {
			t.Error("running servers are not told")
		}
		if all, hashes, err = s.LoginsOf(t.Context(), sh.ann.ID); err != nil || len(all) != 1 || hashes[0] != keep {
			t.Errorf("%+v %v %v", all, hashes, err)
		}
	})
}
