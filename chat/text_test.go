package chat

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestCheckText(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		limit          int
		code           Code
	}{
		{name: "as typed", in: "¿Dónde está mi pedido #4711?", want: "¿Dónde está mi pedido #4711?"},
		{name: "white space around goes", in: " \n hola \t\u00a0", want: "hola"},
		{name: "lines stay", in: "a\r\nb\rc\n\nd", want: "a\nb\nc\n\nd"},
		{name: "NFC", in: "e\u0301", want: "é"},
		{name: "control characters go", in: "a\x00b\x1b[31mc\u0085", want: "ab[31mc"},
		{name: "bidi overrides go", in: "gpj.\u202eexe", want: "gpj.exe"},
		{name: "isolates and marks stay", in: "\u2068שלום\u2069\u200f", want: "\u2068שלום\u2069\u200f"},
		{name: "family emoji stays", in: "👨‍👩‍👧", want: "👨‍👩‍👧"},
		{name: "invalid UTF-8 is replaced", in: "a\xffb", want: "a\uFFFDb"},
		{name: "empty", in: "", code: Empty},
		{name: "nothing but space", in: " \u2003\n", code: Empty},
		{name: "nothing but control characters", in: "\x00\x01", code: Empty},
		{name: "at the limit, counted after NFC", in: strings.Repeat("e\u0301", 5), want: "ééééé", limit: 5},
		{name: "one over", in: "éééééé", limit: 5, code: TooLong},
		{name: "no limit", in: strings.Repeat("x", 100_000), want: strings.Repeat("x", 100_000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := CheckText(c.in, c.limit)
			if CodeOf(err) != c.code {
				t.Fatalf("error %v, want code %q", err, c.code)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTooLongSaysTheLimit(t *testing.T) {
	_, err := CheckText(strings.Repeat("a", DefaultTextLimit+1), DefaultTextLimit)
	if err == nil || !strings.Contains(err.Error(), "4000") {
		t.Errorf("got %v, want a sentence that names 4000", err)
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"  Ana\n María  ":        "Ana María",
		strings.Repeat("é", 200): strings.Repeat("é", MaxName),
		"\x00":                   "",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"", "hola", "e\u0301\r\n", "\xff\x00", "\u202e\u2066x", "\ufeffa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanText(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		if !norm.NFC.IsNormalString(got) {
			t.Fatalf("%q is not NFC", got)
		}
		if again := CleanText(got); again != got {
			t.Fatalf("cleaning twice: %q, then %q", got, again)
		}
	})
}
