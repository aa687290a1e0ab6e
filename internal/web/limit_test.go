package web

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter[string](Rate{N: 1, Per: time.Second, Burst: 20}, 0)
		for i := range 20 {
			if _, ok := l.Allow("a"); !ok {
				t.Fatalf("number %d of the burst was refused", i+1)
			}
		}
		wait, ok := l.Allow("a")
		if ok || wait != time.Second {
			t.Fatalf("ok %v, wait %v", ok, wait)
		}
		if _, ok := l.Allow("b"); !ok {
			t.Fatal("another key was refused")
		}
		time.Sleep(wait) // synctest's clock
		if _, ok := l.Peek("a"); !ok {
			t.Fatal("refused after the time that was told")
		}
		if _, ok := l.Allow("a"); !ok {
			t.Fatal("peeking took one")
		}
		if _, ok := l.Allow("a"); ok {
			t.Fatal("one more than the rate")
		}
		l.Give("a")
		if _, ok := l.Allow("a"); !ok {
			t.Fatal("what was given back is gone")
		}
		time.Sleep(time.Hour)
		for i := range 20 {
			if _, ok := l.Allow("a"); !ok {
				t.Fatalf("number %d of the second burst was refused", i+1)
			}
		}
		if _, ok := l.Allow("a"); ok {
			t.Fatal("an hour of silence made the burst larger")
		}
	})
}

func TestLimiterOff(t *testing.T) {
	for _, r := range []Rate{{}, {N: 0, Per: time.Second, Burst: 5}, {N: 1, Per: time.Second}} {
		l := NewLimiter[int](r, 0)
		for range 1000 {
			if _, ok := l.Allow(1); !ok {
				t.Fatalf("%+v limits", r)
			}
		}
		if l.Len() != 0 {
			t.Fatalf("%+v remembers", r)
		}
	}
}

func TestLimiterForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter[string](Rate{N: 1, Per: time.Hour, Burst: 3}, 1000)
		for range 3 {
			l.Allow("hog")
		}
		for i := range 100_000 {
			l.Allow(fmt.Sprint(i))
		}
		if n := l.Len(); n > 1000 {
			t.Fatalf("%d keys are remembered", n)
		}
		// Of those seen, the one that owes least goes: who owes most stays.
		if _, ok := l.Allow("hog"); ok {
			t.Error("a flood of keys washed the worst one out")
		}
		time.Sleep(4 * time.Hour)
		for i := range 2000 {
			l.Allow(fmt.Sprint("later", i))
			time.Sleep(4 * time.Hour)
		}
		if n := l.Len(); n > 10 {
			t.Fatalf("%d keys that owe nothing are still there", n)
		}
	})
}

func TestTooMany(t *testing.T) {
	for wait, want := range map[time.Duration]int{0: 1, time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, time.Minute: 60} {
		e, ok := errors.AsType[*chat.Error](TooMany(wait, "x"))
		if !ok || e.Code != chat.RateLimited || e.RetryAfterS != want {
			t.Errorf("%v: %+v", wait, e)
		}
	}
}

func TestSlots(t *testing.T) {
	s := NewSlots[string](2)
	one, ok1 := s.Take("a")
	_, ok2 := s.Take("a")
	_, ok3 := s.Take("a")
	_, other := s.Take("b")
	if !ok1 || !ok2 || ok3 || !other {
		t.Fatal(ok1, ok2, ok3, other)
	}
	one()
	one()
	if n := s.Held("a"); n != 1 {
		t.Fatalf("%d held after giving one back twice", n)
	}
	if _, ok := s.Take("a"); !ok {
		t.Fatal("a free slot was refused")
	}
	off := NewSlots[int](0)
	for range 100 {
		if _, ok := off.Take(1); !ok {
			t.Fatal("0 limits")
		}
	}
}

func BenchmarkLimiter(b *testing.B) {
	l := NewLimiter[int](Rate{N: 1, Per: time.Second, Burst: 20}, 0)
	i := 0
	for b.Loop() {
		l.Allow(i & 0xffff)
		i++
	}
}
