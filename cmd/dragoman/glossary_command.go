package main

import (
	"context"
	"io"
	"strconv"

	"dragoman/chat"
	"dragoman/translate/files"

	"golang.org/x/text/language"
)

type glossaryCommands struct {
	Import glossaryImportCommand `cmd:"" help:"Read a CSV into a site's glossary."`
	Export glossaryExportCommand `cmd:"" help:"Write a site's glossary as CSV."`
	List   glossaryListCommand   `cmd:"" help:"List the terms of a site."`
	Add    glossaryAddCommand    `cmd:"" help:"Add a term to a site's glossary, or replace it."`
	Remove glossaryRemoveCommand `cmd:"" help:"Take terms out of a site's glossary."`
}

type glossaryImportCommand struct {
	Site string `arg:"" help:"The site's key."`
	File string `arg:"" help:"The CSV, whose first line is from,to,source,target,case_sensitive; - is standard input."`
	JSON bool   `help:"Print JSON."`
}

// Run imports a file.
func (c *glossaryImportCommand) Run(r *run) error {
	return r.importFile(c.Site, c.File, c.JSON, func(ctx context.Context, shelf files.Shelf, in io.Reader) (chat.Imported, error) {
		return shelf.ImportTerms(ctx, c.Site, in)
	})
}

type glossaryExportCommand struct {
	Site string `arg:"" help:"The site's key."`
	File string `arg:"" optional:"" help:"The new file; without it standard output."`
}

// Run exports a glossary.
func (c *glossaryExportCommand) Run(r *run) error {
	s, shelf, err := r.shelf()
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Site(r.ctx, c.Site); err != nil {
		return siteError(c.Site, err)
	}
	return r.output(c.File, func(w io.Writer) (int, error) { return shelf.ExportTerms(r.ctx, c.Site, w) })
}

type glossaryListCommand struct {
	Site string `arg:"" help:"The site's key."`
	JSON bool   `help:"Print JSON."`
}

// Run lists the terms.
func (c *glossaryListCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	terms, _, err := s.Terms(r.ctx, c.Site, -1)
	if err != nil {
		return siteError(c.Site, err)
	}
	if c.JSON {
		return r.printJSON(terms)
	}
	t := table{{"ID", "FROM", "TO", "SOURCE", "TARGET", "CASE"}}
	for _, e := range terms {
		target := e.Target
		if target == "" {
			target = "(never translated)"
		}
		t = append(t, []string{e.ID, anyLanguage(e.From), anyLanguage(e.To), e.Source, target, strconv.FormatBool(e.CaseSensitive)})
	}
	r.printTable(t)
	return nil
}

func anyLanguage(t language.Tag) string {
	if t == language.Und {
		return "any"
	}
	return t.String()
}

type glossaryAddCommand struct {
	Site          string `arg:"" help:"The site's key."`
	Source        string `arg:"" help:"The word or phrase, as it stands in a line."`
	Target        string `arg:"" optional:"" help:"What it is translated as; without it the source is never translated."`
	From          string `placeholder:"TAG" help:"The language of the source; without it any."`
	To            string `placeholder:"TAG" help:"The language of the target; without it any, which only a term that is never translated may have."`
	CaseSensitive bool   `help:"Tell Apple from apple."`
}

// Run adds a term.
func (c *glossaryAddCommand) Run(r *run) error {
	t := chat.Term{Source: c.Source, Target: c.Target, CaseSensitive: c.CaseSensitive}
	var err error
	if c.From != "" {
		if t.From, err = parseLanguage(c.From); err != nil {
			return err
		}
	}
	if c.To != "" {
		if t.To, err = parseLanguage(c.To); err != nil {
			return err
		}
	}
	if err := t.Check(); err != nil {
		return usagef("%s", siteError(c.Site, err))
	}
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.PutTerms(r.ctx, c.Site, []chat.Term{t}); err != nil {
		return siteError(c.Site, err)
	}
	r.notef("added; running servers notice within two seconds")
	return nil
}

type glossaryRemoveCommand struct {
	Site string   `arg:"" help:"The site's key."`
	ID   []string `arg:"" help:"The ids of the terms, as list shows them."`
}

// Run removes terms.
func (c *glossaryRemoveCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	n, err := s.RemoveTerms(r.ctx, c.Site, c.ID)
	return r.removed(c.Site, n, len(c.ID), err)
}
