package torture

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"

	"golang.org/x/text/language"
)

// children returns the processes below pid.
func children(t *testing.T, pid int) (all []int) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // the thread has ended meanwhile
		}
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, child)
			all = append(all, children(t, child)...)
		}
	}
	return all
}

// TestEngineDies: the engine's processes are killed again and again while lines are translated. No line is lost or waits for ever: each is told
// at once, and then translated or, in words, not; and the engine comes back by itself.
func TestEngineDies(t *testing.T) {
	besides(t)
	p, site := newProgram(t, "en")
	if _, err := p.AddAgent(t.Context(), "ana", []string{"en"}); err != nil {
		t.Fatal(err)
	}
	s := serve(t, p, "--engine", "apertium", "--limit", "sends_per_second=0")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	visitor := client.New(client.Options{Server: s.URL, Site: site, Languages: []string{"es"}})
	agent := client.New(client.Options{Server: s.URL, Email: "ana@example.com", Password: process.Password})
	for _, c := range []*client.Client{visitor, agent} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = c.Run(ctx)
		}()
		defer func() { <-done }()
		if err := c.Online(ctx); err != nil {
			t.Fatal(err)
		}
	}
	defer cancel()
	say := func(text string) {
		if _, err := visitor.Send(client.NewLine("", text)).Wait(ctx); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	say("La casa es blanca 0.")
	id := visitor.Conversations()[0]
	if err := agent.Follow(ctx, id); err != nil {
		t.Fatal(err)
	}
	lines := 1
	translated := func(ends ...chat.TranslationState) func() bool {
		return func() bool {
			n := 0
			for _, m := range agent.Room(id).Messages {
				state := m.Translations[language.English].State
				for _, end := range ends {
					if state == end {
						n++
					}
				}
			}
			return n >= lines
		}
	}
	killed := 0
	for range 5 {
		for range 6 {
			say(fmt.Sprintf("La casa es blanca y el perro es negro %d.", lines))
			lines++
		}
		for _, pid := range children(t, s.PID()) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err == nil {
				killed++
			} else if !errors.Is(err, syscall.ESRCH) {
				t.Fatal(err)
			}
		}
	}
	if killed == 0 {
		t.Fatal("there was nothing to kill: the test tests nothing")
	}
	if err := agent.Wait(ctx, translated(chat.TranslationDone, chat.TranslationFailed)); err != nil {
		t.Fatalf("lines still wait for their translation: %+v", agent.Room(id).Messages)
	}
	for i, m := range agent.Room(id).Messages {
		if e := m.Translations[language.English]; m.Seq != int64(i+1) || e.State == chat.TranslationFailed && e.Reason != chat.ReasonEngine {
			t.Errorf("line %d stands at %d: %+v", i+1, m.Seq, e)
		}
	}
	// The engine is back: what is said now is translated, sooner or later.
	back := func() bool {
		return agent.Any(func(_ string, m chat.Message) bool {
			return strings.HasPrefix(m.Text, "El gato") && m.Translations[language.English].State == chat.TranslationDone
		})
	}
	for i := 0; !back(); i++ {
		say(fmt.Sprintf("El gato duerme %d.", i))
		wait, stop := context.WithTimeout(ctx, time.Second)
		_ = agent.Wait(wait, back)
		stop()
		if ctx.Err() != nil {
			t.Fatal("the engine does not come back")
		}
	}
}
