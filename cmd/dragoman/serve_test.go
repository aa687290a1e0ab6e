package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"

	_ "modernc.org/sqlite"
)

func TestServe(t *testing.T) {
	s := serve(t, "")
	for path, want := range map[string]int{
		"/": 200, "/healthz": 200, "/readyz": 200, "/agent/": 200, "/nothing": 404, "/metrics": 404, "/debug/pprof/": 404,
		"/demo/": 404, "/widget/nobody.js": 404, "/api/v1/sites": 404,
	} {
		if status, _, body := get(t, s.Public+path, ""); status != want {
			t.Errorf("%s: %d, want %d: %s", path, status, want, body)
		}
	}
	if status, _, _ := get(t, s.Public+"/", shopHost); status != 200 {
		t.Errorf("without --demo the name %s means something: %d", shopHost, status)
	}
	if _, header, _ := get(t, s.Public+"/", ""); header.Get("Content-Security-Policy") == "" || header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers of the start page: %v", header)
	}
	for _, want := range []string{"database: " + filepath.Join(s.data, databaseFile) + " (new)", "dragoman site add", "dragoman agent add", "nothing translates here"} {
		if !strings.Contains(s.stderr.String(), want) {
			t.Errorf("the first start does not say %q: %s", want, s.stderr)
		}
	}
}

func TestAdmin(t *testing.T) {
	s := serve(t, "")
	_, _, metrics := get(t, s.Admin+"/metrics", "")
	for _, want := range []string{`dragoman_people{kind="visitor"} 0`, `dragoman_ws_connections{kind="visitor"} 0`, "dragoman_rooms 0", "dragoman_build_info{", "go_goroutines", "dragoman_commit_seconds_count 0"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if status, _, _ := get(t, s.Admin+"/debug/pprof/goroutine?debug=1", ""); status != 200 {
		t.Errorf("profiles: %d", status)
	}
	// A page whose name was made to point at this machine says that name; and the command line may hold passwords.
	for host, want := range map[string]int{"evil.example": 403, "localhost.evil.example:9090": 403, "localhost:9090": 200, "127.0.0.1": 200, "[::1]:9090": 200} {
		if status, _, _ := get(t, s.Admin+"/metrics", host); status != want {
			t.Errorf("metrics under the name %s: %d, want %d", host, status, want)
		}
	}
	for _, path := range []string{"/agent/", "/widget/v1/session", "/", "/debug/pprof/cmdline"} {
		if status, _, _ := get(t, s.Admin+path, ""); status != 404 {
			t.Errorf("the admin address answers %s with %d", path, status)
		}
	}
}

func TestWithoutCommandItServes(t *testing.T) {
	started := make(chan Addresses, 1)
	ctx, cancel := context.WithCancel(t.Context())
	var out buffer
	m := Main{Args: []string{"--data", t.TempDir(), "--listen", "127.0.0.1:0", "--admin-listen", "", "--engine", "none"},
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Started: func(a Addresses) { started <- a; cancel() }}
	if code := m.Run(ctx); code != exitOK || len(started) != 1 {
		t.Fatalf("code %d: %s", code, out.String())
	}
	if a := <-started; a.Admin != "" {
		t.Errorf("it listens for admins at %s", a.Admin)
	}
}

func TestSecondServerIsRefused(t *testing.T) {
	s := serve(t, "")
	refused(t, exitFailed, "another server is running on the database", "serve", "--data", s.data, "--listen", "127.0.0.1:0", "--admin-listen", "")
	if status, _, _ := get(t, s.Public+"/readyz", ""); status != 200 {
		t.Errorf("the first server suffers: %d", status)
	}
	s.end()
	again := serve(t, s.data)
	if strings.Contains(again.stderr.String(), "(new)") {
		t.Errorf("it made another database: %s", again.stderr)
	}
}

func TestPortTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().String()
	data := filepath.Join(t.TempDir(), "data")
	refused(t, exitFailed, "cannot listen on "+taken+": another program has it", "serve", "--data", data, "--listen", taken)
	refused(t, exitFailed, "choose another port with --admin-listen", "serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", taken)
	if _, err := os.Stat(data); err == nil {
		t.Error("a database was made for a server that cannot run")
	}
}

func TestDataFolderThatCannotBeUsed(t *testing.T) {
	file := write(t, "", t.TempDir(), "file")
	for _, folder := range []string{file, filepath.Join(file, "below")} {
		refused(t, exitFailed, "cannot write to the folder "+folder, "serve", "--data", folder, "--listen", "127.0.0.1:0", "--admin-listen", "")
		refused(t, exitFailed, "cannot write to the folder "+folder, "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", folder)
	}
}

func TestFolderSentences(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		syscall.ENOSPC: "make room there", syscall.EDQUOT: "make room there", syscall.EACCES: "give this user the right to write there", syscall.EROFS: "choose another with --data",
	} {
		err := folderError("/x", &fs.PathError{Op: "mkdir", Path: "/x", Err: errno})
		if !strings.Contains(err.Error(), want) || !errors.Is(err, errno) {
			t.Errorf("%v: %v", errno, err)
		}
	}
}

func TestDatabaseOfANewerProgram(t *testing.T) {
	data := t.TempDir()
	good(t, "", "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", data)
	db, err := sql.Open("sqlite", filepath.Join(data, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO schema_steps (number, name, applied_at) VALUES (9999, 'future', 0)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"serve --listen 127.0.0.1:0 --admin-listen=", "site list", "check --listen 127.0.0.1:0 --admin-listen="} {
		r := command(t, "", nil, append(strings.Fields(line), "--data", data)...)
		if r.code != exitFailed || !strings.Contains(r.stdout+r.stderr, "was written by a newer version of dragoman") {
			t.Errorf("%s: code %d: %s%s", line, r.code, r.stdout, r.stderr)
		}
	}
}

func TestFileThatIsNoDatabase(t *testing.T) {
	data := t.TempDir()
	write(t, strings.Repeat("this is a letter to my aunt\n", 400), data, databaseFile)
	refused(t, exitFailed, "Is it a database of dragoman?", "serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "")
}

// The demo is made once; who is logged in stays so, and the printed passwords are right.
func TestDemo(t *testing.T) {
	s := serve(t, "", "--demo")
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.Public, "http://"))
	shop, chatOrigin := fmt.Sprintf("http://%s:%s", shopHost, port), fmt.Sprintf("http://%s:%s", chatHost, port)
	for _, page := range []string{"/demo/", "/demo/product.html", "/demo/cart.html", "/demo/es/", "/demo/ar/cart.html"} {
		status, header, body := get(t, s.Public+page, shopHost+":"+port)
		if status != 200 || !strings.Contains(body, scriptTag(chatOrigin, demoKey)) || strings.Contains(body, demoMark) {
			t.Errorf("%s: %d, and the script tag is not in %s", page, status, body)
		}
		if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src "+chatOrigin+";") {
			t.Errorf("%s: policy %s", page, csp)
		}
	}
	for from, to := range map[string]string{s.Public + "/demo/": shop + "/demo/", s.Public + "/demo/es/": shop + "/demo/es/"} {
		if status, header, _ := get(t, from, chatHost+":"+port); status != 302 || header.Get("Location") != to {
			t.Errorf("%s leads to %d %s", from, status, header.Get("Location"))
		}
	}
	if status, _, _ := get(t, s.Public+"/demo/none.html", shopHost); status != 404 {
		t.Errorf("a page that is not there: %d", status)
	}
	if status, _, _ := get(t, s.Public+"/agent/", shopHost); status != 404 {
		t.Errorf("the shop's name leads to the console: %d", status)
	}
	if status, _, body := get(t, s.Public+"/widget/"+demoKey+".js", chatHost+":"+port); status != 200 || !strings.Contains(body, demoKey) {
		t.Errorf("the loader: %d", status)
	}
	_, _, start := get(t, s.Public+"/", "")
	said := s.stderr.String()
	for _, want := range []string{shop + "/demo/", chatOrigin + "/agent/"} {
		if !strings.Contains(said, want) || !strings.Contains(start, want) {
			t.Errorf("%s is not named", want)
		}
	}
	passwords := demoPasswords(t, said)
	var agents []agentRow
	decode(t, good(t, "", "agent", "list", "--json", "--data", s.data), &agents)
	for _, a := range agents {
		if admin := a.Email == "emma@demo.localhost"; admin != (a.Role == chat.RoleAdmin) || admin != strings.Contains(line(said, a.Email), "admin") {
			t.Errorf("%s is an %s, and it is said: %s", a.Email, a.Role, line(said, a.Email))
		}
	}
	for email, password := range passwords {
		if strings.Contains(start, password) {
			t.Errorf("the start page shows the password of %s", email)
		}
	}
	s.end()
	again := serve(t, s.data, "--demo")
	for email, password := range demoPasswords(t, again.stderr.String()) {
		if passwords[email] != password {
			t.Errorf("a restart changed the password of %s", email)
		}
	}
	again.end()
	good(t, "a password of my own", "agent", "password", "emma@demo.localhost", "--data", s.data)
	third := demoPasswords(t, serve(t, s.data, "--demo").stderr.String())
	if third["emma@demo.localhost"] == passwords["emma@demo.localhost"] || third["lucia@demo.localhost"] != passwords["lucia@demo.localhost"] {
		t.Errorf("after one was changed: %v, before: %v", third, passwords)
	}
}

func TestDemoWithTheDatabaseElsewhere(t *testing.T) {
	folder := t.TempDir()
	s := serve(t, filepath.Join(folder, "data"), "--demo", "--database", filepath.Join(folder, "other", "chat.db"))
	demoPasswords(t, s.stderr.String())
	if !strings.Contains(s.stderr.String(), filepath.Join(folder, "other", "chat.db")+" (new)") {
		t.Errorf("it does not say where its database is: %s", s.stderr)
	}
}

// line is the first line of a text that has a word in it.
func line(text, word string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, word) {
			return l
		}
	}
	return ""
}

// demoPasswords reads what the demo printed.
func demoPasswords(t *testing.T, said string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(said) {
		if f := strings.Fields(line); len(f) > 2 && strings.HasSuffix(f[0], "@demo.localhost") {
			found[f[0]] = f[1]
		}
	}
	if len(found) != 2 {
		t.Fatalf("found the passwords of %d agents in: %s", len(found), said)
	}
	return found
}

// From the first instruction of Run to the first connection that is taken, on a database that is there.
func BenchmarkStart(b *testing.B) {
	data := b.TempDir()
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		began := time.Now()
		var took time.Duration
		var out buffer
		m := Main{Args: []string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--demo"},
			Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Started: func(Addresses) { took = time.Since(began); cancel() }}
		if code := m.Run(ctx); code != exitOK {
			b.Fatalf("code %d: %s", code, out.String())
		}
		b.ReportMetric(float64(took.Milliseconds()), "ms/start")
	}
}
