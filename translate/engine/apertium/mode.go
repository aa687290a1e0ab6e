package apertium

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// stage is one program of a mode with its arguments, ready to be started.
type stage struct {
	path string
	args []string // without the program's name
}

// mode is a direction of Apertium as its mode file describes it.
type mode struct {
	name   string
	stages []stage
}

// readModes returns the modes in dir whose programs and data are there. A mode that is broken or
// half installed is left out with a sentence in faults.
func readModes(dir string) (modes []mode, faults []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.mode"))
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(files)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".mode")
		text, err := os.ReadFile(f)
		if err == nil {
			var stages []stage
			if stages, err = parseMode(string(text)); err == nil {
				modes = append(modes, mode{name, stages})
			}
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("cannot use mode %s: %v", name, err))
		}
	}
	return modes, faults, nil
}

// parseMode reads the one line of a mode file: programs joined by |, arguments bare or in single quotes, with $1 and
// $2 where the apertium script fills in its own options. Every program gets -z, so that it works off one line at a time.
func parseMode(text string) ([]stage, error) {
	var stages []stage
	for _, part := range strings.Split(strings.TrimSpace(text), "|") {
		words, err := shellWords(part)
		if err != nil {
			return nil, err
		}
		if len(words) == 0 {
			return nil, fmt.Errorf("an empty program between two |")
		}
		path, err := exec.LookPath(words[0])
		if err != nil {
			return nil, fmt.Errorf("%s is not installed", words[0])
		}
		s := stage{path: path, args: []string{"-z"}}
		for _, w := range words[1:] {
			switch {
			case w == "$1":
				s.args = append(s.args, "-n") // no marks on unknown words
			case w == "$2":
			case strings.HasPrefix(w, "/"):
				if _, err := os.Stat(w); err != nil {
					return nil, fmt.Errorf("its data is not there: %w", err)
				}
				s.args = append(s.args, w)
			default:
				s.args = append(s.args, w)
			}
		}
		stages = append(stages, s)
	}
	return stages, nil
}

// shellWords splits at white space, with single quotes. No shell ever sees a mode file, so nothing else has a meaning.
func shellWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	in, quoted := false, false
	for _, r := range s {
		switch {
		case r == '\'':
			in, quoted = true, !quoted
		case !quoted && strings.ContainsRune(" \t\r\n", r):
			if in {
				words = append(words, word.String())
				word.Reset()
			}
			in = false
		case !quoted && strings.ContainsRune("`;&<>\"()", r):
			return nil, fmt.Errorf("%q, which only a shell understands", string(r))
		default:
			in = true
			word.WriteRune(r)
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote that is not closed")
	}
	if in {
		words = append(words, word.String())
	}
	return words, nil
}
