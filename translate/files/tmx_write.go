package files

import (
	"bufio"
	"encoding/xml"
	"io"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// tmxTime is how TMX writes a moment, in UTC.
const tmxTime = "20060102T150405Z"

// tmxWriter writes entries as units of two variants, the source first.
type tmxWriter struct {
	w *bufio.Writer
}

// newTMXWriter writes the header. A site's entries have several source languages, so the header says *all*, and every unit its own.
func newTMXWriter(w io.Writer, version string, admin language.Tag) (*tmxWriter, error) {
	t := &tmxWriter{bufio.NewWriter(w)}
	_, err := t.w.WriteString(xml.Header + `<tmx version="1.4">` + "\n" +
		`<header creationtool="dragoman" creationtoolversion="` + escaped(version) + `" segtype="block" o-tmf="dragoman" adminlang="` + escaped(admin.String()) +
		`" srclang="*all*" datatype="plaintext"/>` + "\n<body>\n")
	return t, err
}

func (t *tmxWriter) write(e chat.MemoryEntry) error {
	from, to := escaped(e.From.String()), escaped(e.To.String())
	by := ""
	if e.By != "" {
		by = ` creationid="` + escaped(e.By) + `"`
	}
	if e.At != 0 {
		by += ` creationdate="` + time.UnixMilli(int64(e.At)).UTC().Format(tmxTime) + `"`
	}
	_, err := t.w.WriteString(`<tu srclang="` + from + `"><prop type="x-origin">` + escaped(string(e.Origin)) + `</prop>` +
		`<tuv xml:lang="` + from + `"><seg>` + escaped(e.Source) + `</seg></tuv>` +
		`<tuv xml:lang="` + to + `"` + by + `><seg>` + escaped(e.Target) + "</seg></tuv></tu>\n")
	return err
}

func (t *tmxWriter) close() error {
	if _, err := t.w.WriteString("</body>\n</tmx>\n"); err != nil {
		return err
	}
	return t.w.Flush()
}

// escaped is a text for an attribute or an element; what XML cannot hold becomes U+FFFD.
func escaped(s string) string {
	var b escapes
	_ = xml.EscapeText(&b, []byte(s)) // writing into memory does not fail
	return string(b)
}

type escapes []byte

func (e *escapes) Write(b []byte) (int, error) {
	*e = append(*e, b...)
	return len(b), nil
}
