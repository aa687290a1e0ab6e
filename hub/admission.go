package hub

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// admissionWait is how long a handshake may wait for its turn. After a restart all visitors come at once; browsers that are refused come
// back with longer and longer pauses, the last of sixteen thousand after half a minute, where all of them could have been let in after
// eight seconds in the order in which they came. What waits costs what any HTTP request costs, so no more wait than are let in in this time.
const admissionWait = 5 * time.Second

// admission lets handshakes in, so many a second.
type admission struct {
	mu      sync.Mutex // makes looking and taking one step
	limiter *rate.Limiter
}

// newAdmission makes one for so many handshakes a second; negative: no bound.
func newAdmission(perSecond int) *admission {
	if perSecond < 0 {
		return &admission{limiter: rate.NewLimiter(rate.Inf, 0)}
	}
	return &admission{limiter: rate.NewLimiter(rate.Limit(perSecond), perSecond)}
}

// enter waits for its turn. It returns false at once if too many wait already, and when one of the contexts ends: the client went away, or
// the node stops.
func (a *admission) enter(client, node context.Context) bool {
	turn := a.reserve()
	if turn == nil {
		return false
	}
	wait := turn.Delay()
	if wait == 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-client.Done():
	case <-node.Done():
	}
	turn.Cancel()
	return false
}

// reserve takes a place, or returns nil if too many wait. It looks first: a place that is given back does not make room if another was
// taken meanwhile.
func (a *admission) reserve() *rate.Reservation {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.limiter.Tokens() < -admissionWait.Seconds()*float64(a.limiter.Limit()) {
		return nil
	}
	return a.limiter.Reserve()
}

// admit tells whether one more socket may be opened; it may take admissionWait.
func (h *Hub) admit(client context.Context) bool {
	return h.open() && !h.full() && h.admission.enter(client, h.ctx) && h.open() && !h.full()
}

// full tells whether this node has as many sockets as it takes.
func (h *Hub) full() bool {
	h.sessionsMu.Lock()
	defer h.sessionsMu.Unlock()
	return h.options.Sockets > 0 && len(h.sessions) >= h.options.Sockets
}

// refuse tells a handshake to come again.
func (h *Hub) refuse(w http.ResponseWriter) {
	h.counts.refused.Add(1)
	w.Header().Set("Retry-After", strconv.Itoa(int(admissionWait/time.Second)))
	http.Error(w, "The server is full or restarting: try again in a few seconds.", http.StatusServiceUnavailable)
}
