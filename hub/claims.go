package hub

import (
	"context"
	"slices"
	"sync"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Who has a line's claim in the store, and nobody else, has its translations made; the claim is a lease by the database's clock. This
// is what a node believes to hold. It renews what it has queued or running in time, and before an engine is asked about something
// that has waited, it asks the store: is the line still ours, and still wanted?
//
// A node that dies is found out when its leases have run out, after the lease and the pause between two sweeps: 35 s. One that says
// goodbye gives its claims up, and they are found by the next sweep.
const (
	// renewAfter of a lease a claim is renewed, trustFor of a lease it is believed without asking, and renewEvery of a lease one looks.
	renewAfter = 3
	trustFor   = 15
	renewEvery = 30
	// renewBatch is how many lines are renewed in one update.
	renewBatch = 500
)

// claims are the lines whose translations this node has queued or running.
type claims struct {
	mu   sync.Mutex // guards the following; a leaf
	held map[chat.Line]*claim
}

type claim struct {
	// confirmed is a moment before the store last said that the line is ours: the lease runs from there, or from later.
	confirmed time.Time
	// version counts what has happened to the claim, so that an answer of the store which was overtaken is known for one.
	version int
	// rev is that of the newest row seen: an older one, told late, may show as pending what is done.
	rev int64
	// languages are those queued or running here.
	languages []language.Tag
	// lingers is set on a line that was changed after it was appended: its rows may be told late, so its rev is kept for a while.
	lingers bool
}

// age is how long ago since was, by the clock that says more: one of them may have stood still with the machine.
func age(since, now time.Time) time.Duration {
	return max(now.Sub(since), now.Round(0).Sub(since.Round(0)))
}

// add notes that a language of a line is to be done here; false means that it is already, or that the row is an old one. rev is the row's,
// or 0 for what the store has found itself; confirmed is zero if the store is to be asked before an engine is.
func (c *claims) add(t chat.TranslationTask, rev int64, confirmed time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.held[t.Line]
	if k == nil {
		k = &claim{rev: rev, confirmed: confirmed, lingers: confirmed.IsZero()}
		c.held[t.Line] = k
	}
	if rev != 0 && rev < k.rev || slices.Contains(k.languages, t.To) {
		return false
	}
	if confirmed.Before(k.confirmed) {
		k.confirmed = confirmed
	}
	k.rev = max(k.rev, rev)
	k.lingers = k.lingers || confirmed.IsZero()
	k.version++
	k.languages = append(k.languages, t.To)
	return true
}

// done notes that a language of a line is not to be done here any more.
func (c *claims) done(t chat.TranslationTask) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.held[t.Line]
	if k == nil {
		return
	}
	k.version++
	k.languages = slices.DeleteFunc(k.languages, func(to language.Tag) bool { return to == t.To })
	if len(k.languages) == 0 && !k.lingers {
		delete(c.held, t.Line)
	}
}

// holds tells whether a language of a line is still to be done here, and how long ago the store said so.
func (c *claims) holds(t chat.TranslationTask, now time.Time) (held bool, since time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.held[t.Line]
	if k == nil || !slices.Contains(k.languages, t.To) {
		return false, 0
	}
	return true, age(k.confirmed, now)
}

// older returns the lines that were last confirmed so long ago, and forgets those on which nothing is left to do.
func (c *claims) older(than time.Duration, now time.Time) []chat.Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []chat.Line
	for line, k := range c.held {
		switch {
		case age(k.confirmed, now) < than:
		case len(k.languages) > 0:
			all = append(all, line)
		case !k.confirmed.IsZero():
			delete(c.held, line)
		default:
			k.confirmed = now // it lingers from now on
		}
	}
	return all
}

// versions returns the state of lines before the store is asked about them.
func (c *claims) versions(lines []chat.Line) map[chat.Line]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[chat.Line]int, len(lines))
	for _, l := range lines {
		if k := c.held[l]; k != nil {
			all[l] = k.version
		}
	}
	return all
}

// settle takes in what the store has answered about lines: which are ours and what is pending on them. It returns what is wanted of them and not yet to be
// done here. A line to which something has happened meanwhile stays as it is until it is asked about again.
func (c *claims) settle(asked map[chat.Line]int, tasks []chat.TranslationTask, begun time.Time) (more []chat.TranslationTask) {
	pending := map[chat.Line][]chat.TranslationTask{}
	for _, t := range tasks {
		pending[t.Line] = append(pending[t.Line], t)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for line, version := range asked {
		k := c.held[line]
		if k == nil || k.version != version {
			continue
		}
		wanted := pending[line]
		if len(wanted) == 0 {
			delete(c.held, line)
			continue
		}
		k.version++
		k.confirmed = begun
		k.languages = slices.DeleteFunc(k.languages, func(to language.Tag) bool {
			return !slices.ContainsFunc(wanted, func(t chat.TranslationTask) bool { return t.To == to })
		})
		for _, t := range wanted {
			if !slices.Contains(k.languages, t.To) {
				more = append(more, t)
			}
		}
	}
	return more
}

// renew prolongs claims. Lines that turn out to be another node's, or on which nothing is wanted any more, are not held afterwards.
func (h *Hub) renew(ctx context.Context, lines []chat.Line) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	t := &h.translations
	asked, begun := t.claims.versions(lines), time.Now()
	tasks, err := h.store.RenewTranslations(ctx, lines)
	if err != nil {
		return err
	}
	for _, task := range t.claims.settle(asked, tasks, begun) {
		h.enqueue(0, begun, task)
	}
	return nil
}

// renewClaims renews all claims in time. What fails is tried again by the next look.
func (h *Hub) renewClaims(ctx context.Context) error {
	lease := h.options.TranslationLease
	return every(ctx, lease/renewEvery, func() {
		for lines := range slices.Chunk(h.translations.claims.older(lease/renewAfter, time.Now()), renewBatch) {
			if err := h.renew(ctx, lines); err != nil {
				if ctx.Err() == nil {
					h.trouble.Warn().Err(err).Msg("cannot renew the claims of translations; trying again")
				}
				return
			}
		}
	})
}

// mayAsk tells whether an engine may be asked now. What was claimed or renewed a moment ago is ours and wanted; about anything else the store
// is asked, again and again while it does not answer: then the engine's answer could not be stored either.
func (h *Hub) mayAsk(ctx context.Context, task chat.TranslationTask) bool {
	lease := h.options.TranslationLease
	limit := lease / trustFor
	for {
		held, since := h.translations.claims.holds(task, time.Now())
		if !held || since < limit {
			return held
		}
		if h.renew(ctx, []chat.Line{task.Line}) == nil {
			h.trace(task, 0, "claim checked")
			limit = lease / renewAfter // it has only just been confirmed, however long that took
		} else if !wait(ctx, retryStore) {
			return false
		}
	}
}

// releaseClaims gives up what is left when this node goes: others take it up with their next sweep.
func (h *Hub) releaseClaims() {
	ctx, cancel := h.within(farewellTimeout)
	defer cancel()
	if err := h.store.ReleaseTranslations(ctx); err != nil {
		h.log.Warn().Err(err).Msg("cannot give up the claims of translations; they run out by themselves")
	}
}
