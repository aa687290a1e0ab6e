package web

import (
	"strings"
	"testing"
)

// Each is what an Origin header may hold, against a site that allows https://shop.example and nothing else.
var originsAgainstShop = []struct {
	header string
	same   bool
}{
	{"https://shop.example", true},
	{"https://shop.example:443", true},
	{"HTTPS://SHOP.EXAMPLE", true},
	{"https://Shop.Example", true},
	// Another scheme.
	{"http://shop.example", false},
	{"http://shop.example:443", false},
	{"ftp://shop.example", false},
	{"ws://shop.example", false},
	{"wss://shop.example", false},
	{"file://shop.example", false},
	{"chrome-extension://shop.example", false},
	{"data:https://shop.example", false},
	{"javascript://shop.example", false},
	{"blob:https://shop.example", false},
	{"about:blank", false},
	// Another port.
	{"https://shop.example:8443", false},
	{"https://shop.example:80", false},
	{"https://shop.example:0443", false},
	{"https://shop.example:", false},
	{"https://shop.example:0", false},
	{"https://shop.example:65536", false},
	{"https://shop.example:-443", false},
	{"https://shop.example:+443", false},
	{"https://shop.example:443:443", false},
	{"https://shop.example:44x", false},
	// Another host that looks alike.
	{"https://shop.example.evil.example", false},
	{"https://evil-shop.example", false},
	{"https://evilshop.example", false},
	{"https://www.shop.example", false},
	{"https://shop.example.", false},
	{"https://shop..example", false},
	{"https://.shop.example", false},
	{"https://shopXexample", false},
	{"https://example", false},
	{"https://xn--shp-0na.example", false},
	{"https://sh\u043ep.example", false}, // a Cyrillic o
	{"https://127.0.0.1", false},
	{"https://[::1]", false},
	{"https://localhost", false},
	// Patterns and lists.
	{"https://*.example", false},
	{"*", false},
	{"https://*", false},
	{"https://shop.example https://evil.example", false},
	{"https://shop.example,https://evil.example", false},
	{"https://evil.example https://shop.example", false},
	// More than an origin.
	{"https://shop.example/", false},
	{"https://shop.example/path", false},
	{"https://shop.example?x", false},
	{"https://shop.example#x", false},
	{"https://user@shop.example", false},
	{"https://user:secret@shop.example", false},
	{"https://evil.example@shop.example", false},
	{"https://shop.example@evil.example", false},
	{"https://evil.example/https://shop.example", false},
	{"https://evil.example#https://shop.example", false},
	{"https://shop.example\\.evil.example", false},
	// Not one at all.
	{"", false},
	{"null", false},
	{"undefined", false},
	{"shop.example", false},
	{"//shop.example", false},
	{"https:shop.example", false},
	{"https:/shop.example", false},
	{"https:///shop.example", false},
	{"https://", false},
	{" https://shop.example", false},
	{"https://shop.example ", false},
	{"https://shop.example\t", false},
	{"https://shop.example\r\nX: y", false},
	{"https://shop.example\x00", false},
	{"https://shop%2eexample", false},
	{"https://[shop.example]", false},
	{"https://" + strings.Repeat("a", 300), false},
}

func TestOriginsAreComparedWhole(t *testing.T) {
	shop, err := ParseOrigin("https://shop.example")
	if err != nil {
		t.Fatal(err)
	}
	if len(originsAgainstShop) < 60 {
		t.Fatalf("only %d origins", len(originsAgainstShop))
	}
	for _, c := range originsAgainstShop {
		o, err := ParseOrigin(c.header)
		if got := err == nil && o == shop; got != c.same {
			t.Errorf("%q: same = %v, want %v (%v, %v)", c.header, got, c.same, o, err)
		}
	}
}

func TestOriginsHaveOneForm(t *testing.T) {
	for in, want := range map[string]string{
		"http://shop.example:80":               "http://shop.example",
		"http://Shop.example:8080":             "http://shop.example:8080",
		"https://señor.example":                "https://xn--seor-hqa.example",
		"https://xn--seor-hqa.example":         "https://xn--seor-hqa.example",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"http://[0:0:0:0:0:0:0:1]":             "http://[::1]",
		"http://127.0.0.1:1":                   "http://127.0.0.1:1",
		"https://a_b.example":                  "https://a_b.example",
		"http://shop.localhost:4000":           "http://shop.localhost:4000",
		"https://[2001:DB8::1]:443":            "https://[2001:db8::1]",
		"https://[fe80::1%25eth0]":             "",
		"https://[127.0.0.1]":                  "",
		"https://shop.example/":                "",
		"https://shop.example:https":           "",
		"https://exa\u00admple.example\u2028x": "",
	} {
		o, err := ParseOrigin(in)
		if o.String() != want {
			t.Errorf("%q: %q (%v), want %q", in, o, err, want)
		}
	}
}

func TestSocketOfOrigin(t *testing.T) {
	for in, want := range map[string]string{"https://chat.example": "wss://chat.example", "http://localhost:80": "ws://localhost", "http://a:81": "ws://a:81"} {
		o, err := ParseOrigin(in)
		if err != nil || o.Socket() != want {
			t.Errorf("%q: %q, %v", in, o.Socket(), err)
		}
	}
}

// Whatever is taken for an origin has one form, and is safe in a header.
func FuzzOrigin(f *testing.F) {
	for _, c := range originsAgainstShop {
		f.Add(c.header)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o, err := ParseOrigin(s)
		if err != nil {
			return
		}
		again, err := ParseOrigin(o.String())
		if err != nil || again != o {
			t.Fatalf("%q became %q, which becomes %q (%v)", s, o, again, err)
		}
		if strings.ContainsAny(o.String(), " ;,'\"\r\n\t*\\/?#@") && strings.Count(o.String(), "/") != 2 {
			t.Fatalf("%q became %q", s, o)
		}
	})
}
