package enginetest

import (
	"iter"
	"math/rand/v2"
	"strings"
)

// spikes are what broke something somewhere: stream formats, markup, encodings, shells, templates.
var spikes = []string{
	"[", "]", "{", "}", "^", "$", "/", "\\", "@", "<", ">", "[[", "]]", "[[t:b:1]]", "^this/is<n>$", "^^", "$$", "\\\\", "\\[", "{{x}}", "<x0/>", "\\<x0\\/\\>",
	"[\\{0\\}]", ".[]", "[S1]", "[E1]", "[S", "~", "*", "#", "@@", "&amp;", "&#39;", "<b>", "</b>", "<script>alert(1)</script>", "XPH0X", "⟦0⟧", "\x00", "\xff", "\xc3\x28",
	"\xed\xa0\x80", "\ue000", "\ue001", "\uf8ff", "\u202e", "\u2028", "\ufeff", "\u0300\u0301\u0302", "👩‍👩‍👧", "1️⃣", "\n", "\r\n", "\t", "\x1b", "\x7f", "%s%n", "`", "```",
	"'; drop table lines; --", "$(reboot)", "| cat /etc/passwd", "#4711", "59,99 €", "https://example.com/a[2]?x=1", "a@b.example.com", "....", "????", "¿?", "-", "--", "_", "__",
}

var plainWords = strings.Fields("hello where is my order please the parcel never came gracias por favor quiero devolver el pedido merci je veux the blue one is broken and I cannot open it A Z I'm don't l'ordre UPPER lower 12 7 1,5 2nd 3kg")

// Hostile yields n lines that mix words with what broke something somewhere; the same seed gives the same lines.
func Hostile(seed uint64, n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		for range n {
			var b strings.Builder
			for range 1 + r.IntN(14) {
				from := plainWords
				if r.IntN(2) == 0 {
					from = spikes
				}
				b.WriteString(from[r.IntN(len(from))])
				if r.IntN(4) > 0 {
					b.WriteByte(' ')
				}
			}
			if !yield(b.String()) {
				return
			}
		}
	}
}
