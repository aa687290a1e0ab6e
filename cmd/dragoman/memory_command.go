package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/translate"
	"dragoman/translate/files"
)

type memoryCommands struct {
	Import memoryImportCommand `cmd:"" help:"Read a TMX into a site's memory."`
	Export memoryExportCommand `cmd:"" help:"Write a site's memory as TMX."`
	List   memoryListCommand   `cmd:"" help:"List the entries of a site's memory, the latest first."`
	Remove memoryRemoveCommand `cmd:"" help:"Take entries out of a site's memory."`
}

// shelf opens the database and what brings files in and out of it.
func (r *run) shelf() (*store.Store, files.Shelf, error) {
	s, err := r.open(use{})
	if err != nil {
		return nil, files.Shelf{}, err
	}
	return s, files.Shelf{Store: s, Memory: translate.NewMemory(translate.MemoryOptions{Store: s, Log: r.log}), Version: release}, nil
}

// input opens a file to read; "-" is standard input.
func (r *run) input(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(r.Stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	return f, nil
}

// output writes a file with write, or to standard output if it has no name. A file that could not be written whole is not left behind.
func (r *run) output(name string, write func(io.Writer) (int, error)) error {
	if name == "" || name == "-" {
		_, err := write(r.Stdout)
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usagef("there is a file %s already: choose another name", absolute(name))
	}
	if err != nil {
		return fmt.Errorf("cannot write the file: %w", err)
	}
	n, err := write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(name)
		return err
	}
	r.notef("%d written to %s", n, name)
	return nil
}

// printImported tells what became of a file. That some of it was not taken is said, and is no failure.
func (r *run) printImported(i chat.Imported, asJSON bool) error {
	if asJSON {
		return r.printJSON(i)
	}
	r.printf("%d added, %d replaced, %d not taken\n", i.Added, i.Replaced, i.Refused)
	for _, f := range i.Refusals {
		r.printf("  line %d: %s\n", f.Line, f.Why)
	}
	if more := i.Refused - len(i.Refusals); more > 0 {
		r.printf("  and %d more\n", more)
	}
	return nil
}

// siteError names the site that there is not, and puts other errors that may be shown as sentences.
func siteError(key string, err error) error {
	if e, ok := err.(*chat.Error); ok && e.Code != chat.NotFound {
		return fmt.Errorf("%s", e.Text)
	}
	return noSite(key, err)
}

type memoryImportCommand struct {
	Site string `arg:"" help:"The site's key."`
	File string `arg:"" help:"The TMX; - is standard input."`
	Both bool   `help:"Remember each unit in both directions."`
	JSON bool   `help:"Print JSON."`
}

// Run imports a file.
func (c *memoryImportCommand) Run(r *run) error {
	return r.importFile(c.Site, c.File, c.JSON, func(ctx context.Context, shelf files.Shelf, in io.Reader) (chat.Imported, error) {
		return shelf.ImportMemory(ctx, c.Site, in, c.Both)
	})
}

func (r *run) importFile(site, name string, asJSON bool, take func(context.Context, files.Shelf, io.Reader) (chat.Imported, error)) error {
	in, err := r.input(name)
	if err != nil {
		return err
	}
	defer in.Close()
	s, shelf, err := r.shelf()
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Site(r.ctx, site); err != nil {
		return siteError(site, err)
	}
	got, err := take(r.ctx, shelf, in)
	if err != nil {
		return siteError(site, err)
	}
	return r.printImported(got, asJSON)
}

type memoryExportCommand struct {
	Site string `arg:"" help:"The site's key."`
	File string `arg:"" optional:"" help:"The new file; without it standard output."`
}

// Run exports a memory.
func (c *memoryExportCommand) Run(r *run) error {
	s, shelf, err := r.shelf()
	if err != nil {
		return err
	}
	defer s.Close()
	site, err := s.Site(r.ctx, c.Site)
	if err != nil {
		return siteError(c.Site, err)
	}
	return r.output(c.File, func(w io.Writer) (int, error) { return shelf.ExportMemory(r.ctx, c.Site, site.Language, w) })
}

type memoryListCommand struct {
	Site  string `arg:"" help:"The site's key."`
	Text  string `help:"Only entries with this in their source or target."`
	From  string `placeholder:"TAG" help:"Only from this language."`
	To    string `placeholder:"TAG" help:"Only into this language."`
	Limit int    `default:"50" help:"How many at most (default ${default})."`
	JSON  bool   `help:"Print JSON."`
}

// Run lists entries.
func (c *memoryListCommand) Run(r *run) error {
	f := chat.MemoryFilter{Text: c.Text}
	var err error
	if c.From != "" {
		if f.From, err = parseLanguage(c.From); err != nil {
			return err
		}
	}
	if c.To != "" {
		if f.To, err = parseLanguage(c.To); err != nil {
			return err
		}
	}
	s, _, err := r.shelf()
	if err != nil {
		return err
	}
	defer s.Close()
	all := []chat.MemoryEntry{}
	for after := ""; len(all) < c.Limit; {
		page, next, err := s.MemoryEntries(r.ctx, c.Site, f, after, c.Limit-len(all))
		if err != nil {
			return siteError(c.Site, err)
		}
		all = append(all, page...)
		if after = next; after == "" {
			break
		}
	}
	if c.JSON {
		return r.printJSON(all)
	}
	t := table{{"ID", "PAIR", "SOURCE", "TARGET", "BY", "ORIGIN"}}
	for _, e := range all {
		t = append(t, []string{e.ID, e.From.String() + " > " + e.To.String(), shortened(e.Source), shortened(e.Target), e.By, string(e.Origin)})
	}
	r.printTable(t)
	if n, err := s.CountMemory(r.ctx, c.Site); err == nil && n > len(all) {
		r.notef("%d of %d entries", len(all), n)
	}
	return nil
}

// shortened is a text for a cell of a table.
func shortened(s string) string {
	const most = 40
	line := []rune(chat.CleanName(s))
	if len(line) > most {
		return string(line[:most-1]) + "…"
	}
	return string(line)
}

type memoryRemoveCommand struct {
	Site string   `arg:"" help:"The site's key."`
	ID   []string `arg:"" optional:"" help:"The ids of the entries, as list shows them."`
	All  bool     `help:"Remove all entries."`
}

// Run removes entries.
func (c *memoryRemoveCommand) Run(r *run) error {
	if c.All == (len(c.ID) > 0) {
		return usagef("say which entries: their ids, or --all")
	}
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	var n int
	if c.All {
		n, err = s.ForgetAllMemory(r.ctx, c.Site)
	} else {
		n, err = s.ForgetMemory(r.ctx, c.Site, c.ID)
	}
	return r.removed(c.Site, n, len(c.ID), err)
}

// removed tells how many are gone; that one was not there is a failure of the asker.
func (r *run) removed(site string, n, asked int, err error) error {
	if err != nil {
		return siteError(site, err)
	}
	r.notef("%d removed; running servers notice within two seconds", n)
	if n < asked {
		return fmt.Errorf("%d of the ids were not there: list shows those that are", asked-n)
	}
	return nil
}
