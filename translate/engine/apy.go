package engine

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dragoman/translate"
	"dragoman/translate/engine/apertium"

	"github.com/rs/zerolog"
)

// APyOptions are the options of NewAPy, and settings of the command line.
type APyOptions struct {
	// URL is the server's address, such as http://127.0.0.1:2737. Without it the engine is not configured.
	URL string `name:"url" placeholder:"URL" help:"An Apertium-APy server: Apertium on another machine."`
	// Timeout is how long one line may take; zero means DefaultAPyTimeout.
	Timeout time.Duration `kong:"-"`
}

// DefaultAPyTimeout is longer than for hosted services: the first line of a pair starts its programs.
const DefaultAPyTimeout = 3 * time.Second

func (o APyOptions) configured() bool { return o.URL != "" }

func (o APyOptions) open(zerolog.Logger) (translate.Engine, error) {
	a := NewAPy(o)
	return a, needs(a.remote, "--apy-url with its address, such as http://127.0.0.1:2737")
}

// APy speaks with Apertium-APy. It has no keys: who reaches it may use it.
type APy struct {
	*remote
	base string
}

// NewAPy returns the engine. It asks nothing yet; a wrong address shows in Caps.
func NewAPy(o APyOptions) *APy {
	a := &APy{}
	missing := unavailable("Apertium-APy is not configured: give its address")
	if o.URL != "" {
		a.base, missing = address("Apertium-APy", o.URL)
	}
	a.remote = newRemote(nature{
		name: "apy", title: "Apertium-APy", timeout: cmp.Or(o.Timeout, DefaultAPyTimeout), texts: 1, // a request has one text
		carry: func(text string, _ bool) carrier { return wordsFor(text) }, second: asBrackets,
		config: a.base,
	}, a, "", missing)
	return a
}

func (e *APy) offer(ctx context.Context) (*offer, error) {
	var list struct {
		Pairs []struct {
			Source string `json:"sourceLanguage"`
			Target string `json:"targetLanguage"`
		} `json:"responseData"`
	}
	if err := e.client.do(ctx, http.MethodGet, e.base+"/listPairs", nil, nil, &list); err != nil {
		return nil, err
	}
	o := newOffer()
	for _, p := range list.Pairs {
		if pair, ok := apertium.PairOf(p.Source, p.Target); ok {
			o.pair(pair.From, p.Source, pair.To, p.Target, pair.Class)
		}
	}
	return o, nil
}

func (e *APy) ask(ctx context.Context, a *ask) ([]string, error) {
	// Names and sentences are those of its source (apertium/apertium-apy). A form and no query: a line does not belong into the address, which servers log.
	form := url.Values{"langpair": {a.source + "|" + a.goal}, "q": {a.texts[0]}, "markUnknown": {"no"}, "format": {"txt"}}
	var answer struct {
		Data struct {
			Text *string `json:"translatedText"`
		} `json:"responseData"`
		Status int `json:"responseStatus"`
	}
	if err := e.client.do(ctx, http.MethodPost, e.base+"/translate", nil, form, &answer); err != nil {
		return nil, err
	}
	if answer.Data.Text == nil || answer.Status != http.StatusOK {
		return nil, errNoTranslation
	}
	return []string{*answer.Data.Text}, nil
}

func (e *APy) fault(s *statusError) (translate.ErrorKind, time.Duration) {
	if s.status == http.StatusBadRequest && strings.Contains(s.said, "That pair is") { // "not installed", "invalid"
		return translate.NoPair, 0
	}
	return s.kind(), s.after
}
