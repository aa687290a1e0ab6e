package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Check asks Redis everything that the broker will need: who is in charge, whether it lets us in, and whether what is published arrives, on
// every server. It returns a sentence on what it found; an error says what to do, and never holds a password.
func (b *Redis) Check(ctx context.Context) (string, error) {
	f := finder{address: b.address}
	shards, err := f.find(ctx)
	if err != nil {
		return "", explain(err)
	}
	version := ""
	for _, s := range shards {
		if version, err = b.checkServer(ctx, s); err != nil {
			return "", fmt.Errorf("%s: %w", s.addr, explain(err))
		}
	}
	switch b.address.kind {
	case redisSentinel:
		return fmt.Sprintf("the master %s (%s) is %s, and what is published there arrives", b.address.master, version, shards[0].addr), nil
	case redisCluster:
		return fmt.Sprintf("all %d masters of the Cluster (%s) answer, and what is published on each arrives", len(shards), version), nil
	}
	return fmt.Sprintf("%s (%s) answers, and what is published arrives", shards[0].addr, version), nil
}

// checkServer asks one server, and hears itself over it.
func (b *Redis) checkServer(ctx context.Context, s shard) (version string, err error) {
	c := redis.NewClient(b.address.options(s.addr))
	defer c.Close()
	if err := c.Ping(ctx).Err(); err != nil {
		return "", err
	}
	version = "Redis"
	if info, err := c.Info(ctx, "server").Result(); err == nil { // may be forbidden, and is not needed
		if _, rest, ok := strings.Cut(info, "redis_version:"); ok {
			version = "Redis " + strings.Fields(rest)[0]
		}
		if b.address.kind == redisSingle && strings.Contains(info, "redis_mode:cluster") {
			return "", errors.New("this server is part of a Cluster: write redis+cluster:// in --redis")
		}
	}
	channel, subscribe, publish := b.prefix()+topicBeat+b.mark, c.Subscribe, c.Publish
	if b.address.kind == redisCluster {
		channel = b.inBucket(slices.Index(s.has[:], true), topicBeat+b.mark)
		subscribe, publish = c.SSubscribe, c.SPublish
	}
	sub := subscribe(ctx, channel)
	defer sub.Close()
	if _, err := sub.ReceiveTimeout(ctx, redisTimeout); err != nil {
		return "", err
	}
	if err := publish(ctx, channel, b.mark).Err(); err != nil {
		return "", err
	}
	if _, err := sub.ReceiveTimeout(ctx, redisTimeout); err != nil {
		return "", fmt.Errorf("what is published does not arrive: %w", err)
	}
	return version, nil
}

// redisRights are what a user of Redis needs, as its ACL says it.
const redisRights = "~dragoman:* &dragoman:* +@pubsub +@connection +@scripting +@read +@write +cluster +role +info +time"

// remedies are what can be done about an error of Redis, by what stands in it. The first that fits holds.
func remedies() [][2]string {
	return [][2]string{
		{"NOPERM", "the user in --redis needs the channels and keys that begin with dragoman: (ACL: " + redisRights + ")"},
		{"WRONGPASS", "correct user and password in --redis"},
		{"NOAUTH", "put user and password into --redis"},
		{"without any", "take the password out of --redis, or give the server one"},
		{"unknown command 'ssubscribe'", "a Cluster needs Redis 7 or later for sharded pub/sub"},
		{"unknown command 'sentinel'", "it is no Sentinel: correct host and port in --redis, or write redis:// for a Redis"},
		{"DB index", "correct the number of the database in --redis"},
		{"first record", "the server does not speak TLS: write redis in place of rediss in --redis"},
		{"x509", "the server's certificate is not trusted here; SSL_CERT_FILE may name the file of the authority that signed it"},
		{"no such host", "correct the host in --redis"},
		{"CLUSTERDOWN", "the Cluster has slots without a server"},
		{"connection refused", "start it, or correct --redis"},
		{"client sent an HTTP", "correct the port in --redis"},
	}
}

// explain adds to an error of Redis what to do about it.
func explain(err error) error {
	text := strings.ToLower(err.Error())
	for _, r := range remedies() {
		if strings.Contains(text, strings.ToLower(r[0])) {
			return fmt.Errorf("%w; %s", err, r[1])
		}
	}
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w; it does not answer: correct --redis (rediss is with TLS, redis without), or see whether a firewall is between", err)
	}
	return err
}
