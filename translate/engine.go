package translate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Engine turns text of one language into another: a vendor's service, a server of one's own, or child processes.
// All methods may be called from many goroutines at once.
type Engine interface {
	// Name is what people read and configure: "apertium", "libretranslate".
	Name() string
	// Caps says what the engine can do now. It is asked for every line, so it must answer from memory; the pointer changes
	// when the answer does. An engine that is not installed or not configured returns an *Error of kind Unavailable.
	Caps(ctx context.Context) (*Caps, error)
	// Translate answers with exactly one result per segment, in order. It returns soon after ctx ends. Errors are *Error; a Response beside one has no
	// results, and in Billed what had been answered until then.
	Translate(ctx context.Context, r *Request) (*Response, error)
	// Close frees processes and sockets and waits for them.
	Close() error
}

// Metered is an engine that knows how much of what was paid for is used up.
type Metered interface {
	Usage(ctx context.Context) (Usage, error)
}

// Usage is a vendor's own count, in characters as the vendor counts them.
type Usage struct {
	Used, Limit int64
	// Until is when the count begins anew; zero if the vendor does not say.
	Until time.Time
}

// Warmer is an engine whose first line of a pair is slow, and which can prepare for it.
type Warmer interface {
	Warm(ctx context.Context, p Pair) error
}

// Class is how good an engine is for a pair: what a reader may expect, and whether it is on without being asked for.
type Class string

// The classes. A can be read as it stands, B gives the gist, C is a chain of two pairs and often misleads.
const (
	ClassA Class = "A"
	ClassB Class = "B"
	ClassC Class = "C"
)

// Quality is how a class is shown to readers.
func (c Class) Quality() chat.Quality {
	if c == ClassA {
		return chat.QualityFull
	}
	return chat.QualityRough
}

// Pair is one direction that an engine offers, in the engine's own variety: a reader of es-MX may be served by es.
type Pair struct {
	From, To language.Tag
	Class    Class
	// Off means that the engine could, but has not been told to.
	Off bool
}

func (p Pair) String() string { return p.From.String() + " > " + p.To.String() }

// Caps is what an engine can do. It is never changed after it was handed out.
type Caps struct {
	Pairs []Pair
	// Sources and Targets are for engines that translate each of the first into each of the second, all of ClassA: as pairs that
	// would be ten thousand and more.
	Sources, Targets []language.Tag
	// Context and Formality say that the engine makes use of those parts of a Request. The others never get to see them.
	Context, Formality bool
	// Glossary says that the engine makes use of Segment.Terms or Request.Glossary. For the others a term is taken out like a link, and what it is
	// translated as is put in its place.
	Glossary bool
	// Timeout is how long one call may take; zero means DefaultEngineTimeout.
	Timeout time.Duration
	// MaxBytes is the longest segment that the engine takes whole, in bytes of UTF-8; zero means DefaultSegmentBytes.
	MaxBytes int
	// Calls is how many calls run at once (of one pair, if Isolated); zero means DefaultCalls.
	Calls int
	// Free means that a call costs nobody money: no budget counts it, and a site that saves gets it first.
	Free bool
	// Quick means that the engine answers faster than a database: its answers are kept in memory only.
	Quick bool
	// Config is what answers depend on beside the request: a model, a glossary. The cache does not mix them.
	Config string
	// Isolated means that pairs fail independently of each other (each has processes of its own) and that the engine has
	// already tried again when it reports a failure.
	Isolated bool
	// SecondCarrier means that the engine can carry marks in another way, for an answer in which the first way damaged them.
	SecondCarrier bool
}

// Defaults of Caps.
const (
	DefaultEngineTimeout = 1500 * time.Millisecond
	DefaultSegmentBytes  = 1500
)

// Request asks for some segments in another language. From and To are those of one of the engine's pairs.
type Request struct {
	From, To language.Tag
	Segments []Segment
	// Formality is how the reader is to be addressed, for engines with Caps.Formality.
	Formality chat.Formality
	// Context is what was said before, oldest first, with dots for what is protected; for engines with Caps.Context. It is not to
	// be translated.
	Context []string
	// Glossary is all that the site wants of the pair's words, for engines with Caps.Glossary that keep glossaries; nil if nothing is wanted here.
	Glossary *Terms
	// SecondCarrier wants the engine's other way of carrying marks. Only engines with Caps.SecondCarrier are asked that.
	SecondCarrier bool
}

// Segment is a piece of a line. Each protected span stands in Text as one mark (IsMark), which must come back exactly
// once. The engine never learns what was protected, only of what kind it is: enough to choose a carrier.
type Segment struct {
	Text  string
	Spans []Span
	// Terms are words of the text that must be translated in one way, in their order; for engines with Caps.Glossary.
	Terms []Term
}

// Kind returns what the mark r stands for.
func (s Segment) Kind(r rune) Kind {
	for _, sp := range s.Spans {
		if sp.Mark == r {
			return sp.Kind
		}
	}
	return KindCode
}

// Response holds one result per segment.
type Response struct {
	Results []Result
	// Billed is how many characters the vendor bills for it, if it says so.
	Billed int
}

// Result is one translated segment, with the same marks as its source.
type Result struct {
	Text string
}

// ErrorKind says what to do about a failure.
type ErrorKind string

// The kinds of failures of an engine.
const (
	Auth        ErrorKind = "auth"        // the key is wrong: no use to try again soon
	Quota       ErrorKind = "quota"       // used up, until After
	Rate        ErrorKind = "rate"        // too fast; may be tried again after After
	TooLarge    ErrorKind = "too_large"   // the text is too long for this engine
	NoPair      ErrorKind = "pair"        // this engine has not got the pair
	BadRequest  ErrorKind = "bad_request" // the engine does not understand us
	NoTerms     ErrorKind = "terms"       // it cannot be told the glossary now: the line may be asked again with marks
	Transient   ErrorKind = "transient"   // time-out, connection, 5xx: may be tried again
	Spent       ErrorKind = "spent"       // the site's budget is used up; the engine was not asked
	BadOutput   ErrorKind = "bad_output"  // it answered, but not with a translation of what was asked
	Unavailable ErrorKind = "unavailable" // not installed or not configured
)

// Error is a failure of an engine. Text is a sentence for the operator; it never holds a key or a word of a line.
type Error struct {
	Kind ErrorKind
	Text string
	// Rule is the rule that a bad output broke, in a word, for those who count.
	Rule string
	// After is how long the engine wants to be left alone, if it said so.
	After time.Duration
	Err   error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Text, e.Err)
	}
	return e.Text
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of err; an error that is no *Error counts as Transient.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Transient
}

func afterOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.After
	}
	return 0
}
