package web

import (
	"net/http"
	"strings"
)

// Policy is what a browser may do with a response. The zero Policy is the strictest: nothing is loaded, nobody may
// frame, embed or keep it.
type Policy struct {
	// CSP is the whole Content-Security-Policy; see PageCSP.
	CSP string
	// Cache is Cache-Control; empty means no-store.
	Cache string
	// Shared allows pages of other origins to load the response (the loader, the frame).
	Shared bool
	// Page adds what documents need: no opener from another origin, and COEP, without which a shop that isolates itself could
	// not embed the frame.
	Page bool
}

// noFeatures switches off what no page of ours uses.
const noFeatures = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()"

// Apply sets the headers.
func (p Policy) Apply(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", noFeatures)
	set(h, "Content-Security-Policy", p.CSP, "default-src 'none'; frame-ancestors 'none'")
	set(h, "Cache-Control", p.Cache, "no-store")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if p.Shared {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if p.Page {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	}
}

func set(h http.Header, key, value, otherwise string) {
	if value == "" {
		value = otherwise
	}
	h.Set(key, value)
}

// PageCSP returns the policy of a page of ours: script, style and pictures from its own origin, pictures also from what is on this device, sockets to own, no inline
// anything, Trusted Types without a single policy, and frames only in pages of the ancestors (none: 'none').
func PageCSP(own Origin, ancestors []Origin) string {
	frame := "'none'"
	if len(ancestors) > 0 {
		names := make([]string, len(ancestors))
		for i, o := range ancestors {
			names[i] = o.String()
		}
		frame = strings.Join(names, " ")
	}
	connect := "'self'"
	if own != (Origin{}) {
		connect += " " + own.Socket()
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob:",
		"connect-src " + connect,
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors " + frame,
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}, "; ")
}
