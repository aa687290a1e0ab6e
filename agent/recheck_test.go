package agent

import (
	"testing"
	"time"
)

func TestDue(t *testing.T) {
	for _, c := range []struct {
		then, now int64
		since     time.Duration
		want      bool
	}{
		{-1, 0, 0, true}, {3, 3, time.Second, false}, {3, 4, time.Second, true}, {4, 3, time.Second, true},
		{3, 3, 59 * time.Second, false}, {3, 3, 60 * time.Second, true},
	} {
		if got := due(c.then, c.now, c.since); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
