package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// googleCalls are Google's glossaries and the objects of Cloud Storage: the discovery documents translate:v3 and storage:v1 (googleapis/google-api-go-client,
// translate/v3/translate-api.json and storage/v1/storage-api.json).
func googleCalls() []call {
	const place = "/v3/projects/shop-1/locations/us-central1"
	return []call{
		{method: http.MethodPost, path: place + "/glossaries", body: map[string]field{
			"name": need("string"), "displayName": may("string"), "languagePair": need("object"), "languageCodesSet": may("object"), "inputConfig": need("object"),
		}},
		{method: http.MethodGet, path: place + "/glossaries"},
		{method: http.MethodGet, path: place + "/glossaries/{id}"},
		{method: http.MethodDelete, path: place + "/glossaries/{id}"},
		{method: http.MethodGet, path: place + "/operations/{id}"},
		{method: http.MethodPost, path: "/upload/storage/v1/b/words/o"},
		{method: http.MethodDelete, path: "/storage/v1/b/words/o/{id}"},
	}
}

// googleWords is a Google v3 with glossaries, and its storage with the bucket "words".
type googleWords struct {
	t *testing.T

	mu    sync.Mutex // guards all below
	files map[string]string
	kept  map[string]string // what is in a glossary, by name
	ops   map[string]int    // how many looks an operation needs yet
	made  int
	looks int    // that each operation needs
	fails string // what operations end with, if not with a glossary
	taken bool   // the next glossary is another node's, which makes it at the second look
	asked map[string]int
}

func newGoogleWords(t *testing.T) *googleWords {
	return &googleWords{t: t, files: map[string]string{}, kept: map[string]string{}, ops: map[string]int{}, asked: map[string]int{}, looks: 2}
}

const googlePlace = "projects/shop-1/locations/us-central1/"

func (k *googleWords) serve(a enginetest.Asked) enginetest.Answer {
	switch {
	case strings.HasPrefix(a.Path, "/v3/"+strings.TrimSuffix(googlePlace, "/")), strings.Contains(a.Path, "/storage/v1/"):
	default:
		return google3(a)
	}
	if a.Header.Get("Authorization") != "Bearer "+googleToken {
		return googleRefuses(401, "Request had invalid authentication credentials.")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if strings.HasSuffix(a.Path, ":translateText") {
		return k.translated(a)
	}
	c, ok := callOf(k.t, googleCalls(), a)
	if !ok {
		return googleRefuses(404, "Not found")
	}
	if c.body != nil {
		if err := c.check(a); err != nil {
			k.t.Errorf("%s %s %s: %v", a.Method, a.Path, a.Body, err)
		}
	}
	what := strings.TrimSuffix(c.path, "/{id}")
	k.asked[c.method+" "+what[strings.LastIndexByte(what, '/'):]]++
	u, _ := url.Parse(a.Path)
	name := strings.TrimPrefix(u.Path, "/v3/")
	switch {
	case strings.HasPrefix(u.Path, "/upload/"):
		k.files[u.Query().Get("name")] = a.Body
		return enginetest.Answer{Body: `{"kind":"storage#object","name":"` + u.Query().Get("name") + `","bucket":"words"}`}
	case strings.HasPrefix(u.Path, "/storage/"):
		delete(k.files, u.Path[strings.LastIndexByte(u.Path, '/')+1:])
		return enginetest.Answer{Status: 204}
	case strings.Contains(name, "/operations/"):
		return k.look(name)
	case a.Method == http.MethodPost:
		return k.create(a)
	case strings.HasSuffix(name, "/glossaries"):
		return k.list(u.Query())
	case k.kept[name] == "":
		return googleRefuses(404, "Glossary not found")
	case a.Method == http.MethodDelete:
		delete(k.kept, name)
		return enginetest.Answer{Body: `{"name":"` + googlePlace + `operations/d","done":false}`}
	}
	return enginetest.Answer{Body: `{"name":"` + name + `","languagePair":{"sourceLanguageCode":"en","targetLanguageCode":"es"},"entryCount":1}`}
}

func (k *googleWords) create(a enginetest.Asked) enginetest.Answer {
	var body googleGlossaryBody
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.DisallowUnknownFields()

	if err := d.Decode(&body); err != nil {
		return googleRefuses(400, "Invalid value")
	}
	file, ok := strings.CutPrefix(body.Input.Source.URI, "gs://words/")
	if !ok || !strings.HasSuffix(file, ".csv") || k.files[file] == "" || body.Pair.Source == "" || body.Pair.Target == "" {
		return googleRefuses(400, "Invalid input config")
	}
	if !strings.HasPrefix(body.Name, googlePlace+"glossaries/") {
		return googleRefuses(400, "Glossaries are in a region")
	}
	if k.taken {
		k.taken = false
		k.ops[body.Name] = 2
		return googleRefuses(409, "Already exists")
	}
	k.made++
	op := fmt.Sprintf("%soperations/o%d", googlePlace, k.made)
	k.ops[op] = k.looks
	k.kept[" "+op] = body.Name + "\n" + k.files[file]
	return enginetest.Answer{Body: `{"name":"` + op + `","metadata":{"state":"RUNNING"},"done":false}`}
}

func (k *googleWords) look(op string) enginetest.Answer {
	if k.ops[op]--; k.ops[op] > 0 {
		return enginetest.Answer{Body: `{"name":"` + op + `","done":false}`}
	}
	if k.fails != "" {
		return enginetest.Answer{Body: `{"name":"` + op + `","done":true,"error":{"code":3,"message":"` + k.fails + `"}}`}
	}
	name, words, _ := strings.Cut(k.kept[" "+op], "\n")
	k.kept[name] = words
	return enginetest.Answer{Body: `{"name":"` + op + `","done":true,"response":{"name":"` + name + `"}}`}
}

func (k *googleWords) list(q url.Values) enginetest.Answer {
	if q.Get("filter") != "src=en AND tgt=es" {
		k.t.Errorf("asked for glossaries with %q", q)
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(k.kept)) {
		if !strings.HasPrefix(name, " ") {
			all = append(all, `{"name":"`+name+`"}`)
		}
	}
	all = append(all, `{"name":"`+googlePlace+`glossaries/somebody-elses"}`)
	if q.Get("pageToken") == "" { // the first page is empty, as some of Google's are
		return enginetest.Answer{Body: `{"nextPageToken":"2"}`}
	}
	return enginetest.Answer{Body: `{"glossaries":[` + strings.Join(all, ",") + `]}`}
}

func (k *googleWords) translated(a enginetest.Asked) enginetest.Answer {
	var ask struct {
		Contents                                         []string
		SourceLanguageCode, TargetLanguageCode, MimeType string
		GlossaryConfig                                   struct {
			Glossary   string
			IgnoreCase bool
		}
	}
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&ask); err != nil || ask.GlossaryConfig.Glossary == "" || !ask.GlossaryConfig.IgnoreCase {
		return googleRefuses(400, "Invalid Value")
	}
	words := k.kept[ask.GlossaryConfig.Glossary]
	if words == "" {
		return googleRefuses(404, "Glossary not found")
	}
	source, target, _ := strings.Cut(strings.SplitN(words, "\n", 2)[0], ",")
	glossed := make([]string, len(ask.Contents))
	for i, text := range ask.Contents {
		glossed[i] = strings.ReplaceAll(text, source, strings.ToUpper(target))
	}
	b, _ := json.Marshal(map[string]any{
		"translations": googleList(googleTails(ask.Contents, false)), "glossaryTranslations": googleList(googleTails(glossed, ask.MimeType == "text/html")),
	})
	return enginetest.Answer{Body: string(b)}
}

func googleWith(t *testing.T, url string, log zerolog.Logger) *Google {
	g := NewGoogle(GoogleOptions{URL: url, Key: accountFile(url + "/token"), Bucket: "words", Timeout: time.Minute, Log: log})
	g.kept.look = time.Millisecond
	t.Cleanup(func() { g.Close() })
	return g
}

// worded is a request whose word "order" is to be translated as target.
func worded(target string) *translate.Request {
	r := glossed("my order please", "h "+target)
	r.From, r.To = language.English, language.Spanish
	r.Glossary.Pairs = [][2]string{{"order", target}}
	r.Segments[0].Terms[0].Target = target
	return r
}

// uses asks until Google is told the words, and returns what it answers.
func uses(t *testing.T, g *Google, target string) string {
	t.Helper()
	var resp *translate.Response
	var err error
	if !enginetest.Eventually(func() bool { resp, err = g.Translate(t.Context(), worded(target)); return err == nil }) {
		t.Fatalf("%s: %v", target, err)
	}
	return resp.Results[0].Text
}

// TestGoogleKeepsGlossaries: a glossary is made in the background of a file that is gone afterwards, in a region; other words make another one, and the old one goes; another
// node finds it.
func TestGoogleKeepsGlossaries(t *testing.T) {
	k := newGoogleWords(t)
	s := enginetest.NewServer(t, k.serve)
	g := googleWith(t, s.URL, zerolog.Nop())
	if _, err := g.Translate(t.Context(), worded("pedido")); translate.KindOf(err) != translate.NoTerms {
		t.Errorf("before there is a glossary: %v", err)
	}
	if got := uses(t, g, "pedido"); got != "myo PEDIDO pleaseo" {
		t.Errorf("with the glossary: %q", got)
	}
	if got := uses(t, g, "encargo, el"); got != `myo "ENCARGO, EL" pleaseo` && !strings.Contains(got, "ENCARGO") {
		t.Errorf("with other words: %q", got)
	}
	made := func() (n int, names []string) {
		k.mu.Lock()
		defer k.mu.Unlock()
		for name := range k.kept {
			if !strings.HasPrefix(name, " ") {
				names = append(names, name)
			}
		}
		return len(k.files), names
	}
	if !enginetest.Eventually(func() bool { files, names := made(); return files == 0 && len(names) == 1 }) {
		files, names := made()
		t.Errorf("Google has %d files, and the glossaries %q", files, names)
	}
	other := googleWith(t, s.URL, zerolog.Nop())
	if got := uses(t, other, "encargo, el"); !strings.Contains(got, "ENCARGO") || k.made != 2 {
		t.Errorf("another node: %q, %d were made", got, k.made)
	}
	plain := request("my order please")
	plain.From, plain.To = language.English, language.Spanish
	if resp, err := g.Translate(t.Context(), plain); err != nil || resp.Results[0].Text != "myo ordero pleaseo" {
		t.Errorf("a line without words: %+v, %v", resp, err)
	}
	for _, what := range []string{"POST /glossaries", "GET /glossaries", "DELETE /glossaries", "GET /operations", "POST /o", "DELETE /o"} {
		if k.asked[what] == 0 {
			t.Errorf("Google was never asked %s: %v", what, k.asked)
		}
	}
}

// TestGoogleGlossaryOfAnotherNode: who finds that somebody else is making it waits for that.
func TestGoogleGlossaryOfAnotherNode(t *testing.T) {
	k := newGoogleWords(t)
	k.taken = true
	s := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		if name := strings.TrimPrefix(a.Path, "/v3/"); a.Method == http.MethodGet {
			k.mu.Lock()
			if n, waits := k.ops[name]; waits {
				if k.ops[name] = n - 1; n == 1 {
					k.kept[name] = "order,pedido\n"
				}
			}
			k.mu.Unlock()
		}
		return k.serve(a)
	})
	if got := uses(t, googleWith(t, s.URL, zerolog.Nop()), "pedido"); got != "myo PEDIDO pleaseo" || k.made != 0 {
		t.Errorf("%q, %d were made", got, k.made)
	}
}

// TestGoogleWithoutGlossaries: where Google makes none, the words are kept by marks, the log says so once, and Google is left alone for a while.
func TestGoogleWithoutGlossaries(t *testing.T) {
	for name, serve := range map[string]func(*googleWords) func(enginetest.Asked) enginetest.Answer{
		"no bucket": func(k *googleWords) func(enginetest.Asked) enginetest.Answer {
			return func(a enginetest.Asked) enginetest.Answer {
				if strings.HasPrefix(a.Path, "/upload/") {
					return googleRefuses(404, "The specified bucket does not exist.")
				}
				return k.serve(a)
			}
		},
		"no rights": func(k *googleWords) func(enginetest.Asked) enginetest.Answer {
			return func(a enginetest.Asked) enginetest.Answer {
				if strings.HasSuffix(a.Path, "/glossaries") && a.Method == http.MethodPost {
					return googleRefuses(403, "Cloud IAM permission 'cloudtranslate.glossaries.create' denied.")
				}
				return k.serve(a)
			}
		},
		"bad words": func(k *googleWords) func(enginetest.Asked) enginetest.Answer {
			k.fails = "Invalid glossary entry"
			return k.serve
		},
	} {
		k := newGoogleWords(t)
		s := enginetest.NewServer(t, serve(k))
		var log lines
		g := googleWith(t, s.URL, zerolog.New(&log))
		p := translate.New(translate.Options{Engines: []translate.Engine{g}, Glossary: translate.NewGlossary(translate.GlossaryOptions{Store: oneTerm{}})})
		say := func(line string) {
			t.Helper()
			got := p.Translate(t.Context(), chat.Untranslated{Site: "shop", Text: line, From: language.English, To: language.Spanish})
			if got.State != chat.TranslationDone || !strings.Contains(got.Text, " pedido ") || got.By.Name != "google" {
				t.Errorf("%s: %q: %+v", name, line, got)
			}
		}
		say("my order please")
		if !enginetest.Eventually(func() bool { return log.count("cannot keep a glossary") > 0 }) {
			t.Errorf("%s: the log says nothing", name)
		}
		say("another order please")
		say("one more order please")
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		k.mu.Lock()
		if n := log.count("cannot keep a glossary"); n != 1 || k.asked["POST /o"] > 1 || len(k.files) != 0 {
			t.Errorf("%s: %d words in the log, asked %v, files %q", name, n, k.asked, k.files)
		}
		k.mu.Unlock()
	}
}

// lines is a log that is written and read at once.
type lines struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), s)
}

// TestGoogleLosesAGlossary: somebody has removed it there, or Google does not like it: lines go on with marks.
func TestGoogleLosesAGlossary(t *testing.T) {
	k := newGoogleWords(t)
	s := enginetest.NewServer(t, k.serve)
	g := googleWith(t, s.URL, zerolog.Nop())
	uses(t, g, "pedido")
	k.mu.Lock()
	clear(k.kept)
	k.mu.Unlock()
	for range 3 {
		if _, err := g.Translate(t.Context(), worded("pedido")); translate.KindOf(err) != translate.NoTerms {
			t.Errorf("a glossary that is gone: %v", err)
		}
	}
	if k.made != 1 {
		t.Errorf("%d were made: Google is not left alone", k.made)
	}
	g.kept.mu.Lock()
	for _, e := range g.kept.all {
		e.until = time.Time{}
	}
	g.kept.mu.Unlock()
	if uses(t, g, "pedido"); k.made != 2 {
		t.Errorf("%d were made", k.made)
	}
}

// TestGoogleClosesWhileMaking: Close does not wait for a glossary that takes its time, and nothing goes on behind it.
func TestGoogleClosesWhileMaking(t *testing.T) {
	k := newGoogleWords(t)
	k.looks = 1 << 30
	s := enginetest.NewServer(t, k.serve)
	g := googleWith(t, s.URL, zerolog.Nop())
	_, _ = g.Translate(t.Context(), worded("pedido"))
	if !enginetest.Eventually(func() bool { k.mu.Lock(); defer k.mu.Unlock(); return k.asked["GET /operations"] > 1 }) {
		t.Fatal("nobody looks at the operation")
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.files) != 0 {
		t.Errorf("it left %q", k.files)
	}
}

func TestGoogleGlossarySettings(t *testing.T) {
	account := accountFile("https://oauth2.googleapis.com/token")
	for _, c := range []struct {
		o               GoogleOptions
		region, storage string
	}{
		{GoogleOptions{Key: account, Bucket: "words"}, "/v3/" + googlePlace, googleStorageURL},
		{GoogleOptions{Key: account, Bucket: "words", Location: "global"}, "/v3/" + googlePlace, googleStorageURL},
		{GoogleOptions{Key: account, Bucket: "words", Location: "europe-west1", URL: "https://translate-eu.googleapis.com"}, "/v3/projects/shop-1/locations/europe-west1/", googleStorageURL},
		{GoogleOptions{Key: account, Bucket: "words", URL: "http://127.0.0.1:1/x"}, "/v3/" + googlePlace, "http://127.0.0.1:1/x"},
	} {
		g := NewGoogle(c.o)
		if got := g.region() + "/"; got != c.region || g.storage != c.storage || !g.glossary || !strings.Contains(g.account.scope, "devstorage") {
			t.Errorf("%+v: %s, %s, %v", c.o, got, g.storage, g.glossary)
		}
		g.Close()
	}
	without := NewGoogle(GoogleOptions{Key: account})
	defer without.Close()
	if without.glossary || strings.Contains(without.account.scope, "devstorage") {
		t.Error("without a bucket Google is told words")
	}
	simple := NewGoogle(GoogleOptions{Key: "a-key", Bucket: "words"})
	defer simple.Close()
	if _, err := simple.Caps(canceled(t)); translate.KindOf(err) != translate.Unavailable || !strings.Contains(err.Error(), "service account") {
		t.Errorf("a bucket without a service account: %v", err)
	}
}
