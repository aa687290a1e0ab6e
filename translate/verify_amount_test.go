package translate

import (
	"strings"
	"testing"

	"golang.org/x/text/language"
)

// TestVerifyAmounts: money stays in its currency, and what is less than zero stays so; other words for the same are no damage.
func TestVerifyAmounts(t *testing.T) {
	const a, b = "\ue000", "\ue001"
	for _, c := range []struct{ src, got, from, to, why string }{
		{"it costs 20 dollars", "cuesta 20 euros", "en", "es", "currency"}, {"it costs 20 dollars", "cuesta 20 dólares", "en", "es", ""}, {"it costs 20 dollars", "cuesta 20 $", "en", "es", ""},
		{"it costs 20 dollars", "cuesta US$ 20", "en", "es", ""}, {"it costs 20 dollars", "cuesta USD 20", "en", "es", ""}, {"it costs 20 dollars", "cuesta 20 €", "en", "es", "currency"},
		{"it costs 20 dollars", "es kostet 20 Dollar", "en", "de", ""}, {"it costs 20 dollars", "это стоит 20 рублей", "en", "ru", "currency"}, {"it costs 20 dollars", "это стоит 20 долларов", "en", "ru", ""},
		{"it costs 20 dollars", "20ドルです", "en", "ja", ""}, {"it costs 20 dollars", "20円です", "en", "ja", "currency"}, {"それは20円です", "it is 20 yen", "ja", "en", ""}, {"それは20円です", "it is 20 dollars", "ja", "en", "currency"},
		{"cuesta 20 libras", "it costs 20 pounds", "es", "en", ""}, {"it weighs 20 pounds", "pesa 20 libras", "en", "es", ""}, {"it weighs 20 pounds", "pesa 20 kilos", "en", "es", ""},
		{"20 livres turques, s'il vous plaît", "20 Turkish lira, please", "fr", "en", ""}, {"20 livres de chocolat pour moi", "20 pounds of chocolate for me", "fr", "en", ""}, {"it costs 20 bucks", "cuesta 20 euros", "en", "es", ""},
		{"it costs 200 kroner", "det kostar 200 kronor", "en", "sv", ""}, {"it costs 200 kroner", "cuesta 200 coronas", "en", "es", ""}, {"it costs 200 kroner", "es kostet 200 Euro", "en", "de", "currency"},
		{"I paid 20 dollars and 30 euros", "pagué 20 dólares y 30 euros", "en", "es", ""}, {"I paid 20 dollars and 30 euros", "pagué 30 euros y 20 dólares", "en", "es", ""},
		{"I paid 20 dollars and 30 euros", "pagué 30 dólares y 20 euros", "en", "es", "each other"}, {"I paid 1,250 dollars and 30 euros", "pagué 1.250 dólares y 30 euros", "en", "es", ""},
		{"I paid " + a + " dollars and " + b + " euros", "pagué " + b + " dólares y " + a + " euros", "en", "es", "each other"}, {"I paid " + a + " dollars", "pagué " + a + " euros", "en", "es", "currency"},
		{"20 dollars or euros", "20 euros o dólares", "en", "es", ""}, {"I have 5 try-outs", "tengo 5 intentos", "en", "es", ""},

		{"it was -5 degrees outside", "hacía -5 grados afuera", "en", "es", ""}, {"it was -5 degrees outside", "hacía 5 grados afuera", "en", "es", "minus"}, {"it was -5 degrees outside", "hacía −5 grados afuera", "en", "es", ""},
		{"it was -5 degrees outside", "hacía - 5 grados afuera", "en", "es", ""}, {"it was -5 degrees outside", "hacía menos 5 grados afuera", "en", "es", ""}, {"it was −12.5 degrees", "hacía 12,5 grados", "en", "es", "minus"},
		{"it was -5 degrees outside", "外はマイナス5度でした", "en", "ja", ""}, {"it was -5 degrees outside", "كانت 5- درجات", "en", "ar", ""}, {"between -5 and -10 degrees", "entre -5 y 10 grados", "en", "es", "minus"},
		{"-2 shirts\n-3 socks", "2 camisas\n3 calcetines", "en", "es", ""}, {"from 2-5 shirts", "de 2 a 5 camisas", "en", "es", ""}, {"sizes 2 - 5 please", "tallas 2 a 5 por favor", "en", "es", ""},
		{"today -20% on all mugs", "hoy 20 % de descuento en todas las tazas", "en", "es", ""}, {"today -20 % on mugs at -5 degrees", "hoy 20 % de descuento en tazas a 5 grados", "en", "es", "minus"},
		{"the balance is -" + a + " now", "el saldo es " + a + " ahora", "en", "es", "minus"}, {"the balance is -" + a + " now", "el saldo es -" + a + " ahora", "en", "es", ""},
	} {
		seg := Segment{Text: c.src, Spans: []Span{{Mark: '\ue000', Kind: KindNumber}, {Mark: '\ue001', Kind: KindNumber}}}
		err := verify(seg, c.got, language.MustParse(c.from), language.MustParse(c.to))
		if c.why == "" && err != nil || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%q > %q: %v, want %q", c.src, c.got, err, c.why)
		}
	}
}
