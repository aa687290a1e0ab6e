package translate

import "strings"

// checkInvented wants no link, address, telephone or account number, no mention, code or markup in an answer that was not in its source: what
// an engine should leave alone stands there as a mark, so whatever looks like it was made up. What the site lets engines see (SendPersonal)
// must come back as it was, as often as it was.
func checkInvented(src, got string) string {
	was, is := openly(src), openly(got)
	for span, n := range is {
		if was[span] < n {
			return "has a " + string(span.Kind) + " that was not in the source"
		}
	}
	for span, n := range was {
		if span.Kind.Personal() && is[span] < n {
			return "lost or changed a " + string(span.Kind)
		}
	}
	return ""
}

// openly counts what stands openly in a masked text and could mislead who reads it. Prices, dates and other numbers are compared as numbers.
func openly(s string) map[MaskedSpan]int {
	var found map[MaskedSpan]int
	for i := 0; i < len(s); {
		n, kind := entity(s, i)
		switch {
		case n == 0:
			n = step(s[i:])
		case misleads[kind]:
			if found == nil {
				found = map[MaskedSpan]int{}
			}
			found[MaskedSpan{kind, s[i : i+n]}]++
		}
		i += n
	}
	return found
}

// personal tells whether a masked text says openly how somebody is reached.
func personal(s string) bool {
	for span := range openly(s) {
		if span.Kind.Personal() {
			return true
		}
	}
	return false
}

var misleads = map[Kind]bool{
	KindLink: true, KindMail: true, KindPhone: true, KindCard: true, KindBank: true, KindMention: true, KindCode: true, KindMarkup: true,
}

// preambles are what models say before a translation. They are no damage if the line itself speaks of translating.
var preambles = [...]string{
	"here is the translat", "here's the translat", "here is your translat", "here's your translat", "here are a few", "the translation is", "translation:", "translated text:", "as an ai", "i'm sorry, but i",
	"aquí está la trad", "aquí tienes la trad", "traducción:", "como modelo de lengua", "como una ia", "voici la trad", "traduction :", "traduction:", "en tant que modèle",
	"aqui está a trad", "tradução:", "como um modelo de ling", "hier ist die übersetz", "übersetzung:", "als ki-modell", "als ki ", "ecco la trad", "traduzione:",
	"aquí teniu la trad", "aquí tens la trad", "traducció:", "вот перевод", "перевод:", "以下は翻訳", "翻訳:", "翻訳：", "以下是翻译", "翻译：", "إليك الترجمة", "الترجمة:",
}

// translating is how the word begins, or what it has in it.
var translating = [...]string{"translat", "traduc", "tradu", "übersetz", "перев", "翻", "ترجم", " ai", " ki ", " ia", "sorry"}

// checkPreamble finds an engine that talks about its work instead of doing it.
func checkPreamble(src, got string) string {
	got = strings.ToLower(got)
	for _, p := range preambles {
		if strings.Contains(got, p) {
			src = strings.ToLower(src)
			for _, t := range translating {
				if strings.Contains(src, t) {
					return ""
				}
			}
			return "talks about translating instead of doing it"
		}
	}
	return ""
}
