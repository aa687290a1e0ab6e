package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// RedisForms are the forms that an address of Redis may have, for people.
const RedisForms = "redis://USER:PASSWORD@HOST:PORT/NUMBER, redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/MASTER/NUMBER " +
	"or redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT, with rediss in place of redis for TLS; only the hosts (and MASTER) must be there"

// redisKind is how servers of Redis stand together.
type redisKind int

const (
	redisSingle   redisKind = iota
	redisSentinel           // one master at a time; Sentinels say which
	redisCluster            // several masters, each with a part of the slots
)

// Default ports of Redis and of its Sentinels.
const (
	redisPort    = "6379"
	sentinelPort = "26379"
)

// redisAddress is what an address of Redis says.
type redisAddress struct {
	kind           redisKind
	hosts          []string // host:port: the server, the Sentinels, or some servers of the Cluster
	user, password string
	db             int
	master         string // by what name the Sentinels know the master
	// sentinelUser and sentinelPassword are for the Sentinels themselves.
	sentinelUser, sentinelPassword string
	// tls is nil without TLS. ServerName is taken from each host.
	tls *tls.Config
}

// parseRedis reads an address. Its errors never repeat it: it may hold a password.
func parseRedis(address string) (*redisAddress, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	secure := strings.HasPrefix(scheme, "rediss")
	kind, known := map[string]redisKind{"": redisSingle, "+sentinel": redisSentinel, "+cluster": redisCluster}[strings.TrimPrefix(strings.TrimPrefix(scheme, "redis"), "s")]
	if !ok || !known || !strings.HasPrefix(scheme, "redis") {
		return nil, errors.New("want " + RedisForms)
	}
	// A list of hosts is nothing that package url knows: it gets the address without.
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	if before, _, _ := strings.Cut(path, "?"); strings.Contains(before, "@") || strings.Contains(path, "#") {
		return nil, errUnescaped
	}
	at := strings.LastIndexByte(authority, '@') + 1
	u, err := url.Parse("redis://" + authority[:at] + "h" + path)
	if err != nil {
		return nil, errors.New("want user, password and path in the form of a URL, with %40 for an @ and so on: " + RedisForms)
	}
	a := &redisAddress{kind: kind, user: u.User.Username()}
	a.password, _ = u.User.Password()
	if secure {
		a.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if err := a.readHosts(authority[at:]); err != nil {
		return nil, err
	}
	if err := a.readPath(strings.Trim(u.Path, "/")); err != nil {
		return nil, err
	}
	return a, a.readQuery(u.Query())
}

// errUnescaped is for a password that looks like the end of the hosts; what comes after it must not be repeated.
var errUnescaped = errors.New("write %2F, %3F and %23 for /, ? and # in user and password: " + RedisForms)

func (a *redisAddress) readHosts(list string) error {
	port := redisPort
	if a.kind == redisSentinel {
		port = sentinelPort
	}
	for h := range strings.SplitSeq(list, ",") {
		h = strings.TrimSpace(h)
		if !strings.Contains(strings.TrimPrefix(h, "["), ":") || strings.HasSuffix(h, "]") {
			h += ":" + port
		}
		host, p, err := net.SplitHostPort(h)
		if err != nil || host == "" || strings.ContainsAny(host, " @") {
			return errors.New("want HOST or HOST:PORT, several of them with commas between (an IPv6 address in [])")
		}
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("want a port from 1 to 65535 after %q", host)
		}
		a.hosts = append(a.hosts, net.JoinHostPort(host, p))
	}
	if a.kind == redisSingle && len(a.hosts) > 1 {
		return errors.New("redis:// is one server: write redis+cluster:// before several of one Cluster, redis+sentinel:// before Sentinels")
	}
	return nil
}

func (a *redisAddress) readPath(path string) error {
	number := path
	switch a.kind {
	case redisSentinel:
		a.master, number, _ = strings.Cut(path, "/")
		if a.master == "" {
			return errors.New("want the name that the Sentinels have for the master after the hosts, as in redis+sentinel://HOST/MASTER")
		}
	case redisCluster:
		if path != "" {
			return errors.New("a Redis Cluster has no numbered databases: take out what stands behind the last host")
		}
	}
	if number == "" {
		return nil
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return fmt.Errorf("want the number of a database where %q stands", number)
	}
	a.db = n
	return nil
}

func (a *redisAddress) readQuery(q url.Values) error {
	for key := range q {
		switch {
		case strings.Contains(key, "@"):
			return errUnescaped
		case a.kind == redisSentinel && key == "sentinel_user":
			a.sentinelUser = q.Get(key)
		case a.kind == redisSentinel && key == "sentinel_password":
			a.sentinelPassword = q.Get(key)
		default:
			return fmt.Errorf("there is no setting %q in an address of this form", key)
		}
	}
	return nil
}

// options are for a client of one server. Nothing is tried twice: what is late is no use, because the others have read the store by then.
func (a *redisAddress) options(host string) *redis.Options {
	return &redis.Options{
		Addr: host, Username: a.user, Password: a.password, DB: a.db,
		Dialer: a.dial, DialTimeout: redisTimeout, ReadTimeout: redisTimeout, WriteTimeout: redisTimeout,
		MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true, PoolSize: 4,
		// The second version of its protocol has nothing that is not asked for.
		Protocol: 2, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// sentinelOptions are for a client of one Sentinel.
func (a *redisAddress) sentinelOptions(host string) *redis.Options {
	o := a.options(host)
	o.Username, o.Password, o.DB = a.sentinelUser, a.sentinelPassword, 0
	return o
}

// dial connects, with or without TLS; both give up a peer that does not acknowledge (controlSocket).
func (a *redisAddress) dial(ctx context.Context, network, host string) (net.Conn, error) {
	d := &net.Dialer{Timeout: redisTimeout, KeepAlive: 5 * time.Second, Control: controlSocket}
	if a.tls == nil {
		return d.DialContext(ctx, network, host)
	}
	ctx, cancel := context.WithTimeout(ctx, redisTimeout)
	defer cancel()
	return (&tls.Dialer{NetDialer: d, Config: a.tls}).DialContext(ctx, network, host)
}

// once returns a dial that connects one time: what lives by it ends with its connection, and does not mend itself behind our back.
func (a *redisAddress) once() func(ctx context.Context, network, host string) (net.Conn, error) {
	used := make(chan struct{}, 1)
	return func(ctx context.Context, network, host string) (net.Conn, error) {
		select {
		case used <- struct{}{}:
			return a.dial(ctx, network, host)
		default:
			return nil, errConnectionOver
		}
	}
}

var errConnectionOver = errors.New("the connection has ended")
