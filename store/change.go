package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	lockFields = `SELECT c.site, c.visitor, c.seq, c.head, c.state, c.snoozed_until, c.language, c.assignee, c.invited, c.rev, {now}
FROM conversations c WHERE c.id = $1 {lock}`

	storeFields = `UPDATE conversations SET seq = $2, head = $3, rev = $3, state = $4, snoozed_until = $5, language = $6, assignee = $7, invited = $9,
  last_seq = CASE WHEN CAST($10 AS BIGINT) = 0 THEN last_seq ELSE CAST($10 AS BIGINT) END,
  resolved_at = CASE WHEN $4 <> 'resolved' THEN 0 WHEN state = 'resolved' THEN resolved_at ELSE $8 END, updated_at = $8
WHERE id = $1`

	assignable = `SELECT name, languages, sites, disabled FROM agents WHERE id = $1`
)

// fields are a conversation's own fields while somebody changes them.
type fields struct {
	id, site, visitor string
	seq, head, rev    int64
	state             chat.State
	until             chat.Time
	language          language.Tag
	assignee          string
	invited           []string
	now               chat.Time
	// lines are the system lines so far.
	lines []chat.Message
	// noted is the seq of the note among them, 0 if there is none.
	noted int64
	// readers are those who read from now on.
	readers []chat.Reader
}

// Change changes the conversation's own fields and writes the system lines that tell of it, all of it or nothing: see the hub's
// Store. The lines take their revs first, the row the last.
func (s *Store) Change(ctx context.Context, conversation string, c chat.Change) (chat.Changed, error) {
	return write(ctx, s, func(t tx) (chat.Changed, error) {
		f, err := s.lockFields(t, conversation)
		if err == nil && c.By.Kind == chat.KindVisitor && c.By.ID != f.visitor {
			err = missing(t, c.By.ID, noConversation()) // it was his when he was asked about
		}
		if err != nil {
			return chat.Changed{}, err
		}
		if before, err := s.changedBefore(t, f, c); before || err != nil {
			return chat.Changed{Conversation: f.id, Site: f.site, Head: f.head}, err
		}
		if c.Rev != 0 && c.Rev != f.rev {
			return chat.Changed{}, chat.Errorf(chat.Conflict, "This conversation has changed since: it was left as it is.")
		}
		return s.change(t, f, c)
	})
}

func (s *Store) change(t tx, f *fields, c chat.Change) (chat.Changed, error) {
	before := *f
	for _, apply := range []func(tx, *fields, chat.Change) error{s.changeLanguage, s.changeAssignee, s.changeInvited, s.changeState, s.addNote} {
		if err := apply(t, f, c); err != nil {
			return chat.Changed{}, err
		}
	}
	changed := chat.Changed{Conversation: f.id, Site: f.site, Head: f.head, Messages: f.lines, Readers: f.readers}
	if f.state != before.state || f.until != before.until {
		changed.Was = &chat.StateBefore{State: before.state, Until: before.until}
	}
	if changed.Was == nil && f.language == before.language && f.assignee == before.assignee &&
		len(f.invited) == len(before.invited) && len(f.lines) == 0 {
		return changed, nil
	}
	f.head++
	changed.Head = f.head
	if err := s.storeFields(t, f); err != nil {
		return chat.Changed{}, err
	}
	var err error
	changed.Row, err = s.conversation(t, f.id)
	return changed, err
}

func (s *Store) lockFields(t tx, conversation string) (*fields, error) {
	f := fields{id: conversation}
	var lang, invited string
	err := t.row(lockFields, conversation).Scan(&f.site, &f.visitor, &f.seq, &f.head, &f.state, &f.until, &lang, &f.assignee, &invited, &f.rev, &f.now)
	if errors.Is(err, sql.ErrNoRows) {
		err = noConversation()
	}
	f.language = s.tag(lang)
	if err == nil && invited != noInvited {
		f.invited = readColumn[[]string](s, "invited", invited)
	}
	return &f, err
}

func (s *Store) storeFields(t tx, f *fields) error {
	for i := range f.lines {
		if err := storeMessage(t, f.id, &f.lines[i], s.claimFor(f.lines[i])); err != nil {
			return err
		}
	}
	_, err := t.exec(storeFields, f.id, f.seq, f.head, string(f.state), int64(f.until), column(f.language), f.assignee, int64(f.now),
		invitedColumn(f.invited), f.noted)
	return err
}

// tell adds a system line.
func (f *fields) tell(by chat.Participant, e chat.SystemEvent) {
	f.seq++
	f.head++
	by.Online = false
	f.lines = append(f.lines, chat.Message{
		ID: chat.NewID(), Seq: f.seq, Rev: f.head, Kind: chat.MessageEvent, Author: by, At: f.now, Event: &e,
		Translations: map[language.Tag]chat.Translation{}, Attachments: []chat.Attachment{},
	})
}

func (s *Store) changeLanguage(_ tx, f *fields, c chat.Change) error {
	if c.Language == nil || *c.Language == f.language {
		return nil
	}
	if *c.Language == language.Und {
		return chat.Errorf(chat.BadLanguage, "Name a language, such as en or pt-BR.")
	}
	f.language = *c.Language
	f.tell(c.By, chat.SystemEvent{Type: chat.EventLanguage, By: c.By.ID, To: f.language.String()})
	return nil
}

func (s *Store) changeAssignee(t tx, f *fields, c chat.Change) error {
	if c.Assignee == nil || *c.Assignee == f.assignee {
		return nil
	}
	if c.OnlyFree && f.assignee != "" {
		return chat.Errorf(chat.Taken, "Somebody else has taken this conversation already.")
	}
	if *c.Assignee != "" {
		if f.state == chat.StateResolved {
			return chat.Errorf(chat.BadState, "This conversation is resolved: open it before you give it to somebody.")
		}
		a, err := s.agentFor(t, *c.Assignee, f.site)
		if err != nil {
			return err
		}
		if err := s.enter(t, f, a); err != nil {
			return err
		}
	}
	f.assignee = *c.Assignee
	f.invited = slices.DeleteFunc(f.invited, func(id string) bool { return id == f.assignee })
	f.tell(c.By, chat.SystemEvent{Type: chat.EventAssigned, By: c.By.ID, To: f.assignee})
	return nil
}

// agentFor returns an agent who may be given conversations of a site.
func (s *Store) agentFor(t tx, id, site string) (chat.Agent, error) {
	a := chat.Agent{ID: id}
	var languages, sites string
	err := t.row(assignable, id).Scan(&a.Name, &languages, &sites, &a.Disabled)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return a, err
	}
	a.Languages, a.Sites = s.tagList(languages), stringList(sites)
	if err != nil || a.Disabled || !a.Serves(site) {
		return a, chat.Errorf(chat.NotFound, "There is no such agent on this site.")
	}
	return a, nil
}

func (s *Store) changeState(t tx, f *fields, c chat.Change) error {
	if c.State == nil || *c.State == f.state && (f.state != chat.StateSnoozed || c.Until == f.until) {
		return nil
	}
	from, to := f.state, *c.State
	if err := chat.CheckState(from, to, c.Rev != 0); err != nil {
		return err
	}
	if from == chat.StateResolved {
		err := onlyUnresolved(t, f.visitor, f.site, f.id)
		if _, elsewhere := errors.AsType[errElsewhere](err); elsewhere {
			return chat.Errorf(chat.BadState, "This visitor has begun another conversation since: go on there.")
		}
		if err != nil {
			return err
		}
	}
	f.state, f.until = to, 0
	if to == chat.StateSnoozed {
		f.until = c.Until
	}
	switch {
	case to == chat.StateResolved:
		f.tell(c.By, chat.SystemEvent{Type: chat.EventResolved, By: c.By.ID})
	case from == chat.StateResolved:
		f.tell(c.By, chat.SystemEvent{Type: chat.EventReopened, By: c.By.ID})
	}
	return nil
}

const (
	// Locking first and counting in a second statement: a count in the statement that waited for the lock would not see
	// the line it waited for.
	setReadAgents = `UPDATE conversations SET read_agents = $2, unread_agents = (SELECT COUNT(*) FROM messages m
  WHERE m.conversation = $1 AND m.seq > $2 AND m.kind = 'message' AND m.author_kind = 'visitor') WHERE id = $1`
	setReadVisitor = `UPDATE conversations SET read_visitor = $2, unread_visitor = (SELECT COUNT(*) FROM messages m
  WHERE m.conversation = $1 AND m.seq > $2 AND m.kind = 'message' AND m.author_kind <> 'visitor') WHERE id = $1`
	lockMarks = `SELECT seq, read_visitor, read_agents, mentioned FROM conversations WHERE id = $1 {lock}`
)

// Mark moves the read mark of somebody's side forward, at most to the last message, and takes an agent off the conversation's mentions that he has read.
func (s *Store) Mark(ctx context.Context, conversation string, by chat.Participant, seq int64) (chat.Marked, error) {
	return write(ctx, s, func(t tx) (chat.Marked, error) {
		var m chat.Marked
		var last, visitor, agents int64
		var mentioned string
		err := t.row(lockMarks, conversation).Scan(&last, &visitor, &agents, &mentioned)
		if errors.Is(err, sql.ErrNoRows) {
			err = noConversation()
		}
		if err != nil {
			return m, err
		}
		set, have := setReadAgents, agents
		if by.Kind == chat.KindVisitor {
			set, have = setReadVisitor, visitor
		}
		seq = min(seq, last)
		if m.Seen, err = s.see(t, conversation, by.ID, mentioned, seq); err != nil || seq <= have {
			return m, err
		}
		m.Moved = true
		_, err = t.exec(set, conversation, seq)
		return m, err
	})
}

// Heads returns the heads of those conversations that exist.
func (s *Store) Heads(ctx context.Context, conversations []string) (map[string]int64, error) {
	conversations = slices.Compact(slices.Sorted(slices.Values(conversations)))
	return read(ctx, s, func(t tx) (map[string]int64, error) {
		heads := make(map[string]int64, len(conversations))
		err := each(t, func(r scanner) error {
			var id string
			var head int64
			err := r.Scan(&id, &head)
			heads[id] = head
			return err
		}, `SELECT id, head FROM conversations WHERE id {any $1}`, conversations)
		return heads, err
	})
}

// Standings returns the heads and read marks of those conversations that exist.
func (s *Store) Standings(ctx context.Context, conversations []string) (map[string]chat.Standing, error) {
	conversations = slices.Compact(slices.Sorted(slices.Values(conversations)))
	return read(ctx, s, func(t tx) (map[string]chat.Standing, error) {
		all := make(map[string]chat.Standing, len(conversations))
		err := each(t, func(r scanner) error {
			var id string
			var st chat.Standing
			err := r.Scan(&id, &st.Head, &st.Read.Visitor, &st.Read.Agents)
			all[id] = st
			return err
		}, `SELECT id, head, read_visitor, read_agents FROM conversations WHERE id {any $1}`, conversations)
		return all, err
	})
}
