package engine

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"dragoman/translate"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// OpenAIOptions are the options of NewOpenAI, and settings of the command line.
type OpenAIOptions struct {
	// URL is the address of OpenAI or of a server that has its chat completions (Ollama, llama.cpp, vLLM, LM Studio, ...), with /v1 or
	// whatever stands in its place; without a path it is /v1. Empty means OpenAI's own.
	URL string `name:"url" placeholder:"URL" help:"A server with OpenAI's chat completions, such as http://127.0.0.1:11434/v1, if not OpenAI's own."`
	// Key is sent in a header, if there is one.
	Key string `secret:"" placeholder:"KEY" help:"Its API key."`
	// Model is the one to use. There is no default: which is good and cheap changes by the month.
	Model string `placeholder:"NAME" help:"The model that translates."`
	// Timeout is how long one request may take; zero means DefaultOpenAITimeout.
	Timeout time.Duration `kong:"-"`
}

// DefaultOpenAITimeout is longer than for engines that only translate, and leaves time for one behind it.
const DefaultOpenAITimeout = 4 * time.Second

const (
	openaiTexts = 50
	openaiBytes = 4 << 10
	openaiURL   = "https://api.openai.com/v1"
)

func (o OpenAIOptions) configured() bool { return o.URL != "" || o.Key != "" }

func (o OpenAIOptions) open(zerolog.Logger) (translate.Engine, error) {
	e := NewOpenAI(o)
	return e, needs(e.remote, "--openai-model, and --openai-key or --openai-url")
}

// OpenAI has a language model translate, over OpenAI's chat completions. What a model says is not trusted: see openai_prompt.go.
type OpenAI struct {
	*remote
	opts OpenAIOptions
	base string

	tongue  sync.Mutex // guards dialect
	dialect openaiDialect
}

// NewOpenAI returns the engine. It asks nothing yet; wrong settings show in Caps.
func NewOpenAI(o OpenAIOptions) *OpenAI {
	e := &OpenAI{opts: o, dialect: openaiDialect{format: formatSchema, limit: limitTokens, temperature: true}}
	var missing error
	e.base, missing = address("OpenAI", cmp.Or(o.URL, openaiURL))
	if u, err := url.Parse(e.base); err == nil && u.Path == "" {
		e.base += "/v1"
	}
	switch {
	case !o.configured():
		missing = unavailable("OpenAI is not configured: give its key or address")
	case strings.TrimSpace(o.Model) == "":
		missing = unavailable("no model is named")
	}
	e.remote = newRemote(nature{
		name: "openai", title: "OpenAI", timeout: cmp.Or(o.Timeout, DefaultOpenAITimeout), texts: openaiTexts, bytes: openaiBytes,
		formality: true, context: true, glossary: true,
		carry: func(text string, _ bool) carrier { return choose(bracketStems, text) }, second: asWords,
		config: e.base + " " + o.Model,
	}, e, o.Key, missing)
	return e
}

// bracketStems are brackets around a number: models copy them, and no keyboard has them.
var bracketStems = []words{wordOf("⟦", "⟧"), wordOf("⟪", "⟫"), wordOf("⦅", "⦆")}

// openaiMore are languages that models know beside commonLanguages, and varieties that they can be told to write.
const openaiMore = "af az be bn bs cy en-GB en-US es-419 eu fil fr-CA ga gl gu hy ka kk km kn ky lo mk ml mn mr my ne pa si sq sr-Latn sw ta te ur uz"

// offer asks nobody: no server says which languages its models know.
func (e *OpenAI) offer(context.Context) (*offer, error) {
	o := newOffer()
	for _, code := range strings.Fields(commonLanguages + " " + openaiMore) {
		tag := language.MustParse(code)
		name := display.English.Tags().Name(tag) + " (" + code + ")"
		o.source(tag, name)
		o.target(tag, name)
	}
	return o, nil
}

// openaiDialect is which optional parts of a request a server takes. There is no way to ask; a server says what it does not like.
type openaiDialect struct {
	format      string
	limit       string
	temperature bool
}

const (
	formatSchema = "json_schema"
	formatObject = "json_object"
	limitTokens  = "max_tokens"
	limitNew     = "max_completion_tokens"
)

// without returns the dialect without what the server complains about, and whether that is another one. What it is called stands in param
// or in the sentence.
func (d openaiDialect) without(complaint string) (openaiDialect, bool) {
	was := d
	switch {
	case d.limit != "" && strings.Contains(complaint, d.limit):
		d.limit = map[string]string{limitTokens: limitNew}[d.limit]
	case d.format != "" && strings.Contains(complaint, "response_format"):
		d.format = map[string]string{formatSchema: formatObject}[d.format]
	case strings.Contains(complaint, "temperature"):
		d.temperature = false
	}
	return d, d != was
}

// openaiAsk and openaiAnswer are the bodies of POST /chat/completions, as OpenAI's OpenAPI has them (openai/openai-openapi, August 2026).
type openaiAsk struct {
	Model       string          `json:"model"`
	Messages    []openaiMessage `json:"messages"`
	Temperature *float64        `json:"temperature,omitempty"`
	MaxTokens   int             `json:"max_tokens,omitempty"`
	MaxNew      int             `json:"max_completion_tokens,omitempty"`
	Format      *openaiFormat   `json:"response_format,omitempty"`
}

type openaiMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type openaiFormat struct {
	Type   string          `json:"type"`
	Schema json.RawMessage `json:"json_schema,omitempty"`
}

type openaiAnswer struct {
	Choices []struct {
		Finish  string `json:"finish_reason"`
		Message struct {
			Content string `json:"content"`
			Refusal string `json:"refusal"`
		} `json:"message"`
	} `json:"choices"`
}

// openaiSchema is the form of the answer, for servers that hold their models to one.
const openaiSchema = `{"name":"translation","strict":true,"schema":{"type":"object","properties":{"id":{"type":"string"},` +
	`"texts":{"type":"array","items":{"type":"string"}}},"required":["id","texts"],"additionalProperties":false}}`

const (
	openaiTries = 4    // how many forms of a request are tried before a server's refusal counts
	tokenRoom   = 256  // tokens of an answer beside its texts
	thinkRoom   = 4096 // ... of models that think first, which are those that want max_completion_tokens
)

func (e *OpenAI) ask(ctx context.Context, a *ask) ([]string, error) {
	nonce := rand.Text()
	messages, err := openaiPrompt(a, nonce)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		e.tongue.Lock()
		d := e.dialect
		e.tongue.Unlock()
		var answer openaiAnswer
		err := e.client.do(ctx, http.MethodPost, e.base+"/chat/completions", e.header(), e.body(d, messages), &answer)
		if err == nil {
			return answer.texts(nonce, a)
		}
		next, other := d.without(openaiComplaint(err))
		if !other || try == openaiTries {
			return nil, err
		}
		e.tongue.Lock()
		if e.dialect == d {
			e.dialect = next
		}
		e.tongue.Unlock()
	}
}

func (e *OpenAI) header() http.Header {
	if e.opts.Key == "" {
		return nil
	}
	return http.Header{"Authorization": {"Bearer " + e.opts.Key}}
}

func (e *OpenAI) body(d openaiDialect, messages []openaiMessage) openaiAsk {
	b := openaiAsk{Model: e.opts.Model, Messages: messages}
	if d.temperature {
		b.Temperature = new(float64)
	}
	// A token is seldom less than a byte and a half of the data, and a translation seldom twice its source.
	room := 2*len(messages[len(messages)-1].Content) + tokenRoom
	switch d.limit {
	case limitTokens:
		b.MaxTokens = room
	case limitNew:
		b.MaxNew = room + thinkRoom
	}
	switch d.format {
	case formatSchema:
		b.Format = &openaiFormat{Type: formatSchema, Schema: json.RawMessage(openaiSchema)}
	case formatObject:
		b.Format = &openaiFormat{Type: formatObject}
	}
	return b
}

// openaiError is what servers say when they refuse. Some have a sentence where others have an object.
type openaiError struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Param   string `json:"param"`
	Code    string `json:"code"`
}

func openaiRefusal(s *statusError) openaiError {
	var said struct {
		Error json.RawMessage `json:"error"`
	}
	var e openaiError
	if json.Unmarshal(s.body, &said) == nil && json.Unmarshal(said.Error, &e) != nil {
		_ = json.Unmarshal(said.Error, &e.Message)
	}
	return e
}

func openaiComplaint(err error) string {
	var s *statusError
	if !errors.As(err, &s) || s.status != http.StatusBadRequest && s.status != http.StatusUnprocessableEntity {
		return ""
	}
	said := openaiRefusal(s)
	return said.Param + " " + said.Message
}

// fault tells the two meanings of 429 apart: too fast, and nothing left to spend.
func (e *OpenAI) fault(s *statusError) (translate.ErrorKind, time.Duration) {
	said := openaiRefusal(s)
	switch {
	case s.status == http.StatusPaymentRequired, said.Code == "insufficient_quota", said.Type == "insufficient_quota":
		return translate.Quota, s.after
	case s.status == http.StatusTooManyRequests:
		return translate.Rate, cmp.Or(s.after, openaiReset(s.header))
	case s.status == http.StatusBadRequest && said.Code == "context_length_exceeded":
		return translate.TooLarge, 0
	}
	return s.kind(), s.after
}

// openaiReset reads when the limit begins anew that has nothing left: "x-ratelimit-reset-tokens: 6m0s".
func openaiReset(h http.Header) time.Duration {
	var after time.Duration
	for _, what := range []string{"requests", "tokens"} {
		if d, err := time.ParseDuration(h.Get("x-ratelimit-reset-" + what)); err == nil && h.Get("x-ratelimit-remaining-"+what) == "0" {
			after = max(after, min(d, 24*time.Hour))
		}
	}
	return after
}

// plainJSON writes v without escaping <, > and &, which would only cost tokens.
func plainJSON(v any) (string, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	err := w.Encode(v)
	return strings.TrimSpace(b.String()), err
}
