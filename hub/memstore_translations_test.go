package hub

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"dragoman/chat"

	"golang.org/x/text/language"
)

func (st *memStore) Want(_ context.Context, conversation string, seqs []int64, reader chat.Reader) (chat.Changed, error) {
	if err := st.begin(); err != nil {
		return chat.Changed{}, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil {
		return chat.Changed{}, chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	changed := chat.Changed{Conversation: conversation, Site: c.row.Site}
	for i, m := range c.messages {
		asked := seqs == nil && i >= len(c.messages)-chat.NewestRows || slices.Contains(seqs, m.Seq)
		_, there := m.Translations[reader.Language]
		hidden := reader.Visitor && (m.Kind == chat.MessageNote || m.Author.Kind == chat.KindVisitor)
		if !asked || there || hidden || m.Text == "" || reader.Reads(m.Language) {
			continue
		}
		c.row.Head++
		m.Rev = c.row.Head
		m.Translations[reader.Language] = chat.Translation{State: chat.TranslationPending, By: chat.By{Kind: chat.ByEngine}, Quality: chat.QualityFull}
		changed.Messages = append(changed.Messages, copied(*m))
	}
	changed.Head = c.row.Head
	return changed, nil
}

func (c *memConversation) message(seq int64) *chat.Message {
	for _, m := range c.messages {
		if m.Seq == seq {
			return m
		}
	}
	return nil
}

func (st *memStore) amend(conversation string, seq int64, to language.Tag, change func(chat.Translation) (chat.Translation, bool)) (chat.Changed, error) {
	if err := st.begin(); err != nil {
		return chat.Changed{}, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil || c.message(seq) == nil {
		return chat.Changed{}, chat.Errorf(chat.NotFound, "There is no such message.")
	}
	changed := chat.Changed{Conversation: conversation, Site: c.row.Site}
	m := c.message(seq)
	if t, changes := change(m.Translations[to]); changes {
		c.row.Head++
		m.Rev = c.row.Head
		m.Translations[to] = t
		changed.Messages = []chat.Message{copied(*m)}
	}
	changed.Head = c.row.Head
	return changed, nil
}

func (st *memStore) Retranslate(_ context.Context, conversation string, seq int64, to language.Tag) (chat.Changed, error) {
	return st.amend(conversation, seq, to, func(t chat.Translation) (chat.Translation, bool) {
		return chat.Translation{State: chat.TranslationPending}, t.State == "" || t.State == chat.TranslationFailed
	})
}

func (st *memStore) SetTranslation(_ context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error) {
	return st.amend(conversation, seq, to, func(was chat.Translation) (chat.Translation, bool) { return t, was.State == chat.TranslationPending })
}

func (st *memStore) Correct(_ context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error) {
	return st.amend(conversation, seq, to, func(was chat.Translation) (chat.Translation, bool) {
		if was.State != "" && was.State != chat.TranslationPending {
			before := was
			before.Was = nil
			t.Was = &before
		}
		return t, was.Text != t.Text || !was.By.Same(t.By) || was.Flagged
	})
}

func (st *memStore) Uncorrect(_ context.Context, conversation string, seq int64, to language.Tag, text string, by chat.By) (changed chat.Changed, err error) {
	code := chat.BadState
	changed, err = st.amend(conversation, seq, to, func(was chat.Translation) (chat.Translation, bool) {
		if text != "" && was.By.Kind != "" && was.By.Kind != chat.ByAgent {
			code = ""
			return was, false
		}
		if text != "" && (was.Text != text || !was.By.Same(by)) {
			code = chat.Conflict
			return was, false
		}
		if was.Was == nil {
			return was, false
		}
		return *was.Was, true
	})
	if err == nil && len(changed.Messages) == 0 && code != "" {
		err = chat.Errorf(code, "There is no correction that could be taken back.")
	}
	return changed, err
}

func (st *memStore) Flag(_ context.Context, conversation string, seq int64, to language.Tag, comment string) (chat.Changed, error) {
	return st.amend(conversation, seq, to, func(was chat.Translation) (chat.Translation, bool) {
		now := was
		now.Flagged, now.FlagComment = true, cmp.Or(comment, was.FlagComment)
		return now, was.State == chat.TranslationDone && !reflect.DeepEqual(now, was)
	})
}

func (st *memStore) Replace(_ context.Context, conversation string, seq int64, to language.Tag, old string, t chat.Translation) (chat.Changed, error) {
	return st.amend(conversation, seq, to, func(was chat.Translation) (chat.Translation, bool) {
		return t, was.Flagged && was.Text == old && t.Text != old
	})
}

// ClaimTranslations leases every pending entry once: tests call it when the node that had it is gone.
func (st *memStore) ClaimTranslations(_ context.Context, limit int) ([]chat.TranslationTask, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	var tasks []chat.TranslationTask
	for id := range st.claims {
		for _, m := range st.conversations[id].messages {
			for to, t := range m.Translations {
				if t.State == chat.TranslationPending && len(tasks) < limit {
					tasks = append(tasks, st.task(id, m, to))
				}
			}
		}
		delete(st.claims, id)
	}
	return tasks, nil
}

func (st *memStore) task(conversation string, m *chat.Message, to language.Tag) chat.TranslationTask {
	return m.Task(st.conversations[conversation].row.Site, conversation, to)
}

// RenewTranslations finds every claim to be the caller's: nodes that share a store in memory share its claims.
func (st *memStore) RenewTranslations(_ context.Context, lines []chat.Line) ([]chat.TranslationTask, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	var tasks []chat.TranslationTask
	for _, l := range lines {
		if c := st.conversations[l.Conversation]; c != nil && c.message(l.Seq) != nil {
			m := c.message(l.Seq)
			for to, t := range m.Translations {
				if t.State == chat.TranslationPending {
					tasks = append(tasks, st.task(l.Conversation, m, to))
				}
			}
		}
	}
	return tasks, nil
}

func (st *memStore) ReleaseTranslations(context.Context) error {
	if err := st.begin(); err != nil {
		return err
	}
	st.mu.Unlock()
	return nil
}
