package engine

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"dragoman/translate"

	"golang.org/x/sync/singleflight"
	"golang.org/x/text/language"
)

// LibreTranslateOptions are the options of NewLibreTranslate.
type LibreTranslateOptions struct {
	// URL is the server's address, such as http://127.0.0.1:5000. Without it the engine is not configured.
	URL string
	// Key is sent in the body of each request, if there is one.
	Key string
	// Timeout is how long one request may take; zero means DefaultLibreTranslateTimeout.
	Timeout time.Duration
}

// DefaultLibreTranslateTimeout is longer than for hosted services: the server often runs on the shop's own processor.
const DefaultLibreTranslateTimeout = 3 * time.Second

const (
	pairsFor      = 10 * time.Minute // how long the server's list of languages is believed
	pairsRetry    = 5 * time.Second  // after how long it is asked again if it did not answer
	libreSegments = 16               // texts in one request; operators limit them, and 16 is under every limit seen
)

// LibreTranslate speaks with a LibreTranslate server.
type LibreTranslate struct {
	opts    LibreTranslateOptions
	missing error
	client  *client

	flights singleflight.Group
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	fetches sync.WaitGroup

	mu    sync.Mutex // guards all below
	caps  *translate.Caps
	codes map[string]string // the server's code for a tag
	err   error             // why there are no caps
	until time.Time         // when caps and err are asked for again
}

// NewLibreTranslate returns the engine. It asks nothing yet; a wrong address shows in Caps.
func NewLibreTranslate(o LibreTranslateOptions) *LibreTranslate {
	if o.Timeout <= 0 {
		o.Timeout = DefaultLibreTranslateTimeout
	}
	l := &LibreTranslate{opts: o, client: newClient(o.Key)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	u, err := url.Parse(strings.TrimRight(o.URL, "/"))
	switch {
	case o.URL == "":
		l.missing = &translate.Error{Kind: translate.Unavailable, Text: "LibreTranslate is not configured: give its address"}
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		l.missing = &translate.Error{
			Kind: translate.Unavailable, Text: "the address of LibreTranslate is wrong: it begins with http:// or https://",
		}
	default:
		l.opts.URL = u.String()
	}
	return l
}

// Name is "libretranslate".
func (l *LibreTranslate) Name() string { return "libretranslate" }

// Caps returns the server's pairs. They are asked for once and then every ten minutes; who comes in between gets the last
// answer, also if the server is gone by now.
func (l *LibreTranslate) Caps(ctx context.Context) (*translate.Caps, error) {
	if l.missing != nil {
		return nil, l.missing
	}
	l.mu.Lock()
	caps, err, fresh := l.caps, l.err, time.Now().Before(l.until)
	l.mu.Unlock()
	if fresh {
		return caps, err
	}
	done := l.flights.DoChan("languages", func() (any, error) { return l.refresh() })
	if caps != nil {
		return caps, nil // a server that hangs must not hold every line up
	}
	select {
	case <-ctx.Done():
		return nil, &translate.Error{Kind: translate.Transient, Text: "the server did not tell its languages in time", Err: ctx.Err()}
	case res := <-done:
		caps, _ = res.Val.(*translate.Caps)
		return caps, res.Err
	}
}

// refresh asks the server for its languages.
func (l *LibreTranslate) refresh() (*translate.Caps, error) {
	l.mu.Lock()
	if l.ctx.Err() != nil {
		l.mu.Unlock()
		return nil, errClosed
	}
	l.fetches.Add(1)
	l.mu.Unlock()
	defer l.fetches.Done()
	ctx, cancel := context.WithTimeout(l.ctx, l.opts.Timeout)
	defer cancel()
	var list []libreLanguage
	err := l.client.do(ctx, http.MethodGet, l.opts.URL+"/languages", nil, nil, &list)
	caps, codes := librePairs(list)
	if err == nil && len(caps.Pairs) == 0 {
		err = &translate.Error{Kind: translate.BadOutput, Text: "the server has no languages: is it LibreTranslate?"}
	}
	caps.Timeout = l.opts.Timeout

	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.caps, l.codes, l.err, l.until = caps, codes, nil, time.Now().Add(pairsFor)
	case l.caps != nil:
		l.until = time.Now().Add(pairsRetry)
	default:
		l.err, l.until = libreError(err), time.Now().Add(pairsRetry)
	}
	return l.caps, l.err
}

var errClosed = &translate.Error{Kind: translate.Transient, Text: "the engine is closed"}

type libreLanguage struct {
	Code    string   `json:"code"`
	Targets []string `json:"targets"`
}

// libreCodes are LibreTranslate's own codes that are not BCP 47, or mean something narrower than they say.
var libreCodes = map[string]string{"zt": "zh-Hant", "zh": "zh-Hans", "pb": "pt-BR"}

func libreTag(code string) (language.Tag, bool) {
	if own := libreCodes[code]; own != "" {
		code = own
	}
	t, err := language.Parse(code)
	return t, err == nil && t != language.Und
}

// librePairs makes pairs of the server's list. Old servers do not list targets: then every language can become every other.
func librePairs(list []libreLanguage) (*translate.Caps, map[string]string) {
	caps, codes := &translate.Caps{}, map[string]string{}
	var all []string
	for _, l := range list {
		all = append(all, l.Code)
	}
	for _, l := range list {
		from, ok := libreTag(l.Code)
		if !ok {
			continue
		}
		codes[from.String()] = l.Code
		targets := l.Targets
		if targets == nil {
			targets = all
		}
		for _, t := range targets {
			if to, ok := libreTag(t); ok && !translate.SameLanguage(from, to) {
				codes[to.String()] = t
				caps.Pairs = append(caps.Pairs, translate.Pair{From: from, To: to, Class: translate.ClassA})
			}
		}
	}
	return caps, codes
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

// Translate asks the server, for at most libreSegments texts at a time.
func (l *LibreTranslate) Translate(ctx context.Context, r *translate.Request) (*translate.Response, error) {
	if _, err := l.Caps(ctx); err != nil {
		return nil, err
	}
	if l.ctx.Err() != nil {
		return nil, errClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)() // Close does not wait for a slow server
	l.mu.Lock()
	source, target := l.codes[r.From.String()], l.codes[r.To.String()]
	l.mu.Unlock()
	if source == "" || target == "" {
		return nil, &translate.Error{Kind: translate.NoPair, Text: "the server has no pair " + r.From.String() + " > " + r.To.String()}
	}
	resp := &translate.Response{}
	for segs := r.Segments; len(segs) > 0; {
		n := min(len(segs), libreSegments)
		ask := libreAsk{Source: source, Target: target, Format: "text", Key: l.opts.Key}
		got, err := l.batch(ctx, ask, segs[:n])
		if err != nil {
			return nil, libreError(err)
		}
		resp.Results = append(resp.Results, got...)
		segs = segs[n:]
	}
	return resp, nil
}

func (l *LibreTranslate) batch(ctx context.Context, ask libreAsk, segs []translate.Segment) ([]translate.Result, error) {
	texts, words := make([]string, len(segs)), make([]words, len(segs))
	for i, s := range segs {
		words[i] = wordsFor(s.Text)
		texts[i] = words[i].wrap(s.Text)
	}
	if ask.Q = texts; len(texts) == 1 {
		ask.Q = texts[0]
	}
	var answer libreAnswer
	if err := l.client.do(ctx, http.MethodPost, l.opts.URL+"/translate", nil, ask, &answer); err != nil {
		return nil, err
	}
	got, err := answer.texts()
	if err != nil {
		return nil, err
	}
	if len(got) != len(texts) {
		return nil, &translate.Error{Kind: translate.BadOutput, Text: "the server answered with another number of texts"}
	}
	results := make([]translate.Result, len(got))
	for i, g := range got {
		results[i].Text = words[i].unwrap(g)
	}
	return results, nil
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
		return nil, &translate.Error{Kind: translate.BadOutput, Text: "the server says that all is well, and an error"}
	}
	return nil, &translate.Error{Kind: translate.BadOutput, Text: "the server's answer has no translation in it"}
}

// libreError reads the server's own sentence where its status says too little: everything that it does not like is a 400.
func libreError(err error) error {
	var s *statusError
	if !errors.As(err, &s) {
		return err
	}
	said := strings.ToLower(s.said)
	e := &translate.Error{Kind: s.kind(), After: s.after, Text: s.sentence("LibreTranslate")}
	switch {
	case s.status != http.StatusBadRequest:
	case strings.Contains(said, "api key"):
		e.Kind = translate.Auth
	case strings.Contains(said, "limit"), strings.Contains(said, "exceed"), strings.Contains(said, "too long"):
		e.Kind = translate.TooLarge
	case strings.Contains(said, "not supported"), strings.Contains(said, "not available"), strings.Contains(said, "as a target"):
		e.Kind = translate.NoPair
	}
	return e
}

// Close ends what is under way and frees the sockets.
func (l *LibreTranslate) Close() error {
	l.mu.Lock()
	l.cancel()
	l.mu.Unlock()
	l.fetches.Wait()
	l.client.close()
	return nil
}
