package translate

import (
	"errors"
	"time"
)

// Figures hear what happens in a pipeline, for who counts it. Their methods are called from many goroutines and must return at once.
type Figures interface {
	// Called tells of one call of an engine: what came of it (empty: an answer that holds), how long it took, and the characters that it cost or would
	// cost.
	Called(engine string, p Pair, failure ErrorKind, took time.Duration, characters int)
	// Known tells of a line that needed no engine: it was found at this level.
	Known(l Level)
	// Rejected tells of an answer that did not hold, and by which rule.
	Rejected(engine, rule string)
}

// Level is where a translation was known from.
type Level string

// The levels.
const (
	LevelMemory Level = "memory" // the site's translation memory
	LevelCache  Level = "cache"  // this node's cache
	LevelStore  Level = "store"  // the cache that all nodes share
)

// silent is Figures for who does not count.
type silent struct{}

func (silent) Called(string, Pair, ErrorKind, time.Duration, int) {}
func (silent) Known(Level)                                        {}
func (silent) Rejected(string, string)                            {}

// kindOrNone is KindOf, and nothing for no error.
func kindOrNone(err error) ErrorKind {
	if err == nil {
		return ""
	}
	return KindOf(err)
}

// ruleOf returns the rule that an answer broke.
func ruleOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Rule != "" {
		return e.Rule
	}
	return "other"
}
