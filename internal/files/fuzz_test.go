package files

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Whatever a name is, what becomes of it is one name, not long, without controls and marks of direction, with an ending that fits, and cleaning it once more
// changes nothing.
func FuzzCleanName(f *testing.F) {
	for _, name := range []string{"", ".", "..", "a.png", "../../x", `C:\a\b.txt`, "CON", "con.txt", "a\x00b", "photo\u202egnp.exe", strings.Repeat("x", 4000), "a\r\nSet-Cookie: x",
		"\xff\xfe", "e\u0301.jpg", "....png", " . .", "a.b.c.d", "\u200d", "COM1.pdf", "LPT³", "a\u2028b", "👨‍👩‍👧.webp", strings.Repeat("a.", 200), "._", "nul .txt", "aux\u0301"} {
		f.Add(name, uint8(0))
	}
	types := []string{typePNG, typeJPEG, typePDF, typeText}
	f.Fuzz(func(t *testing.T, name string, kind uint8) {
		mediaType := types[int(kind)%len(types)]
		got := CleanName(name, mediaType)
		if !utf8.ValidString(got) || got == "" || utf8.RuneCountInString(got) > MaxName || len(got) > maxNameBytes {
			t.Fatalf("%q becomes %q", name, got)
		}
		if strings.ContainsAny(got, "/\\<>:\"|?*\x00\r\n") || got[0] == '.' || got[0] == ' ' {
			t.Fatalf("%q becomes %q", name, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%q becomes %q", name, got)
			}
		}
		i := strings.LastIndexByte(got, '.')
		fits := false
		for _, e := range endings(mediaType) {
			fits = fits || strings.EqualFold(got[i+1:], e)
		}
		if !fits || reserved(got[:i]) || strings.TrimRight(got[:i], ". ") != got[:i] {
			t.Fatalf("%q as %s becomes %q", name, mediaType, got)
		}
		if again := CleanName(got, mediaType); again != got {
			t.Fatalf("%q becomes %q, and that %q", name, got, again)
		}
	})
}

// Whatever the bytes are: what is taken for a text is none that a browser would run, and what is measured as a picture is decoded at that size or not at all.
func FuzzDetect(f *testing.F) {
	for _, b := range []string{"", "hola", "<svg>", "\ufeff<html>", "%PDF-1.4\n%%EOF", "GIF89a=1;", "\xff\xd8\xff\xe1\x00\x08Exif\x00\x00", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR",
		"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00", "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"} {
		f.Add([]byte(b))
	}
	f.Add(encoded(f, 4, 3))
	limits := &Files{limits: Limits{Pixels: 1 << 16}.filled()}
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := orientation(b); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		head := b[:min(len(b), headBytes)]
		kind, err := detect(head)
		switch {
		case err != nil:
			return
		case kind == typeText:
			if checkText(bytes.NewReader(b)) == nil && (markup(head) || !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0) {
				t.Fatalf("%q is taken for a text", b)
			}
			return
		case kind == typePDF:
			if err := checkPDF(bytes.NewReader(b), int64(len(b))); err == nil && !bytes.Contains(b, []byte("%%EOF")) {
				t.Fatalf("%q is taken for a PDF", b)
			}
			return
		}
		m, err := measure(kind, bytes.NewReader(b))
		if err != nil || limits.fits(m) != nil {
			return
		}
		img, err := decode(kind, bytes.NewReader(b))
		if err != nil || img.Bounds().Dx() != m.width || img.Bounds().Dy() != m.height {
			return // refused
		}
		if got := redraw(img, m.orientation, 16).Bounds(); max(got.Dx(), got.Dy()) > 16 {
			t.Fatalf("%v becomes %v", img.Bounds(), got)
		}
	})
}
