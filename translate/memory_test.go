package translate

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// memoryStore keeps entries in order, as a database does.
type memoryStore struct {
	mu      sync.Mutex
	entries []chat.MemoryEntry
	rev     int64
	cleared int64
	piece   int // how many at a time; 0: all
	asked   int
	err     error
}

func (s *memoryStore) Remember(_ context.Context, site string, entries []chat.MemoryEntry) (kept chat.Kept, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return kept, s.err
	}
	for _, e := range entries {
		e.Site = site
		s.rev++
		s.entries = slices.DeleteFunc(s.entries, func(o chat.MemoryEntry) bool {
			return o.Site == site && o.From == e.From && o.To == e.To && o.Key == e.Key
		})
		e.ID = strconv.FormatInt(s.rev, 10)
		s.entries = append(s.entries, e)
		kept.Added++
	}
	return kept, nil
}

func (s *memoryStore) Unremember(_ context.Context, e chat.MemoryEntry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rev++
	s.cleared = s.rev
	s.entries = slices.DeleteFunc(s.entries, func(o chat.MemoryEntry) bool {
		return o.Site == e.Site && o.From == e.From && o.To == e.To && o.Key == e.Key && o.Target == e.Target && o.Origin == e.Origin
	})
	return s.err
}

func (s *memoryStore) MemorySince(_ context.Context, site string, since chat.MemoryPlace) (n chat.MemoryNews, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.err != nil {
		return n, s.err
	}
	n.Place = since
	if since.Cleared != s.cleared {
		n.All, n.Place = true, chat.MemoryPlace{Cleared: s.cleared}
	}
	for _, e := range s.entries {
		rev, _ := strconv.ParseInt(e.ID, 10, 64)
		if e.Site != site || rev <= n.Place.Rev {
			continue
		}
		if s.piece > 0 && len(n.Entries) == s.piece {
			n.More = true
			return n, nil
		}
		n.Entries, n.Place.Rev = append(n.Entries, e), rev
	}
	return n, nil
}

func (s *memoryStore) forget(source string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rev++
	s.cleared = s.rev
	s.entries = slices.DeleteFunc(s.entries, func(e chat.MemoryEntry) bool { return e.Source == source })
}

func tag(s string) language.Tag { return language.MustParse(s) }

func remembered(from, to, source, target string) chat.MemoryEntry {
	return chat.MemoryEntry{Site: "shop", From: tag(from), To: tag(to), Source: source, Target: target, Origin: chat.MemoryCorrection, By: "Ann"}
}

func memoryOf(t testing.TB, entries ...chat.MemoryEntry) *Memory {
	t.Helper()
	m := NewMemory(MemoryOptions{Store: &memoryStore{}})
	for _, e := range entries {
		if err := m.Remember(t.Context(), e); err != nil {
			t.Fatalf("%s: %v", e.Source, err)
		}
	}
	return m
}

// TestMemoryForgets: what was taken back serves nobody any more; what has taken its place does.
func TestMemoryForgets(t *testing.T) {
	m := memoryOf(t, remembered("en", "es", "Where is #4711?", "¿Dónde está #4711?"), remembered("en", "es", "Good day", "Buenos días"))
	for _, e := range []chat.MemoryEntry{
		remembered("en", "es", "Where is #9999?", "¿Dónde está #9999?"), // the same with another number is another target
		remembered("en", "es", "Good day", "Buen día"),
		remembered("en", "es", "", ""),
		remembered("en", "es", "Where is #4711?", "¿Dónde está #4711?"),
	} {
		if err := m.Forget(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	st := m.opts.Store.(*memoryStore)
	if len(st.entries) != 1 || st.entries[0].Target != "Buenos días" {
		t.Errorf("left %+v", st.entries)
	}
}

// TestMemoryHits: which lines an entry serves, and with what text. Empty: it does not, and the engine is asked.
func TestMemoryHits(t *testing.T) {
	for _, c := range []struct{ from, to, source, target, line, want string }{
		// the same words
		{"en", "es", "Where is my order?", "¿Dónde está mi pedido?", "Where is my order?", "¿Dónde está mi pedido?"},
		{"en", "es", "Where is my order?", "¿Dónde está mi pedido?", "  where is MY order ?\n", "  ¿Dónde está mi pedido?\n"},
		{"en", "es", "Where is my order?", "¿Dónde está mi pedido?", "where is my order", "¿Dónde está mi pedido?"},
		{"en", "es", "Where is my order?", "¿Dónde está mi pedido?", "Where is my order.", ""},
		{"en", "es", "Where is my order?", "¿Dónde está mi pedido?", "Where is your order?", ""},
		{"en", "es", "where is my order", "¿Dónde está mi pedido?", "Where is my order?", "¿Dónde está mi pedido?"},
		{"en", "fr", "I don’t know.", "Je ne sais pas.", "I don't  know", "Je ne sais pas"},
		{"es", "en", "¡Muchas gracias!", "Thank you very much!", "muchas gracias", "Thank you very much"},
		{"es", "en", "muchas gracias", "thank you very much", "Muchas gracias.", "Thank you very much."},
		{"en", "es", "Thanks!", "¡Gracias!", "thanks.", "¡Gracias!"},
		{"en", "es", "Thanks.", "Gracias.", "Thanks!", "Gracias."},
		{"en", "ja", "Thanks!", "ありがとうございます！", "thanks.", "ありがとうございます。"},
		{"en", "th", "Thanks.", "ขอบคุณค่ะ", "Thanks!", "ขอบคุณค่ะ"},
		{"el", "en", "ΟΔΟΣ", "street", "οδός", ""}, {"el", "en", "ΟΔΟΣ", "street", "οδοσ", "street"},
		{"fr", "en", "e\u0301te\u0301", "summer", "été", "summer"},
		// values
		{"en", "es", "Where is #1234?", "¿Dónde está el #1234?", "where is #4711?", "¿Dónde está el #4711?"},
		{"en", "es", "#12 is here, not #34.", "No llegó #34, sino #12.", "#56 is here, not #78.", "No llegó #78, sino #56."},
		{"en", "es", "Pay $5 for #12 by 1/2/2026", "Hasta 1/2/2026 pague $5 por #12", "pay $7.50 for #9 by 3/4/2026", "Hasta 3/4/2026 pague $7.50 por #9"},
		{"en", "es", "Where is #1234?", "¿Dónde está el #1234?", "Where is DE-2291-X?", ""},
		{"en", "es", "#12 and again #12", "#12 y #12", "#3 and again #3", "#3 y #3"},
		{"en", "es", "#12 and again #12", "#12 y #12", "#3 and again #4", ""},
		{"en", "es", "See https://a.example/x 😀", "Vea https://a.example/x 😀", "see https://b.example/y 😕", "Vea https://b.example/y 😕"},
		// quantities
		{"en", "es", "I have 2 shirts", "Tengo 2 camisas", "I have 15 shirts", "Tengo 15 camisas"},
		{"en", "es", "It took 2 days", "Tardó 2 días", "It took 1 days", ""},
		{"en", "ru", "It took 5 days", "Это заняло 5 дней", "It took 7 days", "Это заняло 7 дней"},
		{"en", "ru", "It took 5 days", "Это заняло 5 дней", "It took 3 days", ""},
		{"en", "es", "I have 2 shirts", "Tengo dos camisas", "I have 2 shirts", "Tengo dos camisas"},
		{"en", "es", "I have 2 shirts", "Tengo dos camisas", "I have 3 shirts", ""},
		{"en", "de", "It weighs 1.5 kilos", "Es wiegt 1,5 Kilo", "It weighs 1.5 kilos", "Es wiegt 1,5 Kilo"},
		{"en", "de", "It weighs 1.5 kilos", "Es wiegt 1,5 Kilo", "It weighs 2.5 kilos", ""},
		{"en", "de", "It weighs 3 kilos", "Es wiegt 3 Kilo", "It weighs 1.250 kilos", ""}, // in German that would be a thousand times as much
		{"en", "de", "It weighs 3 kilos", "Es wiegt 3 Kilo", "It weighs 2.5 kilos", ""},
		{"en", "de", "It weighs 1.250 kilos", "Es wiegt 1.250 Kilo", "It weighs 4.250 kilos", ""},
		{"ar", "fa", "لدي ٣ قمصان", "من ٣ پیراهن دارم", "لدي ١١ قمصان", ""},
		{"en", "es", "#12: come at 10pm", "#12: venga a las 22:00", "#13: come at 10pm", "#13: venga a las 22:00"},
		{"en", "es", "#12: come at 10pm", "#12: venga a las 22:00", "#13: come at 11pm", ""},
		// what stands beside a value must not become part of it
		{"en", "zh", "Order 12345 please", "订单12345谢谢", "Order 67890 please", "订单67890谢谢"},
	} {
		e := script("e", says("engine"))
		e.caps.Pairs = append(e.caps.Pairs, Pair{From: tag(c.from), To: tag(c.to), Class: ClassB})
		p := pipeline(t, Options{Memory: memoryOf(t, remembered(c.from, c.to, c.source, c.target))}, e)
		rep := p.Explain(t.Context(), chat.Untranslated{Site: "shop", Text: c.line, From: tag(c.from), To: tag(c.to)})
		got := rep.Translation
		if c.want == "" {
			if rep.Memory != nil || e.calls.Load() == 0 || got.By.Kind != chat.ByEngine {
				t.Errorf("%q served %q: %+v", c.source, c.line, got)
			}
			continue
		}
		if got.Text != c.want || got.State != chat.TranslationDone || got.By != (chat.By{Kind: chat.ByMemory, Name: "Ann"}) || got.Quality != chat.QualityFull || got.At == 0 {
			t.Errorf("%q for %q: %+v, want %q", c.source, c.line, got, c.want)
		}
		if e.calls.Load() != 0 || rep.Memory == nil {
			t.Errorf("%q for %q: %d calls, %+v", c.source, c.line, e.calls.Load(), rep.Memory)
		}
	}
}

// TestMemoryRefuses: what no person can have meant, or what would lose an order number, never becomes an entry.
func TestMemoryRefuses(t *testing.T) {
	m := memoryOf(t)
	for _, e := range []chat.MemoryEntry{
		remembered("en", "es", "Where is #1234?", "¿Dónde está?"), remembered("en", "es", "Where is #1234?", "¿Dónde está el #1243?"),
		remembered("en", "es", "Where is #1234?", "¿Dónde está el #1234, #1234?"), remembered("en", "es", "It costs $5.00", "Cuesta 5,00 $"),
		remembered("en", "es", "#1234", "#1234"), remembered("en", "es", "?!", "¿?"), remembered("en", "es", "", "x"), remembered("en", "es", "x", " "),
		remembered("en", "en-GB", "color", "colour"), remembered("und", "es", "a", "b"), remembered("en", "es", strings.Repeat("a", chat.MaxMemoryText+1), "b"),
		{Site: "shop", From: en, To: es, Source: "a", Target: "b", Origin: "engine"}, {Site: "shop", From: en, To: es, Source: "a", Target: "b"},
	} {
		if err := m.Remember(t.Context(), e); chat.CodeOf(err) == "" || chat.CodeOf(err) == chat.Internal {
			t.Errorf("%.40q = %.40q from %q: %v", e.Source, e.Target, e.Origin, err)
		}
	}
	if n := len(m.opts.Store.(*memoryStore).entries); n != 0 {
		t.Errorf("%d entries", n)
	}
	off := NewMemory(MemoryOptions{Store: &memoryStore{err: chat.Errorf(chat.BadState, "off")}})
	if err := off.Remember(t.Context(), remembered("en", "es", "a", "b")); err != nil {
		t.Errorf("a site without memory: %v", err)
	}
	away := NewMemory(MemoryOptions{Store: &memoryStore{err: chat.Errorf(chat.Unavailable, "away")}})
	if err := away.Remember(t.Context(), remembered("en", "es", "a", "b")); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("a database that is away: %v", err)
	}
}

// TestMemoryVarieties: an entry serves its own variety, the language in general, and what CLDR holds to be near; the best one is taken.
func TestMemoryVarieties(t *testing.T) {
	m := memoryOf(t, remembered("en", "pt-BR", "train", "trem"), remembered("en", "pt-PT", "train", "comboio"), remembered("en", "pt-BR", "bus", "ônibus"),
		remembered("en", "pt", "day", "dia"), remembered("en", "es-419", "car", "carro"), remembered("en", "zh-Hant", "bicycle", "腳踏車"), remembered("en", "nb", "hi", "hei"),
		remembered("en-GB", "fr", "lift", "ascenseur"))
	for _, c := range []struct{ from, to, line, want string }{
		{"en", "pt-BR", "train", "trem"}, {"en", "pt-PT", "train", "comboio"}, {"en", "pt", "train", "trem"}, {"en", "pt-AO", "train", "comboio"},
		{"en", "pt", "bus", "ônibus"}, {"en", "pt-BR", "bus", "ônibus"}, {"en", "pt-PT", "bus", ""}, {"en", "pt-PT", "day", "dia"}, {"en", "pt-BR", "day", "dia"},
		{"en", "es-MX", "car", "carro"}, {"en", "es", "car", "carro"}, {"en", "es-ES", "car", ""}, {"en", "zh-TW", "bicycle", "腳踏車"}, {"en", "zh", "bicycle", ""},
		{"en", "no", "hi", "hei"}, {"en", "fr", "lift", "ascenseur"}, {"en-US", "fr-CA", "lift", "ascenseur"}, {"de", "fr", "lift", ""},
	} {
		text, _ := mask(c.line)
		got, _, ok := m.recall(t.Context(), "shop", text, tag(c.from), tag(c.to))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s > %s %q: %q, want %q", c.from, c.to, c.line, got, c.want)
		}
	}
}

// TestMemoryIsTheSites: no site is served by another one's entries, and one that wants no memory by none.
func TestMemoryIsTheSites(t *testing.T) {
	memory := memoryOf(t, remembered("en", "es", "hello", "buenas"))
	set := &chat.Translating{}
	p := pipeline(t, Options{Memory: memory, Settings: one{set}}, script("e", shout))
	for _, c := range []struct {
		site string
		off  bool
		want string
	}{{"shop", false, "buenas"}, {"other", false, "HELLO"}, {"shop", true, "HELLO"}, {"", false, "HELLO"}} {
		set.NoMemory = c.off
		if got := p.Translate(t.Context(), chat.Untranslated{Site: c.site, Text: "hello", From: en, To: es}); got.Text != c.want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

// one has the same settings for every site.
type one struct{ set *chat.Translating }

func (o one) Translating(string) *chat.Translating { return o.set }

// TestMemoryNews: what others remember and forget is known within Every, in pieces of any size, and while the database is away the last known holds.
func TestMemoryNews(t *testing.T) {
	st := &memoryStore{piece: 2}
	clock := time.Unix(1_000_000, 0)
	m := NewMemory(MemoryOptions{Store: st, now: func() time.Time { return clock }})
	other := NewMemory(MemoryOptions{Store: st})
	says := func(line, want string) {
		t.Helper()
		text, _ := mask(line)
		if got, _, _ := m.recall(t.Context(), "shop", text, en, es); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	for i := range 5 {
		if err := other.Remember(t.Context(), remembered("en", "es", strings.Repeat("a", i+1), "x")); err != nil {
			t.Fatal(err)
		}
	}
	says("aaaaa", "x")
	says("b", "")
	if err := other.Remember(t.Context(), remembered("en", "es", "b", "y")); err != nil {
		t.Fatal(err)
	}
	asked := st.asked
	says("b", "")
	if st.asked != asked {
		t.Error("the store is asked with every line")
	}
	clock = clock.Add(DefaultMemoryEvery)
	says("b", "y")
	if err := m.Remember(t.Context(), remembered("en", "es", "b", "z")); err != nil {
		t.Fatal(err)
	}
	says("b", "z") // one's own at once
	st.forget("aaaaa")
	st.err = chat.Errorf(chat.Unavailable, "away")
	clock = clock.Add(DefaultMemoryEvery)
	says("aaaaa", "x")
	st.err = nil
	clock = clock.Add(DefaultMemoryEvery)
	says("aaaaa", "")
	says("b", "z")
}

// TestMemoryRoom: where the entries of all sites are too many, the site that was not asked for the longest is read anew when it is asked.
func TestMemoryRoom(t *testing.T) {
	st := &memoryStore{}
	clock := time.Unix(1_000_000, 0)
	m := NewMemory(MemoryOptions{Store: st, Entries: 5, now: func() time.Time { return clock }})
	for _, site := range []string{"a", "b", "c"} {
		for i := range 2 {
			e := remembered("en", "es", site+strings.Repeat("x", i), "y")
			e.Site = site
			if err := m.Remember(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		for _, site := range []string{"a", "b", "c"} {
			clock = clock.Add(time.Second)
			text, _ := mask(site)
			if got, _, ok := m.recall(t.Context(), site, text, en, es); !ok {
				t.Errorf("%s: %q", site, got)
			}
			if m.held > 5 || len(m.sites) > 3 {
				t.Errorf("%d entries of %d sites are held", m.held, len(m.sites))
			}
		}
	}
	if m.sites["a"] != nil || m.held != 4 {
		t.Errorf("%d entries are held of %v", m.held, m.sites)
	}
}

// TestMemoryNear: what nearly says the same is offered with the line's own values, and never sent by itself.
func TestMemoryNear(t *testing.T) {
	m := memoryOf(t,
		remembered("en", "es", "Your order #1234 has not been shipped yet.", "Su pedido #1234 no se ha enviado todavía."),
		remembered("en", "es", "Your order #1234 has been shipped today.", "Su pedido #1234 se ha enviado hoy."),
		remembered("en", "es", "Your parcel #1234 has now been shipped yet.", "Su paquete #1234."),
		remembered("en", "fr", "Your order #1234 has now been shipped.", "Votre commande #1234 a été expédiée."),
		remembered("en", "es", "Nothing of the kind", "Nada de eso"))
	near := m.Near(t.Context(), "shop", "Your order #77 has now been shipped yet!", en, es)
	if len(near) != 2 || near[0].Target != "Su pedido #77 no se ha enviado todavía." || near[0].Source != "Your order #1234 has not been shipped yet." {
		t.Fatalf("%+v", near)
	}
	if got := near[0].Similarity; math.Abs(got-(1-1.0/37)) > 1e-9 {
		t.Errorf("similarity %v", got)
	}
	for _, line := range []string{"Your order #77 has now been shipped yet!", "Your order #77 and #78 has not been shipped yet", "", "#77"} {
		text, _ := mask(line)
		if got, _, ok := m.recall(t.Context(), "shop", text, en, es); ok {
			t.Errorf("%q is sent as %q", line, got)
		}
	}
	for _, line := range []string{"Your order #77 and #78 has not been shipped yet", "Your order 77 has not been shipped yet", "Nothing", ""} {
		if near := m.Near(t.Context(), "shop", line, en, es); len(near) != 0 {
			t.Errorf("%q is near %+v", line, near)
		}
	}
	if near := m.Near(t.Context(), "other", "Your order #77 has now been shipped yet!", en, es); len(near) != 0 {
		t.Errorf("another site is offered %+v", near)
	}
}

// TestMemoryNearOff: a site that wants no memory is offered nothing from it.
func TestMemoryNearOff(t *testing.T) {
	m := memoryOf(t, remembered("en", "es", "Your order has been shipped.", "Su pedido se ha enviado."))
	set := &chat.Translating{}
	m.opts.Settings = one{set}
	for _, off := range []bool{false, true} {
		set.NoMemory = off
		if near := m.Near(t.Context(), "shop", "Your orders has been shipped.", en, es); (len(near) == 0) != off {
			t.Errorf("off %v: %+v", off, near)
		}
	}
}

// FuzzMemoryHit: whatever stands in an entry and a line, a hit has the line's own numbers, codes and links, each as often as the line has it, and no
// number that neither has.
func FuzzMemoryHit(f *testing.F) {
	f.Add("Where is #1234?", "¿Dónde está el #1234?", uint8(3))
	f.Add("I paid $5 for 2 of 3 on 1/2/2026, https://a.example/1", "Pagué $5 por 2 de 3 el 1/2/2026: https://a.example/1", uint8(7))
	f.Add("1 and 1 and 11", "1 y 1 y 11", uint8(9))
	f.Add("\ue000 a 10pm 12,5", "b \ue000 22:00 12,5", uint8(1))
	f.Fuzz(func(t *testing.T, source, target string, by uint8) {
		e := remembered("en", "es", source, target)
		if e.Check() != nil {
			return
		}
		c, err := entryOf(e)
		if err != nil {
			return
		}
		line := clean(strings.Map(func(r rune) rune { // other digits, and sometimes other case
			if r >= '0' && r <= '9' {
				return '0' + (r-'0'+rune(by))%10
			}
			if by&1 == 0 {
				return unicode.ToUpper(r)
			}
			return r
		}, e.Source))
		m, ok := mask(line)
		if !ok {
			return
		}
		form := formOf(m)
		if form.key != c.key || !c.serves(form) {
			return
		}
		got, ok := c.answer(m, form)
		if !ok {
			return
		}
		for i, v := range form.values {
			n := 0
			for _, o := range form.values {
				if o.text == v.text && o.quantity() == v.quantity() {
					n++
				}
			}
			if !c.fixed && strings.Count(got, v.text) < n {
				t.Errorf("%q = %q: %q became %q without %q (value %d)", source, target, line, got, v.text, i)
			}
			if c.fixed && v.quantity() && v.text != c.values[i].text {
				t.Errorf("%q = %q has numbers of its own, and %q became %q", source, target, line, got)
			}
		}
		if here, there := digitsOf(got), digitsOf(line+literals(c)); len(there) < len(here) {
			t.Errorf("%q = %q: %q became %q", source, target, line, got)
		}
	})
}

func literals(e *entry) string {
	var b strings.Builder
	for _, p := range e.parts {
		if p.value < 0 {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// FuzzDistance: the quick way to measure comes to what the slow one does.
func FuzzDistance(f *testing.F) {
	f.Add("kitten", "sitting", uint8(3))
	f.Add("", "abc", uint8(1))
	f.Fuzz(func(t *testing.T, a, b string, most uint8) {
		if len(a) > 60 || len(b) > 60 {
			return
		}
		x, y, limit := []rune(a), []rune(b), int(most%20)
		row := make([]int, len(y)+1)
		for j := range row {
			row[j] = j
		}
		for i := range x {
			corner := row[0]
			row[0] = i + 1
			for j := range y {
				cost := corner
				if x[i] != y[j] {
					cost++
				}
				corner = row[j+1]
				row[j+1] = min(cost, row[j+1]+1, row[j]+1)
			}
		}
		want := row[len(y)]
		if got := distanceWithin(x, y, limit); got != want && (want <= limit || got <= limit) {
			t.Errorf("%q %q within %d: %d, want %d", a, b, limit, got, want)
		}
		one, other := shapeOf(string(x)), shapeOf(string(y))
		if apart := one.apart(&other); apart > 2*want {
			t.Errorf("%q %q: letters are %d apart, and the distance is %d", a, b, apart, want)
		}
	})
}
