package engine

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"dragoman/translate"
)

// A carrier takes the marks of a text through an engine: wrap before, unwrap after. Whether all came through is the pipeline's to verify.
type carrier interface {
	wrap(string) string
	unwrap(string) string
}

// plainText is for texts without marks in a format without markup: nothing to carry, nothing to escape.
type plainText struct{}

func (plainText) wrap(s string) string   { return s }
func (plainText) unwrap(s string) string { return s }

// xmlTags carries marks as empty elements, for engines that know XML. Both tags are written out: a server that reads the text as HTML
// would never see the end of <x/>.
type xmlTags struct{}

var xmlTag = regexp.MustCompile(`<x id="(\d{1,4})"\s*(?:/>|>\s*</x>)`)

func (xmlTags) wrap(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case translate.IsMark(r):
			b.WriteString(`<x id="` + strconv.Itoa(translate.MarkNumber(r)) + `"></x>`)
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func (xmlTags) unwrap(s string) string {
	return html.UnescapeString(xmlTag.ReplaceAllStringFunc(s, func(tag string) string {
		n, err := strconv.Atoi(xmlTag.FindStringSubmatch(tag)[1])
		if err != nil || n >= translate.MaxMarks {
			return tag
		}
		return string(translate.MarkOf(n))
	}))
}

// htmlSpans carries marks as made-up words inside elements that are not to be translated, for engines that know HTML. If one loses the
// elements, the words are still there.
type htmlSpans struct{ words words }

const (
	spanBegin = `<span translate="no" class="notranslate">`
	spanEnd   = `</span>`
)

var spanTag = regexp.MustCompile(`<span [^<>]*notranslate[^<>]*>|</span>`)

func (h htmlSpans) wrap(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case translate.IsMark(r):
			b.WriteString(spanBegin + h.words.wrap(string(r)) + spanEnd)
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// asWords and asBrackets carry marks in plain text.
func asWords(text string) carrier    { return wordsFor(text) }
func asBrackets(text string) carrier { return choose(bracketStems, text) }

// spansIfMarked is how engines that know text and HTML carry marks.
func spansIfMarked(text string, marked bool) carrier {
	if marked {
		return htmlSpans{wordsFor(text)}
	}
	return plainText{}
}

// unwrap takes the elements away first: what the user wrote himself is escaped until then.
func (h htmlSpans) unwrap(s string) string {
	return h.words.unwrap(html.UnescapeString(spanTag.ReplaceAllString(s, "")))
}
