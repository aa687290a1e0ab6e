package main

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"

	"golang.org/x/text/language"
)

// TestSixShoppers plays all of them without pauses against a real server, whose agent answers each line.
func TestSixShoppers(t *testing.T) {
	binary, err := process.Build(t.Context(), t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	cast := cast()
	engine := httptest.NewServer(newEngine(cast))
	t.Cleanup(engine.Close)
	program := &process.Program{Binary: binary, Data: t.TempDir()}
	server, err := program.Serve("--demo", "--engine", "libretranslate", "--libretranslate-url", engine.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Errorf("the server did not end well: %v\n%s", err, program.Tail())
		}
	})
	emma := sitDown(t, server.URL, program)
	o := options{
		server: server.URL, site: "demo", shop: "http://shop.localhost/demo", secret: secret(t, program), seed: 1, patience: time.Minute,
		say: func(who, what string) { t.Log(who, what) },
	}
	if err := o.play(t.Context(), cast); err != nil {
		t.Fatal(err)
	}
	for _, s := range cast {
		emma.wait(s.name+" is there as far as the agent sees", func(row chat.Conversation) bool {
			v := row.Visitor
			rate := s.steps[len(s.steps)-1].rate
			return v.Name == s.name && v.Verified == s.signed && v.TimeZone == s.zone && v.Attributes["order"] == s.order &&
				(rate == 0 || row.State == chat.StateResolved && row.Rating != nil && row.Rating.Score == rate)
		})
		for _, step := range s.steps {
			if step.said == "" {
				continue
			}
			emma.waitLine(step.said+" has come as "+step.en, func(m chat.Message) bool {
				return m.Text == step.said && (step.en == step.said || m.Translations[language.English].Text == step.en) && (step.file == "") == (len(m.Attachments) == 0)
			})
		}
	}
	for _, tag := range []string{"pt-BR", "de-DE", "ar", "ja", "fr-FR", "es-MX"} {
		emma.waitLine("an answer was translated into "+tag, func(m chat.Message) bool {
			return m.Author.Kind == chat.KindAgent && m.Translations[language.Make(tag)].State == chat.TranslationDone
		})
	}
}

// desk is the agent.
type desk struct {
	*client.Client
	t *testing.T
}

// sitDown has Emma follow every conversation and answer every line of a shopper.
func sitDown(t *testing.T, server string, program *process.Program) *desk {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(program.Data, "demo-agents.json"))
	if err != nil {
		t.Fatal(err)
	}
	var agents []struct{ Email, Password string }
	if err := json.Unmarshal(text, &agents); err != nil || len(agents) == 0 {
		t.Fatal(err, len(agents))
	}
	news := make(chan client.Event, 1000)
	d := &desk{t: t, Client: client.New(client.Options{Server: server, Email: agents[0].Email, Password: agents[0].Password, Event: func(ev client.Event) { news <- ev }})}
	ctx, end := context.WithCancel(context.Background())
	var work sync.WaitGroup
	t.Cleanup(func() { end(); work.Wait() })
	work.Go(func() { _ = d.Run(ctx) })
	work.Go(func() { d.answer(ctx, news) })
	if _, err := d.Inbox(ctx, chat.Inbox{}); err != nil {
		t.Fatal(err)
	}
	return d
}

// answer follows what is new in the inbox, and answers each conversation whose last word is a shopper's.
func (d *desk) answer(ctx context.Context, news <-chan client.Event) {
	answered := map[string]int64{}
	for {
		select {
		case ev := <-news:
			for _, row := range ev.Conversations {
				if _, follows := answered[row.ID]; !follows && d.Follow(ctx, row.ID) == nil {
					answered[row.ID] = 0
				}
			}
		case <-ctx.Done():
			return
		}
		for id, last := range answered {
			for _, m := range d.Room(id).Messages {
				if m.Author.Kind == chat.KindVisitor && m.Kind == chat.MessageLine && m.Seq > last {
					answered[id] = m.Seq
					d.Send(client.NewLine(id, "We look after order 4711 today."))
				}
			}
		}
	}
}

func (d *desk) wait(what string, see func(chat.Conversation) bool) {
	d.t.Helper()
	d.until(what, func() bool { return d.Listed(see) })
}

func (d *desk) waitLine(what string, see func(chat.Message) bool) {
	d.t.Helper()
	d.until(what, func() bool { return d.Any(func(_ string, m chat.Message) bool { return see(m) }) })
}

func (d *desk) until(what string, cond func() bool) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Minute)
	defer cancel()
	if err := d.Wait(ctx, cond); err != nil {
		d.t.Fatalf("it never came true that %s", what)
	}
}

// secret is the demo's identity secret.
func secret(t *testing.T, program *process.Program) string {
	t.Helper()
	out, err := program.Command(t.Context(), "", "site", "show", "demo", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var site struct {
		Secret string `json:"identity_secret"`
	}
	if err := json.Unmarshal(out, &site); err != nil || site.Secret == "" {
		t.Fatalf("%v: %s", err, out)
	}
	return site.Secret
}
