package hub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"
	"dragoman/internal/policy"

	"github.com/coder/websocket"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"
)

// Defaults of Options.
const (
	DefaultHandshakesPerSecond = 2000
	DefaultSockets             = 20000
	DefaultTranslations        = 32
	DefaultSweepEvery          = 5 * time.Second
)

// storeTimeout bounds what the hub asks of the store on its own account, and callTimeout a call of a session.
const (
	storeTimeout = 5 * time.Second
	callTimeout  = 15 * time.Second
)

// Options is what a Hub is made of. Only Store must be set.
type Options struct {
	Store Store
	// Broker carries events to the other nodes; nil: this node is alone.
	Broker Broker
	// Translator puts lines into the languages wanted; nil: every translation fails with no_engine.
	Translator Translator
	// Prepare, if set, is called when people who write and read two languages are about to talk, once for each direction, beside everything else. It may take
	// seconds, and need not succeed.
	Prepare func(ctx context.Context, from, to language.Tag) error
	// Listener finds out in which language people write; nil: lines are in the language that their authors read.
	Listener Listener
	// Memory remembers what people translate; nil: nobody does.
	Memory TranslationMemory
	Log    zerolog.Logger
	// Node names this node, differently on every node and at every start; empty: a new id.
	Node string
	// TextLimit is the longest text in code points; 0: chat.DefaultTextLimit; negative: no bound.
	TextLimit int
	// HandshakesPerSecond bounds the sockets that this node takes on; 0: DefaultHandshakesPerSecond; negative: no bound.
	HandshakesPerSecond int
	// Sockets bounds how many are open at once; 0: DefaultSockets; negative: no bound.
	Sockets int
	// Budgets tells how sites stand with their budgets, from memory; nil: no console is told.
	Budgets func() map[string]chat.BudgetState
	// Translations is how many run at once; a line that goes to a Translator for several languages counts as one; 0: DefaultTranslations.
	Translations int
	// TranslationLease is the store's, which both must agree on; 0: chat.TranslationLease. SweepEvery is how often one looks for translations that
	// were left; 0: DefaultSweepEvery. What a dead node leaves is found after the one and the other.
	TranslationLease, SweepEvery time.Duration
	// Ended, if set, is called once for every session that has ended, with the close code: 0 if the other side was gone. It must not block.
	Ended func(code int)
	// Address fills in the addresses of an attachment that is about to be sent, good for a while; nil: there are none.
	Address func(*chat.Attachment)
	// Uploads is what agents are told of what may be attached; nil: nothing. FilesPerMessage is how many a line may have; 0: chat.DefaultFiles; negative:
	// no bound.
	Uploads         *chat.UploadLimits
	FilesPerMessage int
	// Changed, if set, is called with every conversation in which this node has changed something, or whose visitor is called otherwise, after the commit. It
	// must not block.
	Changed func(conversation string)
	// Delivered, if set, is called by rooms for every stored row that an event brought, with the time from its commit until it was
	// in the queues of the sessions here. Between nodes that includes the difference of their clocks. It must not block.
	Delivered func(time.Duration)
}

// Hub is the heart: everything that is said goes through it. All methods may be called from any goroutine.
type Hub struct {
	store      Store
	broker     Broker
	translator Translator
	log        zerolog.Logger
	trouble    zerolog.Logger // for what may be said thousands of times while a database is away
	node       string
	options    Options
	admission  *admission
	policy     *policy.Table

	// ctx ends when Run ends; tasks are all goroutines that Run waits for beside its own workers.
	ctx    context.Context
	cancel context.CancelFunc
	tasks  tasks

	mu       sync.RWMutex // guards the following; taken before room.mu and Session.mu
	rooms    map[string]*room
	people   map[string]*person
	inboxes  map[string]*inbox
	rosters  map[string]*roster
	draining bool
	over     bool // Run has ended: nobody stays

	sessionsMu sync.Mutex // guards the following; a leaf
	sessions   map[*Session]struct{}

	speakers     speakers
	ended        endedTokens
	presence     presence
	viewings     viewings
	prepared     prepared
	marks        marks
	translations translations
	chores       chan func(context.Context)
	checks       chan struct{} // capacity 1: compare everything with the store now
	unheard      unheard       // what is to be compared beside that
	inboxPokes   chan struct{} // capacity 1: a conversation is to be told to an inbox
	born         time.Time
	alone        bool                   // there is no other node
	epoch        atomic.Pointer[string] // as last read; checkRooms reads it again
	strangers    atomic.Bool            // the database is open on a server that is not heard
	farewell     atomic.Pointer[[]byte] // the frame going_away, once this node drains
	buffers      sync.Pool              // of *bytes.Buffer, for frames that are being dealt with
	counts       counts
	tallies      tallies
	fault        fault
}

// counts are for Stats, and for tests that want to know whether a rare branch was ever taken.
type counts struct {
	slow, refused, lost, refills, drops, panics, takenUp, older atomic.Int64
}

// fault switches a promise off, so that the tests can show that they would notice.
type fault struct {
	noGapFilling     bool
	placeFromClient  bool
	dropWithoutClose bool
}

// Stats is what a hub counts.
type Stats struct {
	// Sessions are the sockets after hello and before; Visitors and Agents the different people behind them.
	Sessions, Visitors, Agents int
	// VisitorSessions and AgentSessions are those after hello.
	VisitorSessions, AgentSessions int
	// Rooms are the conversations that are followed here; Watchers the inboxes.
	Rooms, Inboxes int
	// TooSlow is how many sessions were ended because they did not read, Refused how many handshakes were.
	TooSlow, Refused int64
	// Refills is how often a room read the store because events were missing, Lost how often the broker lost its connection.
	Refills, Lost int64
	// Older is how often a room found the database behind what it had told: it is an older copy, and confirmed lines are lost.
	Older int64
	// Translating is how many translations wait or run, Chores how many other things wait that nobody is in a hurry for.
	Translating, Chores int
	// TakenUp is how many translations this node has found that others had left.
	TakenUp int64
	// Beating tells whether this node hears the others; Draining, whether it takes no sockets on any more.
	Beating, Draining bool
}

// New makes a hub. It does nothing by itself until Run is called.
func New(o Options) *Hub {
	if o.Node == "" {
		o.Node = chat.NewID()
	}
	if o.TextLimit == 0 {
		o.TextLimit = chat.DefaultTextLimit
	}
	if o.FilesPerMessage == 0 {
		o.FilesPerMessage = chat.DefaultFiles
	}
	if o.HandshakesPerSecond == 0 {
		o.HandshakesPerSecond = DefaultHandshakesPerSecond
	}
	if o.Sockets == 0 {
		o.Sockets = DefaultSockets
	}
	if o.Translations <= 0 {
		o.Translations = DefaultTranslations
	}
	o.TranslationLease = cmp.Or(o.TranslationLease, chat.TranslationLease)
	o.SweepEvery = cmp.Or(o.SweepEvery, DefaultSweepEvery)
	alone := o.Broker == nil
	if alone {
		o.Broker = nobody{}
	}
	h := &Hub{
		store: o.Store, broker: o.Broker, translator: o.Translator, log: o.Log, node: o.Node, options: o,
		trouble:   o.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: 10 * time.Second}),
		admission: newAdmission(o.HandshakesPerSecond), policy: policy.New(),
		rooms: map[string]*room{}, people: map[string]*person{}, inboxes: map[string]*inbox{}, rosters: map[string]*roster{},
		sessions:   map[*Session]struct{}{},
		chores:     make(chan func(context.Context), 1024),
		checks:     make(chan struct{}, 1),
		inboxPokes: make(chan struct{}, 1),
		born:       time.Now(),
		alone:      alone,
		tallies:    tallies{sites: map[string]*tally{}},
	}
	h.buffers.New = func() any { return new(bytes.Buffer) }
	h.presence.init()
	h.viewings.of = map[string]viewing{}
	h.marks.init()
	h.unheard.init()
	h.translations.init()
	h.broker.Follow(topicAgents)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	return h
}

// Run works until ctx ends, then ends every session with 1012 and waits for all goroutines. It may be called once.
func (h *Hub) Run(ctx context.Context) error {
	// The broker goes last: what is stored until then is told to the others.
	carrying, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	carried := make(chan error, 1)
	go func() { carried <- h.broker.Run(carrying, h.deliver, h.missed) }()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		select {
		case err := <-carried:
			carried <- err
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	for _, worker := range []func(context.Context) error{
		h.sweepSessions, h.checkRooms, h.sweepSnoozed, h.sweepWatchers, h.runPresence, h.runMarks, h.runInboxes, h.sweepTranslations, h.renewClaims, h.tellBudgets,
	} {
		g.Go(func() error { return h.steady(ctx, worker) })
	}
	answers, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	context.AfterFunc(ctx, func() { time.AfterFunc(answerGrace, giveUp) })
	for range h.options.Translations {
		g.Go(func() error { return h.translations.work(ctx, answers, h) })
	}
	for range choreWorkers {
		g.Go(func() error { return h.runChores(ctx) })
	}
	err := g.Wait()
	h.mu.Lock()
	h.draining, h.over = true, true
	h.mu.Unlock()
	for _, s := range h.allSessions() {
		s.End(websocket.StatusServiceRestart, "restart")
	}
	h.sayFarewell()
	h.releaseClaims()
	h.cancel()
	h.tasks.wait()
	hangUp()
	<-carried
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// within returns a context for something that the hub does on its own account.
func (h *Hub) within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(h.ctx, d)
}

// clock is the time since the hub was made, never 0: what a session remembers of times takes a third of a time.Time.
func (h *Hub) clock() time.Duration { return time.Since(h.born) + 1 }

// pause waits; false means that the hub has ended.
func (h *Hub) pause(d time.Duration) bool { return wait(h.ctx, d) }

// every calls f each time d has passed, until ctx ends.
func every(ctx context.Context, d time.Duration, f func()) error {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
			f()
		}
	}
}

// choreWorkers is how many chores run at once.
const choreWorkers = 4

// chore does something soon, in nobody's way. Chores are what may be left out when there is too much to do.
func (h *Hub) chore(f func(context.Context)) {
	select {
	case h.chores <- f:
	default:
		h.trouble.Warn().Msg("too much to do; leaving something out")
	}
}

func (h *Hub) runChores(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-h.chores:
			h.guard("chore", func() { f(ctx) })
		}
	}
}

// guard keeps a panic from felling the others: it is logged with its trace, and what was being done is given up.
func (h *Hub) guard(what string, f func()) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			h.counts.panics.Add(1)
			h.log.Error().Str("panic", fmt.Sprint(r)).Str("stack", string(debug.Stack())).Msg("panic in a " + what)
			ok = false
		}
	}()
	f()
	return true
}

// steady runs a worker again that has panicked, until ctx ends.
func (h *Hub) steady(ctx context.Context, worker func(context.Context) error) (err error) {
	for !h.guard("worker", func() { err = worker(ctx) }) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return err
}

// encode makes a frame. Only types of package chat come here; that they can be encoded is tested, not hoped for.
func (h *Hub) encode(v any) []byte { return h.appendJSON(make([]byte, 0, frameSize), v) }

// frameSize is what a line takes with one translation.
const frameSize = 768

// appendJSON appends what encoding/json makes of a type; the frequent ones append themselves.
func (h *Hub) appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case interface{ AppendJSON([]byte) []byte }:
		return v.AppendJSON(b)
	case chat.SendOK:
		return v.AppendJSON(b)
	case RowsOK:
		return v.AppendJSON(b)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		h.log.Error().Err(err).Msgf("cannot encode a %T", v)
	}
	return append(b, encoded...)
}

func (h *Hub) allSessions() []*Session {
	h.sessionsMu.Lock()
	defer h.sessionsMu.Unlock()
	all := make([]*Session, 0, len(h.sessions))
	for s := range h.sessions {
		all = append(all, s)
	}
	return all
}

// Revoke ends all sessions on this node that live by a credential.
func (h *Hub) Revoke(credential string, code websocket.StatusCode, reason string) {
	for _, s := range h.allSessions() {
		if credential != "" && s.Identity().Credential == credential {
			s.End(code, reason)
		}
	}
}

// Recheck asks good once about every credential that has sessions here, and ends those for which it returns an error that the
// credential is to blame for; while the database is away nobody is ended.
func (h *Hub) Recheck(ctx context.Context, good func(Identity) error) {
	asked := map[string]error{}
	for _, s := range h.allSessions() {
		id := s.Identity()
		if id.Participant.ID == "" || ctx.Err() != nil {
			continue
		}
		err, known := asked[id.Credential]
		if !known || id.Credential == "" {
			err = good(id)
			asked[id.Credential] = err
		}
		switch chat.CodeOf(err) {
		case "", chat.Internal, chat.Unavailable, chat.RateLimited:
		default:
			s.End(statusRevoked, "logged out")
		}
	}
}

// Stats counts.
func (h *Hub) Stats() Stats {
	h.sessionsMu.Lock()
	n := len(h.sessions)
	h.sessionsMu.Unlock()
	st := Stats{Sessions: n, TooSlow: h.counts.slow.Load(), Refused: h.counts.refused.Load(), Translating: h.translations.waiting(),
		Refills: h.counts.refills.Load(), Lost: h.counts.lost.Load(), Older: h.counts.older.Load(), TakenUp: h.counts.takenUp.Load(), Chores: len(h.chores), Beating: h.beating()}
	h.mu.RLock()
	defer h.mu.RUnlock()
	st.Rooms, st.Inboxes, st.Draining = len(h.rooms), len(h.inboxes), h.draining
	for _, p := range h.people {
		switch {
		case len(p.sessions) == 0:
		case p.participant.Kind == chat.KindAgent:
			st.Agents++
			st.AgentSessions += len(p.sessions)
		default:
			st.Visitors++
			st.VisitorSessions += len(p.sessions)
		}
	}
	return st
}
