package store

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
)

// A backup is a zip file, the same for both databases: tables/NAME.jsonl has a row per line, as a list of values in the order of the manifest's columns;
// files/PATH are the uploads; manifest.json comes last, with a checksum of each. A zip without its end cannot be opened, so half a backup is
// none.
const (
	archiveFormat  = "dragoman-backup"
	archiveVersion = 1
	manifestName   = "manifest.json"
	manifestLimit  = 64 << 20
	tablesFolder   = "tables/"
	filesFolder    = "files/"
	rowsSuffix     = ".jsonl"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Program is the version of the program that wrote it, Schema how many steps its schema had, Epoch that of the database.
	Program string `json:"program"`
	Schema  int    `json:"schema"`
	Epoch   string `json:"epoch"`
	// At is when the snapshot was taken, by the database's clock, in milliseconds since 1970 UTC.
	At     int64           `json:"at"`
	Tables []ManifestTable `json:"tables"`
	Files  []ManifestFile  `json:"files"`
}

// ManifestTable is a table of a backup.
type ManifestTable struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"`
}

// ManifestFile is an upload of a backup; Name has slashes.
type ManifestFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Rows counts the rows of all tables.
func (m *Manifest) Rows() int64 {
	n := int64(0)
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Archive is a backup that is being read. Its checksums have been compared.
type Archive struct {
	Manifest Manifest
	entries  map[string]*zip.File
}

// errHalf is what is wrong with most backups that are.
var errHalf = errors.New("the file is damaged or was not written to its end: take another backup")

// OpenArchive reads a backup of this size in bytes and compares every checksum in it, so that whatever uses it later need not stop half-way.
func OpenArchive(from io.ReaderAt, size int64) (*Archive, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, fmt.Errorf("this is no whole backup: %w", errHalf)
	}
	a := &Archive{entries: map[string]*zip.File{}}
	for _, f := range z.File {
		if a.entries[f.Name] != nil {
			return nil, fmt.Errorf("%s is in the backup twice: %w", f.Name, errHalf)
		}
		a.entries[f.Name] = f
	}
	if err := a.readManifest(); err != nil {
		return nil, err
	}
	return a, a.compare()
}

func (a *Archive) readManifest() error {
	f, err := a.open(manifestName)
	if err != nil {
		return fmt.Errorf("this is no backup of dragoman: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, manifestLimit)) // to the end: there its checksum is compared
	if err == nil {
		err = json.Unmarshal(text, &a.Manifest)
	}
	if err != nil {
		return fmt.Errorf("cannot read the backup's manifest: %w", errHalf)
	}
	m := &a.Manifest
	if m.Format != archiveFormat {
		return errors.New("this is no backup of dragoman: its manifest speaks of something else")
	}
	if m.Version != archiveVersion {
		return fmt.Errorf("the backup has the format %d, and this program knows %d: restore it with dragoman %s", m.Version, archiveVersion, m.Program)
	}
	return nil
}

// compare reads everything once. What the manifest does not name has no business there.
func (a *Archive) compare() error {
	known := map[string]bool{manifestName: true}
	for _, t := range a.Manifest.Tables {
		if !slices.ContainsFunc(tables, func(own table) bool { return own.kept && own.name == t.Name }) {
			return fmt.Errorf("the backup has a table %q that this program does not know: restore it with dragoman %s or newer", t.Name, a.Manifest.Program)
		}
		known[tableEntry(t.Name)] = true
		if err := a.compareOne(tableEntry(t.Name), t.SHA256); err != nil {
			return err
		}
	}
	for _, f := range a.Manifest.Files {
		known[filesFolder+f.Name] = true
		if err := a.compareOne(filesFolder+f.Name, f.SHA256); err != nil {
			return err
		}
	}
	if len(known) != len(a.entries) {
		return fmt.Errorf("the backup has %d parts and its manifest names %d: %w", len(a.entries), len(known), errHalf)
	}
	return nil
}

func (a *Archive) compareOne(name, sum string) error {
	f, err := a.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil || hex.EncodeToString(h.Sum(nil)) != strings.ToLower(sum) {
		return fmt.Errorf("%s is not what was written: %w", name, errHalf)
	}
	return nil
}

func (a *Archive) open(name string) (io.ReadCloser, error) {
	f := a.entries[name]
	if f == nil {
		return nil, fmt.Errorf("%s is missing: %w", name, errHalf)
	}
	return f.Open()
}

// File opens an upload by its name in the manifest.
func (a *Archive) File(name string) (io.ReadCloser, error) { return a.open(filesFolder + name) }

func tableEntry(table string) string { return tablesFolder + table + rowsSuffix }

// archiveWriter writes a backup as it comes, without looking back.
type archiveWriter struct {
	zip *zip.Writer
	sum hash.Hash // of the entry that is being written
}

// begin starts an entry. What is written into it counts for sum.
func (w *archiveWriter) begin(name string) (io.Writer, error) {
	f, err := w.zip.Create(name)
	w.sum = sha256.New()
	return io.MultiWriter(f, w.sum), err
}

func (w *archiveWriter) end() string { return hex.EncodeToString(w.sum.Sum(nil)) }

// finish writes the manifest and the end of the file.
func (w *archiveWriter) finish(m *Manifest) error {
	f, err := w.zip.Create(manifestName)
	if err != nil {
		return err
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return err
	}
	return w.zip.Close()
}
