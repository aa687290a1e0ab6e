package main

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/static"

	"golang.org/x/text/language"
)

// siteTextCommands are the texts that a shop writes itself.
type siteTextCommands struct {
	List    siteTextListCommand    `cmd:"" help:"List a site's own texts in all languages, with what is to be looked at."`
	Set     siteTextSetCommand     `cmd:"" help:"Write a text in one language. In the site's own language it is what drafts are made from."`
	Draft   siteTextDraftCommand   `cmd:"" help:"Have engines draft what is not there yet in other languages."`
	Approve siteTextApproveCommand `cmd:"" help:"Approve drafts, and what is marked as outdated, as they stand."`
	Remove  siteTextRemoveCommand  `cmd:"" help:"Take a text out: the widget's own stands again."`
}

// textFields are the settings of a site's own texts, for add and set.
type textFields struct {
	Greeting    string `placeholder:"TEXT" help:"What the widget says first, in the site's own language. Other texts and languages: dragoman site text."`
	BubbleAfter *int   `placeholder:"SECONDS" help:"After how long on a page the launcher says its own text bubble, once; 0 for never (default 0)."`
	TextDrafts  *bool  `negatable:"" help:"Have engines draft the site's own texts in languages that visitors read, and show the drafts, marked as translated (default yes)."`
}

// apply puts what was given into a site whose language is known.
func (f textFields) apply(site *chat.Site) error {
	put(&site.Texts.BubbleAfterS, f.BubbleAfter)
	if f.TextDrafts != nil {
		site.Texts.NoDrafts = !*f.TextDrafts
	}
	if f.Greeting != "" {
		if err := site.Texts.Write(chat.TextGreeting, site.Language, site.Language, f.Greeting, chat.TimeOf(time.Now())); err != nil {
			return usage(err)
		}
	}
	return usage(site.Texts.Check())
}

type siteTextListCommand struct {
	Key  string `arg:"" help:"The site's key."`
	JSON bool   `help:"Print JSON."`
}

// Run lists the texts.
func (c *siteTextListCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	site, err := s.Site(r.ctx, c.Key)
	if err != nil {
		return noSite(c.Key, err)
	}
	rows := textRows(site)
	if c.JSON {
		return r.printJSON(rows)
	}
	if len(rows) == 0 {
		r.notef("The site has no texts of its own. Write one: dragoman site text set %s greeting \"Hello! What are you looking for?\"\nThe names are %s.", site.Key, names(chat.TextNames()))
		return nil
	}
	t := table{{"NAME", "LANGUAGE", "STATE", "TEXT"}}
	for _, row := range rows {
		t = append(t, []string{string(row.Name), row.Language.String(), stateText(row.TextVariant), row.Text})
	}
	r.printTable(t)
	return nil
}

func names[T ~string](all []T) string {
	list := make([]string, len(all))
	for i, n := range all {
		list[i] = string(n)
	}
	return strings.Join(list, ", ")
}

type siteTextSetCommand struct {
	Key      string `arg:"" help:"The site's key."`
	Name     string `arg:"" help:"greeting and subtitle (the two lines of the first screen), bubble (beside the launcher), start1 to start5 (quick starts; sends1 to sends5: what they send, if that is another text), rating (the question at the end)."`
	Text     string `arg:"" help:"The text."`
	Language string `placeholder:"TAG" help:"Its language; without it the site's own."`
}

// Run writes a text.
func (c *siteTextSetCommand) Run(r *run) error {
	if chat.CleanText(c.Text) == "" {
		return usagef("the text is empty: to take one out: dragoman site text remove %s %s", c.Key, c.Name)
	}
	site, err := r.changeTexts(c.Key, c.Language, func(site *chat.Site, in language.Tag) error {
		return site.Texts.Write(chat.TextName(c.Name), in, site.Language, c.Text, chat.TimeOf(time.Now()))
	})
	if err != nil {
		return err
	}
	if n := outdated(site, chat.TextName(c.Name)); n > 0 {
		r.notef("%d in other languages were written for an earlier text and still show: look at them with dragoman site text list %s", n, site.Key)
	}
	if _, own := site.Texts.Texts[chat.TextName(c.Name)][site.Language]; !own {
		r.notef("there is no %s in the site's own language (%s) yet, so nothing can be drafted from it", c.Name, site.Language)
	}
	return nil
}

func outdated(site chat.Site, name chat.TextName) (n int) {
	for _, v := range site.Texts.Texts[name] {
		if v.State == chat.TextOutdated {
			n++
		}
	}
	return n
}

// changeTexts changes a site's texts; lang may be empty for the site's own language.
func (r *run) changeTexts(key, lang string, f func(*chat.Site, language.Tag) error) (chat.Site, error) {
	var in language.Tag
	if lang != "" {
		var err error
		if in, err = parseLanguage(lang); err != nil {
			return chat.Site{}, err
		}
	}
	s, err := r.open(use{})
	if err != nil {
		return chat.Site{}, err
	}
	defer s.Close()
	site, err := s.ChangeSite(r.ctx, key, func(site *chat.Site) error {
		if in == language.Und {
			return usage(f(site, site.Language))
		}
		return usage(f(site, in))
	})
	if err != nil {
		return site, noSite(key, err)
	}
	r.notef("changed; running servers notice within two seconds")
	return site, nil
}

type siteTextApproveCommand struct {
	Key      string   `arg:"" help:"The site's key."`
	Name     []string `arg:"" optional:"" help:"Names of texts; without any all that are to be looked at in that language."`
	Language string   `required:"" placeholder:"TAG" help:"The language that somebody has read them in."`
}

// Run approves.
func (c *siteTextApproveCommand) Run(r *run) error {
	var approved []textRow
	_, err := r.changeTexts(c.Key, c.Language, func(site *chat.Site, in language.Tag) error {
		approved = nil
		for _, row := range textRows(*site) {
			named := slices.Contains(c.Name, string(row.Name)) || len(c.Name) == 0 && row.State != chat.TextApproved
			if row.Language == in && named {
				approved = append(approved, row)
			}
		}
		for _, name := range c.Name {
			if !slices.ContainsFunc(approved, func(row textRow) bool { return string(row.Name) == name }) {
				return chat.Errorf(chat.BadRequest, "There is no %s in %s to approve: have it drafted, or write it.", name, in)
			}
		}
		if len(approved) == 0 {
			return chat.Errorf(chat.BadRequest, "There is nothing to approve in %s: dragoman site text list %s shows what there is.", in, site.Key)
		}
		for _, row := range approved {
			if err := site.Texts.Approve(row.Name, in, chat.TimeOf(time.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t := table{}
	for _, row := range approved {
		t = append(t, []string{string(row.Name), row.Text})
	}
	r.printTable(t)
	return nil
}

type siteTextRemoveCommand struct {
	Key      string `arg:"" help:"The site's key."`
	Name     string `arg:"" help:"The text's name."`
	Language string `placeholder:"TAG" help:"Its language; without it all languages."`
}

// Run takes a text out.
func (c *siteTextRemoveCommand) Run(r *run) error {
	name := chat.TextName(c.Name)
	_, err := r.changeTexts(c.Key, c.Language, func(site *chat.Site, in language.Tag) error {
		tags := []language.Tag{in}
		if c.Language == "" {
			tags = slices.Collect(maps.Keys(site.Texts.Texts[name]))
		}
		if _, there := site.Texts.Texts[name][in]; len(tags) == 0 || c.Language != "" && !there {
			return chat.Errorf(chat.BadRequest, "There is no such text: dragoman site text list %s shows what there is.", site.Key)
		}
		for _, tag := range tags {
			if err := site.Texts.Write(name, tag, site.Language, "", 0); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

type siteTextDraftCommand struct {
	engineSettings
	Key      string   `arg:"" help:"The site's key."`
	Language []string `placeholder:"TAG" help:"A language to draft into. Repeatable; without it all that the widget has."`
	JSON     bool     `help:"Print JSON."`
}

// widgetLanguages are those that the widget has texts of its own in.
func widgetLanguages() ([]language.Tag, error) {
	files, err := fs.Glob(static.Dist(), "lang/widget/*.json")
	if err != nil {
		return nil, err
	}
	var tags []language.Tag
	for _, file := range files {
		tag, err := chat.ParseLanguage(strings.TrimSuffix(path.Base(file), ".json"))
		if err != nil {
			return nil, err
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// Run has drafts made, and says what became of each.
func (c *siteTextDraftCommand) Run(r *run) error {
	tags, err := widgetLanguages()
	if err != nil {
		return err
	}
	if len(c.Language) > 0 {
		tags = nil
	}
	for _, text := range c.Language {
		tag, err := parseLanguage(text)
		if err != nil {
			return err
		}
		tags = append(tags, tag)
	}
	p, s, done, err := r.sitePipeline(c.engineSettings, c.Key)
	if err != nil {
		return err
	}
	defer done()
	all := []drafting{}
	for _, to := range tags {
		some, err := draftTexts(r.ctx, s, p, c.Key, to)
		if err != nil {
			return noSite(c.Key, err)
		}
		all = append(all, some...)
	}
	if c.JSON {
		return r.printJSON(all)
	}
	r.printDrafts(c.Key, all)
	return nil
}
