package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestClientAddress(t *testing.T) {
	trusted, err := ParseProxies([]string{"10.0.0.0/8", "192.0.2.7", "2001:db8:ff::/48"})
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, remote string
		headers      []string
		want         string
	}{
		{"no proxy, no header", "203.0.113.5:1000", nil, "203.0.113.5"},
		{"no proxy, header ignored", "203.0.113.5:1000", []string{"198.51.100.1"}, "203.0.113.5"},
		{"no proxy, header claims a proxy", "203.0.113.5:1000", []string{"198.51.100.1, 10.0.0.1"}, "203.0.113.5"},
		{"proxy without header", "10.0.0.1:1000", nil, "10.0.0.1"},
		{"proxy, empty header", "10.0.0.1:1000", []string{""}, "10.0.0.1"},
		{"one proxy", "10.0.0.1:1000", []string{"198.51.100.1"}, "198.51.100.1"},
		{"single address as a network", "192.0.2.7:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"its neighbour is not trusted", "192.0.2.8:1", []string{"198.51.100.1"}, "192.0.2.8"},
		{"two proxies", "10.0.0.1:1", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"forged on the left", "10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		{"forged proxies on the left", "10.0.0.1:1", []string{"10.9.9.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		{"two lines, last one counts", "10.0.0.1:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"two lines, last is a proxy", "10.0.0.1:1", []string{"1.1.1.1, 198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
		{"all are proxies", "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"garbage at the right", "10.0.0.1:1", []string{"198.51.100.1, garbage"}, "10.0.0.1"},
		{"garbage behind a proxy", "10.0.0.1:1", []string{"198.51.100.1, garbage, 10.0.0.2"}, "10.0.0.2"},
		{"garbage at the left", "10.0.0.1:1", []string{"garbage, 198.51.100.1"}, "198.51.100.1"},
		{"unknown", "10.0.0.1:1", []string{"unknown"}, "10.0.0.1"},
		{"trailing comma", "10.0.0.1:1", []string{"198.51.100.1,"}, "10.0.0.1"},
		{"with port", "10.0.0.1:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"no blanks", "10.0.0.1:1", []string{"1.1.1.1,198.51.100.1,10.0.0.2"}, "198.51.100.1"},
		{"many blanks", "10.0.0.1:1", []string{"  198.51.100.1  ,   10.0.0.2   "}, "198.51.100.1"},
		{"tabs", "10.0.0.1:1", []string{"\t198.51.100.1\t,\t10.0.0.2"}, "198.51.100.1"},
		{"IPv6", "10.0.0.1:1", []string{"2001:db8::5"}, "2001:db8::5"},
		{"IPv6 in brackets", "10.0.0.1:1", []string{"[2001:db8::5]"}, "2001:db8::5"},
		{"IPv6 with port", "10.0.0.1:1", []string{"[2001:db8::5]:99"}, "2001:db8::5"},
		{"IPv6 with zone", "10.0.0.1:1", []string{"fe80::1%eth0"}, "fe80::1"},
		{"IPv6 proxy", "[2001:db8:ff::1]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"IPv4 inside IPv6 as the proxy", "[::ffff:10.0.0.1]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"IPv4 inside IPv6 as the client", "10.0.0.1:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"IPv4 inside IPv6 as a hop", "10.0.0.1:1", []string{"198.51.100.1, ::ffff:10.0.0.2"}, "198.51.100.1"},
		{"octal is garbage", "10.0.0.1:1", []string{"198.51.100.01"}, "10.0.0.1"},
		{"a name is garbage", "10.0.0.1:1", []string{"localhost"}, "10.0.0.1"},
		{"line breaks are garbage", "10.0.0.1:1", []string{"198.51.100.1\r\n1.1.1.1"}, "10.0.0.1"},
		{"a Unix socket", "@", []string{"198.51.100.1"}, "invalid IP"},
	}
	if len(cases) < 30 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": c.headers}}
		if got := trusted.Client(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := Proxies(nil).Client(r); got != parseHop(c.remote) {
			t.Errorf("%s, nobody trusted: %s", c.name, got)
		}
	}
}

func TestProxiesAreNetworks(t *testing.T) {
	for _, bad := range []string{"", "10.0.0.0/33", "proxy.example", "10.0.0.0-10.0.0.9", "*"} {
		if _, err := ParseProxies([]string{bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestAddressKey(t *testing.T) {
	for in, want := range map[string]string{
		"198.51.100.1":         "198.51.100.1/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2::":       "2001:db8:1:2::/64",
		"::ffff:198.51.100.1":  "198.51.100.1/32",
	} {
		if got := AddressKey(parseHop(in)).String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// A header never makes an address out of an untrusted connection, and what comes out is an address that stands in the header or is the connection's.
func FuzzForwardedFor(f *testing.F) {
	f.Add("198.51.100.1, 10.0.0.2", "10.0.0.1:1")
	f.Add("[2001:db8::5]:99,,", "[::1]:2")
	trusted, err := ParseProxies([]string{"10.0.0.0/8"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header, remote string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {header}}}
		got, peer := trusted.Client(r), parseHop(remote)
		if got == peer {
			return
		}
		if !trusted.Trusts(peer) {
			t.Fatalf("%q from %s became %s", header, peer, got)
		}
		for hop := range strings.SplitSeq(header, ",") {
			if parseHop(strings.TrimSpace(hop)) == got {
				return
			}
		}
		t.Fatalf("%s does not stand in %q", got, header)
	})
}
