package main

import (
	"context"
	"time"

	"dragoman/chat"
	"dragoman/hub"
	"dragoman/store"
	"dragoman/translate"
)

// store is s with a clock at the one method through which every line goes.
func (m *metrics) store(s *store.Store) hub.Store { return &timedStore{s, m} }

type timedStore struct {
	*store.Store
	m *metrics
}

// Append stores a line.
func (t *timedStore) Append(ctx context.Context, p chat.Post) (chat.Posted, error) {
	began := time.Now()
	posted, err := t.Store.Append(ctx, p)
	if err == nil && !posted.Dup {
		t.m.commit.Observe(time.Since(began).Seconds())
		t.m.messages.WithLabelValues(string(p.Author.Kind)).Inc()
		if posted.Waited > 0 {
			t.m.firstReply.Observe(posted.Waited.Seconds())
		}
	}
	return posted, err
}

// translator is t with a clock.
func (m *metrics) translator(t *translate.Pipeline) hub.Translator { return &timedTranslator{t, m} }

type timedTranslator struct {
	Translator *translate.Pipeline
	m          *metrics
}

// Translate translates.
func (t *timedTranslator) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	began := time.Now()
	result := t.Translator.Translate(ctx, u)
	t.observe(began, result)
	return result
}

// TranslateAll translates into several languages.
func (t *timedTranslator) TranslateAll(ctx context.Context, us []chat.Untranslated, done func(i int, result chat.Translation)) {
	began := time.Now()
	t.Translator.TranslateAll(ctx, us, func(i int, result chat.Translation) {
		t.observe(began, result)
		done(i, result)
	})
}

func (t *timedTranslator) observe(began time.Time, result chat.Translation) {
	label, engine := string(result.State), result.By.Name
	if result.Reason != "" {
		label = string(result.Reason)
	}
	switch {
	case result.By.Kind != chat.ByEngine:
		engine = string(result.By.Kind) // the name is a person's
	case engine == "":
		engine = "none"
	}
	t.m.translations.WithLabelValues(engine, label).Inc()
	t.m.translation.WithLabelValues(engine).Observe(time.Since(began).Seconds())
}
