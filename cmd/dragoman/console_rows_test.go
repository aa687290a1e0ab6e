package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
	"golang.org/x/text/language"
)

// rowsTogether is how many conversations are put in at once: the store commits what waits in one group.
const rowsTogether = 64

// rowTongues are what the conversations of fillInbox are in, in turn.
var rowTongues = []struct {
	language, name, line string
}{
	{"es", "Lucía Fernández", "Buenos días, ¿dónde está mi pedido 2026-114477?"},
	{"de", "Jonas Müller", "Guten Tag, die Tasse kam mit einem Sprung an."},
	{"ja", "佐藤 花子", "注文した商品はいつ届きますか？"},
	{"ar", "ليلى حداد", "مرحبا، أين وصل طلبي؟"},
	{"fr", "Chloé Dubois", "Bonjour, je voudrais échanger la taille."},
	{"pt-BR", "João Pereira", "Oi, o cupom de desconto não funciona."},
}

// fillInbox puts n conversations with a line each into the demo's site of a running server, straight into its database. They are numbered in the
// names; every fifth is the agent's with this mail address, and every third has a full basket.
func fillInbox(tb testing.TB, s *serving, n int, email string) {
	tb.Helper()
	db, err := store.Open(tb.Context(), store.Options{Database: filepath.Join(s.data, databaseFile), Log: zerolog.Nop()})
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
	group, ctx := errgroup.WithContext(tb.Context())
	group.SetLimit(rowsTogether)
	for i := range n {
		group.Go(func() error { return oneRow(ctx, db, i, agent) })
	}
	if err := group.Wait(); err != nil {
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
	if err != nil || i%5 != 0 {
		return err
	}
	_, err = db.Change(ctx, posted.Conversation, chat.Change{By: agent.Participant(), Assignee: &agent.ID})
	return err
}
