package table_test

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"dragoman/translate/detect/table"
)

func hash(text string) table.Hash {
	var h table.Hash
	letters := []rune(text)
	for i := len(letters) - 1; i >= 0; i-- {
		h = h.Before(letters[i])
	}
	return h
}

// costs returns what the last letter of an n-gram costs, for the languages that know it.
func costs(t table.Table, text string) map[string]int32 {
	var c [len(table.Languages)]int32
	for i := range c {
		c[i] = -1
	}
	t.Costs(hash(text), &c)
	known := map[string]int32{}
	for i, cost := range c {
		if cost >= 0 {
			known[table.Languages[i]] = cost
		}
	}
	return known
}

// The table in the program opens, and knows what it must know.
func TestEmbedded(t *testing.T) {
	e := table.Embedded()
	if table.Size() > 12_000_000 {
		t.Errorf("the table has %d bytes, more than 12 MB", table.Size())
	}
	for text, language := range map[string]string{"ñ": "es", "que": "es", "ção": "pt", "sch": "de", "ció": "ca", "ție": "ro", "ing": "en", "ої": "uk"} {
		if _, known := costs(e, text)[language]; !known {
			t.Errorf("%q is unknown in %s", text, language)
		}
	}
	if got := costs(e, "ñ")["es"]; got != costs(e, "ñ")["es"] || got == 0 {
		t.Errorf("ñ costs %d in Spanish", got)
	}
	if costs(e, "ing")["en"] >= costs(e, "ing")["fi"] && costs(e, "ing")["fi"] != 0 {
		t.Error("a g after in is no likelier in English than in Finnish")
	}
	// Typed without accents, as on a phone.
	if _, known := costs(e, "cao")["pt"]; !known {
		t.Error("the Portuguese cao, which is ção without accents, is unknown")
	}
	if got := costs(e, "qzxwq"); len(got) != 0 {
		t.Errorf("nobody writes qzxwq, but %v do", got)
	}
}

// What is packed is found; what is not, is not; and a broken file is no table.
func TestOpen(t *testing.T) {
	const bits = 1
	var body []byte
	offsets := make([]uint32, 1<<bits+1)
	texts := []string{"a", "b", "ab", "abc", "я"}
	for bucket := range 1 << bits {
		for i, text := range texts {
			if h := hash(text); h.Bucket(bits) == bucket {
				body = table.AppendEntry(body, h.Fingerprint(), []table.Cost{{Language: i, Cost: i}, {Language: 30, Cost: table.MaxCost}})
			}
		}
		offsets[bucket+1] = uint32(len(body) / 2)
	}
	file := binary.LittleEndian.AppendUint32([]byte(table.Magic), bits)
	for _, o := range offsets {
		file = binary.LittleEndian.AppendUint32(file, o)
	}
	file = slices.Concat(file, body)
	made, ok := table.Open(string(file))
	if !ok {
		t.Fatal("it does not open")
	}
	for i, text := range texts {
		got := costs(made, text)
		if len(got) != 2 || got[table.Languages[i]] != int32(i) || got[table.Languages[30]] != table.MaxCost {
			t.Errorf("%q: %v", text, got)
		}
	}
	if got := costs(made, "c"); len(got) != 0 {
		t.Errorf("c: %v", got)
	}
	for n := range file {
		if _, ok := table.Open(string(file[:n])); ok {
			t.Fatalf("%d bytes of %d are taken for a table", n, len(file))
		}
	}
	if got := costs(table.Table{}, "a"); len(got) != 0 {
		t.Error("the zero table knows something")
	}
}

func TestBare(t *testing.T) {
	for text, want := range map[string]string{"ção": "cao", "łódź": "lodz", "søk": "sok", "đã": "da", "ısı": "isi", "й": "й", "ß": "ß", "hola": "hola"} {
		if got := table.Bare(text); got != want {
			t.Errorf("%q without accents is %q, not %q", text, got, want)
		}
	}
}

// Who passes the table on passes its licence on.
func TestNotice(t *testing.T) {
	for _, name := range []string{"NOTICE", "LICENSE"} {
		if text, err := os.ReadFile(name); err != nil || len(text) < 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
