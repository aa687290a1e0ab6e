package hub

import (
	"context"
	"time"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// What people do to translations: they correct them, call them wrong, or have them made once more.

// Correct puts an agent's translation in the place of the engine's, for every reader.
func (h *Hub) Correct(ctx context.Context, s *Session, c chat.Correct) (chat.Message, error) {
	tag, site, err := h.entry(ctx, s, c.Conversation, c.Language)
	if err != nil {
		return chat.Message{}, err
	}
	if c.Undo {
		return h.uncorrect(ctx, s, site, c, tag)
	}
	text, err := chat.CheckText(c.Text, h.options.TextLimit)
	if err != nil {
		return chat.Message{}, err
	}
	changed, err := h.store.Correct(ctx, c.Conversation, c.Seq, tag, chat.Translation{
		Text: text, State: chat.TranslationDone, By: agentNamed(s), Quality: chat.QualityFull, At: chat.TimeOf(time.Now()),
	})
	if err != nil {
		return chat.Message{}, err
	}
	m, err := h.toldLine(ctx, s, changed, c.Seq)
	if t := m.Translations[tag]; err == nil && t.By.Kind == chat.ByAgent && t.Text == text {
		h.learnCorrection(c.Conversation, site, m, tag) // also if it was stored before and the answer was lost
	}
	return m, err
}

// uncorrect takes the last correction of a line back, for every reader and out of the memory. Where the call says what it takes back, a colleague
// who has corrected the line since keeps what he said.
func (h *Hub) uncorrect(ctx context.Context, s *Session, site string, c chat.Correct, to language.Tag) (chat.Message, error) {
	before, err := h.lineOf(ctx, c.Conversation, c.Seq)
	if err != nil {
		return chat.Message{}, err
	}
	changed, err := h.store.Uncorrect(ctx, c.Conversation, c.Seq, to, chat.CleanText(c.Text), agentNamed(s))
	if err != nil {
		return chat.Message{}, err
	}
	if len(changed.Messages) > 0 {
		h.unlearn(correctionOf(site, before, to))
	}
	return h.toldLine(ctx, s, changed, c.Seq)
}

// agentNamed is how a translation names the agent of a session.
func agentNamed(s *Session) chat.By {
	who := s.Participant()
	return chat.By{Kind: chat.ByAgent, Name: who.Name, ID: who.ID}
}

// Flag notes that a visitor calls a translation wrong.
func (h *Hub) Flag(ctx context.Context, s *Session, c chat.Flag) (Empty, error) {
	tag, _, err := h.entry(ctx, s, c.Conversation, c.Language)
	if err != nil {
		return Empty{}, err
	}
	comment := chat.CleanText(c.Comment)
	if utf8.RuneCountInString(comment) > chat.MaxFlagComment {
		return Empty{}, chat.Errorf(chat.TooLong, "At most %d characters.", chat.MaxFlagComment)
	}
	changed, err := h.store.Flag(ctx, c.Conversation, c.Seq, tag, comment)
	if err != nil {
		return Empty{}, err
	}
	h.tell(changed)
	h.translate(changed, time.Time{}) // what is pending on the line is this node's now
	return Empty{}, nil
}

// entry reads which language of which conversation somebody speaks of.
func (h *Hub) entry(ctx context.Context, s *Session, conversation, lang string) (tag language.Tag, site string, err error) {
	if site, err = h.access(ctx, s, conversation); err != nil {
		return tag, site, err
	}
	tag, err = chat.ParseLanguage(lang)
	return tag, site, err
}

// Retry asks for a translation again (agents): for one that failed, or that the visitor calls wrong.
func (h *Hub) Retry(ctx context.Context, s *Session, c chat.Retry) (chat.Message, error) {
	tag, site, err := h.entry(ctx, s, c.Conversation, c.Language)
	if err != nil {
		return chat.Message{}, err
	}
	m, err := h.lineOf(ctx, c.Conversation, c.Seq)
	if err != nil {
		return chat.Message{}, err
	}
	var changed chat.Changed
	if was := m.Translations[tag]; was.Flagged && was.By.Kind != chat.ByAgent {
		changed, err = h.another(ctx, site, c.Conversation, m, tag)
	} else {
		changed, err = h.store.Retranslate(ctx, c.Conversation, c.Seq, tag)
	}
	if err != nil {
		return chat.Message{}, err
	}
	return h.toldLine(ctx, s, changed, c.Seq)
}

// another asks the engines once more for a translation that is flagged. What stands there stays until they say something else, and so does the flag.
func (h *Hub) another(ctx context.Context, site, conversation string, m chat.Message, to language.Tag) (chat.Changed, error) {
	u := h.untranslated(m.Task(site, conversation, to))
	u.Again = true
	t := h.translated(ctx, u)
	was := m.Translations[to].Text
	if t.State != chat.TranslationDone || t.Text == was {
		return chat.Changed{Conversation: conversation}, nil
	}
	return h.store.Replace(ctx, conversation, m.Seq, to, was, t)
}

// toldLine tells what has changed on a line, and returns the line as the session sees it, also when nothing has.
func (h *Hub) toldLine(ctx context.Context, s *Session, changed chat.Changed, seq int64) (chat.Message, error) {
	h.tell(changed)
	h.translate(changed, time.Time{})
	if len(changed.Messages) > 0 {
		return s.view.message(changed.Messages[0], h), nil
	}
	m, err := h.lineOf(ctx, changed.Conversation, seq)
	return s.view.message(m, h), err
}

// lineOf reads one line.
func (h *Hub) lineOf(ctx context.Context, conversation string, seq int64) (chat.Message, error) {
	page, err := h.store.History(ctx, conversation, seq+1, 1, false)
	if err == nil && (len(page) == 0 || page[0].Seq != seq) {
		err = chat.Errorf(chat.NotFound, "There is no such message.")
	}
	if err != nil {
		return chat.Message{}, err
	}
	return page[0], nil
}
