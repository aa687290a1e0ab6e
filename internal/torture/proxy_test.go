package torture

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/backing"
	"dragoman/internal/process"
	"dragoman/store/storetest"

	"github.com/coder/websocket"
	"github.com/google/uuid"
)

var withCaddy = flag.Bool("caddy", false, "also run the sample for Caddy, which must be installed")

// publicHost is the name in the sample configurations.
const publicHost = "chat.example.com"

// The sample configurations of docs/deploy do what docs/operations.md says of them, before two servers: sockets get through, the servers learn who
// the visitor is and not what he says that he is, and a server that goes down takes nobody with it.
func TestProxySamples(t *testing.T) {
	t.Run("nginx", func(t *testing.T) { testProxy(t, startNginx) })
	if *withCaddy {
		t.Run("caddy", func(t *testing.T) { testProxy(t, startCaddy) })
	}
}

// proxied is a proxy that runs a sample, and how to reach it.
type proxied struct {
	address string
	pool    *x509.CertPool
}

func testProxy(t *testing.T, start func(t *testing.T, servers [2]string) proxied) {
	redis, err := backing.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Stop()
	t.Setenv("DRAGOMAN_DATABASE", storetest.PostgresURL(t))
	var logs [2]logged
	var servers [2]*process.Server
	var at [2]string
	var site string
	for i := range servers {
		p := &process.Program{Binary: built, Data: t.TempDir(), Log: &logs[i]}
		if site == "" {
			if site, err = p.AddSite(t.Context(), "Alma & Sol", "en", shopOrigin); err != nil {
				t.Fatal(err)
			}
		}
		servers[i] = serve(t, p, "--redis", redis.URL(), "--trusted-proxy", "127.0.0.1/32", "--public-url", "https://"+publicHost,
			"--log-level", "debug", "--drain-wait", "2s")
		at[i] = servers[i].Address()
	}
	proxy := start(t, at)
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()

	// Each visitor has an address of his own, and claims another one.
	var sockets []*websocket.Conn
	visitor := func(i int) *browser { return newBrowser(proxy, fmt.Sprintf("127.0.0.%d", 20+i)) }
	first := visitor(0)
	token := first.session(t, ctx, site)
	for i := range 6 {
		b := visitor(i)
		sockets = append(sockets, b.socket(t, ctx, token))
	}
	defer func() {
		for _, c := range sockets {
			_ = c.CloseNow()
		}
	}()
	for i := range 6 {
		// A request is logged when its handler is done, and by then the socket may have had its answers.
		address := fmt.Sprintf("127.0.0.%d", 20+i)
		said := `"from":"` + address + `"`
		if !soon(func() bool { return logs[0].has(said) || logs[1].has(said) }) {
			t.Errorf("no server knows that somebody came from %s", address)
		}
	}
	if logs[0].has("192.0.2.66") || logs[1].has("192.0.2.66") {
		t.Error("a server believes what a browser says of its address")
	}
	if !soon(func() bool { return logs[0].times(socketPath)+logs[1].times(socketPath) == len(sockets) }) {
		t.Fatalf("%d and %d sockets are in the logs, of %d", logs[0].times(socketPath), logs[1].times(socketPath), len(sockets))
	}
	sentAway := logs[0].times(socketPath)
	if sentAway == 0 || sentAway == len(sockets) {
		t.Fatal("all sockets are on one server: nothing is balanced")
	}

	// The first server goes down in good order. Whoever is sent away is taken on by the other one.
	reading, stop := context.WithCancel(ctx)
	defer stop()
	closed := make(chan error, len(sockets))
	for i, c := range sockets {
		go func() {
			err := readUntilClosed(reading, c)
			if websocket.CloseStatus(err) == websocket.StatusServiceRestart {
				var again *websocket.Conn
				if again, err = visitor(i).dial(ctx, token); err == nil {
					_ = again.CloseNow()
					err = errAgain
				}
			}
			closed <- err
		}()
	}
	if err := servers[0].Stop(); err != nil {
		t.Error(err)
	}
	for range sentAway {
		if err := <-closed; !errors.Is(err, errAgain) {
			t.Errorf("a socket was not taken on again: %v", err)
		}
	}
	stop()
	for range len(sockets) - sentAway {
		if err := <-closed; !errors.Is(err, context.Canceled) {
			t.Errorf("a socket on the server that stays has ended: %v", err)
		}
	}
	for i := range 20 {
		_ = visitor(i).socket(t, ctx, token).CloseNow() // with one server gone for good
	}
}

const socketPath = "/widget/v1/socket"

// errAgain says that a socket was sent away and taken on again.
var errAgain = errors.New("taken on again")

// readUntilClosed reads until the socket is closed, or ctx ends.
func readUntilClosed(ctx context.Context, c *websocket.Conn) error {
	for {
		if _, _, err := c.Read(ctx); err != nil {
			return err
		}
	}
}

// soon tells whether something becomes true.
func soon(is func() bool) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !is(); <-tick.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// times counts the lines that hold a text.
func (l *logged) times(part string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

func (l *logged) has(part string) bool { return l.times(part) > 0 }

// browser comes from an address of this machine, and lies about it.
type browser struct{ http.Client }

func newBrowser(p proxied, from string) *browser {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	return &browser{http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: p.pool, ServerName: publicHost},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, p.address)
		},
	}}}
}

func lies() http.Header {
	return http.Header{"Origin": {"https://" + publicHost}, "X-Forwarded-For": {"192.0.2.66"}}
}

func (b *browser) session(t *testing.T, ctx context.Context, site string) string {
	t.Helper()
	body, err := json.Marshal(chat.SessionRequest{Site: site, Languages: []string{"en"}})
	if err != nil {
		t.Fatal(err)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+publicHost+"/widget/v1/session", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header = lies()
	q.Header.Set("Content-Type", "application/json")
	res, err := b.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	var ok chat.SessionOK
	if err := json.Unmarshal(text, &ok); err != nil || ok.Token == "" {
		t.Fatalf("no session: %d %s", res.StatusCode, text)
	}
	return ok.Token
}

// socket opens a socket and says hello.
func (b *browser) socket(t *testing.T, ctx context.Context, token string) *websocket.Conn {
	t.Helper()
	c, err := b.dial(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *browser) dial(ctx context.Context, token string) (*websocket.Conn, error) {
	c, res, err := websocket.Dial(ctx, "wss://"+publicHost+"/widget/v1/socket", &websocket.DialOptions{
		HTTPClient: &b.Client, HTTPHeader: lies(), Subprotocols: []string{chat.Protocol},
	})
	if err != nil {
		return nil, fmt.Errorf("no socket through the proxy: %w, %v", err, res)
	}
	if err := c.Write(ctx, websocket.MessageText, fmt.Appendf(nil, `{"id":1,"call":"hello","token":%q}`, token)); err != nil {
		return nil, err
	}
	if _, frame, err := c.Read(ctx); err != nil || !bytes.Contains(frame, []byte(`"ok"`)) {
		return nil, fmt.Errorf("hello is answered with %s, %w", frame, err)
	}
	return c, nil
}

// startNginx runs docs/deploy/nginx.conf with what must differ here: addresses, files, and folders that anybody may write to.
func startNginx(t *testing.T, servers [2]string) proxied {
	t.Helper()
	folder := t.TempDir()
	cert, key, pool := publicCertificate(t, folder)
	secure, plain := backing.PortOf(t).Address(), backing.PortOf(t).Address()
	config := sample(t, "nginx.conf", "10.0.0.11:8080", servers[0], "10.0.0.12:8080", servers[1], "listen 80;", "listen "+plain+";", "listen 443 ssl", "listen "+secure+" ssl",
		"/etc/nginx/chat.example.com.pem", cert, "/etc/nginx/chat.example.com.key", key)
	for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		config = strings.Replace(config, "http {", "http {\n    "+name+"_temp_path "+filepath.Join(folder, name)+";", 1)
	}
	config = strings.Replace(config, "http {", "http {\n    access_log off;", 1)
	file := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	// Its limit of open files is for a machine of its own.
	own := "daemon off; pid " + filepath.Join(folder, "pid") + ";"
	if os.Getuid() == 0 {
		own += " user root;"
	}
	runProxy(t, secure, exec.Command("nginx", "-e", "stderr", "-p", folder, "-c", file, "-g", own), syscall.SIGTERM)
	return proxied{secure, pool}
}

// startCaddy runs docs/deploy/Caddyfile with other addresses, a certificate of its own making, and without its administration.
func startCaddy(t *testing.T, servers [2]string) proxied {
	t.Helper()
	folder := t.TempDir()
	cert, key, pool := publicCertificate(t, folder)
	secure := backing.PortOf(t).Address()
	_, port, _ := net.SplitHostPort(secure)
	config := sample(t, "Caddyfile", "10.0.0.11:8080", servers[0], "10.0.0.12:8080", servers[1],
		"chat.example.com {", "{\n\tadmin off\n\tauto_https disable_redirects\n}\nhttps://chat.example.com:"+port+" {\n\tbind 127.0.0.1\n\ttls "+cert+" "+key)
	file := filepath.Join(folder, "Caddyfile")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("caddy", "run", "--config", file, "--adapter", "caddyfile")
	c.Env = append(os.Environ(), "HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	runProxy(t, secure, c, syscall.SIGTERM)
	return proxied{secure, pool}
}

// sample reads a file of docs/deploy and replaces pairs of texts, each of which must be there.
func sample(t *testing.T, name string, pairs ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%s does not have %q any more", name, pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

// runProxy runs a proxy until the test ends, and returns when it takes connections.
func runProxy(t *testing.T, address string, c *exec.Cmd, end os.Signal) {
	t.Helper()
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	if err := c.Start(); err != nil {
		t.Fatalf("cannot start the proxy: %v; scripts/setup test installs it", err)
	}
	done := make(chan struct{})
	go func() { _ = c.Wait(); close(done) }()
	t.Cleanup(func() {
		_ = c.Process.Signal(end)
		<-done
		if t.Failed() {
			t.Logf("the proxy said:\n%s", said.String())
		}
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			conn.Close()
			return
		}
		select {
		case <-done:
			t.Fatalf("the proxy has ended: %s", said.String())
		default:
		}
		if time.Now().After(end) {
			t.Fatal("the proxy takes no connections")
		}
	}
}

// publicCertificate makes a certificate for publicHost, as files.
func publicCertificate(t *testing.T, folder string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: uuid.NewString()}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), DNSNames: []string{publicHost}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return cert, key, pool
}
