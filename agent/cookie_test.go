package agent

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"testing"
)

func TestCookie(t *testing.T) {
	id := newSession()
	for secure, want := range map[bool]string{
		true:  "__Host-dragoman=" + id + "; Path=/; HttpOnly; Secure; SameSite=Lax",
		false: "dragoman=" + id + "; Path=/; HttpOnly; SameSite=Lax",
	} {
		if got := cookie(id, secure).String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got := cookie("", secure).String(); !strings.Contains(got, "Max-Age=0") || !strings.HasPrefix(got, nameOf(secure)+"=;") {
			t.Errorf("taken away by %s", got)
		}
	}
}

func TestSessionInCookies(t *testing.T) {
	id, other := newSession(), newSession()
	want := SessionHash(sha256.Sum256([]byte(id)))
	for header, ok := range map[string]bool{
		"dragoman=" + id:                         true,
		"a=b; dragoman=" + id + "; c=d":          true,
		"  dragoman=" + id:                       true,
		"":                                       false,
		"dragoman=":                              false,
		"dragoman":                               false,
		"Dragoman=" + id:                         false,
		"xdragoman=" + id:                        false,
		"__Host-dragoman=" + id:                  false, // only behind TLS
		"dragoman=" + id + "; dragoman=" + other: false,
		"dragoman=" + id + "; dragoman=" + id:    false,
		"dragoman=" + id[1:]:                     false,
		"dragoman=" + id + "A":                   false,
		"dragoman=" + strings.Repeat("!", len(id)):   false,
		"dragoman=" + id + ",dragoman=" + other:      false,
		"dragoman=" + strings.Repeat("A", 1<<20):     false,
		strings.Repeat("a=b; ", 5000) + "dragoman=x": false,
	} {
		got, found := sessionIn(header, false)
		if found != ok || ok && got != want {
			t.Errorf("%.60q: %v", header, found)
		}
	}
	if _, ok := sessionIn("dragoman="+id, true); ok {
		t.Error("behind TLS a cookie counts that anybody could have set")
	}
	if got, ok := sessionIn("__Host-dragoman="+id, true); !ok || got != want {
		t.Error("behind TLS the cookie is not found")
	}
}

func TestCredentials(t *testing.T) {
	want := SessionHash(sha256.Sum256([]byte("x")))
	if got, ok := sessionOf(credential(want)); !ok || got != want {
		t.Error("a credential does not come back")
	}
	for _, bad := range []string{"", "login:", "visitor:" + strings.Repeat("0", 64), "login:" + strings.Repeat("x", 64), "login:" + strings.Repeat("0", 62)} {
		if _, ok := sessionOf(bad); ok {
			t.Errorf("%q names a session", bad)
		}
	}
}

// A Cookie header holds a session only if exactly one cookie of ours with 256 bits stands in it.
func FuzzCookie(f *testing.F) {
	f.Add("dragoman=" + newSession())
	f.Add("a=b; dragoman=x; dragoman=y")
	f.Add("__Host-dragoman=\"" + newSession() + "\"")
	f.Fuzz(func(t *testing.T, header string) {
		for _, secure := range []bool{false, true} {
			got, ok := sessionIn(header, secure)
			if !ok {
				if got != (SessionHash{}) {
					t.Fatal("a hash without a session")
				}
				continue
			}
			all, err := http.ParseCookie(header)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, c := range all {
				if c.Name == nameOf(secure) {
					n++
					if sha256.Sum256([]byte(c.Value)) != got {
						t.Fatalf("%q: another cookie's hash", header)
					}
				}
			}
			if n != 1 {
				t.Fatalf("%q: %d cookies", header, n)
			}
		}
	})
}
