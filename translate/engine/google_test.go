package engine

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/translate"
	"dragoman/translate/engine/enginetest"

	"golang.org/x/text/language"
)

const googleLanguages = "en es pt pt-PT zh-CN zh-TW iw no fr fr-CA sr-Latn"

func googleRefuses(status int, message string) enginetest.Answer {
	b, _ := json.Marshal(map[string]any{"error": map[string]any{"code": status, "message": message}})
	return enginetest.Answer{Status: status, Body: string(b)}
}

// googleTails translates as Google does. Text that is called HTML comes back escaped as HTML, quotes too.
func googleTails(texts []string, isHTML bool) []string {
	done := make([]string, len(texts))
	for i, text := range texts {
		done[i] = enginetest.Tail(text)
		if isHTML {
			done[i] = strings.ReplaceAll(done[i], "'", "&#39;")
		}
	}
	return done
}

// google2 is Google's v2: the key in a header, fields of its discovery document and no others.
func google2(a enginetest.Asked) enginetest.Answer {
	if a.Header.Get("X-Goog-Api-Key") != enginetest.Key {
		return googleRefuses(403, "The request is missing a valid API key.")
	}
	if a.Path == "/language/translate/v2/languages" && a.Method == http.MethodGet {
		var list []string
		for _, code := range strings.Fields(googleLanguages) {
			list = append(list, fmt.Sprintf(`{"language":%q}`, code))
		}
		return enginetest.Answer{Body: `{"data":{"languages":[` + strings.Join(list, ",") + `]}}`}
	}
	var ask struct {
		Q                      []string
		Source, Target, Format string
	}
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&ask); err != nil || a.Path != "/language/translate/v2" || a.Method != http.MethodPost || len(ask.Q) > 128 || len(a.Body) > 100_000 ||
		ask.Format != "text" && ask.Format != "html" {
		return googleRefuses(400, "Invalid Value")
	}
	return enginetest.Answer{Body: google2Says(a, googleTails(ask.Q, ask.Format == "html")...)}
}

func googleTextsOf(a enginetest.Asked) []string {
	var ask googleAsk
	_ = json.Unmarshal([]byte(a.Body), &ask)
	return append(ask.Texts, ask.Contents...)
}

func googleList(texts []string) []map[string]string {
	list := []map[string]string{}
	for _, t := range texts {
		list = append(list, map[string]string{"translatedText": t})
	}
	return list
}

func google2Says(_ enginetest.Asked, texts ...string) string {
	b, _ := json.Marshal(map[string]any{"data": map[string]any{"translations": googleList(texts)}})
	return string(b)
}

func googleFault(status int, message, reason string, kind translate.ErrorKind, after time.Duration) enginetest.Fault {
	b, _ := json.Marshal(map[string]any{"error": map[string]any{
		"code": status, "message": message, "errors": []any{map[string]string{"domain": "usageLimits", "reason": reason}},
	}})
	return enginetest.Fault{Answer: enginetest.Answer{Status: status, Body: string(b)}, Kind: kind, After: after}
}

func googleFaults() map[string]enginetest.Fault {
	detail := `{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}`
	return map[string]enginetest.Fault{
		"day":           googleFault(403, "Daily Limit Exceeded", "dailyLimitExceeded", translate.Quota, time.Until(nextPacificDay(time.Now()))),
		"minute":        googleFault(403, "User Rate Limit Exceeded", "userRateLimitExceeded", translate.Rate, 0),
		"quota 429":     googleFault(429, "Quota exceeded for quota metric 'v2 and v3 general model characters' and limit 'per minute'", "rateLimitExceeded", translate.Rate, 0),
		"forbidden":     googleFault(403, "Cloud Translation API has not been used in project 1 before or it is disabled.", "accessNotConfigured", translate.Auth, 0),
		"bad key":       {Answer: enginetest.Answer{Status: 400, Body: detail}, Kind: translate.Auth},
		"bad pair":      googleFault(400, "Bad language pair: en|es", "invalid", translate.NoPair, 0),
		"bad target":    googleFault(400, "Target language is invalid.", "badRequest", translate.NoPair, 0),
		"too long":      googleFault(400, "Text is too long.", "uRLTooLong", translate.TooLarge, 0),
		"of the others": {Answer: enginetest.Answer{Body: `{"translations":null,"data":{"translations":null}}`}, Kind: translate.BadOutput},
		"another type":  {Answer: enginetest.Answer{Body: `{"translations":"x","data":{"translations":"x"}}`}, Kind: translate.BadOutput},
	}
}

var googleVarieties = map[string]string{
	"en pt-BR": `"pt"`, "en pt": `"pt"`, "en pt-PT": `"pt-PT"`, "en zh-TW": `"zh-TW"`, "zh-CN en": `"zh-CN"`, "he en": `"iw"`, "en nb": `"no"`, "en fr-CA": `"fr-CA"`, "en sr": "", "en de": "",
}

func TestGoogle2(t *testing.T) {
	enginetest.Vendor{
		New: func(t testing.TB, url string, timeout time.Duration) translate.Engine {
			return NewGoogle(GoogleOptions{URL: url, Key: enginetest.Key, Timeout: timeout})
		},
		From: language.English, To: language.Spanish, Serve: google2, Texts: googleTextsOf, Say: google2Says, PerRequest: 50,
		Translates: func(a enginetest.Asked) bool { return a.Path == "/language/translate/v2" },
		Faults:     googleFaults(), Varieties: googleVarieties,
	}.Run(t)
}

// googleAccountKey is the private key of the account under test. 1,024 bits are enough to be wrong with.
var googleAccountKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		panic(err)
	}
	return key
})

func accountFile(tokenURI string) string {
	der, _ := x509.MarshalPKCS8PrivateKey(googleAccountKey())
	b, _ := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "shop-1", "private_key_id": "k1", "client_email": "chat@shop-1.iam.gserviceaccount.com", "token_uri": tokenURI,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	return string(b)
}

const googleToken = enginetest.Key

// google3 is Google's v3 and its token address, which believes a signature only.
func google3(a enginetest.Asked) enginetest.Answer {
	if a.Path == "/token" {
		return grant(a)
	}
	if a.Header.Get("Authorization") != "Bearer "+googleToken {
		return googleRefuses(401, "Request had invalid authentication credentials.")
	}
	const parent = "/v3/projects/shop-1/locations/global"
	if a.Path == parent+"/supportedLanguages" && a.Method == http.MethodGet {
		var list []string
		for _, code := range strings.Fields(googleLanguages) {
			list = append(list, fmt.Sprintf(`{"languageCode":%q,"supportSource":true,"supportTarget":true}`, code))
		}
		return enginetest.Answer{Body: `{"languages":[` + strings.Join(list, ",") + `]}`}
	}
	var ask struct {
		Contents                                         []string
		SourceLanguageCode, TargetLanguageCode, MimeType string
	}
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(&ask); err != nil || a.Path != parent+":translateText" || len(ask.Contents) > 1024 || ask.MimeType != "text/plain" && ask.MimeType != "text/html" {
		return googleRefuses(400, "Invalid Value")
	}
	return enginetest.Answer{Body: google3Says(a, googleTails(ask.Contents, ask.MimeType == "text/html")...)}
}

func grant(a enginetest.Asked) enginetest.Answer {
	form, _ := url.ParseQuery(a.Body)
	parts := strings.Split(form.Get("assertion"), ".")
	if form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || len(parts) != 3 {
		return enginetest.Answer{Status: 400, Body: `{"error":"invalid_request"}`}
	}
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	var claims struct {
		Iss, Scope, Aud string
		Iat, Exp        int64
	}
	b, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if json.Unmarshal(b, &claims) != nil || rsa.VerifyPKCS1v15(&googleAccountKey().PublicKey, crypto.SHA256, sum[:], signature) != nil ||
		claims.Iss != "chat@shop-1.iam.gserviceaccount.com" || claims.Exp-claims.Iat != 3600 || !strings.HasSuffix(claims.Aud, "/token") {
		return enginetest.Answer{Status: 400, Body: `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`}
	}
	return enginetest.Answer{Body: `{"access_token":"` + googleToken + `","expires_in":3599,"token_type":"Bearer"}`}
}

func google3Says(_ enginetest.Asked, texts ...string) string {
	b, _ := json.Marshal(map[string]any{"translations": googleList(texts)})
	return string(b)
}

func TestGoogle3(t *testing.T) {
	enginetest.Vendor{
		New: func(t testing.TB, url string, timeout time.Duration) translate.Engine {
			return NewGoogle(GoogleOptions{URL: url, Key: accountFile(url + "/token"), Timeout: timeout})
		},
		From: language.English, To: language.Spanish, Serve: google3, Texts: googleTextsOf, Say: google3Says, PerRequest: 50,
		Translates: func(a enginetest.Asked) bool { return strings.HasSuffix(a.Path, ":translateText") },
		Faults:     googleFaults(), Varieties: googleVarieties,
	}.Run(t)
}

// TestGoogleFormats: text goes as text; with marks it goes as HTML, and comes back unescaped.
func TestGoogleFormats(t *testing.T) {
	s := enginetest.NewServer(t, google2)
	g := NewGoogle(GoogleOptions{URL: s.URL, Key: enginetest.Key})
	defer g.Close()
	for text, want := range map[string][2]string{
		"don't & won't": {"don't & won't", `"format":"text"`},
		"don't & " + string(translate.MarkOf(3)) + "?": {"don't & " + string(translate.MarkOf(3)) + "?", `"format":"html"`},
	} {
		resp, err := g.Translate(t.Context(), request(text))
		asked := s.Asked(googleV2)
		if body := asked[len(asked)-1].Body; err != nil || resp.Results[0].Text != want[0] || !strings.Contains(body, want[1]) {
			t.Errorf("%q: %+v, %v, asked %s", text, resp, err, body)
		}
	}
	asked := s.Asked(googleV2)
	var sent struct{ Q []string }
	for _, a := range asked[1:] {
		if _ = json.Unmarshal([]byte(a.Body), &sent); strings.Contains(a.Body, "html") && !strings.Contains(html.UnescapeString(sent.Q[0]), "XPH3X") {
			t.Errorf("asked %s", a.Body)
		}
	}
}

// TestGoogleToken: one token for many calls; a new one when the old one is refused after a while, and none after a bad account.
func TestGoogleToken(t *testing.T) {
	s := enginetest.NewServer(t, google3)
	g := NewGoogle(GoogleOptions{URL: s.URL, Key: accountFile(s.URL + "/token")})
	defer g.Close()
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if _, err := g.Translate(t.Context(), request("one")); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(s.Asked("/token")); n != 1 {
		t.Errorf("%d tokens for 20 calls", n)
	}
	s.Script(func(a enginetest.Asked) enginetest.Answer {
		if strings.HasSuffix(a.Path, ":translateText") && len(s.Asked("/token")) == 1 {
			return googleRefuses(401, "expired "+googleToken)
		}
		return google3(a)
	})
	g.account.mu.Lock()
	g.account.born = time.Now().Add(-2 * tokenYoung)
	g.account.mu.Unlock()
	p := translate.New(translate.Options{Engines: []translate.Engine{g}})
	defer p.Close()
	if got := p.Translate(t.Context(), chat.Untranslated{Text: "one two", From: language.English, To: language.Spanish}); got.Text != "oneo twoo" {
		t.Errorf("with a token that is over: %+v", got)
	}
	if n := len(s.Asked("/token")); n != 2 {
		t.Errorf("%d tokens", n)
	}
	bad := enginetest.NewServer(t, func(enginetest.Asked) enginetest.Answer {
		return enginetest.Answer{Status: 400, Body: `{"error":"invalid_grant","error_description":"Invalid grant: account not found"}`}
	})
	none := NewGoogle(GoogleOptions{URL: bad.URL, Key: accountFile(bad.URL + "/token")})
	defer none.Close()
	if _, err := none.Translate(t.Context(), request("one")); translate.KindOf(err) != translate.Auth || !strings.Contains(err.Error(), "account not found") {
		t.Errorf("an account that is gone: %v", err)
	}
}

// canceled is for questions that must not go out.
func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestGoogleSettings(t *testing.T) {
	good := accountFile("https://oauth2.googleapis.com/token")
	for key, want := range map[string]string{
		good: "", "{": "no JSON file", `{"client_email":"a"}`: "no JSON file", strings.Replace(good, "BEGIN", "BEGUN", 1): "cannot be read",
		accountFile("http://example.com/token"): "token_uri", "": "not configured", "a key": "blank",
	} {
		g := NewGoogle(GoogleOptions{Key: key})
		_, err := g.Caps(canceled(t))
		if want == "" && translate.KindOf(err) == translate.Unavailable || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.30s: %v, want %q", key, err, want)
		}
		g.Close()
	}
	g := NewGoogle(GoogleOptions{Key: good, Project: "p/1", Location: "europe-west1"})
	defer g.Close()
	if got := g.parent(); got != "/v3/projects/p%2F1/locations/europe-west1" {
		t.Error(got)
	}
	alike := enginetest.NewServer(t, func(a enginetest.Asked) enginetest.Answer {
		if a.Path != "/google/language/translate/v2" {
			return enginetest.Answer{Status: 404}
		}
		return enginetest.Answer{Body: google2Says(a, "hola")}
	})
	mt := NewGoogle(GoogleOptions{URL: alike.URL + "/google/"})
	defer mt.Close()
	if resp, err := mt.Translate(t.Context(), request("hello")); err != nil || resp.Results[0].Text != "hola" {
		t.Errorf("a server like Google that does not tell its languages: %+v, %v", resp, err)
	}
}

func TestNextPacificDay(t *testing.T) {
	for now, want := range map[string]string{
		"2026-01-15T07:59:00Z": "2026-01-15T08:00:00Z", "2026-01-15T08:01:00Z": "2026-01-16T08:00:00Z", "2026-07-15T06:59:00Z": "2026-07-15T07:00:00Z",
	} {
		at, _ := time.Parse(time.RFC3339, now)
		if got := nextPacificDay(at).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
	}
}
