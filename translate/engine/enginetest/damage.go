package enginetest

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// carried are the forms in which marks travel through the engines over HTTP.
var carried = regexp.MustCompile(`<x id="\d+"></x>|<span [^<>]*>[^<>]*</span>|X(?:PH|QK|VJ)\d+X|[⟦⟪⦅]\d+[⟧⟫⦆]`)

var numeral = regexp.MustCompile(`\d+`)

// Damage is one way in which an engine treats what it should have left alone.
type Damage struct {
	Name string
	// Harmless says that the line may still be shown, because all is whole; otherwise it must not be.
	Harmless bool
	// Do damages a translation in the form in which it goes over the wire. parts are the places of what is carried in it, one at least.
	Do func(text string, parts [][]int) string
}

// replace puts something else in the place of the first part.
func replace(with func(part string) string) func(string, [][]int) string {
	return func(text string, parts [][]int) string {
		first := parts[0]
		return text[:first[0]] + with(text[first[0]:first[1]]) + text[first[1]:]
	}
}

func behind(what string) func(string, [][]int) string {
	return func(text string, _ [][]int) string { return text + " " + what }
}

// Damages are all ways that were seen in real engines, and some that were not yet.
var Damages = []Damage{
	{"none", true, func(text string, _ [][]int) string { return text }},
	{"lost", false, replace(func(string) string { return "" })},
	{"doubled", false, replace(func(part string) string { return part + " " + part })},
	{"altered", false, replace(func(part string) string {
		return numeral.ReplaceAllStringFunc(part, func(n string) string { i, _ := strconv.Atoi(n); return strconv.Itoa(i + 7) })
	})},
	{"out of range", false, replace(func(part string) string { return numeral.ReplaceAllString(part, "98765") })},
	{"moved", true, func(text string, parts [][]int) string {
		first := parts[0]
		return text[first[0]:first[1]] + " " + text[:first[0]] + text[first[1]:]
	}},
	{"turned round", true, func(text string, parts [][]int) string {
		first, last := parts[0], parts[len(parts)-1]
		if len(parts) == 1 {
			return text
		}
		return text[:first[0]] + text[last[0]:last[1]] + text[first[1]:last[0]] + text[first[0]:first[1]] + text[last[1]:]
	}},
	{"stuffed with blanks", true, replace(func(part string) string {
		if strings.HasPrefix(part, "<x") {
			return " " + strings.Replace(part, "></x>", " > </x>", 1) + " "
		}
		if strings.HasPrefix(part, "<span") {
			return " " + strings.NewReplacer("</span>", " </span>", ">X", "> X").Replace(part) + " "
		}
		return " " + numeral.ReplaceAllString(part, " $0 ") + " "
	})},
	{"in small letters", true, replace(func(part string) string {
		if strings.HasPrefix(part, "<x") {
			return part
		}
		return strings.ToLower(part)
	})},
	{"translated", false, replace(func(string) string { return "el cero" })},
	{"spelt out", false, replace(func(part string) string { return numeral.ReplaceAllString(part, "cero") })},
	{"a link invented", false, behind("https://evil.example.com/x")},
	{"a domain invented", false, behind("evil.example.com")},
	{"a mail address invented", false, behind("x@evil.example.org")},
	{"a number invented", false, behind("90210")},
	{"a code invented", false, behind("DE-9999-X")},
	{"a telephone invented", false, behind("+1 202 555 0147")},
	{"a mention invented", false, behind("@mallory")},
	{"a template invented", false, behind("{{password}}")},
	{"markup invented", false, behind("<u>")},
	{"all lost", false, func(text string, _ [][]int) string { return carried.ReplaceAllString(text, "") }},
	{"glued together", true, func(text string, _ [][]int) string { return strings.ReplaceAll(text, " ", "") }},
}

// pretend translates into what a Latin language could be: the words of Tail, and an e for each letter of other scripts. What is carried stays,
// with blanks around it where the source has a script without any.
func pretend(text string) string {
	other := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }
	blank := ""
	if strings.IndexFunc(text, other) >= 0 {
		blank = " "
	}
	var b strings.Builder
	for text != "" {
		at := carried.FindStringIndex(text)
		if at == nil {
			at = []int{len(text), len(text)}
		}
		b.WriteString(strings.Map(func(r rune) rune {
			if other(r) {
				return 'e'
			}
			return r
		}, Tail(text[:at[0]])))
		b.WriteString(blank + text[at[0]:at[1]] + blank)
		text = text[at[1]:]
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
