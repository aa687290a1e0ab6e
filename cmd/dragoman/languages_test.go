package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"

	"golang.org/x/text/language"
)

// online runs a client until the test ends.
func online(t *testing.T, ctx context.Context, o client.Options) *client.Client {
	t.Helper()
	c := client.New(o)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	if err := c.Online(ctx); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLanguageIsNoticed is the story as the whole program lives it, with a real engine: a browser says English, its owner writes Spanish twice, the agent's answer
// reaches him in Spanish, and after a restart that is still known, and why.
func TestLanguageIsNoticed(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	s := serve(t, "", "--engine", "apertium")
	key := addSite(t, "--data", s.data)
	good(t, "a password of mine", "agent", "add", "ana@a.example", "--name", "Ana", "--language", "en", "--data", s.data)
	visitor := online(t, ctx, client.Options{Server: s.Public, Site: key, Languages: []string{"en-US", "en"}})
	agent := online(t, ctx, client.Options{Server: s.Public, Email: "ana@a.example", Password: "a password of mine"})
	say := func(c *client.Client, conversation, text string) {
		t.Helper()
		if _, err := c.Send(client.NewLine(conversation, text)).Wait(ctx); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	row := func(c *client.Client, id string) chat.Conversation {
		if r := c.Room(id).Row; r != nil {
			return *r
		}
		return chat.Conversation{}
	}
	say(visitor, "", "hola buenas")
	id := visitor.Conversations()[0]
	if err := agent.Follow(ctx, id); err != nil {
		t.Fatal(err)
	}
	if r := row(agent, id); r.Language.String() != "en-US" || r.Visitor.LanguageReason != chat.LanguageBrowser {
		t.Errorf("after one short line the conversation is in %s (%s)", r.Language, r.Visitor.LanguageReason)
	}
	say(visitor, id, "ok")
	say(visitor, id, "quiero cambiar la camisa")
	if err := agent.Wait(ctx, func() bool { return row(agent, id).Language == language.Spanish }); err != nil {
		t.Fatalf("the conversation is still in %s", row(agent, id).Language)
	}
	if why := row(agent, id).Visitor.LanguageReason; why != chat.LanguageWritten {
		t.Errorf("the reason is %q", why)
	}
	say(agent, id, "The shirt is white.")
	inSpanish := func(text string) func() bool {
		return func() bool {
			return visitor.Any(func(_ string, m chat.Message) bool {
				return strings.Contains(strings.ToLower(m.Translations[language.Spanish].Text), text)
			})
		}
	}
	if err := visitor.Wait(ctx, inSpanish("camisa es blanca")); err != nil {
		t.Fatalf("no answer in Spanish: %+v", visitor.Room(id).Messages)
	}
	say(visitor, id, "thx")
	if r := row(agent, id); r.Language != language.Spanish {
		t.Errorf("after thx the conversation is in %s", r.Language)
	}

	token := visitor.Token()
	if code := s.end(); code != exitOK {
		t.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
	again := serve(t, s.data, "--engine", "apertium")
	session, err := client.NewSession(ctx, again.Public, "", chat.SessionRequest{Site: key, Token: token, Languages: []string{"en-US", "en"}})
	if err != nil || session.Language != language.Spanish {
		t.Errorf("after a restart he reads %s, %v", session.Language, err)
	}
	if session.Visitor.LanguageReason != "" || session.Conversations[0].Visitor.LanguageReason != "" {
		t.Error("the visitor is told what is meant for agents")
	}
}
