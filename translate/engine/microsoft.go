package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"dragoman/translate"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// MicrosoftOptions are the options of NewMicrosoft, and settings of the command line.
type MicrosoftOptions struct {
	// URL is the address of a part of the world (https://api-eur.cognitive.microsofttranslator.com) or of a resource of one's own
	// (https://NAME.cognitiveservices.azure.com); empty means the one for all the world.
	URL string `name:"url" placeholder:"URL" help:"Microsoft's address in a part of the world, or of a resource of your own."`
	// Key is sent in a header.
	Key string `secret:"" placeholder:"KEY" help:"The key of an Azure Translator resource."`
	// Region is the resource's; one that is global needs none.
	Region string `placeholder:"PLACE" help:"The region of the Azure resource, such as westeurope, unless it is global."`
	// Timeout is how long one request may take; zero means translate.DefaultEngineTimeout.
	Timeout time.Duration `kong:"-"`
}

// Azure's OpenAPI says at most 25 texts and 5,000 characters in a request, elements around marks included; newer documentation says 1,000 and 50,000.
const (
	microsoftTexts = 25
	microsoftBytes = 3000
	microsoftURL   = "https://api.cognitive.microsofttranslator.com"
	// microsoftOwn is the end of the host of a resource of one's own, and microsoftPath where the translator is on it.
	microsoftOwn  = ".cognitiveservices.azure.com"
	microsoftPath = "/translator/text/v3.0"
)

func (o MicrosoftOptions) configured() bool { return o.URL != "" || o.Key != "" }

func (o MicrosoftOptions) open(zerolog.Logger) (translate.Engine, error) {
	m := NewMicrosoft(o)
	return m, needs(m.remote, "--microsoft-key with the key of an Azure Translator resource")
}

// Microsoft speaks with Azure Translator, version 3.
type Microsoft struct {
	*remote
	opts MicrosoftOptions
	base string
}

// NewMicrosoft returns the engine. It asks nothing yet; wrong settings show in Caps.
func NewMicrosoft(o MicrosoftOptions) *Microsoft {
	m := &Microsoft{opts: o}
	var missing error
	m.base, missing = address("Microsoft", cmp.Or(o.URL, microsoftURL))
	if u, err := url.Parse(m.base); err == nil && u.Path == "" && strings.HasSuffix(u.Hostname(), microsoftOwn) {
		m.base += microsoftPath
	}
	switch {
	case o.Key == "":
		missing = unavailable("Microsoft is not configured: give its key")
	case strings.ContainsAny(o.Region, " \r\n"):
		missing = unavailable("the region of Microsoft is a word such as westeurope")
	}
	m.remote = newRemote(nature{
		name: "microsoft", title: "Microsoft", timeout: cmp.Or(o.Timeout, translate.DefaultEngineTimeout), texts: microsoftTexts, bytes: microsoftBytes,
		glossary: true, carry: spansIfMarked, wrap: microsoftTerms, second: asWords,
		config: m.base,
	}, m, o.Key, missing)
	return m
}

// microsoftTerms puts what Microsoft calls a dynamic dictionary around each term. It is read in plain text as well as in HTML, so what stands in the
// text and looks like it cannot be told apart; then the terms are left out, and the pipeline asks again with marks.
func microsoftTerms(c carrier, s translate.Segment) string {
	const element = "mstrans:dictionary"
	if strings.Contains(s.Text, element) {
		return c.wrap(s.Text)
	}
	var b strings.Builder
	done := 0
	for _, t := range s.Terms {
		b.WriteString(c.wrap(s.Text[done:t.From]))
		b.WriteString("<" + element + ` translation="` + html.EscapeString(t.Target) + `">` + c.wrap(s.Text[t.From:t.To]) + "</" + element + ">")
		done = t.To
	}
	return b.String() + c.wrap(s.Text[done:])
}

// microsoftCodes are Microsoft's codes that mean something narrower than they say.
var microsoftCodes = map[string]string{"pt": "pt-BR"}

// offer needs no key: whether that is good shows with the first text.
func (m *Microsoft) offer(ctx context.Context) (*offer, error) {
	var list struct {
		Translation map[string]struct{} `json:"translation"`
	}
	err := m.client.do(ctx, http.MethodGet, m.base+"/languages?api-version=3.0&scope=translation", nil, nil, &list)
	if err != nil {
		return nil, err
	}
	o := newOffer()
	for _, code := range slices.Sorted(maps.Keys(list.Translation)) {
		if tag, ok := tagOf(code, microsoftCodes); ok {
			o.source(tag, code)
			o.target(tag, code)
		}
	}
	return o, nil
}

// microsoftText and microsoftAnswer are the bodies of POST /translate, as Azure's OpenAPI has them (azure-rest-api-specs, TranslatorText 3.0).
type microsoftText struct {
	Text string `json:"Text"`
}

type microsoftAnswer []struct {
	Translations []struct {
		Text string `json:"text"`
		To   string `json:"to"`
	} `json:"translations"`
}

// ask wants one target language.
func (m *Microsoft) ask(ctx context.Context, a *ask) ([]string, error) {
	all, err := m.askMany(ctx, a, []string{a.goal})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// TranslateMany asks for several target languages in one request, if the texts are short enough for that: Microsoft counts them once for each.
func (m *Microsoft) TranslateMany(ctx context.Context, req *translate.Request, to []language.Tag) ([]*translate.Response, error) {
	return m.many(ctx, req, to, m.askMany)
}

// askMany returns the answers by language and text.
func (m *Microsoft) askMany(ctx context.Context, a *ask, goals []string) ([][]string, error) {
	query := url.Values{"api-version": {"3.0"}, "from": {a.source}, "to": goals, "textType": {"plain"}}
	if a.marked {
		query.Set("textType", "html")
	}
	header := http.Header{}
	header.Set("Ocp-Apim-Subscription-Key", m.opts.Key)
	if m.opts.Region != "" {
		header.Set("Ocp-Apim-Subscription-Region", m.opts.Region)
	}
	body := make([]microsoftText, len(a.texts))
	for i, t := range a.texts {
		body[i].Text = t
	}
	var answer microsoftAnswer
	said, err := m.client.exchange(ctx, http.MethodPost, m.base+"/translate?"+query.Encode(), header, body, &answer)
	if err != nil {
		return nil, err
	}
	a.billed, _ = strconv.Atoi(said.Get("X-Metered-Usage"))
	if answer == nil {
		return nil, errNoTranslation
	}
	all := make([][]string, len(goals))
	for _, one := range answer {
		if len(one.Translations) != len(goals) {
			return nil, errNoTranslation
		}
		for i, t := range one.Translations {
			if len(goals) > 1 && !strings.EqualFold(t.To, goals[i]) {
				return nil, badOutput("the answer has its languages in another order")
			}
			all[i] = append(all[i], t.Text)
		}
	}
	return all, nil
}

// microsoftFaults are codes that say more than their status: three digits of status and three of Microsoft's own (the table "response codes
// and messages" of its documentation).
var microsoftFaults = map[string]translate.ErrorKind{
	"400003": translate.NoPair, "400019": translate.NoPair, "400023": translate.NoPair, "400035": translate.NoPair, "400036": translate.NoPair, "400075": translate.NoPair,
	"400050": translate.TooLarge, "400072": translate.TooLarge, "400077": translate.TooLarge, "403001": translate.Quota,
}

// microsoftWait is how Azure's gateway says when a quota begins anew: days, hours, minutes, seconds.
var microsoftWait = regexp.MustCompile(`replenished in (?:(\d{1,3})\.)?(\d{1,2}):(\d{2}):(\d{2})`)

func (m *Microsoft) fault(s *statusError) (translate.ErrorKind, time.Duration) {
	var said struct {
		Error struct {
			Code    json.RawMessage `json:"code"` // a number from the service, a string from the gateway before it
			Message string          `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(s.body, &said)
	code := strings.Trim(string(said.Error.Code), `"`)
	if kind := microsoftFaults[code]; kind != "" {
		return kind, s.after
	}
	if s.status == http.StatusForbidden && strings.Contains(strings.ToLower(said.Error.Message), "quota") {
		return translate.Quota, cmp.Or(microsoftReset(said.Error.Message), s.after)
	}
	return s.kind(), s.after
}

func microsoftReset(message string) time.Duration {
	found := microsoftWait.FindStringSubmatch(message)
	if found == nil {
		return 0
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + found[i+1])
		d += time.Duration(n) * unit
	}
	return d
}
