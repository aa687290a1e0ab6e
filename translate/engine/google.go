package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dragoman/translate"

	"github.com/rs/zerolog"
)

// GoogleOptions are the options of NewGoogle, and settings of the command line.
type GoogleOptions struct {
	// URL is the address of Google or of a server that speaks its v2, such as MTranServer's http://127.0.0.1:8989/google.
	URL string `name:"url" placeholder:"URL" help:"A server that speaks as Google does, if not Google's own."`
	// Key is an API key, for v2 (Basic), or the JSON file of a service account, for v3 (Advanced).
	Key string `secret:"" placeholder:"KEY" help:"Google's API key (v2), or what the JSON file of a service account says (v3)."`
	// Project and Location are for v3.
	Project  string `placeholder:"ID" help:"The project that pays, if not the service account's own."`
	Location string `placeholder:"PLACE" help:"Where Google translates, such as europe-west1. Default: global."`
	// Bucket is one of Cloud Storage, for the words of the sites' glossaries on their way to Google; empty: they are kept by marks. For v3.
	Bucket string `placeholder:"NAME" help:"A bucket of Cloud Storage through which the sites' glossaries go to Google (v3). Default: Google is not told them."`
	// Log hears of glossaries that Google does not take.
	Log zerolog.Logger `kong:"-"`
	// Timeout is how long one request may take; zero means translate.DefaultEngineTimeout.
	Timeout time.Duration `kong:"-"`
}

// What Google's documentation says of requests: at most 128 texts and 100 kB (v2), 1,024 and 30,000 code points (v3), and better no more
// than 5,000 code points. Elements around marks come on top.
const (
	googleTexts = 128
	googleBytes = 5000
	googleURL   = "https://translation.googleapis.com"
	googleV2    = "/language/translate/v2"
	// googleGlobal is the location of who does not care.
	googleGlobal = "global"
)

func (o GoogleOptions) configured() bool { return o.URL != "" || o.Key != "" }

func (o GoogleOptions) open(log zerolog.Logger) (translate.Engine, error) {
	o.Log = log
	g := NewGoogle(o)
	return g, needs(g.remote, "--google-key with an API key or a service account, or --google-url with the address of a server like it")
}

// Google speaks with Google Cloud Translation: v2 with an API key, v3 with a service account.
type Google struct {
	*remote
	opts    GoogleOptions
	base    string
	storage string         // the address of Cloud Storage
	account *googleAccount // nil for v2
	kept    *googleKept    // the glossaries of the sites; nil if Google is not told them
}

// NewGoogle returns the engine. It asks nothing yet; wrong settings show in Caps.
func NewGoogle(o GoogleOptions) *Google {
	g := &Google{opts: o}
	var missing error
	g.base, missing = address("Google", cmp.Or(o.URL, googleURL))
	secret := o.Key
	if strings.HasPrefix(strings.TrimSpace(o.Key), "{") {
		secret = "" // it never leaves the house; what does is the token
		var err error
		if g.account, err = readGoogleAccount(o.Key); err != nil {
			missing = err
		}
	}
	g.storage = g.base
	if u, err := url.Parse(g.base); err == nil && strings.HasSuffix(u.Hostname(), ".googleapis.com") {
		g.storage = googleStorageURL
	}
	switch {
	case !o.configured():
		missing = unavailable("Google is not configured: give its key")
	case o.Bucket != "" && g.account == nil && missing == nil:
		missing = unavailable("a bucket is only used with a service account: give the JSON file of one as Google's key, or take --google-bucket out")
	case o.Bucket != "" && g.account != nil:
		g.kept = newGoogleKept(o.Log)
		g.account.scope += " " + googleScopeFiles
	}
	g.remote = newRemote(nature{
		name: "google", title: "Google", timeout: cmp.Or(o.Timeout, translate.DefaultEngineTimeout), texts: googleTexts, bytes: googleBytes,
		carry: spansIfMarked, second: asWords, glossary: g.kept != nil,
		config: strings.Join([]string{g.base, o.Project, o.Location}, " "),
	}, g, secret, missing)
	return g
}

// parent is the resource that v3 asks about.
func (g *Google) parent() string { return "/v3/" + g.place(cmp.Or(g.opts.Location, googleGlobal)) }

func (g *Google) place(location string) string {
	return "projects/" + url.PathEscape(cmp.Or(g.opts.Project, g.account.Project)) + "/locations/" + url.PathEscape(location)
}

// do makes a request to the translator.
func (g *Google) do(ctx context.Context, method, path string, body, out any) error {
	return g.at(ctx, method, g.base+path, body, out)
}

// at makes a request with the key or a token.
func (g *Google) at(ctx context.Context, method, address string, body, out any) error {
	header := http.Header{}
	if g.account == nil {
		if g.opts.Key != "" {
			header.Set("X-Goog-Api-Key", g.opts.Key) // never in the address, where Google's examples have it
		}
		return g.client.do(ctx, method, address, header, body, out)
	}
	token, err := g.account.token(ctx, g.client)
	if err != nil {
		return err
	}
	header.Set("Authorization", "Bearer "+token)
	err = g.client.do(ctx, method, address, header, body, out)
	var s *statusError
	if errors.As(err, &s) {
		s.said = strings.ReplaceAll(s.said, token, "***")
		if s.status == http.StatusUnauthorized && g.account.forget(token) {
			return &translate.Error{Kind: translate.Transient, Text: "Google does not take its token any more; the next request brings a new one"}
		}
	}
	return err
}

// googleCodes are Google's codes that are not BCP 47, or mean something narrower than they say.
var googleCodes = map[string]string{"zh-CN": "zh-Hans", "zh": "zh-Hans", "zh-TW": "zh-Hant", "jw": "jv", "pt": "pt-BR"}

func (g *Google) offer(ctx context.Context) (*offer, error) {
	o := newOffer()
	add := func(code string, source, target bool) {
		tag, ok := tagOf(code, googleCodes)
		if ok && source {
			o.source(tag, code)
		}
		if ok && target {
			o.target(tag, code)
		}
	}
	if g.account != nil {
		var list struct {
			Languages []struct {
				Code   string `json:"languageCode"`
				Source bool   `json:"supportSource"`
				Target bool   `json:"supportTarget"`
			} `json:"languages"`
		}
		err := g.do(ctx, http.MethodGet, g.parent()+"/supportedLanguages", nil, &list)
		for _, l := range list.Languages {
			add(l.Code, l.Source, l.Target)
		}
		return o, err
	}
	var list struct {
		Data struct {
			Languages []struct {
				Code string `json:"language"`
			} `json:"languages"`
		} `json:"data"`
	}
	err := g.do(ctx, http.MethodGet, googleV2+"/languages", nil, &list)
	for _, l := range list.Data.Languages {
		add(l.Code, true, true)
	}
	if s := (*statusError)(nil); errors.As(err, &s) && s.status == http.StatusNotFound && g.opts.URL != "" {
		for _, code := range strings.Fields(commonLanguages) {
			add(code, true, true)
		}
		return o, nil
	}
	return o, err
}

// googleAsk and googleAnswer are the bodies of v2 and v3, as Google's discovery documents have them; each has its own names for the same things.
type googleAsk struct {
	Texts  []string `json:"q,omitempty"`
	Source string   `json:"source,omitempty"`
	Target string   `json:"target,omitempty"`
	Format string   `json:"format,omitempty"`

	Contents   []string `json:"contents,omitempty"`
	SourceCode string   `json:"sourceLanguageCode,omitempty"`
	TargetCode string   `json:"targetLanguageCode,omitempty"`
	MIME       string   `json:"mimeType,omitempty"`

	Glossary *googleGlossaryUse `json:"glossaryConfig,omitempty"`
}

// googleGlossaryUse says which glossary a text is translated with. The words of a site are found without case, but for those that say otherwise; here all are.
type googleGlossaryUse struct {
	Name       string `json:"glossary"`
	IgnoreCase bool   `json:"ignoreCase"`
}

type googleAnswer struct {
	Translations []googleTranslation `json:"translations"`
	Glossed      []googleTranslation `json:"glossaryTranslations"`
	Data         struct {
		Translations []googleTranslation `json:"translations"`
	} `json:"data"`
}

type googleTranslation struct {
	Text string `json:"translatedText"`
}

// ask says the format each time: without, Google takes the text for HTML and escapes the answer.
func (g *Google) ask(ctx context.Context, a *ask) ([]string, error) {
	var body googleAsk
	var answer googleAnswer
	path := googleV2
	if g.account != nil {
		path = g.parent() + ":translateText"
		body = googleAsk{Contents: a.texts, SourceCode: a.source, TargetCode: a.goal, MIME: "text/plain"}
		if a.marked {
			body.MIME = "text/html"
		}
		if a.glossary != nil {
			name, err := g.kept.find(g, a.glossary, a.source, a.goal)
			if err != nil {
				return nil, err
			}
			path, body.Glossary = g.region()+":translateText", &googleGlossaryUse{name, true}
		}
	} else {
		body = googleAsk{Texts: a.texts, Source: a.source, Target: a.goal, Format: "text"}
		if a.marked {
			body.Format = "html"
		}
	}
	if err := g.do(ctx, http.MethodPost, path, body, &answer); err != nil {
		if body.Glossary != nil && aboutGlossary(err) {
			g.kept.lost(body.Glossary.Name)
			return nil, errNotKept
		}
		return nil, err
	}
	list := answer.Data.Translations
	switch {
	case body.Glossary != nil:
		list = answer.Glossed
	case g.account != nil:
		list = answer.Translations
	}
	if list == nil {
		return nil, errNoTranslation
	}
	texts := make([]string, len(list))
	for i, t := range list {
		texts[i] = t.Text
	}
	return texts, nil
}

// aboutGlossary tells whether Google refuses a text because of its glossary: it is gone, or in another region.
func aboutGlossary(err error) bool {
	var s *statusError
	return isGone(err) || errors.As(err, &s) && s.status == http.StatusBadRequest && strings.Contains(strings.ToLower(s.said), "glossar")
}

// fault reads Google's reasons: quotas are 403 with it (docs.cloud.google.com/translate/quotas), and a bad key is a 400.
func (g *Google) fault(s *statusError) (translate.ErrorKind, time.Duration) {
	var said struct {
		Error struct {
			Message string                    `json:"message"`
			Status  string                    `json:"status"`
			Errors  []struct{ Reason string } `json:"errors"`
			Details []struct{ Reason string } `json:"details"`
		} `json:"error"`
	}
	_ = json.Unmarshal(s.body, &said)
	words := said.Error.Message + " " + said.Error.Status
	for _, r := range append(said.Error.Errors, said.Error.Details...) {
		words += " " + r.Reason
	}
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(strings.ToLower(words), p) {
				return true
			}
		}
		return false
	}
	over := s.status == http.StatusForbidden || s.status == http.StatusTooManyRequests
	switch {
	case over && has("daily limit", "dailylimit", "per day"):
		return translate.Quota, cmp.Or(s.after, time.Until(nextPacificDay(time.Now())))
	case over && has("rate limit", "ratelimit", "resource_exhausted", "quota"):
		return translate.Rate, s.after
	case s.status != http.StatusBadRequest:
	case has("api key", "api_key", "invalid_grant"):
		return translate.Auth, 0
	case has("too long", "too large", "exceeds"):
		return translate.TooLarge, 0
	case has("language"):
		return translate.NoPair, 0
	}
	return s.kind(), s.after
}

// nextPacificDay is when Google's daily quotas begin anew. Where the machine has no time zones, an hour late in summer.
func nextPacificDay(now time.Time) time.Time {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		zone = time.FixedZone("PST", -8*3600)
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
