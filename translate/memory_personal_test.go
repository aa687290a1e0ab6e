package translate

import (
	"errors"
	"strings"
	"testing"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// TestMemoryIsImpersonal: an entry serves the next customer with his own address, and the first one's is nowhere in it.
func TestMemoryIsImpersonal(t *testing.T) {
	for _, c := range []struct{ source, target, line, want string }{
		{"Mail me at bob@shop.test, or call +34 600 123 456.", "Escríbame a bob@shop.test o llame al +34 600 123 456.", "mail me at ann@x.org, or call 06 12 34 56 78", "Escríbame a ann@x.org o llame al 06 12 34 56 78"},
		{"Not bob@shop.test but eve@shop.test", "No bob@shop.test sino eve@shop.test", "Not a@x.org but b@x.org", "No a@x.org sino b@x.org"},
		{"Pay to DE02120300000000202051 from 4012888888881881", "Pague a DE02120300000000202051 con 4012888888881881", "pay to es91 2100 0418 4502 0005 1332 from 4111-1111-1111-1111",
			"Pague a es91 2100 0418 4502 0005 1332 con 4111-1111-1111-1111"},
	} {
		m := memoryOf(t, remembered("en", "es", c.source, c.target))
		kept := m.opts.Store.(*memoryStore).entries[0]
		for _, private := range []string{"shop.test", "600 123", "02120300", "401288"} {
			if strings.Contains(kept.Source+kept.Target+kept.Key, private) {
				t.Errorf("%q is kept as %+v", c.source, kept)
			}
		}
		for line, want := range map[string]string{c.line: c.want, c.source: c.target} {
			text, _ := mask(line)
			if got, _, _ := m.recall(t.Context(), "shop", text, en, es); got != want {
				t.Errorf("%q: %q, want %q", line, got, want)
			}
		}
	}
	m := memoryOf(t)
	if err := m.Remember(t.Context(), remembered("en", "es", "a@x.org b@x.org c@x.org d@x.org please", "a@x.org b@x.org c@x.org d@x.org por favor")); chat.CodeOf(err) != chat.BadRequest {
		t.Errorf("a list of customers: %v", err)
	}
	own := remembered("en", "es", "Write to help@shop.test", "Escriba a help@shop.test")
	own.Origin = chat.MemoryImport
	if err := m.Remember(t.Context(), own); err != nil || m.opts.Store.(*memoryStore).entries[0].Source != own.Source {
		t.Errorf("a file's: %+v, %v", m.opts.Store.(*memoryStore).entries, err)
	}
}

// TestRefusedEntries: what cannot be an entry says why for programs too.
func TestRefusedEntries(t *testing.T) {
	for want, texts := range map[chat.RefusedReason][2]string{
		chat.RefusedNoWords: {"12345", "54321"},
		chat.RefusedValues:  {"Order #4711 is on its way", "El pedido está en camino"},
	} {
		err := Key(&chat.MemoryEntry{From: language.English, To: language.Spanish, Source: texts[0], Target: texts[1], Origin: chat.MemoryImport})
		if e, ok := errors.AsType[*chat.Error](err); !ok || e.Refused.Reason != want {
			t.Errorf("%.40q: %v, want %s", texts[0], err, want)
		}
	}
}
