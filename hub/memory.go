package hub

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TranslationMemory keeps what people have translated, for the next time that somebody says the same on that site.
type TranslationMemory interface {
	// Remember adds an entry, or replaces the one that the same site, languages and source have already. ID and At are filled in. What a site does
	// not want remembered is left out, and that is no error; what cannot be an entry is a *chat.Error that says why.
	Remember(ctx context.Context, e chat.MemoryEntry) error
	// Forget takes a correction out again, unless another text stands in its place by now.
	Forget(ctx context.Context, e chat.MemoryEntry) error
	// Near returns what is nearly the same text, the nearest first, for a person to choose from. It answers from memory, more or less at once.
	Near(ctx context.Context, site, text string, from, to language.Tag) []chat.Near
}

// learn remembers a person's translation of a line soon. It comes after the line, which was stored and told: an entry that cannot be kept costs a
// translation later, and is no reason to refuse anything now.
func (h *Hub) learn(conversation string, e chat.MemoryEntry) {
	h.withMemory(e, func(ctx context.Context) error { return h.rememberFor(ctx, conversation, e) })
}

func (h *Hub) rememberFor(ctx context.Context, conversation string, e chat.MemoryEntry) error {
	rows, err := h.store.Conversations(ctx, []string{conversation})
	if err != nil || len(rows) == 0 || names(rows[0].Visitor.Name, e.Source) || names(rows[0].Visitor.Name, e.Target) {
		return err // what names the customer is said to nobody else
	}
	return h.options.Memory.Remember(ctx, e)
}

// unlearn takes a correction out of the memory that was taken back.
func (h *Hub) unlearn(e chat.MemoryEntry) {
	h.withMemory(e, func(ctx context.Context) error { return h.options.Memory.Forget(ctx, e) })
}

// withMemory does something to the memory beside what goes on.
func (h *Hub) withMemory(e chat.MemoryEntry, do func(context.Context) error) {
	if h.options.Memory == nil || e.From == language.Und || e.To == language.Und || chat.SameLanguage(e.From, e.To) {
		return
	}
	h.tasks.run(func() {
		h.guard("memory", func() {
			// Not h.ctx itself: what an agent approved just before the server goes is kept, too. Run waits for this.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(h.ctx), storeTimeout)
			defer cancel()
			switch err := do(ctx); chat.CodeOf(err) {
			case "":
			case chat.BadRequest, chat.TooLong, chat.BadLanguage: // this text is no entry; the memory is well
				h.log.Info().Err(err).Str("site", e.Site).Msg("a translation is not remembered")
			default:
				h.trouble.Warn().Err(err).Str("site", e.Site).Msg("cannot remember a translation")
			}
		})
	})
}

// names tells whether a text has a word of somebody's name in it, written as in the name. In scripts that put no blanks between words, or particles on
// them, it may stand anywhere.
func names(name, text string) bool {
	for _, word := range strings.Fields(name) {
		word = strings.Trim(word, ".,-'’()")
		if utf8.RuneCountInString(word) < 2 {
			continue
		}
		for at := 0; ; {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			from, to := at+i, at+i+len(word)
			before, _ := utf8.DecodeLastRuneInString(text[:from])
			after, _ := utf8.DecodeRuneInString(text[to:])
			if unspaced(word) || !unicode.IsLetter(before) && !unicode.IsLetter(after) {
				return true
			}
			at = to
		}
	}
	return false
}

// unspaced tells whether a word is of a script in which words stand side by side.
func unspaced(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
	})
}

// learnReviewed remembers the translation that an agent has seen and approved before sending. A note is for colleagues and says nothing about how
// a shop speaks with its customers.
func (h *Hub) learnReviewed(p chat.Post, posted chat.Posted) {
	if p.Reviewed == nil || posted.Dup || p.Kind != chat.MessageLine {
		return
	}
	h.learn(posted.Conversation, chat.MemoryEntry{
		Site: posted.Site, From: posted.Message.Language, To: p.Reviewed.Language, Source: posted.Message.Text, Target: p.Reviewed.Text,
		Origin: chat.MemoryReviewed, By: p.Author.Name,
	})
}

// learnCorrection remembers how an agent has corrected the translation of a line; of a note, as above, nothing. One that was taken back while it was being remembered is
// forgotten again: uncorrect forgets as soon as it is stored, which may be before.
func (h *Hub) learnCorrection(conversation, site string, m chat.Message, to language.Tag) {
	if m.Kind != chat.MessageLine {
		return
	}
	e := correctionOf(site, m, to)
	h.withMemory(e, func(ctx context.Context) error {
		if err := h.rememberFor(ctx, conversation, e); err != nil {
			return err
		}
		now, err := h.lineOf(ctx, conversation, m.Seq)
		if t := now.Translations[to]; err != nil || t.By.Kind == chat.ByAgent && t.Text == e.Target {
			return err
		}
		return h.options.Memory.Forget(ctx, e)
	})
}

// correctionOf is what a memory learns of a corrected line.
func correctionOf(site string, m chat.Message, to language.Tag) chat.MemoryEntry {
	t := m.Translations[to]
	return chat.MemoryEntry{Site: site, From: m.Language, To: to, Source: m.Text, Target: t.Text, Origin: chat.MemoryCorrection, By: t.By.Name}
}

// near returns what the memory has that is nearly the text of a preview, unless the preview came from the memory itself.
func (h *Hub) near(ctx context.Context, u chat.Untranslated, t chat.Translation) []chat.Near {
	if h.options.Memory == nil || t.By.Kind == chat.ByMemory {
		return nil
	}
	return h.options.Memory.Near(ctx, u.Site, u.Text, u.From, u.To)
}
