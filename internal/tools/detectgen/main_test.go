package main

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/translate/detect/table"
)

// message makes a field of Protocol Buffers with a length.
func message(number int, data []byte) []byte {
	b := binary.AppendUvarint(nil, uint64(number)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(data)))
	return append(b, data...)
}

func set(p float64, grams ...string) []byte {
	b := binary.LittleEndian.AppendUint64([]byte{1<<3 | 1}, math.Float64bits(p))
	for _, g := range grams {
		b = append(b, message(2, []byte(g))...)
	}
	return b
}

func TestReadSet(t *testing.T) {
	got := map[string]float64{}
	if err := readSet(set(0.25, "ño", "ña"), 2, got); err != nil || len(got) != 2 || got["ña"] != 0.25 {
		t.Errorf("%v, %v", got, err)
	}
	for name, bad := range map[string][]byte{
		"no probability":  message(2, []byte("ab")),
		"a wrong one":     set(1.5, "ab"),
		"another length":  set(0.5, "abc"),
		"no UTF-8":        set(0.5, "\xff\xfe"),
		"cut in a string": set(0.5, "ab")[:12],
		"cut in a number": set(0.5, "ab")[:5],
		"another kind":    {1<<3 | 5, 0, 0, 0, 0},
	} {
		if err := readSet(bad, 2, map[string]float64{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add(set(0.5, "ab", "cd"))
	f.Add([]byte{0x08, 0x96, 0x01})
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = fields(data, func(_ int, field []byte, _ uint64) error {
			if len(field) > len(data) {
				t.Error("a field is longer than its message")
			}
			return nil
		})
	})
}

// Frequencies that lose their accents go to the letters without, and what is packed is found with its cost.
func TestMixAndPack(t *testing.T) {
	mixed := mix(map[string]float64{"ñ": 0.5, "n": 0.25, "a": 0.25}, 0.2)
	if got := mixed["ñ"]; math.Abs(got-0.4) > 1e-12 {
		t.Errorf("ñ keeps %v", got)
	}
	if got := mixed["n"]; math.Abs(got-0.35) > 1e-12 {
		t.Errorf("n has %v", got)
	}
	grams := best(mixed, map[string]float64{"": 1}, 1)
	made, ok := table.Open(string(pack([][]gram{grams, {{text: "n", cost: 7}}})))
	if !ok {
		t.Fatal("what is packed is no table")
	}
	var costs [len(table.Languages)]int32
	made.Costs(hash("n"), &costs)
	if want := int32(math.Round(-math.Log(0.35) * table.CostUnit)); costs[0] != want || costs[1] != 7 || costs[2] != 0 {
		t.Errorf("n costs %v, not %d and 7", costs[:3], want)
	}
	if made.Costs(hash("z"), &costs) {
		t.Error("z is found")
	}
}

// The check finds a table, and code, that is not what SUM says.
func TestCompareSum(t *testing.T) {
	root := t.TempDir()
	for _, file := range append(sources[:len(sources):len(sources)], tableFile) {
		name := filepath.Join(root, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := compareSum(root); err == nil {
		t.Error("without SUM all is well")
	}
	if err := writeSum(root); err != nil {
		t.Fatal(err)
	}
	if err := compareSum(root); err != nil {
		t.Error(err)
	}
	for _, file := range []string{tableFile, sources[0]} {
		name := filepath.Join(root, filepath.FromSlash(file))
		if err := os.WriteFile(name, []byte("another"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := compareSum(root); err == nil || !strings.Contains(err.Error(), "run go tool detectgen") {
			t.Errorf("after %s has changed: %v", file, err)
		}
		if err := os.WriteFile(name, []byte(file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
