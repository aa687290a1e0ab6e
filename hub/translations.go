package hub

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Nobody waits for an engine: a line is told with its translations pending, and what an engine answers is told as a later
// revision. Whoever wrote the pending entries has claimed the line (claims.go); what a node leaves behind when it dies, or when it has too
// much to do, is claimed again by the sweep of any node.
const (
	translationQueue = 4096
	sweepBatch       = 100
	// retryStore is the pause between two tries of a store that does not answer.
	retryStore = time.Second
	// answerGrace is how long engines may still take for what they were asked before this node goes.
	answerGrace = 3 * time.Second
	// contextRows is how many rows are read for what was said before a line, some of them system lines; contextPatience is how long the store may
	// take for it.
	contextRows     = 10
	contextPatience = 250 * time.Millisecond
)

type translations struct {
	queue  chan []chat.TranslationTask // each of one line
	n      atomic.Int64                // waiting or running
	claims claims
}

func (t *translations) init() {
	t.queue = make(chan []chat.TranslationTask, translationQueue)
	t.claims.held = map[chat.Line]*claim{}
}

func (t *translations) waiting() int { return int(t.n.Load()) }

// translate puts the pending entries of rows that this node has just written into the queue. begun is a moment before they were written, or zero
// if the store is to be asked about them before an engine is: of lines that were there before, others may know more.
func (h *Hub) translate(c chat.Changed, begun time.Time) {
	for i := range c.Messages {
		m := &c.Messages[i]
		if slices.Contains(c.Elsewhere, m.Seq) {
			continue // who has claimed the line finds what is new on it
		}
		var tasks []chat.TranslationTask
		for to, t := range m.Translations {
			if t.State == chat.TranslationPending {
				tasks = append(tasks, m.Task(c.Site, c.Conversation, to))
			}
		}
		together := 1
		if _, ok := h.translator.(manyTranslator); ok {
			together = len(tasks)
		}
		for some := range slices.Chunk(tasks, max(together, 1)) {
			h.enqueue(m.Rev, begun, some...)
		}
	}
}

// enqueue puts translations of one line into the queue that are not there and not running. What does not fit is found by the sweep.
func (h *Hub) enqueue(rev int64, confirmed time.Time, tasks ...chat.TranslationTask) {
	t := &h.translations
	fresh := slices.DeleteFunc(tasks, func(task chat.TranslationTask) bool { return !t.claims.add(task, rev, confirmed) })
	if len(fresh) == 0 {
		return
	}
	t.n.Add(int64(len(fresh)))
	for _, task := range fresh {
		h.trace(task, rev, "translation queued")
	}
	select {
	case t.queue <- fresh:
	default:
		for _, task := range fresh {
			t.over(task)
		}
	}
}

// over notes that a task is neither in the queue nor running any more.
func (t *translations) over(task chat.TranslationTask) {
	t.claims.done(task)
	t.n.Add(-1)
}

// trace tells in the log, at level debug, where a translation stands; never what it says.
func (h *Hub) trace(t chat.TranslationTask, rev int64, what string) {
	if e := h.log.Debug(); e.Enabled() {
		if rev != 0 {
			e.Int64(traceRev, rev)
		}
		e.Str(traceMessage, t.Message).Str(traceConversation, t.Conversation).Str("language", t.To.String()).Msg(what)
	}
}

// work translates one line after the other until ctx ends; what is begun then has until answers ends. The queue is one for all, so the lines of a
// conversation are begun in order.
func (t *translations) work(ctx, answers context.Context, h *Hub) error {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case tasks := <-t.queue:
			h.translateLine(ctx, answers, tasks)
		}
	}
	return ctx.Err()
}

// translateLine has a line translated into all languages that are wanted of it now. Each is stored and told when it is there, and none waits for another.
func (h *Hub) translateLine(ctx, answers context.Context, tasks []chat.TranslationTask) {
	t := &h.translations
	over := make([]sync.Once, len(tasks))
	finish := func(i int) { over[i].Do(func() { t.over(tasks[i]) }) }
	h.guard("translation", func() {
		var mine []int
		var lines []chat.Untranslated
		for i, task := range tasks {
			if !h.mayAsk(ctx, task) {
				finish(i)
				continue
			}
			h.trace(task, 0, "engine asked")
			mine, lines = append(mine, i), append(lines, h.untranslated(task))
		}
		h.translatedAll(answers, lines, func(n int, result chat.Translation) {
			defer finish(mine[n])
			h.guard("translation", func() { h.settleTranslation(answers, tasks[mine[n]], result) })
		})
	})
	for i := range tasks {
		finish(i)
	}
}

// settleTranslation stores what came of a task, and tells it.
func (h *Hub) settleTranslation(ctx context.Context, task chat.TranslationTask, result chat.Translation) {
	if ctx.Err() != nil {
		return // half an answer is none; the next node takes it up
	}
	changed, err := h.keepTranslation(ctx, task, result)
	if err != nil {
		h.trouble.Warn().Err(err).Str("conversation", task.Conversation).Msg("cannot store a translation; the sweep will try again")
		return
	}
	if len(changed.Messages) == 0 {
		h.trace(task, 0, "translation not wanted any more")
		return
	}
	h.trace(task, changed.Head, "translation stored")
	h.tell(changed)
	h.trace(task, changed.Head, "translation told")
	h.translate(changed, time.Time{}) // another node may have wanted another language of the line meanwhile
}

// keepTranslation stores what an engine has answered. It was paid for, so a store that does not answer is asked again.
func (h *Hub) keepTranslation(ctx context.Context, task chat.TranslationTask, result chat.Translation) (chat.Changed, error) {
	for unsure := false; ; unsure = true {
		changed, err := h.store.SetTranslation(ctx, task.Conversation, task.Seq, task.To, result)
		if chat.CodeOf(err) == chat.Unavailable && wait(ctx, retryStore) {
			continue
		}
		if err == nil && unsure && len(changed.Messages) == 0 {
			// Perhaps the first try was stored; then nobody was told. Told twice it does no harm.
			page, err := h.store.History(ctx, task.Conversation, task.Seq+1, 1, false)
			if err == nil && len(page) == 1 && page[0].Seq == task.Seq {
				changed.Messages = page
			}
		}
		return changed, err
	}
}

// wait returns after d; false means that ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// untranslated is what the translator gets to know of a task.
func (h *Hub) untranslated(task chat.TranslationTask) chat.Untranslated {
	return chat.Untranslated{
		Site: task.Site, Text: task.Text, From: task.From, To: task.To, ForVisitor: task.ForVisitor, Names: namesOf(task.Author),
		Before: func(ctx context.Context) []string { return h.before(ctx, task.Line) },
	}
}

// namesOf returns the names that are known: many visitors have none.
func namesOf(names ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

// before returns the lines that both sides have read before this one: no notes, nothing that was erased. A line is translated without them
// rather than late.
func (h *Hub) before(ctx context.Context, l chat.Line) []string {
	if l.Seq <= 1 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, contextPatience)
	defer cancel()
	rows, err := h.store.History(ctx, l.Conversation, l.Seq, contextRows, true)
	if err != nil {
		h.log.Debug().Err(err).Str("conversation", l.Conversation).Msg("a line is translated without what was said before it")
		return nil
	}
	var lines []string
	for i := range rows {
		if m := &rows[i]; m.Kind == chat.MessageLine && !m.Erased && m.Text != "" {
			lines = append(lines, m.Text)
		}
	}
	return lines
}

func (h *Hub) translated(ctx context.Context, u chat.Untranslated) chat.Translation {
	if h.translator == nil {
		return chat.Translation{State: chat.TranslationFailed, Reason: chat.ReasonNoEngine, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull, At: chat.TimeOf(time.Now())}
	}
	return h.translator.Translate(ctx, u)
}

// translatedAll is translated for some languages of one line. done is called as soon as one is there.
func (h *Hub) translatedAll(ctx context.Context, lines []chat.Untranslated, done func(i int, t chat.Translation)) {
	if all, ok := h.translator.(manyTranslator); ok && len(lines) > 1 {
		all.TranslateAll(ctx, lines, done)
		return
	}
	for i, u := range lines {
		done(i, h.translated(ctx, u))
	}
}

// sweepTranslations takes up what others have left. After a time in which the store did not answer the others first get the chance to renew what
// they have: they could not.
func (h *Hub) sweepTranslations(ctx context.Context) error {
	var notBefore time.Time
	return every(ctx, h.options.SweepEvery, func() {
		if len(h.translations.queue) > translationQueue/2 || time.Now().Before(notBefore) {
			return
		}
		tasks, err := h.store.ClaimTranslations(ctx, sweepBatch)
		if err != nil {
			notBefore = time.Now().Add(h.options.TranslationLease / renewAfter)
			if ctx.Err() == nil {
				h.trouble.Warn().Err(err).Msg("cannot look for translations that were left")
			}
			return
		}
		for _, t := range tasks {
			h.counts.takenUp.Add(1)
			h.trace(t, 0, "translation taken up")
			h.enqueue(0, time.Time{}, t)
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
		h.translate(changed, time.Time{})
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
