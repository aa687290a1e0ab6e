package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/sync/semaphore"
)

// Defaults of Limits.
const (
	DefaultBytes         = 10 << 20
	DefaultPixels        = 40_000_000
	DefaultOwnerDayBytes = 100 << 20
	DefaultSiteBytes     = 10 << 30
	DefaultFreeBytes     = 512 << 20
	DefaultAtOnce        = 64
	DefaultProgressBytes = 240 << 10
)

// Limits are how much may be sent up. 0 is the default, negative no bound.
type Limits struct {
	// Bytes is the largest file, Pixels the largest picture.
	Bytes, Pixels int64
	// OwnerDayBytes bounds what one visitor sends within a day, SiteBytes what a site keeps in all, both as it lies on the disk. Several that arrive in the same moment may
	// go beyond it together.
	OwnerDayBytes, SiteBytes int64
	// FreeBytes is what must be left on the disk, for the database beside it.
	FreeBytes int64
	// AtOnce is how many files may be on their way in on this server.
	AtOnce int64
	// ProgressBytes is what has to come of a file within a minute when all those are taken: who is slower gives his place to who comes.
	ProgressBytes int64
}

func (l Limits) filled() Limits {
	fill := func(n *int64, otherwise int64) {
		if *n = cmp.Or(*n, otherwise); *n < 0 {
			*n = math.MaxInt64
		}
	}
	fill(&l.Bytes, DefaultBytes)
	fill(&l.Pixels, DefaultPixels)
	fill(&l.OwnerDayBytes, DefaultOwnerDayBytes)
	fill(&l.SiteBytes, DefaultSiteBytes)
	fill(&l.AtOnce, DefaultAtOnce)
	l.ProgressBytes = max(0, cmp.Or(l.ProgressBytes, DefaultProgressBytes))
	l.FreeBytes = max(0, cmp.Or(l.FreeBytes, DefaultFreeBytes))
	return l
}

// Store is what this package needs of a database.
type Store interface {
	// AddFile stores what is known of a file that is on the disk already.
	AddFile(ctx context.Context, f chat.StoredFile) error
	// File returns what is known of a file, or chat.NotFound.
	File(ctx context.Context, id string) (chat.StoredFile, error)
	// FileUse returns what a site has, and what one of its people has sent up within a day.
	FileUse(ctx context.Context, site, owner string) (chat.FileUse, error)
	// DropUnsent forgets files that have waited for their line longer than age, at most limit, and returns how many.
	DropUnsent(ctx context.Context, age time.Duration, limit int) (int, error)
	// KnownFiles returns those of the names on the disk that a file has.
	KnownFiles(ctx context.Context, disks []string) (map[string]bool, error)
	// FilesTurn tells whether it is the caller's turn to look through the folder: nobody has within so long, on any server.
	FilesTurn(ctx context.Context, every time.Duration) (bool, error)
	// FilesKey returns the key that signs addresses, the same on all servers.
	FilesKey(ctx context.Context) ([]byte, error)
}

// Options is what Files are made of. Folder and Store must be set.
type Options struct {
	// Folder is where the files are; it is made with the first of them. Servers on one database need the same one.
	Folder string
	Store  Store
	Limits Limits
	// FilesPerMessage is told to clients; 0: any number.
	FilesPerMessage int
	// Taken, if set, is called for every file that came: who sent it, "stored" or the code of the refusal, and what was stored.
	Taken func(from chat.ParticipantKind, result string, bytes int64)
	// Free tells how much room a folder's disk has; nil: it is asked.
	Free func(folder string) (bytes int64, err error)
	// Now is the time; nil: time.Now.
	Now func() time.Time
	Log zerolog.Logger
}

// Files are the files of an installation.
type Files struct {
	o      Options
	limits Limits
	folder folder
	signer signer
	// coming has the files on their way in. decoding bounds what decoded pictures take: see cost.
	coming   *arrivals
	decoding *semaphore.Weighted
}

// New makes Files. It asks the store for the key that signs addresses.
func New(ctx context.Context, o Options) (*Files, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Free == nil {
		o.Free = freeBytes
	}
	key, err := o.Store.FilesKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key that signs addresses of files: %w", err)
	}
	f := &Files{o: o, limits: o.Limits.filled(), folder: folder{path: o.Folder}, signer: signer{key: key, now: o.Now}}
	f.coming = newArrivals(f.limits, o.Now)
	f.decoding = semaphore.NewWeighted(f.mostMemory())
	return f, nil
}

// Limits are for clients.
func (f *Files) Limits() chat.UploadLimits {
	l := chat.UploadLimits{Bytes: f.limits.Bytes, Files: f.o.FilesPerMessage, Types: []string{typePNG, typeJPEG, typeGIF, typeWebP, typePDF, typeText}}
	if l.Bytes == math.MaxInt64 {
		l.Bytes = 0
	}
	return l
}

// Address fills in the addresses of an attachment, good for at least a day.
func (f *Files) Address(a *chat.Attachment) { f.signer.sign(a) }

// Take takes a file in and returns what can be attached to a line. Errors of from that are *chat.Error are passed on as they are. Whatever goes wrong, nothing is
// left of the file but what a database that does not answer may have stored.
func (f *Files) Take(ctx context.Context, u chat.Upload, from io.Reader) (chat.Attachment, error) {
	stored, err := f.take(ctx, u, from)
	if f.o.Taken != nil {
		result := "stored"
		if err != nil {
			result = string(chat.CodeOf(err))
		}
		f.o.Taken(u.Kind, result, stored.Bytes)
	}
	if err != nil {
		return chat.Attachment{}, err
	}
	f.Address(&stored.Attachment)
	return stored.Attachment, nil
}

func (f *Files) take(ctx context.Context, u chat.Upload, from io.Reader) (none chat.StoredFile, err error) {
	p := f.coming.enter(from)
	if p == nil {
		return none, busy()
	}
	defer p.leave()
	if err := f.room(ctx, u, 0); err != nil {
		return none, err
	}
	came, err := f.receive(p)
	if err != nil {
		return none, err
	}
	defer came.discard()
	ready, err := f.prepare(ctx, came)
	if err != nil {
		return none, err
	}
	defer ready.discard()
	stored := chat.StoredFile{Attachment: ready.Attachment, Site: u.Site, Owner: u.Owner, Conversation: u.Conversation, Bytes: ready.bytes()}
	stored.ID, stored.Name, stored.Disk = chat.NewID(), CleanName(u.Name, ready.Type), newDiskName()
	if err := f.room(ctx, u, stored.Bytes); err != nil {
		return none, err
	}
	return stored, f.keep(ctx, ready, stored)
}

// keep gives the file its place on the disk and then its row. If nobody knows whether the row is stored the file stays: without a row it goes with the sweep.
func (f *Files) keep(ctx context.Context, r *ready, stored chat.StoredFile) error {
	err := f.folder.keep(r.body, stored.Disk)
	if err == nil && r.small != nil {
		err = f.folder.keep(r.small, stored.Disk+smallSuffix)
	}
	if err != nil {
		f.folder.remove(stored.Disk)
		return fmt.Errorf("cannot keep an upload: %w", err)
	}
	err = f.o.Store.AddFile(ctx, stored)
	if err != nil && chat.CodeOf(err) != chat.Unavailable && ctx.Err() == nil {
		f.folder.remove(stored.Disk)
	}
	return err
}

// room refuses what there is no room for: so many bytes more of this sender.
func (f *Files) room(ctx context.Context, u chat.Upload, bytes int64) error {
	use, err := f.o.Store.FileUse(ctx, u.Site, u.Owner)
	switch {
	case err != nil:
		return err
	case use.Site+bytes >= f.limits.SiteBytes:
		f.o.Log.Warn().Str("site", u.Site).Int64("bytes", use.Site).Msg("the site has no room for more files: raise the limit site_upload_megabytes")
		return chat.Errorf(chat.TooLarge, "This shop has no room for more files at the moment. Please describe it in words.")
	case u.Kind == chat.KindVisitor && use.Owner+bytes >= f.limits.OwnerDayBytes:
		return chat.Errorf(chat.TooLarge, "That is all that can be sent within a day. Please send the rest tomorrow, or describe it in words.")
	}
	return f.disk(max(bytes, min(f.limits.Bytes, DefaultBytes)))
}

// disk refuses what would leave too little on the disk.
func (f *Files) disk(bytes int64) error {
	if f.limits.FreeBytes == 0 {
		return nil
	}
	if err := f.folder.make(); err != nil {
		return err
	}
	free, err := f.o.Free(f.folder.path)
	if err != nil {
		return fmt.Errorf("cannot tell how much room there is for uploads: %w", err)
	}
	if free-bytes < f.limits.FreeBytes {
		f.o.Log.Error().Int64("free", free).Int64("floor", f.limits.FreeBytes).Msg("the disk of the uploads is nearly full; no more are taken")
		return chat.Errorf(chat.Unavailable, "There is no room for files at the moment. Please describe it in words, or try again later.")
	}
	return nil
}

// receive puts what comes into a file that goes away again unless it is kept.
func (f *Files) receive(from io.Reader) (*part, error) {
	p, err := f.folder.begin()
	if err != nil {
		return nil, fmt.Errorf("cannot take an upload in: %w", err)
	}
	limit := f.limits.Bytes
	if limit < math.MaxInt64 {
		from = io.LimitReader(from, limit+1)
	}
	n, err := io.Copy(p.file, from)
	if err == nil && n > limit {
		err = chat.Errorf(chat.TooLarge, "This file is too large: at most %s.", megabytes(limit))
	}
	if err == nil && n == 0 {
		err = chat.Errorf(chat.Empty, "This file is empty: choose another.")
	}
	if err != nil {
		p.discard()
		return nil, err
	}
	p.size = n
	return p, nil
}

// megabytes is a size for people.
func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", max(1, n>>10))
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// Open opens what a signed address names: see sign.go. An address that was never signed is chat.NotFound, one that has ended chat.Gone.
func (f *Files) Open(ctx context.Context, id, name, ends, signature string) (chat.OpenFile, error) {
	until, err := f.signer.check(id, name, ends, signature)
	if err != nil {
		return chat.OpenFile{}, err
	}
	stored, err := f.o.Store.File(ctx, id)
	if err != nil {
		return chat.OpenFile{}, err
	}
	open := chat.OpenFile{Name: stored.Name, Type: stored.Type, Tag: stored.Disk, Ends: until}
	disk := stored.Disk
	if isSmall(name) {
		open.Type, open.Name = typeOfEnding(stored.Thumb), CleanName(stored.Name, typeOfEnding(stored.Thumb))
		disk += smallSuffix
		open.Tag += "-" + stored.Thumb
	}
	file, err := f.folder.open(disk)
	if errors.Is(err, os.ErrNotExist) {
		f.o.Log.Error().Str("file", id).Msg("a file that the database knows is not in the folder of uploads: is it the folder of this database, and the same on all servers?")
		return chat.OpenFile{}, chat.Errorf(chat.NotFound, "This file is not here any more.")
	}
	if err != nil {
		return chat.OpenFile{}, fmt.Errorf("cannot open an upload: %w", err)
	}
	open.Content = file
	return open, nil
}
