package store

import (
	"slices"

	"dragoman/chat"
)

const (
	mentionsOf = `UPDATE messages SET mentions = $3 WHERE conversation = $1 AND seq = $2`

	mention = `INSERT INTO mentions (agent, conversation, seq) VALUES ($1, $2, $3)
ON CONFLICT (agent, conversation) DO UPDATE SET seq = excluded.seq`

	readMention    = `DELETE FROM mentions WHERE agent = $1 AND conversation = $2 AND seq <= $3`
	mentioned      = `SELECT agent FROM mentions WHERE conversation = $1 ORDER BY seq, agent`
	storeMentioned = `UPDATE conversations SET mentioned = $2 WHERE id = $1`
)

// mentionsFor returns the agents whom a note calls. One who does not answer for the site, any more or at all, is refused together with the note, which its author still has.
func (s *Store) mentionsFor(t tx, p chat.Post, site string) ([]chat.Mention, error) {
	var all []chat.Mention
	for _, id := range p.Mentions {
		a, err := s.agentFor(t, id, site)
		if chat.CodeOf(err) == chat.NotFound {
			err = chat.Errorf(chat.NotFound, "Somebody whom this note mentions does not answer for this site any more: take the mention out, and add the note again.")
		}
		if err != nil {
			return nil, err
		}
		all = append(all, chat.Mention{ID: a.ID, Name: a.Name})
	}
	return all, nil
}

// storeMentions notes whom a note calls. Who mentions himself is not called.
func storeMentions(t tx, conversation string, m *chat.Message) error {
	if _, err := t.exec(mentionsOf, conversation, m.Seq, asJSON(m.Mentions)); err != nil {
		return err
	}
	for _, one := range m.Mentions {
		if one.ID == m.Author.ID {
			continue
		}
		if _, err := t.exec(mention, one.ID, conversation, m.Seq); err != nil {
			return err
		}
	}
	return rememberMentioned(t, conversation)
}

// rememberMentioned puts into a conversation's row who is called there. The caller holds the conversation.
func rememberMentioned(t tx, conversation string) error {
	agents := []string{}
	err := each(t, func(r scanner) error {
		var id string
		err := r.Scan(&id)
		agents = append(agents, id)
		return err
	}, mentioned, conversation)
	if err != nil {
		return err
	}
	_, err = t.exec(storeMentioned, conversation, mentionedColumn(agents))
	return err
}

func mentionedColumn(agents []string) string {
	if len(agents) == 0 {
		return ""
	}
	return asJSON(agents)
}

// readMentions reads the column of a message's mentions.
func (s *Store) readMentions(column string) []chat.Mention {
	if column == "" {
		return nil
	}
	return readColumn[[]chat.Mention](s, "mentions", column)
}

// readMentioned reads the column of a conversation's.
func (s *Store) readMentioned(column string) []string {
	if column == "" {
		return nil
	}
	return readColumn[[]string](s, "mentioned", column)
}

// see takes an agent off a conversation's mentions who has read up to seq; it tells whether he was on them. The caller holds the conversation.
func (s *Store) see(t tx, conversation, agent, column string, seq int64) (bool, error) {
	if !slices.Contains(s.readMentioned(column), agent) {
		return false, nil
	}
	n, err := t.exec(readMention, agent, conversation, seq)
	if err != nil || n == 0 {
		return false, err
	}
	return true, rememberMentioned(t, conversation)
}
