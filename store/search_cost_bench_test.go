package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"

	"golang.org/x/text/language"
)

const (
	costRounds = 8
	costLines  = 1000
	// costPace is in lines a second, each with a translation: below the rush in which the index rests.
	costPace  = 80
	costTalks = 100
)

// BenchmarkIndexCost measures what search's index costs per 1,000 lines, each with a translation that comes later: two databases of each kind, of which one is
// indexed, are given the same lines in turn, round by round. What the index still has to do when the lines are there is in its round.
//
//	go test ./store -run '^$' -bench IndexCost -benchtime 1x -timeout 1h
func BenchmarkIndexCost(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			for b.Loop() {
				benchIndexCost(b, newCostly(b, kind.open(b), false), newCostly(b, kind.open(b), true))
			}
		})
	}
}

func benchIndexCost(b *testing.B, without, with *costly) {
	without.round(b) // both know their statements, and have their talks
	with.round(b)
	var plain, indexed, more, times []float64
	for range costRounds {
		p, i := without.round(b), with.round(b)
		plain, indexed, more, times = append(plain, p), append(indexed, i), append(more, i-p), append(times, i/p)
	}
	for _, m := range []struct {
		what string
		of   []float64
	}{{"without the index, CPU ms per 1,000 lines", plain}, {"with it", indexed}, {"the index itself", more}, {"times", times}} {
		slices.Sort(m.of)
		b.Logf("%-42s %8.2f (%.2f to %.2f)", m.what, (m.of[costRounds/2-1]+m.of[costRounds/2])/2, m.of[0], m.of[costRounds-1])
	}
}

// costly is a database that is given lines.
type costly struct {
	*shop
	index *store.Indexer // nil: none
	babel *babel
	r     *rand.Rand
	talks []*chatter
}

// chatter is somebody who writes in his language.
type chatter struct {
	visitor      chat.Visitor
	conversation string
	tongue       *tongue
}

func newCostly(b *testing.B, s *store.Store, indexed bool) *costly {
	c := &costly{shop: newShop(b, s), babel: newBabel(b), r: rand.New(rand.NewPCG(5, 5))}
	for i := range costTalks {
		t := c.babel.tongues[i%len(c.babel.tongues)]
		v, err := s.AddVisitor(b.Context(), chat.NewVisitor{Site: c.site.Key, Token: [32]byte{8, byte(i)}, Language: t.tag})
		must(b, err)
		c.talks = append(c.talks, &chatter{visitor: v, tongue: t})
	}
	if indexed {
		c.index = store.NewIndexer(store.IndexerOptions{Store: s})
		ctx, end := context.WithCancel(context.Background())
		over := make(chan error)
		go func() { over <- c.index.Run(ctx) }()
		b.Cleanup(func() {
			end()
			must(b, <-over)
		})
	}
	return c
}

// round gives it lines at its pace, and returns what they cost: processor time in ms per 1,000 of them, PostgreSQL's included.
func (c *costly) round(b *testing.B) float64 {
	before := cpu() + serverCPU(b, c.Store)
	tick := time.NewTicker(time.Second / costPace)
	defer tick.Stop()
	for i := range costLines {
		<-tick.C
		c.line(b, c.talks[i%costTalks])
	}
	for seldom := time.Tick(time.Second / 2); c.index != nil && !c.indexed(b); {
		<-seldom // asking costs something too
	}
	return (cpu() + serverCPU(b, c.Store) - before).Seconds() * 1000 * 1000 / costLines
}

func (c *costly) line(b *testing.B, who *chatter) {
	p := line(who.visitor, who.conversation, who.tongue.sentence(c.r))
	if p.Language = who.tongue.tag; c.r.IntN(8) == 0 {
		p.Text += " " + number(c.r)
	}
	posted := c.append(b, p)
	who.conversation = posted.Conversation
	c.tell(posted.Conversation)
	if who.tongue.tag == language.English {
		return
	}
	t := chat.Translation{Text: c.babel.english.sentence(c.r), State: chat.TranslationDone, By: chat.By{Kind: chat.ByEngine, Name: "e"}, Quality: chat.QualityFull}
	if _, err := c.SetTranslation(b.Context(), posted.Conversation, posted.Message.Seq, language.English, t); err != nil {
		b.Fatal(fmt.Errorf("a translation of %s: %w", who.tongue.tag, err))
	}
	c.tell(posted.Conversation)
}

func (c *costly) tell(conversation string) {
	if c.index != nil {
		c.index.Tell(conversation)
	}
}

// indexed tells whether the index knows everything.
func (c *costly) indexed(b *testing.B) bool {
	n, err := c.Int(b.Context(), `SELECT COUNT(*) FROM conversations c LEFT JOIN search_heads h ON h.conversation = c.id WHERE h.head IS NULL OR h.head <> c.head`)
	must(b, err)
	return n == 0
}
