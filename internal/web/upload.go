package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"sync"
	"time"

	"dragoman/chat"
)

const (
	// uploadFields is how many fields may stand before a file, uploadField how long one may be, and uploadHead how long all that stands before the file
	// and around it may be, in bytes.
	uploadFields = 8
	uploadField  = 4 << 10
	uploadHead   = 64 << 10
	// uploadIdle is how long the next piece of a file may take.
	uploadIdle = 20 * time.Second
)

// UploadTime is how long a file may take to arrive, unless a setting says otherwise.
const UploadTime = 5 * time.Minute

// Upload is a file that is arriving: what it comes with, and its bytes by Read.
type Upload struct {
	// Name is what the sender calls it.
	Name   string
	fields map[string]string
	parts  *multipart.Reader
	part   *multipart.Part
	body   *arriving
}

// ReadUpload reads a body of multipart/form-data up to its file: fields that are named come before it, the first of them first; then "file", and nothing after it. within is how long
// all of it may take (0 or less: UploadTime), most how large the file may be (0: any size). The errors of Read are *chat.Error.
func ReadUpload(w http.ResponseWriter, r *http.Request, within time.Duration, most int64, fields ...string) (*Upload, error) {
	if within <= 0 {
		within = UploadTime
	}
	t, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || t != "multipart/form-data" || params["boundary"] == "" {
		return nil, WithStatus(http.StatusUnsupportedMediaType, chat.Errorf(chat.BadRequest, "Send it with Content-Type: multipart/form-data and a boundary."))
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, WithStatus(http.StatusUnsupportedMediaType, chat.Errorf(chat.BadRequest, "Send the body as it is, without Content-Encoding."))
	}
	if most > 0 && r.ContentLength > most+uploadHead {
		return nil, tooLarge(most)
	}
	body := &arriving{r: r.Body, left: uploadHead, response: http.NewResponseController(w), until: time.Now().Add(within)}
	u := &Upload{fields: map[string]string{}, parts: multipart.NewReader(body, params["boundary"]), body: body}
	if err := u.head(fields); err != nil {
		return nil, err
	}
	body.begin(most)
	return u, nil
}

func tooLarge(most int64) error {
	return chat.Errorf(chat.TooLarge, "This file is too large: at most %d MB.", max(1, most>>20))
}

// head reads the fields and stands at the file then.
func (u *Upload) head(fields []string) error {
	for range uploadFields + 1 {
		part, err := u.parts.NextRawPart()
		if err != nil {
			return u.broken(err)
		}
		if part.FormName() == "file" {
			for _, f := range fields {
				if _, ok := u.fields[f]; !ok {
					return chat.Errorf(chat.BadRequest, "The field %s comes before the file.", f)
				}
			}
			u.part, u.Name = part, part.FileName()
			return nil
		}
		value, err := io.ReadAll(io.LimitReader(part, uploadField+1))
		if err != nil {
			return u.broken(err)
		}
		if len(value) > uploadField {
			return chat.Errorf(chat.BadRequest, "A field before the file has at most %d bytes.", uploadField)
		}
		if _, twice := u.fields[part.FormName()]; twice {
			return chat.Errorf(chat.BadRequest, "A field stands there twice.")
		}
		u.fields[part.FormName()] = string(value)
	}
	return chat.Errorf(chat.BadRequest, "There are too many fields before the file.")
}

// GiveWay makes a Read that waits return with an error, and all that follow. It may be called beside them, until the handler has returned.
func (u *Upload) GiveWay() {
	u.body.mu.Lock()
	defer u.body.mu.Unlock()
	u.body.over = true
	u.body.response.SetReadDeadline(time.Unix(1, 0)) // where there is none, the next Read ends
}

// Field returns a field that stood before the file.
func (u *Upload) Field(name string) string { return u.fields[name] }

// Read reads the file. It comes to an end only if nothing follows and the whole request is there.
func (u *Upload) Read(b []byte) (int, error) {
	n, err := u.part.Read(b)
	if errors.Is(err, io.EOF) {
		if _, next := u.parts.NextRawPart(); next == nil {
			return n, chat.Errorf(chat.BadRequest, "One file at a time, and nothing behind it.")
		} else if !errors.Is(next, io.EOF) {
			return n, u.broken(next)
		}
		return n, u.body.end()
	}
	if err != nil {
		return n, u.broken(err)
	}
	return n, nil
}

// broken says why a body could not be read.
func (u *Upload) broken(err error) error {
	if e, ok := errors.AsType[*chat.Error](err); ok {
		return e
	}
	if u.body.slow {
		return WithStatus(http.StatusRequestTimeout, chat.Errorf(chat.BadRequest, "The file took too long to arrive. Try again where the connection is better, or make it smaller."))
	}
	return chat.Errorf(chat.BadRequest, "The request ended early, or is not multipart/form-data with a field file: send it again.")
}

// arriving is a body with an allowance of bytes and, once its file begins, with the time that it may take. Until then the server's own time-out holds.
type arriving struct {
	r        io.Reader
	response *http.ResponseController
	until    time.Time
	left     int64
	most     int64
	timed    bool
	slow     bool

	mu   sync.Mutex // guards the following, and the connection's deadline with it
	over bool       // nothing more is waited for
}

// begin allows the file.
func (a *arriving) begin(most int64) {
	a.timed, a.most = true, most
	if most > 0 {
		a.left += most
	}
}

// end lifts the time-out: what is done with the file may take longer than a piece of it, and the connection is watched meanwhile.
func (a *arriving) end() error {
	if err := a.within(time.Time{}); err != nil {
		return err
	}
	return io.EOF
}

// within sets until when the connection is read from.
func (a *arriving) within(until time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return os.ErrDeadlineExceeded
	}
	if err := a.response.SetReadDeadline(until); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

func (a *arriving) Read(b []byte) (int, error) {
	if a.timed {
		if err := a.within(earlier(a.until, time.Now().Add(uploadIdle))); err != nil {
			return 0, err
		}
	}
	if !a.timed || a.most > 0 {
		if a.left <= 0 {
			if !a.timed {
				return 0, chat.Errorf(chat.BadRequest, "What stands before the file is too long: at most %d bytes.", uploadHead)
			}
			return 0, tooLarge(a.most)
		}
		b = b[:min(int64(len(b)), a.left)]
	}
	n, err := a.r.Read(b)
	a.left -= int64(n)
	a.slow = a.slow || errors.Is(err, os.ErrDeadlineExceeded)
	return n, err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
