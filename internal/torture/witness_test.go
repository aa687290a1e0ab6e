package torture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"dragoman/chat"
)

// whisper begins every note of the tests: a visitor who is sent these letters was sent a note.
const whisper = "psst "

// witness watches the frames of one client as they come, and knows nothing of what the client makes of them. It holds the server
// to what docs/protocol.md promises about every socket: no event that leaves a gap, no event of a conversation before its rows, nothing of
// somebody else, nothing hidden, no line in two places.
type witness struct {
	p      *person
	ledger *ledger

	mu sync.Mutex // guards the following
	// place is up to where each conversation was given. A new socket begins there: it says so in its hello, and is sent rows only of
	// what is beyond.
	place map[string]int64
	// seqs is the place of every line that was ever shown, by conversation and text.
	seqs map[string]map[string]int64
	// reset are the conversations that the server has told to forget at least once.
	reset  map[string]bool
	faults []problem
	// frames counts the events with a place.
	frames int
}

func newWitness(p *person, l *ledger) *witness {
	return &witness{p: p, ledger: l, place: map[string]int64{}, seqs: map[string]map[string]int64{}, reset: map[string]bool{}}
}

// seen is every frame that a witness has to understand, in one.
type seen struct {
	Event chat.EventType `json:"event"`
	part
	OK *part `json:"ok"`
}

type part struct {
	Conversation string             `json:"conversation"`
	Prev         *int64             `json:"prev"`
	Rev          int64              `json:"rev"`
	Head         int64              `json:"head"`
	Reset        *bool              `json:"reset"`
	Message      *chat.Message      `json:"message"`
	Messages     []chat.Message     `json:"messages"`
	Row          *chat.Conversation `json:"row"`
}

func (w *witness) frame(b []byte) {
	at := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.p.agent && bytes.Contains(b, []byte(whisper)) {
		w.fault("note", "a frame with a note: %s", b)
	}
	var f seen
	if err := json.Unmarshal(b, &f); err != nil {
		w.fault("frame", "a frame that cannot be read: %v", err)
		return
	}
	p := f.part
	if f.OK != nil {
		p = *f.OK
	}
	w.chain(p)
	if p.Message != nil {
		w.message(p.Conversation, *p.Message, at)
	}
	for _, m := range p.Messages {
		w.message(p.Conversation, m, at)
	}
}

// chain follows the socket's place.
func (w *witness) chain(p part) {
	switch {
	case p.Reset != nil: // rows, by themselves or as an answer
		if *p.Reset {
			w.reset[p.Conversation] = true
			w.place[p.Conversation] = p.Head
		}
		w.place[p.Conversation] = max(w.place[p.Conversation], p.Head)
	case p.Prev != nil:
		w.frames++
		have := w.place[p.Conversation]
		if *p.Prev > have {
			w.fault("skipped", "an event of %s that follows %d, when the socket had been given up to %d", p.Conversation, *p.Prev, have)
		}
		w.place[p.Conversation] = max(have, p.Rev)
	}
}

// message checks a line, wherever it stood. History has no conversation in its answer, so its lines are looked for by text alone.
func (w *witness) message(conversation string, m chat.Message, at time.Time) {
	if !w.p.agent && !m.ForVisitor() {
		w.fault("note", "line %d of %s, which is a %s", m.Seq, conversation, m.Kind)
	}
	if conversation == "" || m.Text == "" {
		return
	}
	all := w.seqs[conversation]
	if all == nil {
		all = map[string]int64{}
		w.seqs[conversation] = all
	}
	if before, shown := all[m.Text]; shown && before != m.Seq {
		w.fault("twice", "%q as line %d and as line %d of %s", m.Text, before, m.Seq, conversation)
	}
	all[m.Text] = m.Seq
	w.ledger.see(w.p, m.Text, at)
}

func (w *witness) fault(kind, format string, args ...any) {
	if len(w.faults) < 20 {
		w.faults = append(w.faults, problem{kind, w.p.name + " was sent " + fmt.Sprintf(format, args...)})
	}
}

// problem is something that a checker has found: its kind in one word, and a sentence.
type problem struct{ kind, text string }

func (p problem) String() string { return p.kind + ": " + p.text }
