package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"dragoman/chat"
	"dragoman/internal/files"
	"dragoman/store"
)

// openFiles makes what takes in and gives out what people attach.
func (s *server) openFiles() (err error) {
	s.files, err = files.New(s.ctx, files.Options{
		Folder: filepath.Join(s.Data, uploadsFolder), Store: s.store, FilesPerMessage: s.limits["files_per_message"], Taken: s.metrics.uploaded, Log: s.log,
		Limits: s.fileLimits(),
	})
	return err
}

// fileLimits are the limits that files have by themselves; how many somebody may send is the visitors' edge's business.
func (s *server) fileLimits() files.Limits {
	times := func(name string, unit int64) int64 {
		if s.limits[name] == 0 {
			return -1
		}
		return int64(s.limits[name]) * unit
	}
	return files.Limits{
		Bytes: times("upload_megabytes", 1<<20), Pixels: times("upload_megapixels", 1_000_000), OwnerDayBytes: times("upload_megabytes_per_day", 1<<20),
		SiteBytes: times("site_upload_megabytes", 1<<20), FreeBytes: times("free_disk_megabytes", 1<<20), AtOnce: times("server_uploads_at_once", 1),
		ProgressBytes: times("upload_kilobytes_per_minute", 1<<10),
	}
}

// uploadTime is how long a file may take to arrive.
func (s *server) uploadTime() time.Duration {
	if n := s.limits["upload_seconds"]; n > 0 {
		return time.Duration(n) * time.Second
	}
	return math.MaxInt64
}

// uploaded counts a file that came.
func (m *metrics) uploaded(from chat.ParticipantKind, result string, bytes int64) {
	m.uploads.WithLabelValues(string(from), result).Inc()
	m.uploadBytes.Add(float64(bytes))
}

// checkNewest is how many of the newest files are looked for.
const checkNewest = 20

// checkUploads looks whether the folder is the one that belongs to the database: whether the newest files are there.
func checkUploads(ctx context.Context, r *run, redis string) (string, error) {
	folder := absolute(filepath.Join(r.Data, uploadsFolder))
	shared := ""
	if redis != "" {
		shared = "; every server needs this same folder: share it, and mount it there on all of them"
	}
	path := r.databasePath()
	if !r.isPostgres() {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return folder + " will be made" + shared, nil
		}
	}
	s, err := store.Open(ctx, store.Options{Database: path, AllowUnsafe: r.AllowUnsafeDatabase, Log: r.log})
	if err != nil {
		return folder + ": not compared with the database, which cannot be opened" + shared, nil // that is said already
	}
	defer s.Close()
	newest, err := s.NewestFiles(ctx, checkNewest)
	if err != nil {
		return "", err
	}
	missing := 0
	for _, f := range newest {
		if _, err := os.Stat(filepath.Join(folder, files.Place(f.Disk))); err != nil {
			missing++
		}
	}
	if missing > 0 {
		return "", fmt.Errorf("%d of the %d newest files are not in %s: name the folder that belongs to this database with --data; with several servers it must be one that all of them share",
			missing, len(newest), folder)
	}
	if len(newest) == 0 {
		return folder + ": nobody has sent a file yet" + shared, nil
	}
	return fmt.Sprintf("%s: the %d newest files are there%s", folder, len(newest), shared), nil
}
