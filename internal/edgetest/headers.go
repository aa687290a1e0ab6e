package edgetest

import "maps"

// strict is what every response of an edge carries unless its route says otherwise.
var strict = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Cache-Control":                "no-store",
	"Permissions-Policy":           "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
	"Cross-Origin-Opener-Policy":   "",
	"Cross-Origin-Embedder-Policy": "",
	"Access-Control-Allow-Origin":  "",
	"Strict-Transport-Security":    "max-age=31536000",
	"Set-Cookie":                   "",
}

// Headers returns the headers that every response of an edge carries, with changes as pairs of name and value. An empty value says
// that the header must not be there.
func Headers(changes ...string) map[string]string {
	m := maps.Clone(strict)
	for i := 0; i < len(changes); i += 2 {
		m[changes[i]] = changes[i+1]
	}
	return m
}
