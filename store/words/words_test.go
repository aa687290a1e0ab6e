package words_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dragoman/store/words"
)

// What is looked for, a text, and what is marked in it with brackets; without brackets it must not be found.
var finds = []struct{ query, text string }{
	{"cup", "A blue [cup], please"},
	{"CUP", "A blue [cup], please"},
	{"cup", "A blue [Cup] and a [CUP]"},
	{"cu", "A blue [cu]p"},
	{"cu ", "A blue cup"},
	{"cup blue", "A [blue] [cup]"},
	{"cup green", "A blue cup"},
	{"up", "A blue cup"},
	// accents
	{"cafe", "Un [café]"},
	{"café", "Un [cafe]"},
	{"cafe", "Un [cafe\u0301]!"},
	{"pingüino", "un [PINGUINO]"},
	{"strasse", "die [Straße] ist"},
	{"stras", "die [Straß]e ist"},
	{"straße", "die [STRASSE]"},
	{"lodz", "do [Łódź]"},
	{"oster", "[Öster]reich"},
	{"istanbul", "[İstanbul]"},
	{"cần thơ", "đi [Can] [Tho]"},
	{"ΟΔΟΣ", "η [οδός]"},
	{"ёлка", "[елка]"},
	{"мои", "мой дом"},
	{"ﬁne", "a [fine] one"},
	// words that signs part
	{"l'eau", "de [l’eau]"},
	{"don't", "I [don't] know"},
	{"don't", "don Quixote t"},
	{"lucia@example", "to [lucia@example].com"},
	// numbers
	{"#4711", "Order #[4711]"},
	{"4711", "Order #[4711], AB-[4711]-X"},
	{"AB-12-34", "is [AB-12-34] there"},
	{"ab1234", "is [AB-1234] there"},
	{"AB 12", "is [AB]-[12]34"},
	{"12-34", "is AB-[12-34]"},
	{"B-12", "is AB-12"},
	{"711", "Order 004[711]"},
	{"0047", "Order [0047]11"},
	{"71", "Order 4711"},
	{"47", "Order [47]11"},
	{"47 ", "Order 4711"},
	{"4711 ", "Order 1[4711]9"},
	{"٤٧١١", "Order [4711]"},
	{"4711", "الطلب [٤٧١١]"},
	{"４７１１", "Order [4711]"},
	// Chinese, Japanese, Korean, Thai
	{"杯子", "我想要一个蓝色的[杯子]。"},
	{"杯", "蓝色的[杯]子和红色的[杯]"},
	{"蓝色的杯子", "我想要[蓝色的杯子]"},
	{"蓝色的杯子", "蓝色的碗和红色的杯子"},
	{"東京都", "[東京都]に住む"},
	{"東京都", "東京と京都"},
	{"ﾀﾜｰ", "東京[タワー]"},
	{"たわー", "東京[タワー]"},
	{"iPhone手机", "新的[iPhone手机]壳"},
	{"배송", "[배송]이 언제 되나요?"},
	{"언제", "배송이 [언제] 되나요?"},
	{"ถ้วย", "มี[ถ้วย]สีฟ้าไหม"},
	{"สีฟ้า", "มีถ้วย[สีฟ้า]ไหม"},
	{"สีแดง", "มีถ้วยสีฟ้าไหม"},
	// Arabic
	{"كتاب", "هذا [كِتَابٌ] جديد"},
	{"كتاب", "أين ال[كتاب]؟"},
	{"الكتاب", "هذا [كتاب]"},
	{"والكتاب ", "هذا [كتاب]"},
	{"الكت", "أين ال[كت]اب"},
	{"ال", "كتاب"},
	{"احمد", "اسمي [أحمد]"},
	{"مدرسه", "في [مدرسة]"},
	{"على", "اسمه [علي]"},
	{"سلام", "[ســلام]"},
	{"شکر", "[شكر]ا"},
	{"שלום", "[שָׁלוֹם] לך"},
	// nothing to look for
	{"", "text"},
	{"?!…", "text ?!…"},
	{"👍", "👍"},
}

// TestMatch looks whether it is found where it should be, and whether an index would have named the text.
func TestMatch(t *testing.T) {
	for _, f := range finds {
		text := strings.NewReplacer("[", "", "]", "").Replace(f.text)
		q := words.Parse(f.query)
		found := q.Match(text)
		if got := marked(text, found); got != f.text {
			t.Errorf("%q in %q: %q", f.query, text, got)
		}
		var terms words.Terms
		terms.Add(text)
		if len(found) > 0 && !named(terms.All(), q.Conditions(100)) {
			t.Errorf("%q in %q: the index has %q and is asked for %+v", f.query, text, terms.All(), q.Conditions(100))
		}
	}
}

func marked(text string, found []words.Range) string {
	var b strings.Builder
	at := 0
	for _, r := range found {
		b.WriteString(text[at:r.From] + "[" + text[r.From:r.To] + "]")
		at = r.To
	}
	return b.String() + text[at:]
}

// TestTermsEnd: numbers upon numbers, which make many terms each, do not make more of them than PostgreSQL takes; where a document belongs is told all the same.
func TestTermsEnd(t *testing.T) {
	var terms words.Terms
	for i := range 4000 {
		terms.Add(fmt.Sprintf("%040d", 1_000_003*i))
	}
	terms.Mark("mark")
	size := 0
	for _, term := range terms.All() {
		size += len(term)
	}
	if all := terms.All(); size < 500_000 || size > 600_000 || all[len(all)-1] != "mark" {
		t.Errorf("%d terms with %d bytes", len(all), size)
	}
}

// named tells what an index would say.
func named(terms []string, all []words.Condition) bool {
	return !slices.ContainsFunc(all, func(c words.Condition) bool {
		return !slices.ContainsFunc(c.Any, func(want string) bool {
			return slices.ContainsFunc(terms, func(term string) bool { return term == want || c.Prefix && strings.HasPrefix(term, want) })
		})
	})
}

// A query of letters and signs of any kind makes terms that mean nothing to either index, and marks whole letters.
func FuzzMatch(f *testing.F) {
	for _, one := range finds {
		f.Add(one.query, strings.NewReplacer("[", "", "]", "").Replace(one.text))
	}
	f.Add(`"a" OR b*`, `'x':* & !y <-> (z)`)
	f.Add("والك", "بالكتاب والكتاب")
	f.Add("ß s", "ßs s\u0301s")
	f.Fuzz(func(t *testing.T, query, text string) {
		if len(query) > 200 || len(text) > 1000 {
			return
		}
		var terms words.Terms
		terms.Add(text)
		q := words.Parse(query)
		conditions := q.Conditions(1000)
		for _, c := range conditions {
			for _, term := range append(c.Any, terms.All()...) {
				if term == "" || strings.ContainsAny(term, " '\"\\\x00:*&|!()<>-") || strings.ToValidUTF8(term, "") != term {
					t.Fatalf("%q makes the term %q", query, term)
				}
			}
		}
		found := q.Match(text)
		at := 0
		for _, r := range found {
			if r.From < at || r.To <= r.From || r.To > len(text) {
				t.Fatalf("%q in %q: %v", query, text, found)
			}
			at = r.To
		}
		if len(found) > 0 && len(text) < 30 && !named(terms.All(), conditions) {
			t.Fatalf("%q in %q is found, and the index has %q and is asked for %+v", query, text, terms.All(), conditions)
		}
	})
}

// A text that is only signs, one word without end, a number without end: the index holds a little of each.
func TestTermsAreBounded(t *testing.T) {
	for text, most := range map[string]int{"…!?": 0, strings.Repeat("a", 5000): 1, strings.Repeat("7", 5000): 41, strings.Repeat("ab ", 2000): 1} {
		var terms words.Terms
		terms.Add(text)
		if n := len(terms.All()); n > most {
			t.Errorf("%.10q… makes %d terms", text, n)
		}
		for _, term := range terms.All() {
			if len(term) > 200 {
				t.Errorf("%.10q… makes a term of %d bytes", text, len(term))
			}
		}
	}
}
