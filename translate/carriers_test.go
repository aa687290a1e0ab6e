package translate

import (
	"context"
	"strings"
	"testing"

	"dragoman/chat"
)

// TestSecondCarrier: an engine that has damaged a line is asked once more, in the other way and without what was said before; where neither
// changes anything, it is not.
func TestSecondCarrier(t *testing.T) {
	spoilt := func(ctx context.Context, s Segment) (string, error) {
		return strings.Map(func(r rune) rune {
			if IsMark(r) {
				return -1
			}
			return r
		}, s.Text) + " 44", nil
	}
	for name, c := range map[string]struct {
		caps   Caps
		text   string
		before []string
		asked  []Request // the second carrier and the context of each
	}{
		"another carrier":         {Caps{SecondCarrier: true}, "order #4711 now", nil, []Request{{}, {SecondCarrier: true}}},
		"another carrier, warned": {Caps{SecondCarrier: true, Isolated: true}, "order #4711 now", nil, []Request{{}, {SecondCarrier: true}}},
		"nothing to carry":        {Caps{SecondCarrier: true}, "order twelve of them 12", nil, []Request{{}}},
		"no other carrier":        {Caps{}, "order #4711 now", nil, []Request{{}}},
		"context":                 {Caps{Context: true}, "order #4711 now", []string{"before"}, []Request{{Context: []string{"before"}}, {}}},
		"context it never saw":    {Caps{}, "order twelve 12", []string{"before"}, []Request{{}}},
		"both":                    {Caps{SecondCarrier: true, Context: true}, "order #4711 now", []string{"before"}, []Request{{Context: []string{"before"}}, {SecondCarrier: true}}},
	} {
		var asked []Request
		e := hinted{script("e", spoilt), &asked}
		c.caps.Pairs = e.caps.Pairs
		e.caps = &c.caps
		p := pipeline(t, Options{}, e)
		if got := p.Translate(t.Context(), chat.Untranslated{Text: c.text, From: en, To: es, Before: chat.Said(c.before...)}); got.Reason != chat.ReasonDamaged {
			t.Errorf("%s: %+v", name, got)
		}
		if len(asked) != len(c.asked) {
			t.Errorf("%s: asked %d times, want %d", name, len(asked), len(c.asked))
			continue
		}
		for i, want := range c.asked {
			if got := asked[i]; got.SecondCarrier != want.SecondCarrier || strings.Join(got.Context, "") != strings.Join(want.Context, "") {
				t.Errorf("%s, question %d: %+v, want %+v", name, i, got, want)
			}
		}
	}
}
