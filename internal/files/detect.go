package files

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"unicode/utf8"

	"dragoman/chat"
)

// The types that are taken. Pictures are kept as PNG or JPEG, whatever they came as.
const (
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeGIF  = "image/gif"
	typeWebP = "image/webp"
	typePDF  = "application/pdf"
	typeText = "text/plain"
)

// headBytes is how much of a file decides what it is: as much as browsers look at.
const headBytes = 512

func errType() error {
	return chat.Errorf(chat.BadType, "Only pictures (PNG, JPEG, GIF, WebP), PDF and plain text can be sent here. Save it as one of these, or send a picture of it.")
}

func errDamaged() error {
	return chat.Errorf(chat.BadType, "This file cannot be read; it may be damaged. Open it, save it once more, and send that.")
}

// detect returns what a file is by its first bytes, or an error. What begins neither as a picture nor as a PDF may be a text, which checkText finds out.
func detect(head []byte) (string, error) {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return typePNG, nil
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return typeJPEG, nil
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return typeGIF, nil
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return typeWebP, nil
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return typePDF, nil
	case markup(head):
		return "", errType()
	}
	return typeText, nil
}

// markup tells whether a browser that guesses would take a file for HTML, XML or SVG. Nothing here lets one guess; but what is markup is not wanted.
func markup(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	switch kind, _, _ := bytes.Cut([]byte(http.DetectContentType(head)), []byte(";")); string(kind) {
	case "text/html", "text/xml":
		return true
	}
	start := bytes.ToLower(bytes.TrimLeft(head, " \t\r\n\f"))
	for _, tag := range []string{"<svg", "<?", "<!doctype", "<math", "<object", "<embed", "<link", "<meta", "<img", "<form", "<input", "<video", "<audio"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return true
		}
	}
	return false
}

// checkText refuses what is no UTF-8, or has control characters in it that no text has.
func checkText(r io.Reader) error {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		c, size, err := in.ReadRune()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if c == utf8.RuneError && size == 1 || c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' || c == 0x7f {
			return errType()
		}
	}
}

// pdfTail is where the end of a PDF stands, as all readers look for it.
const pdfTail = 1024

// checkPDF refuses a PDF without its end. What is in it nobody here reads: it is only ever downloaded.
func checkPDF(r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, pdfTail))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return errDamaged()
	}
	return nil
}

// endingOf is the ending of a name that fits a type.
func endingOf(mediaType string) string {
	switch mediaType {
	case typePNG:
		return "png"
	case typePDF:
		return "pdf"
	case typeText:
		return "txt"
	}
	return "jpg"
}

// typeOfEnding is the type of a picture by the ending that we gave it.
func typeOfEnding(ending string) string {
	if ending == "png" {
		return typePNG
	}
	return typeJPEG
}
