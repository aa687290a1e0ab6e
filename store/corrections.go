package store

import (
	"context"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Correct puts a person's translation in the place of whatever stands there: see the hub's Store. An engine's answer that comes later finds the
// entry not pending any more.
func (s *Store) Correct(ctx context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error) {
	t.Text = cleanText(t.Text)
	return s.amend(ctx, conversation, seq, to, func(m *chat.Message, was chat.Translation, has bool) (chat.Translation, bool, error) {
		switch {
		case m.Kind == chat.MessageEvent || m.Erased || m.Text == "":
			return was, false, chat.Errorf(chat.BadRequest, "There is no text in this line that could be translated.")
		case !has && chat.SameLanguage(m.Language, to):
			return was, false, chat.Errorf(chat.BadLanguage, "The line is in this language: correct one of its translations.")
		}
		again := was.State == chat.TranslationDone && was.By.Same(t.By) && was.Text == t.Text && !was.Flagged
		t.Was = replaced(was, has)
		return t, !again, nil
	})
}

// replaced is what a correction keeps of what it has replaced; nothing of what nobody had answered yet.
func replaced(was chat.Translation, has bool) *chat.Translation {
	if !has || was.State == chat.TranslationPending {
		return nil
	}
	was.Was = nil
	return &was
}

// Uncorrect puts back what the last correction has replaced: see the hub's Store. What no person has said can stand only where every correction was taken back.
func (s *Store) Uncorrect(ctx context.Context, conversation string, seq int64, to language.Tag, text string, by chat.By) (chat.Changed, error) {
	text = cleanText(text)
	return s.amend(ctx, conversation, seq, to, func(_ *chat.Message, was chat.Translation, has bool) (chat.Translation, bool, error) {
		switch {
		case text != "" && has && was.By.Kind != chat.ByAgent:
			return was, false, nil
		case text != "" && (was.Text != text || !was.By.Same(by)):
			return was, false, chat.Errorf(chat.Conflict, "Your correction does not stand there any more: what stands there now was left as it is.")
		case was.Was == nil:
			return was, false, chat.Errorf(chat.BadState, "There is no correction that could be taken back: correct it again.")
		}
		return *was.Was, true, nil
	})
}

// Flag notes that the visitor calls a translation wrong: see the hub's Store. A comment stays until another one comes.
func (s *Store) Flag(ctx context.Context, conversation string, seq int64, to language.Tag, comment string) (chat.Changed, error) {
	comment = cleanText(comment)
	return s.amend(ctx, conversation, seq, to, func(m *chat.Message, was chat.Translation, has bool) (chat.Translation, bool, error) {
		switch {
		case m.Kind != chat.MessageLine || m.Erased:
			return was, false, chat.Errorf(chat.NotFound, "There is no such message.")
		case was.State != chat.TranslationDone:
			return was, false, chat.Errorf(chat.BadState, "There is no translation of this line in that language yet.")
		}
		flagged := was
		flagged.Flagged = true
		if comment != "" {
			flagged.FlagComment = comment
		}
		return flagged, !was.Flagged || flagged.FlagComment != was.FlagComment, nil
	})
}

// Replace puts another text of an engine in the place of one that is flagged: see the hub's Store.
func (s *Store) Replace(ctx context.Context, conversation string, seq int64, to language.Tag, old string, t chat.Translation) (chat.Changed, error) {
	return s.amend(ctx, conversation, seq, to, func(_ *chat.Message, was chat.Translation, _ bool) (chat.Translation, bool, error) {
		stands := was.State == chat.TranslationDone && was.Flagged && was.By.Kind != chat.ByAgent && was.Text == old
		return t, stands && t.Text != old, nil
	})
}
