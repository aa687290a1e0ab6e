package widget_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/files"
	"dragoman/internal/web"
	"dragoman/widget"
)

// hostile is a file that means no good, or is merely strange, and what must become of it: a refusal, or a file of a type under a name.
type hostile struct {
	what, name, claims string
	bytes              string
	refused            chat.Code
	kept, as           string
}

const (
	asPNG  = "image/png"
	asJPEG = "image/jpeg"
	asPDF  = "application/pdf"
	asText = "text/plain"
)

// hostileFiles are all of them. maxTestPixels is what a picture may have there.
func hostileFiles() []hostile {
	refused := func(what, name, bytes string, code chat.Code) hostile {
		return hostile{what: what, name: name, bytes: bytes, refused: code}
	}
	kept := func(what, name, bytes, kind, as string) hostile {
		return hostile{what: what, name: name, bytes: bytes, kept: kind, as: as}
	}
	p, j, g := drawnPNG(40, 30), drawnJPEG(40, 30), drawnGIF(1, 0)
	all := []hostile{
		// What is no file of ours, under whatever name.
		refused("nothing at all", "empty.png", "", chat.Empty),
		refused("an ELF program", "photo.png", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 100), chat.BadType),
		refused("a Windows program", "photo.jpg", "MZ\x90\x00\x03\x00", chat.BadType),
		refused("a Mach-O program", "photo.jpg", "\xcf\xfa\xed\xfe\x07\x00\x00\x01", chat.BadType),
		refused("a zip", "letters.zip", "PK\x03\x04\x14\x00\x00\x00", chat.BadType),
		refused("a zip that is called a picture", "photo.png", "PK\x03\x04\x14\x00\x00\x00", chat.BadType),
		refused("gzip", "a.txt", "\x1f\x8b\x08\x00\x00\x00\x00\x00", chat.BadType),
		refused("a BMP", "photo.bmp", "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00", chat.BadType),
		refused("a TIFF", "photo.tif", "II*\x00\x08\x00\x00\x00", chat.BadType),
		refused("an icon", "photo.ico", "\x00\x00\x01\x00\x01\x00", chat.BadType),
		refused("a HEIC", "photo.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", chat.BadType),
		refused("a film", "film.mp4", "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00", chat.BadType),
		refused("a sound", "sound.wav", "RIFF\x24\x00\x00\x00WAVEfmt ", chat.BadType),
		refused("a font", "font.woff2", "wOF2\x00\x01\x00\x00", chat.BadType),
		refused("WebAssembly", "a.txt", "\x00asm\x01\x00\x00\x00", chat.BadType),

		// Markup, which browsers run.
		refused("an SVG", "photo.svg", svg, chat.BadType),
		refused("an SVG that is called PNG", "photo.png", svg, chat.BadType),
		refused("an SVG that is called JPEG", "photo.jpeg", svg, chat.BadType),
		refused("an SVG that is called a text", "photo.txt", svg, chat.BadType),
		refused("an SVG that is called PDF", "photo.pdf", svg, chat.BadType),
		refused("an SVG with a prolog", "photo.svg", `<?xml version="1.0"?>`+svg, chat.BadType),
		refused("an SVG behind a mark of UTF-8", "photo.png", "\ufeff"+svg, chat.BadType),
		refused("an SVG behind blanks", "photo.png", " \r\n\t"+svg, chat.BadType),
		refused("an SVG in capitals", "photo.png", strings.ToUpper(svg), chat.BadType),
		refused("HTML", "page.html", html, chat.BadType),
		refused("HTML that is called PNG", "photo.png", html, chat.BadType),
		refused("HTML that is called GIF", "photo.gif", html, chat.BadType),
		refused("HTML that is called a text", "notes.txt", html, chat.BadType),
		refused("a script", "notes.txt", script, chat.BadType),
		refused("HTML behind a comment", "notes.txt", "<!-- hello -->"+script, chat.BadType),
		refused("HTML behind blanks", "notes.txt", "\n\n   <iframe src=x>", chat.BadType),
		refused("PHP", "a.txt", "<?php system('id');", chat.BadType),
		refused("XML with an entity from elsewhere", "a.txt", `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>`, chat.BadType),
		refused("a form", "a.txt", "<form action=//evil.example>", chat.BadType),
		refused("HTML in UTF-16, the small end first", "notes.txt", utf16(binary.LittleEndian, html), chat.BadType),
		refused("HTML in UTF-16, the large end first", "notes.txt", utf16(binary.BigEndian, html), chat.BadType),
		refused("HTML in UTF-32", "notes.txt", "\xff\xfe\x00\x00<\x00\x00\x00", chat.BadType),

		// What is nearly a text.
		refused("a text with a NUL", "a.txt", "a\x00b", chat.BadType),
		refused("a text that controls a terminal", "a.txt", "a\x1b[2J", chat.BadType),
		refused("Latin-1", "a.txt", "caf\xe9", chat.BadType),
		refused("UTF-8 cut short", "a.txt", "caf\xc3", chat.BadType),
		refused("overlong UTF-8", "a.txt", "\xc0\xbcscript\xc0\xbe", chat.BadType),
		refused("surrogates in UTF-8", "a.txt", "\xed\xa0\xbd\xed\xb8\x80", chat.BadType),

		// Pictures that are none.
		refused("GIF and JavaScript in one", "photo.gif", "GIF89a=1;alert('"+secret+"')//", chat.TooLarge),
		refused("GIF and JavaScript in a comment", "photo.gif", "GIF89a/*\x00\x00*/=1;alert(1)", chat.BadType),
		refused("the head of a GIF", "photo.gif", "GIF89a", chat.BadType),
		refused("a GIF without pixels", "photo.gif", "GIF89a\x00\x00\x00\x00\x00\x00\x00;", chat.BadType),
		refused("a GIF without frames", "photo.gif", "GIF89a\x28\x00\x1e\x00\x00\x00\x00;", chat.BadType),
		refused("a GIF cut short", "photo.gif", string(g[:len(g)-12]), chat.BadType),
		refused("a GIF of 65,535 by 65,535", "photo.gif", "GIF89a\xff\xff\xff\xff\x00\x00\x00,", chat.TooLarge),
		refused("a GIF whose frame is larger than it", "photo.gif", "GIF89a\x08\x00\x08\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02\x44\x01\x00;", chat.BadType),
		refused("the head of a PNG", "photo.png", "\x89PNG\r\n\x1a\n", chat.BadType),
		refused("a PNG cut short", "photo.png", string(p[:len(p)/2]), chat.BadType),
		refused("a PNG without pixels", "photo.png", pngHeader(0, 0, 2)+chunk("IDAT", zeros(1))+chunk("IEND", ""), chat.BadType),
		refused("a PNG without data", "photo.png", pngHeader(10, 10, 2)+chunk("IEND", ""), chat.BadType),
		refused("a PNG with a wrong checksum in its head", "photo.png", strings.Replace(string(p), string(p[29:33]), "abcd", 1), chat.BadType),
		refused("a PNG with a wrong checksum in its data", "photo.png", string(p[:len(p)-14])+"ab"+string(p[len(p)-12:]), chat.BadType),
		refused("a PNG of 60,000 by 60,000", "photo.png", pngHeader(60000, 60000, 2)+chunk("IDAT", zeros(1))+chunk("IEND", ""), chat.TooLarge),
		refused("a PNG of 2,147,483,647 by 2,147,483,647", "photo.png", pngHeader(1<<31-1, 1<<31-1, 2)+chunk("IDAT", "")+chunk("IEND", ""), chat.BadType),
		refused("a PNG of 4,000,001 by 1", "photo.png", pngHeader(4000001, 1, 0)+chunk("IDAT", zeros(4))+chunk("IEND", ""), chat.TooLarge),
		refused("a PNG whose data unpack to far more than it has", "photo.png", pngHeader(100, 100, 2)+chunk("IDAT", zeros(300))+chunk("IEND", ""), chat.BadType),
		refused("a PNG with 30,000 chunks", "photo.png", withChunks(p, strings.Repeat(chunk("tEXt", ""), 30000)), chat.BadType),
		refused("a PNG with a chunk of 4 GB", "photo.png", pngHeader(10, 10, 2)+"\xff\xff\xff\xffIDATx", chat.BadType),
		refused("the head of a JPEG", "photo.jpg", "\xff\xd8\xff", chat.BadType),
		refused("a JPEG cut short", "photo.jpg", string(j[:len(j)/2]), chat.BadType),
		refused("a JPEG of 65,000 by 65,000", "photo.jpg", "\xff\xd8"+segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")+frameHeader(0xc0, 65000, 65000)+"\xff\xd9", chat.TooLarge),
		refused("a JPEG that goes over its pixels a thousand times", "photo.jpg",
			"\xff\xd8"+frameHeader(0xc2, 1000, 1000)+strings.Repeat(segment(0xda, "\x01\x01\x00\x00\x00\x00"), 1000)+"\xff\xd9", chat.BadType),
		refused("a JPEG of two sizes", "photo.jpg", withSegments(j, frameHeader(0xc0, 8, 8)), chat.BadType),
		refused("a JPEG with a segment of no length", "photo.jpg", "\xff\xd8\xff\xe0\x00\x00", chat.BadType),
		refused("a JPEG with HTML in front", "photo.jpg", html+string(j), chat.BadType),
		refused("a WebP cut short", "photo.webp", riff(lossless(40, 30, 255))[:26], chat.BadType),
		refused("a WebP of 16,384 by 16,384 in 40 bytes", "photo.webp", riff(lossless(16384, 16384, 255)), chat.TooLarge),
		refused("a WebP that names a small size and has a large one", "photo.webp", riff(canvas(10, 10, 0x10), lossless(16384, 16384, 255)), chat.BadType),
		refused("a WebP of two pictures", "photo.webp", riff(lossless(4, 4, 255), lossless(16384, 16384, 255)), chat.BadType),
		refused("a WebP that moves", "photo.webp", riff(canvas(40, 30, 2), webpChunk("ANIM", "\x00\x00\x00\x00\x00\x00"), lossless(40, 30, 255)), chat.BadType),
		refused("a WebP without a picture", "photo.webp", riff(canvas(40, 30, 0)), chat.BadType),

		// PDFs that are none.
		refused("a PDF cut short", "a.pdf", pdf[:len(pdf)-7], chat.BadType),
		refused("HTML, then a PDF", "a.pdf", html+pdf, chat.BadType),
		refused("a PDF behind other bytes", "a.pdf", strings.Repeat("\x00", 200)+pdf, chat.BadType),
		refused("a byte too many", "a.txt", strings.Repeat("a", 1<<20+1), chat.TooLarge),

		// Pictures that bring something along. What is given out has nothing of it.
		kept("a PNG with HTML behind it", "photo.png", string(p)+html, asPNG, "photo.png"),
		kept("a PNG with a script in a text", "photo.png", withChunks(p, chunk("tEXt", "Comment\x00"+script)), asPNG, "photo.png"),
		kept("a PNG with an EXIF", "photo.png", withChunks(p, chunk("eXIf", exif(1)[10:])), asPNG, "photo.png"),
		kept("a PNG whose comment unpacks to 500 MB", "photo.png", withChunks(p, chunk("zTXt", secret+"\x00\x00"+zeros(500))), asPNG, "photo.png"),
		kept("a PNG whose profile unpacks to 500 MB", "photo.png", withChunks(p, chunk("iCCP", secret+"\x00\x00"+zeros(500))), asPNG, "photo.png"),
		kept("a PNG that moves", "photo.png", withChunks(p, chunk("acTL", "\x00\x00\x00\x02\x00\x00\x00\x00"), chunk("fcTL", strings.Repeat("\x00", 26)),
			chunk("fdAT", "\x00\x00\x00\x01"+secret)), asPNG, "photo.png"),
		kept("a JPEG that says where it was taken", "photo.jpg", withSegments(j, exif(1)), asJPEG, "photo.jpg"),
		kept("a JPEG with a script in its EXIF", "photo.jpg", withSegments(j, segment(0xe1, "Exif\x00\x00"+script)), asJPEG, "photo.jpg"),
		kept("a JPEG with a script in its comment", "photo.jpg", withSegments(j, segment(0xfe, "*/=1;"+script)), asJPEG, "photo.jpg"),
		kept("a JPEG with XMP", "photo.jpg", withSegments(j, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+svg)), asJPEG, "photo.jpg"),
		kept("a JPEG with a zip behind it", "photo.jpg", string(j)+"PK\x03\x04"+secret, asJPEG, "photo.jpg"),
		kept("a JPEG whose EXIF leads nowhere", "photo.jpg", withSegments(j, segment(0xe1, "Exif\x00\x00II*\x00\xff\xff\xff\xff"+secret)), asJPEG, "photo.jpg"),
		kept("a GIF with JavaScript behind it", "photo.gif", string(g)+"=1;alert('"+secret+"')", asPNG, "photo.png"),
		kept("a GIF with a script in its comment", "photo.gif", string(g[:len(g)-1])+"!\xfe"+string([]byte{byte(len(script))})+script+"\x00;", asPNG, "photo.png"),
		kept("a GIF of 2,000 frames", "photo.gif", string(drawnGIF(2000, 0))+secret, asPNG, "photo.png"),
		kept("a GIF whose frame is smaller than it", "photo.gif", string(drawnGIF(1, 7))+secret, asPNG, "photo.png"),
		kept("a WebP", "photo.webp", riff(lossless(40, 30, 255), webpChunk("EXIF", secret)), asJPEG, "photo.jpg"),
		kept("a WebP that shows what is behind it", "photo.webp", riff(lossless(40, 30, 128))+secret, asPNG, "photo.png"),

		// Texts and PDFs that try. They stay as they are, and are downloaded.
		kept("UTF-7", "a.txt", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", asText, "a.txt"),
		kept("a text with HTML in the middle", "a.txt", "Hello\n"+html, asText, "a.txt"),
		kept("a text with a mark of UTF-8", "a.log", "\ufeffHello", asText, "a.log"),
		kept("a table that computes", "a.csv", "=cmd|' /C calc'!A0,1", asText, "a.csv.txt"),
		kept("JavaScript", "a.js", "alert(1)", asText, "a.js.txt"),
		kept("a program for the shell", "run.sh", "#!/bin/sh\nrm -rf ~\n", asText, "run.sh.txt"),
		kept("a batch file", "run.bat", "@echo off\r\ndel *.*\r\n", asText, "run.bat.txt"),
		kept("a PDF with JavaScript", "a.pdf", pdf, asPDF, "a.pdf"),
		kept("a PDF with HTML and a zip in it", "a.pdf", pdf+html+"PK\x03\x04%%EOF", asPDF, "a.pdf"),
		kept("a PDF that is called a page", "a.html", pdf, asPDF, "a.html.pdf"),
	}
	for _, claims := range []string{"text/html", "image/svg+xml", "image/svg+xml; x", "application/octet-stream", "text/html; charset=utf-7", "nonsense", ""} {
		all = append(all, hostile{what: "a PNG that is said to be " + claims, name: "photo.png", claims: claims, bytes: string(p) + secret, kept: asPNG, as: "photo.png"})
	}
	return append(all, hostileNames(string(p))...)
}

// hostileNames are names of a harmless picture, as they stand in the header.
func hostileNames(picture string) []hostile {
	var all []hostile
	for name, as := range map[string]string{
		"../../../etc/passwd.png":          "passwd.png",
		`..\\..\\windows\\system32\\a.png`: "a.png",
		"/absolute/photo.png":              "photo.png",
		"photo.png/":                       "photo.png",
		"..":                               "file.png",
		".":                                "file.png",
		"":                                 "file.png",
		".htaccess":                        "htaccess.png",
		"photo\u202egnp.exe":               "photognp.exe.png",
		"\u2066photo\u2069.png":            "photo.png",
		"pho\u200bto\ufeff.png":            "photo.png",
		"photo.png\u202e":                  "photo.png",
		"CON.png":                          "_CON.png",
		"con":                              "_con.png",
		"nul.tar.png":                      "_nul.tar.png",
		"LPT¹.png":                         "_LPT¹.png",
		`a\"b.png`:                         "a_b.png",
		"a;b='c'.png":                      "a;b='c'.png",
		"a<script>b.png":                   "a_script_b.png",
		"photo.png:hidden.exe":             "photo.png_hidden.exe.png",
		"photo.svg":                        "photo.svg.png",
		"photo.html":                       "photo.html.png",
		"photo.exe":                        "photo.exe.png",
		"photo.jpg":                        "photo.png",
		"photo.PNG":                        "photo.PNG",
		"photo.png. . .":                   "photo.png",
		"   photo   1.png":                 "photo 1.png",
		"%2e%2e%2fphoto%00.png":            "%2e%2e%2fphoto%00.png",
		"=?utf-8?q?=3Cscript=3E?=.png":     "=_utf-8_q_=3Cscript=3E_=.png",
		"фото \U0001f600.png":              "фото \U0001f600.png",
		"e\u0301.png":                      "\u00e9.png",
		"a\xffb.png":                       "a\ufffdb.png",
		strings.Repeat("n", 4000) + ".png": strings.Repeat("n", 96) + ".png",
		strings.Repeat("漢", 300) + ".png":  strings.Repeat("漢", 65) + ".png",
		"a." + strings.Repeat("x", 300):    "a." + strings.Repeat("x", 94) + ".png",
	} {
		all = append(all, hostile{what: fmt.Sprintf("the name %.60q", name), name: name, bytes: picture + secret, kept: asPNG, as: as})
	}
	return all
}

// form is a body of multipart/form-data with a token and a file, whose name stands in the header as it is.
func form(token, name, claims, content string) string {
	b := "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n" + token + "\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n"
	if claims != "" {
		b += "Content-Type: " + claims + "\r\n"
	}
	return b + "\r\n" + content + "\r\n--b--\r\n"
}

// posted is what a server answers to an upload.
type posted struct {
	chat.UploadOK
	web.Problem
	status int
}

func postForm(t *testing.T, s *edgetest.Server, body string) (p posted) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/widget/v1/upload", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	p.status = resp.StatusCode
	var to any = &p.Problem
	if p.status == 200 {
		to = &p.UploadOK
	}
	if err := json.NewDecoder(resp.Body).Decode(to); err != nil {
		t.Fatal(err)
	}
	return p
}

// openHouse has no limits but on size, so that a test may send what it likes.
func openHouse(t *testing.T) *edgetest.Server {
	t.Helper()
	l := widget.DefaultLimits()
	l.UploadsPerHour, l.AddressUploadsPerHour = 0, 0
	return edgetest.Start(t, edgetest.Options{Widget: &l, Uploads: &files.Limits{Bytes: 1 << 20, Pixels: 4_000_000, FreeBytes: -1, OwnerDayBytes: -1}})
}

// onDisk lists what is in the folder of uploads.
func onDisk(t *testing.T, s *edgetest.Server) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(filepath.Dir(s.Folder)), filepath.Base(s.Folder), func(name string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !entry.IsDir() {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every hostile file has its end: it is refused and leaves nothing, or it is harmless as it is given out.
func TestHostileFiles(t *testing.T) {
	s := openHouse(t)
	token := s.Visitor("shop").Token
	all := hostileFiles()
	if len(all) < 60 {
		t.Fatalf("%d hostile files", len(all))
	}
	before := 0
	for _, h := range all {
		got := postForm(t, s, form(token, h.name, h.claims, h.bytes))
		there := onDisk(t, s)
		if h.refused != "" {
			if got.Code != h.refused || got.Detail == "" {
				t.Errorf("%s: %d %q %q, want %s", h.what, got.status, got.Code, got.Detail, h.refused)
			}
			if len(there) != before {
				t.Errorf("%s leaves something behind: %d files were there, now %v", h.what, before, there)
			}
			before = len(there)
			continue
		}
		a := got.Attachment
		if got.status != 200 || a.Type != h.kept || a.Name != h.as {
			t.Errorf("%s: %d %s %q as %q, want %q as %q", h.what, got.status, got.Detail, a.Type, a.Name, h.kept, h.as)
			before = len(there)
			continue
		}
		want := before + 1
		if a.Thumb != "" {
			want++
			harmless(t, s, h, a, a.Thumb)
		}
		if before = len(there); before != want {
			t.Errorf("%s: %d files on the disk, want %d", h.what, before, want)
		}
		harmless(t, s, h, a, a.URL)
	}
	t.Logf("%d hostile files", len(all))
}

// harmless looks at what is given out.
func harmless(t *testing.T, s *edgetest.Server, h hostile, a chat.Attachment, url string) {
	t.Helper()
	resp, b := loaded(t, s, url)
	kind, shown, wantType := resp.Header.Get("Content-Type"), resp.Header.Get("Content-Disposition"), a.Type
	if a.Type == asText {
		wantType = "text/plain; charset=utf-8"
	}
	picture := strings.HasPrefix(a.Type, "image/")
	if picture != strings.HasPrefix(shown, "inline;") || !picture && !strings.HasPrefix(shown, "attachment;") {
		t.Errorf("%s: %q", h.what, shown)
	}
	if resp.StatusCode != 200 || kind != wantType || resp.Header.Get("X-Content-Type-Options") != "nosniff" || len(resp.Header.Values("Set-Cookie")) > 0 ||
		resp.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox; frame-ancestors 'none'" ||
		resp.Header.Get("Cross-Origin-Resource-Policy") != "same-origin" || !strings.HasPrefix(resp.Header.Get("Cache-Control"), "private, ") {
		t.Errorf("%s: %d %v", h.what, resp.StatusCode, resp.Header)
	}
	if !picture {
		if string(b) != h.bytes {
			t.Errorf("%s: other bytes than those that were sent", h.what)
		}
		return
	}
	img, format, err := image.Decode(bytes.NewReader(b))
	if err != nil || "image/"+format != a.Type || img.Bounds().Dx() != a.Width || img.Bounds().Dy() != a.Height || int64(len(b)) != a.Size {
		t.Errorf("%s: a %s of %v in %d bytes, %v; said was %+v", h.what, format, img, len(b), err, a)
	}
	for _, trace := range []string{secret, "<script", "<svg", "Exif", "GPS", "alert", "PK\x03\x04", "ICC", "tEXt", "acTL"} {
		if bytes.Contains(b, []byte(trace)) {
			t.Errorf("%s: %q is still in it", h.what, trace)
		}
	}
}
