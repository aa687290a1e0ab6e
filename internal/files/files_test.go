package files

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
)

// rows is a Store in memory.
type rows struct {
	mu    sync.Mutex
	all   map[string]chat.StoredFile
	use   chat.FileUse
	fails error // of AddFile
	turn  bool
	// unsent is how many files wait for their line for too long.
	unsent int
}

func newRows() *rows { return &rows{all: map[string]chat.StoredFile{}, turn: true} }

func (r *rows) AddFile(_ context.Context, f chat.StoredFile) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fails == nil {
		r.all[f.ID] = f
	}
	return r.fails
}

func (r *rows) File(_ context.Context, id string) (chat.StoredFile, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.all[id]
	if !ok {
		return f, chat.Errorf(chat.NotFound, "There is no such file.")
	}
	return f, nil
}

func (r *rows) FileUse(context.Context, string, string) (chat.FileUse, error) { return r.use, nil }
func (r *rows) DropUnsent(_ context.Context, _ time.Duration, most int) (int, error) {
	n := min(r.unsent, most)
	r.unsent -= n
	return n, nil
}

func (r *rows) FilesTurn(context.Context, time.Duration) (bool, error) { return r.turn, nil }
func (r *rows) FilesKey(context.Context) ([]byte, error)               { return make([]byte, 32), nil }

func (r *rows) KnownFiles(_ context.Context, disks []string) (map[string]bool, error) {
	known := map[string]bool{}
	for _, f := range r.all {
		for _, d := range disks {
			known[d] = known[d] || d == f.Disk
		}
	}
	return known, nil
}

// house makes Files in a folder of the test's.
func house(t testing.TB, r *rows, change ...func(*Options)) *Files {
	t.Helper()
	o := Options{Folder: filepath.Join(t.TempDir(), "uploads"), Store: r, Limits: Limits{FreeBytes: -1}, Log: zerolog.Nop()}
	for _, c := range change {
		c(&o)
	}
	f, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.folder.close)
	return f
}

var visitor = chat.Upload{Site: "shop", Owner: "ana", Kind: chat.KindVisitor, Name: "a.txt"}

// left lists what is in the folder.
func left(t testing.TB, f *Files) (names []string) {
	t.Helper()
	err := filepath.WalkDir(f.o.Folder, func(path string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func wantCode(t testing.TB, err error, code chat.Code) {
	t.Helper()
	if chat.CodeOf(err) != code {
		t.Errorf("%v, want %s", err, code)
	}
}

// Every limit refuses what is beyond it, in words, and leaves nothing; at it all is well.
func TestLimits(t *testing.T) {
	text := func(n int) io.Reader {
		if n > 1<<20 { // a PDF is not read through
			return strings.NewReader("%PDF-1.7" + strings.Repeat("a", n-len("%PDF-1.7%%EOF")) + "%%EOF")
		}
		return strings.NewReader(strings.Repeat("a", n))
	}
	small := func(o *Options) { o.Limits.Bytes = 1000 }
	for name, c := range map[string]struct {
		change  func(*Options)
		use     chat.FileUse
		kind    chat.ParticipantKind
		size    int
		refused chat.Code
	}{
		"at the size":                 {change: small, size: 1000},
		"beyond the size":             {change: small, size: 1001, refused: chat.TooLarge},
		"no bound of the size":        {change: func(o *Options) { o.Limits.Bytes = -1 }, size: DefaultBytes + 1},
		"the site's room, nearly":     {use: chat.FileUse{Site: DefaultSiteBytes - 101}, size: 100},
		"the site's room":             {use: chat.FileUse{Site: DefaultSiteBytes - 100}, size: 100, refused: chat.TooLarge},
		"the site's room for agents":  {use: chat.FileUse{Site: DefaultSiteBytes}, size: 1, kind: chat.KindAgent, refused: chat.TooLarge},
		"no bound of the site's room": {change: func(o *Options) { o.Limits.SiteBytes = -1 }, use: chat.FileUse{Site: DefaultSiteBytes}, size: 1},
		"a day's, nearly":             {use: chat.FileUse{Owner: DefaultOwnerDayBytes - 101}, size: 100},
		"a day's":                     {use: chat.FileUse{Owner: DefaultOwnerDayBytes - 100}, size: 100, refused: chat.TooLarge},
		"a day's of an agent":         {use: chat.FileUse{Owner: DefaultOwnerDayBytes}, size: 100, kind: chat.KindAgent},
		"the disk is nearly full": {change: func(o *Options) {
			o.Limits.FreeBytes, o.Free = 0, func(string) (int64, error) { return DefaultFreeBytes + DefaultBytes - 1, nil }
		}, size: 1, refused: chat.Unavailable},
		"the disk has just enough": {change: func(o *Options) {
			o.Limits.FreeBytes, o.Free = 0, func(string) (int64, error) { return DefaultFreeBytes + DefaultBytes, nil }
		}, size: 1},
		"nobody knows the disk": {change: func(o *Options) {
			o.Limits.FreeBytes, o.Free = 0, func(string) (int64, error) { return 0, errors.New("no") }
		}, size: 1, refused: chat.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRows()
			r.use = c.use
			var results []string
			f := house(t, r, func(o *Options) {
				o.Taken = func(from chat.ParticipantKind, result string, bytes int64) { results = append(results, result) }
				if c.change != nil {
					c.change(o)
				}
			})
			u := visitor
			if c.kind != "" {
				u.Kind = c.kind
			}
			a, err := f.Take(t.Context(), u, text(c.size))
			wantCode(t, err, c.refused)
			there := left(t, f)
			if c.refused == "" && (len(there) != 1 || len(r.all) != 1 || a.Size != int64(c.size) || results[0] != "stored") ||
				c.refused != "" && (len(there)+len(r.all) != 0 || results[0] != string(c.refused)) || len(results) != 1 {
				t.Errorf("%+v; on the disk %v, rows %v, counted %v", a, there, r.all, results)
			}
		})
	}
}

// The disk of the folder can be asked.
func TestFreeBytes(t *testing.T) {
	if n, err := freeBytes(t.TempDir()); err != nil || n <= 0 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := freeBytes(filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Error("a folder that is not there has room")
	}
}

// More files at once than the limit are refused and told when to try again, and there is room again afterwards.
func TestAtOnce(t *testing.T) {
	f := house(t, newRows(), func(o *Options) { o.Limits.AtOnce = 1 })
	r, w := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := f.Take(context.Background(), visitor, r)
		done <- err
	}()
	if _, err := io.WriteString(w, "hola"); err != nil { // now it has begun
		t.Fatal(err)
	}
	_, err := f.Take(t.Context(), visitor, strings.NewReader("hola"))
	wantCode(t, err, chat.RateLimited)
	w.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, err := f.Take(t.Context(), visitor, strings.NewReader("hola")); err != nil {
		t.Fatal(err)
	}
}

// A sender who breaks off, and a database that refuses, leave nothing; one that does not answer may have stored the row, so the file stays.
func TestWhatIsLeft(t *testing.T) {
	broken := chat.Errorf(chat.BadRequest, "The request ended early.")
	for _, c := range []struct {
		from  io.Reader
		store error
		code  chat.Code
		files int
	}{
		{io.MultiReader(strings.NewReader("hola"), failing{broken}), nil, chat.BadRequest, 0},
		{strings.NewReader("hola"), errors.New("no such table"), chat.Internal, 0},
		{strings.NewReader("hola"), chat.Errorf(chat.Unavailable, "The database cannot be reached."), chat.Unavailable, 1},
	} {
		r := newRows()
		r.fails = c.store
		f := house(t, r)
		_, err := f.Take(t.Context(), visitor, c.from)
		wantCode(t, err, c.code)
		if got := left(t, f); len(got) != c.files {
			t.Errorf("%v leaves %v", err, got)
		}
	}
}

// A picture for which there is no room once it is made anew leaves nothing, small one and all.
func TestPictureWithoutRoomLeavesNothing(t *testing.T) {
	r := newRows()
	r.use.Owner = DefaultOwnerDayBytes - 1
	f := house(t, r)
	_, err := f.Take(t.Context(), visitor, bytes.NewReader(encoded(t, 500, 20)))
	wantCode(t, err, chat.TooLarge)
	if got := left(t, f); len(got) > 0 || len(r.all) > 0 {
		t.Errorf("left are %v and %v", got, r.all)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Files that no row names go when they are old enough; those with a row, young ones and what is not ours stay.
func TestSweep(t *testing.T) {
	r := newRows()
	now := time.Now()
	f := house(t, r, func(o *Options) { o.Now = func() time.Time { return now } })
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err) // there is no folder yet
	}
	u := visitor
	u.Name = "p.png"
	kept, err := f.Take(t.Context(), u, bytes.NewReader(encoded(t, 500, 20)))
	if err != nil {
		t.Fatal(err)
	}
	gone, err := f.Take(t.Context(), u, bytes.NewReader(encoded(t, 500, 20)))
	if err != nil {
		t.Fatal(err)
	}
	stray := r.all[gone.ID]
	delete(r.all, gone.ID)
	p, err := f.folder.begin()
	if err != nil {
		t.Fatal(err)
	}
	p.file.Close()
	foreign := filepath.Join(f.o.Folder, "README")
	if err := os.WriteFile(foreign, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Sweep(t.Context()); err != nil || len(left(t, f)) != 6 {
		t.Fatalf("young files are removed: %v, %v", left(t, f), err)
	}
	now = now.Add(strayAge + time.Hour)
	r.turn = false
	if err := f.Sweep(t.Context()); err != nil || len(left(t, f)) != 6 {
		t.Fatalf("somebody whose turn it is not removes files: %v, %v", left(t, f), err)
	}
	r.turn, r.unsent = true, 2*sweepBatch+1
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.unsent != 0 {
		t.Errorf("%d files that nobody has sent are not forgotten", r.unsent)
	}
	there := strings.Join(left(t, f), " ")
	if len(left(t, f)) != 3 || strings.Contains(there, stray.Disk) || strings.Count(there, r.all[kept.ID].Disk) != 2 || !strings.Contains(there, "README") {
		t.Errorf("left are %s", there)
	}
}

// encoded is a PNG of this size.
func encoded(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i*7) | 3
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An address is what was signed and no more: another file, size, day or key is none, and it ends after one to two days. All day long it is the same.
func TestAddresses(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	s := signer{key: []byte("key"), now: func() time.Time { return now }}
	a := chat.Attachment{ID: chat.NewID(), Type: typePNG, Thumb: "jpg", Name: "Ana's passport.png"}
	early := a
	s.sign(&early)
	now = now.Add(24*time.Hour - time.Second)
	late := a
	s.sign(&late)
	if early != late || strings.Contains(early.URL+early.Thumb, "Ana") || !strings.HasPrefix(early.URL, Prefix+a.ID+"/image.png?e=") || !strings.HasPrefix(early.Thumb, Prefix+a.ID+"/small.jpg?e=") {
		t.Fatalf("%+v\n%+v", early, late)
	}
	parts := func(url string) (id, name, ends, signature string) {
		path, query, _ := strings.Cut(strings.TrimPrefix(url, Prefix), "?e=")
		id, name, _ = strings.Cut(path, "/")
		ends, signature, _ = strings.Cut(query, "&s=")
		return id, name, ends, signature
	}
	id, name, ends, signature := parts(early.URL)
	until, err := s.check(id, name, ends, signature)
	if want := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC); err != nil || !until.Time().Equal(want) {
		t.Fatalf("good until %s, %v", until, err)
	}
	_, small, _, smallSignature := parts(early.Thumb)
	for _, bad := range [][4]string{
		{chat.NewID(), name, ends, signature}, {id, small, ends, signature}, {id, name, ends, smallSignature}, {id, name, "20999", signature}, {id, name, ends + "0", signature},
		{id, name, ends, ""}, {id, name, ends, signature[1:]}, {id, name, ends, signature + "A"}, {id, name, "", signature}, {"", "", "", ""}, {id, "../" + name, ends, signature},
	} {
		_, err := s.check(bad[0], bad[1], bad[2], bad[3])
		wantCode(t, err, chat.NotFound)
	}
	_, err = signer{key: []byte("other"), now: s.now}.check(id, name, ends, signature)
	wantCode(t, err, chat.NotFound)
	now = time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC)
	if _, err := s.check(id, name, ends, signature); err != nil {
		t.Error(err)
	}
	now = now.Add(time.Second)
	_, err = s.check(id, name, ends, signature)
	wantCode(t, err, chat.Gone)
	_, err = s.check(id, name, ends, signature[1:])
	wantCode(t, err, chat.NotFound)
}

// arrow is a picture whose corners tell which side is up: red, green, blue and white, clockwise from the upper left.
func arrow(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 255, 255, 255}
			switch {
			case x < w/2 && y < h/2:
				c = color.RGBA{255, 0, 0, 255}
			case y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x >= w/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// A picture is turned as EXIF says, whichever way, and made smaller in its proportion.
func TestRedraw(t *testing.T) {
	corners := func(img image.Image) string {
		b, s := img.Bounds(), ""
		for _, p := range []image.Point{{b.Dx() / 8, b.Dy() / 8}, {b.Dx() * 7 / 8, b.Dy() / 8}, {b.Dx() * 7 / 8, b.Dy() * 7 / 8}, {b.Dx() / 8, b.Dy() * 7 / 8}} {
			r, g, bl, _ := img.At(p.X, p.Y).RGBA()
			switch {
			case r > g && r > bl:
				s += "r"
			case g > r && g > bl:
				s += "g"
			case bl > r:
				s += "b"
			default:
				s += "w"
			}
		}
		return s
	}
	for o, want := range []string{1: "rgbw", 2: "grwb", 3: "bwrg", 4: "wbgr", 5: "rwbg", 6: "wrgb", 7: "bgrw", 8: "gbwr"} {
		if o == 0 {
			continue
		}
		for _, side := range []int{100, 30} {
			got := redraw(arrow(80, 40), o, side)
			w, h := within(80, 40, side)
			if o >= 5 {
				w, h = h, w
			}
			if corners(got) != want || got.Bounds().Dx() != w || got.Bounds().Dy() != h {
				t.Errorf("orientation %d, side %d: %s of %v, want %s of %d x %d", o, side, corners(got), got.Bounds(), want, w, h)
			}
		}
	}
	img := arrow(80, 40)
	if redraw(img, 1, 80) != image.Image(img) {
		t.Error("what need not be redrawn is")
	}
	if b := redraw(arrow(5000, 2), 1, maxSide).Bounds(); b.Dx() != maxSide || b.Dy() != 1 {
		t.Errorf("a thin one becomes %v", b)
	}
}

// A photograph that a camera held upright comes out upright, with what EXIF said gone.
func TestPhotographIsTurned(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, arrow(80, 40), nil); err != nil {
		t.Fatal(err)
	}
	exif := "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	photo := string(b.Bytes()[:2]) + exif + string(b.Bytes()[2:])
	f := house(t, newRows())
	u := visitor
	u.Name = "IMG_1.JPG"
	a, err := f.Take(t.Context(), u, strings.NewReader(photo))
	if err != nil || a.Width != 40 || a.Height != 80 || a.Name != "IMG_1.JPG" || a.Type != typeJPEG {
		t.Fatalf("%+v, %v", a, err)
	}
}

// What is too large for a file even when it is packed is packed as JPEG, or made smaller until it fits.
func TestWrittenWithinTheLimit(t *testing.T) {
	noise := func(alpha byte) *image.NRGBA {
		img := image.NewNRGBA(image.Rect(0, 0, 60, 60))
		x := uint32(1)
		for i := range img.Pix {
			x = x*1664525 + 1013904223
			img.Pix[i] = byte(x >> 24)
			if i%4 == 3 {
				img.Pix[i] = alpha
			}
		}
		return img
	}
	f := house(t, newRows(), func(o *Options) { o.Limits.Bytes = 8_000 })
	for _, c := range []struct {
		img     image.Image
		kind    string
		smaller bool
	}{{noise(255), typeJPEG, false}, {noise(128), typePNG, true}} {
		r := &ready{}
		if err := f.write(r, c.img, typePNG); err != nil {
			t.Fatal(err)
		}
		if r.Type != c.kind || r.Size > 8_000 || (r.Width < 60) != c.smaller {
			t.Errorf("%s of %d bytes, %d x %d", r.Type, r.Size, r.Width, r.Height)
		}
		r.discard()
	}
	if got := left(t, f); len(got) > 0 {
		t.Errorf("left are %v", got)
	}
}

// What pictures take while they are decoded is bounded before: by pixels, by sides, and by what their kind needs besides.
func TestFits(t *testing.T) {
	f := house(t, newRows())
	for _, c := range []struct {
		m    measured
		code chat.Code
	}{
		{measured{width: 8000, height: 5000, memory: 160_000_000}, ""},
		{measured{width: 8001, height: 5000, memory: 160_000_000}, chat.TooLarge},
		{measured{width: longestSide + 1, height: 1}, chat.TooLarge},
		{measured{width: 7000, height: 5000, memory: 15 * 35_000_000}, chat.TooLarge}, // progressive, without subsampling
	} {
		wantCode(t, f.fits(c.m), c.code)
	}
	most := f.mostMemory()
	if f.cost(measured{memory: 1}) != most/2 || f.cost(measured{memory: most}) != most || f.cost(measured{memory: 2 * most}) != most {
		t.Error("more than two are decoded at a time, or a large one for ever waits")
	}
}
