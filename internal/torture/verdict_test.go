package torture

import (
	"context"
	"fmt"
	"slices"

	"dragoman/chat"

	"github.com/jackc/pgx/v5"
)

// audit makes the database itself write down every revision that a row ever had. What is read from it at the end is the truth that everybody is
// held against.
const audit = `
CREATE TABLE audit (conversation TEXT NOT NULL, rev BIGINT NOT NULL, seq BIGINT NOT NULL);
CREATE FUNCTION audit_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF TG_OP = 'INSERT' OR NEW.rev <> OLD.rev THEN INSERT INTO audit VALUES (NEW.conversation, NEW.rev, NEW.seq); END IF;
	RETURN NULL; END $$;
CREATE FUNCTION audit_conversation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF TG_OP = 'INSERT' THEN
		IF NEW.rev > 0 THEN INSERT INTO audit VALUES (NEW.id, NEW.rev, 0); END IF;
	ELSIF NEW.rev <> OLD.rev THEN INSERT INTO audit VALUES (NEW.id, NEW.rev, 0); END IF;
	RETURN NULL; END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION audit_message();
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION audit_conversation();`

// truth is what the database holds.
type truth struct {
	conversations map[string]*stored
	// revs are all that ever were, by conversation: the seq whose row took it, 0 for the conversation's own row.
	revs map[string]map[int64][]int64
	// places are the conversations of all texts: each is said once.
	places map[string]string
}

// stored is a conversation with its lines by seq.
type stored struct {
	id, site, visitor string
	seq, head         int64
	lines             []row
}

type row struct {
	seq, rev              int64
	id, kind, author, key string
	text                  string
	hidden                bool
}

// read reads the whole database in one snapshot, past the program.
func (w *world) read() *truth {
	w.t.Helper()
	tr := &truth{conversations: map[string]*stored{}, revs: map[string]map[int64][]int64{}, places: map[string]string{}}
	err := w.postgres.In(w.database, func(ctx context.Context, c *pgx.Conn) error {
		return pgx.BeginTxFunc(ctx, c, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error { return tr.fill(ctx, tx) })
	})
	if err != nil {
		w.t.Fatalf("read the database: %v", err)
	}
	return tr
}

func (tr *truth) fill(ctx context.Context, tx pgx.Tx) error {
	rows, _ := tx.Query(ctx, `SELECT id, site, visitor, seq, head FROM conversations`)
	c := &stored{}
	if _, err := pgx.ForEachRow(rows, []any{&c.id, &c.site, &c.visitor, &c.seq, &c.head}, func() error {
		one := *c
		tr.conversations[c.id] = &one
		return nil
	}); err != nil {
		return err
	}
	rows, _ = tx.Query(ctx, `SELECT conversation, seq, rev, id, kind, author, COALESCE(key, ''), text, hidden FROM messages ORDER BY conversation, seq`)
	var id string
	var r row
	if _, err := pgx.ForEachRow(rows, []any{&id, &r.seq, &r.rev, &r.id, &r.kind, &r.author, &r.key, &r.text, &r.hidden}, func() error {
		tr.conversations[id].lines = append(tr.conversations[id].lines, r)
		tr.places[r.text] = id
		return nil
	}); err != nil {
		return err
	}
	rows, _ = tx.Query(ctx, `SELECT conversation, rev, seq FROM audit`)
	var rev, seq int64
	_, err := pgx.ForEachRow(rows, []any{&id, &rev, &seq}, func() error {
		if tr.revs[id] == nil {
			tr.revs[id] = map[int64][]int64{}
		}
		tr.revs[id][rev] = append(tr.revs[id][rev], seq)
		return nil
	})
	return err
}

// verdict asks every checker. Everybody must have stopped talking, and all faults must be over: what is left has patience to come right.
func (w *world) verdict() []problem {
	w.t.Helper()
	var screens []problem
	var tr *truth
	w.within(w.patience, func() bool {
		w.tendAll()
		tr = w.read()
		screens = w.screens(tr)
		return len(screens) == 0
	})
	w.mu.Lock()
	found := slices.Clone(w.found)
	w.mu.Unlock()
	found = append(found, screens...)
	found = append(found, w.ledger.check(tr)...)
	found = append(found, tr.check()...)
	for _, p := range w.people {
		found = append(found, p.testimony(tr, w.sites)...)
	}
	return found
}

// rows counts the lines that people have typed and the database holds.
func (w *world) rows() int {
	n := 0
	for _, c := range w.read().conversations {
		for _, r := range c.lines {
			if r.key != "" {
				n++
			}
		}
	}
	return n
}

// sound fails the test for every problem that a checker has found, and says how many there are of each kind.
func (w *world) sound() string {
	w.t.Helper()
	found := w.verdict()
	counts := map[string]int{}
	for _, p := range found {
		counts[p.kind]++
	}
	for i, p := range found {
		if i == 20 {
			w.t.Errorf("and %d more", len(found)-i)
			break
		}
		w.t.Error(p)
	}
	if len(found) == 0 {
		return fmt.Sprintf("%d acknowledged, 0 problems", w.ledger.acks())
	}
	return fmt.Sprintf("%d acknowledged, problems: %v", w.ledger.acks(), counts)
}

// check holds what was promised against what is stored: every acknowledged line once, where it was said to be; and each one's lines in the
// order typed.
func (l *ledger) check(tr *truth) (found []problem) {
	bad := func(kind, format string, args ...any) {
		found = append(found, problem{kind, fmt.Sprintf(format, args...)})
	}
	type place struct {
		conversation string
		row
	}
	byText := map[string][]place{}
	for id, c := range tr.conversations {
		for _, r := range c.lines {
			if r.text != "" {
				byText[r.text] = append(byText[r.text], place{id, r})
			}
		}
	}
	type screen struct {
		p            *person
		conversation string
	}
	last := map[screen]int64{}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.typed {
		text := e.line.Send.Text
		at := byText[text]
		switch {
		case len(at) > 1:
			bad("doubled", "%q is stored %d times", text, len(at))
			continue
		case len(at) == 0 && e.acked.IsZero():
			continue
		case len(at) == 0:
			bad("lost", "%q was acknowledged as line %d of %s and is not stored", text, e.ok.Message.Seq, e.ok.Conversation)
			continue
		}
		r := at[0]
		if s := (screen{e.author, r.conversation}); r.seq <= last[s] {
			bad("order", "%q is line %d, and was typed after line %d", text, r.seq, last[s])
		} else {
			last[s] = r.seq
		}
		if e.acked.IsZero() {
			continue
		}
		m := e.ok.Message
		if r.conversation != e.ok.Conversation || r.seq != m.Seq || r.key != e.line.Send.Key || r.id != m.ID {
			bad("moved", "%q was acknowledged as line %d of %s and is line %d of %s", text, m.Seq, e.ok.Conversation, r.seq, r.conversation)
		} else if !slices.Contains(tr.revs[r.conversation][m.Rev], m.Seq) {
			bad("moved", "%q was acknowledged with revision %d, which that line never had", text, m.Rev)
		}
	}
	return found
}

// check holds the database against its own rules: lines and revisions without gaps, each revision for one row.
func (tr *truth) check() (found []problem) {
	for id, c := range tr.conversations {
		for i, r := range c.lines {
			if r.seq != int64(i+1) {
				found = append(found, problem{"gap", fmt.Sprintf("line %d of %s has the seq %d", i+1, id, r.seq)})
				break
			}
		}
		if c.seq != int64(len(c.lines)) {
			found = append(found, problem{"gap", fmt.Sprintf("%s counts %d lines and has %d", id, c.seq, len(c.lines))})
		}
		for rev := int64(1); rev <= c.head; rev++ {
			if rows := tr.revs[id][rev]; len(rows) != 1 {
				found = append(found, problem{"gap", fmt.Sprintf("revision %d of %s was taken by %d rows", rev, id, len(rows))})
				break
			}
		}
		if n := len(tr.revs[id]); n != int(c.head) {
			found = append(found, problem{"gap", fmt.Sprintf("%s is at revision %d and had %d", id, c.head, n)})
		}
	}
	return found
}

// screens holds what everybody has on the screen against what is stored, as his view shows it.
func (w *world) screens(tr *truth) (found []problem) {
	for _, p := range w.people {
		for id, c := range tr.conversations {
			if !p.owns(c, w.sites) {
				continue
			}
			if p.agent && !p.opened[id] {
				found = append(found, problem{"screen", p.name + " never saw " + id})
				continue
			}
			if text := p.differs(c); text != "" {
				found = append(found, problem{"screen", fmt.Sprintf("%s, %s: %s", p.name, id, text)})
			}
			if p.agent && !p.Listed(func(row chat.Conversation) bool { return row.ID == id && row.Head >= c.head }) {
				found = append(found, problem{"inbox", fmt.Sprintf("%s: the inbox is behind revision %d of %s", p.name, c.head, id)})
			}
		}
	}
	return found
}

// owns tells whether somebody may see a conversation at all.
func (p *person) owns(c *stored, sites map[string]string) bool {
	if p.agent {
		return c.site == sites[p.site]
	}
	return c.visitor == p.Hello().Participant.ID
}

// differs compares a screen with the stored lines, and says where they differ. Who was told to forget begins later.
func (p *person) differs(c *stored) string {
	var want []row
	for _, r := range c.lines {
		if p.agent || !r.hidden {
			want = append(want, r)
		}
	}
	have := p.Room(c.id).Messages
	p.mu.Lock()
	reset := p.reset[c.id]
	p.mu.Unlock()
	if reset && len(have) < len(want) && len(have) > 0 {
		want = want[len(want)-len(have):]
	}
	for i := range max(len(have), len(want)) {
		switch {
		case i >= len(have):
			return fmt.Sprintf("line %d (%q) is missing, and %d more", want[i].seq, want[i].text, len(want)-i-1)
		case i >= len(want):
			return fmt.Sprintf("line %d (%q) is not stored", have[i].Seq, have[i].Text)
		}
		h, r := have[i], want[i]
		if h.Seq != r.seq || h.Rev != r.rev || h.ID != r.id || h.Text != r.text || string(h.Kind) != r.kind {
			return fmt.Sprintf("shows line %d at revision %d (%q), stored is line %d at revision %d (%q)", h.Seq, h.Rev, h.Text, r.seq, r.rev, r.text)
		}
	}
	return ""
}

// testimony is what a witness has seen that must not be, also conversations of others.
func (p *person) testimony(tr *truth, sites map[string]string) []problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := slices.Clone(p.faults)
	for id := range p.place {
		if c := tr.conversations[id]; c == nil || !p.owns(c, sites) {
			found = append(found, problem{"foreign", p.name + " was sent rows of " + id + ", which is not his"})
		}
	}
	for id, lines := range p.seqs {
		if c := tr.conversations[id]; c == nil || !p.owns(c, sites) {
			found = append(found, problem{"foreign", p.name + " was sent a line of " + id + ", which is not his"})
			continue
		}
		for text := range lines {
			if at := tr.places[text]; at != "" && at != id {
				found = append(found, problem{"foreign", fmt.Sprintf("%s was sent %q in %s, and it was said in %s", p.name, text, id, at)})
			}
		}
	}
	return found
}
