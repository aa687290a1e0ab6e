package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"go.uber.org/goleak"
	"golang.org/x/text/language"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
		return answer(enginetest.Tail(one))
	}
	var many []string
	_ = json.Unmarshal(ask.Q, &many)
	for i := range many {
		many[i] = enginetest.Tail(many[i])
	}
	return answer(many)
}

func libreTextsOf(a enginetest.Asked) []string {
	var ask struct{ Q any }
	_ = json.Unmarshal([]byte(a.Body), &ask)
	var texts []string
	list, ok := ask.Q.([]any)
	if !ok {
		list = []any{ask.Q}
	}
	for _, q := range list {
		text, _ := q.(string)
		texts = append(texts, text)
	}
	return texts
}

func answer(text any) enginetest.Answer {
	b, _ := json.Marshal(map[string]any{"translatedText": text})
	return enginetest.Answer{Body: string(b)}
}

func libreOn(t testing.TB, s *enginetest.Server) *LibreTranslate {
	l := NewLibreTranslate(LibreTranslateOptions{URL: s.URL + "/", Key: enginetest.Key, Timeout: 500 * time.Millisecond})
	t.Cleanup(func() { l.Close() })
	return l
}

func TestLibreTranslate(t *testing.T) {
	refused := func(status int, sentence string, kind translate.ErrorKind) enginetest.Fault {
		return enginetest.Fault{Answer: enginetest.Answer{Status: status, Body: fmt.Sprintf(`{"error":%q}`, sentence)}, Kind: kind}
	}
	enginetest.Vendor{
		New: func(t testing.TB, url string, timeout time.Duration) translate.Engine {
			return NewLibreTranslate(LibreTranslateOptions{URL: url, Key: enginetest.Key, Timeout: timeout})
		},
		From: language.English, To: language.Spanish, Serve: libre, Texts: libreTextsOf, PerRequest: libreSegments,
		Translates: func(a enginetest.Asked) bool { return a.Path == "/translate" },
		Say: func(a enginetest.Asked, texts ...string) string {
			if len(texts) == 1 {
				return answer(texts[0]).Body
			}
			return answer(append([]string{}, texts...)).Body
		},
		Faults: map[string]enginetest.Fault{
			"bad key":      refused(403, "Invalid API key "+enginetest.Key, translate.Auth),
			"no key":       refused(400, "Please contact the server operator to get an API key", translate.Auth),
			"slow down":    refused(429, "Slowdown: 60 per 1 minute", translate.Rate),
			"pair":         refused(400, "es is not supported", translate.NoPair),
			"target":       refused(400, "Spanish (es) is not available as a target language from English (en)", translate.NoPair),
			"too long":     refused(400, "Invalid request: request (5000) exceeds text limit (2000)", translate.TooLarge),
			"missing":      refused(400, "Invalid request: missing q parameter", translate.BadRequest),
			"cannot":       refused(500, "Cannot translate text", translate.Transient),
			"529":          {Answer: enginetest.Answer{Status: 529}, Kind: translate.Transient},
			"null":         {Answer: enginetest.Answer{Body: `{"translatedText":null}`}, Kind: translate.BadOutput},
			"another type": {Answer: enginetest.Answer{Body: `{"translatedText":{"a":1}}`}, Kind: translate.BadOutput},
		},
		Varieties: map[string]string{
			"en pt-BR": `"target":"pb"`, "en pt": `"target":"pb"`, "en zh-TW": `"target":"zt"`, "zh-CN en": `"source":"zh"`,
			"en no": `"target":"nb"`, "en de": "", "zh-TW en": "", "en en": "",
		},
	}.Run(t)
}

func request(texts ...string) *translate.Request {
	r := &translate.Request{From: language.English, To: language.Spanish}
	for _, t := range texts {
		r.Segments = append(r.Segments, translate.Segment{Text: t})
	}
	return r
}

// TestLibreTranslateKey: the key is in the body and nowhere else; a server of the first days lists no targets.
func TestLibreTranslateKey(t *testing.T) {
	s := enginetest.NewServer(t, libre)
	if _, err := libreOn(t, s).Translate(t.Context(), request("one")); err != nil {
		t.Fatal(err)
	}
	a := s.Asked("/translate")[0]
	if strings.Contains(fmt.Sprint(a.Header), enginetest.Key) || !strings.Contains(a.Body, `"api_key":"`+enginetest.Key+`"`) {
		t.Errorf("the key is not in the body alone: %+v", a)
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
	for until := time.Now().Add(time.Minute); len(s.Asked("/languages")) < 2 && time.Now().Before(until); {
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
