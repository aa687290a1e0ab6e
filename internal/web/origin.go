package web

import (
	"net/netip"
	"strconv"
	"strings"

	"dragoman/chat"

	"golang.org/x/net/idna"
)

// Origin is where a page comes from: scheme, host and port (RFC 6454). Two origins are the same if they are equal with
// ==: default ports are dropped, names are lower case and in their ASCII form. The zero Origin is none.
type Origin struct {
	// Scheme is http or https; nothing else can be the origin of a page that we speak to.
	Scheme string
	// Host is a name, an IPv4 address, or an IPv6 address in brackets.
	Host string
	// Port is empty if it is the scheme's own.
	Port string
}

// String returns the origin as browsers send it; "" for none.
func (o Origin) String() string {
	if o == (Origin{}) {
		return ""
	}
	return o.Scheme + "://" + o.HostPort()
}

// HostPort returns the host, and the port if it is not the scheme's own.
func (o Origin) HostPort() string {
	if o.Port == "" {
		return o.Host
	}
	return o.Host + ":" + o.Port
}

// Socket returns the address under which WebSockets of this origin are reached, for connect-src.
func (o Origin) Socket() string {
	if o.Scheme == "https" {
		return "wss://" + o.HostPort()
	}
	return "ws://" + o.HostPort()
}

// ParseOrigin reads what stands in an Origin header or what an operator has written down. It takes
// scheme://host[:port] and not a byte more: no path (not even a slash), no user, no pattern, not "null".
func ParseOrigin(s string) (Origin, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	if !ok || scheme != "http" && scheme != "https" {
		return Origin{}, badOrigin(s)
	}
	host, port, ok := splitPort(rest)
	if !ok {
		return Origin{}, badOrigin(s)
	}
	if host, ok = canonicalHost(host); !ok {
		return Origin{}, badOrigin(s)
	}
	if scheme == "http" && port == "80" || scheme == "https" && port == "443" {
		port = ""
	}
	return Origin{Scheme: scheme, Host: host, Port: port}, nil
}

func badOrigin(s string) error {
	if len(s) > 100 {
		s = s[:100]
	}
	return chat.Errorf(chat.BadOrigin, "%q is not an origin: write scheme, host and port only, such as https://shop.example.", s)
}

// splitPort takes the port off; port is "" if there is none, and never written in a way that no browser uses (:, :080).
func splitPort(s string) (host, port string, ok bool) {
	host = s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
			return "", "", false
		}
	}
	return host, port, host != ""
}

// canonicalHost brings a host into the form in which browsers send it.
func canonicalHost(h string) (string, bool) {
	if strings.HasPrefix(h, "[") {
		a, err := netip.ParseAddr(strings.TrimSuffix(h[1:], "]"))
		if err != nil || !strings.HasSuffix(h, "]") || !a.Is6() || a.Zone() != "" {
			return "", false
		}
		return "[" + a.String() + "]", true
	}
	if !ascii(h) {
		a, err := idna.Lookup.ToASCII(h)
		if err != nil {
			return "", false
		}
		h = a
	}
	h = strings.ToLower(h)
	if len(h) > 254 || strings.HasPrefix(h, ".") || strings.Contains(h, "..") {
		return "", false
	}
	for i := range len(h) {
		c := h[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return "", false
		}
	}
	return h, true
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
