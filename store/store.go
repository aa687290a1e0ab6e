package store

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
)

// Options say which database to open and what for.
type Options struct {
	// Database is the path of a SQLite file, or postgres://user:password@host/name.
	Database string
	// Create makes a SQLite file that is not there yet. A PostgreSQL database must exist.
	Create bool
	// Server takes the server's lock: one server per SQLite file, any number on PostgreSQL. Commands leave it alone and work beside a running server.
	Server bool
	// Alone keeps servers away while the database is open, and is refused while one runs: for whoever moves a whole database.
	Alone bool
	// AllowUnsafe opens a PostgreSQL that may lose what it has confirmed, with a warning, instead of refusing it.
	AllowUnsafe bool
	// TranslationLease is how long a claim of a line's translations holds unless it is renewed; 0: chat.TranslationLease. All nodes on one
	// database need the same, and the hub above this store too.
	TranslationLease time.Duration
	// MemoryEntries and Terms are how many a site may have; 0: chat.MaxMemoryEntries and chat.MaxTerms.
	MemoryEntries, Terms int
	// Canned is how many canned replies a site may have; 0: chat.MaxCanned. MemoryKey makes an entry of the memory ready to be stored, or says why it cannot be one:
	// translate.Key. Without it canned replies do not become entries.
	Canned    int
	MemoryKey func(*chat.MemoryEntry) error
	// SearchTime is how long one search may take; 0: a second.
	SearchTime time.Duration
	Log        zerolog.Logger
}

// Store is one open database. Its methods may be called by any number of goroutines.
type Store struct {
	db  database
	log zerolog.Logger
	// odd is log for what is read again and again.
	odd zerolog.Logger
	// failures counts what was answered with chat.Unavailable.
	failures atomic.Int64
	// groups is nil on SQLite, whose writer commits everything in groups.
	groups *groups

	// holder is the name in which this store claims translations, another one at every Open: a node that comes back after a crash is not
	// the one that had claimed. lease is how long a claim holds.
	holder string
	lease  time.Duration

	// memoryEntries and terms are how many a site may have.
	memoryEntries, terms, canned int
	memoryKey                    func(*chat.MemoryEntry) error

	// searching bounds how many searches run at once: they keep a connection busy for longer than anybody else.
	searching  chan struct{}
	searchTime time.Duration

	// known is the schema of this program. outdated is set once the database has another that it does not work with.
	known    int
	outdated atomic.Bool

	// tags holds the languages that were read so far: string to language.Tag. tagLists holds lists of them by their columns.
	tags     sync.Map
	tagLists sync.Map
	tagCount tagCount
}

// Open opens a database and brings it to this program's schema. The errors are sentences for whoever started the program.
func Open(ctx context.Context, o Options) (*Store, error) {
	db, err := openDatabase(ctx, o)
	if err != nil {
		return nil, err
	}
	all, err := steps(db.dialect())
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	odd := o.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute})
	s := &Store{db: db, log: o.Log, odd: odd, known: len(all), holder: chat.NewID(), lease: cmp.Or(o.TranslationLease, chat.TranslationLease),
		memoryEntries: cmp.Or(o.MemoryEntries, chat.MaxMemoryEntries), terms: cmp.Or(o.Terms, chat.MaxTerms), canned: cmp.Or(o.Canned, chat.MaxCanned), memoryKey: o.MemoryKey,
		searching: make(chan struct{}, searchesAtOnce()), searchTime: cmp.Or(o.SearchTime, searchTime)}
	if p, ok := db.(*postgresDB); ok {
		s.groups = startGroups(s, p)
	}
	return s, nil
}

func openDatabase(ctx context.Context, o Options) (database, error) {
	if o.isPostgres() {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func (o Options) isPostgres() bool {
	return strings.HasPrefix(o.Database, "postgres://") || strings.HasPrefix(o.Database, "postgresql://")
}

// Describe returns the absolute path of the database, or its address without the password.
func (s *Store) Describe() string { return s.db.describe() }

// Close waits for what has begun and closes the database. What is asked for later is refused as chat.Unavailable.
func (s *Store) Close() error {
	if s.groups != nil {
		s.groups.close()
	}
	return s.db.close()
}

// CheckSchema looks whether the database still is one that this program works with: while it runs, a newer one may have changed the schema. If it is
// not, the error is ErrOutdated in a sentence for whoever runs the program, and from then on every change is refused as chat.Unavailable.
func (s *Store) CheckSchema(ctx context.Context) error {
	refusing, err := read(ctx, s, func(t tx) (int, error) { return refusedBy(t, s.known) })
	if err != nil {
		return err
	}
	if refusing > 0 {
		s.outdated.Store(true)
	}
	return checkVersion(refusing, s.known, s.Describe())
}
