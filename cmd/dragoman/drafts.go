package main

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

const (
	// draftsWaiting is how many languages of sites wait for a drafter at most; what finds no room is asked for again by the next visitor, or by the admin.
	draftsWaiting = 64
	// draftPause is how long a language of a site is left alone after it was tried: an engine that has not got a pair is not asked with every visitor. It also is the
	// longest time for which a new engine goes unnoticed.
	draftPause = 10 * time.Minute
)

// drafting is one text on its way into one language.
type drafting struct {
	Name   chat.TextName `json:"name"`
	To     language.Tag  `json:"language"`
	Text   string        `json:"text,omitempty"`
	By     string        `json:"by,omitempty"`
	Rough  bool          `json:"rough,omitempty"`
	Reason chat.Reason   `json:"reason,omitempty"` // why there is no draft
	source string
}

// translator is what drafts are made by: the pipeline, with everything that it holds against an engine's answer.
type translator interface {
	Translate(ctx context.Context, u chat.Untranslated) chat.Translation
}

// draftTexts has the texts of a site drafted that are not there in a language, and stores what came. It returns what became of each, by name; of a text that somebody
// has written or changed meanwhile nothing is kept.
func draftTexts(ctx context.Context, s *store.Store, p translator, key string, to language.Tag) ([]drafting, error) {
	site, err := s.Site(ctx, key)
	if err != nil {
		return nil, err
	}
	missing := site.Texts.Undrafted(site.Language, to)
	all := make([]drafting, 0, len(missing))
	for _, name := range chat.TextNames() {
		if source, ok := missing[name]; ok {
			all = append(all, draftOne(ctx, p, site, name, source, to))
		}
	}
	if !slices.ContainsFunc(all, func(d drafting) bool { return d.Reason == "" }) {
		return all, ctx.Err()
	}
	_, err = s.ChangeSite(ctx, key, func(site *chat.Site) error {
		for _, d := range all {
			if d.Reason == "" {
				site.Texts.Draft(d.Name, to, site.Language, d.source, chat.TextVariant{Text: d.Text, By: d.By, Rough: d.Rough, At: chat.TimeOf(time.Now())})
			}
		}
		return nil
	})
	return all, err
}

// draftOne asks for one text. It is the house that speaks, so the site's way to address visitors counts.
func draftOne(ctx context.Context, p translator, site chat.Site, name chat.TextName, source string, to language.Tag) drafting {
	d := drafting{Name: name, To: to, source: source}
	t := p.Translate(ctx, chat.Untranslated{Site: site.Key, Text: source, From: site.Language, To: to, ForVisitor: true})
	switch t.State {
	case chat.TranslationDone:
		d.Text, d.By, d.Rough = t.Text, t.By.Name, t.Quality == chat.QualityRough
	case chat.TranslationSame:
		d.Text = source
	default:
		d.Reason = t.Reason
	}
	return d
}

// drafter makes drafts that somebody wants, one language after the other, while the server runs. Two servers may draft the same; the first that is stored stays.
type drafter struct {
	store  *store.Store
	by     translator
	log    zerolog.Logger
	wanted chan draftWish

	mu    sync.Mutex // guards tried
	tried map[draftWish]time.Time
}

type draftWish struct {
	site string
	to   language.Tag
}

func newDrafter(s *store.Store, by translator, log zerolog.Logger) *drafter {
	return &drafter{store: s, by: by, log: log, wanted: make(chan draftWish, draftsWaiting), tried: map[draftWish]time.Time{}}
}

// want asks for a language in which a visitor reads, unless it was tried a moment ago. It waits for nothing.
func (d *drafter) want(site string, to language.Tag) {
	now, wish := time.Now(), draftWish{site, to}
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.tried[wish]) < draftPause {
		return
	}
	maps.DeleteFunc(d.tried, func(_ draftWish, at time.Time) bool { return now.Sub(at) >= draftPause })
	if d.ask(site, to) {
		d.tried[wish] = now
	}
}

// ask asks for a language, tried or not, and tells whether there was room.
func (d *drafter) ask(site string, to language.Tag) bool {
	select {
	case d.wanted <- draftWish{site, to}:
		return true
	default:
		return false
	}
}

// run drafts until ctx ends.
func (d *drafter) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case wish := <-d.wanted:
			d.draft(ctx, wish)
		}
	}
}

func (d *drafter) draft(ctx context.Context, wish draftWish) {
	all, err := draftTexts(ctx, d.store, d.by, wish.site, wish.to)
	log := d.log.With().Str("site", wish.site).Stringer("language", wish.to).Logger()
	if err != nil {
		if ctx.Err() == nil {
			log.Warn().Err(err).Msg("cannot have a site's texts drafted")
		}
		return
	}
	failed := slices.DeleteFunc(slices.Clone(all), func(t drafting) bool { return t.Reason == "" })
	if len(failed) > 0 {
		log.Info().Int("texts", len(failed)).Str("reason", string(failed[0].Reason)).Msg("some of a site's texts could not be drafted")
	}
}
