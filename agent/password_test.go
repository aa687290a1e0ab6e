package agent

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/sync/semaphore"
)

func TestHashPassword(t *testing.T) {
	hash, err := HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("encoded as %s", hash)
	}
	if again, _ := HashPassword("correct horse"); again == hash {
		t.Error("two hashes of one password are the same: no salt")
	}
	h := newHasher()
	for password, want := range map[string]bool{"correct horse": true, "correct horse ": false, "Correct horse": false, "": false} {
		right, stale, err := h.check(t.Context(), hash, password)
		if err != nil || right != want || stale {
			t.Errorf("%q: %v, %v, %v", password, right, stale, err)
		}
	}
}

// A password typed on another keyboard, in another normal form, is the same password.
func TestPasswordsAreComparedInNFC(t *testing.T) {
	hash, err := HashPassword("contrase\u00f1a larga")
	if err != nil {
		t.Fatal(err)
	}
	if right, _, err := newHasher().check(t.Context(), hash, "contrasen\u0303a larga"); err != nil || !right {
		t.Errorf("%v, %v", right, err)
	}
}

func TestPasswordLength(t *testing.T) {
	for n, ok := range map[int]bool{0: false, MinPassword - 1: false, MinPassword: true, MaxPassword: true, MaxPassword + 1: false} {
		_, err := HashPassword(strings.Repeat("é", n))
		if (err == nil) != ok || err != nil && chat.CodeOf(err) != chat.BadRequest {
			t.Errorf("%d characters: %v", n, err)
		}
	}
	if _, err := HashPassword(strings.Repeat("\xff", 20)); err == nil {
		t.Error("bytes that are no text were taken")
	}
}

func TestOldParametersAreNoticed(t *testing.T) {
	right, stale, err := newHasher().check(t.Context(), OldHash("correct horse"), "correct horse")
	if err != nil || !right || !stale {
		t.Errorf("%v, %v, %v", right, stale, err)
	}
}

// What stands in the database cannot take the machine down, nor is it ever right by accident.
func TestDamagedHashes(t *testing.T) {
	good := OldHash("correct horse")
	h := newHasher()
	for _, bad := range []string{"x", "$", "$$$$$", "plain text", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=8192", "m=4294967295", 1), strings.Replace(good, "t=1", "t=1000000", 1), strings.Replace(good, "t=1", "t=0", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "p=1", "p=255", 1), strings.Replace(good, "m=8192", "m=-1", 1),
		good[:strings.LastIndexByte(good, '$')+1], good + "!", good + "$"} {
		if right, _, err := h.check(t.Context(), bad, "correct horse"); err == nil || right {
			t.Errorf("%q: %v, %v", bad, right, err)
		}
	}
	if n := h.count.Load(); n != 0 {
		t.Errorf("%d of them were computed", n)
	}
}

// Nobody's password is nothing, not even the empty one, and costs what others cost.
func TestUnknownPeopleCostTheSame(t *testing.T) {
	h := newHasher()
	for i, password := range []string{"", "x", "correct horse", h.dummy} {
		right, stale, err := h.check(t.Context(), "", password)
		if right || stale || err != nil {
			t.Errorf("%q: %v, %v, %v", password, right, stale, err)
		}
		if n := h.count.Load(); n != int64(i+1) {
			t.Errorf("the hash function ran %d times", n)
		}
	}
	if p, _, key, err := decode(h.dummy); err != nil || p != current || len(key) != hashKey {
		t.Errorf("nobody's hash costs %+v (%v)", p, err)
	}
}

// At most so many run at once, so many wait, and the rest is told to come again.
func TestHashesAreBounded(t *testing.T) {
	h := newHasher()
	running := hashesPerCore * runtime.GOMAXPROCS(0)
	started, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range running {
		all.Go(func() {
			if err := h.run(context.Background(), func() { started <- struct{}{}; <-release }); err != nil {
				t.Error(err)
			}
		})
	}
	for range running {
		<-started
	}
	if h.running.TryAcquire(1) {
		t.Error("one more may run")
	}
	ctx, cancel := context.WithCancel(context.Background())
	for range hashesWaiting {
		all.Go(func() {
			if err := h.run(ctx, func() { t.Error("ran") }); chat.CodeOf(err) != chat.RateLimited {
				t.Errorf("%v", err)
			}
		})
	}
	for h.waiting.Held(struct{}{}) < running+hashesWaiting {
		runtime.Gosched()
	}
	began := time.Now()
	if err := h.run(context.Background(), func() { t.Error("ran") }); chat.CodeOf(err) != chat.RateLimited {
		t.Errorf("%v", err)
	}
	if time.Since(began) >= hashWait {
		t.Error("who finds the queue full waits all the same")
	}
	cancel()
	close(release)
	all.Wait()
	if n := h.waiting.Held(struct{}{}); n != 0 {
		t.Errorf("%d places are lost", n)
	}
}

func BenchmarkPassword(b *testing.B) {
	h := &hasher{running: semaphore.NewWeighted(1), waiting: web.NewSlots[struct{}](0), dummy: newHasher().dummy}
	for b.Loop() {
		if _, _, err := h.check(b.Context(), "", "correct horse"); err != nil {
			b.Fatal(err)
		}
	}
}
