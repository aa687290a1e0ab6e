package files

import (
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
)

// sender is somebody's file that comes by so many bytes in a second of its time.
type sender struct {
	bytes func(second int) int
	next  int
}

func (s *sender) Read([]byte) (int, error) { return s.next, nil }

// stalling sends at a pace for so many seconds, and then nothing for so many.
func stalling(pace, on, off int) func(int) int {
	return func(second int) int {
		if second%(on+off) < on {
			return pace
		}
		return 0
	}
}

// Who holds places back with a byte now and then loses them as soon as others wait, and not before; a telephone in a train does not, nor one where
// the network is bad, however many wait.
func TestSlowFilesGiveWay(t *testing.T) {
	const steps = 300
	var now time.Time
	s := newArrivals(Limits{AtOnce: 5, ProgressBytes: DefaultProgressBytes}, func() time.Time { return now })
	held := map[string]*arrival{}
	senders := map[string]*sender{
		"a byte now and then": {bytes: stalling(1, 1, 14)},
		"a little more":       {bytes: stalling(4000, 1, 0)},
		"in a train":          {bytes: stalling(20_000, 10, 20)},
		"in a long tunnel":    {bytes: stalling(20_000, 20, 20)},
		"where it is bad":     {bytes: stalling(5000, 1, 0)},
	}
	for name, from := range senders {
		held[name] = s.enter(from)
	}
	lost := map[string]int{}
	for second := range steps {
		for name, from := range senders {
			if from.next = from.bytes(second); from.next > 0 && lost[name] == 0 {
				if _, err := held[name].Read(nil); err != nil {
					t.Fatalf("%s, after %d s: %v", name, second, err)
				}
			}
		}
		now = now.Add(time.Second)
		if second+1 < 90 {
			continue // nobody waits
		}
		p := s.enter(&sender{})
		for name := range senders {
			if held[name].lost && lost[name] == 0 {
				lost[name] = second + 1
				if p == nil {
					t.Errorf("%s has lost a place that nobody has", name)
				}
			}
		}
		if p != nil && second%2 > 0 {
			p.leave() // some are there at once
		}
	}
	if len(lost) != 2 || lost["a byte now and then"] != 90 || lost["a little more"] == 0 {
		t.Errorf("these have lost their places, after so many seconds: %v", lost)
	}
	if _, err := held["a little more"].Read(nil); chat.CodeOf(err) != chat.RateLimited {
		t.Errorf("who has lost his place is told %v", err)
	}
	for _, p := range held {
		p.leave()
		p.leave()
	}
	for p := range s.held {
		p.leave()
	}
	if s.count != 0 || len(s.held) != 0 {
		t.Errorf("%d places are taken in the end, %d are known", s.count, len(s.held))
	}
}

// What is there may be worked on for as long as it takes, and without a limit nobody gives way.
func TestWhoDoesNotGiveWay(t *testing.T) {
	var now time.Time
	for name, l := range map[string]Limits{"it is there": {AtOnce: 1, ProgressBytes: 1000}, "no limit": {AtOnce: 1}} {
		s := newArrivals(l, func() time.Time { return now })
		if l.ProgressBytes > 0 {
			if _, err := s.enter(eof{}).Read(nil); err != io.EOF {
				t.Fatal(err)
			}
		} else {
			s.enter(&sender{})
		}
		now = now.Add(time.Hour)
		if s.enter(&sender{}) != nil {
			t.Errorf("%s: it has lost its place", name)
		}
	}
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

// yielding is a file that arrives until it is told to give way.
type yielding struct{ *io.PipeReader }

func (y yielding) GiveWay() { y.CloseWithError(io.ErrClosedPipe) }

// A file that waits for its next piece ends as soon as its place is wanted, leaves nothing, and its sender is told when to come again.
func TestTakeGivesWay(t *testing.T) {
	var passed atomic.Int64
	begun := time.Now()
	f := house(t, newRows(), func(o *Options) {
		o.Limits.AtOnce = 1
		o.Now = func() time.Time { return begun.Add(time.Duration(passed.Load())) }
	})
	r, w := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := f.Take(t.Context(), visitor, yielding{r})
		done <- err
	}()
	if _, err := io.WriteString(w, "ho"); err != nil { // now it has begun
		t.Fatal(err)
	}
	passed.Store(int64(progressTime))
	if _, err := f.Take(t.Context(), visitor, strings.NewReader("hola")); err != nil {
		t.Errorf("who waited: %v", err)
	}
	err := <-done
	wantCode(t, err, chat.RateLimited)
	if e, _ := err.(*chat.Error); e == nil || e.RetryAfterS != int(slowPause/time.Second) {
		t.Errorf("who was slow: %v", err)
	}
	if n := len(left(t, f)); n != 1 {
		t.Errorf("%d files are there", n)
	}
}
