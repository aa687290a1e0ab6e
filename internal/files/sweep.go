package files

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"
)

const (
	// UnsentAge is how long a file waits for its line.
	UnsentAge = 24 * time.Hour
	// strayAge is how old a file must be that no row names before it is removed: the row of one that was forgotten may still stand in a backup that
	// is being written.
	strayAge = 48 * time.Hour
	// sweepEvery is how often one of the servers looks through the folder.
	sweepEvery = time.Hour
	// sweepLook is how often each asks whether it is its turn.
	sweepLook = 10 * time.Minute
	// sweepBatch is how many rows are forgotten, or names compared, at a time.
	sweepBatch = 200
)

// Run removes what nobody has sent and what no row names, until ctx ends.
func (f *Files) Run(ctx context.Context) error {
	defer f.folder.close()
	tick := time.NewTicker(sweepLook)
	defer tick.Stop()
	for {
		if err := f.Sweep(ctx); err != nil && ctx.Err() == nil {
			f.o.Log.Warn().Err(err).Msg("cannot look through the uploads; trying again")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Sweep does once what Run does, if nobody has within the hour.
func (f *Files) Sweep(ctx context.Context) error {
	mine, err := f.o.Store.FilesTurn(ctx, sweepEvery)
	if err != nil || !mine {
		return err
	}
	forgotten := 0
	for full := true; full; {
		n, err := f.o.Store.DropUnsent(ctx, UnsentAge, sweepBatch)
		if err != nil {
			return err
		}
		forgotten += n
		full = n == sweepBatch
	}
	removed, err := f.removeStrays(ctx)
	if forgotten+removed > 0 {
		f.o.Log.Info().Int("forgotten", forgotten).Int("removed", removed).Msg("looked through the uploads")
	}
	return err
}

// removeStrays removes old files that no row names.
func (f *Files) removeStrays(ctx context.Context) (removed int, err error) {
	if _, err := os.Stat(f.o.Folder); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	root, err := f.folder.opened()
	if err != nil {
		return 0, err
	}
	var old []string
	flush := func() error {
		n, err := f.compare(ctx, root, old)
		removed, old = removed+n, old[:0]
		return err
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return ignoreGone(err)
		}
		info, err := entry.Info()
		if err != nil || f.o.Now().Sub(info.ModTime()) < strayAge {
			return ignoreGone(err)
		}
		if old = append(old, name); len(old) == sweepBatch {
			return flush()
		}
		return ctx.Err()
	})
	return removed, errors.Join(err, flush())
}

// ignoreGone forgives what somebody else has removed meanwhile.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// compare removes those of the files that no row names. What has another kind of name is not ours and stays, but for parts.
func (f *Files) compare(ctx context.Context, root *os.Root, names []string) (removed int, err error) {
	disks := map[string]string{}
	var ask []string
	for _, name := range names {
		disk, ours := diskOf(name)
		if strings.HasPrefix(name, partPrefix) {
			disks[name] = ""
		} else if ours {
			disks[name] = disk
			ask = append(ask, disk)
		}
	}
	known, err := f.o.Store.KnownFiles(ctx, ask)
	if err != nil {
		return 0, err
	}
	for name, disk := range disks {
		if !known[disk] && root.Remove(name) == nil {
			removed++
		}
	}
	return removed, nil
}

// diskOf returns the name under which a file stands in the database.
func diskOf(name string) (string, bool) {
	dir, file, ok := strings.Cut(name, "/")
	disk := strings.TrimSuffix(file, smallSuffix)
	if !ok || len(disk) != len(newDiskName()) || dir != disk[:2] {
		return "", false
	}
	return disk, true
}
