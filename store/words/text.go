package words

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Text is a text that was cut into words.
type Text struct {
	// runes are those of all words, folded; at is where each of them begins in the text, in bytes.
	runes []rune
	at    []int
	// umlauts tells which of them were umlauts before they were folded; it ends with the last that was one.
	umlauts []bool
	words   []word
}

// word is a part of a Text's runes.
type word struct {
	from, to int
	// end is where the word ends in the text, in bytes.
	end  int
	kind class // letter, digit or dense
	// joined tells that there is no space between it and the word before.
	joined bool
}

// of returns the runes of a word.
func (t *Text) of(w word) []rune { return t.runes[w.from:w.to] }

// Cut cuts a text into words.
func Cut(text string) Text {
	c := cutter{}
	c.t.runes, c.t.at = make([]rune, 0, len(text)), make([]int, 0, len(text))
	if norm.NFKC.QuickSpanString(text) == len(text) {
		for i, r := range text {
			c.take(r, i)
		}
	} else {
		c.takeAll(text)
	}
	c.close(len(text))
	return c.t
}

// cutter is a text that is being cut.
type cutter struct {
	t    Text
	open bool // the last word goes on
	// apart tells that there was a space since the last word.
	apart bool
}

// takeAll takes a text that is not in NFKC, piece by piece: what a piece becomes stands where it stood.
func (c *cutter) takeAll(text string) {
	var i norm.Iter
	for i.InitString(norm.NFKC, text); !i.Done(); {
		at := i.Pos()
		for piece := i.Next(); len(piece) > 0; {
			r, size := utf8.DecodeRune(piece)
			c.take(r, at)
			piece = piece[size:]
		}
	}
}

// take takes one rune, which stands at this byte.
func (c *cutter) take(r rune, at int) {
	umlaut := isSpelledUmlaut(r)
	r, second := fold(r)
	kind := classOf(r)
	switch kind {
	case ignored:
		return
	case space, between:
		c.close(at)
		c.apart = c.apart || kind == space
		return
	case trailing:
		if !c.open {
			return
		}
		kind = c.last().kind
	}
	if c.open && c.last().kind != kind {
		c.close(at)
	}
	if !c.open {
		c.t.words = append(c.t.words, word{from: len(c.t.runes), kind: kind, joined: len(c.t.words) > 0 && !c.apart})
		c.open, c.apart = true, false
	}
	c.t.runes, c.t.at = append(c.t.runes, r), append(c.t.at, at)
	if umlaut {
		c.t.umlauts = append(c.t.umlauts, make([]bool, len(c.t.runes)-len(c.t.umlauts))...)
		c.t.umlauts[len(c.t.runes)-1] = true
	}
	if second != 0 {
		c.t.runes, c.t.at = append(c.t.runes, second), append(c.t.at, at)
	}
}

func (c *cutter) last() *word { return &c.t.words[len(c.t.words)-1] }

// close ends the word that is open, before this byte.
func (c *cutter) close(at int) {
	if c.open {
		w := c.last()
		w.to, w.end = len(c.t.runes), at
		c.open = false
	}
}
