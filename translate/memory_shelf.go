package translate

import (
	"math"
	"slices"
	"sync"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// shelf is what is held of one site's memory.
type shelf struct {
	lookout
	site    string
	place   chat.MemoryPlace
	used    time.Time // guarded by Memory.mu, as is counted: how many entries it is known to have
	counted int

	mu      sync.RWMutex // guards the following
	entries map[string]*entry
	pairs   map[[2]language.Base]map[string][]*entry
}

func newShelf(site string) *shelf {
	return &shelf{lookout: newLookout(), site: site, entries: map[string]*entry{}, pairs: map[[2]language.Base]map[string][]*entry{}}
}

// apply puts what is new in its place, and returns how many entries there are now.
func (s *shelf) apply(news chat.MemoryNews) int {
	fresh := make([]*entry, 0, len(news.Entries))
	for _, e := range news.Entries {
		// An entry of another version of this program may be none by this one's rules.
		if c, err := entryOf(e); err == nil {
			fresh = append(fresh, c)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if news.All {
		clear(s.entries)
		clear(s.pairs)
	}
	s.place = news.Place
	for _, e := range fresh {
		s.remove(e.ID)
		s.entries[e.ID] = e
		pair := pairOf(e.From, e.To)
		if s.pairs[pair] == nil {
			s.pairs[pair] = map[string][]*entry{}
		}
		// The latest first: of two that serve equally well it is used.
		s.pairs[pair][e.key] = slices.Insert(s.pairs[pair][e.key], 0, e)
	}
	return len(s.entries)
}

func (s *shelf) remove(id string) {
	old := s.entries[id]
	if old == nil {
		return
	}
	delete(s.entries, id)
	of := s.pairs[pairOf(old.From, old.To)]
	if of[old.key] = slices.DeleteFunc(of[old.key], func(e *entry) bool { return e == old }); len(of[old.key]) == 0 {
		delete(of, old.key)
	}
}

// pairOf is coarser than what matches: varieties and scripts are told apart when an entry is looked at.
func pairOf(from, to language.Tag) [2]language.Base {
	base := func(t language.Tag) language.Base {
		b, _ := bokmal(macroOf(t)).Base()
		return b
	}
	return [2]language.Base{base(from), base(to)}
}

func macroOf(t language.Tag) language.Tag {
	if m, err := language.Macro.Canonicalize(t); err == nil {
		return m
	}
	return t
}

// find returns the entries that serve a text, the best first.
func (s *shelf) find(f form, from, to language.Tag) []*entry {
	var found []*entry
	for _, e := range s.pairs[pairOf(from, to)][f.key] {
		if e.reads(from, to) && e.serves(f) {
			found = append(found, e)
		}
	}
	if len(found) > 1 {
		slices.SortStableFunc(found, func(a, b *entry) int { return b.rank(f, from, to) - a.rank(f, from, to) })
	}
	return found
}

// reads tells whether the entry is for a writer of from and a reader of to. What he reads is in his variety, or in none in particular, or in
// one that CLDR holds to be near; how exactly the source was meant makes no difference once it says the same.
func (e *entry) reads(from, to language.Tag) bool {
	return SameLanguage(e.From, from) && SameLanguage(e.To, to) && (closeness(to, e.To) > 0 || general(to))
}

// general tells whether a tag names no variety.
func general(t language.Tag) bool {
	_, _, region := t.Raw()
	return region.String() == "ZZ" && len(t.Variants()) == 0
}

// rank tells which of several entries serves best: the reader's variety counts most, then that the values are the same, then the writer's.
func (e *entry) rank(f form, from, to language.Tag) int {
	score := 16*closeness(to, e.To) + closeness(from, e.From)
	if e.end == f.end {
		score += 4
	}
	for i, v := range f.values {
		if e.values[i].text != v.text {
			return score
		}
	}
	return score + 8
}

// MaxNear is how many entries are offered that nearly say the same, and LeastSimilarity how near they must be: the part of the code points of the
// longer text that need not be changed.
const (
	MaxNear         = 3
	LeastSimilarity = 0.85
)

// nearEntry is an entry that nearly says the same.
type nearEntry struct {
	*entry
	similarity float64
}

// nearly returns the entries whose keys are like a text's, with values of the same kinds in the same order. Length and letters are compared before
// anything is measured, so that a memory of tens of thousands is looked through in the time of a click.
func (s *shelf) nearly(f form, from, to language.Tag) []nearEntry {
	text := []rune(f.key)
	mine := shapeOf(f.key)
	var found []nearEntry
	for key, entries := range s.pairs[pairOf(from, to)] {
		shape := &entries[0].shape
		longer := max(shape.length, mine.length)
		may := int(float64(longer) * (1 - LeastSimilarity))
		if max(shape.length-mine.length, mine.length-shape.length) > may || mine.apart(shape) > 2*may || key == f.key {
			continue
		}
		distance := distanceWithin(text, []rune(key), may)
		if distance > may {
			continue
		}
		for _, e := range entries {
			if e.reads(from, to) && e.fits(f.values) {
				found = append(found, nearEntry{e, 1 - float64(distance)/float64(longer)})
			}
		}
	}
	return found
}

// shape is what can be compared of a text at once: how many runes it has, and how many of each kind (by their last bits).
type shape struct {
	length int
	counts [32]uint8
}

func shapeOf(s string) (c shape) {
	for _, r := range s {
		c.length++
		if n := &c.counts[r&31]; *n < math.MaxUint8 {
			*n++
		}
	}
	return c
}

// apart is how many runes one text has that the other has not, at least; one edit changes it by two at most.
func (c *shape) apart(o *shape) int {
	n := 0
	for i := range c.counts {
		d := int(c.counts[i]) - int(o.counts[i])
		n += max(d, -d)
	}
	return n
}

// distanceWithin is how many runes must be changed, put in or taken out to make b of a (Levenshtein); above most it is any number above most.
func distanceWithin(a, b []rune, most int) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		corner, least := row[0], i+1
		row[0] = i + 1
		lo, hi := max(0, i-most), min(len(b), i+most+1)
		if lo > 0 {
			corner, row[lo] = row[lo], most+1
			least = most + 1
		}
		for j := lo; j < hi; j++ {
			cost := corner
			if r != b[j] {
				cost++
			}
			corner = row[j+1]
			above := corner + 1
			if j+1 > i+most {
				above = most + 1 // outside of what was looked at
			}
			row[j+1] = min(cost, above, row[j]+1)
			least = min(least, row[j+1])
		}
		if least > most {
			return most + 1
		}
	}
	return row[len(b)]
}
