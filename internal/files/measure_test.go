package files

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/chat"
)

// jpegOf is a JPEG of 100 x 50 as far as it is measured: the frame's marker, its components' factors (0x11: as fine as the picture), and so many scans.
func jpegOf(marker byte, scans int, factors ...byte) string {
	frame := []byte{8, 0, 50, 0, 100, byte(len(factors))}
	for i, f := range factors {
		frame = append(frame, byte(i+1), f, 0)
	}
	segment := func(marker byte, data string) string {
		head := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2))
		return string(head) + data
	}
	return "\xff\xd8" + segment(marker, string(frame)) + strings.Repeat(segment(0xda, "\x01\x01\x00\x00\x3f\x00")+"\x00", scans) + "\xff\xd9"
}

// pngOf is the head of a PNG of 100 x 50 in RGBA with so many bits a sample.
func pngOf(bits, interlace byte) string {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), 100), 50)
	b = append(b, bits, 6, 0, 0, interlace)
	return "\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)))
}

// webpOf is a WebP of these chunks, each a name and what is in it.
func webpOf(chunks ...[2]string) string {
	body := "WEBP"
	for _, c := range chunks {
		body += c[0] + string(binary.LittleEndian.AppendUint32(nil, uint32(len(c[1])))) + c[1] + strings.Repeat("\x00", len(c[1])&1)
	}
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

// What decoding will take is known before it begins, and of a picture that contradicts itself nothing is decoded.
func TestMeasure(t *testing.T) {
	const pixels = 100 * 50
	lossless := [2]string{"VP8L", string(binary.LittleEndian.AppendUint32([]byte{0x2f}, 99|49<<14)) + "\x00"}
	canvas := func(width byte) [2]string {
		return [2]string{"VP8X", "\x08\x00\x00\x00" + string([]byte{width - 1}) + "\x00\x00\x31\x00\x00"}
	}
	exif := func(before string) [2]string {
		return [2]string{"EXIF", before + "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"}
	}
	for what, c := range map[string]struct {
		kind, file  string
		memory      int64
		orientation int
		code        chat.Code
	}{
		"a JPEG, its colours half as fine":       {typeJPEG, jpegOf(0xc0, 1, 0x22, 0x11, 0x11), pixels * 3 / 2, 1, ""},
		"one that comes in passes":               {typeJPEG, jpegOf(0xc2, 1, 0x11, 0x11, 0x11), pixels * 15, 1, ""},
		"one in CMYK":                            {typeJPEG, jpegOf(0xc0, 1, 0x11, 0x11, 0x11, 0x11), pixels * 8, 1, ""},
		"one with as many scans as may be":       {typeJPEG, jpegOf(0xc2, maxScans, 0x11), pixels * 5, 1, ""},
		"one with a scan more":                   {typeJPEG, jpegOf(0xc2, maxScans+1, 0x11), 0, 0, chat.BadType},
		"a PNG":                                  {typePNG, pngOf(8, 0), pixels * 4, 1, ""},
		"one of 16 bits":                         {typePNG, pngOf(16, 0), pixels * 8, 1, ""},
		"one that comes in passes, interlaced":   {typePNG, pngOf(8, 1), pixels * 8, 1, ""},
		"a WebP":                                 {typeWebP, webpOf(lossless), pixels * 8, 1, ""},
		"one with a canvas":                      {typeWebP, webpOf(canvas(100), lossless), pixels * 8, 1, ""},
		"one with a smaller canvas":              {typeWebP, webpOf(canvas(10), lossless), 0, 0, chat.BadType},
		"one with two pictures":                  {typeWebP, webpOf(canvas(100), lossless, lossless), 0, 0, chat.BadType},
		"one without":                            {typeWebP, webpOf(canvas(100)), 0, 0, chat.BadType},
		"one that was held another way":          {typeWebP, webpOf(canvas(100), lossless, exif("")), pixels * 8, 6, ""},
		"one whose EXIF begins as that of JPEGs": {typeWebP, webpOf(canvas(100), lossless, exif("Exif\x00\x00")), pixels * 8, 6, ""},
	} {
		m, err := measure(c.kind, bytes.NewReader([]byte(c.file)))
		if chat.CodeOf(err) != c.code || c.code == "" && (m.width != 100 || m.height != 50 || m.memory != c.memory || m.orientation != c.orientation) {
			t.Errorf("%s: %+v, %v", what, m, err)
		}
	}
}

// Where EXIF says that its list begins outside of it, a picture stands as it is.
func TestOrientationOfDamagedEXIF(t *testing.T) {
	for _, at := range []uint32{8, 9, 1 << 16, math.MaxInt32, math.MaxUint32} {
		if o := orientation(binary.BigEndian.AppendUint32([]byte("MM\x00*"), at)); o != 1 {
			t.Errorf("a list at %d: orientation %d", at, o)
		}
	}
}

// A picture waits while others take what may be taken for decoding, not for ever, and leaves nothing if it has waited in vain.
func TestPictureWaitsForItsShare(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		f := house(t, newRows())
		if !f.decoding.TryAcquire(f.mostMemory()/2 + 1) {
			t.Fatal("somebody is decoding already")
		}
		began := time.Now()
		_, err := f.Take(t.Context(), visitor, bytes.NewReader(b.Bytes()))
		wantCode(t, err, chat.RateLimited)
		if waited := time.Since(began); waited != decodeWait {
			t.Errorf("it waited %s, want %s", waited, decodeWait)
		}
		if got := left(t, f); len(got) > 0 {
			t.Errorf("it leaves %v", got)
		}
		f.decoding.Release(1)
		if _, err := f.Take(t.Context(), visitor, bytes.NewReader(b.Bytes())); err != nil {
			t.Error(err)
		}
	})
}
