package translate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync/atomic"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
)

// The second level of the cache is in the store: it survives a restart, and all nodes share it. It is asked on a miss of the first, for engines that are
// slower than a database, and may only help: it is given a moment to answer, written in the background, and left alone for a while when it fails.
const (
	// DefaultAnswersTTL is how long an answer stays that is of no use to anybody.
	DefaultAnswersTTL = 30 * 24 * time.Hour
	// DefaultAnswers is how many answers are kept in all; with MaxAnswerBytes it bounds the table. A usual answer takes some 200 bytes.
	DefaultAnswers = 500_000
	// MaxAnswerBytes is the longest answer that is kept.
	MaxAnswerBytes = 4096

	answerPatience = 100 * time.Millisecond // for a look
	answersRest    = 5 * time.Second        // after a failure
	answersFresh   = 24 * time.Hour         // how long a use is remembered without being written down
	answersQueue   = 1024                   // answers that wait to be written; more are dropped
	answersBatch   = 200                    // in one transaction
	answersEvery   = time.Second            // the longest that one waits to be written
	writePatience  = 5 * time.Second
	sweepEvery     = time.Hour
)

// answersEpoch is part of every key. It is raised when what an answer means changes: marks, masks, rules.
const answersEpoch = 1

// answers is the second level. A nil *answers holds nothing.
type answers struct {
	store Store
	log   zerolog.Logger
	now   func() time.Time
	ttl   time.Duration
	rows  int
	queue chan chat.Answer
	rests atomic.Int64 // until when, in ns since 1970, the store is left alone
}

func newAnswers(o *Options) *answers {
	if o.Store == nil || o.Answers < 0 {
		return nil
	}
	return &answers{store: o.Store, log: o.Log, now: o.now, ttl: o.AnswersTTL, rows: o.Answers, queue: make(chan chat.Answer, answersQueue)}
}

// hash is the key in the store: nobody can read out of it what was said, and no two sites have one in common.
func (k key) hash() [32]byte {
	h := sha256.New()
	b := binary.AppendUvarint(nil, answersEpoch)
	for _, part := range []string{k.site, k.engine, k.config, k.from, k.to, k.formality, k.context, k.terms, k.kinds, k.text} {
		b = append(binary.AppendUvarint(b, uint64(len(part))), part...)
	}
	h.Write(b)
	return [32]byte(h.Sum(nil))
}

// get looks for an answer; a store that does not answer at once has none.
func (a *answers) get(ctx context.Context, k key) (string, bool) {
	if a == nil || k.quick || a.now().UnixNano() < a.rests.Load() {
		return "", false
	}
	look, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	found, err := a.store.Answer(look, k.hash())
	switch {
	case chat.CodeOf(err) == chat.NotFound, err != nil && ctx.Err() != nil: // the latter: who asked has gone, and the store is well
		return "", false
	case err != nil:
		a.rest()
		return "", false
	}
	if a.now().Sub(found.Used.Time()) > answersFresh {
		a.keep(found)
	}
	return found.Text, true
}

func (a *answers) rest() { a.rests.Store(a.now().Add(answersRest).UnixNano()) }

// set keeps an answer, soon.
func (a *answers) set(k key, text string) {
	if a == nil || k.quick || len(text) > MaxAnswerBytes {
		return
	}
	a.keep(chat.Answer{Hash: k.hash(), Site: k.site, Text: text})
}

func (a *answers) keep(one chat.Answer) {
	one.Used = chat.TimeOf(a.now())
	select {
	case a.queue <- one:
	default: // it is only a cache
	}
}

// run writes what waits, until ctx ends; what waits then is written too.
func (a *answers) run(ctx context.Context) {
	tick, sweep := time.NewTicker(answersEvery), time.NewTicker(sweepEvery)
	defer tick.Stop()
	defer sweep.Stop()
	var batch []chat.Answer
	for {
		select {
		case <-ctx.Done():
			a.write(context.WithoutCancel(ctx), a.left(batch))
			return
		case one := <-a.queue:
			if batch = append(batch, one); len(batch) < answersBatch {
				continue
			}
		case <-tick.C:
		case <-sweep.C:
			a.sweep(ctx)
		}
		a.write(ctx, batch)
		batch = nil
	}
}

// left is a batch with what is left in the queue.
func (a *answers) left(batch []chat.Answer) []chat.Answer {
	for {
		select {
		case one := <-a.queue:
			batch = append(batch, one)
		default:
			return batch
		}
	}
}

func (a *answers) write(ctx context.Context, batch []chat.Answer) {
	if len(batch) == 0 || a.now().UnixNano() < a.rests.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, writePatience)
	defer cancel()
	if err := a.store.KeepAnswers(ctx, batch); err != nil {
		a.rest()
		a.log.Debug().Err(err).Int("answers", len(batch)).Msg("cannot keep answers of engines; they are only a cache")
	}
}

// sweep takes out what is old, and the oldest where there are too many.
func (a *answers) sweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, writePatience)
	defer cancel()
	gone, err := a.store.SweepAnswers(ctx, chat.TimeOf(a.now().Add(-a.ttl)), a.rows)
	if err != nil && ctx.Err() == nil {
		a.log.Warn().Err(err).Msg("cannot sweep the cache of translations; trying again in an hour")
	}
	if gone > 0 {
		a.log.Debug().Int("answers", gone).Msg("swept the cache of translations")
	}
}
