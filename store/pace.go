package store

import "time"

const (
	// pace is the least time between two commits while several callers write at once, and busyPace while more than busyLines come in a
	// millisecond: fewer commits, for little more waiting.
	pace      = 2 * time.Millisecond
	busyPace  = 4 * time.Millisecond
	busyLines = 3
)

// pacer gathers jobs that are committed together. One goroutine uses it.
type pacer[job any] struct {
	queue <-chan job
	// most is how many jobs are gathered at most.
	most int
	// began is when the last group was begun, size how many jobs were in it, and interval how long after the one before.
	began    time.Time
	size     int
	interval time.Duration
}

// gather adds what waits already. Where the last group held several jobs more are on their way, and it is worth waiting for them as
// long as the pace asks for; a caller who writes alone is never kept waiting.
func (p *pacer[job]) gather(group []job) []job {
	var enough <-chan time.Time
	if wait := p.pace() - time.Since(p.began); p.size > 1 && wait > 0 {
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
	p.interval, p.began, p.size = time.Since(p.began), time.Now(), len(group)
	return group
}

// pace goes by how many jobs came in the time that the last group was gathered.
func (p *pacer[job]) pace() time.Duration {
	if time.Duration(p.size)*time.Millisecond > busyLines*p.interval {
		return busyPace
	}
	return pace
}
