package store_test

import (
	"fmt"
	"slices"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/sync/errgroup"
)

// annsProof is what newShop has stored of Ann.
var annsProof = chat.Proof{PasswordHash: "hash of Ann"}

// Nobody comes in by what was compared before it was changed, and what was changed meanwhile is not changed back.
func TestLoginsNeedWhatIsStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		n := byte(0)
		begin := func(p chat.Proof) error {
			n++
			return s.AddLogin(t.Context(), [32]byte{0: n}, sh.ann.ID, p, chat.LoginFrom{})
		}
		must(t, begin(annsProof))
		keep := [32]byte{0: n}
		must(t, begin(annsProof))
		rev := settingsRev(t, s)
		ended, err := s.ChangePassword(t.Context(), sh.ann.ID, annsProof.PasswordHash, "another", keep)
		if err != nil || !slices.Equal(ended, [][32]byte{{0: n}}) {
			t.Errorf("ended %v, %v", ended, err)
		}
		if settingsRev(t, s) <= rev {
			t.Error("running servers are not told")
		}
		wantCode(t, begin(annsProof), chat.BadLogin)
		_, err = s.ChangePassword(t.Context(), sh.ann.ID, annsProof.PasswordHash, "a third", keep)
		wantCode(t, err, chat.BadLogin)
		_, err = s.ChangeSecondStep(t.Context(), sh.ann.ID, annsProof.PasswordHash, chat.SecondStep{Secret: "Y"}, keep)
		wantCode(t, err, chat.BadLogin)
		must(t, s.RenewPasswordHash(t.Context(), sh.ann.ID, annsProof.PasswordHash, "a third"))
		is := chat.Proof{PasswordHash: "another"}
		must(t, begin(is))
		must(t, s.RenewPasswordHash(t.Context(), sh.ann.ID, "another", "the same anew"))
		wantCode(t, begin(is), chat.BadLogin)
		is.PasswordHash = "the same anew"
		if ended, err = s.ChangeSecondStep(t.Context(), sh.ann.ID, is.PasswordHash, chat.SecondStep{Secret: "X"}, keep); err != nil || len(ended) != 1 {
			t.Errorf("ended %v, %v", ended, err)
		}
		wantCode(t, begin(is), chat.BadLogin)
		is.Secret = "X"
		must(t, begin(is))
		if _, hashes, err := s.LoginsOf(t.Context(), sh.ann.ID); err != nil || len(hashes) != 2 || !slices.Contains(hashes, keep) {
			t.Errorf("live are %v, %v", hashes, err)
		}
		must(t, s.DisableAgent(t.Context(), sh.ann.ID))
		wantCode(t, begin(is), chat.BadLogin)
		_, err = s.ChangePassword(t.Context(), chat.NewID(), "", "", keep)
		wantCode(t, err, chat.NotFound)
	})
}

// A row that no program of ours has written is an error, which says what to do, and ends nothing.
func TestLoginsWithBrokenHash(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		must(t, s.AddLogin(t.Context(), [32]byte{1}, sh.ann.ID, annsProof, chat.LoginFrom{}))
		must(t, s.Exec(t.Context(), `UPDATE logins SET hash = substr(hash, 1, 5)`))
		_, _, err := s.LoginsOf(t.Context(), sh.ann.ID)
		wantSentence(t, err, "5 bytes and not 32", "delete that row")
		_, err = s.EndLogins(t.Context(), sh.ann.ID, [32]byte{})
		wantSentence(t, err, "5 bytes and not 32", "delete that row")
		n, err := s.Int(t.Context(), `SELECT COUNT(*) FROM logins`)
		must(t, err)
		if n != 1 {
			t.Errorf("%d logins are left", n)
		}
	})
}

// Logins and a new password at the same time: whatever comes first, none of them is there afterwards.
func TestNoLoginOutlivesItsPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := annsProof
		for round := range byte(8) {
			var group errgroup.Group
			for n := range byte(8) {
				group.Go(func() error {
					err := s.AddLogin(t.Context(), [32]byte{0: round, 1: n, 31: 1}, sh.ann.ID, p, chat.LoginFrom{})
					if chat.CodeOf(err) == chat.BadLogin {
						return nil
					}
					return err
				})
			}
			next := fmt.Sprint("password ", round)
			_, err := s.ChangePassword(t.Context(), sh.ann.ID, p.PasswordHash, next, [32]byte{})
			must(t, group.Wait())
			must(t, err)
			p.PasswordHash = next
			if _, hashes, err := s.LoginsOf(t.Context(), sh.ann.ID); err != nil || len(hashes) != 0 {
				t.Fatalf("round %d: live are %v, %v", round, hashes, err)
			}
		}
	})
}
