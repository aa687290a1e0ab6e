package hub

import (
	"context"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TranslationMemory keeps what people have translated, for the next time that somebody says the same on that site.
type TranslationMemory interface {
	// Remember adds an entry, or replaces the one that the same site, languages and source have already. ID and At are filled in. What a site does
	// not want remembered is left out, and that is no error; what cannot be an entry is a *chat.Error that says why.
	Remember(ctx context.Context, e chat.MemoryEntry) error
	// Near returns what is nearly the same text, the nearest first, for a person to choose from. It answers from memory, more or less at once.
	Near(ctx context.Context, site, text string, from, to language.Tag) []chat.Near
}

// learn remembers a person's translation soon. It comes after the line, which was stored and told: an entry that cannot be kept costs a
// translation later, and is no reason to refuse anything now.
func (h *Hub) learn(e chat.MemoryEntry) {
	if h.options.Memory == nil || e.From == language.Und || e.To == language.Und || chat.SameLanguage(e.From, e.To) {
		return
	}
	h.tasks.run(func() {
		h.guard("memory", func() {
			// Not h.ctx itself: what an agent approved just before the server goes is kept, too. Run waits for this.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), storeTimeout)
			defer cancel()
			switch err := h.options.Memory.Remember(ctx, e); chat.CodeOf(err) {
			case "":
			case chat.BadRequest, chat.TooLong, chat.BadLanguage: // this text is no entry; the memory is well
				h.log.Info().Err(err).Str("site", e.Site).Msg("a translation is not remembered")
			default:
				h.trouble.Warn().Err(err).Str("site", e.Site).Msg("cannot remember a translation")
			}
		})
	})
}

// learnReviewed remembers the translation that an agent has seen and approved before sending. A note is for colleagues and says nothing about how
// a shop speaks with its customers.
func (h *Hub) learnReviewed(p chat.Post, posted chat.Posted) {
	if p.Reviewed == nil || posted.Dup || p.Kind != chat.MessageLine {
		return
	}
	h.learn(chat.MemoryEntry{
		Site: posted.Site, From: posted.Message.Language, To: p.Reviewed.Language, Source: posted.Message.Text, Target: p.Reviewed.Text,
		Origin: chat.MemoryReviewed, By: p.Author.Name,
	})
}

// learnCorrection remembers how an agent has corrected the translation of a line; of a note, as above, nothing.
func (h *Hub) learnCorrection(site string, m chat.Message, to language.Tag) {
	if m.Kind != chat.MessageLine {
		return
	}
	t := m.Translations[to]
	h.learn(chat.MemoryEntry{
		Site: site, From: m.Language, To: to, Source: m.Text, Target: t.Text, Origin: chat.MemoryCorrection, By: t.By.Name,
	})
}

// near returns what the memory has that is nearly the text of a preview, unless the preview came from the memory itself.
func (h *Hub) near(ctx context.Context, u chat.Untranslated, t chat.Translation) []chat.Near {
	if h.options.Memory == nil || t.By.Kind == chat.ByMemory {
		return nil
	}
	return h.options.Memory.Near(ctx, u.Site, u.Text, u.From, u.To)
}
