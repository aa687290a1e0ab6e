package hub

import (
	"context"
	"slices"
	"time"

	"dragoman/chat"
	"dragoman/internal/policy"

	"golang.org/x/text/language"
)

// Empty is the ok object of a call that has nothing to say.
type Empty struct{}

// RowsOK answers sync and open. If there is more, the hub goes on with events rows once the reply is written.
type RowsOK struct {
	chat.Rows
	then func(written <-chan struct{})
}

func notFound() error { return chat.Errorf(chat.NotFound, "There is no such conversation.") }

// Send stores a line.
func (h *Hub) Send(ctx context.Context, s *Session, c chat.Send) (chat.SendOK, error) {
	p := chat.Post{Author: s.Participant(), Key: c.Key, Kind: chat.MessageLine, Conversation: c.Conversation, Reviewed: c.Reviewed}
	p.Author.Online = false
	agent := s.Agent()
	if !chat.ValidKey(c.Key) {
		return chat.SendOK{}, chat.Errorf(chat.BadRequest, "key must be a UUID, the same one whenever this line is sent.")
	}
	var err error
	if c.Note || c.Reviewed != nil {
		if err = h.may(s, policy.SendNote); err != nil {
			return chat.SendOK{}, err
		}
	}
	if c.Note {
		p.Kind = chat.MessageNote
	}
	if p.Mentions, err = mentioned(c); err != nil {
		return chat.SendOK{}, err
	}
	if p.Text, p.Attachments, err = h.said(c); err != nil {
		return chat.SendOK{}, err
	}
	if c.Reviewed != nil {
		r := *c.Reviewed
		if r.Language, err = chat.ParseLanguage(r.Language.String()); err != nil {
			return chat.SendOK{}, err
		}
		if r.Text, err = chat.CheckText(r.Text, h.options.TextLimit); err != nil {
			return chat.SendOK{}, err
		}
		p.Reviewed = &r
	}
	if c.Language != "" {
		if p.Language, err = chat.ParseLanguage(c.Language); err != nil {
			return chat.SendOK{}, err
		}
	}
	switch {
	case c.Conversation != "":
		if p.Site, err = h.access(ctx, s, c.Conversation); err != nil {
			return chat.SendOK{}, err
		}
	case agent != nil:
		return chat.SendOK{}, chat.Errorf(chat.BadRequest, "Say in which conversation.")
	default:
		p.Site = s.Site()
	}
	var heard heard
	switch {
	case c.Language != "":
	case p.Text == "":
		p.Language = p.Author.Language // files alone say nothing about it
	default:
		p.Language, heard = h.listen(ctx, s, p.Text)
	}
	posted, err := h.Post(ctx, p)
	if err != nil {
		return chat.SendOK{}, err
	}
	if s.view == visitorView {
		h.followWhole(s, posted.Conversation)
		h.listened(ctx, s, heard, posted)
	}
	return chat.SendOK{Conversation: posted.Conversation, Message: s.view.message(posted.Message, h), Dup: posted.Dup}, nil
}

// mentioned checks whom a note calls; that they are agents of the site the store knows.
func mentioned(c chat.Send) ([]string, error) {
	if len(c.Mentions) > 0 && !c.Note {
		return nil, chat.Errorf(chat.BadRequest, "Only notes mention agents: the visitor would read it.")
	}
	if len(c.Mentions) > chat.MaxMentions {
		return nil, chat.Errorf(chat.TooLong, "A note mentions at most %d agents.", chat.MaxMentions)
	}
	var ids []string
	for _, id := range c.Mentions {
		if !chat.ValidKey(id) {
			return nil, chat.Errorf(chat.BadRequest, "mentions are the ids of agents.")
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// said checks what a line says and brings along: one of the two it has to.
func (h *Hub) said(c chat.Send) (text string, files []chat.SendFile, err error) {
	if len(c.Attachments) > 0 {
		if files, err = chat.CheckFiles(c.Attachments, h.options.FilesPerMessage); err != nil {
			return "", nil, err
		}
	}
	text, err = chat.CheckText(c.Text, h.options.TextLimit)
	if len(files) > 0 && c.Reviewed == nil && chat.CodeOf(err) == chat.Empty {
		err = nil
	}
	return text, files, err
}

// addressed returns attachments as they are sent.
func (h *Hub) addressed(all []chat.Attachment) []chat.Attachment {
	if h.options.Address == nil {
		return all
	}
	all = slices.Clone(all)
	for i := range all {
		h.options.Address(&all[i])
	}
	return all
}

// Sync answers what the client has missed. An agent who does not follow the conversation (he closed it, or never opened it) does from here on,
// as by open: whoever asks for its rows has a place in it.
func (h *Hub) Sync(ctx context.Context, s *Session, c chat.Sync) (RowsOK, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return RowsOK{}, err
	}
	f := s.following(c.Conversation)
	if f == nil {
		var err error
		if f, err = h.begin(ctx, s, c.Conversation); err != nil {
			return RowsOK{}, err
		}
	}
	return s.answer(ctx, f, c.Since)
}

// begin makes a session follow a conversation that it may see.
func (h *Hub) begin(ctx context.Context, s *Session, conversation string) (*follow, error) {
	row, err := h.conversation(ctx, s, conversation)
	if err != nil {
		return nil, err
	}
	if s.view == agentView && len(s.conversations()) >= chat.MaxSince && s.following(conversation) == nil {
		return nil, chat.Errorf(chat.BadRequest, "At most %d conversations can be open at once: close one first.", chat.MaxSince)
	}
	f := h.follow(s, conversation, &row)
	if f == nil {
		return nil, ended()
	}
	if s.view == agentView {
		h.askFor(conversation)
		h.Prepare(row.Language, s.reader().Language)
	}
	return f, nil
}

func ended() error { return chat.Errorf(chat.Unavailable, "The session has ended.") }

// Open follows a conversation (agents).
func (h *Hub) Open(ctx context.Context, s *Session, c chat.Open) (RowsOK, error) {
	f, err := h.begin(ctx, s, c.Conversation)
	if err != nil {
		return RowsOK{}, err
	}
	since := int64(-1)
	if c.Since != nil {
		since = *c.Since
	}
	return s.answer(ctx, f, since)
}

// Unfollow answers close (agents). What is not open is closed already.
func (h *Hub) Unfollow(ctx context.Context, s *Session, c chat.Close) (Empty, error) {
	if f := s.following(c.Conversation); f != nil {
		h.unfollow(f)
	}
	if h.views(s, c.Conversation) {
		h.viewsNothing(s)
	}
	return Empty{}, nil
}

// History answers older lines. Those that the reader cannot read are translated for him.
func (h *Hub) History(ctx context.Context, s *Session, c chat.History) (chat.HistoryOK, error) {
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.HistoryOK{}, err
	}
	if c.Before < 0 {
		return chat.HistoryOK{}, chat.Errorf(chat.BadRequest, "before must be the number of a message.")
	}
	limit := c.Limit
	if limit <= 0 {
		limit = chat.NewestRows
	}
	page, err := h.store.History(ctx, c.Conversation, c.Before, min(limit, chat.PageRows), s.view == visitorView)
	if err != nil {
		return chat.HistoryOK{}, err
	}
	reader := s.reader()
	var lacking []int64
	for i := range page {
		_, there := page[i].Translations[reader.Language]
		own := reader.Visitor && page[i].Author.Kind == chat.KindVisitor
		if !there && !own && page[i].Text != "" && !reader.Reads(page[i].Language) {
			lacking = append(lacking, page[i].Seq)
		}
	}
	if len(lacking) > 0 {
		h.want(c.Conversation, lacking, reader)
	}
	return chat.HistoryOK{Messages: s.view.messages(page, h)}, nil
}

// Language sets languages: a visitor's, an agent's own, or that of a conversation's visitor.
func (h *Hub) Language(ctx context.Context, s *Session, c chat.Language) (Empty, error) {
	if s.Agent() == nil {
		tag, err := chat.ParseLanguage(c.Language)
		if err != nil {
			return Empty{}, err
		}
		return Empty{}, h.VisitorLanguage(ctx, s.Participant(), tag)
	}
	if c.Conversation != "" {
		tag, err := chat.ParseLanguage(c.Language)
		if err != nil {
			return Empty{}, err
		}
		row, err := h.conversation(ctx, s, c.Conversation)
		if err != nil {
			return Empty{}, err
		}
		// The visitor himself, too: the key of his translations is what his next hello answers.
		if err := h.remember(ctx, row.Visitor.ID, tag); err != nil {
			return Empty{}, err
		}
		_, err = h.setLanguage(ctx, s.Participant(), c.Conversation, tag)
		return Empty{}, err
	}
	if len(c.Languages) == 0 || len(c.Languages) > chat.MaxLanguages {
		return Empty{}, chat.Errorf(chat.BadRequest, "Name 1 to %d languages, the first is translated into.", chat.MaxLanguages)
	}
	var tags []language.Tag
	for _, l := range c.Languages {
		tag, err := chat.ParseLanguage(l)
		if err != nil {
			return Empty{}, err
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return Empty{}, h.agentLanguages(ctx, s, tags)
}

// VisitorLanguage changes what a visitor reads, in his conversations too, and has the newest lines translated.
func (h *Hub) VisitorLanguage(ctx context.Context, p chat.Participant, tag language.Tag) error {
	if err := h.remember(ctx, p.ID, tag); err != nil {
		return err
	}
	return h.inHisConversations(ctx, p, tag)
}

// inHisConversations makes a visitor's language that of his conversations, and has their newest lines translated.
func (h *Hub) inHisConversations(ctx context.Context, p chat.Participant, tag language.Tag) error {
	own, err := h.store.VisitorConversations(ctx, p.ID, 10)
	if err != nil {
		return err
	}
	p.Language = tag
	for _, c := range own {
		if c.State == chat.StateResolved || c.Language == tag {
			continue
		}
		if _, err := h.setLanguage(ctx, p, c.ID, tag); err != nil {
			return err
		}
	}
	return nil
}

// remember stores what a visitor has chosen to read, for his sessions here and for those to come.
func (h *Hub) remember(ctx context.Context, visitor string, tag language.Tag) error {
	err := h.store.SetVisitorLanguage(ctx, visitor, tag)
	h.speakers.forget(visitor)
	if err == nil {
		h.readsNow(visitor, tag)
	}
	return err
}

// readsNow tells the visitor's sessions here what he reads.
func (h *Hub) readsNow(visitor string, tag language.Tag) {
	for _, o := range h.sessionsOf(visitor) {
		o.setLanguages([]language.Tag{tag})
	}
}

// setLanguage changes a conversation's language: what its visitor reads.
func (h *Hub) setLanguage(ctx context.Context, by chat.Participant, conversation string, tag language.Tag) (chat.Changed, error) {
	by.Online = false
	changed, err := h.store.Change(ctx, conversation, chat.Change{By: by, Language: &tag})
	if err != nil {
		return changed, err
	}
	h.tell(changed)
	h.want(conversation, nil, chat.Reader{Language: tag, Visitor: true})
	return changed, nil
}

// agentLanguages changes what an agent reads, for all his sessions here, and has the newest lines of what he has open translated.
func (h *Hub) agentLanguages(ctx context.Context, s *Session, tags []language.Tag) error {
	id := s.Participant().ID
	if err := h.store.SetAgentLanguages(ctx, id, tags); err != nil {
		return err
	}
	for _, o := range h.sessionsOf(id) {
		o.setLanguages(tags)
		for _, conversation := range o.conversations() {
			h.want(conversation, nil, o.reader())
		}
	}
	h.agentsChanged()
	return nil
}

func (h *Hub) sessionsOf(participant string) []*Session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if p := h.people[participant]; p != nil {
		return slices.Clone(p.sessions)
	}
	return nil
}

// change changes a conversation's own fields, tells, and answers the row.
func (h *Hub) change(ctx context.Context, s *Session, conversation string, c chat.Change) (chat.Conversation, error) {
	row, _, err := h.changeFrom(ctx, s, conversation, c)
	return row, err
}

// changeFrom does the same, and answers what the conversation was if its state has changed.
func (h *Hub) changeFrom(ctx context.Context, s *Session, conversation string, c chat.Change) (chat.Conversation, *chat.StateBefore, error) {
	c.By = s.Participant()
	c.By.Online = false
	begun := time.Now()
	changed, err := h.store.Change(ctx, conversation, c)
	row, err := h.changed(ctx, s, changed, err)
	h.translate(changed, begun)
	for _, r := range changed.Readers {
		h.want(conversation, nil, r)
	}
	return row, changed.Was, err
}

// changed tells what a call has changed of a conversation's own fields, if it has, and answers the row.
func (h *Hub) changed(ctx context.Context, s *Session, c chat.Changed, err error) (chat.Conversation, error) {
	if err != nil {
		return chat.Conversation{}, err
	}
	h.tell(c)
	if c.Row != nil {
		return s.view.conversation(*c.Row, h), nil
	}
	row, err := h.conversation(ctx, s, c.Conversation)
	return s.view.conversation(row, h), err
}

// Take assigns a conversation to oneself, if nobody else has it (agents).
func (h *Hub) Take(ctx context.Context, s *Session, c chat.Take) (chat.Conversation, error) {
	me := s.Participant().ID
	if _, err := h.access(ctx, s, c.Conversation); err != nil {
		return chat.Conversation{}, err
	}
	return h.change(ctx, s, c.Conversation, chat.Change{Assignee: &me, OnlyFree: true})
}

// SetState opens, snoozes or resolves a conversation.
func (h *Hub) SetState(ctx context.Context, s *Session, c chat.SetState) (ok chat.StateOK, err error) {
	row, err := h.conversation(ctx, s, c.Conversation)
	if err == nil {
		err = chat.CheckState(row.State, c.State, c.Rev != 0)
	}
	if err == nil && c.State != chat.StateResolved {
		err = h.may(s, policy.StateOther)
	}
	if err != nil {
		return ok, err
	}
	change := chat.Change{State: &c.State, Rev: c.Rev}
	if c.State == chat.StateSnoozed {
		if change.Until = c.Until; c.Until <= chat.TimeOf(time.Now()) {
			return ok, chat.Errorf(chat.BadRequest, "Say until when: a time in the future.")
		}
	}
	if ok.Conversation, ok.Was, err = h.changeFrom(ctx, s, c.Conversation, change); s.view == visitorView {
		ok.Was = nil
	}
	return ok, err
}

// Preview answers what the visitor would read (agents).
func (h *Hub) Preview(ctx context.Context, s *Session, c chat.Preview) (chat.PreviewOK, error) {
	row, err := h.conversation(ctx, s, c.Conversation)
	if err != nil {
		return chat.PreviewOK{}, err
	}
	text, err := chat.CheckText(c.Text, h.options.TextLimit)
	if err != nil {
		return chat.PreviewOK{}, err
	}
	from, _ := h.listen(ctx, s, text)
	ok := chat.PreviewOK{Language: row.Language, Text: text, State: chat.TranslationSame, Quality: chat.QualityFull}
	if chat.SameLanguage(from, row.Language) {
		return ok, nil
	}
	u := chat.Untranslated{
		Site: row.Site, Text: text, From: from, To: row.Language, ForVisitor: true, Names: namesOf(s.Participant().Name, row.Visitor.Name),
		Before: func(ctx context.Context) []string {
			return h.before(ctx, chat.Line{Conversation: row.ID, Seq: row.Seq + 1})
		},
	}
	t := h.translated(ctx, u)
	ok.State, ok.Reason, ok.Quality, ok.By, ok.Terms = t.State, t.Reason, t.Quality, t.By, t.Terms
	ok.Near = h.near(ctx, u, t)
	if t.State == chat.TranslationDone {
		ok.Text = t.Text
		if c.Back {
			if back := h.translated(ctx, chat.Untranslated{Site: row.Site, Text: t.Text, From: row.Language, To: from, Names: u.Names}); back.State == chat.TranslationDone {
				ok.Back = back.Text
			}
		}
	}
	return ok, nil
}
