package hub

import (
	"context"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// entryOf waits for an event that brings a line with a translation that fits: of its own, or with all that was missed.
func (p *peer) entryOf(seq int64, to language.Tag, fits func(chat.Translation) bool) chat.Translation {
	p.t.Helper()
	var found chat.Translation
	p.event(func(ev event) bool {
		for _, m := range append(ev.Messages, ev.Message) {
			if m.Seq == seq && fits(m.Translations[to]) {
				found = m.Translations[to]
				return true
			}
		}
		return false
	})
	return found
}

func isDone(t chat.Translation) bool { return t.State == chat.TranslationDone }

// answered is a conversation in which the agent's line has been translated for the visitor: seq 2.
func (h *house) answered(t *testing.T) (visitor, agent *peer, id string) {
	t.Helper()
	visitor, agent = h.hello(t, "es"), h.hello(t, "agent")
	id = decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK).Conversation
	for _, r := range []event{
		agent.call(chat.CallOpen, map[string]any{"conversation": id}),
		agent.call(chat.CallSend, map[string]any{"key": chat.NewID(), "conversation": id, "text": "Your parcel 4711"}),
	} {
		if r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	visitor.entryOf(2, language.Spanish, isDone)
	agent.entryOf(2, language.Spanish, isDone)
	return visitor, agent, id
}

// TestCorrectionReachesEveryReader: it is told to both sides in one revision, marked as a person's, remembered, and never overwritten.
func TestCorrectionReachesEveryReader(t *testing.T) {
	memory := heardMemory{entries: make(chan chat.MemoryEntry, 16)}
	h := newHouse(t, Options{Memory: memory})
	visitor, agent, id := h.answered(t)
	fields := map[string]any{"conversation": id, "seq": 2, "language": "es", "text": " Su paquete 4711 "}
	m := decode[chat.Message](agent.call(chat.CallCorrect, fields).OK)
	got := m.Translations[language.Spanish]
	if got.Was == nil || got.Was.By.Kind != chat.ByEngine {
		t.Errorf("the agent cannot take it back to %+v", got.Was)
	}
	if got.Text != "Su paquete 4711" || got.State != chat.TranslationDone || got.By.Kind != chat.ByAgent || got.By.Name == "" || got.Quality != chat.QualityFull {
		t.Fatalf("corrected: %+v", got)
	}
	for _, p := range []*peer{visitor, agent} {
		want := got
		if p == visitor {
			want.Was = nil // what was wrong is between colleagues
		}
		if e := p.entryOf(2, language.Spanish, func(e chat.Translation) bool { return e.By.Kind == chat.ByAgent }); !reflect.DeepEqual(e, want) {
			t.Errorf("told %+v, want %+v", e, want)
		}
	}
	if e := <-memory.entries; e.Source != "Your parcel 4711" || e.Target != got.Text || e.From != language.English || e.To != language.Spanish ||
		e.Origin != chat.MemoryCorrection || e.By != got.By.Name || e.Site != "shop" {
		t.Errorf("remembered %+v", e)
	}
	again := decode[chat.Message](agent.call(chat.CallRetry, map[string]any{"conversation": id, "seq": 2, "language": "es"}).OK)
	if !reflect.DeepEqual(again.Translations[language.Spanish], got) || again.Rev != m.Rev {
		t.Errorf("trying again made it %+v", again.Translations)
	}
	undo := map[string]any{"conversation": id, "seq": 2, "language": "es", "undo": true}
	back := decode[chat.Message](agent.call(chat.CallCorrect, undo).OK).Translations[language.Spanish]
	if !reflect.DeepEqual(back, *got.Was) {
		t.Errorf("taken back to %+v, want %+v", back, *got.Was)
	}
	visitor.entryOf(2, language.Spanish, func(e chat.Translation) bool { return e.By.Kind == chat.ByEngine && e.Text == back.Text })
	if e := <-memory.entries; e.Site != "shop forgets" || e.Source != "Your parcel 4711" || e.Target != got.Text || e.Origin != chat.MemoryCorrection {
		t.Errorf("forgotten %+v", e)
	}
	if r := agent.call(chat.CallCorrect, undo); r.Error == nil || r.Error.Code != chat.BadState {
		t.Errorf("taken back twice: %+v", r)
	}
}

// TestTakenBackIsOnesOwn: who says what he takes back leaves alone what a colleague has said in its place meanwhile, and is told so.
func TestTakenBackIsOnesOwn(t *testing.T) {
	memory := heardMemory{entries: make(chan chat.MemoryEntry, 16)}
	h := newHouse(t, Options{Memory: memory})
	_, agent, id := h.answered(t)
	fields := func(text string, undo bool) map[string]any {
		return map[string]any{"conversation": id, "seq": 2, "language": "es", "text": text, "undo": undo}
	}
	heard := func(site, text string) {
		t.Helper()
		for e := range memory.entries {
			// Whoever was remembered, and replaced before that was looked at once more, is forgotten, too.
			if e.Site == "shop forgets" && e.Target != text {
				continue
			}
			if e.Site != site || e.Target != text {
				t.Fatalf("%s: heard %+v, want %q", site, e, text)
			}
			return
		}
	}
	correct := func(p *peer, text string) {
		t.Helper()
		if r := p.call(chat.CallCorrect, fields(text, false)); r.Error != nil {
			t.Fatal(r.Error)
		}
		heard("shop", text)
	}
	h.colleague("Bo")
	correct(agent, "Su paquete 4711")
	correct(h.hello(t, "Bo"), "Tu paquete 4711")
	if r := agent.call(chat.CallCorrect, fields("Su paquete 4711", true)); r.Error == nil || r.Error.Code != chat.Conflict || r.Error.Text == "" {
		t.Fatalf("a colleague's correction was taken back: %+v", r)
	}
	if r := decode[chat.HistoryOK](agent.call(chat.CallHistory, map[string]any{"conversation": id}).OK); r.Messages[1].Translations[language.Spanish].Text != "Tu paquete 4711" {
		t.Fatalf("there stands %+v", r.Messages[1].Translations)
	}
	correct(agent, "El paquete 4711")
	r := agent.call(chat.CallCorrect, fields(" El paquete 4711 ", true))
	if r.Error != nil {
		t.Fatal(r.Error)
	}
	if back := decode[chat.Message](r.OK).Translations[language.Spanish]; back.Text != "Tu paquete 4711" || back.By.Name != "Bo" {
		t.Errorf("taken back to %+v", back)
	}
	heard("shop forgets", "El paquete 4711")
}

// slowMemory remembers when it may.
type slowMemory struct {
	heardMemory
	may chan struct{}
}

func (m slowMemory) Remember(ctx context.Context, e chat.MemoryEntry) error {
	<-m.may
	return m.heardMemory.Remember(ctx, e)
}

// TestTakenBackBeforeItIsRemembered: a correction that is taken back while the memory is slow is not in it afterwards.
func TestTakenBackBeforeItIsRemembered(t *testing.T) {
	memory := slowMemory{heardMemory{entries: make(chan chat.MemoryEntry, 16)}, make(chan struct{})}
	h := newHouse(t, Options{Memory: memory})
	_, agent, id := h.answered(t)
	for _, fields := range []map[string]any{
		{"conversation": id, "seq": 2, "language": "es", "text": "Su paquete 4711"},
		{"conversation": id, "seq": 2, "language": "es", "undo": true},
	} {
		if r := agent.call(chat.CallCorrect, fields); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	first := <-memory.entries
	close(memory.may)
	for _, want := range []string{"shop", "shop forgets"} {
		if e := <-memory.entries; first.Site != "shop forgets" || e.Site != want || e.Target != "Su paquete 4711" {
			t.Errorf("%s, then %s: %+v", first.Site, e.Site, e)
		}
	}
}

// TestFlagged: the agents see that a translation is called wrong, and why, in the line and in the row; the visitor is told nothing that is theirs.
func TestFlagged(t *testing.T) {
	h := newHouse(t, Options{})
	visitor, agent, id := h.answered(t)
	flag := map[string]any{"conversation": id, "seq": 2, "language": "es", "comment": "¿paquete?"}
	for range 2 {
		if r := visitor.call(chat.CallFlag, flag); r.Error != nil {
			t.Fatal(r.Error)
		}
	}
	flagged := func(e chat.Translation) bool { return e.Flagged }
	if e := agent.entryOf(2, language.Spanish, flagged); e.FlagComment != "¿paquete?" {
		t.Errorf("the agent was told %+v", e)
	}
	if e := visitor.entryOf(2, language.Spanish, flagged); e.FlagComment != "" {
		t.Errorf("the visitor was told %+v", e)
	}
	row := func() chat.Conversation {
		return decode[chat.InboxOK](agent.call(chat.CallInbox, nil).OK).Conversations[0]
	}
	if r := row(); r.Flagged != 1 || r.Last.Translations[language.Spanish].FlagComment != "¿paquete?" {
		t.Errorf("the row: %d flagged, last %+v", r.Flagged, r.Last.Translations)
	}
	for _, call := range []chat.CallName{chat.CallHistory, chat.CallSync} {
		if r := visitor.call(call, map[string]any{"conversation": id, "since": 0}); r.Error != nil || strings.Contains(string(r.OK), "paquete?") || strings.Contains(string(r.OK), "flag_comment") {
			t.Errorf("%s tells the visitor %s", call, r.OK)
		}
	}
	// An engine that says the same again changes nothing: it is still called wrong. A correction ends it.
	m := decode[chat.Message](agent.call(chat.CallRetry, map[string]any{"conversation": id, "seq": 2, "language": "es"}).OK)
	if e := m.Translations[language.Spanish]; !e.Flagged || e.State != chat.TranslationDone {
		t.Errorf("tried again: %+v", e)
	}
	m = decode[chat.Message](agent.call(chat.CallCorrect, map[string]any{"conversation": id, "seq": 2, "language": "es", "text": "Su paquete 4711"}).OK)
	if e := m.Translations[language.Spanish]; e.Flagged || e.FlagComment != "" || row().Flagged != 0 {
		t.Errorf("corrected: %+v", e)
	}
}

// learner says something else whenever it is asked again.
type learner struct{ n atomic.Int32 }

func (l *learner) Translate(_ context.Context, u chat.Untranslated) chat.Translation {
	l.n.CompareAndSwap(0, 1)
	if u.Again {
		l.n.Add(1)
	}
	return chat.Translation{State: chat.TranslationDone, Text: strings.Repeat(u.Text+" ", int(l.n.Load())), By: chat.By{Kind: chat.ByEngine, Name: "learner"}, Quality: chat.QualityFull}
}

// TestRetryOfWhatIsFlagged: another text takes the place of the one that was called wrong, and nothing is pending meanwhile.
func TestRetryOfWhatIsFlagged(t *testing.T) {
	h := newHouse(t, Options{Translator: &learner{}})
	visitor, agent, id := h.answered(t)
	if r := visitor.call(chat.CallFlag, map[string]any{"conversation": id, "seq": 2, "language": "es"}); r.Error != nil {
		t.Fatal(r.Error)
	}
	was := visitor.entryOf(2, language.Spanish, func(e chat.Translation) bool { return e.Flagged })
	m := decode[chat.Message](agent.call(chat.CallRetry, map[string]any{"conversation": id, "seq": 2, "language": "es"}).OK)
	now := m.Translations[language.Spanish]
	if now.Flagged || now.State != chat.TranslationDone || now.Text == was.Text {
		t.Errorf("tried again: %+v", now)
	}
	visitor.entryOf(2, language.Spanish, func(e chat.Translation) bool { return reflect.DeepEqual(e, now) })
}

// slowAnswer answers when it is told to.
type slowAnswer struct{ go_ chan struct{} }

func (s slowAnswer) Translate(ctx context.Context, u chat.Untranslated) chat.Translation {
	<-s.go_
	return echo{}.Translate(ctx, u)
}

// TestCorrectionBeforeTheEngine: who is quicker than the engine keeps his text.
func TestCorrectionBeforeTheEngine(t *testing.T) {
	slow := slowAnswer{make(chan struct{})}
	h := newHouse(t, Options{Translator: slow})
	visitor, agent := h.hello(t, "es"), h.hello(t, "agent")
	id := decode[chat.SendOK](visitor.call(chat.CallSend, map[string]any{"key": chat.NewID(), "text": "hola"}).OK).Conversation
	agent.call(chat.CallOpen, map[string]any{"conversation": id})
	agent.call(chat.CallSend, map[string]any{"key": chat.NewID(), "conversation": id, "text": "hello"})
	r := agent.call(chat.CallCorrect, map[string]any{"conversation": id, "seq": 2, "language": "es", "text": "buenas"})
	if r.Error != nil {
		t.Fatal(r.Error)
	}
	close(slow.go_)
	until(t, 20*time.Second, "the engine has answered", func() bool { return h.hub.translations.waiting() == 0 })
	got := decode[chat.HistoryOK](visitor.call(chat.CallHistory, map[string]any{"conversation": id}).OK)
	if e := got.Messages[1].Translations[language.Spanish]; e.Text != "buenas" || e.By.Kind != chat.ByAgent {
		t.Errorf("the engine won: %+v", e)
	}
}

// TestWhoMayCorrectAndFlag: each side has its own, of what it can see.
func TestWhoMayCorrectAndFlag(t *testing.T) {
	h := newHouse(t, Options{TextLimit: 40})
	visitor, agent, id := h.answered(t)
	other := h.hello(t, "fr")
	for _, c := range []struct {
		who  *peer
		call chat.CallName
		more map[string]any
		want chat.Code
	}{
		{visitor, chat.CallCorrect, nil, chat.UnknownCall},
		{visitor, chat.CallRetry, nil, chat.UnknownCall},
		{agent, chat.CallFlag, nil, chat.UnknownCall},
		{other, chat.CallFlag, nil, chat.NotFound},
		{agent, chat.CallCorrect, map[string]any{"language": "und"}, chat.BadLanguage},
		{agent, chat.CallCorrect, map[string]any{"text": " \n"}, chat.Empty},
		{agent, chat.CallCorrect, map[string]any{"text": strings.Repeat("é", 41)}, chat.TooLong},
		{agent, chat.CallCorrect, map[string]any{"seq": 99}, chat.NotFound},
		{agent, chat.CallCorrect, map[string]any{"conversation": chat.NewID()}, chat.NotFound},
		{agent, chat.CallRetry, map[string]any{"seq": -1}, chat.NotFound},
		{visitor, chat.CallFlag, map[string]any{"language": "x!"}, chat.BadLanguage},
		{visitor, chat.CallFlag, map[string]any{"comment": strings.Repeat("é", chat.MaxFlagComment+1)}, chat.TooLong},
		{visitor, chat.CallFlag, map[string]any{"seq": 99}, chat.NotFound},
		{visitor, chat.CallFlag, map[string]any{"comment": strings.Repeat("é", chat.MaxFlagComment)}, ""},
		{agent, chat.CallCorrect, map[string]any{"text": strings.Repeat("é", 40)}, ""},
	} {
		fields := map[string]any{"conversation": id, "seq": 2, "language": "es", "text": "x"}
		for k, v := range c.more {
			fields[k] = v
		}
		r := c.who.call(c.call, fields)
		got := chat.Code("")
		if r.Error != nil {
			got = r.Error.Code
		}
		if got != c.want {
			t.Errorf("%s %v: %q, want %q", c.call, c.more, got, c.want)
		}
	}
}

// TestCorrectionOnAnotherNode: the agent corrects on one node, the visitor reads it on the other; his flag goes the other way.
func TestCorrectionOnAnotherNode(t *testing.T) {
	t.Parallel()
	w, _, _ := twoNodes(t)
	visitor, agent := w.client(0, "visitor0"), w.client(1, "agent")
	id := visitor.line("¿Tienen esta taza?", "")
	agent.call(chat.CallOpen, map[string]any{"conversation": id})
	agent.line("Yes, in blue.", id)
	reads := func(c *testClient, what string, fits func(chat.Message, chat.Translation) bool) {
		t.Helper()
		until(t, 30*time.Second, what, func() bool {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, m := range c.talk(id).rows {
				if m.Text == "Yes, in blue." && fits(m, m.Translations[language.Spanish]) {
					return true
				}
			}
			return false
		})
	}
	seq := int64(0)
	reads(visitor, "the answer is translated", func(m chat.Message, e chat.Translation) bool {
		seq = m.Seq
		return isDone(e)
	})
	if r := visitor.call(chat.CallFlag, map[string]any{"conversation": id, "seq": seq, "language": "es", "comment": "¿azul?"}); r.Error != nil {
		t.Fatal(r.Error)
	}
	reads(agent, "the agent sees the flag", func(_ chat.Message, e chat.Translation) bool { return e.Flagged && e.FlagComment == "¿azul?" })
	reads(visitor, "the visitor sees his flag", func(_ chat.Message, e chat.Translation) bool { return e.Flagged && e.FlagComment == "" })
	if r := agent.call(chat.CallCorrect, map[string]any{"conversation": id, "seq": seq, "language": "es", "text": "Sí, en azul."}); r.Error != nil {
		t.Fatal(r.Error)
	}
	for _, c := range []*testClient{visitor, agent} {
		reads(c, "the correction", func(_ chat.Message, e chat.Translation) bool {
			return e.Text == "Sí, en azul." && e.By.Same(chat.By{Kind: chat.ByAgent, Name: "Ada"}) && !e.Flagged
		})
		c.hangUp()
	}
}

// TestFlagTakesUpWhatIsPending: whoever changes a line has its claim, and with it what is pending on it in other languages.
func TestFlagTakesUpWhatIsPending(t *testing.T) {
	st, err := store.Open(t.Context(), store.Options{Database: filepath.Join(t.TempDir(), "dragoman.db"), Create: true, TranslationLease: time.Hour, Log: zerolog.Nop()}) // no sweep finds it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w := polyglot(t, st, 1)
	visitor, agent := w.client(0, "visitor"), w.client(0, "agent")
	id, _ := visitor.says(t, "", "hello, where is my parcel?")
	_, line := agent.says(t, id, "It left Valencia yesterday.")
	for _, to := range []language.Tag{language.Spanish, language.French} { // the hub is not told, as if it had forgotten
		if _, err := st.Want(t.Context(), id, []int64{line.Seq}, chat.Reader{Language: to}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.SetTranslation(t.Context(), id, line.Seq, language.Spanish, chat.Translation{State: chat.TranslationDone, Text: "Salió ayer."}); err != nil {
		t.Fatal(err)
	}
	if r := visitor.call(chat.CallFlag, map[string]any{"conversation": id, "seq": line.Seq, "language": "es"}); r.Error != nil {
		t.Fatal(r.Error)
	}
	until(t, time.Minute, "the line is there in French", func() bool {
		page, err := st.History(t.Context(), id, line.Seq+1, 1, false)
		return err == nil && page[0].Translations[language.French].State == chat.TranslationDone
	})
	for _, c := range []*testClient{visitor, agent} {
		c.hangUp()
	}
}
