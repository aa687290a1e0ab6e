package store

import (
	"slices"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// noInvited is the column of a conversation to which nobody was added.
const noInvited = `[]`

const leave = `DELETE FROM participants WHERE conversation = $1 AND participant = $2`

// invitedColumn is the list of those who were added, as it is stored.
func invitedColumn(ids []string) string {
	if len(ids) == 0 {
		return noInvited
	}
	return asJSON(ids)
}

// readers reads what invitedRead has found.
func (s *Store) readers(lists string) []chat.Reader {
	var all []chat.Reader
	for _, l := range strings.Fields(lists) {
		all = append(all, chat.ReaderOf(chat.Agent{Languages: s.tagList(l)}))
	}
	return all
}

// changeInvited adds an agent, and takes out one who goes. Who is there already, or gone already, changes nothing.
func (s *Store) changeInvited(t tx, f *fields, c chat.Change) error {
	if c.Invite != "" {
		if err := s.invite(t, f, c); err != nil {
			return err
		}
	}
	if !c.Leave {
		return nil
	}
	if f.assignee == c.By.ID {
		return chat.Errorf(chat.BadState, "This conversation is yours: give it to somebody else, or to nobody, before you leave it.")
	}
	n, err := t.exec(leave, f.id, c.By.ID)
	if err != nil || n == 0 {
		return err
	}
	f.invited = slices.DeleteFunc(f.invited, func(id string) bool { return id == c.By.ID })
	f.tell(c.By, chat.SystemEvent{Type: chat.EventLeft, By: c.By.ID})
	return nil
}

func (s *Store) invite(t tx, f *fields, c chat.Change) error {
	if f.state == chat.StateResolved {
		return chat.Errorf(chat.BadState, "This conversation is resolved: open it before you add somebody.")
	}
	a, err := s.agentFor(t, c.Invite, f.site)
	if err != nil {
		return err
	}
	if a.ID == f.assignee || slices.Contains(f.invited, a.ID) {
		return nil
	}
	if len(f.invited) >= chat.MaxInvited {
		return chat.Errorf(chat.BadRequest, "At most %d agents can be added to a conversation.", chat.MaxInvited)
	}
	if err := s.enter(t, f, a); err != nil {
		return err
	}
	f.invited = append(f.invited, a.ID)
	if a.ID == c.By.ID {
		return nil // that he has joined says it
	}
	f.tell(c.By, chat.SystemEvent{Type: chat.EventInvited, By: c.By.ID, To: a.ID})
	return nil
}

// enter makes an agent a participant who reads from now on.
func (s *Store) enter(t tx, f *fields, a chat.Agent) error {
	joined, err := join(t, f.id, a.Participant())
	if err != nil {
		return err
	}
	if joined {
		f.tell(a.Participant(), chat.SystemEvent{Type: chat.EventJoined, By: a.ID})
	}
	f.readers = append(f.readers, chat.ReaderOf(a))
	return nil
}

// addNote writes the note that comes with a change, for those who read the conversation after it.
func (s *Store) addNote(t tx, f *fields, c chat.Change) error {
	if c.Note == nil {
		return nil
	}
	n, err := s.scanNumbered(t.row(forLine, f.id, "", "", c.By.ID))
	if err != nil {
		return err
	}
	f.seq++
	f.head++
	n.seq, n.head, n.at = f.seq, f.head, f.now
	n.assignee, n.assigneeReads = "", nil // as it was; who has it now is among the readers, or in the list below
	if f.assignee != "" && f.assignee != c.By.ID {
		if a, err := s.agentFor(t, f.assignee, f.site); err == nil {
			n.invited = append(n.invited, chat.ReaderOf(a))
		}
	}
	f.lines = append(f.lines, lineOf(notePost(f, c), n))
	f.noted = f.seq
	return nil
}

// notePost is the note as a line.
func notePost(f *fields, c chat.Change) chat.Post {
	lang := c.Note.Language
	if lang == language.Und {
		lang = c.By.Language
	}
	return chat.Post{Site: f.site, Conversation: f.id, Author: c.By, Key: c.Note.Key, Kind: chat.MessageNote, Text: c.Note.Text, Language: lang, Readers: c.Note.Readers}
}

// changedBefore tells whether a change was made already: its note is there. Whatever has become of the conversation since stays.
func (s *Store) changedBefore(t tx, f *fields, c chat.Change) (bool, error) {
	if c.Note == nil {
		return false, nil
	}
	posted, found, err := s.postedBefore(t, notePost(f, c))
	if err == nil && found && posted.Conversation != f.id {
		err = chat.Errorf(chat.Conflict, "This key was used in another conversation already: use a new key.")
	}
	return found, err
}
