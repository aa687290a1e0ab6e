package torture

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/process"

	_ "modernc.org/sqlite" // whose file is read past the program
)

// moment is what a SQLite database holds at one moment.
type moment struct {
	// pending is how many lines still wait for a translation, which will give them another rev.
	pending int
	// lines are those that a visitor may see, by conversation, oldest first.
	lines map[string][]chat.Message
}

// readMoment reads the program's SQLite file in one snapshot, past the program, which may be running.
func readMoment(ctx context.Context, db *sql.DB) (moment, error) {
	m := moment{lines: map[string][]chat.Message{}}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return m, err
	}
	defer tx.Rollback()
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM messages WHERE claimed_until > 0`).Scan(&m.pending); err != nil {
		return m, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT conversation, id, seq, rev, COALESCE(key, ''), text FROM messages WHERE NOT hidden ORDER BY conversation, seq`)
	if err != nil {
		return m, err
	}
	defer rows.Close()
	for rows.Next() {
		var in string
		var l chat.Message
		if err := rows.Scan(&in, &l.ID, &l.Seq, &l.Rev, &l.Key, &l.Text); err != nil {
			return m, err
		}
		m.lines[in] = append(m.lines[in], l)
	}
	return m, rows.Err()
}

// stale says where a screen differs from what is stored, or nothing: every row must be there since the oldest that the screen has, at its rev.
func stale(screen, stored []chat.Message) string {
	switch {
	case len(screen) == 0:
		return "nothing is on the screen"
	case len(screen) > len(stored):
		return fmt.Sprintf("%d lines are on the screen and %d are stored", len(screen), len(stored))
	}
	for i, m := range stored[len(stored)-len(screen):] {
		if h := screen[i]; h.ID != m.ID || h.Seq != m.Seq || h.Rev != m.Rev || h.Text != m.Text || h.Key != m.Key {
			return fmt.Sprintf("on the screen is line %d at rev %d (%q), stored is line %d at rev %d (%q)", h.Seq, h.Rev, h.Text, m.Seq, m.Rev, m.Text)
		}
	}
	return ""
}

// checkScreens holds what each client has on its screen, after all those reconnects, against what is stored. Translations that dead servers
// have left still change rows: a server takes them up some seconds apart, once the claims of the dead have run out. As long as they become fewer,
// they are waited for; when there are none, nothing changes any more, and every screen has patience to come right.
func checkScreens(t *testing.T, ctx context.Context, p *process.Program, talkers []*talker) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.Data, "dragoman.db")+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	fewest, since, most := -1, time.Now(), chat.TranslationLease+patience
	for {
		now, err := readMoment(ctx, db)
		if err != nil {
			t.Fatalf("cannot read what is stored: %v", err)
		}
		var wrong []string
		for _, k := range talkers {
			id := k.sent[0].OK.Conversation
			if difference := stale(k.Room(id).Messages, now.lines[id]); difference != "" {
				wrong = append(wrong, k.name+": "+difference)
			}
		}
		if now.pending == 0 && len(wrong) == 0 {
			return
		}
		if fewest < 0 || now.pending < fewest {
			fewest, since = now.pending, time.Now()
		}
		if time.Since(since) > most {
			t.Errorf("after %s without progress %d lines wait for a translation, and %d screens differ: %q", most, now.pending, len(wrong), wrong)
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Errorf("at the end of the test %d lines still wait for a translation, and %d screens differ: %q", now.pending, len(wrong), wrong)
			return
		}
	}
}

// What a screen may lack, show twice or show as it was is seen; that it begins later is no fault.
func TestStale(t *testing.T) {
	lines := func() (all []chat.Message) {
		for i := range int64(4) {
			all = append(all, chat.Message{ID: fmt.Sprint("id", i), Seq: i + 1, Rev: 2*i + 2, Key: fmt.Sprint("key", i), Text: fmt.Sprint("line ", i)})
		}
		return all
	}
	for _, tt := range []struct {
		name  string
		fault func([]chat.Message) []chat.Message
		sound bool
	}{
		{"the same", func(s []chat.Message) []chat.Message { return s }, true},
		{"begins later", func(s []chat.Message) []chat.Message { return s[2:] }, true},
		{"empty", func([]chat.Message) []chat.Message { return nil }, false},
		{"a line is missing", func(s []chat.Message) []chat.Message { return slices.Delete(s, 1, 2) }, false},
		{"the last line is missing", func(s []chat.Message) []chat.Message { return s[:3] }, false},
		{"a line more", func(s []chat.Message) []chat.Message { return append(s, chat.Message{ID: "x", Seq: 5, Rev: 9}) }, false},
		{"a line twice", func(s []chat.Message) []chat.Message { s[1] = s[2]; return s }, false},
		{"an old rev", func(s []chat.Message) []chat.Message { s[1].Rev--; return s }, false},
		{"another text", func(s []chat.Message) []chat.Message { s[3].Text = "other"; return s }, false},
		{"another id", func(s []chat.Message) []chat.Message { s[3].ID = "other"; return s }, false},
		{"another key", func(s []chat.Message) []chat.Message { s[3].Key = "other"; return s }, false},
	} {
		if difference := stale(tt.fault(lines()), lines()); (difference == "") != tt.sound {
			t.Errorf("%s: %q", tt.name, difference)
		}
	}
}
