package enginetest

import (
	"net/http"
	"strings"
	"time"

	"dragoman/translate"
)

// Fault is what a server answers instead of a translation, and what the engine makes of it.
type Fault struct {
	Answer Answer
	// Reply, if there is one, makes the answer.
	Reply func(Asked) Answer
	Kind  translate.ErrorKind
	// Slow says that nothing but a deadline ends it.
	Slow bool
	// After is what Error.After must be, give or take what a slow machine needs.
	After time.Duration
}

// timeout is what one request may take.
func (f Fault) timeout() time.Duration {
	if f.Slow {
		return 200 * time.Millisecond
	}
	return patience
}

// httpFaults are what every server may do.
func (v Vendor) httpFaults() map[string]Fault {
	say := func(texts ...string) func(Asked) Answer {
		return func(a Asked) Answer { return Answer{Body: v.Say(a, texts...)} }
	}
	fixed := func(a Answer, kind translate.ErrorKind) Fault { return Fault{Answer: a, Kind: kind} }
	return map[string]Fault{
		"400":            fixed(Answer{Status: 400}, translate.BadRequest),
		"401":            fixed(Answer{Status: 401}, translate.Auth),
		"403":            fixed(Answer{Status: 403}, translate.Auth),
		"404":            fixed(Answer{Status: 404, Body: "not found"}, translate.BadRequest),
		"413 of a proxy": fixed(Answer{Status: 413, Body: "<html>nginx</html>"}, translate.TooLarge),
		"429":            fixed(Answer{Status: 429}, translate.Rate),
		"429 in seconds": {Answer: Answer{Status: 429, Header: map[string]string{"Retry-After": "7"}}, Kind: translate.Rate, After: 7 * time.Second},
		"429 with a date": {Reply: func(Asked) Answer {
			date := time.Now().Add(90 * time.Second).UTC().Format(http.TimeFormat)
			return Answer{Status: 429, Header: map[string]string{"Retry-After": date}}
		}, Kind: translate.Rate, After: 90 * time.Second},
		"429 of yesterday": fixed(Answer{Status: 429, Header: map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:05 GMT"}}, translate.Rate),
		"500":              fixed(Answer{Status: 500}, translate.Transient),
		"502 of a proxy":   fixed(Answer{Status: 502, Body: "<html>"}, translate.Transient),
		"503 for a while":  {Answer: Answer{Status: 503, Header: map[string]string{"Retry-After": "3"}}, Kind: translate.Transient, After: 3 * time.Second},
		"504":              fixed(Answer{Status: 504}, translate.Transient),
		"hangs up":         fixed(Answer{Reset: true}, translate.Transient),
		"half a body":      {Reply: func(a Asked) Answer { return Answer{Half: true, Body: v.Say(a, "hola")} }, Kind: translate.Transient},
		"slow drip":        {Reply: func(a Asked) Answer { return Answer{Drip: true, Body: v.Say(a, "hola")} }, Kind: translate.Transient, Slow: true},
		"a page and 200":   fixed(Answer{Body: "<html>Welcome</html>", Header: map[string]string{"Content-Type": "text/html"}}, translate.BadOutput),
		"nothing and 200":  fixed(Answer{}, translate.BadOutput),
		"null and 200":     fixed(Answer{Body: "null"}, translate.BadOutput),
		"{} and 200":       fixed(Answer{Body: "{}"}, translate.BadOutput),
		"[] and 200":       fixed(Answer{Body: "[]"}, translate.BadOutput),
		"error and 200":    fixed(Answer{Body: `{"error":{"code":500,"message":"no"}}`}, translate.BadOutput),
		"two for one":      {Reply: say("hola", "adiós"), Kind: translate.BadOutput},
		"none for one":     {Reply: say(), Kind: translate.BadOutput},
		"a long refusal":   fixed(Answer{Status: 500, Body: strings.Repeat("a", 2<<20)}, translate.Transient),
		"two megabytes":    {Reply: say(strings.Repeat("a", 2<<20)), Kind: translate.BadOutput},
		"cut JSON": {Reply: func(a Asked) Answer {
			body := v.Say(a, "hola")
			return Answer{Body: body[:len(body)-1]}
		}, Kind: translate.BadOutput},
	}
}

// badTexts are answers that a server calls a translation, and nobody may see, to the line of badSource.
var badTexts = map[string]string{
	"nothing": "", "a blank": " ", "a random emoji": "🦄", "the source": "Where is the blue lamp that I ordered last week from you?",
	"entities": "¿Dónde está la &quot;lámpara&quot; azul que pedí la semana pasada?", "a tag": "¿Dónde está la <x id=\"0\">lámpara azul que pedí?",
	"escaped twice": "¿Dónde está la l&amp;aacute;mpara azul que pedí la semana pasada?", "a link": "Mire en https://evil.example.com la lámpara azul que pidió.",
	"a number": "Su lámpara azul llega en 14 días, gracias por su paciencia.", "a preamble": "Here is the translation: ¿Dónde está la lámpara azul?",
	"an apology": "As an AI model I cannot help you with orders of lamps.", "far too much": strings.Repeat("¿Dónde está la lámpara azul que pedí la semana pasada? ", 5),
	"far too little": "Sí.", "a loop": strings.TrimSpace(strings.Repeat("la lámpara azul que ", 7)), "JSON": `{"t": "¿Dónde está la lámpara azul que pedí la semana pasada?"}`,
	"a replacement": "¿D\ufffdnde est\ufffd la l\ufffdmpara azul que ped\ufffd la semana pasada?", "an override": "¿Dónde está \u202ela lámpara azul que pedí la semana pasada?",
	"a mark": "¿Dónde está \ue000 la lámpara azul que pedí la semana pasada?", "a carrier": "¿Dónde está XPH0X la lámpara azul que pedí la semana pasada?",
}

const badSource = "Where is the blue lamp that I ordered last week from you?"
