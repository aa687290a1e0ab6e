package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/language"
)

// TestPrepare: each direction of two languages is prepared once in a while, none of one language; a failure takes nothing with it.
func TestPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var asked []string
		h := New(Options{Store: newMemStore(), Prepare: func(_ context.Context, from, to language.Tag) error {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, from.String()+">"+to.String())
			return errors.New("not installed")
		}})
		prepared := func() []string {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			slices.Sort(asked)
			was := asked
			asked = nil
			return was
		}
		h.Prepare(language.Spanish, language.English)
		if got := prepared(); !slices.Equal(got, []string{"en>es", "es>en"}) {
			t.Errorf("prepared %v", got)
		}
		h.Prepare(language.English, language.Spanish)
		h.Prepare(language.BrazilianPortuguese, language.EuropeanPortuguese)
		if got := prepared(); len(got) != 0 {
			t.Errorf("prepared %v again, or within one language", got)
		}
		time.Sleep(preparedFor)
		h.Prepare(language.English, language.Spanish)
		if got := prepared(); len(got) != 2 {
			t.Errorf("prepared %v after a while", got)
		}
		h.tasks.wait()
	})
}

// TestPrepareIsBounded: while as many as may are being prepared nobody waits, and what is remembered does not grow without end.
func TestPrepareIsBounded(t *testing.T) {
	var p prepared
	for i := range 3 * preparedPairs {
		d := direction{from: language.English, to: language.Make(fmt.Sprintf("en-x-%d", i))}
		if !p.take(d, time.Second) {
			t.Fatalf("pair %d is not prepared", i)
		}
		if p.take(d, time.Second) {
			t.Fatalf("pair %d is prepared twice", i)
		}
		p.done()
		if len(p.at) > preparedPairs {
			t.Fatalf("%d pairs are remembered", len(p.at))
		}
	}
	for range preparedAtOnce {
		p.take(direction{from: language.German, to: language.Make(fmt.Sprintf("de-x-%d", p.running))}, time.Second)
	}
	if p.take(direction{from: language.French, to: language.German}, time.Second) {
		t.Error("one more was prepared at the same time")
	}
	p.done()
	if !p.take(direction{from: language.French, to: language.German}, time.Second) {
		t.Error("what was not prepared counts as prepared")
	}
}
