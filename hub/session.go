package hub

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
	"golang.org/x/text/language"
)

// Edge is one side of the house, visitors' or agents': it says who somebody is, and what his calls mean.
type Edge interface {
	// Hello authenticates. Its error decides how the socket ends: token, identity and login 4401, origin 4403,
	// not_found 4404, forbidden 4423, rate 4029, unavailable 1013, other codes 4400, anything else 1011.
	Hello(ctx context.Context, r Request, hello chat.Hello) (Identity, error)
	// Count holds a call against the limits; the policy has a row for it.
	Count(s *Session, name chat.CallName) error
	// Call decodes the frame of a call that the session may make and calls the hub; what it returns is the ok object of the
	// reply. hello and ping never come here. The frame is not kept. A call that the edge does not answer is chat.UnknownCall.
	Call(ctx context.Context, s *Session, name chat.CallName, frame []byte) (any, error)
}

// Request is what is kept of a handshake until hello, and no longer.
type Request struct {
	// RemoteIP is the host of the request's RemoteAddr: an edge behind a proxy puts the true one there first.
	Origin, Host, RemoteIP, UserAgent, Cookie string
	TLS                                       bool
}

// Identity is who somebody is.
type Identity struct {
	Participant chat.Participant
	// Agent is set for agents, with Sites: all that he serves.
	Agent *chat.Agent
	Sites []chat.SiteInfo
	// Site is the key of the visitor's site.
	Site string
	// Credential is what Revoke names: opaque, the same for all sessions that live by it.
	Credential string
	// Conversations are a visitor's own; they are followed at once.
	Conversations []chat.Followed
}

// wire is what a session writes to: a socket, or a stand-in of a test.
type wire interface {
	// write writes frames one after the other; an error ends the session.
	write(batch []outgoing) error
	// hurry makes a write that has taken too long fail.
	hurry()
	// end closes with a code, waiting for the other side no longer than a few seconds; code 0: it is gone already.
	end(code websocket.StatusCode, reason string)
}

// outgoing is a frame on its way to a session.
type outgoing struct {
	frame []byte
	// ping is for the frame of the heartbeat, which has nothing in it.
	ping bool
	// live events count against the queue; what the client asked for is bounded by how fast it reads instead.
	live bool
	// written, if not nil, is closed when the frame is written or the session has ended.
	written chan struct{}
}

// Session is one open socket. It costs nothing while nothing happens but the goroutine that reads: the queue
// grows when it is used and is let go when it is empty, and the goroutine that writes lives as long as there is something to write.
type Session struct {
	hub     *Hub
	id      string
	edge    Edge
	wire    wire
	address string
	view    view // set by hello, before anything else can see the session

	mu       sync.Mutex // guards the following; a leaf: no other lock is taken under it
	identity Identity
	follows  []*follow
	pieces   []piece // catch-ups waiting; the first is being sent
	queue    []outgoing
	events   int // live events in the queue, and their size
	bytes    int
	owed     int           // bytes of replies and pieces in the queue
	relieved chan struct{} // closed when owed has fallen; nil while nobody waits
	writing  bool
	begun    time.Duration // when the write began that is under way, else zero; one that gets stuck ends the session
	greeted  bool          // after hello
	ended    bool
	inbox    *inboxFollow // agents: which rows they follow
	slow     int          // slow calls under way
	busy     int          // all calls under way
	leaving  *closing     // how it ends as soon as nothing is under way any more; see drain.go

	// due is when hello must have come, and after that when the next ping is due; heard is when the other side was last seen to
	// take in something large.
	due   time.Duration
	heard time.Duration
	// pinged is when the other side was asked that has not answered, else zero.
	pinged time.Duration
}

// ID returns the session's id.
func (s *Session) ID() string { return s.id }

// Address returns the address that the handshake came from.
func (s *Session) Address() string { return s.address }

// Participant returns who it is.
func (s *Session) Participant() chat.Participant {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.identity.Participant
	p.Online = true
	return p
}

// Agent returns the agent, or nil for a visitor. It is not to be changed.
func (s *Session) Agent() *chat.Agent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity.Agent
}

// Site returns the key of a visitor's site, or "" for an agent.
func (s *Session) Site() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity.Site
}

// Identity returns what Hello returned, with the languages as they are now and without Conversations.
func (s *Session) Identity() Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity
}

// reader returns the session's person as somebody for whom lines are translated.
func (s *Session) reader() chat.Reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.identity.Agent != nil {
		return chat.ReaderOf(*s.identity.Agent)
	}
	return chat.Reader{Language: s.identity.Participant.Language, Visitor: true}
}

// setLanguages changes what the person reads.
func (s *Session) setLanguages(tags []language.Tag) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity.Participant.Language = tags[0]
	if s.identity.Agent != nil {
		a := *s.identity.Agent
		a.Languages = tags
		s.identity.Agent = &a
	}
}

// following returns the session's follow of a conversation, or nil.
func (s *Session) following(conversation string) *follow {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.follows {
		if f.room.id == conversation {
			return f
		}
	}
	return nil
}

func (s *Session) isGreeted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greeted
}

func (s *Session) isEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// push puts a frame into the queue; false means that the session has ended. A live event that does not fit ends it: it
// comes back and catches up, and nothing is sent to it after what was dropped.
func (s *Session) push(o outgoing) bool {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		if o.written != nil {
			close(o.written)
		}
		return false
	}
	if o.live {
		if !s.fitsLocked(len(o.frame)) {
			s.mu.Unlock()
			if !s.hub.fault.dropWithoutClose {
				s.hub.counts.slow.Add(1)
				s.End(statusTooSlow, "too slow")
			}
			return false
		}
		s.events++
		s.bytes += len(o.frame)
	} else {
		s.owed += len(o.frame)
	}
	s.queue = append(s.queue, o)
	start := !s.writing
	s.writing = true
	s.mu.Unlock()
	if start {
		s.run("writer", s.writeAll)
	}
	return true
}

// fitsLocked tells whether a live event of so many bytes fits into the queue.
func (s *Session) fitsLocked(size int) bool {
	return s.events+1 <= chat.QueueEvents && (s.bytes+size <= chat.QueueBytes || s.events == 0)
}

// takes tells whether a live event of so many bytes would not end the session.
func (s *Session) takes(size int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended || s.fitsLocked(size)
}

// run starts a goroutine for the session. A panic ends this session and no other.
func (s *Session) run(what string, f func()) {
	s.hub.tasks.run(func() {
		if !s.hub.guard(what, f) {
			s.End(websocket.StatusInternalError, "internal")
		}
	})
}

// writeBatch is how many bytes of frames are joined into one write. A larger frame goes alone.
const writeBatch = 16 << 10

// write writes until the queue is empty. It lets the others go first: a reply and the event of the same line are queued by two
// goroutines within microseconds, and together they cost one system call.
func (s *Session) write() {
	runtime.Gosched()
	for batch := s.nextBatch(nil); batch != nil; batch = s.nextBatch(batch) {
		err := s.wire.write(batch)
		s.wrote(batch)
		if err != nil {
			s.End(statusTooSlow, "too slow")
		}
	}
}

// nextBatch takes off what is to be written at once; nil means that the queue is empty and this writer done. The batch before is
// used again for the queue.
func (s *Session) nextBatch(before []outgoing) []outgoing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.queue) == 0 {
		s.queue, s.writing = nil, false
		return nil
	}
	size, n := len(s.queue[0].frame), 1
	for n < len(s.queue) && size+len(s.queue[n].frame) <= writeBatch {
		size += len(s.queue[n].frame)
		n++
	}
	batch := s.queue[:n:n]
	if s.queue = s.queue[n:]; len(s.queue) == 0 {
		clear(before)
		s.queue = before[:0]
	}
	s.begun = s.hub.clock()
	return batch
}

// wrote takes frames off the accounts. They count as waiting until they are written.
func (s *Session) wrote(batch []outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = 0
	for _, o := range batch {
		switch {
		case o.live:
			s.events--
			s.bytes -= len(o.frame)
		case !o.ping:
			s.owed -= len(o.frame)
			// Who takes a large frame in is alive, even if his pong waits behind it.
			s.heard = s.hub.clock()
		}
		if o.written != nil {
			close(o.written)
		}
	}
	if s.relieved != nil && s.owed <= chat.QueueBytes/2 {
		close(s.relieved)
		s.relieved = nil
	}
}

// ponged takes the answer to a ping, or a pong that nobody has asked for: who sends anything is there.
func (s *Session) ponged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pinged = 0
}

// relief waits while too many bytes of answers wait to be written: a client that asks faster than it reads is read more slowly.
func (s *Session) relief() {
	s.mu.Lock()
	if s.ended || s.owed <= chat.QueueBytes {
		s.mu.Unlock()
		return
	}
	if s.relieved == nil {
		s.relieved = make(chan struct{})
	}
	wait := s.relieved
	s.mu.Unlock()
	<-wait
}

// maxReason is what fits into a close frame beside the code.
const maxReason = 123

// End ends the session; it returns at once. Only the first code counts. A reason is cut to 123 bytes.
func (s *Session) End(code websocket.StatusCode, reason string) {
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	s.ended = true
	for _, o := range s.queue {
		if o.written != nil {
			close(o.written)
		}
	}
	s.queue = nil
	if s.relieved != nil {
		close(s.relieved)
		s.relieved = nil
	}
	s.mu.Unlock()
	if s.hub.options.Ended != nil {
		s.hub.options.Ended(int(code))
	}
	s.hub.tasks.run(func() {
		s.hub.leave(s)
		s.wire.end(code, reason)
	})
}

// take removes and returns what the session follows, for leaving.
func (s *Session) take() ([]*follow, *inboxFollow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	follows, inbox := s.follows, s.inbox
	s.follows, s.inbox = nil, nil
	return follows, inbox
}

// conversations returns the ids of what the session follows.
func (s *Session) conversations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, len(s.follows))
	for i, f := range s.follows {
		ids[i] = f.room.id
	}
	return ids
}

func (s *Session) forget(f *follow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follows = slices.DeleteFunc(s.follows, func(o *follow) bool { return o == f })
}
