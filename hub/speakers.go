package hub

import (
	"context"
	"slices"
	"sync"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// speakersKept is how many visitors' languages are remembered, at most twice over, some 400 bytes each: of those who have written lately, whoever has a
// session. The others are read from the store when they write again.
const speakersKept = 4096

// speakers remembers what is known of the language of visitors who have written lately, so that a line needs no query for it. What is forgotten here, or
// learned on another node, is in the store as far as it matters; what is stale here loses against a choice, which SetSpeaker looks at.
type speakers struct {
	mu         sync.Mutex // guards the following; a leaf
	young, old map[string]chat.Speaker
}

func (m *speakers) get(visitor string) (chat.Speaker, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known, there := m.young[visitor]
	if !there {
		known, there = m.old[visitor]
	}
	return known, there
}

func (m *speakers) put(visitor string, known chat.Speaker) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.young == nil || len(m.young) >= speakersKept {
		m.young, m.old = map[string]chat.Speaker{}, m.young
	}
	m.young[visitor] = known
}

func (m *speakers) forget(visitor string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.young, visitor)
	delete(m.old, visitor)
}

// changed forgets what is known of a visitor if his conversation is in another language: somebody has said so, maybe on another node.
func (m *speakers) changed(c *chat.Conversation) {
	if known, there := m.get(c.Visitor.ID); there && known.Language != c.Language {
		m.forget(c.Visitor.ID)
	}
}

// heard is what a line of a visitor changes once it is stored.
type heard struct {
	before, after chat.Speaker
	// keep is true if it is worth storing; any if there is anything at all.
	keep, any bool
}

// listen returns the language of a line that does not say it itself.
func (h *Hub) listen(ctx context.Context, s *Session, text string) (language.Tag, heard) {
	reads := s.Participant().Language
	if h.options.Listener == nil {
		return reads, heard{}
	}
	if agent := s.Agent(); agent != nil {
		if len(agent.Languages) < 2 {
			return reads, heard{}
		}
		return h.options.Listener.Among(agent.Languages, text), heard{}
	}
	known, err := h.speaker(ctx, s.Participant().ID)
	if err != nil {
		return reads, heard{} // the line matters more; if the store is away, it says so itself
	}
	in, after, keep := h.options.Listener.Listen(known, text)
	return in, heard{before: known, after: after, keep: keep, any: true}
}

func (h *Hub) speaker(ctx context.Context, visitor string) (chat.Speaker, error) {
	if known, there := h.speakers.get(visitor); there {
		return known, nil
	}
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	known, err := h.store.Speaker(within, visitor)
	if err == nil {
		h.speakers.put(visitor, known)
	}
	return known, err
}

// agree ends what a node that died between the two has left: a visitor who reads another language than his conversation is in, so that answers would not be
// translated for him. The store is asked once more, because he may be about to choose.
func (h *Hub) agree(p chat.Participant, own []chat.Followed) {
	if !slices.ContainsFunc(own, func(f chat.Followed) bool { return f.Language != language.Und && f.Language != p.Language }) {
		return
	}
	h.chore(func(ctx context.Context) {
		known, err := h.store.Speaker(ctx, p.ID)
		if err == nil {
			err = h.inHisConversations(ctx, p, known.Language)
		}
		if err != nil {
			h.trouble.Warn().Err(err).Msg("cannot bring a conversation into the language that its visitor reads; his next hello tries again")
		}
	})
}

// listened remembers what a stored line has said; one that was sent twice says it once. When it decides that the visitor has gone over to another language,
// his conversations follow. If that cannot be stored, the line is none the worse: the next one says it again.
func (h *Hub) listened(ctx context.Context, s *Session, l heard, posted chat.Posted) {
	if !l.any || posted.Dup {
		return
	}
	p := s.Participant()
	if !l.keep {
		h.speakers.put(p.ID, l.after)
		return
	}
	within, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	took, err := h.store.SetSpeaker(within, p.ID, l.after)
	if err == nil && took && l.after.Language != l.before.Language {
		h.readsNow(p.ID, l.after.Language)
		err = h.inHisConversations(within, p, l.after.Language)
	}
	switch {
	case !took:
		h.speakers.forget(p.ID)
	case err != nil:
		again := l.after
		again.Language, again.Reason = l.before.Language, l.before.Reason
		h.speakers.put(p.ID, again)
	default:
		h.speakers.put(p.ID, l.after)
	}
	if err != nil {
		h.trouble.Warn().Err(err).Str(traceConversation, posted.Conversation).Msg("cannot remember in which language a visitor writes; his next line says it again")
	}
}
