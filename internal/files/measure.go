package files

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"dragoman/chat"

	"golang.org/x/image/webp"
)

// measured is what a picture says of itself before any of it is decoded.
type measured struct {
	width, height int
	// orientation is that of EXIF, 1 to 8: how a camera was held.
	orientation int
	// memory is about what decoding takes, in bytes.
	memory int64
}

const (
	// maxScans is how often a JPEG may go over its pixels. Cameras and programs need ten; each costs a little in the file and a walk over the whole picture.
	maxScans = 100
	// maxChunks is how many parts a PNG or WebP may have. Programs that stream write one for every few kB.
	maxChunks = 20_000
	// longestSide is how long a side may be: what is longer and has few pixels all the same is no picture.
	longestSide = 30_000
	// memoryPerPixel is how much decoding may take for each pixel that a picture may have: four bytes for what comes out, as much for what is on the way.
	memoryPerPixel = 8
)

// mostMemory is what all pictures that are being decoded may take together.
func (f *Files) mostMemory() int64 {
	if f.limits.Pixels > math.MaxInt64/memoryPerPixel {
		return math.MaxInt64
	}
	return f.limits.Pixels * memoryPerPixel
}

// measure reads the head of a picture, and walks over its parts without unpacking them.
func measure(mediaType string, file io.ReadSeeker) (m measured, err error) {
	in := bufio.NewReaderSize(file, 32<<10)
	switch mediaType {
	case typeJPEG:
		m, err = measureJPEG(in)
	case typePNG:
		m, err = measurePNG(in)
	case typeWebP:
		m, err = measureWebP(in)
	default:
		m = measured{orientation: 1}
	}
	if err != nil {
		return m, err
	}
	// The size is the decoder's own: what is measured must be what is decoded.
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	config, err := configOf(mediaType, bufio.NewReaderSize(file, 32<<10))
	if err != nil {
		return m, errDamaged()
	}
	if mediaType == typeWebP && (config.Width != m.width || config.Height != m.height) {
		return m, errDamaged() // of several sizes that it names one may be harmless
	}
	m.width, m.height = config.Width, config.Height
	if m.width <= 0 || m.height <= 0 {
		return m, errDamaged()
	}
	m.memory += int64(m.width) * int64(m.height) * bytesPerPixel(mediaType, config.ColorModel)
	return m, nil
}

func configOf(mediaType string, r io.Reader) (image.Config, error) {
	switch mediaType {
	case typePNG:
		return png.DecodeConfig(r)
	case typeJPEG:
		return jpeg.DecodeConfig(r)
	case typeGIF:
		return gif.DecodeConfig(r)
	}
	return webp.DecodeConfig(r)
}

// bytesPerPixel is what a decoded pixel takes.
func bytesPerPixel(mediaType string, m color.Model) int64 {
	switch {
	case mediaType == typeJPEG:
		return 0 // counted by its components
	case mediaType == typeWebP:
		return 8 // lossless: two copies of four bytes; lossy with transparency is less
	case m == color.RGBA64Model || m == color.NRGBA64Model:
		return 8
	}
	return 4
}

// fits refuses a picture that is too large to be decoded.
func (f *Files) fits(m measured) error {
	if max(m.width, m.height) > longestSide || int64(m.width)*int64(m.height) > f.limits.Pixels || m.memory > f.mostMemory() {
		return chat.Errorf(chat.TooLarge, "This picture has too many pixels (%d × %d): make it smaller, or send a screenshot of it.", m.width, m.height)
	}
	return nil
}

// cost is a picture's share of mostMemory: at least half, so that two are decoded at a time and no more.
func (f *Files) cost(m measured) int64 {
	most := f.mostMemory()
	return min(most, max(most/2, m.memory))
}

var errUnreadable = errors.New("unreadable")

// measureJPEG walks over the markers: how many components and scans there are, and which side is up. What is not there is the decoder's business.
func measureJPEG(in *bufio.Reader) (m measured, err error) {
	m.orientation = 1
	scans, exif := 0, false
	var perPixel float64
	progressive := false
	for {
		marker, err := nextMarker(in)
		if err != nil || marker == 0xd9 {
			break // the decoder says what an early end means
		}
		if marker == 0xd8 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 {
			continue
		}
		segment, err := readSegment(in)
		if err != nil {
			break
		}
		switch {
		case marker == 0xda:
			if scans++; scans > maxScans {
				return m, errDamaged()
			}
		case marker == 0xe1 && !exif && len(segment) > 6 && string(segment[:6]) == "Exif\x00\x00":
			m.orientation, exif = orientation(segment[6:]), true
		case marker >= 0xc0 && marker <= 0xc2 && perPixel == 0:
			perPixel, progressive = componentsPerPixel(segment), marker == 0xc2
			if len(segment) >= 5 {
				m.height, m.width = int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
			}
		}
	}
	// A byte for each sample; if it is progressive, four more for its coefficient. A picture in CMYK is unpacked besides.
	if progressive {
		perPixel *= 5
	}
	if perPixel >= 4 && !progressive {
		perPixel += 4
	}
	m.memory = int64(perPixel * float64(m.width) * float64(m.height))
	return m, nil
}

// nextMarker skips to the next marker, over coded pixels and whatever else stands before it.
func nextMarker(in *bufio.Reader) (byte, error) {
	for {
		if _, err := in.ReadSlice(0xff); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		} else if err != nil {
			continue
		}
		b := byte(0xff)
		for b == 0xff {
			var err error
			if b, err = in.ReadByte(); err != nil {
				return 0, err
			}
		}
		if b != 0 {
			return b, nil
		}
	}
}

// readSegment reads what belongs to a marker.
func readSegment(in *bufio.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:])) - 2
	if n < 0 {
		return nil, errUnreadable
	}
	segment := make([]byte, n)
	_, err := io.ReadFull(in, segment)
	return segment, err
}

// componentsPerPixel is how many samples a pixel of a JPEG has, with what its components are coarser than others.
func componentsPerPixel(frame []byte) float64 {
	if len(frame) < 6 {
		return 0
	}
	n, sum, most := int(frame[5]), 0, 1
	hMost, vMost := 1, 1
	for i := range n {
		if len(frame) < 6+3*i+3 {
			break
		}
		h, v := int(frame[7+3*i]>>4), int(frame[7+3*i]&15)
		sum += h * v
		hMost, vMost = max(hMost, h), max(vMost, v)
	}
	most = hMost * vMost
	return float64(sum) / float64(most)
}
