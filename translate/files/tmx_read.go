package files

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"dragoman/chat"
)

// maxDepth is how deep the elements of a TMX may stand in each other. The format needs eight.
const maxDepth = 32

// unit is one tu of a TMX: a text in several languages.
type unit struct {
	line int
	// source is the language of the source, as the file writes it; empty or *all* if any of them may be.
	source   string
	variants []variant
}

// variant is one tuv.
type variant struct{ lang, text, by string }

// tmxReader reads units, one after the other.
type tmxReader struct {
	xml    *xml.Decoder
	depth  int
	source string // of the header
	begun  bool
}

func newTMXReader(r io.Reader) *tmxReader {
	d := xml.NewDecoder(decoded(r, MaxTMX))
	// Entities stay those five of XML: who declares his own is refused, and nothing outside the file is ever looked at.
	d.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(name) {
		case "utf-8", "us-ascii", "utf-16", "utf-16le", "utf-16be": // of the latter, what comes here is UTF-8 already
			return in, nil
		}
		return nil, notUTF8()
	}
	return &tmxReader{xml: d}
}

// token returns the next piece that is no comment, and counts how deep it stands.
func (r *tmxReader) token() (xml.Token, error) {
	for {
		t, err := r.xml.Token()
		if err != nil {
			return nil, r.explain(err)
		}
		switch t.(type) {
		case xml.StartElement:
			if r.depth++; r.depth > maxDepth {
				return nil, chat.Errorf(chat.BadRequest, "This is no TMX: in line %d elements stand more than %d deep in each other.", r.line(), maxDepth).Because(badFrom(r.line()))
			}
		case xml.EndElement:
			r.depth--
		case xml.Comment, xml.ProcInst, xml.Directive:
			continue
		}
		return t, nil
	}
}

func (r *tmxReader) line() int {
	line, _ := r.xml.InputPos()
	return line
}

// explain makes a sentence of what is wrong with a file.
func (r *tmxReader) explain(err error) error {
	if e, ok := errors.AsType[*chat.Error](err); ok {
		return e
	}
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	if s, ok := errors.AsType[*xml.SyntaxError](err); ok {
		if strings.Contains(s.Msg, "UTF-8") {
			return notUTF8()
		}
		return chat.Errorf(chat.BadRequest, "The file is not well-formed: line %d: %s. Nothing was taken from it.", s.Line, s.Msg).Because(badFrom(s.Line))
	}
	if why, ok := strings.CutPrefix(err.Error(), "xml: "); ok { // such as a version that there is not
		return chat.Errorf(chat.BadRequest, "The file is not well-formed: %s. Nothing was taken from it.", why).Because(badFrom(r.line()))
	}
	return err
}

// next returns the next unit, or io.EOF.
func (r *tmxReader) next() (unit, error) {
	for {
		t, err := r.token()
		if err == io.EOF && !r.begun {
			return unit{}, chat.Errorf(chat.BadRequest, "The file is empty: want a TMX, which begins with <tmx version=\"1.4\">.").Because(chat.Refused{Reason: chat.RefusedNoFile})
		}
		if err != nil {
			return unit{}, err
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case !r.begun && e.Name.Local != "tmx":
			return unit{}, chat.Errorf(chat.BadRequest, "This is no TMX: it begins with <%s>, want <tmx>.", chat.CleanName(e.Name.Local)).Because(badFrom(r.line()))
		case e.Name.Local == "header":
			r.source = attribute(e, "srclang")
		case e.Name.Local == "tu":
			return r.unit(e)
		}
		r.begun = r.begun || ok
	}
}

// unit reads a tu to its end.
func (r *tmxReader) unit(start xml.StartElement) (unit, error) {
	u := unit{line: r.line(), source: r.source}
	author := authorOf(start)
	if own := attribute(start, "srclang"); own != "" {
		u.source = own
	}
	for end := r.depth - 1; r.depth > end; {
		t, err := r.token()
		if err != nil {
			return u, r.cut(err)
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "tuv":
			// Version 1.1 wrote lang without xml:.
			u.variants = append(u.variants, variant{lang: attribute(e, "lang"), by: firstOf(authorOf(e), author)})
		case e.Name.Local == "seg" && len(u.variants) > 0:
			text, err := r.segment()
			if err != nil {
				return u, r.cut(err)
			}
			u.variants[len(u.variants)-1].text = text
		}
	}
	return u, nil
}

// segment reads a seg to its end, as text. What stands in inline elements is the markup of some other program and goes, but for hi, which
// only marks a part of the text.
func (r *tmxReader) segment() (string, error) {
	var b strings.Builder
	end, hidden := r.depth-1, 0 // hidden is the depth at which markup began
	for r.depth > end {
		t, err := r.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if hidden == 0 && t.Name.Local != "hi" {
				hidden = r.depth
			}
		case xml.EndElement:
			if r.depth < hidden {
				hidden = 0
			}
		case xml.CharData:
			if hidden == 0 {
				b.Write(t)
			}
		}
	}
	return b.String(), nil
}

// cut is for a file that ends where it must not.
func (r *tmxReader) cut(err error) error {
	if err == io.EOF {
		return chat.Errorf(chat.BadRequest, "The file breaks off in line %d. Nothing was taken from it.", r.line()).Because(badFrom(r.line()))
	}
	return err
}

// authorOf is who has written an element, last. Some programs say it with each variant, others once with the unit.
func authorOf(e xml.StartElement) string {
	return firstOf(attribute(e, "changeid"), attribute(e, "creationid"))
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
