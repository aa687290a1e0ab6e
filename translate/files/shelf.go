package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Memory takes entries into the memory of a site: translate.Memory.
type Memory interface {
	// RememberAll stores the entries that can be entries. refused has the reason of each that cannot, by its place; with err none of them is stored.
	RememberAll(ctx context.Context, site string, entries []chat.MemoryEntry) (kept chat.Kept, refused map[int]error, err error)
}

// Store is what a Shelf needs of a database.
type Store interface {
	MemoryEntries(ctx context.Context, site string, f chat.MemoryFilter, after string, limit int) (page []chat.MemoryEntry, next string, err error)
	PutTerms(ctx context.Context, site string, terms []chat.Term) (chat.Kept, error)
	Terms(ctx context.Context, site string, known int64) (terms []chat.Term, rev int64, err error)
	Canned(ctx context.Context, site string) ([]chat.Canned, error)
	ChangeCanned(ctx context.Context, site, name string, f func(*chat.Canned) error) (chat.Canned, error)
}

// Shelf brings files into a site's memory, glossary and canned replies, and out of them.
type Shelf struct {
	Memory Memory
	Store  Store
	// Version is the program's, for the header of a TMX.
	Version string
}

// importBatch is how many entries are stored in one transaction.
const importBatch = 500

// ImportMemory reads a TMX into the memory of a site. A file that is not well-formed is refused before anything is stored. With both, each unit is
// remembered in both directions. What the file says of an entry's origin is not believed: it is an import.
func (s Shelf) ImportMemory(ctx context.Context, site string, r io.Reader, both bool) (chat.Imported, error) {
	result := chat.Imported{Refusals: []chat.Refusal{}}
	var entries []chat.MemoryEntry
	var lines []int
	for tmx := newTMXReader(r); ; {
		u, err := tmx.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return result, err
		}
		found, err := u.entries(both)
		if err != nil {
			result.Refuse(u.line, err)
		}
		for _, e := range found {
			entries, lines = append(entries, e), append(lines, u.line)
		}
		if len(entries) > chat.MaxMemoryEntries {
			return result, chat.Errorf(chat.TooLong, "The file has more than %d entries, which is more than a memory may have. Cut it into several.", chat.MaxMemoryEntries).
				Because(chat.Refused{Reason: chat.RefusedMemoryFull, Limit: chat.MaxMemoryEntries})
		}
	}
	for begin := 0; begin < len(entries); begin += importBatch {
		end := min(begin+importBatch, len(entries))
		kept, refused, err := s.Memory.RememberAll(ctx, site, entries[begin:end])
		if err != nil {
			return result, afterSome(result, err)
		}
		result.Added += kept.Added
		result.Replaced += kept.Replaced
		for i := range entries[begin:end] {
			if why := refused[i]; why != nil {
				result.Refuse(lines[begin+i], why)
			}
		}
	}
	return result, nil
}

// afterSome says how far an import came; what was taken may be taken again.
func afterSome(i chat.Imported, err error) error {
	e, ok := errors.AsType[*chat.Error](err)
	if !ok || i.Added+i.Replaced == 0 {
		return err
	}
	why := e.Refused
	why.Before = i.Added + i.Replaced
	return chat.Errorf(e.Code, "%s %d entries had been taken before. The same file may be imported again: what is there already is only replaced.", e.Text, why.Before).Because(why)
}

// entries makes entries of a unit: from its source into each of the other languages, and with both the other way as well.
func (u unit) entries(both bool) ([]chat.MemoryEntry, error) {
	tags := make([]language.Tag, len(u.variants))
	source := -1
	for i, v := range u.variants {
		var err error
		if tags[i], err = chat.ParseLanguage(strings.ReplaceAll(v.lang, "_", "-")); err != nil {
			return nil, err
		}
		if source < 0 && sameWriting(v.lang, u.source) {
			source = i
		}
	}
	if len(u.variants) < 2 {
		return nil, chat.Errorf(chat.BadRequest, "A unit needs a text in two languages.").Because(chat.Refused{Reason: chat.RefusedOneText})
	}
	if source < 0 {
		source = u.closest(tags)
	}
	if source < 0 {
		return nil, chat.Errorf(chat.BadLanguage, "The unit has no text in its source language, %s.", chat.CleanName(u.source)).
			Because(chat.Refused{Reason: chat.RefusedNoSource, Value: chat.CleanName(u.source)})
	}
	var all []chat.MemoryEntry
	for i, v := range u.variants {
		if i == source {
			continue
		}
		e := chat.MemoryEntry{From: tags[source], To: tags[i], Source: u.variants[source].text, Target: v.text, Origin: chat.MemoryImport, By: v.by}
		all = append(all, e)
		if both {
			e.From, e.To, e.Source, e.Target, e.By = e.To, e.From, e.Target, e.Source, u.variants[source].by
			all = append(all, e)
		}
	}
	return all, nil
}

func sameWriting(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "_", "-"), strings.ReplaceAll(b, "_", "-"))
}

// closest finds the variant in the language of the source where the file writes it differently: en in the header, en-US in the unit. Where any
// may be the source, it is the first.
func (u unit) closest(tags []language.Tag) int {
	if u.source == "" || strings.EqualFold(u.source, "*all*") {
		return 0
	}
	want, err := chat.ParseLanguage(strings.ReplaceAll(u.source, "_", "-"))
	if err != nil {
		return -1
	}
	for i, t := range tags {
		if chat.SameLanguage(t, want) {
			return i
		}
	}
	return -1
}

// ExportMemory writes the memory of a site as TMX, the latest entry first, and returns how many entries it wrote.
func (s Shelf) ExportMemory(ctx context.Context, site string, admin language.Tag, w io.Writer) (int, error) {
	page, after, err := s.Store.MemoryEntries(ctx, site, chat.MemoryFilter{}, "", 0)
	if err != nil {
		return 0, err
	}
	tmx, err := newTMXWriter(w, s.Version, admin)
	if err != nil {
		return 0, err
	}
	n := 0
	for {
		for _, e := range page {
			if err := tmx.write(e); err != nil {
				return n, fmt.Errorf("cannot write the entries: %w", err)
			}
			n++
		}
		if after == "" {
			return n, tmx.close()
		}
		if page, after, err = s.Store.MemoryEntries(ctx, site, chat.MemoryFilter{}, after, 0); err != nil {
			return n, err
		}
	}
}

// ImportTerms reads a CSV into the glossary of a site. A file that is no CSV is refused before anything is stored.
func (s Shelf) ImportTerms(ctx context.Context, site string, r io.Reader) (chat.Imported, error) {
	result := chat.Imported{Refusals: []chat.Refusal{}}
	rows, err := readTerms(r)
	if err != nil {
		return result, err
	}
	var terms []chat.Term
	for _, row := range rows {
		if row.err != nil {
			result.Refuse(row.line, row.err)
			continue
		}
		terms = append(terms, row.term)
	}
	result.Kept, err = s.Store.PutTerms(ctx, site, terms)
	return result, err
}

// ExportTerms writes the glossary of a site as CSV, and returns how many terms it wrote.
func (s Shelf) ExportTerms(ctx context.Context, site string, w io.Writer) (int, error) {
	terms, _, err := s.Store.Terms(ctx, site, -1)
	if err != nil {
		return 0, err
	}
	return len(terms), writeTerms(w, terms)
}
