package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"dragoman/chat"
)

// maxGroup is how many lines are committed together at most.
const maxGroup = 64

// errAlone is what a line hears that could not be stored with its group. Nothing of it is stored then, and it is tried the ordinary way.
var errAlone = errors.New("to be stored alone")

// groups commits lines on PostgreSQL that wait together in one transaction: a commit costs a wait for the disk and a few round trips, however
// many lines are in it. A node commits one group at a time, because two of half the size cost twice as much, and a group holds one line of each
// conversation at most.
type groups struct {
	store   *Store
	db      *postgresDB
	queue   chan *lineJob
	end     context.CancelFunc
	done    sync.WaitGroup
	closing sync.Once
	// ended is closed when nothing is taken from queue any more.
	ended chan struct{}
}

// lineJob is a line that somebody waits for.
type lineJob struct {
	post chat.Post
	done chan lineDone
	// taken is set by whoever comes first: the group, which then stores the line, or a caller who gives up waiting.
	taken atomic.Bool
}

type lineDone struct {
	posted chat.Posted
	err    error
}

// answer tells the caller, who may have gone.
func (j *lineJob) answer(posted chat.Posted, err error) { j.done <- lineDone{posted, err} }

func startGroups(s *Store, db *postgresDB) *groups {
	ctx, end := context.WithCancel(context.Background())
	g := &groups{store: s, db: db, queue: make(chan *lineJob, maxGroup), end: end, ended: make(chan struct{})}
	g.done.Go(func() { g.run(ctx) })
	return g
}

// close lets the group that has begun end; what waits is refused.
func (g *groups) close() {
	g.closing.Do(func() {
		g.end()
		g.done.Wait()
		close(g.ended)
	})
}

// add stores a line with others. A caller who gives up before the line was begun takes it back; afterwards nobody knows.
func (g *groups) add(ctx context.Context, p chat.Post) (chat.Posted, error) {
	j := &lineJob{post: p, done: make(chan lineDone, 1)}
	select {
	case g.queue <- j:
	case <-g.ended:
		return chat.Posted{}, errClosed
	case <-ctx.Done():
		return chat.Posted{}, ctx.Err()
	}
	select {
	case d := <-j.done:
		return d.posted, d.err
	case <-ctx.Done():
		j.taken.Store(true)
		return chat.Posted{}, ctx.Err()
	case <-g.ended:
	}
	select {
	case d := <-j.done:
		return d.posted, d.err
	default:
		return chat.Posted{}, errClosed
	}
}

// run stores what waits until ctx ends.
func (g *groups) run(ctx context.Context) {
	pacer := pacer[*lineJob]{queue: g.queue, most: maxGroup}
	var group, later []*lineJob
	for {
		if group = append(group[:0], later...); len(group) == 0 {
			select {
			case <-ctx.Done():
				return
			case j := <-g.queue:
				group = append(group, j)
			}
		}
		group, later = distinct(pacer.gather(group), later[:0])
		g.store.storeGroup(ctx, g.db, group)
		if ctx.Err() != nil {
			return
		}
	}
}

// distinct keeps the first line of each conversation and puts the others into later. Lines whose callers have gone are left out.
func distinct(all, later []*lineJob) (group, rest []*lineJob) {
	seen := make(map[string]bool, len(all))
	group = all[:0]
	for _, j := range all {
		switch {
		case seen[j.post.Conversation]:
			later = append(later, j)
		case j.taken.CompareAndSwap(false, true):
			seen[j.post.Conversation] = true
			group = append(group, j)
		}
	}
	return group, later
}
