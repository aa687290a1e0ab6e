package translate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// currencyWords are how people name money beside an amount, by how the words begin, in the languages that are told apart best (English, Spanish, Portuguese, French, German,
// Italian, Catalan, Dutch, Danish, Norwegian, Swedish, Polish, Russian, Ukrainian, Turkish) and in Japanese. A word may stand for several: livre is a pound and a lira.
var currencyWords = map[string][]string{
	"USD": {"dollar", "dólar", "dolar", "dòlar", "доллар", "долар", "ドル", "$", "usd", "us$"},
	"EUR": {"euro", "eiro", "евро", "євро", "avro", "ユーロ", "€", "eur"},
	"GBP": {"pound", "libra", "livre", "sterl", "pfund", "lliur", "pond", "pund", "funt", "фунт", "ポンド", "£", "gbp", "quid"},
	"CHF": {"franc", "franco", "frank", "франк", "フラン", "chf"},
	"JPY": {"yen", "jen", "ien", "iene", "иен", "єн", "円", "¥", "jpy"},
	"CNY": {"yuan", "iuan", "юан", "元", "renminbi", "¥", "cny", "rmb"},
	"MXN": {"peso", "песо", "ペソ", "$", "mxn", "ars", "cop", "clp"},
	"BRL": {"reais", "reales", "reals", "réis", "реал", "レアル", "r$", "brl"},
	"INR": {"rupee", "rupia", "roupie", "rupie", "rúpi", "rupi", "рупи", "ルピー", "₹", "inr"},
	"SEK": {"krona", "krono", "krone", "kroner", "kron", "corona", "coroa", "corone", "couronne", "kroon", "kronen", "koron", "крон", "クローナ", "クローネ", "kr", "sek", "nok", "dkk", "czk", "kč"},
	"PLN": {"zloty", "złot", "zlot", "злот", "ズウォティ", "zł", "pln"},
	"RUB": {"rubl", "ruble", "roubl", "rublo", "rubel", "roebel", "рубл", "руб", "ルーブル", "₽", "rub"},
	"UAH": {"hryvn", "grivn", "hrywn", "гривн", "грн", "フリヴニャ", "₴", "uah"},
	"TRY": {"lira", "lire", "livre", "lir", "лир", "ліра", "ліри", "トルコリラ", "リラ", "₺", "try", "tl"},
}

// amountIn is a number with the word or sign of its currency.
type amountIn struct {
	digits     string
	currencies []string // that the word may stand for
}

// checkAmounts wants amounts to keep their currency. It sees those whose currency it knows on both sides, and says nothing of the others: another word for the same money is
// no damage.
func checkAmounts(src, got string) string {
	was := amounts(src)
	if len(was) == 0 {
		return ""
	}
	is := amounts(got)
	for _, a := range was {
		if saysCurrency(got, a.currencies) {
			continue
		}
		for _, b := range is {
			if !saysCurrency(src, b.currencies) {
				return "has another currency than the source"
			}
		}
	}
	if len(was) == len(is) && crossed(was, is) {
		return "has amounts in each other's currency"
	}
	return ""
}

// crossed tells whether two amounts of different currencies have changed their numbers: each stands there, with the currency of the other.
func crossed(was, is []amountIn) bool {
	for i, a := range was {
		for _, b := range was[i+1:] {
			if a.digits == b.digits || overlap(a.currencies, b.currencies) {
				continue
			}
			swapped := func(x, y amountIn) bool {
				return slices.ContainsFunc(is, func(z amountIn) bool {
					return z.digits == x.digits && overlap(z.currencies, y.currencies) && !overlap(z.currencies, x.currencies)
				})
			}
			if swapped(a, b) && swapped(b, a) {
				return true
			}
		}
	}
	return false
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(c string) bool { return slices.Contains(b, c) })
}

// amounts finds numbers, and marks that stand for numbers, with a currency behind or before them.
func amounts(s string) []amountIn {
	var all []amountIn
	for _, n := range numbersIn(s) {
		found := currencyAt(s[n.to:])
		if found == nil {
			found = currencyBefore(s[:n.from])
		}
		if found != nil {
			all = append(all, amountIn{n.digits, found})
		}
	}
	return all
}

// numeral is a number where it stands in a text, in bytes: its digits without what groups them.
type numeral struct {
	from, to int
	digits   string
}

func numbersIn(s string) []numeral {
	var all []numeral
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if IsMark(r) {
			all = append(all, numeral{i, i + size, string(r)})
			i += size
			continue
		}
		n := numeral{from: i}
		for {
			run, size := digitRun(s[i:])
			if run == "" {
				break
			}
			n.digits += run
			i += size
			n.to = i
			sep := groupSign(s[i:], 0)
			if next, _ := digitRun(s[i+sep:]); sep == 0 || next == "" || s[i] == ' ' && len(next) != 3 {
				break
			}
			i += sep
		}
		if n.digits == "" {
			i += size
			continue
		}
		all = append(all, n)
	}
	return all
}

// currencyAt reads the currency at the beginning of s, perhaps behind a blank.
func currencyAt(s string) []string {
	s = s[space(s):]
	if s == "" {
		return nil
	}
	return currenciesOf(strings.ToLower(firstWord(s)))
}

// currencyBefore reads a sign or code at the end of s, perhaps before a blank: $ 20, USD 20. Words stand behind an amount.
func currencyBefore(s string) []string {
	const most = 16 // bytes; no sign or code is longer
	s = strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(s[max(len(s)-most, 0):], " "), "\u00a0"))
	i := strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) })
	_, size := utf8.DecodeRuneInString(s[max(i, 0):])
	if i < 0 {
		size = 0
	}
	word := s[max(i, 0)+size:]
	if utf8.RuneCountInString(word) > 3 {
		return nil
	}
	return currenciesOf(word)
}

// firstWord is the letters, or the sign, at the beginning of s.
func firstWord(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if unicode.Is(unicode.Sc, r) {
		return s[:size]
	}
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '$' })
	if end < 0 {
		end = len(s)
	}
	return s[:end]
}

// currenciesOf are those that a word may stand for, in order. Words of three letters or fewer must be the whole.
func currenciesOf(word string) []string {
	var all []string
	for code, words := range currencyWords {
		if slices.ContainsFunc(words, func(w string) bool {
			if utf8.RuneCountInString(w) <= 3 && !writesNoBlanks(w) {
				return word == w
			}
			return strings.HasPrefix(word, w)
		}) {
			all = append(all, code)
		}
	}
	slices.Sort(all)
	return all
}

// writesNoBlanks tells whether other words may follow a word without a blank, as in Japanese.
func writesNoBlanks(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.In(r, unicode.Han, unicode.Katakana)
}

// saysCurrency tells whether a text names one of these currencies anywhere.
func saysCurrency(s string, codes []string) bool {
	s = strings.ToLower(s)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) {
			word := firstWord(s[i:])
			if overlap(currenciesOf(word), codes) {
				return true
			}
			if size < len(word) && !writesNoBlanks(word) {
				size = len(word)
			}
		}
		i += size
	}
	return false
}

// minusWords say without a sign that a number is less than zero, in many languages.
var minusWords = []string{"minus", "menos", "moins", "meno", "menys", "miinus", "мінус", "минус", "eksi", "sotto zero", "below", "under", "bajo cero", "abaixo de zero", "sous zéro", "sous zero", "unter null", "sota zero", "マイナス", "零下", "负", "負", "영하", "마이너스", "سالب", "تحت", "ناقص", "מינוס"}

// checkMinus wants a number that is less than zero to stay so. A sign at the beginning of a line may be a bullet, and one between numbers a dash: those say nothing. That of a
// share is a discount as a rule, which other languages say with a word: -20% is 20 % Rabatt.
func checkMinus(src, got string) string {
	lost := 0
	for _, n := range numbersIn(src) {
		if below(src, n.from) && !lineBegins(src, n.from) && !isShare(src[n.to:]) {
			lost++
		}
	}
	if lost == 0 {
		return ""
	}
	lower := strings.ToLower(got)
	if slices.ContainsFunc(minusWords, func(w string) bool { return strings.Contains(lower, w) }) {
		return ""
	}
	for _, n := range numbersIn(got) {
		if signBefore(strings.TrimRight(got[:n.from], " \u00a0\u2060\u200e\u200f")) || strings.HasPrefix(got[n.to:], "-") || strings.HasPrefix(got[n.to:], "−") {
			lost--
		}
	}
	if lost > 0 {
		return "lost a minus sign"
	}
	return ""
}

// isShare tells whether a percent sign stands behind a number, perhaps behind a blank.
func isShare(behind string) bool {
	r, _ := utf8.DecodeRuneInString(behind[space(behind):])
	return r == '%' || r == '٪' || r == '％'
}

// below tells whether a sign stands directly before the number at i, and nothing that it could join.
func below(s string, i int) bool {
	before, ok := cutSign(s[:i])
	if !ok {
		return false
	}
	r, size := utf8.DecodeLastRuneInString(before)
	return size == 0 || unicode.IsSpace(r) || strings.ContainsRune("([\"'«“:", r)
}

// lineBegins tells whether nothing but the sign stands before the number at i on its line.
func lineBegins(s string, i int) bool {
	before, _ := cutSign(s[:i])
	return strings.TrimSpace(before[strings.LastIndexByte(before, '\n')+1:]) == ""
}

func signBefore(s string) bool { _, ok := cutSign(s); return ok }

func cutSign(s string) (before string, ok bool) {
	for _, sign := range []string{"-", "−", "–", "‑", "－", "﹣"} {
		if before, ok = strings.CutSuffix(s, sign); ok {
			return before, true
		}
	}
	return s, false
}
