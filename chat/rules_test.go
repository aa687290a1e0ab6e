package chat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"
)

func tags(ss ...string) []language.Tag {
	var out []language.Tag
	for _, s := range ss {
		out = append(out, language.MustParse(s))
	}
	return out
}

func TestSameLanguage(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"pt-BR", "pt-PT", true},
		{"en", "en-GB", true},
		{"es-MX", "es", true},
		{"zh-Hans", "zh-Hant", false},
		{"zh", "zh-Hans", true},
		{"zh-TW", "zh-Hant", true},
		{"zh-TW", "zh-CN", false},
		{"sr", "sr-Latn", false},
		{"es", "pt", false},
		{"und", "und", false},
		{"und", "en", false},
		{"ar-EG", "ar", true},
		{"nb", "no", true},
		{"nb-NO", "nn", false},
		{"cmn-Hans", "zh", true},
		{"hr", "sr", false},
	} {
		a, b := language.MustParse(c.a), language.MustParse(c.b)
		if got := SameLanguage(a, b); got != c.want {
			t.Errorf("SameLanguage(%s, %s) = %v", a, b, got)
		}
		if SameLanguage(b, a) != SameLanguage(a, b) {
			t.Errorf("SameLanguage(%s, %s) is not symmetric", a, b)
		}
	}
}

func TestWanted(t *testing.T) {
	reader := func(ss ...string) Reader {
		l := tags(ss...)
		return Reader{Language: l[0], Understood: l[1:]}
	}
	for _, c := range []struct {
		name    string
		line    string
		readers []Reader
		want    []string
	}{
		{"nobody", "es", nil, nil},
		{"one who does not read it", "es", []Reader{reader("en")}, []string{"en"}},
		{"one who reads it", "pt-BR", []Reader{reader("pt-PT")}, nil},
		{"one who understands it", "es", []Reader{reader("en", "es")}, nil},
		{"each language once, in order", "es", []Reader{reader("en"), reader("de"), reader("en", "fr")}, []string{"en", "de"}},
		{"understood by one, wanted by another", "es", []Reader{reader("en", "es"), reader("en")}, []string{"en"}},
		{"a reader without language", "es", []Reader{{}}, nil},
		{"scripts are languages of their own", "zh-Hans", []Reader{reader("zh-Hant")}, []string{"zh-Hant"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Wanted(language.MustParse(c.line), c.readers)
			if fmt.Sprint(got) != fmt.Sprint(tags(c.want...)) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestParseLanguage(t *testing.T) {
	for _, bad := range []string{"", "und", "not a tag", "x", "en_", "<script>", "123"} {
		if tag, err := ParseLanguage(bad); CodeOf(err) != BadLanguage {
			t.Errorf("ParseLanguage(%q) = %v, %v", bad, tag, err)
		}
	}
	for _, bad := range []string{"x-private", "und-US", "und-Latn", "en-x-" + strings.Repeat("a1-", 20) + "a1", "en-" + strings.Repeat("a", 5000)} {
		if tag, err := ParseLanguage(bad); CodeOf(err) != BadLanguage || len(err.Error()) > 200 {
			t.Errorf("ParseLanguage(%q) = %v, %v", bad, tag, err)
		}
	}
	// Whoever puts something private behind his language has not made a new one.
	for in, want := range map[string]string{"pt-br": "pt-BR", "en-x-abc1": "en", "en-US-u-co-phonebk": "en-US", "de-DE-u-co-phonebk-x-a": "de-DE", "zh-hant-tw": "zh-Hant-TW",
		"ca-valencia": "ca-valencia", "ca-valencia-x-a1": "ca-valencia", "sr-Latn-RS-t-en": "sr-Latn-RS", "es-419": "es-419"} {
		if tag, err := ParseLanguage(in); err != nil || tag.String() != want {
			t.Errorf("ParseLanguage(%q) = %v, %v, want %s", in, tag, err, want)
		}
	}
}

func TestCheckState(t *testing.T) {
	for _, c := range []struct {
		from, to State
		code     Code
	}{
		{StateOpen, StateResolved, ""},
		{StateOpen, StateSnoozed, ""},
		{StateSnoozed, StateOpen, ""},
		{StateSnoozed, StateResolved, ""},
		{StateResolved, StateOpen, ""},
		{StateResolved, StateResolved, ""},
		{StateResolved, StateSnoozed, BadState},
		{StateOpen, "closed", BadRequest},
		{StateOpen, "", BadRequest},
	} {
		if err := CheckState(c.from, c.to, false); CodeOf(err) != c.code {
			t.Errorf("from %s to %q: %v, want %q", c.from, c.to, err, c.code)
		}
	}
	if err := CheckState(StateResolved, StateSnoozed, true); err != nil {
		t.Errorf("a resolved one does not go back to sleep: %v", err)
	}
	if err := CheckState(StateOpen, "closed", true); CodeOf(err) != BadRequest {
		t.Errorf("whoever goes back goes anywhere: %v", err)
	}
	for _, s := range []State{StateOpen, StateSnoozed, StateResolved} {
		if AfterLine(KindVisitor, s) != StateOpen || AfterLine(KindAgent, s) != s {
			t.Errorf("state after a line while %s", s)
		}
	}
}

func TestTimeOnTheWire(t *testing.T) {
	at := TimeOf(time.Date(2026, 11, 22, 9, 30, 0, 999_999, time.FixedZone("", 3600)))
	b, err := json.Marshal(at)
	if err != nil || string(b) != `"2026-11-22T08:30:00.000Z"` {
		t.Fatalf("got %s, %v", b, err)
	}
	var back Time
	if err := json.Unmarshal(b, &back); err != nil || back != at {
		t.Errorf("read back as %v, %v", back, err)
	}
	for _, bad := range []string{`""`, `"yesterday"`, `17`, `"2026-11-22"`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was read as a time", bad)
		}
	}
}

func TestCodeOf(t *testing.T) {
	wrapped := fmt.Errorf("cannot send: %w", Errorf(TooLong, "At most %d characters.", 9))
	if got := CodeOf(wrapped); got != TooLong {
		t.Errorf("wrapped: %q", got)
	}
	if got := CodeOf(errors.New("disk on fire")); got != Internal {
		t.Errorf("foreign: %q", got)
	}
	if got := CodeOf(nil); got != "" {
		t.Errorf("nil: %q", got)
	}
}

// The wire promises these fields even when there is nothing in them; a client may iterate without asking.
func TestEmptyFieldsAreOnTheWire(t *testing.T) {
	b, err := json.Marshal(Translation{State: TranslationPending, By: By{Kind: ByEngine}, Quality: QualityFull})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]json.RawMessage
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"text", "state", "by", "quality", "flagged", "at"} {
		if _, ok := got[field]; !ok {
			t.Errorf("a pending translation lacks %q: %s", field, b)
		}
	}
}

func TestKeysAndIDs(t *testing.T) {
	if id := NewID(); !ValidKey(id) {
		t.Errorf("NewID made %q", id)
	}
	for _, bad := range []string{"", "1", "{0192f4d5-6c1a-7b3e-8d2f-1a2b3c4d5e6f}", "0192f4d56c1a7b3e8d2f1a2b3c4d5e6f", "urn:uuid:0192f4d5-6c1a-7b3e-8d2f-1a2b3c4d5e6f", "0192f4d5-6c1a-7b3e-8d2f-1a2b3c4d5e6g"} {
		if ValidKey(bad) {
			t.Errorf("ValidKey(%q)", bad)
		}
	}
}
