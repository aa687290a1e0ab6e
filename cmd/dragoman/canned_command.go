package main

import (
	"context"
	"errors"
	"io"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/translate/files"

	"golang.org/x/text/language"
)

type cannedCommands struct {
	List    cannedListCommand    `cmd:"" help:"List the canned replies of a site."`
	Put     cannedPutCommand     `cmd:"" help:"Put a text into a canned reply, as a draft."`
	Draft   cannedDraftCommand   `cmd:"" help:"Have an engine translate a canned reply into a language, as a draft."`
	Approve cannedApproveCommand `cmd:"" help:"Approve texts: they are sent as they stand, and remembered as translations of each other."`
	Rename  cannedRenameCommand  `cmd:"" help:"Give a canned reply another short name."`
	Remove  cannedRemoveCommand  `cmd:"" help:"Remove a canned reply, or its texts in some languages."`
	Import  cannedImportCommand  `cmd:"" help:"Read a CSV into a site's canned replies, as drafts."`
	Export  cannedExportCommand  `cmd:"" help:"Write a site's canned replies as CSV."`
}

type cannedListCommand struct {
	Site string `arg:"" help:"The site's key."`
	JSON bool   `help:"Print JSON."`
}

// Run lists the canned replies.
func (c *cannedListCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	all, err := s.Canned(r.ctx, c.Site)
	if err != nil {
		return siteError(c.Site, err)
	}
	if c.JSON {
		return r.printJSON(all)
	}
	t := table{{"NAME", "LANGUAGE", "STATE", "BY", "TEXT"}}
	for _, one := range all {
		for _, text := range one.Texts {
			t = append(t, []string{one.Name, text.Language.String(), string(text.State), text.By, shortened(text.Text)})
		}
	}
	r.printTable(t)
	return nil
}

// cannedPlace says which text of which canned reply.
type cannedPlace struct {
	Site string `arg:"" help:"The site's key."`
	Name string `arg:"" help:"The short name, which agents type behind a slash."`
}

// change changes a canned reply, in a database that is open.
func (c *cannedPlace) change(r *run, s *store.Store, f func(*chat.Canned) error) error {
	if _, err := s.Site(r.ctx, c.Site); err != nil {
		return siteError(c.Site, err)
	}
	name, err := chat.ParseCannedName(c.Name)
	if err == nil {
		_, err = s.ChangeCanned(r.ctx, c.Site, name, f)
	}
	return said(err)
}

// said is an error for people: what the store says of a canned reply is a sentence of its own.
func said(err error) error {
	if e, ok := err.(*chat.Error); ok {
		return errors.New(e.Text)
	}
	return err
}

func tagsOf(list []string) ([]language.Tag, error) {
	var tags []language.Tag
	for _, s := range list {
		tag, err := parseLanguage(s)
		if err != nil {
			return nil, err
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// changeIn changes a canned reply.
func (c *cannedPlace) changeIn(r *run, f func(*chat.Canned) error) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	return c.change(r, s, f)
}

type cannedPutCommand struct {
	cannedPlace
	Language string `arg:"" placeholder:"TAG" help:"The language of the text."`
	Text     string `arg:"" help:"The text. {name}, {order} and {agent} are filled in when it is sent."`
	By       string `default:"command line" placeholder:"NAME" help:"Who wrote it (default: ${default})."`
}

// Run puts a text.
func (c *cannedPutCommand) Run(r *run) error {
	tag, err := parseLanguage(c.Language)
	if err != nil {
		return err
	}
	return c.changeIn(r, func(one *chat.Canned) error {
		return one.Put(chat.CannedText{Language: tag, Text: c.Text, By: c.By})
	})
}

type cannedDraftCommand struct {
	cannedPlace
	Language string `arg:"" placeholder:"TAG" help:"The language to translate into."`
	From     string `placeholder:"TAG" help:"The language to translate from; without it an approved text is taken, or the first."`
	engineSettings
}

// Run has a draft made.
func (c *cannedDraftCommand) Run(r *run) error {
	to, err := parseLanguage(c.Language)
	if err != nil {
		return err
	}
	from := language.Und
	if c.From != "" {
		if from, err = parseLanguage(c.From); err != nil {
			return err
		}
	}
	p, s, done, err := r.sitePipeline(c.engineSettings, c.Site)
	if err != nil {
		return err
	}
	defer done()
	all, err := s.Canned(r.ctx, c.Site)
	if err != nil {
		return siteError(c.Site, err)
	}
	name, err := chat.ParseCannedName(c.Name)
	if err != nil {
		return said(err)
	}
	draft, err := chat.DraftCanned(r.ctx, all, c.Site, name, from, to, p.Translate)
	if err != nil {
		return said(err)
	}
	if err := c.change(r, s, func(one *chat.Canned) error { return one.PutDraft(draft, all) }); err != nil {
		return err
	}
	r.printf("%s\n", draft.Text)
	return nil
}

type cannedApproveCommand struct {
	cannedPlace
	Language []string `arg:"" placeholder:"TAG" help:"The languages of the texts."`
	By       string   `default:"command line" placeholder:"NAME" help:"Who approves them (default: ${default})."`
}

// Run approves texts.
func (c *cannedApproveCommand) Run(r *run) error {
	tags, err := tagsOf(c.Language)
	if err != nil {
		return err
	}
	return c.changeIn(r, func(one *chat.Canned) error {
		for _, tag := range tags {
			if err := one.Approve(tag, c.By); err != nil {
				return err
			}
		}
		return nil
	})
}

type cannedRenameCommand struct {
	cannedPlace
	To string `arg:"" placeholder:"NEW-NAME" help:"The short name that it is to have."`
}

// Run renames a canned reply.
func (c *cannedRenameCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Site(r.ctx, c.Site); err != nil {
		return siteError(c.Site, err)
	}
	name, err := chat.ParseCannedName(c.Name)
	if err == nil {
		c.To, err = chat.ParseCannedName(c.To)
	}
	if err == nil {
		_, err = s.RenameCanned(r.ctx, c.Site, name, c.To)
	}
	return said(err)
}

type cannedRemoveCommand struct {
	cannedPlace
	Language []string `arg:"" optional:"" placeholder:"TAG" help:"The languages of the texts; without any the whole reply goes."`
}

// Run removes texts.
func (c *cannedRemoveCommand) Run(r *run) error {
	tags, err := tagsOf(c.Language)
	if err != nil {
		return err
	}
	return c.changeIn(r, func(one *chat.Canned) error {
		if len(one.Texts) == 0 {
			return chat.Errorf(chat.NotFound, "There is no canned reply %q.", one.Name)
		}
		if len(tags) == 0 {
			one.Texts = nil
		}
		for _, tag := range tags {
			if err := one.Remove(tag); err != nil {
				return err
			}
		}
		return nil
	})
}

type cannedImportCommand struct {
	Site string `arg:"" help:"The site's key."`
	File string `arg:"" help:"The CSV, whose first line is name,language,text,state,by; - is standard input."`
	By   string `default:"import" placeholder:"NAME" help:"Whose drafts they are (default: ${default})."`
	JSON bool   `help:"Print JSON."`
}

// Run imports a file.
func (c *cannedImportCommand) Run(r *run) error {
	return r.importFile(c.Site, c.File, c.JSON, func(ctx context.Context, shelf files.Shelf, in io.Reader) (chat.Imported, error) {
		return shelf.ImportCanned(ctx, c.Site, c.By, in)
	})
}

type cannedExportCommand struct {
	Site string `arg:"" help:"The site's key."`
	File string `arg:"" optional:"" help:"The new file; without it standard output."`
}

// Run exports the canned replies.
func (c *cannedExportCommand) Run(r *run) error {
	s, shelf, err := r.shelf()
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Site(r.ctx, c.Site); err != nil {
		return siteError(c.Site, err)
	}
	return r.output(c.File, func(w io.Writer) (int, error) { return shelf.ExportCanned(r.ctx, c.Site, w) })
}
