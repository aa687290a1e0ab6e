package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/rs/zerolog"
	"go.uber.org/zap"
)

// The pauses before another try to get the first certificate; the last one is repeated. An authority that is away costs nothing, but Let's Encrypt
// allows five failures of a host in an hour.
var certificatePauses = []time.Duration{2 * time.Second, 20 * time.Second, 200 * time.Second, 30 * time.Minute}

// automatic gets a certificate for one host from an ACME authority, and renews it in time. The authority looks for its challenge where everybody
// connects, on port 443 (tls-alpn-01), so nothing else need be open.
type automatic struct {
	automaticOptions
	cache *certmagic.Cache // nil before start
	magic *certmagic.Config
}

// automaticOptions say who certifies, and for whom.
type automaticOptions struct {
	host, directory, email string
	roots                  *x509.CertPool // who certifies the directory itself; nil: whom the system trusts
	folder                 string
	renewEvery             time.Duration // how often is looked whether a renewal is due; 0: every ten minutes
	log                    zerolog.Logger
}

// start begins to watch over what is in the folder. The challenge comes to where the server listens, so nothing else is opened for it.
func (a *automatic) start(at net.Addr) {
	silent := zap.NewNop() // what it has to say comes as events and errors
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return a.magic, nil },
		RenewCheckInterval: a.renewEvery,
		Logger:             silent,
	})
	a.magic = certmagic.New(a.cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: a.folder}, Logger: silent, OnEvent: a.event,
	})
	issuer := certmagic.ACMEIssuer{
		CA: a.directory, Email: a.email, Agreed: true, TrustedRoots: a.roots, DisableHTTPChallenge: true, Logger: silent,
	}
	if host, port, err := net.SplitHostPort(at.String()); err == nil {
		issuer.ListenHost = host
		issuer.AltTLSALPNPort, _ = strconv.Atoi(port)
	}
	a.magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(a.magic, issuer)}
}

// event tells the log of renewals; what becomes of the first certificate is run's to tell.
func (a *automatic) event(_ context.Context, name string, data map[string]any) error {
	renewal, _ := data["renewal"].(bool)
	switch {
	case name == "cert_obtained":
		a.log.Info().Str("host", a.host).Bool("renewal", renewal).Msg("there is a new certificate")
	case name == "cert_failed" && renewal:
		err, _ := data["error"].(error)
		a.log.Error().Str("host", a.host).Str("error", a.told(err)).Msg("the certificate could not be renewed; trying again")
	}
	return nil
}

func (a *automatic) config() *tls.Config {
	c := a.magic.TLSConfig()
	c.NextProtos = append([]string{"h2", "http/1.1"}, c.NextProtos...)
	return c
}

// run gets the first certificate, or the one that is there, and then watches over it until ctx ends. The server runs meanwhile: the challenge
// needs it.
func (a *automatic) run(ctx context.Context, pauses []time.Duration) error {
	for try := 0; ; try++ {
		err := a.magic.ManageSync(ctx, []string{a.host})
		if err == nil || ctx.Err() != nil {
			break
		}
		pause := pauses[min(try, len(pauses)-1)]
		a.log.Error().Str("host", a.host).Str("error", a.told(err)).Stringer("again_in", pause).
			Msg("cannot get a certificate: nobody can connect to this host until there is one. Is its port 443 reachable from the internet, and does its name point here?")
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	<-ctx.Done()
	return nil
}

// told is an error as the log may have it: the account is named by its mail address.
func (a *automatic) told(err error) string {
	text := fmt.Sprint(err)
	if a.email != "" {
		text = strings.ReplaceAll(text, a.email, "...")
	}
	return strings.TrimSpace(text)
}

// close ends what watches over the certificate.
func (a *automatic) close() {
	if a.cache != nil {
		a.cache.Stop()
	}
}

// readRoots reads the certificates of authorities from a file.
func readRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read --acme-root: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("cannot use --acme-root %s: there is no certificate in it, as PEM", path)
	}
	return pool, nil
}
