package store

// Figures are what a store knows of its health without asking the database.
type Figures struct {
	// Writable is false while a SQLite file has refused a commit and no trial write has succeeded since. Of PostgreSQL it is always true.
	Writable bool
	// Waiting is how many transactions wait for SQLite's writer.
	Waiting int
	// Used and Idle are the open connections, of Most that there may be; on SQLite those that read.
	Used, Idle, Most int
	// Failures counts what was answered with chat.Unavailable.
	Failures int64
}

// Figures returns the figures of this moment.
func (s *Store) Figures() Figures {
	f := s.db.figures()
	f.Failures = s.failures.Load()
	return f
}

func (d *sqliteDB) figures() Figures {
	idle, most := len(d.readers), cap(d.readers)
	return Figures{Writable: !d.writer.readOnly.Load(), Waiting: len(d.writer.queue), Used: most - idle, Idle: idle, Most: most}
}

func (d *postgresDB) figures() Figures {
	p := d.pool.Stat()
	return Figures{Writable: true, Used: int(p.AcquiredConns()), Idle: int(p.IdleConns()), Most: int(p.MaxConns())}
}
