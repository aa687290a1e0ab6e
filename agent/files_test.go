package agent_test

import (
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"

	"golang.org/x/text/language"
)

func TestTermsAsCSV(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	file := "from,to,source,target,case_sensitive\r\nen,es,\"tea, loose\",té a granel,false\r\n,,Alma,,true\r\nen,klingon-,x,y,\r\n"
	for round, want := range []chat.Kept{{Added: 2}, {Replaced: 2}} {
		got := parse[chat.Imported](t, admin.want(200, "", "POST", "shop/terms.csv", file, "Content-Type", "text/csv; charset=utf-8"))
		if got.Kept != want || got.Refused != 1 || len(got.Refusals) != 1 || got.Refusals[0].Line != 4 || !strings.Contains(got.Refusals[0].Why, "BCP 47") {
			t.Errorf("round %d: %+v", round, got)
		}
	}
	out := admin.want(200, "", "GET", "shop/terms.csv", "")
	if h := out.header; h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("Content-Disposition") != `attachment; filename="shop-terms.csv"` {
		t.Errorf("headers %v", h)
	}
	rows, err := csv.NewReader(strings.NewReader(out.body)).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][2] != "Alma" || rows[2][2] != "tea, loose" {
		t.Errorf("%q, %v", rows, err)
	}
	if got := parse[chat.Imported](t, admin.want(200, "", "POST", "shop/terms.csv", out.body, "Content-Type", "application/vnd.ms-excel")); got.Replaced != 2 || got.Refused != 0 {
		t.Errorf("what was written is read as %+v", got)
	}
	for body, says := range map[string]string{"": "", "a,b\r\n1,2\r\n": "", "from,to,source,target\r\nen,es,\xff\xfe\xfd,x\r\n": "UTF-8"} {
		got := admin.ask("POST", "shop/terms.csv", body, "Content-Type", "text/csv")
		if got.status != 400 && got.status != 422 || !strings.Contains(got.Detail, says) {
			t.Errorf("%q: %d %s", body, got.status, got.body)
		}
	}
	for _, kind := range []string{"application/json", "text/html", "text/csv; charset=latin1", ""} {
		admin.want(415, chat.BadRequest, "POST", "shop/terms.csv", file, "Content-Type", kind)
	}
	admin.want(415, chat.BadRequest, "POST", "shop/terms.csv", file, "Content-Type", "text/csv", "Content-Encoding", "gzip")
	large := "from,to,source,target\r\n" + strings.Repeat("en,es,a,b\r\n", 500_000)
	if got := admin.want(422, chat.TooLong, "POST", "shop/terms.csv", large, "Content-Type", "text/csv"); !strings.Contains(got.Detail, "4 MiB") {
		t.Errorf("%s", got.Detail)
	}
	if all, _, err := s.Store.Terms(t.Context(), "shop", -1); err != nil || len(all) != 2 {
		t.Errorf("what was refused has changed the glossary: %+v, %v", all, err)
	}
}

// A file whose end does not arrive is nothing that the file has done wrong, and nothing of it is stored.
func TestAFileThatEndsEarly(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /agent/v1/sites/shop/terms.csv HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nCookie: %s\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\nsource\r\nAlma\r\n",
		strings.TrimPrefix(s.URL, "http://"), s.URL, admin.cookie)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); res.StatusCode != 400 || !strings.Contains(string(b), "ended early") || !strings.Contains(string(b), `"refused":{"reason":"cut"}`) {
		t.Errorf("%d %s", res.StatusCode, b)
	}
	if all, _, err := s.Store.Terms(t.Context(), "shop", -1); err != nil || len(all) != 0 {
		t.Errorf("half a file was stored: %+v, %v", all, err)
	}
}

func TestMemoryAsTMX(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	const many = 450 // more than the store reads at once
	var entries []chat.MemoryEntry
	for i := range many {
		entries = append(entries, chat.MemoryEntry{From: language.English, To: language.Spanish, Source: fmt.Sprintf("Tea < %d & more", i), Target: fmt.Sprint("Té ", i),
			Origin: chat.MemoryCorrection, By: "Ada", Key: fmt.Sprint(i)})
	}
	if _, err := s.Store.Remember(t.Context(), "shop", entries); err != nil {
		t.Fatal(err)
	}
	out := admin.want(200, "", "GET", "shop/memory.tmx", "")
	if h := out.header; h.Get("Content-Type") != "application/x-tmx+xml" || h.Get("Content-Disposition") != `attachment; filename="shop-memory.tmx"` {
		t.Errorf("headers %v", h)
	}
	var file struct {
		Units []struct {
			Segments []string `xml:"tuv>seg"`
		} `xml:"body>tu"`
	}
	if err := xml.Unmarshal([]byte(out.body), &file); err != nil || len(file.Units) != many {
		t.Errorf("%d units, %v", len(file.Units), err)
	}
}

// tmx is a file with these units in English and Spanish.
func tmx(units ...[2]string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4"><header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en" srclang="en" datatype="plaintext"/><body>`)
	for _, u := range units {
		fmt.Fprintf(&b, `<tu><tuv xml:lang="en"><seg>%s</seg></tuv><tuv xml:lang="es"><seg>%s</seg></tuv></tu>`, u[0], u[1])
	}
	b.WriteString(`</body></tmx>`)
	return b.String()
}

func TestTMXIntoTheMemory(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	admin := as(t, s, edgetest.Dora)
	file := tmx([2]string{"Loose tea", "Té a granel"}, [2]string{"Good day", "Buenos días"}, [2]string{" ", "nada"})
	count := func() int {
		n, err := s.Store.CountMemory(t.Context(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		query string
		want  chat.Kept
		count int
	}{{"", chat.Kept{Added: 2}, 2}, {"?both=false", chat.Kept{Replaced: 2}, 2}, {"?both=true", chat.Kept{Added: 2, Replaced: 2}, 4}} {
		got := parse[chat.Imported](t, admin.want(200, "", "POST", "shop/memory.tmx"+step.query, file, "Content-Type", "application/x-tmx+xml"))
		if got.Kept != step.want || got.Refused == 0 || count() != step.count {
			t.Errorf("%q: %+v, then %d entries", step.query, got, count())
		}
	}
	// What was written is read again, and is the same.
	out := admin.want(200, "", "GET", "shop/memory.tmx", "").body
	if got := parse[chat.Imported](t, admin.want(200, "", "POST", "shop/memory.tmx", out, "Content-Type", "text/xml")); got.Replaced != 4 || got.Added != 0 || got.Refused != 0 {
		t.Errorf("read again: %+v", got)
	}
	for _, bad := range []string{"", "hello", file[:len(file)-8], "<html></html>"} {
		if got := admin.ask("POST", "shop/memory.tmx", bad, "Content-Type", "application/xml"); got.status != 400 && got.status != 422 {
			t.Errorf("%.40q: %d %s", bad, got.status, got.body)
		}
	}
	admin.want(400, chat.BadRequest, "POST", "shop/memory.tmx?both=yes", file, "Content-Type", "application/xml")
	admin.want(400, chat.BadRequest, "POST", "shop/memory.tmx?bth=true", file, "Content-Type", "application/xml")
	admin.want(415, chat.BadRequest, "POST", "shop/memory.tmx", file, "Content-Type", "application/json")
	admin.want(200, "", "PATCH", where, `{"no_memory":true}`)
	admin.want(409, chat.BadState, "POST", "shop/memory.tmx", file, "Content-Type", "application/xml")
	if count() != 4 {
		t.Errorf("what was refused has left %d entries", count())
	}
}
