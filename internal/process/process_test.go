package process

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The program that a test starts is built with the flags of `make test`: with others, everything would be compiled twice, and race detectors would see different things.
func TestRaceFlagsAreThoseOfTheMakefile(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	var flags []string
	for line := range strings.Lines(string(makefile)) {
		if value, ok := strings.CutPrefix(line, "RACE = "); ok {
			for _, word := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(value, -1) {
				flags = append(flags, strings.Trim(word, "'"))
			}
		}
	}
	if !slices.Equal(flags, raceFlags) {
		t.Errorf("the Makefile's RACE is\n%q, raceFlags here are\n%q", flags, raceFlags)
	}
}
