package store

import "time"

// pace is the least time between two commits while several callers write at once: fewer commits, for little more waiting.
const pace = 2 * time.Millisecond

// pacer gathers jobs that are committed together. One goroutine uses it.
type pacer[job any] struct {
	queue <-chan job
	// most is how many jobs are gathered at most.
	most int
	// began is when the last group was begun, size how many jobs were in it.
	began time.Time
	size  int
}

// gather adds what waits already. Where the last group held several jobs more are on their way, and it is worth waiting for them as
// long as pace asks for; a caller who writes alone is never kept waiting.
func (p *pacer[job]) gather(group []job) []job {
	var enough <-chan time.Time
	if wait := pace - time.Since(p.began); p.size > 1 && wait > 0 {
		enough = time.After(wait)
	}
	for enough != nil && len(group) < p.most {
		select {
		case j := <-p.queue:
			group = append(group, j)
		case <-enough:
			enough = nil
		}
	}
	for len(group) < p.most {
		select {
		case j := <-p.queue:
			group = append(group, j)
			continue
		default:
		}
		break
	}
	p.began, p.size = time.Now(), len(group)
	return group
}
