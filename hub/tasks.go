package hub

import "sync"

// spareWorkers is how many goroutines stay to be used again. Each keeps a few KiB of stack.
const spareWorkers = 64

// tasks counts goroutines so that Run can wait for them. Unlike a sync.WaitGroup it may be waited for while goroutines
// still start others: sessions end and rooms work until the last one is done.
//
// Most of what runs is over in less than a millisecond. A new goroutine would grow its stack twice or three times in that; so those
// that are done wait for something else to do.
type tasks struct {
	mu    sync.Mutex
	n     int
	idle  chan struct{} // closed when n falls to 0; nil while nobody waits
	spare []chan func() // goroutines that are done, the latest last; each channel is empty and has room for one, nil sends home
	over  bool          // nobody stays any more
}

// run runs f soon, in a goroutine that may have run something else before.
func (t *tasks) run(f func()) {
	t.mu.Lock()
	t.n++
	last := len(t.spare) - 1
	if last < 0 {
		t.mu.Unlock()
		go t.work(f)
		return
	}
	worker := t.spare[last]
	t.spare = t.spare[:last]
	t.mu.Unlock()
	worker <- f
}

// start runs f in a goroutine of its own: one that will wait for long, and should have a small stack.
func (t *tasks) start(f func()) {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	go func() {
		defer t.done()
		f()
	}()
}

// work runs f, and what comes after it.
func (t *tasks) work(f func()) {
	next := make(chan func(), 1)
	for stays := true; stays; {
		func() {
			defer func() { stays = t.stay(next) }()
			f()
		}()
		f = nil // it holds a session or a room
		if stays {
			f = <-next
			stays = f != nil
		}
	}
}

// stay is done that also puts a worker among the spare ones, if there is room.
func (t *tasks) stay(worker chan func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.doneLocked()
	if t.over || len(t.spare) == spareWorkers {
		return false
	}
	t.spare = append(t.spare, worker)
	return true
}

func (t *tasks) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.doneLocked()
}

func (t *tasks) doneLocked() {
	t.n--
	if t.n == 0 && t.idle != nil {
		close(t.idle)
		t.idle = nil
	}
}

// wait returns when nothing runs any more, and sends the spare goroutines home.
func (t *tasks) wait() {
	t.mu.Lock()
	if t.n > 0 {
		if t.idle == nil {
			t.idle = make(chan struct{})
		}
		idle := t.idle
		t.mu.Unlock()
		<-idle
		t.mu.Lock()
	}
	t.over = true
	for _, worker := range t.spare {
		worker <- nil
	}
	t.spare = nil
	t.mu.Unlock()
}
