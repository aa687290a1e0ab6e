package main

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/store/storetest"
)

// sendsPicture makes a visitor send a picture, and returns the conversation's line.
func sendsPicture(t *testing.T, s *serving, key string) chat.Message {
	t.Helper()
	visitor := begin(t, s, key)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 900, 600))); err != nil {
		t.Fatal(err)
	}
	up, err := client.Upload(t.Context(), s.Public, "", visitor.token, "Foto.png", &b)
	if err != nil {
		t.Fatal(err)
	}
	var ok chat.SendOK
	if err := visitor.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Attachments: []chat.SendFile{{ID: up.ID}}}, &ok); err != nil {
		t.Fatal(err)
	}
	return ok.Message
}

// A backup, its restoration on either database and a copy carry what people attached, and the addresses of before are good on the server of after.
func TestAttachmentsAreMoved(t *testing.T) {
	s := serve(t, "")
	a := sendsPicture(t, s, addSite(t, "--data", s.data)).Attachments[0]
	_, _, picture := get(t, s.Public+a.URL, "")
	if len(picture) != int(a.Size) || !strings.HasPrefix(picture, "\x89PNG") {
		t.Fatalf("%d bytes, want %d", len(picture), a.Size)
	}
	half := filepath.Join(s.data, uploadsFolder, ".part-x")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	var report moved
	decode(t, good(t, "", "backup", file, "--data", s.data, "--json"), &report)
	if report.Files != 2 {
		t.Errorf("the backup has %d files, want the picture and its small one, and none that is not finished", report.Files)
	}
	s.end()
	check := func(what, data string, args ...string) {
		t.Helper()
		again := serve(t, data, args...)
		for _, url := range []string{a.URL, a.Thumb} {
			if status, _, text := get(t, again.Public+url, ""); status != 200 || url == a.URL && text != picture {
				t.Errorf("%s: %s is %d, %d bytes", what, url, status, len(text))
			}
		}
		again.end()
	}
	for _, database := range []string{"", storetest.PostgresURL(t)} {
		to := t.TempDir()
		args := []string{}
		if database != "" {
			args = append(args, "--database", database)
		}
		good(t, "", append([]string{"restore", file, "--data", to}, args...)...)
		check("restored", to, args...)
	}
	database := storetest.PostgresURL(t)
	good(t, "", "copy", "--to", database, "--data", s.data)
	check("copied", s.data, "--database", database)
}

// check finds out that a folder is not the one that belongs to the database, and says with Redis that all servers need the same.
func TestCheckUploads(t *testing.T) {
	s := serve(t, "")
	said := func(args ...string) string {
		t.Helper()
		c := command(t, "", nil, append([]string{"check", "--listen", "127.0.0.1:0", "--admin-listen", "", "--engine", "none", "--database", filepath.Join(s.data, databaseFile)}, args...)...)
		for line := range strings.Lines(c.stdout) {
			if strings.Contains(line, " uploads ") {
				return line
			}
		}
		t.Fatalf("nothing is said of uploads: %s", c.stdout)
		return ""
	}
	key := addSite(t, "--data", s.data)
	if line := said("--data", s.data); !strings.HasPrefix(line, "ok ") || !strings.Contains(line, "nobody has sent a file yet") {
		t.Error(line)
	}
	sendsPicture(t, s, key)
	if line := said("--data", s.data); !strings.HasPrefix(line, "ok ") || !strings.Contains(line, "the 1 newest files are there") || strings.Contains(line, "share") {
		t.Error(line)
	}
	if line := said("--data", s.data, "--redis", "redis://127.0.0.1:1"); !strings.HasPrefix(line, "ok ") || !strings.Contains(line, "every server needs this same folder") {
		t.Error(line)
	}
	if line := said("--data", t.TempDir()); !strings.HasPrefix(line, "fault ") || !strings.Contains(line, "1 of the 1 newest files are not in") || !strings.Contains(line, "--data") {
		t.Error(line)
	}
}

// What an upload says of limits that are set is what it says to clients, too.
func TestUploadSettings(t *testing.T) {
	s := serve(t, "", "--limit", "upload_megabytes=1", "--limit", "files_per_message=2")
	session := newSession(t, s.Public, addSite(t, "--data", s.data))
	if u := session.Uploads; u == nil || u.Bytes != 1<<20 || u.Files != 2 {
		t.Errorf("%+v", u)
	}
	_, err := client.Upload(t.Context(), s.Public, "", session.Token, "a.txt", io.LimitReader(letters{}, 1<<20+1))
	if err == nil || !strings.Contains(err.Error(), "at most 1 MB") {
		t.Error(err)
	}
}

// letters are as many as one likes.
type letters struct{}

func (letters) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}
