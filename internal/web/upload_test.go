package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// deadlines notes until when a connection is read from.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// Each piece of a file has its time, but not beyond the time for all of it; once it is there, what is done with it may take longer.
func TestDeadlinesOfAnUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for within, want := range map[time.Duration]time.Duration{0: uploadIdle, uploadIdle / 2: uploadIdle / 2} {
			r := httptest.NewRequest("POST", "/", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nt\r\n"+
				"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"+strings.Repeat("a", 100_000)+"\r\n--b--\r\n"))
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			u, err := ReadUpload(w, r, within, 1<<20, "token")
			if err != nil || len(w.set) > 0 {
				t.Fatalf("before the file: %v, %v", w.set, err)
			}
			if n, err := io.Copy(io.Discard, u); n != 100_000 || err != nil {
				t.Fatalf("%d bytes, %v", n, err)
			}
			last := len(w.set) - 1
			if last < 1 || !w.set[last].IsZero() {
				t.Fatalf("it is not lifted: %v", w.set)
			}
			for _, at := range w.set[:last] {
				if got := time.Until(at); got != want {
					t.Errorf("within %s: a piece may take %s, want %s", within, got, want)
				}
			}
		}
	})
}

// A Read that waits for a connection ends when it is told to give way, the answer still gets through, and no deadline is put off or lifted after that.
func TestUploadGivesWay(t *testing.T) {
	coming := make(chan *Upload)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := ReadUpload(w, r, 0, 1<<20, "token")
		if err != nil {
			t.Error(err)
			return
		}
		coming <- u
		if _, err = io.Copy(io.Discard, u); err == nil {
			t.Error("the file has come to an end")
		}
		if err := u.body.end(); err == io.EOF {
			t.Error("the time-out is lifted")
		}
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer s.Close()
	body, more := io.Pipe()
	defer more.Close()
	go more.Write([]byte("--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nt\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhola"))
	go func() { (<-coming).GiveWay() }()
	answer, err := http.Post(s.URL, "multipart/form-data; boundary=b", body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the answer is %s", answer.Status)
	}
}
