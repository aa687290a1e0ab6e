package torture

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each file of testdata/dialogs is a talk with the real program; testdata/dialogs/README.md tells the language.
func TestDialogs(t *testing.T) {
	besides(t)
	files, err := filepath.Glob("testdata/dialogs/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no dialogs", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			besides(t)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := newDialog(t)
			defer d.end()
			for i, line := range strings.Split(string(text), "\n") {
				words, err := split(line)
				if err == nil && len(words) > 0 {
					err = d.play(words)
				}
				if err != nil {
					t.Fatalf("%s:%d: %s\n\t%v\n%s", file, i+1, line, err, d.state())
				}
			}
			if err := d.over(); err != nil {
				t.Fatalf("%s: at the end: %v\n%s", file, err, d.state())
			}
		})
	}
}

// The language itself must notice what does not hold: a dialog that says something false fails, in the line where it is said.
func TestDialogsNoticeLies(t *testing.T) {
	besides(t)
	truth := []string{`shop es`, `server starts`, `maria visits es`, `maria -> send "hola"`}
	for _, lie := range []string{
		`maria -> send "x" => empty`,
		`maria -> send "" => conflict`,
		`maria -> send "hola" as known`, // only the first time is no dup
		`maria has "adiós"`,
		`maria has`,
		`maria never saw "hola"`,
		`maria's conversation is resolved`,
		`maria sings`,
		`nobody -> send "hola"`,
	} {
		t.Run(lie, func(t *testing.T) {
			besides(t)
			d := newDialog(t)
			defer d.end()
			for _, line := range append(truth, `maria -> send "hola" as known`) {
				words, _ := split(line)
				if err := d.play(words); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
			}
			d.patience = time.Second // what is not so need not be waited for long
			words, _ := split(lie)
			if err := d.play(words); err == nil {
				t.Error("the dialog believed it")
			}
		})
	}
}
