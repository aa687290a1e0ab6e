package files

import (
	"bufio"
	"encoding/binary"
	"io"
)

// measurePNG walks over the chunks for the one that says which side is up.
func measurePNG(in *bufio.Reader) (m measured, err error) {
	m.orientation = 1
	if _, err := in.Discard(8); err != nil {
		return m, errDamaged()
	}
	for range maxChunks {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return m, nil
		}
		size, name := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		switch {
		case name == "IEND":
			return m, nil
		case name == "IHDR" && size == 13:
			var header [13]byte
			if _, err := io.ReadFull(in, header[:]); err != nil {
				return m, nil
			}
			if header[12] != 0 { // interlaced: each of the passes is a picture of its own
				w, h := int64(binary.BigEndian.Uint32(header[:])), int64(binary.BigEndian.Uint32(header[4:]))
				m.memory = interlaced(w, h)
			}
			size = 0
		case name == "eXIf" && size <= maxEXIF:
			exif := make([]byte, size)
			if _, err := io.ReadFull(in, exif); err != nil {
				return m, nil
			}
			m.orientation, size = orientation(exif), 0
		}
		if _, err := io.CopyN(io.Discard, in, size+4); err != nil {
			return m, nil
		}
	}
	return m, errDamaged()
}

// interlaced is what the passes take besides: the largest has half of the pixels, of up to eight bytes.
func interlaced(w, h int64) int64 {
	const most = 1 << 20 // a side that long is refused anyway, and must not overflow
	return min(w, most) * min(h, most) * 4
}

// measureWebP walks over the chunks. One of them has the picture; where others say a size too, it must be the same, because decoders believe
// now one and now the other. Animations are not taken.
func measureWebP(in *bufio.Reader) (m measured, err error) {
	m.orientation = 1
	var riff [12]byte
	if _, err := io.ReadFull(in, riff[:]); err != nil {
		return m, errDamaged()
	}
	pictures, canvas := 0, [2]int{}
	for range maxChunks {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			break
		}
		name, size := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		begin := make([]byte, min(size, 10))
		if name == "EXIF" && size <= maxEXIF {
			begin = make([]byte, size)
		}
		if _, err := io.ReadFull(in, begin); err != nil {
			break
		}
		switch name {
		case "VP8 ", "VP8L":
			pictures++
			m.width, m.height = webpSize(name, begin)
		case "VP8X":
			canvas[0], canvas[1] = webpCanvas(begin)
		case "ANIM", "ANMF":
			return m, errDamaged()
		case "EXIF":
			m.orientation = orientation(begin)
		}
		if _, err := io.CopyN(io.Discard, in, size-int64(len(begin))+size&1); err != nil {
			break
		}
	}
	if pictures != 1 || canvas[0] != 0 && canvas != [2]int{m.width, m.height} {
		return m, errDamaged()
	}
	return m, nil
}

// webpSize reads the size that the coded picture itself names.
func webpSize(name string, b []byte) (width, height int) {
	if name == "VP8L" && len(b) >= 5 && b[0] == 0x2f {
		bits := binary.LittleEndian.Uint32(b[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	}
	if name == "VP8 " && len(b) >= 10 {
		return int(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[8:]) & 0x3fff)
	}
	return 0, 0
}

// webpCanvas reads the size that stands before all other chunks.
func webpCanvas(b []byte) (width, height int) {
	if len(b) < 10 {
		return 0, 0
	}
	three := func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
	return three(b[4:]) + 1, three(b[7:]) + 1
}

// maxEXIF is how much EXIF is looked at.
const maxEXIF = 64 << 10

// orientation reads from EXIF how a camera was held: 1 (or anything that cannot be read) is upright.
func orientation(exif []byte) int {
	if len(exif) > 6 && string(exif[:6]) == "Exif\x00\x00" {
		exif = exif[6:] // WebP files often have this too
	}
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
	default:
		return 1
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 && order.Uint16(entries[2:]) == 3 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
