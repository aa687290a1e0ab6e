package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	stdlog "log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/internal/backing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/rs/zerolog"
)

// authority is an ACME authority that really connects to the port it is told, and checks what it finds there.
type authority struct {
	server    *httptest.Server
	away      atomic.Bool
	directory string
	root      string         // a file: who certifies the directory
	pool      *x509.CertPool // who certifies what the authority certifies
}

// newAuthority makes one whose certificates live so long, and which looks for challenges on this port.
func newAuthority(t *testing.T, port int, life time.Duration) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_AUTHZREUSE", "0") // a renewal is challenged as well
	quiet := stdlog.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	issuer := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: uint64(life / time.Second)}})
	front := wfe.New(quiet, store, va.New(quiet, 1, port, true, "", store), issuer, nil, true, false, 0, 0)
	a := &authority{pool: x509.NewCertPool()}
	handler := front.Handler()
	a.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.away.Load() {
			http.Error(w, "away", http.StatusServiceUnavailable)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(a.server.Close)
	a.directory = a.server.URL + wfe.DirectoryPath
	a.root = write(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.server.Certificate().Raw})), t.TempDir(), "root.pem")
	a.pool.AddCert(issuer.GetRootCert(0).Cert)
	return a
}

// certified connects as a browser does, and returns the number of the certificate.
func certified(pool *x509.CertPool, address, host string) (*big.Int, error) {
	d := &net.Dialer{Timeout: 10 * time.Second}
	c, err := tls.DialWithDialer(d, "tcp", address, &tls.Config{RootCAs: pool, ServerName: host})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber, nil
}

// The whole way: an authority that is away when the server starts, the first certificate once it is there, a wrong name, and a restart that
// needs no authority.
func TestAutomaticCertificate(t *testing.T) {
	own := backing.PortOf(t)
	address, number := own.Address(), own.String()
	port, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	a := newAuthority(t, port, time.Hour)
	a.away.Store(true)
	args := []string{"--listen", address, "--tls", "auto", "--public-url", "https://localhost:" + number,
		"--acme-directory", a.directory, "--acme-root", a.root, "--acme-email", "ops@shop.example"}
	s := serve(t, "", args...)
	soon(t, 30*time.Second, "it says why there is no certificate", func() bool {
		return strings.Contains(s.stderr.String(), "cannot get a certificate") && strings.Contains(s.stderr.String(), "503")
	})
	if status, _, _ := get(t, s.Admin+"/metrics", ""); status != 200 {
		t.Errorf("without a certificate the admin address answers %d", status)
	}
	if _, err := certified(a.pool, address, "localhost"); err == nil {
		t.Fatal("it has a certificate before there was an authority")
	}
	a.away.Store(false)
	var serial *big.Int
	soon(t, 60*time.Second, "it gets a certificate once the authority is there", func() (ok bool) {
		var err error
		serial, err = certified(a.pool, address, "localhost")
		return err == nil
	})
	for _, wrong := range []string{"other.example", "localhost.example"} {
		if _, err := certified(a.pool, address, wrong); err == nil || strings.Contains(err.Error(), "x509") {
			t.Errorf("a handshake for %s is not refused by the server: %v", wrong, err)
		}
	}
	browser := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: a.pool}}}
	res, err := browser.Get("https://localhost:" + number + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("it answers %d", res.StatusCode)
	}
	s.end()
	a.server.Close()
	again := serve(t, s.data, args...)
	soon(t, 20*time.Second, "a restart has the same certificate, without the authority", func() bool {
		now, err := certified(a.pool, strings.TrimPrefix(again.Public, "https://"), "localhost")
		return err == nil && now.Cmp(serial) == 0
	})
	for _, log := range []string{s.stderr.String(), again.stderr.String()} {
		if strings.Contains(log, "ops@shop.example") {
			t.Errorf("a mail address is in the log: %s", log)
		}
	}
}

// A certificate is renewed before it ends, under whoever is connected.
func TestCertificateIsRenewed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := newAuthority(t, l.Addr().(*net.TCPAddr).Port, 12*time.Second)
	roots, err := readRoots(a.root)
	if err != nil {
		t.Fatal(err)
	}
	var log buffer
	setup := &tlsSetup{auto: &automatic{automaticOptions: automaticOptions{
		host: "localhost", directory: a.directory, roots: roots, folder: filepath.Join(t.TempDir(), "certificates"),
		renewEvery: 100 * time.Millisecond, log: zerolog.New(&log),
	}}}
	server := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: stdlog.New(io.Discard, "", 0)}
	wrapped := setup.wrap(l)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{}, 2)
	go func() { _ = server.Serve(wrapped); ended <- struct{}{} }()
	go func() { _ = setup.auto.run(ctx, certificatePauses); ended <- struct{}{} }()
	defer func() {
		cancel()
		server.Close()
		<-ended
		<-ended
		setup.auto.close()
	}()
	var first *big.Int
	soon(t, 60*time.Second, "there is a certificate", func() bool {
		first, err = certified(a.pool, l.Addr().String(), "localhost")
		return err == nil
	})
	soon(t, 60*time.Second, "there is another one", func() bool {
		now, err := certified(a.pool, l.Addr().String(), "localhost")
		return err == nil && now.Cmp(first) != 0
	})
	if !strings.Contains(log.String(), `"renewal":true`) {
		t.Errorf("the log does not tell of the renewal: %s", log.String())
	}
}

func TestBadACMESettings(t *testing.T) {
	auto := []string{"serve", "--listen", "127.0.0.1:0", "--admin-listen", "", "--tls", "auto", "--public-url", "https://chat.example"}
	refused(t, exitUsage, "cannot use --acme-directory", append(auto, "--acme-directory", "http://acme.example/")...)
	refused(t, exitUsage, "cannot read --acme-root", append(auto, "--acme-root", filepath.Join(t.TempDir(), "none.pem"))...)
	refused(t, exitUsage, "there is no certificate in it", append(auto, "--acme-root", write(t, "no", t.TempDir(), "no.pem"))...)
	refused(t, exitUsage, "--tls auto is for a server that is alone", append(auto, "--database", "postgres://x@y/z", "--redis", "redis://127.0.0.1:1")...)
}
