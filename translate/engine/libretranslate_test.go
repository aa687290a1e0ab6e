package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"go.uber.org/goleak"
	"golang.org/x/text/language"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "s3cret-key"

const libreLanguages = `[{"code":"en","name":"English","targets":["en","es","fr","pb","zt","nb"]},{"code":"es","name":"Spanish","targets":["en","es"]},{"code":"zh","targets":["en"]}]`

// libre is a LibreTranslate that knows its languages and "translates" by writing everything but made-up words with a tail.
func libre(a enginetest.Asked) enginetest.Answer {
	if strings.HasPrefix(a.Path, "/languages") {
		return enginetest.Answer{Body: libreLanguages}
	}
	var ask struct {
		Q                      json.RawMessage
		Source, Target, Format string
	}
	if err := json.Unmarshal([]byte(a.Body), &ask); err != nil || a.Path != "/translate" || a.Method != http.MethodPost || ask.Format != "text" {
		return enginetest.Answer{Status: 400, Body: `{"error":"Invalid request"}`}
	}
	var one string
	if json.Unmarshal(ask.Q, &one) == nil {
		return answer(tail(one))
	}
	var many []string
	_ = json.Unmarshal(ask.Q, &many)
	for i := range many {
		many[i] = tail(many[i])
	}
	return answer(many)
}

func answer(text any) enginetest.Answer {
	b, _ := json.Marshal(map[string]any{"translatedText": text})
	return enginetest.Answer{Body: string(b)}
}

// tail puts an o behind each word of letters.
func tail(s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			words[i] += "o"
		}
	}
	return strings.Join(words, " ")
}

func libreOn(t testing.TB, s *enginetest.Server) *LibreTranslate {
	l := NewLibreTranslate(LibreTranslateOptions{URL: s.URL + "/", Key: secret, Timeout: 500 * time.Millisecond})
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLibreTranslateSuite(t *testing.T) {
	s := enginetest.NewServer(t, libre)
	enginetest.Suite{
		New: func(*testing.T) translate.Engine {
			return NewLibreTranslate(LibreTranslateOptions{URL: s.URL, Key: secret, Timeout: 10 * time.Second})
		},
		From: language.English, To: language.Spanish,
	}.Run(t)
}

// TestLibreTranslateFaults is the table of what servers do: the kind that the chain acts upon, and that nobody's line or key
// gets into the sentence.
func TestLibreTranslateFaults(t *testing.T) {
	for name, c := range map[string]struct {
		answer enginetest.Answer
		kind   translate.ErrorKind
		after  time.Duration
	}{
		"bad key":             {enginetest.Answer{Status: 403, Body: `{"error":"Invalid API key ` + secret + `"}`}, translate.Auth, 0},
		"no key":              {enginetest.Answer{Status: 400, Body: `{"error":"Please contact the server operator to get an API key"}`}, translate.Auth, 0},
		"401":                 {enginetest.Answer{Status: 401}, translate.Auth, 0},
		"slow down":           {enginetest.Answer{Status: 429, Header: map[string]string{"Retry-After": "7"}, Body: `{"error":"Slowdown: 60 per 1 minute"}`}, translate.Rate, 7 * time.Second},
		"slow down, no time":  {enginetest.Answer{Status: 429, Body: `{"error":"Slowdown"}`}, translate.Rate, 0},
		"pair":                {enginetest.Answer{Status: 400, Body: `{"error":"es is not supported"}`}, translate.NoPair, 0},
		"target":              {enginetest.Answer{Status: 400, Body: `{"error":"Spanish (es) is not available as a target language from English (en)"}`}, translate.NoPair, 0},
		"too long":            {enginetest.Answer{Status: 400, Body: `{"error":"Invalid request: request (5000) exceeds text limit (2000)"}`}, translate.TooLarge, 0},
		"413":                 {enginetest.Answer{Status: 413, Body: "<html>nginx</html>"}, translate.TooLarge, 0},
		"400":                 {enginetest.Answer{Status: 400, Body: `{"error":"Invalid request: missing q parameter"}`}, translate.BadRequest, 0},
		"404":                 {enginetest.Answer{Status: 404, Body: "not found"}, translate.BadRequest, 0},
		"redirect":            {enginetest.Answer{Status: 302, Header: map[string]string{"Location": "http://127.0.0.1:1/"}}, translate.BadRequest, 0},
		"500":                 {enginetest.Answer{Status: 500, Body: `{"error":"Cannot translate text"}`}, translate.Transient, 0},
		"502 of a proxy":      {enginetest.Answer{Status: 502, Body: "<html>"}, translate.Transient, 0},
		"529":                 {enginetest.Answer{Status: 529}, translate.Transient, 0},
		"hangs up":            {enginetest.Answer{Reset: true}, translate.Transient, 0},
		"half a body":         {enginetest.Answer{Half: true, Body: `{"translatedText":"hola"}`}, translate.Transient, 0},
		"slow drip":           {enginetest.Answer{Drip: true, Body: `{"translatedText":"hola"}`}, translate.Transient, 0},
		"a page and 200":      {enginetest.Answer{Body: "<html>Welcome</html>", Header: map[string]string{"Content-Type": "text/html"}}, translate.BadOutput, 0},
		"nothing and 200":     {enginetest.Answer{}, translate.BadOutput, 0},
		"null":                {enginetest.Answer{Body: `{"translatedText":null}`}, translate.BadOutput, 0},
		"another type":        {enginetest.Answer{Body: `{"translatedText":{"a":1}}`}, translate.BadOutput, 0},
		"error and 200":       {enginetest.Answer{Body: `{"error":"no"}`}, translate.BadOutput, 0},
		"two for one":         {enginetest.Answer{Body: `{"translatedText":["hola","adiós"]}`}, translate.BadOutput, 0},
		"none for one":        {enginetest.Answer{Body: `{"translatedText":[]}`}, translate.BadOutput, 0},
		"two megabytes":       {enginetest.Answer{Body: `{"translatedText":"` + strings.Repeat("a", 2<<20) + `"}`}, translate.BadOutput, 0},
		"date in Retry-After": {enginetest.Answer{Status: 429, Header: map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:05 GMT"}}, translate.Rate, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
				if strings.HasPrefix(a.Path, "/languages") {
					return libre(a)
				}
				return c.answer
			})
			l := libreOn(t, s)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			if name != "slow drip" {
				ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
			}
			defer cancel()
			_, err := l.Translate(ctx, request("private words"))
			var e *translate.Error
			if !errors.As(err, &e) || e.Kind != c.kind || e.After != c.after {
				t.Fatalf("%v (%+v), want %s after %v", err, e, c.kind, c.after)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "private") {
				t.Errorf("the sentence tells too much: %v", err)
			}
			if n := len(s.Asked("/translate")); n != 1 {
				t.Errorf("asked %d times: trying again is the chain's matter", n)
			}
		})
	}
}

func request(texts ...string) *translate.Request {
	r := &translate.Request{From: language.English, To: language.Spanish}
	for _, t := range texts {
		r.Segments = append(r.Segments, translate.Segment{Text: t})
	}
	return r
}

// TestLibreTranslateEmoji: a server with keys answers a stranger with 200 and a random emoji. No reader may see it.
func TestLibreTranslateEmoji(t *testing.T) {
	s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		if strings.HasPrefix(a.Path, "/languages") {
			return libre(a)
		}
		return answer("🦄")
	})
	p := translate.New(translate.Options{Engines: []translate.Engine{libreOn(t, s)}})
	defer p.Close()
	if got := p.Translate(t.Context(), "s", "Where is my order?", language.English, language.Spanish); got.State != chat.TranslationFailed || got.Reason != chat.ReasonDamaged {
		t.Errorf("%+v", got)
	}
}

// TestLibreTranslateRequests: one socket, the key in the body and nowhere else, few requests for many texts.
func TestLibreTranslateRequests(t *testing.T) {
	s := enginetest.NewServer(t, libre)
	l := libreOn(t, s)
	for range 20 {
		if _, err := l.Translate(t.Context(), request("one")); err != nil {
			t.Fatal(err)
		}
	}
	sockets := map[string]bool{}
	for _, a := range s.Asked("/translate") {
		sockets[a.Socket] = true
		head := fmt.Sprint(a.Header)
		if strings.Contains(a.Path, secret) || strings.Contains(head, secret) || !strings.Contains(a.Body, `"api_key":"`+secret+`"`) {
			t.Errorf("the key is not in the body alone: %+v", a)
		}
		if !strings.HasPrefix(a.Header.Get("User-Agent"), "dragoman") {
			t.Errorf("user agent %q", a.Header.Get("User-Agent"))
		}
	}
	if len(sockets) != 1 {
		t.Errorf("20 calls used %d sockets", len(sockets))
	}
	if n := len(s.Asked("/languages")); n != 1 {
		t.Errorf("the languages were asked for %d times", n)
	}
	before := len(s.Asked("/translate"))
	if _, err := l.Translate(t.Context(), request(make([]string, 50)...)); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Asked("/translate")) - before; n != 4 {
		t.Errorf("50 texts took %d requests, want 4", n)
	}
}

func TestLibreTranslatePairs(t *testing.T) {
	s := enginetest.NewServer(t, libre)
	l := libreOn(t, s)
	for tags, want := range map[string]string{"en pt-BR": `"target":"pb"`, "en pt": `"target":"pb"`, "en zh-TW": `"target":"zt"`, "zh-CN en": `"source":"zh"`, "en no": `"target":"nb"`, "en de": "", "zh-TW en": "", "en en": ""} {
		from, to, _ := strings.Cut(tags, " ")
		caps, err := l.Caps(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pair, ok := translate.MatchPair(caps.Pairs, language.MustParse(from), language.MustParse(to))
		if ok != (want != "") {
			t.Errorf("%s: %v", tags, pair)
		}
		if !ok {
			continue
		}
		if _, err := l.Translate(t.Context(), &translate.Request{From: pair.From, To: pair.To, Segments: []translate.Segment{{Text: "x"}}}); err != nil {
			t.Errorf("%s: %v", tags, err)
		}
		asked := s.Asked("/translate")
		if last := asked[len(asked)-1]; !strings.Contains(last.Body, want) {
			t.Errorf("%s: asked %s, want %s", tags, last.Body, want)
		}
	}
	old := enginetest.NewServer(t, func(enginetest.Asked) enginetest.Answer {
		return enginetest.Answer{Body: `[{"code":"en","name":"English"},{"code":"de","name":"German"}]`}
	})
	if caps, err := libreOn(t, old).Caps(t.Context()); err != nil || len(caps.Pairs) != 2 {
		t.Errorf("a server that lists no targets: %+v, %v", caps, err)
	}
}

func TestLibreTranslateNotThere(t *testing.T) {
	for _, url := range []string{"", "localhost:5000", "ftp://x", "http://", "://"} {
		l := NewLibreTranslate(LibreTranslateOptions{URL: url})
		if _, err := l.Caps(t.Context()); translate.KindOf(err) != translate.Unavailable || err == nil {
			t.Errorf("%q: %v", url, err)
		}
		if _, err := l.Translate(t.Context(), request("x")); err == nil {
			t.Errorf("%q translates", url)
		}
		l.Close()
	}
	s := enginetest.NewServer(t, libre)
	url := s.URL
	s.Close()
	l := NewLibreTranslate(LibreTranslateOptions{URL: url})
	defer l.Close()
	p := translate.New(translate.Options{Engines: []translate.Engine{l}})
	defer p.Close()
	if got := p.Translate(t.Context(), "s", "hello", language.English, language.Spanish); got.Reason != chat.ReasonEngine {
		t.Errorf("a server that is down: %+v", got)
	}
	if st := p.Engines(t.Context()); !st[0].Found || st[0].Answers || !strings.Contains(st[0].Error, "cannot reach") {
		t.Errorf("%+v", st)
	}
}

// TestLibreTranslateKeepsItsLanguages: a server that is down for a moment has not lost its pairs.
func TestLibreTranslateKeepsItsLanguages(t *testing.T) {
	s := enginetest.NewServer(t, libre)
	l := libreOn(t, s)
	caps, err := l.Caps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Script(func(enginetest.Asked) enginetest.Answer { return enginetest.Answer{Status: 503} })
	l.mu.Lock()
	l.until = time.Time{}
	l.mu.Unlock()
	if again, err := l.Caps(t.Context()); again != caps || err != nil {
		t.Errorf("%v, %v", again, err)
	}
	for until := time.Now().Add(5 * time.Second); len(s.Asked("/languages")) < 2 && time.Now().Before(until); {
		runtime.Gosched()
	}
	if n := len(s.Asked("/languages")); n != 2 {
		t.Errorf("the languages were asked for %d times", n)
	}
}

// TestLibreTranslateHangs: while a server that hangs is asked for its languages once more, nobody waits for it.
func TestLibreTranslateHangs(t *testing.T) {
	s := enginetest.NewServer(t, libre)
	l := libreOn(t, s)
	caps, err := l.Caps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	defer close(release)
	s.Script(func(enginetest.Asked) enginetest.Answer { <-release; return enginetest.Answer{Status: 503} })
	l.mu.Lock()
	l.until = time.Time{}
	l.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // who waits, even for a moment, gets this instead
	if again, err := l.Caps(ctx); again != caps || err != nil {
		t.Errorf("%v, %v", again, err)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for s, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-1": 0, "x": 0, "999999999": 24 * time.Hour,
		"Wed, 02 Jan 2030 03:04:15 GMT": 10 * time.Second, "Wed, 02 Jan 2030 03:04:00 GMT": 0,
	} {
		if got := retryAfter(s, now); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// TestWords: the carrier finds its words again in whatever case and spacing engines give them, and never takes a user's own word for one.
func TestWords(t *testing.T) {
	a, b := string(translate.MarkOf(0)), string(translate.MarkOf(12))
	for _, text := range []string{a + " x " + b, a + b, "XPH0X " + a, "XPH1X XQK2X " + a, a + "9X", ""} {
		w := wordsFor(text)
		if got := w.unwrap(w.wrap(text)); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	}
	w := wordsFor("")
	for said, want := range map[string]string{"xph0x, XPH 12 X": a + ", " + b, "XPH99999X": "XPH99999X", "XPHX": "XPHX", "XPH9999X": "XPH9999X"} {
		if got := w.unwrap(said); got != want {
			t.Errorf("%q was read as %q, want %q", said, got, want)
		}
	}
}
