package widget_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
)

// What hostile files are made of. secret is in every one of them, somewhere: it must be nowhere in a picture that is given out.
const (
	secret = "HOSTILE-51.4778N"
	script = "<script>alert('" + secret + "')</script>"
	html   = "<!DOCTYPE html><html><body>" + script + "</body></html>"
	svg    = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert('` + secret + `')"/>`
)

func drawnPNG(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, drawn(w, h)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func drawnJPEG(w, h int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(w, h), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// drawnGIF has so many frames, each inset from the screen by so much.
func drawnGIF(frames, inset int) []byte {
	g := gif.GIF{Config: image.Config{Width: 40, Height: 30}}
	for range frames {
		f := image.NewPaletted(image.Rect(inset, inset, 40-inset, 30-inset), color.Palette{color.Black, color.White, color.RGBA{200, 0, 0, 255}})
		f.SetColorIndex(20, 15, 2)
		g.Image, g.Delay = append(g.Image, f), append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// chunk is a chunk of a PNG.
func chunk(name, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, name+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

// pngHeader is the beginning of a PNG of this size: 8 bits a pixel of the colour type, not interlaced.
func pngHeader(w, h uint32, kind byte) string {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return "\x89PNG\r\n\x1a\n" + chunk("IHDR", string(append(b, 8, kind, 0, 0, 0)))
}

// withChunks puts chunks behind the header of a PNG.
func withChunks(p []byte, chunks ...string) string {
	const header = 8 + 25
	return string(p[:header]) + strings.Join(chunks, "") + string(p[header:])
}

// zeros is so many megabytes of nothing, packed, at least one. The first is packed really; one packed like it may follow as often as one likes.
func zeros(megabytes int) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(make([]byte, 1<<20))
	_ = w.Flush()
	begin := b.Len()
	_, _ = w.Write(make([]byte, 1<<20))
	_ = w.Flush()
	packed := b.Bytes()
	const end = "\x03\x00"
	sum := binary.BigEndian.AppendUint32(nil, uint32(megabytes)<<20%65521<<16|1) // Adler-32 of zeros
	return string(packed[:begin]) + strings.Repeat(string(packed[begin:]), megabytes-1) + end + string(sum)
}

// segment is a segment of a JPEG.
func segment(marker byte, data string) string {
	return "\xff" + string([]byte{marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)+2))) + data
}

// withSegments puts segments behind the beginning of a JPEG.
func withSegments(j []byte, segments ...string) string {
	return string(j[:2]) + strings.Join(segments, "") + string(j[2:])
}

// exif says how a camera was held, and where.
func exif(orientation uint16) string {
	b := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	b = binary.BigEndian.AppendUint16(b, orientation)
	return segment(0xe1, string(b)+"\x00\x00\x00\x00\x00\x00GPS "+secret)
}

// frameHeader is a progressive or plain frame of this size, grey.
func frameHeader(marker byte, w, h uint16) string {
	b := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{8}, h), w)
	return segment(marker, string(append(b, 1, 1, 0x11, 0)))
}

// riff is a WebP of these chunks.
func riff(chunks ...string) string {
	body := "WEBP" + strings.Join(chunks, "")
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

func webpChunk(name, data string) string {
	c := name + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data
	if len(data)%2 == 1 {
		c += "\x00"
	}
	return c
}

// lossless is a picture of one colour, whose pixels take no bits at all: however large it is, it has some twenty bytes.
func lossless(w, h uint64, alpha byte) string {
	var bits []byte
	add := func(value uint64, n int) {
		for i := range n {
			bits = append(bits, byte(value>>i&1))
		}
	}
	add(0x2f, 8)
	add(w-1, 14)
	add(h-1, 14)
	add(1, 1) // alpha is used
	add(0, 3)
	add(0, 3) // no transform, no cache of colours, one group of codes
	for _, symbol := range []uint64{40, 120, 200, uint64(alpha)} {
		add(0b101, 3) // a code of one symbol of eight bits
		add(symbol, 8)
	}
	add(0b0001, 4) // distances: a code of the symbol 0
	out := make([]byte, (len(bits)+7)/8)
	for i, b := range bits {
		out[i/8] |= b << (i % 8)
	}
	return webpChunk("VP8L", string(out))
}

// canvas is what stands before the others in an extended WebP.
func canvas(w, h uint32, flags byte) string {
	b := []byte{flags, 0, 0, 0}
	for _, n := range []uint32{w - 1, h - 1} {
		b = append(b, byte(n), byte(n>>8), byte(n>>16))
	}
	return webpChunk("VP8X", string(b))
}

const pdf = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\('" + secret + "'\\)) >> >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

// utf16 is a text in UTF-16 with its mark.
func utf16(order binary.AppendByteOrder, text string) string {
	b := order.AppendUint16(nil, 0xfeff)
	for _, r := range text {
		b = order.AppendUint16(b, uint16(r))
	}
	return string(b)
}
