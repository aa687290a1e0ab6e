package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"dragoman/chat"
)

// migrations holds the numbered steps from an empty database to the newest schema. A step that was released is never
// changed; a new one is added. A name with ".sqlite" or ".postgres" before ".sql" is for that database only. A step begins with the line
// "-- works with: N": programs that know the schema up to step N or further can go on with the database as the step leaves it. A step that
// expands names a small N, one that contracts the step from which on programs do without what it takes away.
//
//go:embed migrations/*.sql
var migrations embed.FS

const (
	makeSchema = `CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`
	schemaStep = `SELECT COALESCE(MAX(number), 0) FROM schema_steps`
	recordStep = `INSERT INTO schema_steps (number, name, applied_at) VALUES ($1, $2, {now})`
	// Which programs a step works with stands in the database, for programs that are older than the step.
	recordWorks = `INSERT INTO meta (name, value) VALUES ('works_with:' || CAST($1 AS TEXT), $2) ON CONFLICT (name) DO NOTHING`
	newerSteps  = `SELECT s.number, COALESCE((SELECT m.value FROM meta m WHERE m.name = 'works_with:' || s.number), '') FROM schema_steps s WHERE s.number > $1`
	upsertMeta  = `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
)

// step is one numbered migration for one dialect.
type step struct {
	number int
	name   string
	text   string
	// worksWith is the number of the step that a program must know at least.
	worksWith int
}

// steps reads the migrations of a dialect in order.
func steps(d dialect) ([]step, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var all []step
	for _, file := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "migrations/"), ".sql")
		other := ".postgres"
		if d == dialectPostgres {
			other = ".sqlite"
		}
		if strings.HasSuffix(name, other) {
			continue
		}
		digits, _, _ := strings.Cut(name, "_")
		number, err := strconv.Atoi(digits)
		if err != nil || number != len(all)+1 {
			return nil, fmt.Errorf("migration %s is out of order: want number %d", file, len(all)+1)
		}
		text, err := migrations.ReadFile(file)
		if err != nil {
			return nil, err
		}
		works, err := worksWith(string(text), number)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", file, err)
		}
		all = append(all, step{number, name, string(text), works})
	}
	return all, nil
}

// worksWith reads the first line of step number.
func worksWith(text string, number int) (int, error) {
	line, _, _ := strings.Cut(text, "\n")
	rest, ok := strings.CutPrefix(line, "-- works with: ")
	digits, _, _ := strings.Cut(rest, ",")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 || n > number {
		return 0, fmt.Errorf("the first line is %q: want -- works with: N, with the number of a step up to this one", line)
	}
	return n, nil
}

// schema is what a migration needs of a database: queries, and scripts of several statements.
type schema interface {
	tx
	script(text string) error
}

// applySteps brings the schema up to date inside a transaction that nobody else can hold at the same time.
func applySteps(t schema, all []step, where string) error {
	if err := t.script(makeSchema); err != nil {
		return fmt.Errorf("cannot read the schema of %s: %w", where, err)
	}
	var have int
	if err := t.row(schemaStep).Scan(&have); err != nil {
		return fmt.Errorf("cannot read the schema of %s: %w", where, err)
	}
	if have > len(all) {
		return judge(t, len(all), where)
	}
	for _, s := range all[have:] {
		if err := t.script(s.text); err != nil {
			return fmt.Errorf("migration %s of %s failed, nothing was changed: %w", s.name, where, err)
		}
		if _, err := t.exec(recordStep, s.number, s.name); err != nil {
			return fmt.Errorf("migration %s of %s failed, nothing was changed: %w", s.name, where, err)
		}
	}
	for _, s := range all {
		if _, err := t.exec(recordWorks, strconv.Itoa(s.number), strconv.Itoa(s.worksWith)); err != nil {
			return fmt.Errorf("cannot note which programs work with %s: %w", where, err)
		}
	}
	if have > 0 {
		return nil
	}
	if _, err := t.exec(upsertMeta, "epoch", chat.NewID()); err != nil {
		return err
	}
	_, err := t.exec(upsertMeta, "settings_rev", "1")
	return err
}

// ErrOutdated is in the errors that say that this program does not work with its database's schema.
var ErrOutdated = errors.New("was written by a newer version of dragoman")

// judge returns nil if a program that knows so many steps works with a database that may have more.
func judge(t tx, known int, where string) error {
	refusing, err := refusedBy(t, known)
	if err != nil {
		return fmt.Errorf("cannot read the schema of %s: %w", where, err)
	}
	return checkVersion(refusing, known, where)
}

// refusedBy returns the last step that a program which knows so many steps does not work with, or 0. A step that says nothing about that works
// with nobody who does not know it.
func refusedBy(t tx, known int) (last int, err error) {
	err = each(t, func(r scanner) error {
		var number int
		var value string
		if err := r.Scan(&number, &value); err != nil {
			return err
		}
		if works, err := strconv.Atoi(value); err != nil || works > known {
			last = max(last, number)
		}
		return nil
	}, newerSteps, known)
	return last, err
}

func checkVersion(have, known int, where string) error {
	if have > known {
		return fmt.Errorf("the database %s %w (schema %d, this program knows %d): install that version, or restore a backup made by this one", where, ErrOutdated, have, known)
	}
	return nil
}

// migrate brings a SQLite file up to date. A file that is up to date is only read, so that commands work beside a running server;
// one that is not belongs to nobody else while it is changed.
func (d *sqliteDB) migrate(ctx context.Context) error {
	all, err := steps(dialectSQLite)
	if err != nil {
		return err
	}
	conn, err := openConn(ctx, d.path)
	if err != nil {
		return fmt.Errorf("cannot open the database %s: %w. Is it a database of dragoman?", d.path, err)
	}
	defer conn.close()
	var have int
	if err := conn.row(schemaStep).Scan(&have); err == nil && have >= len(all) {
		return judge(conn, len(all), d.path)
	}
	if d.lock == nil {
		lock, err := lockServer(d.path)
		if err != nil {
			return err
		}
		defer lock.release()
	}
	if _, err := conn.exec("BEGIN EXCLUSIVE"); err != nil {
		return fmt.Errorf("cannot lock the database %s: %w", d.path, err)
	}
	if err := applySteps(conn, all, d.path); err != nil {
		conn.exec("ROLLBACK")
		return err
	}
	if _, err := conn.exec("COMMIT"); err != nil {
		return fmt.Errorf("cannot write the database %s: %w", d.path, err)
	}
	return nil
}
