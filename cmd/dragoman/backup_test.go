package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/store"
	"dragoman/store/storetest"
)

// shopIn makes a database with a shop, an agent and two uploads, and returns the site's key.
func shopIn(t *testing.T, data string) string {
	t.Helper()
	key := addSite(t, "--data", data)
	good(t, "a password of mine", "agent", "add", "ana@a.example", "--name", "Ana", "--language", "en", "--data", data)
	if err := os.MkdirAll(filepath.Join(data, uploadsFolder, "2026"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "picture", data, uploadsFolder, "2026", "one.png")
	write(t, "", data, uploadsFolder, "empty")
	return key
}

// A backup that is taken while the server runs comes back in another place, of either kind, with its uploads.
func TestBackupAndRestore(t *testing.T) {
	s := serve(t, "")
	key := shopIn(t, s.data)
	begin(t, s, key).say(t, "Hola")
	file := filepath.Join(t.TempDir(), "b.zip")
	var report moved
	decode(t, good(t, "", "backup", file, "--data", s.data, "--json"), &report)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() != report.Bytes || report.Files != 2 || report.Rows < 5 {
		t.Errorf("the file has mode %s and %d bytes, the report says %+v", info.Mode(), info.Size(), report)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("it leaves %v behind", left)
	}
	refused(t, exitUsage, "there is a file", "backup", file, "--data", s.data)
	good(t, "", "backup", file, "--data", s.data, "--replace")
	for _, database := range []string{"", storetest.PostgresURL(t)} {
		to := t.TempDir()
		args := []string{"--data", to}
		if database != "" {
			args = append(args, "--database", database)
		}
		if said := good(t, "", append([]string{"restore", file}, args...)...); !strings.Contains(said, "restored ") {
			t.Errorf("it says %q", said)
		}
		refused(t, exitFailed, "there are uploads in", append([]string{"restore", file}, args...)...)
		if err := os.RemoveAll(filepath.Join(to, uploadsFolder)); err != nil {
			t.Fatal(err)
		}
		refused(t, exitFailed, "the target is not empty", append([]string{"restore", file}, args...)...)
		good(t, "", append([]string{"restore", file, "--replace"}, args...)...)
		if text, err := os.ReadFile(filepath.Join(to, uploadsFolder, "2026", "one.png")); err != nil || string(text) != "picture" {
			t.Errorf("the upload is %q, %v", text, err)
		}
		again := serve(t, to, args...)
		refused(t, exitFailed, "server is running on the database", append([]string{"restore", file, "--replace"}, args...)...)
		if text, err := os.ReadFile(filepath.Join(to, uploadsFolder, "2026", "one.png")); err != nil || string(text) != "picture" {
			t.Errorf("after a refusal the upload is %q, %v", text, err)
		}
		if left, _ := filepath.Glob(filepath.Join(to, "*restoring*")); len(left) > 0 {
			t.Errorf("a refusal leaves %v behind", left)
		}
		if status, _, _ := get(t, again.Public+"/widget/"+key+".js", ""); status != 200 {
			t.Errorf("the restored server does not know the site: %d", status)
		}
	}
}

func TestCopyToPostgres(t *testing.T) {
	data, database := t.TempDir(), storetest.PostgresURL(t)
	s := serve(t, data)
	key := shopIn(t, data)
	refused(t, exitFailed, "another server is running on the database", "copy", "--to", database, "--data", data)
	s.end()
	refused(t, exitUsage, "names the database itself", "copy", "--to", filepath.Join(data, databaseFile), "--data", data)
	refused(t, exitUsage, "want the path of a file", "copy", "--to", "mysql://x:secret@y/z", "--data", data)
	var report moved
	decode(t, good(t, "", "copy", "--to", database, "--data", data, "--json"), &report)
	if report.Rows < 3 || report.Database != database {
		t.Errorf("the report says %+v", report)
	}
	refused(t, exitFailed, "the target is not empty", "copy", "--to", database, "--data", data)
	good(t, "", "copy", "--to", database, "--data", data, "--replace")
	moved := serve(t, data, "--database", database)
	if status, _, _ := get(t, moved.Public+"/widget/"+key+".js", ""); status != 200 {
		t.Errorf("the copy does not know the site: %d", status)
	}
	refused(t, exitFailed, "server is running on the database", "copy", "--to", database, "--data", data, "--replace")
	back := filepath.Join(t.TempDir(), "back.db")
	refused(t, exitFailed, "server is running on the database", "copy", "--to", back, "--data", data, "--database", database)
	moved.end()
	good(t, "", "copy", "--to", back, "--data", data, "--database", database)
	if !strings.Contains(good(t, "", "site", "list", "--database", back), key) {
		t.Error("the copy back has no site")
	}
}

// A command that is stopped, or that fails, says what became of things, and leaves nothing.
func TestBackupsThatFail(t *testing.T) {
	data := t.TempDir()
	shopIn(t, data)
	folder := t.TempDir()
	file := filepath.Join(folder, "b.zip")
	good(t, "", "backup", file, "--data", data)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	half := write(t, string(text[:len(text)/2]), folder, "half.zip")
	refused(t, exitFailed, "damaged or was not written to its end", "restore", half, "--data", t.TempDir())
	refused(t, exitFailed, "cannot open the backup", "restore", filepath.Join(folder, "none.zip"), "--data", t.TempDir())
	refused(t, exitFailed, "cannot write the backup", "backup", filepath.Join(folder, "nowhere", "b.zip"), "--data", data)
	refused(t, exitFailed, "there is no database", "backup", filepath.Join(folder, "c.zip"), "--data", t.TempDir())
	refused(t, exitFailed, "there is no database", "copy", "--to", filepath.Join(folder, "c.db"), "--data", t.TempDir())
	refused(t, exitFailed, "cannot reach the database", "restore", file, "--data", t.TempDir(), "--database", "postgres://nobody:hunter2@127.0.0.1:1/none")

	into := t.TempDir()
	for _, args := range [][]string{
		{"backup", filepath.Join(folder, "stopped.zip"), "--data", data},
		{"restore", file, "--data", into},
		{"copy", "--to", filepath.Join(into, "copy.db"), "--data", data},
	} {
		var out buffer
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		m := Main{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
		if code := m.Run(ctx); code != exitFailed {
			t.Errorf("%s: code %d: %s", args[0], code, out.String())
		}
	}
	for _, pattern := range []string{filepath.Join(folder, "*stopped*"), filepath.Join(folder, ".*"), filepath.Join(into, "*.db"), filepath.Join(into, uploadsFolder+"*")} {
		if left, _ := filepath.Glob(pattern); len(left) > 0 {
			t.Errorf("what was stopped leaves %v behind", left)
		}
	}
}

// An archive cannot write outside of the folder of uploads, whatever its files are called.
func TestUploadsStayInTheirFolder(t *testing.T) {
	for _, name := range []string{"../evil", "/etc/evil", "a/../../evil", "..\\evil"} {
		folder := t.TempDir()
		data := filepath.Join(folder, "in", "data")
		if err := os.MkdirAll(data, 0o700); err != nil {
			t.Fatal(err)
		}
		a := archiveWith(t, name)
		u := &uploads{folder: filepath.Join(data, uploadsFolder)}
		err := u.stage(t.Context(), a, false)
		u.forget()
		outside := 0
		_ = filepath.WalkDir(folder, func(_ string, e os.DirEntry, _ error) error {
			if !e.IsDir() {
				outside++
			}
			return nil
		})
		if outside > 0 || err == nil && name != "..\\evil" {
			t.Errorf("%q: %d files lie about, %v", name, outside, err)
		}
	}
}

// archiveWith is a backup of nothing but one upload with this name.
func archiveWith(t *testing.T, name string) *store.Archive {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("files/" + name)
	if err == nil {
		_, err = f.Write([]byte("evil"))
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err = z.Create("manifest.json")
	if err == nil {
		err = json.NewEncoder(f).Encode(store.Manifest{Format: "dragoman-backup", Version: 1, Files: []store.ManifestFile{{
			Name: name, SHA256: "b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73",
		}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := store.OpenArchive(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A database that loses what it confirmed is refused, and used with a warning at every start by whoever insists.
func TestUnsafeDatabase(t *testing.T) {
	unsafe := storetest.PostgresURL(t) + "?options=-csynchronous_commit%3Doff"
	refused(t, exitFailed, "--allow-unsafe-database", "serve", "--listen", "127.0.0.1:0", "--admin-listen", "", "--database", unsafe)
	for range 2 {
		s := serve(t, "", "--database", unsafe, "--allow-unsafe-database")
		if !strings.Contains(s.stderr.String(), "would lose messages that were confirmed") {
			t.Errorf("it starts without a warning: %s", s.stderr)
		}
		s.end()
	}
}

func TestPasswordsAreHidden(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://u:hunter2@h:1/db":               "postgres://u:xxxxx@h:1/db",
		"postgres://h/db?user=u&password=hunter2":   "postgres://h/db",
		"postgres://u:1/hunter2@h/db":               "(an address that cannot be read)",
		"postgres://u:1#hunter2@h/db":               "(an address that cannot be read)",
		"postgres://u:1?hunter2@h/db":               "postgres://u:1",
		"postgres://u:hunter2%zz@h/db":              "(an address that cannot be read)",
		"postgres://u:hunter2@h/db?password=hunter": "postgres://u:xxxxx@h/db",
	} {
		if got := hidePassword(address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}
