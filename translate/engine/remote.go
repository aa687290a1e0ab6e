package engine

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/translate"

	"golang.org/x/sync/singleflight"
	"golang.org/x/text/language"
)

// vendor is what differs from one engine over HTTP to the next; remote does the rest.
type vendor interface {
	// offer asks for the languages. It is called again every pairsFor.
	offer(ctx context.Context) (*offer, error)
	// ask translates the texts of one request. How many answers there must be is checked behind it.
	ask(ctx context.Context, a *ask) ([]string, error)
	// fault tells what a refusal means. It is called with every status but 2xx.
	fault(*statusError) (kind translate.ErrorKind, after time.Duration)
}

// ask is one request: texts as the engine gets them.
type ask struct {
	From, To     language.Tag
	source, goal string // the vendor's codes of From and To
	texts        []string
	marked       bool // there are marks among the texts, carried as the carrier does
	second       bool // ... as the second carrier does
	billed       int  // what the vendor says that it bills, in code points; zero if it says nothing
	formality    chat.Formality
	context      []string
	terms        [][]translate.Term // of each text, as it was before it was carried
	said         []string           // each text before it was carried
	glossary     *translate.Terms   // nil unless something is wanted of the words of these texts
}

// forms are the words of all texts that are to be translated in one way, and how, each once.
func (a *ask) forms() [][2]string {
	var all [][2]string
	for i, terms := range a.terms {
		for _, t := range terms {
			pair := [2]string{a.said[i][t.From:t.To], t.Target}
			if !slices.Contains(all, pair) {
				all = append(all, pair)
			}
		}
	}
	return all
}

// nature is what remote must know of a vendor.
type nature struct {
	name, title string // "deepl", "DeepL"
	timeout     time.Duration
	texts       int // how many texts go into one request
	bytes       int // how many bytes of text, about
	formality   bool
	context     bool
	glossary    bool
	// config is what answers depend on beside the request: server, model, glossary.
	config string
	// carry chooses how a text's marks are carried, in a request that has marks or one that has none.
	carry func(text string, marked bool) carrier
	// second is another carrier, in plain text, for what the first one did not bring back whole.
	second func(text string) carrier
	// wrap carries a text with its terms; nil: as one that has none.
	wrap func(c carrier, s translate.Segment) string
}

const (
	pairsFor   = 10 * time.Minute // how long the server's list of languages is believed
	pairsRetry = 5 * time.Second  // after how long it is asked again if it did not answer
	authRetry  = time.Minute      // ... or did not like the key
)

// remote is an engine over HTTP, but for what its vendor does differently.
type remote struct {
	nature
	vendor  vendor
	missing error // why it is not configured
	free    bool  // nobody bills who has given no key
	client  *client

	flights singleflight.Group
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	fetches sync.WaitGroup

	mu    sync.Mutex // guards all below
	known *offer
	err   error     // why nothing is known
	until time.Time // when known and err are asked for again
}

func newRemote(n nature, v vendor, secret string, missing error) *remote {
	r := &remote{nature: n, vendor: v, client: newClient(secret), missing: missing, free: secret == ""}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	if r.missing == nil && strings.IndexFunc(secret, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) >= 0 {
		r.missing = unavailable("the key of " + n.title + " has a blank or a line end in it: does the setting name the right file?")
	}
	return r
}

func unavailable(text string) error { return &translate.Error{Kind: translate.Unavailable, Text: text} }

var errClosed = &translate.Error{Kind: translate.Transient, Text: "the engine is closed"}

// address checks a server's address and takes the slash from its end.
func address(title, s string) (string, error) {
	u, err := url.Parse(strings.TrimRight(s, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", unavailable("the address of " + title + " is wrong: it begins with http:// or https://")
	}
	return u.String(), nil
}

// Name is the name that --engine knows.
func (r *remote) Name() string { return r.name }

// Caps returns the server's languages. They are asked for once and then every ten minutes; who comes in between gets the last
// answer, also if the server is gone by now.
func (r *remote) Caps(ctx context.Context) (*translate.Caps, error) {
	known, err := r.languages(ctx)
	if err != nil {
		return nil, err
	}
	return &known.caps, nil
}

func (r *remote) languages(ctx context.Context) (*offer, error) {
	if r.missing != nil {
		return nil, r.missing
	}
	r.mu.Lock()
	known, err, fresh := r.known, r.err, time.Now().Before(r.until)
	r.mu.Unlock()
	if fresh {
		return known, err
	}
	done := r.flights.DoChan("languages", func() (any, error) { return r.refresh() })
	if known != nil {
		return known, nil // a server that hangs must not hold every line up
	}
	select {
	case <-ctx.Done():
		return nil, &translate.Error{Kind: translate.Transient, Text: "the server did not tell its languages in time", Err: ctx.Err()}
	case res := <-done:
		known, _ = res.Val.(*offer)
		return known, res.Err
	}
}

// refresh asks the server for its languages.
func (r *remote) refresh() (*offer, error) {
	r.mu.Lock()
	if r.ctx.Err() != nil {
		r.mu.Unlock()
		return nil, errClosed
	}
	r.fetches.Add(1)
	r.mu.Unlock()
	defer r.fetches.Done()
	ctx, cancel := context.WithTimeout(r.ctx, r.timeout)
	defer cancel()
	o, err := r.vendor.offer(ctx)
	if err == nil && o.empty() {
		err = &translate.Error{Kind: translate.BadOutput, Text: "the server has no languages: is it " + r.title + "?"}
	}
	if err == nil {
		o.caps.Timeout, o.caps.Formality, o.caps.Context, o.caps.Glossary, o.caps.SecondCarrier = r.timeout, r.formality, r.context, r.glossary, r.second != nil
		o.caps.Config, o.caps.Free = r.config, r.free
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil && r.known != nil && reflect.DeepEqual(o, r.known):
		r.until = time.Now().Add(pairsFor) // the same pointer: nobody has to look for his pair again
	case err == nil:
		r.known, r.err, r.until = o, nil, time.Now().Add(pairsFor)
	case r.known != nil:
		r.until = time.Now().Add(pairsRetry)
	default:
		r.err, r.until = r.explain(err, nil), time.Now().Add(pairsRetry)
		if translate.KindOf(r.err) == translate.Auth {
			r.until = time.Now().Add(authRetry)
		}
	}
	return r.known, r.err
}

// later does something in the background that ends with the engine; false if that has ended. Close waits for it.
func (r *remote) later(do func(ctx context.Context)) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return false
	}
	r.fetches.Go(func() { do(r.ctx) })
	return true
}

// Translate asks the server, for some texts at a time.
func (r *remote) Translate(ctx context.Context, req *translate.Request) (*translate.Response, error) {
	known, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	a := r.question(req)
	if a.source, a.goal, err = r.codes(known, req.From, req.To); err != nil {
		return nil, err
	}
	resp := &translate.Response{}
	for segs := req.Segments; len(segs) > 0; {
		n := r.batch(segs)
		got, billed, err := r.some(ctx, a, segs[:n])
		if err != nil {
			return &translate.Response{Billed: resp.Billed}, r.explain(err, append(textsOf(segs[:n]), req.Context...))
		}
		resp.Results = append(resp.Results, got...)
		resp.Billed += billed
		segs = segs[n:]
	}
	return resp, nil
}

// open returns what the server offers, unless the engine is closed.
func (r *remote) open(ctx context.Context) (*offer, error) {
	known, err := r.languages(ctx)
	if err == nil && r.ctx.Err() != nil {
		err = errClosed
	}
	return known, err
}

// bounded is ctx, which ends with the engine too: Close does not wait for a slow server.
func (r *remote) bounded(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(r.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// question is what is the same in all requests of one call.
func (r *remote) question(req *translate.Request) ask {
	return ask{From: req.From, To: req.To, formality: req.Formality, context: req.Context, glossary: req.Glossary, second: req.SecondCarrier && r.second != nil}
}

// codes returns the vendor's codes of a pair.
func (r *remote) codes(known *offer, from, to language.Tag) (source, goal string, err error) {
	source, goal, ok := known.codes(from, to)
	if !ok {
		err = &translate.Error{Kind: translate.NoPair, Text: r.title + " has no pair " + from.String() + " > " + to.String()}
	}
	return source, goal, err
}

// batch tells how many of the segments go into one request: one at least.
func (r *remote) batch(segs []translate.Segment) int {
	n, size := 0, 0
	for n < len(segs) && n < r.texts && (n == 0 || size+len(segs[n].Text) <= r.bytes) {
		size += len(segs[n].Text)
		n++
	}
	return n
}

// some translates the segments of one request, and tells what that costs: what the vendor says, or the code points that were sent, for the markup
// around marks is paid for too.
func (r *remote) some(ctx context.Context, a ask, segs []translate.Segment) (results []translate.Result, billed int, err error) {
	carriers := r.load(&a, segs)
	got, err := r.vendor.ask(ctx, &a)
	if err != nil {
		return nil, 0, err
	}
	if results, billed, err = unload(&a, carriers, got); err != nil {
		return nil, 0, err
	}
	return results, cmp.Or(a.billed, billed), nil
}

// load puts segments into a request, and returns what carries their marks.
func (r *remote) load(a *ask, segs []translate.Segment) []carrier {
	for _, s := range segs {
		a.marked = a.marked || !a.second && strings.IndexFunc(s.Text, translate.IsMark) >= 0
	}
	carriers := make([]carrier, len(segs))
	a.texts = make([]string, len(segs))
	for i, s := range segs {
		if carriers[i] = r.carry(s.Text, a.marked); a.second {
			carriers[i] = r.second(s.Text)
		}
		a.said, a.terms = append(a.said, s.Text), append(a.terms, s.Terms)
		if r.wrap != nil && len(s.Terms) > 0 {
			a.texts[i] = r.wrap(carriers[i], s)
			continue
		}
		a.texts[i] = carriers[i].wrap(s.Text)
	}
	return carriers
}

// unload takes the answers out of what carried them, and counts the code points that were sent.
func unload(a *ask, carriers []carrier, got []string) (results []translate.Result, sent int, err error) {
	if len(got) != len(carriers) {
		return nil, 0, badOutput("the server answered with another number of texts")
	}
	results = make([]translate.Result, len(got))
	for i, g := range got {
		results[i].Text = carriers[i].unwrap(g)
		sent += utf8.RuneCountInString(a.texts[i])
	}
	return results, sent, nil
}

func badOutput(text string) error { return &translate.Error{Kind: translate.BadOutput, Text: text} }

func textsOf(segs []translate.Segment) []string {
	texts := make([]string, len(segs))
	for i, s := range segs {
		texts[i] = s.Text
	}
	return texts
}

// explain makes an *Error of a refusal. The server's own sentence goes into it unless it quotes one of the texts.
func (r *remote) explain(err error, texts []string) error {
	var s *statusError
	if !errors.As(err, &s) {
		return err
	}
	e := &translate.Error{}
	e.Kind, e.After = r.vendor.fault(s)
	if quotes(s.said, texts) {
		s.said = ""
	}
	e.Text = s.sentence(r.title)
	return e
}

// Close ends what is under way and frees the sockets.
func (r *remote) Close() error {
	r.mu.Lock()
	r.cancel()
	r.mu.Unlock()
	r.fetches.Wait()
	r.client.close()
	return nil
}
