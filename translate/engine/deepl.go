package engine

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"dragoman/translate"

	"github.com/rs/zerolog"
)

// DeepLOptions are the options of NewDeepL, and settings of the command line.
type DeepLOptions struct {
	// URL is the address of DeepL or of a server that speaks its language; empty means DeepL's own for this kind of key. With a path it
	// is taken for the address of translate itself, such as http://127.0.0.1:8989/deepl.
	URL string `name:"url" placeholder:"URL" help:"A server that speaks as DeepL does, if not DeepL's own."`
	// Key is sent in a header.
	Key string `secret:"" placeholder:"KEY" help:"DeepL's API key. Those of the free plan end in :fx."`
	// Glossary is the id of a glossary (v3) that DeepL keeps; it is used for the pairs that it has dictionaries of.
	Glossary string `placeholder:"ID" help:"A glossary that DeepL keeps, for the pairs that it has dictionaries of."`
	// Timeout is how long one request may take; zero means translate.DefaultEngineTimeout.
	Timeout time.Duration `kong:"-"`
}

// What DeepL's OpenAPI (DeepLcom/openapi, 3.11.0) says of requests: 128 KiB at most. Escaping can make a text five times as long. The number of
// texts has no limit there; older documentation says 50.
const (
	deeplTexts     = 50
	deeplBytes     = 20 << 10
	deeplProURL    = "https://api.deepl.com"
	deeplFreeURL   = "https://api-free.deepl.com"
	deeplTranslate = "/v2/translate"
)

func (o DeepLOptions) configured() bool { return o.URL != "" || o.Key != "" }

func (o DeepLOptions) open(zerolog.Logger) (translate.Engine, error) {
	d := NewDeepL(o)
	return d, needs(d.remote, "--deepl-key with its API key, or --deepl-url with the address of a server like it")
}

// DeepL speaks with DeepL, or with a server that has its translate.
type DeepL struct {
	*remote
	opts         DeepLOptions
	base         string // without a slash at its end; empty if there is nothing but translate
	translateURL string
	dictionaries atomic.Pointer[map[string]bool] // the glossary's pairs, such as "en>de"
	kept         *deeplKept                      // the glossaries of the sites
}

// NewDeepL returns the engine. It asks nothing yet; wrong settings show in Caps.
func NewDeepL(o DeepLOptions) *DeepL {
	d := &DeepL{opts: o, kept: newDeepLKept()}
	base := o.URL
	if base == "" {
		base = deeplProURL
		if strings.HasSuffix(o.Key, ":fx") {
			base = deeplFreeURL
		}
	}
	base, missing := address("DeepL", base)
	if !o.configured() {
		missing = unavailable("DeepL is not configured: give its key")
	}
	d.base, d.translateURL = base, base+deeplTranslate
	if u, err := url.Parse(base); err == nil && u.Path != "" {
		d.translateURL = base
		if own, ok := strings.CutSuffix(base, deeplTranslate); ok {
			d.base = own
		} else {
			d.base = ""
		}
	}
	d.remote = newRemote(nature{
		name: "deepl", title: "DeepL", timeout: cmp.Or(o.Timeout, translate.DefaultEngineTimeout), texts: deeplTexts, bytes: deeplBytes,
		formality: true, context: true, glossary: d.base != "", config: d.translateURL + " " + o.Glossary,
		carry: func(_ string, marked bool) carrier {
			if marked {
				return xmlTags{}
			}
			return plainText{}
		},
		second: asWords,
	}, d, o.Key, missing)
	return d
}

func (d *DeepL) header() http.Header {
	if d.opts.Key == "" {
		return nil
	}
	return http.Header{"Authorization": {"DeepL-Auth-Key " + d.opts.Key}}
}

func (d *DeepL) get(ctx context.Context, path string, out any) error {
	return d.client.do(ctx, http.MethodGet, d.base+path, d.header(), nil, out)
}

// deeplCodes are DeepL's codes that mean something narrower than they say.
var deeplCodes = map[string]string{"ZH": "zh-Hans", "zh": "zh-Hans"}

// deeplSources and deeplTargets are for servers that do not tell their languages: what DeepL had in June 2026. Which of them such a
// server has, it says when it is asked.
const (
	deeplSources = "ar bg cs da de el en es et fi fr he hu id it ja ko lt lv nb nl pl pt ro ru sk sl sv th tr uk vi zh"
	deeplTargets = "ar bg cs da de el en-US en-GB es et fi fr he hu id it ja ko lt lv nb nl pl pt-BR pt-PT ro ru sk sl sv th tr uk vi zh-Hans zh-Hant"
)

type deeplLanguage struct {
	Code   string `json:"lang"`
	Source bool   `json:"usable_as_source"`
	Target bool   `json:"usable_as_target"`
}

func (d *DeepL) offer(ctx context.Context) (*offer, error) {
	if err := d.glossary(ctx); err != nil {
		return nil, err
	}
	var list []deeplLanguage
	if d.base != "" {
		err := d.get(ctx, "/v3/languages?resource=translate_text", &list)
		var s *statusError
		if err != nil && !(errors.As(err, &s) && s.status == http.StatusNotFound) {
			return nil, err
		}
	}
	if list == nil {
		for _, code := range strings.Fields(deeplSources) {
			list = append(list, deeplLanguage{Code: code, Source: true})
		}
		for _, code := range strings.Fields(deeplTargets) {
			list = append(list, deeplLanguage{Code: code, Target: true})
		}
	}
	o := newOffer()
	for _, l := range list {
		tag, ok := tagOf(l.Code, deeplCodes)
		if ok && l.Source {
			o.source(tag, strings.ToUpper(l.Code))
		}
		if ok && l.Target {
			o.target(tag, strings.ToUpper(l.Code))
		}
	}
	return o, nil
}

// glossary learns which pairs the glossary has: with any other, DeepL would refuse it.
func (d *DeepL) glossary(ctx context.Context) error {
	if d.opts.Glossary == "" {
		return nil
	}
	if d.base == "" {
		return unavailable("a server with nothing but DeepL's translate has no glossaries: take --deepl-glossary out")
	}
	var g struct {
		Dictionaries []struct {
			Source string `json:"source_lang"`
			Target string `json:"target_lang"`
		} `json:"dictionaries"`
	}
	err := d.get(ctx, "/v3/glossaries/"+url.PathEscape(d.opts.Glossary), &g)
	var s *statusError
	if errors.As(err, &s) && s.status == http.StatusNotFound {
		return unavailable("DeepL has no glossary with the id of --deepl-glossary")
	}
	if err != nil {
		return err
	}
	pairs := map[string]bool{}
	for _, p := range g.Dictionaries {
		pairs[deeplPair(p.Source, p.Target)] = true
	}
	d.dictionaries.Store(&pairs)
	return nil
}

// deeplPair names a pair as dictionaries know it: a dictionary into EN serves EN-US and EN-GB.
func deeplPair(source, target string) string {
	base := func(code string) string {
		code, _, _ = strings.Cut(strings.ToLower(code), "-")
		return code
	}
	return base(source) + ">" + base(target)
}

// deeplAsk and deeplAnswer are the bodies of POST /v2/translate.
type deeplAsk struct {
	Text       []string `json:"text"`
	Source     string   `json:"source_lang"`
	Target     string   `json:"target_lang"`
	Context    string   `json:"context,omitempty"`
	Formality  string   `json:"formality,omitempty"`
	Glossary   string   `json:"glossary_id,omitempty"`
	Glossaries []string `json:"glossary_ids,omitempty"`
	Tags       string   `json:"tag_handling,omitempty"`
	TagVersion string   `json:"tag_handling_version,omitempty"`
	Bill       bool     `json:"show_billed_characters,omitempty"`
}

type deeplAnswer struct {
	Translations []struct {
		Text   string `json:"text"`
		Billed int    `json:"billed_characters"`
	} `json:"translations"`
}

func (d *DeepL) ask(ctx context.Context, a *ask) ([]string, error) {
	body := deeplAsk{Text: a.texts, Source: a.source, Target: a.goal, Context: strings.Join(a.context, "\n")}
	if a.formality != "" {
		body.Formality = "prefer_" + string(a.formality) // plain more and less are refused for languages without it
	}
	var glossaries []string
	if a.glossary != nil {
		id, err := d.kept.id(ctx, d, a.glossary, a.source, a.goal)
		if err != nil {
			return nil, err
		}
		glossaries = append(glossaries, id)
	}
	if pairs := d.dictionaries.Load(); pairs != nil && (*pairs)[deeplPair(a.source, a.goal)] {
		glossaries = append(glossaries, d.opts.Glossary)
	}
	switch len(glossaries) {
	case 0:
	case 1:
		body.Glossary = glossaries[0]
	default:
		body.Glossaries = glossaries
	}
	body.Bill = d.base != "" // a server with nothing but translate may not know it
	if a.marked {
		body.Tags, body.TagVersion = "xml", "v2"
	}
	var answer deeplAnswer
	if err := d.client.do(ctx, http.MethodPost, d.translateURL, d.header(), body, &answer); err != nil {
		if a.glossary != nil && isGone(err) {
			return nil, d.kept.lost(d, a.glossary.Site, err, append(a.said, a.context...)...)
		}
		return nil, d.untilReset(ctx, err)
	}
	if answer.Translations == nil {
		return nil, errNoTranslation
	}
	texts := make([]string, len(answer.Translations))
	for i, t := range answer.Translations {
		texts[i] = t.Text
		a.billed += t.Billed
	}
	return texts, nil
}

// deeplQuota and deeplBusy are statuses of DeepL's own.
const (
	deeplQuota = 456
	deeplBusy  = 529
)

// untilReset asks when a quota that is used up begins anew. Free plans do not say.
func (d *DeepL) untilReset(ctx context.Context, err error) error {
	var s *statusError
	if errors.As(err, &s) && s.status == deeplQuota {
		if u, err := d.Usage(ctx); err == nil && u.Until.After(time.Now()) {
			s.after = time.Until(u.Until)
		}
	}
	return err
}

func (d *DeepL) fault(s *statusError) (translate.ErrorKind, time.Duration) {
	switch s.status {
	case deeplQuota:
		return translate.Quota, s.after
	case deeplBusy:
		return translate.Rate, s.after
	case http.StatusBadRequest:
		if said := strings.ToLower(s.said); strings.Contains(said, "target_lang") || strings.Contains(said, "source_lang") {
			return translate.NoPair, 0
		}
	}
	return s.kind(), s.after
}

// Usage returns DeepL's count of the current period, in code points of the source.
func (d *DeepL) Usage(ctx context.Context) (translate.Usage, error) {
	switch {
	case d.missing != nil:
		return translate.Usage{}, d.missing
	case d.base == "":
		return translate.Usage{}, unavailable("a server with nothing but DeepL's translate does not count")
	}
	var u struct {
		Used     int64     `json:"character_count"`
		Limit    int64     `json:"character_limit"`
		KeyUsed  int64     `json:"api_key_character_count"`
		KeyLimit int64     `json:"api_key_character_limit"`
		Until    time.Time `json:"end_time"`
	}
	if err := d.get(ctx, "/v2/usage", &u); err != nil {
		return translate.Usage{}, d.explain(err, nil)
	}
	if u.KeyLimit > 0 && u.KeyLimit-u.KeyUsed < u.Limit-u.Used { // the key has a limit of its own, and it is nearer
		u.Used, u.Limit = u.KeyUsed, u.KeyLimit
	}
	return translate.Usage{Used: u.Used, Limit: u.Limit, Until: u.Until}, nil
}
