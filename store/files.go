package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"dragoman/chat"
)

const (
	insertFile = `INSERT INTO files (id, site, owner, conversation, disk, name, type, size, width, height, thumb, bytes, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, {now})`

	// whoSends holds the visitor: who is about to become somebody else must not have a file left to him as the one that he was.
	whoSends = `SELECT merged_into FROM visitors WHERE id = $1 {lock}`

	fileColumns = ` id, name, type, size, width, height, thumb, site, owner, conversation, disk, bytes `
	fileByID    = `SELECT` + fileColumns + `FROM files WHERE id = $1`
	newestFiles = `SELECT` + fileColumns + `FROM files ORDER BY id DESC LIMIT $1`

	// filesForLine are those of the ids that this author may attach in this conversation, and has not attached yet.
	filesForLine = `SELECT` + fileColumns + `FROM files
WHERE id {any $1} AND site = $2 AND owner = $3 AND (conversation = '' OR conversation = $4) AND seq = 0 {lock}`
	markSent = `UPDATE files SET conversation = $2, seq = $3 WHERE id {any $1}`
	attach   = `UPDATE messages SET attachments = $3 WHERE conversation = $1 AND seq = $2`

	siteUse  = `SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM files WHERE site = $1`
	ownerUse = `SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM files WHERE owner = $1 AND created_at > {now} - $2`

	dropUnsent = `DELETE FROM files WHERE id IN (SELECT id FROM files WHERE seq = 0 AND created_at < {now} - $1 ORDER BY created_at LIMIT $2 {skip})`
	knownDisks = `SELECT disk FROM files WHERE disk {any $1}`

	addMeta    = `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
	metaByName = `SELECT value FROM meta WHERE name = $1`
	takeTurn   = `UPDATE meta SET value = CAST({now} AS TEXT) WHERE name = $1 AND CAST(value AS BIGINT) < {now} - $2`
)

// fileDay is the day of which chat.FileUse speaks.
const fileDay = 24 * time.Hour

// errNoFiles says that a line names files which are not there for it.
var errNoFiles = chat.Errorf(chat.NotFound, "One of the files is not here any more: attach it again.")

// AddFile stores what is known of a file that is on the disk already. It belongs to the person whom its visitor has become meanwhile.
func (s *Store) AddFile(ctx context.Context, f chat.StoredFile) error {
	return change(ctx, s, func(t tx) error {
		owner := f.Owner
		var into string
		err := t.row(whoSends, owner).Scan(&into)
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // an agent is no visitor
			return err
		}
		if into != "" {
			owner = into
		}
		_, err = t.exec(insertFile, f.ID, f.Site, owner, f.Conversation, f.Disk, f.Name, f.Type, f.Size, int64(f.Width), int64(f.Height), f.Thumb, f.Bytes)
		return err
	})
}

// File returns what is known of a file, or chat.NotFound.
func (s *Store) File(ctx context.Context, id string) (chat.StoredFile, error) {
	return read(ctx, s, func(t tx) (chat.StoredFile, error) {
		f, err := scanFile(t.row(fileByID, id))
		if errors.Is(err, sql.ErrNoRows) {
			err = chat.Errorf(chat.NotFound, "There is no such file.")
		}
		return f, err
	})
}

// NewestFiles returns the latest files that were sent up, at most limit.
func (s *Store) NewestFiles(ctx context.Context, limit int) ([]chat.StoredFile, error) {
	return read(ctx, s, func(t tx) (all []chat.StoredFile, err error) {
		err = each(t, func(r scanner) error {
			f, err := scanFile(r)
			all = append(all, f)
			return err
		}, newestFiles, limit)
		return all, err
	})
}

func scanFile(r scanner) (f chat.StoredFile, err error) {
	err = r.Scan(&f.ID, &f.Name, &f.Type, &f.Size, &f.Width, &f.Height, &f.Thumb, &f.Site, &f.Owner, &f.Conversation, &f.Disk, &f.Bytes)
	return f, err
}

// FileUse returns what a site has, and what one of its people has sent up within a day.
func (s *Store) FileUse(ctx context.Context, site, owner string) (chat.FileUse, error) {
	return read(ctx, s, func(t tx) (u chat.FileUse, err error) {
		if err = t.row(siteUse, site).Scan(&u.Site); err != nil {
			return u, err
		}
		err = t.row(ownerUse, owner, fileDay.Milliseconds()).Scan(&u.Owner)
		return u, err
	})
}

// DropUnsent forgets files that have waited for their line longer than age, at most limit, and returns how many. The files themselves are removed by
// whoever looks through the folder.
func (s *Store) DropUnsent(ctx context.Context, age time.Duration, limit int) (int, error) {
	return write(ctx, s, func(t tx) (int, error) {
		n, err := t.exec(dropUnsent, age.Milliseconds(), limit)
		return int(n), err
	})
}

// KnownFiles returns those of the names on the disk that a file has.
func (s *Store) KnownFiles(ctx context.Context, disks []string) (map[string]bool, error) {
	return read(ctx, s, func(t tx) (map[string]bool, error) {
		known := map[string]bool{}
		err := each(t, func(r scanner) error {
			var disk string
			err := r.Scan(&disk)
			known[disk] = true
			return err
		}, knownDisks, disks)
		return known, err
	})
}

// filesTurn and filesKey are names in meta: when the folder was last looked through, and what signs addresses of files.
const (
	filesTurn = "files_swept"
	filesKey  = "files_key"
)

// FilesTurn tells whether it is the caller's turn to look through the folder of uploads: nobody has within so long, on any server.
func (s *Store) FilesTurn(ctx context.Context, every time.Duration) (bool, error) {
	return write(ctx, s, func(t tx) (bool, error) {
		if _, err := t.exec(addMeta, filesTurn, "0"); err != nil {
			return false, err
		}
		n, err := t.exec(takeTurn, filesTurn, every.Milliseconds())
		return n > 0, err
	})
}

// FilesKey returns the key that signs addresses of files, the same on all servers of a database and for as long as it lives.
func (s *Store) FilesKey(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails since Go 1.24
	value, err := write(ctx, s, func(t tx) (value string, err error) {
		if _, err = t.exec(addMeta, filesKey, hex.EncodeToString(fresh)); err != nil {
			return "", err
		}
		err = t.row(metaByName, filesKey).Scan(&value)
		return value, err
	})
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(value)
}

// filesOf returns what a line brings along, held until the commit, or errNoFiles; nothing is changed yet.
func filesOf(t tx, p chat.Post, n *numbered) ([]chat.Attachment, error) {
	ids := make([]string, len(p.Attachments))
	for i, f := range p.Attachments {
		ids[i] = f.ID
	}
	found := map[string]chat.Attachment{}
	err := each(t, func(r scanner) error {
		f, err := scanFile(r)
		found[f.ID] = f.Attachment
		return err
	}, filesForLine, ids, n.site, p.Author.ID, p.Conversation)
	if err != nil {
		return nil, err
	}
	all := make([]chat.Attachment, 0, len(ids))
	for _, f := range p.Attachments {
		a, ok := found[f.ID]
		if !ok {
			return nil, errNoFiles
		}
		a.Alt = f.Alt
		all = append(all, a)
	}
	return all, nil
}

// attachFiles gives a stored line what it brings along.
func attachFiles(t tx, conversation string, m *chat.Message) error {
	ids := make([]string, len(m.Attachments))
	for i := range m.Attachments {
		ids[i] = m.Attachments[i].ID
	}
	if _, err := t.exec(markSent, ids, conversation, m.Seq); err != nil {
		return err
	}
	_, err := t.exec(attach, conversation, m.Seq, asJSON(m.Attachments))
	return err
}

// sameFiles tells whether a line that is stored brought along what a post does.
func sameFiles(stored []chat.Attachment, wanted []chat.SendFile) bool {
	if len(stored) != len(wanted) {
		return false
	}
	for i := range stored {
		if stored[i].ID != wanted[i].ID {
			return false
		}
	}
	return true
}

// readAttachments reads the column of a message's attachments.
func (s *Store) readAttachments(column string) []chat.Attachment {
	if column == "" {
		return []chat.Attachment{}
	}
	all := readColumn[[]chat.Attachment](s, "attachments", column)
	if all == nil {
		all = []chat.Attachment{}
	}
	return all
}
