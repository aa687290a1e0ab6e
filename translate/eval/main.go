// Command eval measures translations: it sends the texts of a table through engines as the server does, and holds what a reader would see against
// references, as chrF2 and BLEU.
//
//	go run ./translate/eval                                         our own set of support lines, Apertium, every pair that it has
//	go run ./translate/eval -from es -to pt -memory old.tmx my.tsv     with a translation memory
//	go run ./translate/eval -from en -to fr -engines deepl,apertium -set deepl-key=@FILE my.tsv
//
//	go run ./translate/eval -languages talk.csv ...                 in which language lines are taken to be, with and without what was written before
//
// A table has tabs between its columns: source and reference, or a first line that names languages (see testdata/support.tsv).
//
// How to read it: eval.go sends lines and keeps scores, chrf.go and bleu.go are the measures, set.go reads tables, settings.go engines'
// settings, memory.go translation memories, languages.go the detector.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"dragoman/translate"
	"dragoman/translate/detect"
	"dragoman/translate/engine"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

//go:embed testdata/support.tsv
var support string

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

// asked is what the command line wants.
type asked struct {
	from, to     string
	engines      string
	memory       string
	typed, lines bool
	languages    bool
	settings     engine.Settings
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var a asked
	f := flag.NewFlagSet("eval", flag.ContinueOnError)
	f.StringVar(&a.from, "from", "", "the source's language; without it, all that the table names")
	f.StringVar(&a.to, "to", "", "the target's language; without it, all that the table names")
	f.StringVar(&a.engines, "engines", "apertium", "engines in order of preference, with commas between them")
	f.StringVar(&a.memory, "memory", "", "a translation memory that is asked before any engine: a TMX, or a table")
	f.BoolVar(&a.typed, "typed", false, "take texts as they were typed, where the table has that")
	f.BoolVar(&a.lines, "lines", false, "print each line as well")
	f.BoolVar(&a.languages, "languages", false, "measure the detector of languages instead, on conversations (languages.go says what a table has)")
	f.Func("set", "a setting of an engine, as NAME=VALUE or NAME=@FILE; several times", func(s string) error { return configure(&a.settings, s) })
	if err := f.Parse(args); err != nil {
		return err
	}
	if a.languages {
		if f.NArg() == 0 {
			return errors.New("name the tables of the conversations")
		}
		return recognise(f.Args(), out)
	}
	s, err := a.read(f.Arg(0))
	if err != nil {
		return err
	}
	p, err := a.pipeline(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	return a.measure(ctx, p, s, out)
}

// pair returns the languages that were named, or language.Und.
func (a asked) pair() (from, to language.Tag, err error) {
	for _, l := range []struct {
		name string
		tag  *language.Tag
	}{{a.from, &from}, {a.to, &to}} {
		if l.name != "" {
			t, err := language.Parse(l.name)
			if err != nil {
				return from, to, fmt.Errorf("%q is no language: want a tag such as en or pt-BR", l.name)
			}
			*l.tag = t
		}
	}
	return from, to, nil
}

// read reads the table, which is our own if none is named.
func (a asked) read(file string) (set, error) {
	from, to, err := a.pair()
	if err != nil {
		return set{}, err
	}
	if file == "" {
		return readSet(strings.NewReader(support), from, to)
	}
	r, err := os.Open(file)
	if err != nil {
		return set{}, fmt.Errorf("cannot open the table: %w", err)
	}
	defer r.Close()
	s, err := readSet(r, from, to)
	if err == nil && (s.languages[0] == language.Und || s.languages[1] == language.Und) {
		err = errors.New("the table does not name its languages: give -from and -to")
	}
	return s, err
}

func (a asked) pipeline(ctx context.Context) (*translate.Pipeline, error) {
	var engines []translate.Engine
	for name := range strings.SplitSeq(a.engines, ",") {
		e, err := a.settings.Open(strings.TrimSpace(name), zerolog.Nop())
		if err != nil {
			return nil, err
		}
		engines = append(engines, e)
	}
	o := translate.Options{Engines: engines, Detect: detect.New().Detect}
	if a.memory != "" {
		from, to, err := a.pair()
		if err != nil {
			return nil, err
		}
		if o.Memory, err = remembered(ctx, a.memory, from, to); err != nil {
			return nil, err
		}
	}
	return translate.New(o), nil
}

func (a asked) measure(ctx context.Context, p *translate.Pipeline, s set, out io.Writer) error {
	each := func(source, got, ref string, rep translate.Report) {
		if a.lines {
			fmt.Fprintf(out, "%s\n  %s\n  %s\n  %s\n", source, got, ref, rep.Trouble)
		}
	}
	var scores []score
	for i, from := range s.languages {
		for j, to := range s.languages {
			if i == j || a.from != "" && from.String() != a.from || a.to != "" && to.String() != a.to {
				continue
			}
			if sc := evaluate(ctx, p, s, i, j, a.typed, each); !sc.noPair {
				scores = append(scores, sc)
			}
		}
	}
	if len(scores) == 0 {
		return fmt.Errorf("no engine of %q has a pair of the table", a.engines)
	}
	table(out, scores)
	return nil
}
