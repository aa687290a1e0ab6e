package widget_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/widget"
)

// Tricks with the request itself. Each has its answer, and none leaves a file.
func TestHostileRequests(t *testing.T) {
	s := openHouse(t)
	token, others := s.Visitor("shop").Token, s.Visitor("other").Token
	const ours = "http://example.com" // httptest's host
	field := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	file := func(content string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + content + "\r\n"
	}
	const end = "--b--\r\n"
	own := field("token", token)
	for _, c := range []struct {
		what, kind, origin, body string
		status                   int
		code                     chat.Code
	}{
		{"two files", "", ours, own + file("one") + file("two") + end, 400, chat.BadRequest},
		{"a field behind the file", "", ours, own + file("one") + field("x", "y") + end, 400, chat.BadRequest},
		{"the file before the token", "", ours, file("one") + own + end, 400, chat.BadRequest},
		{"no file", "", ours, own + end, 400, chat.BadRequest},
		{"nothing", "", ours, "", 400, chat.BadRequest},
		{"a file without its end", "", ours, own + strings.TrimSuffix(file("one"), "\r\n"), 400, chat.BadRequest},
		{"a body without its end", "", ours, own + file("one"), 400, chat.BadRequest},
		{"two tokens", "", ours, own + own + file("one") + end, 400, chat.BadRequest},
		{"nine fields", "", ours, strings.Repeat(field("x", ""), 1) + field("1", "") + field("2", "") + field("3", "") + field("4", "") + field("5", "") + field("6", "") + field("7", "") + field("8", "") + own + file("one") + end, 400, chat.BadRequest},
		{"a token of 5,000 bytes", "", ours, field("token", strings.Repeat("x", 5000)) + file("one") + end, 400, chat.BadRequest},
		{"a head of 100,000 bytes", "", ours, "--b\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n\r\n" + own + file("one") + end, 400, chat.BadRequest},
		{"a name with a line break", "", ours, own + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\r\nSet-Cookie: x=1.txt\"\r\n\r\none\r\n" + end, 400, chat.BadRequest},
		{"no boundary", "multipart/form-data", ours, own + file("one") + end, 415, chat.BadRequest},
		{"another boundary", "multipart/form-data; boundary=c", ours, own + file("one") + end, 400, chat.BadRequest},
		{"JSON", "application/json", ours, "{}", 415, chat.BadRequest},
		{"mixed", "multipart/mixed; boundary=b", ours, own + file("one") + end, 415, chat.BadRequest},
		{"multipart in multipart", "", ours, own + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n" + html + "\r\n--c--\r\n" + end, 200, ""},
		{"a coding that nobody decodes", "", ours, own + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\nPHN2Zz4=\r\n" + end, 200, ""},
		{"a length that is a lie", "", ours, own + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Length: 9999999\r\n\r\none\r\n" + end, 200, ""},
		{"fields that nobody knows yet", "", ours, own + field("purpose", "x") + file("one") + end, 200, ""},
		{"all is well", "", ours, own + file("one") + end, 200, ""},
		{"from a page of the shop", "", edgetest.ShopOrigin, own + file("one") + end, 200, ""},
		{"no browser", "", "", own + file("one") + end, 200, ""},
		{"from a page of another shop", "", edgetest.OtherOrigin, own + file("one") + end, 403, chat.BadOrigin},
		{"from nowhere", "", "null", own + file("one") + end, 403, chat.BadOrigin},
		{"nobody's token", "", ours, field("token", widget.NewToken("shop")) + file("one") + end, 401, chat.BadToken},
		{"no token at all", "", ours, field("token", "") + file("one") + end, 401, chat.BadToken},
		{"the other shop's token under this one's name", "", ours, field("token", "shop"+strings.TrimPrefix(others, "other")) + file("one") + end, 401, chat.BadToken},
	} {
		before := len(onDisk(t, s))
		r := httptest.NewRequest("POST", "/widget/v1/upload", strings.NewReader(c.body))
		if r.Header.Set("Content-Type", c.kind); c.kind == "" {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		s.Handler.ServeHTTP(w, r)
		var got posted
		if err := json.Unmarshal(w.Body.Bytes(), &got.Problem); err != nil || w.Code != c.status || got.Code != c.code || (got.Detail == "") != (c.code == "") {
			t.Errorf("%s: %d %s, want %d %s", c.what, w.Code, w.Body, c.status, c.code)
		}
		if after := len(onDisk(t, s)); after-before != oneIf(c.status == 200) {
			t.Errorf("%s: %d files more", c.what, after-before)
		}
		if c.origin == edgetest.ShopOrigin && w.Header().Get("Access-Control-Allow-Origin") != edgetest.ShopOrigin {
			t.Errorf("%s: %v", c.what, w.Header())
		}
	}
	for origin, want := range map[string]int{edgetest.ShopOrigin: 204, "https://evil.example": 403} {
		r := httptest.NewRequest("OPTIONS", "/widget/v1/upload", nil)
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		if s.Handler.ServeHTTP(w, r); w.Code != want {
			t.Errorf("a preflight of %s: %d", origin, w.Code)
		}
	}
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// beginUpload sends the head of an upload and some of its file over a connection of its own, as if there were a megabyte.
func beginUpload(t *testing.T, s *edgetest.Server, token string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := fmt.Fprintf(conn, "POST /widget/v1/upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n%s",
		strings.TrimSuffix(form(token, "a.txt", "", strings.Repeat("a", 20_000)), "--b--\r\n")); err != nil {
		t.Fatal(err)
	}
	return conn
}

// A sender who hangs up in the middle leaves nothing.
func TestUploadBrokenOff(t *testing.T) {
	s := openHouse(t)
	conn := beginUpload(t, s, s.Visitor("shop").Token)
	edgetest.Until(t, "the file is on its way", func() bool { return len(onDisk(t, s)) == 1 })
	if name := filepath.Base(onDisk(t, s)[0]); !strings.HasPrefix(name, ".part-") {
		t.Errorf("an unfinished file is called %s", name)
	}
	conn.Close()
	edgetest.Until(t, "nothing is left of it", func() bool { return len(onDisk(t, s)) == 0 })
}

// A sender who takes too long is told so, and leaves nothing.
func TestUploadTooSlow(t *testing.T) {
	l := widget.DefaultLimits()
	s := edgetest.Start(t, edgetest.Options{Widget: &l, UploadTime: 50 * time.Millisecond})
	conn := beginUpload(t, s, s.Visitor("shop").Token)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var p posted
	if err := json.NewDecoder(resp.Body).Decode(&p.Problem); err != nil || resp.StatusCode != 408 || !strings.Contains(p.Detail, "too long to arrive") {
		t.Errorf("%s %+v %v", resp.Status, p.Problem, err)
	}
	if left := onDisk(t, s); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

// What one visitor and one address may send up is counted, by the hour and at once.
func TestUploadLimits(t *testing.T) {
	l := widget.DefaultLimits()
	if l.UploadsPerHour != 10 || l.UploadBurst != 20 || l.AddressUploadsPerHour != 100 || l.AddressUploadBurst != 200 || l.UploadsAtOnce != 3 || l.AddressUploadsAtOnce != 8 {
		t.Errorf("defaults: %+v", l)
	}
	l.UploadsPerHour, l.UploadBurst, l.AddressUploadsPerHour, l.AddressUploadBurst, l.UploadsAtOnce, l.AddressUploadsAtOnce = 1, 2, 1, 3, 1, 2
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	ana, ben, eva := s.Visitor("shop").Token, s.Visitor("shop").Token, s.Visitor("shop").Token
	send := func(token string, want int, sentence string) {
		t.Helper()
		if got := postForm(t, s, form(token, "a.txt", "", "hola")); got.status != want || !strings.Contains(got.Detail, sentence) || (want == 429) != (got.RetryAfterS > 0) {
			t.Errorf("%d %+v, want %d %q", got.status, got.Problem, want, sentence)
		}
	}
	conn := beginUpload(t, s, ana)
	edgetest.Until(t, "the first is on its way", func() bool { return len(onDisk(t, s)) == 1 })
	send(ana, 429, "Several files are on their way")
	second := beginUpload(t, s, ben)
	edgetest.Until(t, "the second is on its way", func() bool { return len(onDisk(t, s)) == 2 })
	send(eva, 429, "Many files come from this address")
	conn.Close()
	second.Close()
	edgetest.Until(t, "nothing is on its way", func() bool {
		return len(onDisk(t, s)) == 0 && strings.Count(s.Log.String(), `"route":"POST /widget/v1/upload"`) == 4
	})
	send(ana, 200, "")
	send(ana, 429, "That were many files")
	send(eva, 429, "Too many files come from this address")
}

// Trying tokens is limited here as where sessions begin: each costs the database a look.
func TestUploadsWithTokensOfNobody(t *testing.T) {
	l := widget.DefaultLimits()
	l.SessionsPerMinute, l.SessionsBurst = 1, 3
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	good := s.Visitor("shop").Token // the first of the three
	for i, want := range []int{401, 401, 429} {
		if got := postForm(t, s, form(widget.NewToken("shop"), "a.txt", "", "hola")); got.status != want || (want == 429) != (got.RetryAfterS > 0) {
			t.Errorf("bad token number %d: %d %+v, want %d", i+1, got.status, got.Problem, want)
		}
	}
	if got := postForm(t, s, form(good, "a.txt", "", "hola")); got.status != 429 {
		t.Errorf("a good one from the same address: %d, want 429", got.status)
	}
}

// Notes' files are not a visitor's to see, nor can he attach what is an agent's; everybody else's are not found.
func TestFilesOfNotes(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	ana, ben := s.Visitor("shop"), s.Visitor("shop")
	visitor, cookie := s.Join(ana.Token), s.Login(edgetest.Ada)
	agent := s.Sit(cookie)
	id := s.Say(visitor, "", "hola").Conversation
	up, err := client.AgentUpload(t.Context(), s.URL, cookie, id, "internal.txt", strings.NewReader("internal"))
	if err != nil {
		t.Fatal(err)
	}
	attach := func(c *client.Conn, note bool, file string) error {
		return c.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "x", Note: note, Conversation: id, Attachments: []chat.SendFile{{ID: file}}}, nil)
	}
	if err := attach(visitor, false, up.ID); chat.CodeOf(err) != chat.NotFound {
		t.Errorf("a visitor attaches an agent's file: %v", err)
	}
	if err := attach(agent, true, up.ID); err != nil {
		t.Fatal(err)
	}
	var history chat.HistoryOK
	if err := visitor.Call(t.Context(), chat.CallHistory, chat.History{Conversation: id}, &history); err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(history); bytes.Contains(b, []byte(up.ID)) || bytes.Contains(b, []byte("internal")) {
		t.Errorf("a visitor sees %s", b)
	}
	if err := agent.Call(t.Context(), chat.CallHistory, chat.History{Conversation: id}, &history); err != nil || history.Messages[1].Attachments[0].URL == "" {
		t.Errorf("an agent sees %+v, %v", history, err)
	}
	bens, err := client.Upload(t.Context(), s.URL, "", ben.Token, "ben.txt", strings.NewReader("ben"))
	if err != nil {
		t.Fatal(err)
	}
	if err := attach(visitor, false, bens.ID); chat.CodeOf(err) != chat.NotFound {
		t.Errorf("a visitor attaches another's file: %v", err)
	}
	for what, c := range map[string]chat.Send{
		"six files":     {Text: "x", Attachments: []chat.SendFile{{ID: chat.NewID()}, {ID: chat.NewID()}, {ID: chat.NewID()}, {ID: chat.NewID()}, {ID: chat.NewID()}, {ID: chat.NewID()}}},
		"no id":         {Text: "x", Attachments: []chat.SendFile{{}}},
		"one twice":     {Text: "x", Attachments: []chat.SendFile{{ID: bens.ID}, {ID: bens.ID}}},
		"a long alt":    {Text: "x", Attachments: []chat.SendFile{{ID: bens.ID, Alt: strings.Repeat("x", chat.MaxAlt+1)}}},
		"nothing":       {Attachments: []chat.SendFile{}},
		"blanks, alone": {Text: " \n"},
	} {
		c.Key = chat.NewID()
		if code := chat.CodeOf(visitor.Call(t.Context(), chat.CallSend, c, nil)); code != chat.BadRequest && code != chat.TooLong && code != chat.Empty {
			t.Errorf("%s: %q", what, code)
		}
	}
}

// An address is good for its time, gives parts, is kept by browsers, and is nobody's who made it up.
func TestFileAddresses(t *testing.T) {
	var late atomic.Int64
	s := edgetest.Start(t, edgetest.Options{FilesNow: func() time.Time { return time.Now().Add(time.Duration(late.Load())) }})
	up, err := client.Upload(t.Context(), s.URL, "", s.Visitor("shop").Token, "Fotografía «1».png", bytes.NewReader(drawnPNG(900, 600)))
	if err != nil {
		t.Fatal(err)
	}
	resp, whole := loaded(t, s, up.URL)
	var age int
	if _, err := fmt.Sscanf(resp.Header.Get("Cache-Control"), "private, max-age=%d, immutable", &age); err != nil || age < 86_000 || age > 2*86_400 {
		t.Errorf("a browser keeps it longer than its address is good, or not: %q", resp.Header.Get("Cache-Control"))
	}
	if want := `inline; filename="Fotograf_a _1_.png"; filename*=UTF-8''Fotograf%C3%ADa%20%C2%AB1%C2%BB.png`; resp.Header.Get("Content-Disposition") != want {
		t.Errorf("%s, want %s", resp.Header.Get("Content-Disposition"), want)
	}
	if img, err := png.Decode(bytes.NewReader(whole)); err != nil || img.Bounds().Dx() != 900 {
		t.Error(err)
	}
	part, b := loaded(t, s, up.URL, "Range", "bytes=10-19")
	if part.StatusCode != 206 || !bytes.Equal(b, whole[10:20]) || part.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%s %v", part.Status, part.Header)
	}
	if again, b := loaded(t, s, up.URL, "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != 304 || len(b) > 0 {
		t.Errorf("%s", again.Status)
	}
	if small, _ := loaded(t, s, up.Thumb, "If-None-Match", resp.Header.Get("ETag")); small.StatusCode != 200 || small.Header.Get("ETag") == resp.Header.Get("ETag") {
		t.Errorf("the small one is taken for the large one: %s", small.Status)
	}
	if shop, _ := loaded(t, s, up.URL, "Origin", edgetest.ShopOrigin); shop.Header.Get("Access-Control-Allow-Origin") != edgetest.ShopOrigin {
		t.Errorf("a page of the shop may not read it: %v", shop.Header)
	}
	if evil, _ := loaded(t, s, up.URL, "Origin", "https://evil.example"); evil.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("any page may read it: %v", evil.Header)
	}
	for _, bad := range []string{strings.Replace(up.URL, "image.png", "small.jpg", 1), up.URL + "x", strings.Split(up.URL, "?")[0], strings.Replace(up.URL, up.ID, chat.NewID(), 1)} {
		if resp, b := loaded(t, s, bad); resp.StatusCode != 404 || bytes.Contains(b, []byte("PNG")) {
			t.Errorf("%s: %s", bad, resp.Status)
		}
	}
	late.Store(int64(48 * time.Hour))
	if resp, b := loaded(t, s, up.URL); resp.StatusCode != 410 || !strings.Contains(string(b), "Open the conversation again") || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s", resp.Status, b)
	}
}
