package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/files"

	"golang.org/x/text/language"
)

// site is whose lines they are, for the memory.
const site = "eval"

// remembered returns a memory of what a file has: a TMX, or a table as the one that is measured.
func remembered(ctx context.Context, file string, from, to language.Tag) (*translate.Memory, error) {
	m := translate.NewMemory(translate.MemoryOptions{Store: &shelf{}})
	r, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot open the memory: %w", err)
	}
	defer r.Close()
	if strings.HasSuffix(strings.ToLower(file), ".tmx") {
		_, err := files.Shelf{Memory: m}.ImportMemory(ctx, site, r, true)
		return m, err
	}
	s, err := readSet(r, from, to)
	if err != nil {
		return nil, err
	}
	var entries []chat.MemoryEntry
	for _, row := range s.rows {
		for i, source := range row.clean {
			for j, target := range row.clean {
				if i != j {
					entries = append(entries, chat.MemoryEntry{From: s.languages[i], To: s.languages[j], Source: source, Target: target, Origin: chat.MemoryImport})
				}
			}
		}
	}
	_, refused, err := m.RememberAll(ctx, site, entries)
	for i, why := range refused {
		return nil, fmt.Errorf("the memory cannot take %q: %w", entries[i].Source, why)
	}
	return m, err
}

// shelf is a translate.MemoryStore that holds what it is given until the program ends.
type shelf struct {
	mu      sync.Mutex // guards entries
	entries []chat.MemoryEntry
}

func (s *shelf) Remember(_ context.Context, _ string, entries []chat.MemoryEntry) (chat.Kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		e.ID = strconv.Itoa(len(s.entries))
		s.entries = append(s.entries, e)
	}
	return chat.Kept{Added: len(entries)}, nil
}

// Unremember is for people who take something back: nobody does that here.
func (s *shelf) Unremember(context.Context, chat.MemoryEntry) error { return nil }

func (s *shelf) MemorySince(_ context.Context, _ string, since chat.MemoryPlace) (chat.MemoryNews, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	news := chat.MemoryNews{Place: chat.MemoryPlace{Rev: int64(len(s.entries))}}
	news.Entries = append(news.Entries, s.entries[min(int(since.Rev), len(s.entries)):]...)
	return news, nil
}
