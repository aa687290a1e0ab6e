package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// widgetLanguages are those of the widget's interface, all of them whole: a shop promises its customers that they are spoken to in theirs.
var widgetLanguages = strings.Fields(`ar bg bn ca cs da de el en es et fa fi fil fr he hi hr hu id it ja ko lt lv ms nb nl pl pt-BR pt-PT ro ru sk sl sr sv
	sw ta th tr uk ur vi zh-Hans zh-Hant`)

// asInEnglish are the texts that a language has in common with English, by key.
var asInEnglish = map[string]string{"composer.send": "da nb", "log": "fr", "menu.privacy": "fil it nl", "state.edit": "id ms"}

// alike is how many of its texts a language may share with another, in percent. Of the nearest, the two kinds of Portuguese, it is a third; of a file under a wrong name, all.
const alike = 60

// scripts are what the letters of a language are of, by the script of its tag. A name in Latin letters in a Russian text is taken for a slip.
var scripts = map[string][]*unicode.RangeTable{
	"Arab": {unicode.Arabic}, "Beng": {unicode.Bengali}, "Cyrl": {unicode.Cyrillic}, "Deva": {unicode.Devanagari}, "Grek": {unicode.Greek},
	"Hans": {unicode.Han}, "Hant": {unicode.Han}, "Hebr": {unicode.Hebrew}, "Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana},
	"Kore": {unicode.Hangul}, "Latn": {unicode.Latin}, "Taml": {unicode.Tamil}, "Thai": {unicode.Thai},
}

// A slip is a sign that a text must not have.
type slip struct {
	in   string // languages; empty: all
	sign *regexp.Regexp
	say  string
}

var slips = []slip{
	{"", regexp.MustCompile(`\.\.\.|^…$`), "three dots are one sign: …"},
	{"", regexp.MustCompile(`['"]`), "typewriter quotes: ’ “ ” « »"},
	{"", regexp.MustCompile(`^\s|\s$|\s\s|[\t\n\r]`), "white space that does nothing"},
	{"ar fa ur", regexp.MustCompile(`[,;?]`), "Latin punctuation: ، ؛ ؟"},
	{"hi bn ur", regexp.MustCompile(`\.`), "a Latin full stop: । or ۔"},
	{"el", regexp.MustCompile(`\?`), "the question mark is ;"},
	{"th", regexp.MustCompile(`[.?]`), "sentences end without a mark"},
	{"ja zh-Hans zh-Hant", regexp.MustCompile(`[,.:;!?()]`), "half-width punctuation: ，、。：！？（）"},
	{"es", regexp.MustCompile(`^[^¿]*\?|^[^¡]*!`), "¿ and ¡ open what ? and ! close"},
	{"fr", regexp.MustCompile(`[^\x{202f}\x{a0}][?!:;]`), "a narrow space stands before ? ! : ;"},
	{"de", regexp.MustCompile(`\pL…`), "… for what is left out stands after a space"},
	{"ro", regexp.MustCompile(`[şţŞŢ]`), "ș and ț have commas, not cedillas"},
	{"zh-Hans", regexp.MustCompile(`[這們個為來時對關開語說請還會後變選擇譯連線訊傳]`), "a sign of traditional writing"},
	{"zh-Hant", regexp.MustCompile(`[这们个为来时对关开语说请还会后变选择译连线讯传]`), "a sign of simplified writing"},
}

// joiners are the languages in whose words ZERO WIDTH NON-JOINER is a letter's form. No other sign that is not seen belongs into a text; marks of
// direction least of all: the page isolates what it puts in.
const joiners = "fa"

// latin are names that are written in Latin letters everywhere.
var latin = regexp.MustCompile(`\b(PNG|JPEG|GIF|WebP|PDF|[Cc]ookies?)|(PNG|JPEG|GIF|WebP|PDF)\b`)

// checkWriting holds a text against how its language is written.
func checkWriting(tag string, lang language.Tag, s string, say func(format string, args ...any)) {
	if !norm.NFC.IsNormalString(s) {
		say("%q is not in normal form C", s)
	}
	findSlips(tag, s, say)
	if strings.Count(s, "*")%2 != 0 {
		say("%q: what is *bold* must end", s)
	}
	script, _ := lang.Script()
	own, ok := scripts[script.String()]
	if !ok {
		say("the script %s is not known to the check", script)
		return
	}
	for _, r := range latin.ReplaceAllString(placeholder.ReplaceAllString(s, ""), "") {
		switch {
		case r == '\u200c' && tag == joiners:
		case unicode.In(r, unicode.Cf, unicode.Cc, unicode.Co, unicode.Cn):
			say("%q has U+%04X, which nobody sees", s, r)
		case unicode.In(r, unicode.L, unicode.M) && !unicode.In(r, unicode.Common, unicode.Inherited) && !unicode.In(r, own...):
			say("%q: %q is of another script", s, r)
			return
		}
	}
}

func findSlips(tag, s string, say func(format string, args ...any)) {
	for _, p := range slips {
		if (p.in == "" || slices.Contains(strings.Fields(p.in), tag)) && p.sign.MatchString(s) {
			say("%q: %s", s, p.say)
		}
	}
}

// keyNamed is the key "?" where a text names it: no question.
const keyNamed = "(?)"

// checkSlips holds the catalogues of an app other than the widget against how their languages are written. Names of keys, commands and flags in Latin letters
// stand in them, and English has its typewriter apostrophes.
func checkSlips(app string, byTag map[string]catalogue) (faults []string) {
	for tag, c := range byTag {
		if tag == reference {
			continue
		}
		for key, t := range c {
			for _, s := range t {
				findSlips(tag, strings.ReplaceAll(s, keyNamed, "(K)"), func(format string, args ...any) {
					faults = append(faults, fmt.Sprintf("%s/%s: %s: %s", app, tag, key, fmt.Sprintf(format, args...)))
				})
			}
		}
	}
	return faults
}

// checkWidget holds the widget's catalogues, beyond what checkCatalogues does, against the list of languages, English, and each other.
func checkWidget(byTag map[string]catalogue) (faults []string) {
	for _, tag := range widgetLanguages {
		if byTag[tag] == nil {
			faults = append(faults, fmt.Sprintf("widget: there is no %s.json", tag))
		}
	}
	tags := make([]string, 0, len(byTag))
	for tag := range byTag {
		if !slices.Contains(widgetLanguages, tag) {
			faults = append(faults, fmt.Sprintf("widget/%s: not in the list of languages (webbuild/writing.go)", tag))
		}
		tags = append(tags, tag)
		for key, t := range byTag[tag] {
			for _, s := range t {
				checkWriting(tag, language.Make(tag), s, func(format string, args ...any) {
					faults = append(faults, fmt.Sprintf("widget/%s: %s: %s", tag, key, fmt.Sprintf(format, args...)))
				})
			}
		}
	}
	slices.Sort(tags)
	for i, tag := range tags {
		if tag != reference {
			faults = append(faults, untranslated(tag, byTag[tag], byTag[reference])...)
		}
		for _, other := range tags[:i] {
			if n := shared(byTag[tag], byTag[other]); n > alike {
				faults = append(faults, fmt.Sprintf("widget/%s: %d%% of it is as in %s.json", tag, n, other))
			}
		}
	}
	return faults
}

func untranslated(tag string, c, english catalogue) (faults []string) {
	for key, t := range c {
		if slices.Contains(strings.Fields(asInEnglish[key]), tag) {
			continue
		}
		for _, s := range t {
			if s == english[key][""] || s == english[key]["other"] {
				faults = append(faults, fmt.Sprintf("widget/%s: %s: still in English: %q", tag, key, s))
			}
		}
	}
	return faults
}

// shared is how many of a catalogue's texts another one has too, in percent.
func shared(a, b catalogue) int {
	n := 0
	for key, t := range a {
		if s := t["other"] + t[""]; s == b[key]["other"]+b[key][""] {
			n++
		}
	}
	return 100 * n / max(len(a), 1)
}
