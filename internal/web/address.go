package web

import (
	"net/http"
	"net/netip"
	"strings"

	"dragoman/chat"
)

// Proxies are the networks whose forwarded headers are believed. Nil: nobody's.
type Proxies []netip.Prefix

// ParseProxies reads networks in CIDR form; a single address is a network of one.
func ParseProxies(list []string) (Proxies, error) {
	var out Proxies
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, chat.Errorf(chat.BadRequest, "%q is not a network: write it as 10.0.0.0/8 or 2001:db8::/32.", s)
			}
			p = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Trusts tells whether a is one of the proxies.
func (p Proxies) Trusts(a netip.Addr) bool {
	for _, n := range p {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// Client returns the address that the request comes from. Proxies append the address they saw to X-Forwarded-For, so it is
// read from the right: the first address that is not a trusted proxy's is the client's; what stands left of it anybody can
// have written. Where an entry is no address the search ends, and the last address that is known to be true counts.
// The zero Addr means that not even the connection has an address (a Unix socket).
func (p Proxies) Client(r *http.Request) netip.Addr {
	client := parseHop(r.RemoteAddr)
	if !p.Trusts(client) {
		return client
	}
	lines := r.Header.Values("X-Forwarded-For")
	for i := len(lines) - 1; i >= 0; i-- {
		hops := strings.Split(lines[i], ",")
		for j := len(hops) - 1; j >= 0; j-- {
			a := parseHop(strings.TrimSpace(hops[j]))
			if !a.IsValid() {
				return client
			}
			client = a
			if !p.Trusts(a) {
				return client
			}
		}
	}
	return client
}

// parseHop reads an address with or without port, IPv6 with or without brackets. IPv4 within IPv6 becomes IPv4, zones go.
func parseHop(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// AddressKey returns what limits count by: an IPv4 address, or the /64 of an IPv6 address, since that is what one
// customer gets.
func AddressKey(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(a, bits).Masked()
}
