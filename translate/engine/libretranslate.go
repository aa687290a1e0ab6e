package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"dragoman/translate"

	"github.com/rs/zerolog"
)

// LibreTranslateOptions are the options of NewLibreTranslate, and settings of the command line.
type LibreTranslateOptions struct {
	// URL is the server's address, such as http://127.0.0.1:5000. Without it the engine is not configured.
	URL string `name:"url" placeholder:"URL" help:"A LibreTranslate server."`
	// Key is sent in the body of each request, if there is one.
	Key string `secret:"" placeholder:"KEY" help:"Its API key, if it wants one."`
	// Timeout is how long one request may take; zero means DefaultLibreTranslateTimeout.
	Timeout time.Duration `kong:"-"`
}

// DefaultLibreTranslateTimeout is longer than for hosted services: the server often runs on the shop's own processor.
const DefaultLibreTranslateTimeout = 3 * time.Second

// libreSegments is how many texts go into one request; operators limit them, and 16 is under every limit seen.
const libreSegments = 16

func (o LibreTranslateOptions) configured() bool { return o.URL != "" }

func (o LibreTranslateOptions) open(zerolog.Logger) (translate.Engine, error) {
	l := NewLibreTranslate(o)
	return l, needs(l.remote, "--libretranslate-url with its address, such as http://127.0.0.1:5000")
}

// LibreTranslate speaks with a LibreTranslate server.
type LibreTranslate struct {
	*remote
	opts LibreTranslateOptions
}

// NewLibreTranslate returns the engine. It asks nothing yet; a wrong address shows in Caps.
func NewLibreTranslate(o LibreTranslateOptions) *LibreTranslate {
	l := &LibreTranslate{opts: o}
	missing := unavailable("LibreTranslate is not configured: give its address")
	if o.URL != "" {
		l.opts.URL, missing = address("LibreTranslate", o.URL)
	}
	l.remote = newRemote(nature{
		name: "libretranslate", title: "LibreTranslate", timeout: cmp.Or(o.Timeout, DefaultLibreTranslateTimeout),
		texts: libreSegments, bytes: 16 << 10,
		carry: func(text string, _ bool) carrier { return wordsFor(text) }, second: asBrackets,
		config: l.opts.URL,
	}, l, o.Key, missing)
	return l
}

func (l *LibreTranslate) offer(ctx context.Context) (*offer, error) {
	var list []libreLanguage
	if err := l.client.do(ctx, http.MethodGet, l.opts.URL+"/languages", nil, nil, &list); err != nil {
		return nil, err
	}
	return libreOffer(list), nil
}

type libreLanguage struct {
	Code    string   `json:"code"`
	Targets []string `json:"targets"`
}

// libreCodes are LibreTranslate's own codes that are not BCP 47, or mean something narrower than they say.
var libreCodes = map[string]string{"zt": "zh-Hant", "zh": "zh-Hans", "pb": "pt-BR"}

// libreOffer makes pairs of the server's list. Old servers do not list targets: then every language can become every other.
func libreOffer(list []libreLanguage) *offer {
	o := newOffer()
	var all []string
	for _, l := range list {
		all = append(all, l.Code)
	}
	for _, l := range list {
		from, ok := tagOf(l.Code, libreCodes)
		if !ok {
			continue
		}
		targets := l.Targets
		if targets == nil {
			targets = all
		}
		for _, t := range targets {
			if to, ok := tagOf(t, libreCodes); ok {
				o.pair(from, l.Code, to, t, translate.ClassA)
			}
		}
	}
	return o
}

// libreAsk and libreAnswer are the bodies of POST /translate. q and translatedText are one text or several.
type libreAsk struct {
	Q      any    `json:"q"`
	Source string `json:"source"`
	Target string `json:"target"`
	Format string `json:"format"`
	Key    string `json:"api_key,omitempty"`
}

type libreAnswer struct {
	Text  json.RawMessage `json:"translatedText"`
	Error string          `json:"error"`
}

func (l *LibreTranslate) ask(ctx context.Context, a *ask) ([]string, error) {
	body := libreAsk{Q: a.texts, Source: a.source, Target: a.goal, Format: "text", Key: l.opts.Key}
	if len(a.texts) == 1 {
		body.Q = a.texts[0]
	}
	var answer libreAnswer
	if err := l.client.do(ctx, http.MethodPost, l.opts.URL+"/translate", nil, body, &answer); err != nil {
		return nil, err
	}
	return answer.texts()
}

func (a libreAnswer) texts() ([]string, error) {
	var one string
	if len(a.Text) > 0 && a.Text[0] == '"' && json.Unmarshal(a.Text, &one) == nil {
		return []string{one}, nil
	}
	var many []string
	if json.Unmarshal(a.Text, &many) == nil && many != nil {
		return many, nil
	}
	if a.Error != "" {
		return nil, badOutput("the server says that all is well, and an error")
	}
	return nil, errNoTranslation
}

// fault reads the server's own sentence where its status says too little: everything that it does not like is a 400.
func (l *LibreTranslate) fault(s *statusError) (translate.ErrorKind, time.Duration) {
	said := strings.ToLower(s.said)
	switch {
	case s.status != http.StatusBadRequest:
	case strings.Contains(said, "api key"):
		return translate.Auth, 0
	case strings.Contains(said, "limit"), strings.Contains(said, "exceed"), strings.Contains(said, "too long"):
		return translate.TooLarge, 0
	case strings.Contains(said, "not supported"), strings.Contains(said, "not available"), strings.Contains(said, "as a target"):
		return translate.NoPair, 0
	}
	return s.kind(), s.after
}
