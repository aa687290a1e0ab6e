package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"
)

// tlsSetup is how the public address speaks TLS; without config it does not, and a proxy may.
type tlsSetup struct{ config *tls.Config }

// readTLS reads --tls: off, auto, or two files.
func readTLS(a address, data string) (*tlsSetup, error) {
	switch a.TLS {
	case "", "off":
		return &tlsSetup{}, nil
	case "auto":
		u, err := url.Parse(a.PublicURL)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" {
			return nil, usagef("--tls auto needs --public-url https://HOST: the certificate is made out to that name")
		}
		m := &autocert.Manager{
			Prompt:     autocert.AcceptTOS,
			Cache:      autocert.DirCache(filepath.Join(data, "certificates")),
			HostPolicy: autocert.HostWhitelist(u.Hostname()),
		}
		return &tlsSetup{m.TLSConfig()}, nil
	}
	certFile, keyFile, ok := strings.Cut(a.TLS, ",")
	if !ok {
		return nil, usagef("cannot use --tls %q: want off, auto, or two files as CERT,KEY", a.TLS)
	}
	files := &certificateFiles{cert: certFile, key: keyFile}
	if _, err := files.get(nil); err != nil {
		return nil, usagef("cannot use --tls: %w", err)
	}
	return &tlsSetup{&tls.Config{GetCertificate: files.get, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}}, nil
}

func (t *tlsSetup) wrap(l net.Listener) net.Listener {
	if t.config == nil {
		return l
	}
	return tls.NewListener(l, t.config)
}

func (t *tlsSetup) scheme() string {
	if t.config == nil {
		return "http"
	}
	return "https"
}

// lookAgain is how often certificate files are looked at: whoever renews them need not restart the server.
const lookAgain = 10 * time.Second

// certificateFiles is a certificate that may be renewed under us.
type certificateFiles struct {
	cert, key string

	mu      sync.Mutex // guards the rest
	current *tls.Certificate
	changed time.Time
	looked  time.Time
}

func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < lookAgain {
		return f.current, nil
	}
	f.looked = time.Now()
	info, err := os.Stat(f.cert)
	if err == nil && info.ModTime().Equal(f.changed) {
		return f.current, nil
	}
	if err == nil {
		var c tls.Certificate
		if c, err = tls.LoadX509KeyPair(f.cert, f.key); err == nil {
			f.current, f.changed = &c, info.ModTime()
		}
	}
	if f.current == nil {
		return nil, fmt.Errorf("cannot read the certificate: %w", err)
	}
	return f.current, nil // a renewal that is half written is read the next time
}
