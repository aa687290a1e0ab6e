package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"

	"dragoman/chat"

	"golang.org/x/text/language"
)

const (
	visitorBySubject = `SELECT` + visitorColumns + `, v.subject FROM visitors v WHERE v.site = $1 AND v.subject = $2 {lock}`

	recogniseVisitor = `UPDATE visitors SET subject = $2, verified = TRUE, token = $3, token_used = {now} WHERE id = $1`

	describeVisitor = `UPDATE visitors SET name = $2, email = $3, attributes = $4, signed = $5, cart = $6, page = $7, time_zone = $8 WHERE id = $1`

	// buryVisitor leaves nothing of a visitor who has turned out to be somebody else but his id, and no token opens him any more.
	buryVisitor = `UPDATE visitors SET merged_into = $2, token = $3, name = '', email = '', time_zone = '', page = '', attributes = '{}', cart = '',
  browser_languages = '[]', language_evidence = '', remark = '', remark_by = '' WHERE id = $1`

	// joinRemarks puts the visitor's below what agents have written down about the person. Who wrote the two is not one agent then.
	joinRemarks = `UPDATE visitors SET remark = CASE WHEN visitors.remark = '' THEN o.remark ELSE visitors.remark || $3 || o.remark END,
  remark_by = CASE WHEN visitors.remark = '' THEN o.remark_by ELSE '' END, remark_rev = visitors.remark_rev + o.remark_rev + 1,
  remark_at = CASE WHEN visitors.remark = '' THEN o.remark_at ELSE {now} END
FROM (SELECT w.remark, w.remark_by, w.remark_rev, w.remark_at FROM visitors w WHERE w.id = $2 AND w.remark <> '') AS o WHERE visitors.id = $1`

	takeLanguage = `UPDATE visitors SET language = $2, language_reason = $3, browser_languages = o.browser_languages, language_evidence = o.language_evidence
FROM (SELECT w.browser_languages, w.language_evidence FROM visitors w WHERE w.id = $4) AS o WHERE visitors.id = $1`

	setLocale = `UPDATE visitors SET language = $2, language_reason = 'shop' WHERE id = $1`

	mergedInto = `SELECT merged_into FROM visitors WHERE id = $1`

	lockTalks = `SELECT c.id, c.state FROM conversations c WHERE c.visitor {any $1} AND c.site = $2 ORDER BY c.created_at, c.id {lock}`

	// moveLines makes all lines of one person those of another. Each takes a rev after the head of its conversation, in the order of their places; where the
	// other has used a line's key himself the line loses it, because one author's key names one line.
	moveLines = `UPDATE messages SET author = $2, event_by = CASE WHEN event_by = $1 THEN $2 ELSE event_by END, revised = TRUE, rev = o.rev,
  key = CASE WHEN EXISTS (SELECT 1 FROM messages k WHERE k.key = messages.key AND k.author = $2) THEN NULL ELSE key END
FROM (SELECT m.conversation, m.seq, c.head + ROW_NUMBER() OVER (PARTITION BY m.conversation ORDER BY m.seq) AS rev
  FROM conversations c JOIN messages m ON m.conversation = c.id AND m.author = $1 WHERE c.visitor = $1) AS o
WHERE messages.conversation = o.conversation AND messages.seq = o.seq`

	// moveTalks follows moveLines: the head passes the lines' revs, and the row, whose visitor is another, takes the last one.
	moveTalks = `UPDATE conversations SET visitor = $2,
  head = head + 1 + (SELECT COUNT(*) FROM messages m WHERE m.conversation = conversations.id AND m.author = $2),
  rev = head + 1 + (SELECT COUNT(*) FROM messages m WHERE m.conversation = conversations.id AND m.author = $2) WHERE visitor = $1`

	// moveFiles lets a person attach what the visitor has sent up, and counts it as his.
	moveFiles = `UPDATE files SET owner = $2 WHERE owner = $1`

	unresolvedTalks = `SELECT id, site, head FROM conversations WHERE visitor = $1 AND state <> 'resolved'`
)

// Identify finds out which visitor somebody is for whom the shop has signed, makes him one if nobody knows him, and gives him what was an unverified
// visitor's whose token he brings: all of it in one transaction, or nothing. A token that is not good is chat.BadToken; that of another
// verified person is left alone.
func (s *Store) Identify(ctx context.Context, i chat.Identify) (chat.Identified, error) {
	return write(ctx, s, func(t tx) (chat.Identified, error) { return s.identify(t, i) })
}

func (s *Store) identify(t tx, i chat.Identify) (chat.Identified, error) {
	var old *holder
	if i.Old != nil {
		var err error
		if old, err = s.ofToken(t, i.New.Site, *i.Old, true); err != nil {
			return chat.Identified{}, err
		}
	}
	known, err := s.person(t, i)
	if err != nil {
		return chat.Identified{}, err
	}
	his := old != nil && known != nil && old.ID == known.ID
	switch {
	case old == nil, old.Verified && !old.ended && !his:
		return s.arrive(t, i, known)
	case old.ended && !his:
		return chat.Identified{}, badToken()
	case old.ended:
		// It was signed for already, and the answer got lost, or another tab was faster.
		out, err := s.arrive(t, i, known)
		if old.was != known.ID {
			out.Was = old.was
		}
		return out, err
	case his:
		out := chat.Identified{Kept: true}
		return out, s.sign(t, i, known, &out)
	case known == nil:
		return s.recognise(t, i, old)
	}
	return s.merge(t, i, old, known)
}

// person returns whom the shop has signed for, held until the transaction ends, or nil if nobody knows him yet.
func (s *Store) person(t tx, i chat.Identify) (*holder, error) {
	var v visitorScan
	h := &holder{}
	err := t.row(visitorBySubject, i.New.Site, i.Subject).Scan(append(v.fields(), &h.subject)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	h.Visitor, h.said = v.visitor(s), v.said(s)
	return h, err
}

// arrive lets in a person who brings nothing: with a new token, as the visitor that he is known as, or a new one.
func (s *Store) arrive(t tx, i chat.Identify, known *holder) (chat.Identified, error) {
	var out chat.Identified
	if known == nil {
		v, err := addVisitor(t, i.New)
		if err == nil {
			_, err = t.exec(recogniseVisitor, v.ID, i.Subject, i.New.Token[:])
		}
		if err != nil {
			return out, err
		}
		known = &holder{Visitor: v}
	} else if err := addToken(t, i.New.Token, known.ID, known.ID, false); err != nil {
		return out, err
	}
	return out, s.sign(t, i, known, &out)
}

// recognise makes an unverified visitor the person whom the shop has signed for. His token was given to whoever came, so it ends here: it must not
// open what belongs to a person.
func (s *Store) recognise(t tx, i chat.Identify, old *holder) (chat.Identified, error) {
	out := chat.Identified{Ended: true, Holder: old.ID}
	if _, err := t.exec(recogniseVisitor, old.ID, i.Subject, i.New.Token[:]); err != nil {
		return out, err
	}
	if err := addToken(t, *i.Old, old.ID, old.ID, true); err != nil {
		return out, err
	}
	return out, s.sign(t, i, old, &out)
}

// merge gives a person what was an unverified visitor's: conversations, lines and their keys.
func (s *Store) merge(t tx, i chat.Identify, old, known *holder) (chat.Identified, error) {
	out := chat.Identified{Was: old.ID, Ended: true, Holder: old.ID}
	talks, err := s.lockTalks(t, i.New.Site, old.ID, known.ID)
	if err != nil {
		return out, err
	}
	if len(talks) == 2 {
		// A visitor has one conversation that is not resolved, and so has the person: the older one gives way.
		f, err := s.lockFields(t, talks[0])
		if err != nil {
			return out, err
		}
		resolved := chat.StateResolved
		changed, err := s.change(t, f, chat.Change{By: systemAuthor(), State: &resolved})
		if err != nil {
			return out, err
		}
		out.Changed = append(out.Changed, chat.Changed{Conversation: changed.Conversation, Site: changed.Site})
	}
	if out.Moved, err = s.move(t, old.ID, known.ID); err != nil {
		return out, err
	}
	for _, id := range out.Moved {
		if len(out.Changed) == 0 || out.Changed[0].Conversation != id {
			out.Changed = append(out.Changed, chat.Changed{Conversation: id, Site: i.New.Site})
		}
	}
	if err := s.mergeVisitors(t, i, old, known); err != nil {
		return out, err
	}
	if err := s.sign(t, i, known, &out); err != nil {
		return out, err
	}
	return out, s.readChanged(t, out.Changed)
}

// systemAuthor is who does what nobody has done by hand.
func systemAuthor() chat.Participant { return chat.Participant{Kind: chat.KindSystem} }

// lockTalks holds all conversations of the visitors and returns those that are not resolved, the oldest first.
func (s *Store) lockTalks(t tx, site string, visitors ...string) (unresolved []string, err error) {
	err = each(t, func(r scanner) error {
		var id string
		var state chat.State
		err := r.Scan(&id, &state)
		if state != chat.StateResolved {
			unresolved = append(unresolved, id)
		}
		return err
	}, lockTalks, visitors, site)
	return unresolved, err
}

// move makes one visitor's conversations and lines another's, and returns the conversations.
func (s *Store) move(t tx, from, to string) (moved []string, err error) {
	err = each(t, func(r scanner) error {
		var id string
		err := r.Scan(&id)
		moved = append(moved, id)
		return err
	}, visitorConversations, from, endOfTime)
	if err != nil || len(moved) == 0 {
		return nil, err
	}
	if _, err := t.exec(moveLines, from, to); err != nil {
		return nil, err
	}
	_, err = t.exec(moveTalks, from, to)
	return moved, err
}

// mergeVisitors makes the unverified visitor's token lead to nobody, gives the person a new one, and keeps of what is known of the two what is newer or
// more certain; known becomes that.
func (s *Store) mergeVisitors(t tx, i chat.Identify, old, known *holder) error {
	if certainty(old.LanguageReason) >= certainty(known.LanguageReason) {
		known.Language, known.LanguageReason = old.Language, old.LanguageReason
		if _, err := t.exec(takeLanguage, known.ID, column(old.Language), string(old.LanguageReason), old.ID); err != nil {
			return err
		}
	}
	if _, err := t.exec(joinRemarks, known.ID, old.ID, "\n\n"); err != nil {
		return err
	}
	if _, err := t.exec(buryVisitor, old.ID, known.ID, noToken()); err != nil {
		return err
	}
	if _, err := t.exec(moveFiles, old.ID, known.ID); err != nil {
		return err
	}
	if err := addToken(t, *i.Old, known.ID, old.ID, true); err != nil {
		return err
	}
	if err := addToken(t, i.New.Token, known.ID, known.ID, false); err != nil {
		return err
	}
	known.Page, known.Cart = cmp.Or(old.Page, known.Page), cmp.Or(old.Cart, known.Cart)
	known.TimeZone = cmp.Or(old.TimeZone, known.TimeZone)
	both := maps.Clone(known.said)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, old.said)
	if _, err := chat.CheckAttributes(both); err != nil {
		both = old.said // what is too much together is what was said last
	}
	known.said = both
	return nil
}

// certainty orders the reasons for a visitor's language.
func certainty(r chat.LanguageReason) int {
	switch r {
	case chat.LanguageChosen:
		return 3
	case chat.LanguageWritten:
		return 2
	case chat.LanguageShop:
		return 1
	}
	return 0
}

// sign stores what the shop has signed, and where the person is, and returns him in out. A name or an address that a page had said before counts no more.
func (s *Store) sign(t tx, i chat.Identify, v *holder, out *chat.Identified) error {
	name, email := "", ""
	if v.Verified {
		name, email = v.Name, v.Email
	}
	v.Name = cmp.Or(i.Name, name, neutralName(v.ID))
	v.Email = cmp.Or(i.Email, email)
	v.Verified = true
	v.Page, v.TimeZone = cmp.Or(i.New.Page, v.Page), cmp.Or(i.New.TimeZone, v.TimeZone)
	v.SetAttributes(v.said, i.Attributes)
	if i.Locale != language.Und && certainty(v.LanguageReason) <= certainty(chat.LanguageShop) {
		v.Language, v.LanguageReason = i.Locale, chat.LanguageShop
		if _, err := t.exec(setLocale, v.ID, column(i.Locale)); err != nil {
			return err
		}
	}
	if err := s.describe(t, v, i.Attributes); err != nil {
		return err
	}
	out.Visitor = v.Visitor
	var err error
	out.Touched, err = touched(t, v.ID)
	return err
}

// describe stores what is known of a visitor.
func (s *Store) describe(t tx, v *holder, signed map[string]string) error {
	said := v.said
	if said == nil {
		said = map[string]string{}
	}
	if signed == nil {
		signed = map[string]string{}
	}
	cart := ""
	if v.Cart != nil {
		cart = asJSON(v.Cart)
	}
	_, err := t.exec(describeVisitor, v.ID, v.Name, v.Email, asJSON(said), asJSON(signed), cart, pageColumn(v.Page), v.TimeZone)
	return err
}

// touched returns the unresolved conversations of a visitor.
func touched(t tx, visitor string) ([]chat.Touched, error) {
	return touchedBy(t, unresolvedTalks, visitor)
}

func touchedBy(t tx, query string, args ...any) (all []chat.Touched, err error) {
	err = each(t, func(r scanner) error {
		var c chat.Touched
		err := r.Scan(&c.Conversation, &c.Site, &c.Head)
		all = append(all, c)
		return err
	}, query, args...)
	return all, err
}

// readChanged reads the rows of conversations that have changed. Their lines are left out: whoever follows one sees that revs are missing, and reads them.
func (s *Store) readChanged(t tx, all []chat.Changed) error {
	for i := range all {
		row, err := s.conversation(t, all[i].Conversation)
		if err != nil {
			return err
		}
		all[i].Row, all[i].Head = row, row.Head
	}
	return nil
}

// missing is what somebody hears whose conversation is not there. One who has turned out to be somebody else is told to come as who he is now: what he
// wanted to say is good under the same key.
func missing(t tx, visitor string, otherwise error) error {
	if visitor == "" {
		return otherwise
	}
	var into string
	err := t.row(mergedInto, visitor).Scan(&into)
	if err == nil && into == "" || errors.Is(err, sql.ErrNoRows) {
		return otherwise
	}
	if err != nil {
		return err
	}
	return chat.Errorf(chat.Unavailable, "You have signed in meanwhile: connect again, then send it once more.")
}
