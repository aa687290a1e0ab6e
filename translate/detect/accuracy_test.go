package detect_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"

	"dragoman/chat"
	"dragoman/translate/detect"
)

var write = flag.Bool("write", false, "write what is measured into docs/languages.md")

const page = "../../docs/languages.md"

// What must be reached, in percent, on texts that nothing is tuned on. The first three are the goals of the product; what is reached stands in docs/languages.md.
var floors = map[string]float64{
	"single phrases":                      88,
	"participants, after their last line": 99,
	"lines of ten letters or fewer, with what their participants wrote before": 92,
	"lines of any length, with what their participants wrote before":           96,
	"lines without evidence, seen to be so":                                    95,
}

// rows reads a table of testdata.
func rows(t testing.TB, name string) [][]string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// figure counts what was right.
type figure struct {
	name      string
	right, of int
}

func (f *figure) add(right bool) {
	f.of++
	if right {
		f.right++
	}
}

func (f *figure) percent() float64 { return 100 * float64(f.right) / float64(max(1, f.of)) }

// measured is everything that is published.
type measured struct {
	figures                     []*figure
	languages                   map[string]*figure
	confused                    map[[2]string]int
	switches, changed, silences int
	wrong                       []string
}

func (m *measured) figure(name string) *figure {
	for _, f := range m.figures {
		if f.name == name {
			return f
		}
	}
	f := &figure{name: name}
	m.figures = append(m.figures, f)
	return f
}

func measure(t testing.TB) *measured {
	m := &measured{languages: map[string]*figure{}, confused: map[[2]string]int{}}
	d := detect.New()
	m.phrases(d, rows(t, "phrases.tsv"))
	m.grams(detect.WithoutWords(), rows(t, "phrases.tsv"))
	m.participants(d, rows(t, "participants.tsv"))
	return m
}

// phrases judges each line by itself.
func (m *measured) phrases(d *detect.Detector, rows [][]string) {
	for _, row := range rows {
		truth, line := row[0], row[1]
		got, _ := d.Line(line).Best()
		if truth == "-" {
			m.figure("lines without evidence, seen to be so").add(got == "")
			if got != "" {
				m.wrong = append(m.wrong, "- "+line+" "+got)
			}
			continue
		}
		right := got == truth
		m.figure("single phrases").add(right)
		m.figure(words(line)).add(right)
		if m.languages[truth] == nil {
			m.languages[truth] = &figure{}
		}
		m.languages[truth].add(right)
		if !right {
			m.confused[[2]string{truth, cmp.Or(got, "none")}]++
			m.wrong = append(m.wrong, truth+" "+line+" "+got)
		}
	}
}

// grams judges the phrases once more without the lexicon, to show what it adds: it was written by the hand that wrote the phrases.
func (m *measured) grams(d *detect.Detector, rows [][]string) {
	for _, row := range rows {
		if row[0] != "-" {
			got, _ := d.Line(row[1]).Best()
			m.figure("single phrases, without the list of words").add(got == row[0])
		}
	}
}

func words(line string) string {
	switch n := len(strings.Fields(line)); {
	case n == 1:
		return "single phrases of one word"
	case n <= 3:
		return "single phrases of two or three words"
	}
	return "single phrases of four words or more"
}

// participants plays the lines of each participant in their order.
func (m *measured) participants(d *detect.Detector, rows [][]string) {
	var known detect.Known
	for i, row := range rows {
		id, browser, truth, written, line := row[0], row[1], row[2], row[3], row[4]
		if i == 0 || rows[i-1][0] != id {
			tag := language.MustParse(browser)
			known = detect.Known{Language: tag, Reason: chat.LanguageBrowser, Prior: []language.Tag{tag, language.English}}
		}
		before := known.Language
		got := d.Decide(known, d.Line(line))
		known.Language, known.Reason, known.State = got.Language, got.Reason, got.State
		moved := base(before) != base(got.Language)
		if moved && base(before) == truth {
			m.switches++
		}
		if written == "-" {
			m.silences++
			if moved {
				m.changed++
			}
		} else {
			right := base(got.Line) == written
			m.figure("lines of any length, with what their participants wrote before").add(right)
			if letters(line) <= 10 {
				m.figure("lines of ten letters or fewer, with what their participants wrote before").add(right)
			}
			if !right {
				m.wrong = append(m.wrong, fmt.Sprint(id, " ", written, " ", line, " ", got.Line))
			}
		}
		if i == len(rows)-1 || rows[i+1][0] != id {
			m.figure("participants, after their last line").add(base(got.Language) == truth)
			if base(got.Language) != truth {
				m.wrong = append(m.wrong, fmt.Sprint(id, " ends as ", got.Language))
			}
		}
	}
}

func base(tag language.Tag) string {
	b, _ := tag.Base()
	return b.String()
}

func letters(line string) int {
	n := 0
	for _, r := range line {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// The detector's figures are at least what is promised, and docs/languages.md says what they are: with -write it is written.
func TestAccuracy(t *testing.T) {
	m := measure(t)
	for _, f := range m.figures {
		t.Logf("%6.2f %% of %4d  %s", f.percent(), f.of, f.name)
		if floor, promised := floors[f.name]; promised && f.percent() < floor {
			t.Errorf("%.2f %% of %s, not %v", f.percent(), f.name, floor)
		}
	}
	for name := range floors {
		if m.figure(name).of == 0 {
			t.Errorf("nothing is measured of %q", name)
		}
	}
	if m.changed != 0 {
		t.Errorf("%d of %d lines without evidence changed a participant's language", m.changed, m.silences)
	}
	if m.switches > 1 {
		t.Errorf("%d times a participant was taken to leave the language that he writes", m.switches)
	}
	if testing.Verbose() {
		t.Log("wrong:\n" + strings.Join(m.wrong, "\n"))
	}
	comparePage(t, m.report())
}

// comparePage compares what stands between the marks of the page.
func comparePage(t *testing.T, report string) {
	const begin, end = "<!-- measured: go test ./translate/detect -run Accuracy -write -->\n", "<!-- end -->\n"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, marked := strings.Cut(string(data), begin)
	there, after, ended := strings.Cut(rest, end)
	if !marked || !ended {
		t.Fatalf("%s has no marks around its figures", page)
	}
	if there == report {
		return
	}
	if !*write {
		t.Fatalf("%s does not say what is measured: go test ./translate/detect -run Accuracy -write", page)
	}
	if err := os.WriteFile(page, []byte(before+begin+report+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// report returns the tables of the page.
func (m *measured) report() string {
	var b strings.Builder
	b.WriteString("| of | right | % |\n| --- | ---: | ---: |\n")
	for _, f := range m.figures {
		fmt.Fprintf(&b, "| %s | %d of %d | %.1f |\n", f.name, f.right, f.of, f.percent())
	}
	fmt.Fprintf(&b, "\nParticipants who were taken to leave the language that they write: %d. Lines without evidence that changed a participant's language: %d of %d.\n",
		m.switches, m.changed, m.silences)
	b.WriteString("\nSingle phrases by language, and for what the others are taken:\n\n| language | right | taken for |\n| --- | ---: | --- |\n")
	for _, l := range slices.Sorted(maps.Keys(m.languages)) {
		fmt.Fprintf(&b, "| %s | %d of %d | %s |\n", l, m.languages[l].right, m.languages[l].of, m.takenFor(l))
	}
	b.WriteString("\nThe same as a matrix: a row is the language that a phrase is in, a column what it is taken for.\n\n")
	m.matrix(&b)
	return b.String()
}

// matrix writes what was taken for what: a square, with a row and a column for each language that was written or noticed, and nothing where there was nothing.
func (m *measured) matrix(b *strings.Builder) {
	seen := map[string]bool{}
	for l := range m.languages {
		seen[l] = true
	}
	for pair := range m.confused {
		seen[pair[1]] = true
	}
	all := slices.Sorted(maps.Keys(seen))
	fmt.Fprintf(b, "| | %s |\n| --- |%s\n", strings.Join(all, " | "), strings.Repeat(" ---: |", len(all)))
	for _, truth := range all {
		fmt.Fprintf(b, "| **%s** |", truth)
		for _, taken := range all {
			n := m.confused[[2]string{truth, taken}]
			if l := m.languages[truth]; truth == taken && l != nil {
				n = l.right
			}
			if n > 0 {
				fmt.Fprintf(b, " %d", n)
			}
			b.WriteString(" |")
		}
		b.WriteByte('\n')
	}
}

func (m *measured) takenFor(truth string) string {
	var others []string
	for pair, n := range m.confused {
		if pair[0] == truth {
			others = append(others, fmt.Sprintf("%s %d", pair[1], n))
		}
	}
	slices.Sort(others)
	return strings.Join(others, ", ")
}
