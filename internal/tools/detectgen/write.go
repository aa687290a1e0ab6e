package main

import (
	"cmp"
	"encoding/binary"
	"slices"

	"dragoman/translate/detect/table"
)

// bucketBits makes buckets of about ten entries.
const bucketBits = 17

// entry is an n-gram of the table with all languages that know it.
type entry struct {
	text  string
	hash  table.Hash
	costs []table.Cost
}

// pack makes the table's bytes. languages holds the n-grams of each, in the order of table.Languages.
func pack(languages [][]gram) []byte {
	places := map[string]int{}
	var entries []entry
	for language, grams := range languages {
		for _, g := range grams {
			at, there := places[g.text]
			if !there {
				at = len(entries)
				places[g.text] = at
				entries = append(entries, entry{text: g.text, hash: hash(g.text)})
			}
			entries[at].costs = append(entries[at].costs, table.Cost{Language: language, Cost: g.cost})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(
			cmp.Compare(a.hash.Bucket(bucketBits), b.hash.Bucket(bucketBits)),
			cmp.Compare(a.hash.Fingerprint(), b.hash.Fingerprint()),
			cmp.Compare(len(b.costs), len(a.costs)), // of two that look alike the more common one stays
			cmp.Compare(a.text, b.text))
	})
	entries = slices.CompactFunc(entries, func(a, b entry) bool {
		return a.hash.Bucket(bucketBits) == b.hash.Bucket(bucketBits) && a.hash.Fingerprint() == b.hash.Fingerprint()
	})
	return layOut(entries)
}

// layOut writes the entries, which stand in the order of their buckets.
func layOut(entries []entry) []byte {
	var offsets, body []byte
	for bucket := range 1 << bucketBits {
		offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(body)/2))
		for len(entries) > 0 && entries[0].hash.Bucket(bucketBits) == bucket {
			body = table.AppendEntry(body, entries[0].hash.Fingerprint(), entries[0].costs)
			entries = entries[1:]
		}
	}
	offsets = binary.LittleEndian.AppendUint32(offsets, uint32(len(body)/2))
	head := binary.LittleEndian.AppendUint32([]byte(table.Magic), bucketBits)
	return slices.Concat(head, offsets, body)
}

func hash(text string) table.Hash {
	var h table.Hash
	letters := []rune(text)
	for i := len(letters) - 1; i >= 0; i-- {
		h = h.Before(letters[i])
	}
	return h
}
