package translate

import (
	"strings"
	"testing"
)

// TestMaskKinds: what each kind takes in each language, and what it leaves although it looks alike. "" means that nothing is taken.
func TestMaskKinds(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		// Bank accounts: the check digits decide, in one piece or in groups, in either case, and the word behind stays out.
		{"GB29NWBK60161331926819 please", "bank:GB29NWBK60161331926819"}, {"DE89 3704 0044 0532 0130 00 bitte", "bank:DE89 3704 0044 0532 0130 00"},
		{"es91 2100 0418 4502 0005 1332 es mi cuenta", "bank:es91 2100 0418 4502 0005 1332"}, {"口座DE89370400440532013000です", "bank:DE89370400440532013000"},
		{"DE88370400440532013000", "code:DE88370400440532013000"}, {"my 42 cats and other things to say", ""}, {"ab12 some words of a text that goes on", "code:ab12"},
		{"الحساب SA03 8000 0000 6080 1016 7519", "bank:SA03 8000 0000 6080 1016 7519"}, {"счёт AE070331234567890123456.", "bank:AE070331234567890123456"},
		// Cards: 13 to 19 digits that pass Luhn.
		{"4111111111111111", "card:4111111111111111"}, {"4111-1111-1111-1111.", "card:4111-1111-1111-1111"}, {"3782 822463 10005", "card:3782 822463 10005"},
		{"4111 1111 1111 1111 12/27", "card:4111 1111 1111 1111|date:12/27"}, {"4111 1111 1111 1112", "number:4111 1111 1111 1112"}, {"٤١١١١١١١١١١١١١١١", "card:٤١١١١١١١١١١١١١١١"},
		{"0000000000000000", "number:0000000000000000"}, {"カード4111111111111111が", "card:4111111111111111"}, {"41111111111111110", "number:41111111111111110"},
		// Telephones, as each country writes them.
		{"call 020 7946 0321 now", "phone:020 7946 0321"}, {"555-0142", "phone:555-0142"}, {"1-800-555-0199", "phone:1-800-555-0199"}, {"tel. 06.12.34.56.78", "phone:06.12.34.56.78"},
		{"030/901820", "phone:030/901820"}, {"(030) 90 18 20", "phone:(030) 90 18 20"}, {"(+34) 911 234 567", "phone:(+34) 911 234 567"}, {"8 (800) 555-35-35", "phone:8 (800) 555-35-35"},
		{"+33 (0)1 99 00 12 34", "phone:+33 (0)1 99 00 12 34"}, {"call 600 123 456 2 times", "phone:600 123 456"}, {"03-1234-5678です", "phone:03-1234-5678"}, {"٠٥٠١٢٣٤٥٦٧", "phone:٠٥٠١٢٣٤٥٦٧"},
		{"11 91234-5678", "phone:11 91234-5678"}, {"05-10-2026", "date:05-10-2026"}, {"1 299 900", ""}, {"3 - 4 days", ""}, {"10-12", ""}, {"(2 of 3)", ""}, {"5 to 7", ""}, {"+1", ""}, {"1 - 2 - 3", ""},
		// Mail addresses, beyond ASCII too.
		{"josé.garcía@example.com", "mail:josé.garcía@example.com"}, {"мария@пример.рф да", "mail:мария@пример.рф"}, {"o'neill@example.ie", "mail:o'neill@example.ie"},
		{"l'adresse d'ana@example.fr", "mail:ana@example.fr"}, {"a @ b.com", "link:b.com"}, {"me@home", ""}, {"@example", "mention:@example"},
		// Orders, parcels, articles.
		{"RR 473 124 829 FR!", "code:RR 473 124 829 FR"}, {"RR473124829FR", "code:RR473124829FR"}, {"OK 12 of 20", ""}, {"AB 123", ""}, {"9400 1000 0000 0000 0000 00", "number:9400 1000 0000 0000 0000 00"},
		{"TSH.BLU.42", "code:TSH.BLU.42"}, {"BT-4410/BLK", "code:BT-4410/BLK"}, {"2026/00123", "date:2026/00123"}, {"№ 48213", "number:48213"}, {"4 of 10", ""}, {"top-5", "code:top-5"}, {"24/7", "date:24/7"},
		// Prices in national formats.
		{"20,- €", "price:20,- €"}, {"€ 1.299,-", "price:€ 1.299,-"}, {"12€50", "price:12€50"}, {"5 990 руб.", "price:5 990 руб."}, {"990₽", "price:990₽"}, {"499 kr", "price:499 kr"}, {"129 zł", "price:129 zł"},
		{"5,980円です", "price:5,980円"}, {"￥12,800", "price:￥12,800"}, {"٢٥٠ ر.س", "price:٢٥٠ ر.س"}, {"30 د.إ", "price:30 د.إ"}, {"CHF 1'299.00", "price:CHF 1'299.00"}, {"10 krone", ""}, {"5 euros", ""},
		{"20 EURO", ""}, {"a $ sign", ""}, {"50%", ""}, {"2,5 Prozent", ""}, {"5 рублей", ""}, {"EUROPE 5", ""},
		// Dates and times.
		{"18h30", "date:18h30"}, {"à 9h, merci", "date:9h"}, {"le 24h/24", "code:24h/24"}, {"22.11.2026", "date:22.11.2026"}, {"٢٢/١١/٢٠٢٦", "date:٢٢/١١/٢٠٢٦"}, {"١٠:٣٠", "date:١٠:٣٠"}, {"5 hours", ""}, {"5hours", "code:5hours"},
		{"1.5", ""}, {"12 November", ""}, {"9 h", ""}, {"v1.2.3", "code:v1.2.3"}, {"３月１５日", ""},
		// Sizes.
		{"in XL please", "size:XL"}, {"3XL, XXS", "size:3XL|size:XXS"}, {"size M or size: L", "size:M|size:L"}, {"talla S", "size:S"}, {"taille M.", "size:M"}, {"Größe L", "size:L"}, {"размер M", "size:M"}, {"サイズMは", "size:M"},
		{"مقاس L", "size:L"}, {"EU 42", "size:EU 42"}, {"UK 8.5", "size:UK 8.5"}, {"10x20 cm", "size:10x20 cm"}, {"12 x 8 x 4 in", "size:12 x 8 x 4 in"}, {"1,5x2 m", "size:1,5x2 m"}, {"30×40", "size:30×40"}, {"W32/L34", "code:W32/L34"},
		{"M is for me", ""}, {"S or not", ""}, {"oversize M", ""}, {"I am L", ""}, {"the EU 2030 plan", ""}, {"EU 2030", ""}, {"EUR 42", "price:EUR 42"}, {"XS", "size:XS"}, {"XLS", ""}, {"2 x faster", ""}, {"x 3", ""},
		// Code and templates.
		{"%s of %d", "code:%s|code:%d"}, {"%1$s", "code:%1$s"}, {"%{name}", "code:%{name}"}, {"%(user)s", "code:%(user)s"}, {"50%s", ""}, {"100 % de", ""}, {"%", ""}, {"%d'accord", "code:%d"}, {"%dur", ""},
		// Faces and shortcodes.
		{":100: yes", "emoji::100:"}, {":+1:", "emoji::+1:"}, {"at 10:30:15 h", "date:10:30:15"}, {"note:x:", ""}, {"::", ""}, {": 5 :", ""},
	} {
		if got := strings.Join(spansOf(c.text), "|"); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestMaskNames(t *testing.T) {
	names := []string{"Norrland", "Norrland Mini", "Ana", "C++", "Luna", "ソラ", "銀の月", "Ромашка", "نور", "삼성", "Café", "  ", "", "e\u0301clair", "4711"}
	for _, c := range []struct{ text, want string }{
		{"the Norrland Mini, not the Norrland.", "Norrland Mini|Norrland"}, {"Norrlands, norrland and NORRLAND", ""}, {"Banana, Ana and Anaïs", "Ana"}, {"(Ana)", "Ana"}, {"Ana's", "Ana"}, {"Anaé", ""},
		{"I write C++ here", "C++"}, {"la luna, Luna", "Luna"}, {"ソラはソラノと違う", "ソラ"}, {"この銀の月が好き", "銀の月"}, {"купил Ромашка-2, Ромашка", "Ромашка|Ромашка"}, {"Ромашками", ""}, {"شراء نور اليوم", "نور"}, {"منصور", ""},
		{"삼성은 좋다", "삼성"}, {"대삼성", ""}, {"un Café, Cafés", "Café"}, {"Cafe\u0301", "Café"}, {"éclair", "éclair"}, {"Norrland\u0301", ""}, {"4711 x", "4711"}, {"14711", "14711"}, {"LunaとAna", "Luna|Ana"},
		{"#Luna @Ana", "#Luna|@Ana"}, {"https://example.com/Luna/Ana", "https://example.com/Luna/Ana"},
	} {
		text := clean(c.text)
		m, _ := rules{names: names}.mask(text)
		if got := strings.Join(m.was, "|"); got != c.want || m.unmask(m.text) != text {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	long := make([]string, MaxNames+1)
	for i := range long {
		long[i] = "Nobody"
	}
	long[MaxNames-1], long[MaxNames] = "Inside", "Outside"
	if m, _ := (rules{names: long}).mask("Inside and Outside"); strings.Join(m.was, "|") != "Inside" {
		t.Errorf("a list of %d names masks %q", len(long), m.was)
	}
}
