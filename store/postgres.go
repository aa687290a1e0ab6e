package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// statementTimeout, lockTimeout and idleTimeout bound what one request may wait for PostgreSQL, in milliseconds as it wants them. PostgreSQL looks for a
	// deadlock after its own deadlock_timeout, a second unless somebody has changed it, and ends one of those who wait, which is repeated: a
	// lockTimeout that is no longer would end them all.
	statementTimeout = "2000"
	lockTimeout      = "1500"
	idleTimeout      = "5000"
	// connections is how many one node opens at most, unless the address says pool_max_conns=N. PostgreSQL commits those together that wait
	// together.
	connections = 16
	// migrationPatience is how long a migration waits for a table, in milliseconds. Everybody else's requests wait behind it: if a backup holds the
	// table it had better try again later.
	migrationPatience = "2000"
	// connectTimeout bounds the opening of a connection.
	connectTimeout = 5 * time.Second
	// migrationLock and serverLock are advisory locks; the numbers only have to be the same everywhere. migrationLock is held by whoever changes the
	// schema, serverLock by servers, who share it, or by whoever wants the database without any.
	migrationLock = 0x6472616f
	serverLock    = 0x64726170
)

// planning makes PostgreSQL plan each statement once per connection, in a way that goes by keys. All requests find rows by their keys; left to itself it
// plans those with lists anew every time, which costs more than running them, and keeps a plan that reads a whole table because the table was
// small.
var planning = map[string]string{
	"plan_cache_mode": "force_generic_plan", "jit": "off",
	"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off",
}

// planFreely undoes planning for a transaction that reads whole tables.
const planFreely = "SET LOCAL plan_cache_mode = auto; SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"

// postgresDB is a PostgreSQL database that any number of nodes share.
type postgresDB struct {
	pool  *pgxpool.Pool
	where string
	// texts holds compiled statements by the text that they were compiled from.
	texts sync.Map
	// presence is nil for commands, which work beside servers.
	presence *presence
}

func openPostgres(ctx context.Context, o Options) (*postgresDB, error) {
	d, err := connectPostgres(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.Server || o.Alone {
		if d.presence, err = d.bePresent(ctx, o.Alone, o.Log); err != nil {
			d.close()
			return nil, err
		}
	}
	if err := d.migrate(ctx); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// connectPostgres opens the pool, and looks at nothing but the settings.
func connectPostgres(ctx context.Context, o Options) (*postgresDB, error) {
	cfg, err := pgxpool.ParseConfig(o.Database)
	if err != nil {
		return nil, fmt.Errorf("cannot read the database's address: %w", err)
	}
	c := cfg.ConnConfig
	if strings.Contains(c.Database, "@") && !strings.Contains(o.Database, "%40") {
		// It would be shown as the database's name.
		return nil, errors.New("cannot read the database's address: write %2F for a / in the password")
	}
	c.ConnectTimeout = connectTimeout
	c.RuntimeParams["application_name"] = "dragoman"
	c.RuntimeParams["statement_timeout"] = statementTimeout
	c.RuntimeParams["lock_timeout"] = lockTimeout
	c.RuntimeParams["idle_in_transaction_session_timeout"] = idleTimeout
	for name, value := range planning {
		c.RuntimeParams[name] = value
	}
	if !strings.Contains(o.Database, "pool_max_conns") {
		cfg.MaxConns = connections
	}
	where := "postgres://" + c.User + "@" + net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port))) + "/" + c.Database
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("cannot use the database %s: %w", where, err)
	}
	d := &postgresDB{pool: pool, where: where}
	if err := d.checkSettings(ctx, o); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// checkSettings checks that the database keeps what it confirms.
func (d *postgresDB) checkSettings(ctx context.Context, o Options) error {
	var fsync, commit, encoding string
	const settings = `SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('server_encoding')`
	if err := d.pool.QueryRow(ctx, settings).Scan(&fsync, &commit, &encoding); err != nil {
		return fmt.Errorf("cannot reach the database %s: %w. Does it run, and are user, password and name right?", d.where, err)
	}
	if fsync == "off" || commit == "off" {
		unsafe := fmt.Sprintf("the database %s runs with fsync=%s and synchronous_commit=%s and would lose messages that were confirmed: set both to on", d.where, fsync, commit)
		if !o.AllowUnsafe {
			return fmt.Errorf("%s. Where lost messages do not matter, --allow-unsafe-database goes on", unsafe)
		}
		o.Log.Warn().Msg(unsafe)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database %s has the encoding %s: make one with ENCODING 'UTF8'", d.where, encoding)
	}
	return nil
}

// migrate applies the missing steps in one transaction under an advisory lock: nodes that start together wait for the first.
func (d *postgresDB) migrate(ctx context.Context) error {
	all, err := steps(dialectPostgres)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, d.pool, func(t pgx.Tx) error {
		p := postgresTx{ctx: ctx, db: d, tx: t}
		// A migration may take longer than a request.
		if err := p.script("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; " + planFreely); err != nil {
			return err
		}
		if _, err := p.exec(`SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("cannot lock the schema of %s: %w", d.where, err)
		}
		if err := p.script("SET LOCAL lock_timeout = " + migrationPatience); err != nil {
			return err
		}
		return applySteps(p, all, d.where)
	})
}

func (d *postgresDB) dialect() dialect { return dialectPostgres }
func (d *postgresDB) describe() string { return d.where }

func (d *postgresDB) close() error {
	if d.presence != nil {
		d.presence.leave()
	}
	d.pool.Close()
	return nil
}

func (d *postgresDB) write(ctx context.Context, job func(tx) error) error {
	return d.run(ctx, pgx.TxOptions{}, job)
}

func (d *postgresDB) read(ctx context.Context, job func(tx) error) error {
	return d.run(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, job)
}

func (d *postgresDB) run(ctx context.Context, o pgx.TxOptions, job func(tx) error) error {
	return pgx.BeginTxFunc(ctx, d.pool, o, func(t pgx.Tx) error {
		return job(postgresTx{ctx: ctx, db: d, tx: t})
	})
}

// compiled returns the text for PostgreSQL; the driver prepares it once per connection.
func (d *postgresDB) compiled(query string) (string, error) {
	if text, ok := d.texts.Load(query); ok {
		return text.(string), nil
	}
	s, err := compile(dialectPostgres, query)
	if err != nil {
		return "", err
	}
	d.texts.Store(query, s.text)
	return s.text, nil
}

// postgresTx fulfils tx. It lives no longer than the call whose context it carries.
type postgresTx struct {
	ctx context.Context
	db  *postgresDB
	tx  pgx.Tx
}

func (t postgresTx) exec(query string, args ...any) (int64, error) {
	text, err := t.db.compiled(query)
	if err != nil {
		return 0, err
	}
	tag, err := t.tx.Exec(t.ctx, text, cleaned(args)...)
	return tag.RowsAffected(), err
}

func (t postgresTx) query(query string, args ...any) (rows, error) {
	text, err := t.db.compiled(query)
	if err != nil {
		return nil, err
	}
	return t.tx.Query(t.ctx, text, cleaned(args)...)
}

func (t postgresTx) row(query string, args ...any) scanner {
	text, err := t.db.compiled(query)
	if err != nil {
		return failedRow{err}
	}
	return t.tx.QueryRow(t.ctx, text, cleaned(args)...)
}

// script runs several statements that have no arguments.
func (t postgresTx) script(text string) error {
	s, err := compile(dialectPostgres, text)
	if err != nil {
		return err
	}
	_, err = t.tx.Exec(t.ctx, s.text, pgx.QueryExecModeSimpleProtocol)
	return err
}
