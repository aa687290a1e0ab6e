package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"
)

const (
	// rowsTogether is how many conversations are put in at once: the store commits what waits in one group.
	rowsTogether = 64
	// fillTime is how long filling may take. It takes two seconds on a quiet machine.
	fillTime = 5 * time.Minute
)

// rowTongues are what the conversations of fillInbox are in, in turn. Each line is translated already: a server that found thousands without would be busy with them.
var rowTongues = []struct {
	language, name, line, english string
}{
	{"es", "Lucía Fernández", "Buenos días, ¿dónde está mi pedido 2026-114477?", "Good morning, where is my order 2026-114477?"},
	{"de", "Jonas Müller", "Guten Tag, die Tasse kam mit einem Sprung an.", "Good day, the cup arrived with a crack."},
	{"ja", "佐藤 花子", "注文した商品はいつ届きますか？", "When will what I ordered arrive?"},
	{"ar", "ليلى حداد", "مرحبا، أين وصل طلبي؟", "Hello, where is my order now?"},
	{"fr", "Chloé Dubois", "Bonjour, je voudrais échanger la taille.", "Good day, I would like to exchange the size."},
	{"pt-BR", "João Pereira", "Oi, o cupom de desconto não funciona.", "Hi, the discount coupon does not work."},
}

// serveFilled runs a server with the demo and n conversations with a line each. They are numbered in the names; every fifth is the agent's with this mail address, and every
// third has a full basket.
func serveFilled(tb testing.TB, n int, email string, args ...string) *serving {
	tb.Helper()
	return filled(tb, serve(tb, "", args...), n, email, args...)
}

// filled is the same for a server that runs already. It ends, and is returned with other ports: a server is alone in writing to its file, and two who write keep each other
// out.
func filled(tb testing.TB, s *serving, n int, email string, args ...string) *serving {
	tb.Helper()
	if code := s.end(); code != exitOK {
		tb.Fatalf("the server ended with code %d: %s", code, s.stderr)
	}
	fillInbox(tb, s.data, n, email)
	return serve(tb, s.data, args...)
}

// fillInbox puts them into the database in a data folder, beside which no server runs.
func fillInbox(tb testing.TB, data string, n int, email string) {
	tb.Helper()
	db, err := store.Open(tb.Context(), store.Options{Database: filepath.Join(data, databaseFile), Log: zerolog.Nop()})
	if err != nil {
		tb.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	}()
	agent, _, err := db.AgentByEmail(tb.Context(), email)
	if err != nil {
		tb.Fatal(err)
	}
	// The store's own patience is that of somebody who waits for an answer; nobody waits here.
	patient, cancel := context.WithTimeout(tb.Context(), fillTime)
	defer cancel()
	group, ctx := errgroup.WithContext(patient)
	group.SetLimit(rowsTogether)
	for i := range n {
		group.Go(func() error { return oneRow(ctx, db, i, agent) })
	}
	if err := group.Wait(); err != nil {
		tb.Fatal(err)
	}
	// What is indexed already is not indexed beside what a test looks at.
	if err := store.NewIndexer(store.IndexerOptions{Store: db, Log: zerolog.Nop()}).CatchUp(patient); err != nil {
		tb.Fatal(err)
	}
}

func oneRow(ctx context.Context, db *store.Store, i int, agent chat.Agent) error {
	who := rowTongues[i%len(rowTongues)]
	tag := language.MustParse(who.language)
	token := [32]byte{0: 0xf1}
	binary.BigEndian.PutUint64(token[1:], uint64(i))
	v, err := db.AddVisitor(ctx, chat.NewVisitor{Site: demoKey, Token: token, Language: tag})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s %d", who.name, i)
	said := chat.Hearsay{Name: &name}
	if i%3 == 0 {
		said.Cart = &chat.Cart{Currency: "EUR", Total: 100}
		for n := range chat.MaxCartItems {
			said.Cart.Items = append(said.Cart.Items, chat.Item{Name: fmt.Sprintf("A cup of the %dth kind, blue, with a handle for the left hand", n), Quantity: 1, Price: 2})
		}
	}
	if v, _, err = db.Hear(ctx, v.ID, said); err != nil {
		return err
	}
	posted, err := db.Append(ctx, chat.Post{Site: demoKey, Author: v.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: who.line, Language: tag})
	if err != nil {
		return err
	}
	_, err = db.SetTranslation(ctx, posted.Conversation, posted.Message.Seq, language.English, chat.Translation{Text: who.english, State: chat.TranslationDone,
		By: chat.By{Kind: chat.ByEngine, Name: "libretranslate"}, Quality: chat.QualityFull, At: posted.Message.At})
	if err != nil || i%5 != 0 {
		return err
	}
	_, err = db.Change(ctx, posted.Conversation, chat.Change{By: agent.Participant(), Assignee: &agent.ID})
	return err
}
