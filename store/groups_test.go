package store_test

import (
	"fmt"
	"reflect"
	"slices"

	"sync"
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/language"
)

// own opens a conversation of a new visitor and returns what he says in it next.
func (sh *shop) own(t testing.TB) chat.Post {
	t.Helper()
	p := sh.says("", "hola")
	p.Author = sh.newVisitor(t, language.Spanish).Participant
	p.Conversation = sh.append(t, p).Conversation
	p.Key, p.Text = chat.NewID(), "¿cuándo?"
	return p
}

// TestGroupOfAllKinds stores one group of lines of every kind: those that only take their place are stored together, and none of the others
// harms them or ends otherwise than alone.
func TestGroupOfAllKinds(t *testing.T) {
	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	sh := newShop(t, s)
	good, note, approved, sent, other, reopened, taken, joined := sh.own(t), sh.own(t), sh.own(t), sh.own(t), sh.own(t), sh.own(t), sh.own(t), sh.own(t)
	foreign, held := sh.own(t), sh.own(t)

	note = sh.answers(sh.ann, note.Conversation, "Stammkundin")
	note.Kind = chat.MessageNote
	sh.append(t, sh.answers(sh.ann, approved.Conversation, "hello"))
	approved = reviewed(sh.answers(sh.ann, approved.Conversation, "tomorrow\x00"), language.Spanish, "mañana")
	first := sh.append(t, sent)
	sh.append(t, other)
	other.Text = "¿dónde?"
	resolved := chat.StateResolved
	sh.change(t, reopened.Conversation, chat.Change{By: sh.ann.Participant(), State: &resolved})
	taken = sh.answers(sh.ann, taken.Conversation, "I take it")
	sh.append(t, sh.answers(sh.ann, joined.Conversation, "hello"))
	joined = sh.answers(sh.bo, joined.Conversation, "ich auch")
	foreign.Author = good.Author
	unknown := sh.says(chat.NewID(), "nadie")

	holder, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer holder.Close(t.Context())
	_, err = holder.Exec(t.Context(), `BEGIN`)
	must(t, err)
	_, err = holder.Exec(t.Context(), `SELECT 1 FROM conversations WHERE id = $1 FOR UPDATE`, held.Conversation)
	must(t, err)

	got := s.AppendTogether(t.Context(), good, sent, note, other, approved, reopened, unknown, taken, foreign, joined, held)
	for i, want := range []struct {
		name  string
		alone bool
		code  chat.Code
		row   bool
		dup   bool
	}{
		{"good", false, "", false, false},
		{"sent before", true, "", false, true},
		{"note", false, "", false, false},
		{"another text with an old key", true, chat.Conflict, false, false},
		{"approved", false, "", false, false},
		{"reopening", true, "", true, false},
		{"unknown conversation", true, chat.NotFound, false, false},
		{"first agent", true, "", true, false},
		{"foreign conversation", true, chat.NotFound, false, false},
		{"new participant", true, "", true, false},
		{"held by somebody", true, chat.Unavailable, false, false},
	} {
		g := got[i]
		if g.Alone != want.alone || chat.CodeOf(g.Err) != want.code && g.Err != nil || (g.Err == nil) != (want.code == "") ||
			(g.Posted.Row != nil) != want.row || g.Posted.Dup != want.dup {
			t.Errorf("%s: alone %v, error %v, row %v, dup %v; want %+v", want.name, g.Alone, g.Err, g.Posted.Row != nil, g.Posted.Dup, want)
		}
	}
	if got[1].Posted.Message.ID != first.Message.ID {
		t.Error("a line that was sent before is another one now")
	}
	_, err = holder.Exec(t.Context(), `ROLLBACK`)
	must(t, err)
	for _, p := range []chat.Post{good, sent, note, other, approved, reopened, taken, joined, foreign, held} {
		sh.checkRevs(t, p.Conversation)
		sh.checkUnread(t, p.Conversation)
	}
	sh.checkStored(t, got)
}

// checkStored compares what was answered with what is in the store.
func (sh *shop) checkStored(t *testing.T, all []store.Appended) {
	t.Helper()
	for _, g := range all {
		if g.Err != nil {
			continue
		}
		m := g.Posted.Message
		h, err := sh.Store.History(t.Context(), g.Posted.Conversation, m.Seq+1, 1, false)
		must(t, err)
		if !reflect.DeepEqual(h[0], m) {
			t.Errorf("stored\n%+v, answered\n%+v", h[0], m)
		}
		if c := sh.get(t, g.Posted.Conversation); !g.Posted.Dup && (c.Head != g.Posted.Head || c.Last == nil || c.Last.Seq != m.Seq || c.Site != g.Posted.Site) {
			t.Errorf("head %d, last %v of %q; answered head %d, seq %d of %q", c.Head, c.Last, c.Site, g.Posted.Head, m.Seq, g.Posted.Site)
		}
	}
}

// TestGroupCountsAsAlone stores the same dialogue once in groups and once line by line; what follows from the lines is the same.
func TestGroupCountsAsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.own(t)
		id := p.Conversation
		sh.append(t, sh.answers(sh.ann, id, "hello"))
		if c := sh.get(t, id); c.WaitingSince != 0 || c.VisitorUnread != 1 || c.Unread != 1 {
			t.Fatalf("answered: waiting %v, unread %d/%d", c.WaitingSince, c.Unread, c.VisitorUnread)
		}
		asked := sh.append(t, p)
		later := p
		later.Key = chat.NewID()
		sh.append(t, later)
		note := sh.answers(sh.ann, id, "note")
		note.Kind = chat.MessageNote
		sh.append(t, note)
		c := sh.get(t, id)
		if c.WaitingSince != asked.Message.At || c.Unread != 3 || c.VisitorUnread != 1 || c.Last.Seq != 5 || c.VisitorLast.Seq != 4 {
			t.Fatalf("asked: waiting %v since %v, unread %d/%d, last %d/%d", c.WaitingSince, asked.Message.At, c.Unread, c.VisitorUnread, c.Last.Seq, c.VisitorLast.Seq)
		}
		sh.append(t, sh.answers(sh.ann, id, "bye"))
		if c = sh.get(t, id); c.WaitingSince != 0 || c.VisitorUnread != 2 || c.Unread != 3 {
			t.Fatalf("answered again: waiting %v, unread %d/%d", c.WaitingSince, c.Unread, c.VisitorUnread)
		}
	})
}

// TestGroupOfOnlyBadLines leaves nothing behind: no transaction that holds anything, no line.
func TestGroupOfOnlyBadLines(t *testing.T) {
	s := storetest.Postgres(t)
	sh := newShop(t, s)
	p := sh.own(t)
	unknown := sh.says(chat.NewID(), "nadie")
	for range 5 {
		if g := s.AppendTogether(t.Context(), unknown)[0]; !g.Alone || chat.CodeOf(g.Err) != chat.NotFound {
			t.Fatalf("alone %v, %v", g.Alone, g.Err)
		}
	}
	taken := sh.answers(sh.ann, p.Conversation, "mine")
	if g := s.AppendTogether(t.Context(), taken)[0]; !g.Alone || g.Err != nil || g.Posted.Row == nil {
		t.Fatalf("alone %v, %v", g.Alone, g.Err)
	}
	sh.append(t, p)
	sh.checkRevs(t, p.Conversation)
}

// TestNextGroup: one line of each conversation, in the order of their coming, the others wait on; who has gone is left out.
func TestNextGroup(t *testing.T) {
	group, later := store.NextGroup([]string{"a", "b", "a", "c", "a", "b", "d"}, 0, 3)
	if !slices.Equal(group, []string{"b", "a", "d"}) || !slices.Equal(later, []string{"a", "b"}) {
		t.Fatalf("group %v, later %v", group, later)
	}
}

// TestClosedStoreRefuses: lines that come to a store that is closed, or closes while they wait, are answered, and those that were confirmed are there.
func TestClosedStoreRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		const writers = 12
		posts := make([]chat.Post, writers)
		for i := range posts {
			posts[i] = sh.own(t)
		}
		confirmed := make([]int64, writers)
		begun := make(chan struct{}, writers)
		closed := make(chan error, 1)
		go func() {
			for range writers {
				<-begun
			}
			closed <- s.Close()
		}()
		together(t, writers, func(i int) error {
			for n := 0; ; n++ {
				p := posts[i]
				p.Key = chat.NewID()
				posted, err := s.Append(t.Context(), p)
				if n == 0 {
					begun <- struct{}{}
				}
				if err != nil {
					if chat.CodeOf(err) != chat.Unavailable {
						return err
					}
					return nil
				}
				confirmed[i] = posted.Message.Seq
			}
		})
		must(t, <-closed)
		if _, err := s.Append(t.Context(), sh.says("", "hola")); chat.CodeOf(err) != chat.Unavailable {
			t.Fatalf("a closed store answers %v", err)
		}
		sh.Store = storetest.Open(t, s.Describe())
		for i, p := range posts {
			if c := sh.get(t, p.Conversation); c.Seq < confirmed[i] {
				t.Errorf("seq %d, confirmed %d", c.Seq, confirmed[i])
			}
			sh.checkRevs(t, p.Conversation)
		}
	})
}

// TestNodesWriteTheSameConversations lets three nodes write into the same few conversations, each line twice at once on two of them, beside translations,
// marks and takes. Everything is there once, and whoever follows by revs alone has missed nothing: a rev that became visible after a higher one
// would have passed him.
func TestNodesWriteTheSameConversations(t *testing.T) {
	url := storetest.PostgresURL(t)
	nodes := []*store.Store{storetest.Open(t, url), storetest.Open(t, url), storetest.Open(t, url)}
	sh := newShop(t, nodes[0])
	const talks, writers, lines = 6, 12, 30
	posts := make([]chat.Post, talks)
	for i := range posts {
		posts[i] = sh.own(t)
	}
	followers := make([]*client, talks)
	stop := make(chan struct{})
	var following sync.WaitGroup
	for i := range followers {
		followers[i] = &client{rows: map[int64]chat.Message{}}
		following.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					followers[i].catchUp(t, nodes[i%3], posts[i].Conversation, false)
				}
			}
		})
	}
	together(t, writers, func(w int) error {
		for n := range lines {
			p := posts[(w+n)%talks]
			p.Key = chat.NewID()
			if w%3 == 0 {
				p = sh.answers(sh.ann, p.Conversation, "line")
			}
			var twice sync.WaitGroup
			var again error
			twice.Go(func() { _, again = nodes[(w+1)%3].Append(t.Context(), p) })
			m, err := nodes[w%3].Append(t.Context(), p)
			twice.Wait()
			if err != nil || again != nil {
				return fmt.Errorf("%w, %w", err, again)
			}
			if _, err := nodes[(w+2)%3].SetTranslation(t.Context(), p.Conversation, m.Message.Seq, language.English, done); err != nil {
				return err
			}
			if _, err := nodes[w%3].Mark(t.Context(), p.Conversation, chat.Participant{Kind: chat.KindAgent}, m.Message.Seq); err != nil {
				return err
			}
		}
		return nil
	})
	close(stop)
	following.Wait()
	total := int64(0)
	for i, p := range posts {
		sh.checkRevs(t, p.Conversation)
		sh.checkUnread(t, p.Conversation)
		followers[i].catchUp(t, nodes[0], p.Conversation, false)
		all := sh.everything(t, p.Conversation, false)
		total += int64(len(all))
		for _, m := range all {
			if !reflect.DeepEqual(followers[i].rows[m.Seq], m) {
				t.Fatalf("who followed has\n%+v, the store\n%+v", followers[i].rows[m.Seq], m)
			}
		}
	}
	if want := int64(talks + writers*lines); total != want {
		t.Fatalf("%d lines, want %d", total, want)
	}
}
