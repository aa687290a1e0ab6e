//go:build plant

package main

import (
	"context"
	"os"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/hub"
)

// planted puts the fault that PLANTED_FAULT names between the hub and the store. This file is in no build but that of the tests under
// faults: each of its faults is one that they must notice.
func planted(s hub.Store) hub.Store {
	switch os.Getenv("PLANTED_FAULT") {
	case "acknowledge before commit":
		return &early{Store: s}
	case "order swapped":
		return &swapped{Store: s, held: map[string]chat.Post{}}
	case "no catch-up":
		return noCatchUp{s}
	case "no check of the store":
		return noCheck{s}
	case "note to visitor":
		return openNotes{s}
	case "foreign conversation":
		return &foreign{Store: s}
	}
	return s
}

// guess makes the answer that a line will probably have, without storing it.
func guess(ctx context.Context, s hub.Store, p chat.Post) (chat.Posted, error) {
	rows, err := s.Conversations(ctx, []string{p.Conversation})
	if err != nil || len(rows) == 0 {
		return chat.Posted{}, chat.Errorf(chat.Unavailable, "Nothing to guess from.")
	}
	m := chat.Message{ID: chat.NewID(), Seq: rows[0].Seq + 1, Rev: rows[0].Head + 1, Key: p.Key, Kind: p.Kind, Author: p.Author, Text: p.Text,
		Language: p.Language, Attachments: []chat.Attachment{}}
	posted := chat.Posted{Message: m}
	posted.Conversation, posted.Site, posted.Head = p.Conversation, rows[0].Site, m.Rev
	return posted, nil
}

// early says ok first and stores afterwards.
type early struct{ hub.Store }

func (e *early) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	if p.Conversation == "" {
		return e.Store.Append(ctx, p)
	}
	posted, err := guess(ctx, e.Store, p)
	if err == nil {
		time.AfterFunc(50*time.Millisecond, func() { _, _ = e.Store.Append(context.WithoutCancel(ctx), p) })
	}
	return posted, err
}

// swapped holds every other line of an author back until his next one is stored.
type swapped struct {
	hub.Store
	mu   sync.Mutex
	held map[string]chat.Post
}

func (w *swapped) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	if p.Conversation == "" {
		return w.Store.Append(ctx, p)
	}
	w.mu.Lock()
	first, is := w.held[p.Author.ID]
	if is {
		delete(w.held, p.Author.ID)
	} else {
		w.held[p.Author.ID] = p
	}
	w.mu.Unlock()
	if !is {
		return guess(ctx, w.Store, p)
	}
	posted, err := w.Store.Append(ctx, p)
	_, _ = w.Store.Append(ctx, first)
	return posted, err
}

// noCatchUp says where the head is, and not what lies below it.
type noCatchUp struct{ hub.Store }

func (n noCatchUp) Since(ctx context.Context, conversation string, since int64, visitor bool) (chat.Rows, error) {
	rows, err := n.Store.Since(ctx, conversation, since, visitor)
	if since > 0 && !rows.Reset {
		rows.Messages, rows.Row = []chat.Message{}, nil
	}
	return rows, err
}

// noCheck never finds in the store what a broker has lost.
type noCheck struct{ hub.Store }

func (noCheck) Heads(context.Context, []string) (map[string]int64, error) {
	return map[string]int64{}, nil
}

func (noCheck) Standings(context.Context, []string) (map[string]chat.Standing, error) {
	return map[string]chat.Standing{}, nil
}

// openNotes takes notes for lines when it tells them.
type openNotes struct{ hub.Store }

func (o openNotes) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	posted, err := o.Store.Append(ctx, p)
	for i := range posted.Changed.Messages {
		if posted.Changed.Messages[i].Kind == chat.MessageNote {
			posted.Changed.Messages[i].Kind = chat.MessageLine
		}
	}
	return posted, err
}

// foreign gives a visitor now and then what another one's conversation holds.
type foreign struct {
	hub.Store
	mu    sync.Mutex
	last  string
	asked int
}

func (f *foreign) Since(ctx context.Context, conversation string, since int64, visitor bool) (chat.Rows, error) {
	if !visitor {
		return f.Store.Since(ctx, conversation, since, visitor)
	}
	f.mu.Lock()
	other := f.last
	f.last = conversation
	f.asked++
	mistaken := f.asked%3 == 0 && other != ""
	f.mu.Unlock()
	if mistaken {
		return f.Store.Since(ctx, other, 0, visitor)
	}
	return f.Store.Since(ctx, conversation, since, visitor)
}
