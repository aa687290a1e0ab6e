// Package table holds how likely each letter is after the letters before it, in each of some thirty languages: the n-grams of a detector.
//
// The table is read where it stands in the program, nothing is decoded when it starts and nothing is copied. It is made by
// internal/tools/detectgen from the models of lingua-go (see NOTICE beside this file), and SUM says from what exactly.
package table

import (
	_ "embed" // the table
	"encoding/binary"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Languages are those that the table tells apart, at most 32: an entry names one by its place here, in five bits. The order is part of
// the table's format.
var Languages = [...]string{
	"en", "de", "fr", "es", "pt", "it", "ca", "nl", "da", "nb", "sv", "fi", "pl", "cs", "sk", "hu",
	"ro", "tr", "hr", "sl", "et", "lv", "lt", "id", "vi", "is", "eu", "ru", "uk", "bg", "sr",
}

// The format, all numbers little-endian: Magic; the number of bits that choose a bucket (uint32); where each bucket begins, in units of two bytes
// after this list, and where the last one ends (uint32 each); then the entries. An entry is a fingerprint of the n-gram and its languages,
// two bytes each: five bits which, one bit for the last of the entry, ten bits of cost.
const (
	Magic = "DRAGRAM1"
	// MaxOrder is the longest n-gram, in letters.
	MaxOrder = 5
	// CostUnit is how many units of cost make a factor of e: a letter whose probability is p costs -log(p) * CostUnit.
	CostUnit = 32
	// MaxCost is the largest that an entry can hold.
	MaxCost = 1<<10 - 1
	last    = 1 << 10
	header  = len(Magic) + 4
)

// KeepAccents are the languages in which letters with accents are letters of their own that every keyboard has; elsewhere people who type on phones
// leave accents out.
var KeepAccents = map[string]bool{"de": true, "da": true, "nb": true, "sv": true, "fi": true, "et": true, "is": true}

// Bare returns a text as it looks without accents; its letters stay as many. Only Latin ones lose theirs: й is no и.
func Bare(text string) string {
	letters := []rune(text)
	for i, r := range letters {
		switch {
		case r == 'ł':
			letters[i] = 'l'
		case r == 'ø':
			letters[i] = 'o'
		case r == 'đ':
			letters[i] = 'd'
		case r == 'ı':
			letters[i] = 'i'
		case unicode.Is(unicode.Latin, r) && r > unicode.MaxASCII:
			if base := []rune(norm.NFD.String(string(r))); base[0] <= unicode.MaxASCII {
				letters[i] = base[0]
			}
		}
	}
	return string(letters)
}

//go:embed table.bin
var file string

// Table looks up n-grams. The zero value knows none; Embedded returns the one in the program.
type Table struct {
	bits    uint32
	offsets string
	entries string
}

// Embedded returns the table that is part of the program. It costs nothing.
func Embedded() Table {
	t, _ := Open(file) // a broken file is found by the test of this package
	return t
}

// Open reads a table from its bytes; false if they are none. Only the frame is looked at.
func Open(data string) (Table, bool) {
	if len(data) < header || data[:len(Magic)] != Magic {
		return Table{}, false
	}
	bits := le32(data, len(Magic))
	if bits > 24 || len(data) < header+4*(1<<bits+1) {
		return Table{}, false
	}
	t := Table{bits: bits, offsets: data[header : header+4*(1<<bits+1)], entries: data[header+4*(1<<bits+1):]}
	if int(le32(t.offsets, 4<<bits))*2 != len(t.entries) {
		return Table{}, false
	}
	return t, true
}

// Hash of an n-gram grows to the left: the hash of "xabc" is Hash.Before('x') of that of "abc". So those of all n-grams that end at one letter cost one step each.
type Hash uint64

// Before returns the hash of r followed by the n-gram of h; the zero Hash is that of no letters.
func (h Hash) Before(r rune) Hash {
	x := (uint64(h) ^ uint64(r)) + 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return Hash(x ^ x>>31)
}

// Bucket and Fingerprint say where an entry stands in a table of that many bits, and how it is known there. Sixteen bits, in a bucket of about
// ten entries: one n-gram in seven thousand that the table does not have looks like one that it has.
func (h Hash) Bucket(bits uint32) int { return int(uint64(h) >> 40 & (1<<bits - 1)) }

// Fingerprint see Bucket.
func (h Hash) Fingerprint() uint16 { return uint16(h) }

// Costs writes what the last letter of the n-gram costs into costs, for the languages that know the n-gram, and leaves the others alone.
// It tells whether any does.
func (t Table) Costs(h Hash, costs *[len(Languages)]int32) bool {
	if t.offsets == "" {
		return false
	}
	bucket := h.Bucket(t.bits)
	at, end := int(le32(t.offsets, 4*bucket))*2, int(le32(t.offsets, 4*bucket+4))*2
	for at < end {
		same := le16(t.entries, at) == h.Fingerprint()
		at += 2
		for more := true; more; at += 2 {
			entry := le16(t.entries, at)
			if more = entry&last == 0; same {
				costs[entry>>11] = int32(entry & MaxCost)
			}
		}
		if same {
			return true
		}
	}
	return false
}

// Cost is one language's share of an entry.
type Cost struct {
	// Language is the place in Languages.
	Language int
	// Cost is in units, at most MaxCost.
	Cost int
}

// AppendEntry appends an entry to the bytes of a bucket; costs holds at least one.
func AppendEntry(b []byte, fingerprint uint16, costs []Cost) []byte {
	b = binary.LittleEndian.AppendUint16(b, fingerprint)
	for i, c := range costs {
		entry := uint16(c.Language)<<11 | uint16(c.Cost)
		if i == len(costs)-1 {
			entry |= last
		}
		b = binary.LittleEndian.AppendUint16(b, entry)
	}
	return b
}

// Size is how many bytes the table takes in the program.
func Size() int { return len(file) }

func le16(s string, i int) uint16 { return uint16(s[i]) | uint16(s[i+1])<<8 }

func le32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
