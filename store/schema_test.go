package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"github.com/jackc/pgx/v5"
	"golang.org/x/text/language"
)

// TestStepsSayWhomTheyWorkWith: every step does, on both databases the same.
func TestStepsSayWhomTheyWorkWith(t *testing.T) {
	sqlite, err := store.Works(false)
	must(t, err)
	postgres, err := store.Works(true)
	must(t, err)
	if !slices.Equal(sqlite, postgres) {
		t.Errorf("the steps for SQLite work with %v, those for PostgreSQL with %v", sqlite, postgres)
	}
	for line, want := range map[string]int{
		"-- works with: 2": 2, "-- works with: 3, because of something\nALTER": 3, "-- works with: 4": 0, "-- works with: 0": 0, "-- works with: x": 0,
		"": 0, "ALTER TABLE x\n-- works with: 1": 0, "-- Works with: 1": 0,
	} {
		if got, err := store.WorksWith(line, 3); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d, %v", line, got, err)
		}
	}
}

// later notes steps that a newer program has applied; works is what the last one says about older programs, or empty.
func later(t *testing.T, s *store.Store, number int, works string) {
	t.Helper()
	must(t, s.Exec(t.Context(), `INSERT INTO schema_steps (number, name, applied_at) VALUES ($1, 'later', 0)`, number))
	if works != "" {
		must(t, s.Exec(t.Context(), `INSERT INTO meta (name, value) VALUES ($1, $2)`, fmt.Sprint("works_with:", number), works))
	}
}

// TestOlderProgramOnNewerSchema: a program may start again after a newer one has expanded the schema, and is refused when it has contracted it, or does
// not say.
func TestOlderProgramOnNewerSchema(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		works, err := store.Works(true)
		must(t, err)
		known := len(works)
		again := func() error {
			o, err := store.Open(t.Context(), store.Options{Database: s.Describe()})
			if err == nil {
				must(t, o.Close())
			}
			return err
		}
		database := s.Describe()
		if strings.HasPrefix(database, "postgres") {
			must(t, again())
		}
		later(t, s, known+1, "1")
		later(t, s, known+2, fmt.Sprint(known))
		must(t, s.CheckSchema(t.Context()))
		must(t, again())
		for number, says := range map[int]string{known + 3: "", known + 4: fmt.Sprint(known + 1), known + 5: "soon"} {
			later(t, s, number, says)
			err := again()
			wantSentence(t, err, "newer version", fmt.Sprintf("schema %d, this program knows %d", number, known), "install that version")
			if !errors.Is(err, store.ErrOutdated) {
				t.Errorf("%v is not ErrOutdated", err)
			}
			must(t, s.Exec(t.Context(), `DELETE FROM schema_steps WHERE number = $1`, number))
		}
		must(t, again())
		// It does not know all tables, so it makes no backup.
		if _, err := s.Backup(t.Context(), &strings.Builder{}, nil, "test"); !errors.Is(err, store.ErrOutdated) {
			t.Errorf("a backup by an older program: %v", err)
		}
	})
}

// TestContractUnderRunningProgram: a program that runs while the schema is contracted says so, and changes nothing any more.
func TestContractUnderRunningProgram(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sh := newShop(t, s)
		p := sh.append(t, sh.says("", "hola"))
		must(t, s.CheckSchema(t.Context()))
		later(t, s, 9999, "9999")
		err := s.CheckSchema(t.Context())
		wantSentence(t, err, "newer version", "schema 9999")
		if !errors.Is(err, store.ErrOutdated) {
			t.Errorf("%v is not ErrOutdated", err)
		}
		_, err = s.Append(t.Context(), sh.says(p.Conversation, "otra"))
		wantCode(t, err, chat.Unavailable)
		if c := sh.get(t, p.Conversation); c.Seq != 1 {
			t.Errorf("a line was stored: %+v", c)
		}
	})
}

// TestMigrationGivesWay: a migration does not queue for minutes behind a backup that holds a table, with everybody else behind it.
func TestMigrationGivesWay(t *testing.T) {
	url := storetest.PostgresURL(t)
	old, err := store.OpenAtStep(t.Context(), url, 2)
	must(t, err)
	must(t, old.Close())
	backup, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer backup.Close(t.Context())
	tx, err := backup.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `SELECT 1 FROM messages`)
	must(t, err)
	begun := time.Now()
	_, err = open(t, url, false, true)
	wantSentence(t, err, "nothing was changed", "lock timeout")
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("it waited %s", took)
	}
	must(t, tx.Rollback(t.Context()))
	s, err := open(t, url, false, true)
	must(t, err)
	must(t, s.Close())
}

// expansions are what a newer program may do to the schema while this one runs.
var expansions = []string{
	`ALTER TABLE messages ADD COLUMN mood TEXT`,
	`ALTER TABLE messages ADD COLUMN stars BIGINT NOT NULL DEFAULT 0`,
	`ALTER TABLE conversations ADD COLUMN topic TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE participants ADD COLUMN topic TEXT`,
	`ALTER TABLE visitors ADD COLUMN topic TEXT`,
	`ALTER TABLE agents ADD COLUMN topic TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE sites ADD COLUMN topic TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE logins ADD COLUMN topic TEXT`,
	`ALTER TABLE online ADD COLUMN topic TEXT`,
	`ALTER TABLE meta ADD COLUMN topic TEXT`,
	`ALTER TABLE schema_steps ADD COLUMN topic TEXT`,
	`CREATE TABLE pictures (id TEXT NOT NULL PRIMARY KEY, message TEXT NOT NULL)`,
	`CREATE INDEX messages_mood ON messages (mood, at)`,
}

// TestExpandUnderRunningProgram: the statements of this program work before, while and after another one adds columns, a table and an index.
func TestExpandUnderRunningProgram(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		other := storetest.Reopen(t, s)
		sh := newShop(t, s)
		sh.dialog(t, 0) // everything is prepared now
		for i, statement := range expansions {
			expanded := make(chan error)
			go func() { expanded <- other.Exec(t.Context(), statement) }()
			sh.dialog(t, i+1)
			must(t, <-expanded)
		}
		later(t, other, 9999, "1")
		sh.dialog(t, len(expansions)+1)
		must(t, s.CheckSchema(t.Context()))
	})
}

// dialog uses every statement of a day: people come, talk, are assigned, translated, read, resolved and looked up.
func (sh *shop) dialog(t *testing.T, n int) {
	t.Helper()
	ctx := t.Context()
	v, err := sh.AddVisitor(ctx, chat.NewVisitor{Site: "shop", Token: [32]byte{200, byte(n)}, Language: language.Spanish})
	must(t, err)
	agent := sh.newAgent(t, fmt.Sprint("Eva ", n), language.English)
	line := sh.says("", "¿Dónde está mi pedido?")
	line.Author = v.Participant
	id := sh.append(t, line).Conversation
	if again := sh.append(t, line); !again.Dup {
		t.Fatal("the key is forgotten")
	}
	line.Conversation, line.Key = id, chat.NewID()
	sh.append(t, line)
	sh.change(t, id, chat.Change{By: agent.Participant(), Assignee: &agent.ID, OnlyFree: true})
	answer := sh.append(t, sh.answers(agent, id, "It comes tomorrow."))
	_, err = sh.Want(ctx, id, nil, chat.Reader{Language: language.German})
	must(t, err)
	_, err = sh.SetTranslation(ctx, id, answer.Message.Seq, language.Spanish, done)
	must(t, err)
	_, err = sh.ClaimTranslations(ctx, 10)
	must(t, err)
	tasks, err := sh.RenewTranslations(ctx, []chat.Line{{Conversation: id, Seq: 1}})
	must(t, err)
	if len(tasks) == 0 {
		t.Fatal("nothing was claimed")
	}
	must(t, sh.ReleaseTranslations(ctx))
	sh.mark(t, id, chat.KindVisitor, answer.Message.Seq, true)
	for _, state := range []chat.State{chat.StateSnoozed, chat.StateOpen, chat.StateResolved} {
		sh.change(t, id, chat.Change{By: agent.Participant(), State: &state, Until: chat.TimeOf(answer.Message.At.Time())})
	}
	_, err = sh.WakeSnoozed(ctx, 10)
	must(t, err)
	rows, err := sh.Since(ctx, id, 0, false)
	must(t, err)
	if len(rows.Messages) < 4 || rows.Row == nil {
		t.Fatalf("rows %+v", rows)
	}
	page, _, err := sh.Inbox(ctx, []string{"shop"}, chat.InboxFilter{}, chat.OrderNewest, "", 10)
	must(t, err)
	if len(page) == 0 {
		t.Fatal("the inbox is empty")
	}
	own, err := sh.VisitorConversations(ctx, v.ID, 10)
	must(t, err)
	heads, err := sh.Heads(ctx, []string{id})
	must(t, err)
	if len(own) != 1 || heads[id] != own[0].Head {
		t.Fatalf("heads %v, own %+v", heads, own)
	}
	standings, err := sh.Standings(ctx, []string{id, "unknown"})
	must(t, err)
	if want := (chat.Standing{Head: own[0].Head, Read: own[0].Read}); len(standings) != 1 || standings[id] != want {
		t.Fatalf("standings %v, own %+v", standings, own)
	}
	must(t, sh.SetOnline(ctx, "node", []string{agent.ID}, 30e9))
	online, err := sh.SiteOnline(ctx, "shop")
	must(t, err)
	if !online {
		t.Fatal("nobody is online")
	}
	must(t, sh.SetVisitorLanguage(ctx, v.ID, language.French))
	must(t, sh.SetAgentLanguages(ctx, agent.ID, []language.Tag{language.French}))
	sh.hear(t, v.ID, chat.Hearsay{TimeZone: "Europe/Madrid"})
	// Two browsers of one person: what the second one brings becomes the first one's.
	for i := range byte(2) {
		old := [32]byte{201, byte(n), i}
		_, err = sh.AddVisitor(ctx, chat.NewVisitor{Site: "shop", Token: old, Language: language.Spanish})
		must(t, err)
		_, err = sh.Identify(ctx, chat.Identify{Subject: fmt.Sprint("customer ", n), Old: &old, New: chat.NewVisitor{Site: "shop", Token: [32]byte{202, byte(n), i}}})
		must(t, err)
	}
	_, err = sh.EndedTokens(ctx, []string{v.ID})
	must(t, err)
	login := [32]byte{100, byte(n)}
	proof := chat.Proof{PasswordHash: "hash of " + agent.Name}
	must(t, sh.AddLogin(ctx, login, agent.ID, proof, chat.LoginFrom{}))
	_, err = sh.AgentByLogin(ctx, login)
	must(t, err)
	must(t, sh.EndLogin(ctx, login))
	must(t, sh.RenewPasswordHash(ctx, agent.ID, proof.PasswordHash, "renewed"))
	_, err = sh.ChangePassword(ctx, agent.ID, "renewed", proof.PasswordHash, login)
	must(t, err)
	_, err = sh.ChangeSecondStep(ctx, agent.ID, proof.PasswordHash, chat.SecondStep{}, login)
	must(t, err)
	_, _, err = sh.AgentByEmail(ctx, agent.Email)
	must(t, err)
	_, err = sh.VisitorByToken(ctx, "shop", [32]byte{200, byte(n)})
	must(t, err)
	must(t, sh.UpdateSite(ctx, sh.site))
	_, err = sh.ChangeSite(ctx, "shop", func(site *chat.Site) error { site.Name += "."; return nil })
	must(t, err)
	_, err = sh.SettingsRev(ctx)
	must(t, err)
	_, err = sh.Epoch(ctx)
	must(t, err)
	sh.checkRevs(t, id)
}
