package hub

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Nobody waits for an engine: a line is told with its translations pending, and what an engine answers is told as a later
// revision. Whoever wrote the pending entries holds a lease on them; what a node leaves behind when it dies, or when it has too much to do, is
// claimed again by the sweep of any node.
const (
	translationQueue = 4096
	sweepEvery       = 5 * time.Second
	sweepBatch       = 100
)

type translations struct {
	queue chan chat.TranslationTask
	n     atomic.Int64 // waiting or running
}

func (t *translations) init() { t.queue = make(chan chat.TranslationTask, translationQueue) }

func (t *translations) waiting() int { return int(t.n.Load()) }

// translate puts the pending entries of rows that this node has just written into the queue. What does not fit is found by the sweep.
func (h *Hub) translate(c chat.Changed) {
	for i := range c.Messages {
		m := &c.Messages[i]
		if slices.Contains(c.Elsewhere, m.Seq) {
			continue // who has claimed the line finds what is new on it
		}
		for to, t := range m.Translations {
			if t.State == chat.TranslationPending {
				h.enqueue(chat.TranslationTask{Line: chat.Line{Conversation: c.Conversation, Seq: m.Seq}, Message: m.ID, Site: c.Site, Text: m.Text, From: m.Language, To: to})
			}
		}
	}
}

func (h *Hub) enqueue(t chat.TranslationTask) bool {
	h.translations.n.Add(1)
	select {
	case h.translations.queue <- t:
		return true
	default:
		h.translations.n.Add(-1)
		return false
	}
}

// work translates one text after the other. The queue is one for all, so the lines of a conversation are begun in order.
func (t *translations) work(ctx context.Context, h *Hub) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case task := <-t.queue:
			h.guard("translation", func() { h.translateOne(ctx, task) })
			t.n.Add(-1)
		}
	}
}

func (h *Hub) translateOne(ctx context.Context, task chat.TranslationTask) {
	result := h.translated(ctx, task.Site, task.Text, task.From, task.To)
	if ctx.Err() != nil {
		return // half an answer is none; the next node takes it up
	}
	changed, err := h.store.SetTranslation(ctx, task.Conversation, task.Seq, task.To, result)
	if err != nil {
		h.trouble.Warn().Err(err).Str("conversation", task.Conversation).Msg("cannot store a translation; the sweep will try again")
		return
	}
	h.tell(changed)
}

func (h *Hub) translated(ctx context.Context, site, text string, from, to language.Tag) chat.Translation {
	if h.translator == nil {
		return chat.Translation{State: chat.TranslationFailed, Reason: chat.ReasonNoEngine, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull, At: chat.TimeOf(time.Now())}
	}
	return h.translator.Translate(ctx, site, text, from, to)
}

// sweepTranslations takes up what others have left.
func (h *Hub) sweepTranslations(ctx context.Context) error {
	return every(ctx, sweepEvery, func() {
		if len(h.translations.queue) > translationQueue/2 {
			return
		}
		tasks, err := h.store.ClaimTranslations(ctx, sweepBatch)
		if err != nil {
			if ctx.Err() == nil {
				h.trouble.Warn().Err(err).Msg("cannot look for translations that were left")
			}
			return
		}
		for _, t := range tasks {
			h.enqueue(t)
		}
	})
}

// want asks for translations that a reader here lacks: of the messages with these seqs, or of the newest if seqs is nil.
func (h *Hub) want(conversation string, seqs []int64, reader chat.Reader) {
	if reader.Language == language.Und {
		return
	}
	h.chore(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, storeTimeout)
		defer cancel()
		changed, err := h.store.Want(ctx, conversation, seqs, reader)
		if err != nil {
			if ctx.Err() == nil && chat.CodeOf(err) != chat.NotFound {
				h.trouble.Warn().Err(err).Str("conversation", conversation).Msg("cannot ask for translations")
			}
			return
		}
		h.tell(changed)
		h.translate(changed)
	})
}

// sweepWatchers finds the agents who have had a conversation open long enough that its lines are wanted in their language.
func (h *Hub) sweepWatchers(ctx context.Context) error {
	return every(ctx, 500*time.Millisecond, func() {
		for _, f := range h.newWatchers(time.Now()) {
			h.want(f.room.id, nil, f.s.reader())
		}
	})
}

func (h *Hub) newWatchers(now time.Time) (begun []*follow) {
	h.mu.RLock()
	var sessions []*Session
	for _, p := range h.people {
		if p.agent != nil {
			sessions = append(sessions, p.sessions...)
		}
	}
	h.mu.RUnlock()
	for _, s := range sessions {
		s.mu.Lock()
		follows := append([]*follow(nil), s.follows...)
		s.mu.Unlock()
		for _, f := range follows {
			f.room.mu.Lock()
			if !f.watched && !f.opened.IsZero() && now.Sub(f.opened) >= chat.WatchAfter {
				f.watched = true
				begun = append(begun, f)
			}
			f.room.mu.Unlock()
		}
	}
	return begun
}
