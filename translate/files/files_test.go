package files

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dragoman/chat"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/language"
)

// house is a memory and a store that keep everything in order.
type house struct {
	entries []chat.MemoryEntry
	terms   []chat.Term
	canned  []chat.Canned
	fails   int // after so many entries
}

func (h *house) RememberAll(_ context.Context, site string, entries []chat.MemoryEntry) (kept chat.Kept, refused map[int]error, err error) {
	refused = map[int]error{}
	if h.fails > 0 && len(h.entries) >= h.fails {
		return kept, nil, chat.Errorf(chat.Conflict, "It is full.").Because(chat.Refused{Reason: chat.RefusedMemoryFull, Limit: h.fails})
	}
	for i, e := range entries {
		if err := e.Check(); err != nil {
			refused[i] = err
			continue
		}
		e.Site = site
		h.entries = append(h.entries, e)
		kept.Added++
	}
	return kept, refused, nil
}

func (h *house) MemoryEntries(_ context.Context, _ string, _ chat.MemoryFilter, after string, _ int) ([]chat.MemoryEntry, string, error) {
	var at int
	fmt.Sscan(after, &at)
	end := min(at+2, len(h.entries))
	next := ""
	if end < len(h.entries) {
		next = fmt.Sprint(end)
	}
	return h.entries[at:end], next, nil
}

func (h *house) PutTerms(_ context.Context, _ string, terms []chat.Term) (chat.Kept, error) {
	h.terms = append(h.terms, terms...)
	return chat.Kept{Added: len(terms)}, nil
}

func (h *house) Canned(context.Context, string) ([]chat.Canned, error) { return h.canned, nil }

func (h *house) ChangeCanned(_ context.Context, _, name string, f func(*chat.Canned) error) (chat.Canned, error) {
	i := slices.IndexFunc(h.canned, func(c chat.Canned) bool { return c.Name == name })
	if i < 0 {
		h.canned, i = append(h.canned, chat.Canned{Name: name}), len(h.canned)
	}
	err := f(&h.canned[i])
	return h.canned[i], err
}

func (h *house) Terms(context.Context, string, int64) ([]chat.Term, int64, error) {
	return h.terms, 1, nil
}

func (h *house) shelf() Shelf { return Shelf{Memory: h, Store: h, Version: "1"} }

func (h *house) importTMX(t testing.TB, file string, both bool) (chat.Imported, error) {
	t.Helper()
	return h.shelf().ImportMemory(t.Context(), "shop", strings.NewReader(file), both)
}

func (h *house) lines() []string {
	var all []string
	for _, e := range h.entries {
		all = append(all, fmt.Sprintf("%s>%s %s=%s (%s)", e.From, e.To, e.Source, e.Target, e.By))
	}
	return all
}

const head = `<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header srclang="en" segtype="sentence"/><body>`

// TestReadTMX: what other programs write, with their inline elements, languages and encodings.
func TestReadTMX(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		both bool
		want []string
	}{
		"two languages": {head + `<tu><tuv xml:lang="en-US" creationid="Ann"><seg>Where is it?</seg></tuv><tuv xml:lang="es" changeid="Bo &lt;bo@agency.example&gt;"><seg>¿Dónde está?</seg></tuv></tu></body></tmx>`, false,
			[]string{"en-US>es Where is it?=¿Dónde está? (Bo)"}},
		"an author of the unit": {head + `<tu creationid="Ann" changeid="Bo"><tuv xml:lang="en"><seg>Hi</seg></tuv><tuv xml:lang="es"><seg>Hola</seg></tuv><tuv xml:lang="fr" creationid="Cy"><seg>Salut</seg></tuv></tu></body></tmx>`, false,
			[]string{"en>es Hi=Hola (Bo)", "en>fr Hi=Salut (Cy)"}},
		"both ways": {head + `<tu><tuv xml:lang="en"><seg>Hi</seg></tuv><tuv xml:lang="pt_BR"><seg>Oi</seg></tuv></tu></body></tmx>`, true,
			[]string{"en>pt-BR Hi=Oi ()", "pt-BR>en Oi=Hi ()"}},
		"source behind, three languages": {head + `<tu><tuv xml:lang="fr"><seg>Merci</seg></tuv><tuv xml:lang="EN"><seg>Thanks</seg></tuv><tuv lang="de"><seg>Danke</seg></tuv></tu></body></tmx>`, false,
			[]string{"en>fr Thanks=Merci ()", "en>de Thanks=Danke ()"}},
		"a unit's own source": {head + `<tu srclang="fr"><tuv xml:lang="en"><seg>Thanks</seg></tuv><tuv xml:lang="fr"><seg>Merci</seg></tuv></tu></body></tmx>`, false,
			[]string{"fr>en Merci=Thanks ()"}},
		"inline": {head + `<tu><note>x</note><prop type="a">y</prop><tuv xml:lang="en"><seg>Press <bpt i="1">&lt;b></bpt><hi>the</hi> key<ept i="1">&lt;/b></ept><ph>{<sub>no</sub>}</ph> &amp; wait<it pos="begin">z</it></seg></tuv>` +
			`<tuv xml:lang="es"><seg>Pulse la tecla &amp; espere</seg></tuv></tu></body></tmx>`, false, []string{"en>es Press the key & wait=Pulse la tecla & espere ()"}},
		"no units": {head + `</body></tmx>`, false, nil},
	} {
		for _, as := range []struct {
			name string
			in   func(string) string
		}{
			{"UTF-8", func(s string) string { return s }}, {"a mark of UTF-8", func(s string) string { return "\ufeff" + s }},
			{"UTF-16", func(s string) string {
				out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.Replace(s, `"1.0"`, `"1.0" encoding="UTF-16"`, 1))
				if err != nil {
					t.Fatal(err)
				}
				return out
			}},
		} {
			var h house
			got, err := h.importTMX(t, as.in(c.file), c.both)
			if err != nil || got.Refused != 0 || got.Added != len(c.want) || !slices.Equal(h.lines(), c.want) {
				t.Errorf("%s, %s: %q, %+v, %v", name, as.name, h.lines(), got, err)
			}
			for _, e := range h.entries {
				if e.Origin != chat.MemoryImport || e.Site != "shop" {
					t.Errorf("%s: %+v", name, e)
				}
			}
		}
	}
}

// TestRefusedUnits: what is of no use is left out with its line and a reason, and the others are taken.
func TestRefusedUnits(t *testing.T) {
	var h house
	file := head + "\n" + `<tu><tuv xml:lang="en"><seg>one</seg></tuv></tu>` + "\n" +
		`<tu><tuv xml:lang="en"><seg>two</seg></tuv><tuv xml:lang="klingonese-of-a-kind"><seg>x</seg></tuv></tu>` + "\n" +
		`<tu><tuv xml:lang="en"><seg>three</seg></tuv><tuv xml:lang="es"><seg> </seg></tuv></tu>` + "\n" +
		`<tu><tuv xml:lang="es"><seg>cuatro</seg></tuv><tuv xml:lang="fr"><seg>quatre</seg></tuv></tu>` + "\n" +
		`<tu><tuv xml:lang="en"><seg>five</seg></tuv><tuv xml:lang="es"><seg>cinco</seg></tuv></tu>` + "\n" +
		`<tu><tuv xml:lang="en"><seg>six</seg></tuv><tuv xml:lang="en-GB"><seg>six</seg></tuv></tu>` + strings.Repeat("\n<tu></tu>", 30) + `</body></tmx>`
	got, err := h.importTMX(t, file, false)
	if err != nil || got.Added != 1 || got.Refused != 35 || len(got.Refusals) != chat.MaxRefusals || len(h.entries) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	reasons := map[int]string{}
	for _, r := range got.Refusals {
		reasons[r.Line] = r.Why
	}
	for line, part := range map[int]string{2: "two languages", 3: "klingonese", 5: "source language, en", 8: "two languages"} {
		if !strings.Contains(reasons[line], part) {
			t.Errorf("line %d: %q", line, reasons[line])
		}
	}
}

// TestHostileTMX: nothing of such a file is taken, and the reason is a sentence.
func TestHostileTMX(t *testing.T) {
	good := `<tu><tuv xml:lang="en"><seg>one</seg></tuv><tuv xml:lang="es"><seg>uno</seg></tuv></tu>`
	for name, c := range map[string]struct{ file, says string }{
		"empty":    {"", "empty"},
		"no XML":   {"from,to\nen,es", "empty"},
		"HTML":     {"<html></html>", "<html>"},
		"cut":      {head + good + `<tu><tuv xml:lang="en"><seg>tw`, "Nothing was taken"},
		"crossed":  {head + good + `<tu></tuv></tu></body></tmx>`, "line 1"},
		"entities": {`<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tmx>` + good + `<tu><tuv xml:lang="en"><seg>&b;</seg></tuv></tu></tmx>`, "entity"},
		"files":    {`<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx>` + good + `<tu><tuv xml:lang="en"><seg>&a;</seg></tuv></tu></tmx>`, "entity"},
		"deep":     {head + good + strings.Repeat("<hi>", 5000) + strings.Repeat("</hi>", 5000) + `</body></tmx>`, "deep"},
		"deep seg": {head + good + `<tu><tuv xml:lang="en"><seg>` + strings.Repeat("<hi>", 5000), "deep"},
		"latin":    {strings.Replace(head, `"1.0"`, `"1.0" encoding="ISO-8859-1"`, 1), "UTF-8"},
		"bytes":    {head + "<tu><tuv xml:lang=\"en\"><seg>\xff\xfe</seg></tuv></tu>", "UTF-8"},
		"NUL":      {head + "<tu><tuv xml:lang=\"en\"><seg>\x00</seg></tuv></tu>", "line 1"},
	} {
		var h house
		_, err := h.importTMX(t, c.file, false)
		if chat.CodeOf(err) != chat.BadRequest || !strings.Contains(err.Error(), c.says) || len(h.entries) != 0 {
			t.Errorf("%s: %d entries, %v", name, len(h.entries), err)
		}
	}
	var h house
	_, err := h.shelf().ImportMemory(t.Context(), "shop", io.MultiReader(strings.NewReader(head+good), endless{}), false)
	if chat.CodeOf(err) != chat.TooLong || len(h.entries) != 0 {
		t.Errorf("endless: %v", err)
	}
}

// endless is blanks without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// TestImportStops: what a full memory has taken before is said.
func TestImportStops(t *testing.T) {
	h := house{fails: importBatch}
	var file strings.Builder
	file.WriteString(head)
	for i := range importBatch + 1 {
		fmt.Fprintf(&file, `<tu><tuv xml:lang="en"><seg>line %d</seg></tuv><tuv xml:lang="es"><seg>línea %d</seg></tuv></tu>`, i, i)
	}
	file.WriteString("</body></tmx>")
	_, err := h.importTMX(t, file.String(), false)
	if chat.CodeOf(err) != chat.Conflict || !strings.Contains(err.Error(), fmt.Sprint(importBatch, " entries had been taken")) {
		t.Errorf("%v", err)
	}
	if e, ok := errors.AsType[*chat.Error](err); !ok || e.Refused != (chat.Refused{Reason: chat.RefusedMemoryFull, Limit: importBatch, Before: importBatch}) {
		t.Errorf("for programs it is %+v", e)
	}
}

// TestTMXRoundTrip: what is exported can be imported again, whatever stands in it.
func TestTMXRoundTrip(t *testing.T) {
	from := house{}
	for _, text := range []string{"plain", `<b>&"quoted"</b>`, "two\nlines", "]]>", "😀 é 注文 \u200f"} {
		from.entries = append(from.entries, chat.MemoryEntry{From: language.English, To: language.MustParse("pt-BR"), Source: text, Target: text + "!",
			Origin: chat.MemoryCorrection, By: `Ann "A"`, At: 1764188400000})
	}
	var file bytes.Buffer
	if n, err := from.shelf().ExportMemory(t.Context(), "shop", language.English, &file); err != nil || n != 5 {
		t.Fatalf("%d, %v", n, err)
	}
	if !strings.Contains(file.String(), `creationdate="20251126T202000Z"`) || !strings.Contains(file.String(), `srclang="*all*"`) {
		t.Errorf("the file is %s", file.String())
	}
	var to house
	got, err := to.importTMX(t, file.String(), false)
	if err != nil || got.Refused != 0 || !slices.Equal(from.lines(), to.lines()) {
		t.Errorf("%q became %q, %v", from.lines(), to.lines(), err)
	}
}

// FuzzTMX: whatever a file holds, it is refused in a sentence or its entries are clean texts.
func FuzzTMX(f *testing.F) {
	f.Add(head + `<tu><tuv xml:lang="en"><seg>a<ph/>b</seg></tuv><tuv xml:lang="es"><seg>c</seg></tuv></tu></body></tmx>`)
	f.Add(`<tmx><tu srclang="*all*"><tuv lang="x"><seg><hi><hi></seg></tuv></tu>`)
	f.Fuzz(func(t *testing.T, file string) {
		var h house
		got, err := h.importTMX(t, file, true)
		if err != nil {
			if _, ok := errors.AsType[*chat.Error](err); !ok || len(h.entries) != 0 {
				t.Errorf("%d entries, and %v", len(h.entries), err)
			}
			return
		}
		if got.Added != len(h.entries) {
			t.Errorf("%d of %d", got.Added, len(h.entries))
		}
		for _, e := range h.entries {
			if !utf8.ValidString(e.Source+e.Target) || e.Source == "" || e.Target == "" || chat.SameLanguage(e.From, e.To) {
				t.Errorf("%+v", e)
			}
		}
		var again bytes.Buffer
		if _, err := h.shelf().ExportMemory(t.Context(), "shop", language.English, &again); err != nil || xml.Unmarshal(again.Bytes(), new(struct{})) != nil {
			t.Errorf("the export is not well-formed: %v", err)
		}
	})
}

// TestTerms: glossaries as spreadsheets write them.
func TestTerms(t *testing.T) {
	for name, file := range map[string]string{
		"plain":     "from,to,source,target,case_sensitive\nen,es,order,pedido,false\n,,Acme,,true\n",
		"mark":      "\ufefffrom,to,source,target,case_sensitive\r\nen,es,order,pedido,\r\n*,,Acme,,yes\r\n",
		"semicolon": "from;to;source;target;case_sensitive\nen;es;\"order\";pedido;0\n;;Acme;;1\n",
		"order":     "Target,Source,To,From,case_sensitive,comment\npedido, order ,es,en,no,\"a, b\"\n,Acme,,,TRUE,\n",
	} {
		var h house
		got, err := h.shelf().ImportTerms(t.Context(), "shop", strings.NewReader(file))
		want := []chat.Term{{From: language.English, To: language.Spanish, Source: "order", Target: "pedido"}, {Source: "Acme", CaseSensitive: true}}
		if err != nil || got.Added != 2 || got.Refused != 0 || !slices.Equal(h.terms, want) {
			t.Errorf("%s: %+v %+v %v", name, h.terms, got, err)
		}
		var out, again bytes.Buffer
		if n, err := h.shelf().ExportTerms(t.Context(), "shop", &out); err != nil || n != 2 {
			t.Errorf("%s: exported %d, %v", name, n, err)
		}
		var back house
		if _, err := back.shelf().ImportTerms(t.Context(), "shop", &out); err != nil || !slices.Equal(back.terms, want) {
			t.Errorf("%s: came back as %+v, %v", name, back.terms, err)
		}
		if _, err := back.shelf().ExportTerms(t.Context(), "shop", &again); err != nil || !strings.HasPrefix(again.String(), "from,to,source,target,case_sensitive\r\n") {
			t.Errorf("%s: exported %q, %v", name, again.String(), err)
		}
	}
}

// TestBadTerms: a file that is no glossary is refused whole, a line that is no term alone.
func TestBadTerms(t *testing.T) {
	for file, says := range map[string]string{
		"": "empty", "a,b\n": `no column "from"`, "from,to,source\n": `no column "target"`, "from,to,source,target\nen,es,\"a": "line 2",
		"from,to,source,target\nen,es,a\"b,c\n": "line 2", "from,to,source,target\nen,es,\xff,c\n": "UTF-8",
		"from,to,source,target\n" + strings.Repeat("en,es,order,pedido\n", MaxCSV/18): "4 MiB",
	} {
		var h house
		_, err := h.shelf().ImportTerms(t.Context(), "shop", strings.NewReader(file))
		if _, ok := errors.AsType[*chat.Error](err); !ok || !strings.Contains(err.Error(), says) || len(h.terms) != 0 {
			t.Errorf("%.40q: %v", file, err)
		}
	}
	var h house
	got, err := h.shelf().ImportTerms(t.Context(), "shop", strings.NewReader("from,to,source,target,case_sensitive\nen,es,order,pedido,\n"+
		"xx-nope-!,es,a,b,\nen,,a,b,\nen,es,,b,\nen,es,a,b,maybe\nen,es,a\nen,en-GB,a,b,\n"))
	if err != nil || got.Added != 1 || got.Refused != 6 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []struct {
		says    string
		refused chat.Refused
	}{
		{"not a language", chat.Refused{Reason: chat.RefusedLanguage, Column: "from", Value: "xx-nope-!"}},
		{"language of the target", chat.Refused{Reason: chat.RefusedNoLanguage, Column: "to"}},
		{"needs a source", chat.Refused{Reason: chat.RefusedEmpty, Column: "source"}},
		{"true or false", chat.Refused{Reason: chat.RefusedBool, Column: "case_sensitive", Value: "maybe"}},
		{"3 columns", chat.Refused{Reason: chat.RefusedColumns, Value: "3", Limit: 5}},
		{"two languages", chat.Refused{Reason: chat.RefusedOneLanguage, Column: "to", Value: "en-GB"}},
	} {
		if r := got.Refusals[i]; r.Line != i+3 || !strings.Contains(r.Why, want.says) || r.Refused != want.refused {
			t.Errorf("%+v, want line %d: %+v", r, i+3, want)
		}
	}
}

// TestRefusedReasons: whatever is not taken says why for programs too, row by row and as a whole.
func TestRefusedReasons(t *testing.T) {
	var h house
	long := strings.Repeat("x", chat.MaxMemoryText+1)
	got, err := h.shelf().ImportCanned(t.Context(), "shop", "Ann", strings.NewReader("name,language,text\na b,en,x\na,xx-nope-!,x\na,en,\na,en,"+long+"\na,en,Hi {nobody}\na,"+strings.Repeat("y", chat.MaxTag+1)+",x\n"))
	if err != nil || got.Refused != 6 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []chat.Refused{
		{Reason: chat.RefusedName, Column: "name", Limit: chat.MaxCannedName},
		{Reason: chat.RefusedLanguage, Column: "language", Value: "xx-nope-!"},
		{Reason: chat.RefusedEmpty, Column: "text"},
		{Reason: chat.RefusedTooLong, Column: "text", Limit: chat.MaxMemoryText},
		{Reason: chat.RefusedVariable, Column: "text", Value: "{nobody}"},
		{Reason: chat.RefusedTooLong, Column: "language", Limit: chat.MaxTag},
	} {
		if r := got.Refusals[i]; r.Line != i+2 || r.Refused != want {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
	got, err = h.shelf().ImportTerms(t.Context(), "shop", strings.NewReader("from,to,source,target\nen,es,"+long+",x\nen,es,x,"+long+"\n"))
	if err != nil || got.Refused != 2 || got.Refusals[0].Column != "source" || got.Refusals[1].Column != "target" || got.Refusals[1].Limit != chat.MaxTermText {
		t.Errorf("%+v, %v", got, err)
	}
	unit := func(source, target, into string) string {
		return `<tu><tuv xml:lang="en"><seg>` + source + `</seg></tuv><tuv xml:lang="` + into + `"><seg>` + target + `</seg></tuv></tu>`
	}
	got, err = h.importTMX(t, head+unit("x", "", "es")+unit("x", "y", "en-GB")+unit("x", long, "es")+unit("x", "y", "no-such-!")+`<tu><tuv xml:lang="en"><seg>x</seg></tuv></tu>`+
		`<tu><tuv xml:lang="es"><seg>x</seg></tuv><tuv xml:lang="fr"><seg>y</seg></tuv></tu></body></tmx>`, false)
	if err != nil || got.Refused != 6 {
		t.Fatalf("%+v, %v", got, err)
	}
	reasons := map[chat.RefusedReason]bool{}
	for _, r := range got.Refusals {
		reasons[r.Reason] = true
	}
	for _, want := range []chat.RefusedReason{chat.RefusedEmpty, chat.RefusedOneLanguage, chat.RefusedTooLong, chat.RefusedLanguage, chat.RefusedOneText, chat.RefusedNoSource} {
		if !reasons[want] {
			t.Errorf("nothing is refused as %s: %+v", want, got.Refusals)
		}
	}
	for file, want := range map[string]chat.Refused{
		"":                                    {Reason: chat.RefusedNoFile},
		"name,language\n":                     {Reason: chat.RefusedNoColumn, Column: "text", Value: "name,language,text,state,by"},
		"name,language,text\na,en,\xff\n":     {Reason: chat.RefusedEncoding},
		"name,language,text\na,en,\"x\n":      {Reason: chat.RefusedFormat, Value: "2"},
		strings.Repeat("name\n", MaxCSV/5+10): {Reason: chat.RefusedSize, Limit: MaxCSV >> 20},
	} {
		_, err := h.shelf().ImportCanned(t.Context(), "shop", "Ann", strings.NewReader(file))
		if e, ok := errors.AsType[*chat.Error](err); !ok || e.Refused != want {
			t.Errorf("%.30q: %+v, want %+v", file, err, want)
		}
	}
	for file, want := range map[string]chat.Refused{
		"": {Reason: chat.RefusedNoFile}, "<html></html>": {Reason: chat.RefusedFormat, Value: "1"}, head + "\n<tu>": {Reason: chat.RefusedFormat, Value: "2"},
		head + "\n</tu>": {Reason: chat.RefusedFormat, Value: "2"}, "\n<?xml version=\"2.0\"?>": {Reason: chat.RefusedFormat, Value: "2"}, "<tmx>\xff": {Reason: chat.RefusedEncoding},
	} {
		_, err := h.importTMX(t, file, false)
		if e, ok := errors.AsType[*chat.Error](err); !ok || e.Refused != want {
			t.Errorf("%.30q: %+v, want %+v", file, err, want)
		}
	}
}

// FuzzTerms: whatever a file holds, it is refused in a sentence or its terms are terms, and those come back from a file of our own as they are.
func FuzzTerms(f *testing.F) {
	f.Add("from,to,source,target\nen,es,a,b\n")
	f.Add("from,to,source,target\nen,es,'=a,-b\n")
	f.Fuzz(func(t *testing.T, file string) {
		var h house
		if _, err := h.shelf().ImportTerms(t.Context(), "shop", strings.NewReader(file)); err != nil {
			if _, ok := errors.AsType[*chat.Error](err); !ok {
				t.Error(err)
			}
		}
		for _, term := range h.terms {
			if err := term.Check(); err != nil {
				t.Errorf("%+v: %v", term, err)
			}
		}
		var out bytes.Buffer
		var back house
		if _, err := h.shelf().ExportTerms(t.Context(), "shop", &out); err != nil {
			t.Fatal(err)
		}
		if _, err := back.shelf().ImportTerms(t.Context(), "shop", &out); err != nil || !slices.Equal(back.terms, h.terms) {
			t.Errorf("%+v came back as %+v, %v", h.terms, back.terms, err)
		}
	})
}
