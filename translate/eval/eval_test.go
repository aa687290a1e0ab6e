package main

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dragoman/translate"
	"dragoman/translate/engine"

	"golang.org/x/text/language"
)

var support2 = []language.Tag{language.English, language.Spanish}

// floors are chrF2 of Apertium on our own set, as measured with Debian 12's packages (docs/benchmarks.md). Other versions of the dictionaries translate a
// little otherwise, so a direction may lose two points.
var floors = map[string]float64{
	"en > es": 57.8, "en > ca": 55.9, "es > en": 60.7, "es > pt-BR": 66.5, "es > fr": 56.8, "es > ca": 88.3, "pt-BR > es": 67.4, "pt-BR > ca": 67.8, "fr > es": 54.3, "fr > ca": 60.3, "ca > en": 54.3,
	"ca > es": 88.1, "ca > pt-BR": 66.8, "ca > fr": 65.4, "en > pt-BR": 51.2, "en > fr": 56.0, "pt-BR > en": 56.7, "fr > en": 51.5,
}

const allowance = 2

// TestQuality is the gate: whatever is changed in the pipeline or in Apertium's engine, translations do not get worse.
func TestQuality(t *testing.T) {
	var a asked
	a.engines = "apertium"
	if err := configure(&a.settings, "apertium-pivots=true"); err != nil {
		t.Fatal(err)
	}
	p, err := a.pipeline(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	s, err := a.read("")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.rows) < 200 || len(s.languages) != 5 {
		t.Fatalf("the set has %d lines in %d languages", len(s.rows), len(s.languages))
	}
	t.Logf("Apertium's packages: %s", versions())
	for _, direction := range slices.Sorted(maps.Keys(floors)) {
		from, to, _ := strings.Cut(direction, " > ")
		i, j := slices.Index(s.languages, language.MustParse(from)), slices.Index(s.languages, language.MustParse(to))
		sc := evaluate(t.Context(), p, s, i, j, false, func(string, string, string, translate.Report) {})
		t.Logf("%s: chrF2 %.1f, BLEU %.1f, %d of %d shown", direction, sc.chrf, sc.bleu, sc.shown, sc.lines)
		if floor := floors[direction] - allowance; sc.chrf < floor || sc.shown*100 < sc.lines*95 {
			t.Errorf("%s: chrF2 %.1f, want %.1f at least; %d of %d lines shown", direction, sc.chrf, floor, sc.shown, sc.lines)
		}
	}
}

// versions are those of the installed packages, where Debian's tools can tell.
func versions() string {
	out, err := exec.Command("dpkg-query", "-W", "-f", "${Package} ${Version}, ", "apertium*").Output()
	if err != nil {
		return "unknown: " + err.Error()
	}
	return string(out)
}

// TestRun: the command as people call it, with a table of their own.
func TestRun(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.tsv", "la casa\ta casa\nla mesa\ta mesa\n")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-from", "es", "-to", "pt", "-lines", good}, &out); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "| es > pt | 2 | 2 | 100.0 |") || !strings.Contains(got, "apertium 2") || !strings.Contains(got, "la casa\n  a casa\n") {
		t.Errorf("%s", got)
	}
	for _, memory := range []string{
		write("memory.tsv", "La casa.\tA minha casa.\n"),
		write("memory.tmx", `<tmx version="1.4"><header srclang="pt"/><body><tu><tuv xml:lang="pt"><seg>A minha casa.</seg></tuv><tuv xml:lang="es"><seg>La casa.</seg></tuv></tu></body></tmx>`),
	} {
		out.Reset()
		if err := run(t.Context(), []string{"-from", "es", "-to", "pt", "-lines", "-memory", memory, good}, &out); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.Contains(got, "la casa\n  A minha casa") || !strings.Contains(got, "apertium 1, memory 1") {
			t.Errorf("%s: %s", memory, got)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{good}, "give -from and -to"}, {[]string{"-from", "??", "-to", "pt", good}, "no language"}, {[]string{"-from", "es", "-to", "zu", good}, "has a pair"}, {[]string{"-engines", "nobody"}, "no engine"},
		{[]string{"-engines", "deepl"}, "--deepl-key"}, {[]string{"-from", "es", "-to", "pt", filepath.Join(folder, "none.tsv")}, "cannot open"}, {[]string{"-memory", filepath.Join(folder, "none.tmx")}, "cannot open"}, {[]string{"-set", "x"}, "name and a value"}, {[]string{"-set", "deepl-colour=x"}, "no engine has"},
		{[]string{"-set", "deepl-key=@" + filepath.Join(folder, "none")}, "cannot read"}, {[]string{"-set", "apertium-pivots=perhaps"}, "true or false"},
	} {
		if err := run(context.Background(), c.args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
	var s engine.Settings
	if err := configure(&s, "deepl-key=@"+write("key", "abc:fx\n")); err != nil || s.DeepL.Key != "abc:fx" {
		t.Errorf("%q, %v", s.DeepL.Key, err)
	}
	if err := configure(&s, "openai-url=http://127.0.0.1:1/v1"); err != nil || s.OpenAI.URL != "http://127.0.0.1:1/v1" {
		t.Errorf("%q, %v", s.OpenAI.URL, err)
	}
}
