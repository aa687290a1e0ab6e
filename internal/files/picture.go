package files

import (
	"bufio"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"dragoman/chat"

	"golang.org/x/image/webp"
)

const (
	// maxSide is the longest side of a picture that is kept: a photograph of 12 megapixels stays as it is.
	maxSide = 4096
	// smallSide is the longest side of a small picture, twice what a conversation shows.
	smallSide = 480
	// quality and smallQuality are those of JPEG.
	quality      = 85
	smallQuality = 80
	// decodeWait is how long a picture waits for others that are being decoded.
	decodeWait = 30 * time.Second
)

// ready is a file that can be kept.
type ready struct {
	chat.Attachment
	body, small *part
}

func (r *ready) bytes() int64 {
	n := r.Size
	if r.small != nil {
		n += r.small.size
	}
	return n
}

func (r *ready) discard() {
	for _, p := range []*part{r.body, r.small} {
		if p != nil {
			p.discard()
		}
	}
}

// prepare finds out what came, and makes of it what may be kept.
func (f *Files) prepare(ctx context.Context, came *part) (*ready, error) {
	head := make([]byte, headBytes)
	n, err := came.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	kind, err := detect(head[:n])
	if err != nil {
		return nil, err
	}
	if _, err := came.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch kind {
	case typePDF:
		err = checkPDF(came.file, came.size)
	case typeText:
		err = checkText(came.file)
	default:
		return f.picture(ctx, kind, came)
	}
	return &ready{Attachment: chat.Attachment{Type: kind, Size: came.size}, body: came}, err
}

// picture decodes a picture and writes it anew.
func (f *Files) picture(ctx context.Context, kind string, came *part) (*ready, error) {
	m, err := measure(kind, came.file)
	if err == nil {
		err = f.fits(m)
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, decodeWait)
	defer cancel()
	cost := f.cost(m)
	if err := f.decoding.Acquire(ctx, cost); err != nil {
		return nil, busy()
	}
	defer f.decoding.Release(cost)
	if _, err := came.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, err := decode(kind, bufio.NewReaderSize(came.file, 64<<10))
	if err != nil || img.Bounds().Dx() != m.width || img.Bounds().Dy() != m.height {
		return nil, errDamaged()
	}
	r := &ready{}
	if err := f.write(r, redraw(img, m.orientation, maxSide), kind); err != nil {
		r.discard()
		return nil, err
	}
	return r, nil
}

// decode decodes a picture; of an animation the first frame, and no more of the file than that needs.
func decode(kind string, r io.Reader) (image.Image, error) {
	switch kind {
	case typePNG:
		return png.Decode(r)
	case typeJPEG:
		return jpeg.Decode(r)
	case typeWebP:
		return webp.Decode(r)
	}
	peek := bufio.NewReaderSize(r, headBytes)
	head, err := peek.Peek(10)
	if err != nil {
		return nil, err
	}
	screen := image.Rect(0, 0, int(head[6])|int(head[7])<<8, int(head[8])|int(head[9])<<8)
	frame, err := gif.Decode(peek)
	if err != nil || frame.Bounds() == screen {
		return frame, err
	}
	// The first frame may be smaller than the picture.
	whole := image.NewNRGBA(screen)
	draw.Draw(whole, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return whole, nil
}

// write encodes a picture and its small one. What is photographed or has no transparency and is large is JPEG, all else PNG.
func (f *Files) write(r *ready, img image.Image, kind string) (err error) {
	solid := opaque(img)
	r.Type = typePNG
	if kind == typeJPEG || kind == typeWebP && solid {
		r.Type = typeJPEG
	}
	limit := min(f.limits.Bytes, DefaultBytes)
	for side := maxSide; r.body == nil; side = side * 3 / 4 {
		if b := img.Bounds(); max(b.Dx(), b.Dy()) > side {
			img = redraw(img, 1, side)
		}
		r.body, err = f.encode(img, r.Type, quality, limit)
		if errors.Is(err, errTooLong) && r.Type == typePNG && solid {
			r.Type = typeJPEG
			r.body, err = f.encode(img, r.Type, quality, limit)
		}
		if err != nil && !errors.Is(err, errTooLong) {
			return err
		}
	}
	b := img.Bounds()
	r.Size, r.Width, r.Height = r.body.size, b.Dx(), b.Dy()
	if max(r.Width, r.Height) <= smallSide {
		return nil
	}
	kind = typePNG
	if solid {
		kind = typeJPEG
	}
	r.small, err = f.encode(redraw(img, 1, smallSide), kind, smallQuality, limit)
	r.Thumb = endingOf(kind)
	return err
}

// errTooLong says that a picture takes more room than a file may.
var errTooLong = errors.New("the picture takes too much room")

// encode writes a picture into a part, of at most limit bytes.
func (f *Files) encode(img image.Image, kind string, quality int, limit int64) (*part, error) {
	p, err := f.folder.begin()
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(&bounded{w: p.file, left: limit}, 64<<10)
	if kind == typePNG {
		err = png.Encode(out, img)
	} else {
		err = jpeg.Encode(out, img, &jpeg.Options{Quality: quality})
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		p.size, err = p.file.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		p.discard()
		return nil, err
	}
	return p, nil
}

// bounded ends with errTooLong after so many bytes.
type bounded struct {
	w    io.Writer
	left int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errTooLong
	}
	return b.w.Write(p)
}

func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// redraw returns a picture that stands upright and has no side longer than side; if it does and has not, the same. What is made smaller is averaged over the pixels
// that become one. It goes over the picture in strips, so that nothing of its size is kept beside it.
func redraw(img image.Image, orientation, side int) image.Image {
	b := img.Bounds()
	w, h := within(b.Dx(), b.Dy(), side)
	if orientation == 1 && w == b.Dx() && h == b.Dy() {
		return img
	}
	turned := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		turned = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(turned)
	strip := image.NewRGBA(image.Rect(0, 0, b.Dx(), (b.Dy()+h-1)/h+1))
	for y := range h {
		from, to := y*b.Dy()/h, max((y+1)*b.Dy()/h, y*b.Dy()/h+1)
		rows := image.Rect(0, 0, b.Dx(), to-from)
		draw.Draw(strip, rows, img, image.Pt(b.Min.X, b.Min.Y+from), draw.Src)
		for x := range w {
			left, right := x*b.Dx()/w, max((x+1)*b.Dx()/w, x*b.Dx()/w+1)
			tx, ty := turn(x, y, w, h, orientation)
			out.SetRGBA(tx, ty, average(strip, image.Rect(left, 0, right, to-from)))
		}
	}
	return out
}

// within returns a size that has no side longer than side, in the same proportion.
func within(w, h, side int) (int, int) {
	switch {
	case max(w, h) <= side:
		return w, h
	case w >= h:
		return side, max(1, h*side/w)
	}
	return max(1, w*side/h), side
}

// turn returns where a pixel of a picture of this size goes.
func turn(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}

// average is the mean of some pixels, whose colours are multiplied with their opacity already.
func average(img *image.RGBA, r image.Rectangle) color.RGBA {
	var red, green, blue, alpha, n uint32
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[y*img.Stride+4*r.Min.X : y*img.Stride+4*r.Max.X]
		for ; len(row) >= 4; row = row[4:] {
			red, green, blue, alpha, n = red+uint32(row[0]), green+uint32(row[1]), blue+uint32(row[2]), alpha+uint32(row[3]), n+1
		}
	}
	half := n / 2
	return color.RGBA{uint8((red + half) / n), uint8((green + half) / n), uint8((blue + half) / n), uint8((alpha + half) / n)}
}
