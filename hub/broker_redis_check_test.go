package hub

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// checks asks as the command does.
func checks(t *testing.T, url string) (string, error) {
	t.Helper()
	b, err := NewRedis(url, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return b.Check(t.Context())
}

func TestRedisCheck(t *testing.T) {
	t.Parallel()
	r := startRedisWith(t, freePorts(t, 1)[0], "--requirepass", "s3cret", "--user", "blind", "on", ">s3cret", "~*", "+@all", "resetchannels")
	host := "127.0.0.1:" + r.port
	closed := freePorts(t, 1)[0]
	hole, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hole.Close() })
	for _, c := range []struct{ url, found, fault string }{
		{url: "redis://:s3cret@" + host, found: "what is published arrives"},
		{url: "redis://" + host, fault: "put user and password into --redis"},
		{url: "redis://:wr0ng@" + host, fault: "correct user and password"},
		{url: "redis://:s3cret@" + host + "/99", fault: "correct the number"},
		{url: "redis://blind:s3cret@" + host, fault: "the channels and keys that begin with dragoman:"},
		{url: "redis+cluster://:s3cret@" + host, fault: "write redis://"},
		{url: "redis+sentinel://:s3cret@" + host + "/shop?sentinel_password=s3cret", fault: "it is no Sentinel"},
		{url: "rediss://:s3cret@" + host, fault: "redis"},
		{url: "redis://127.0.0.1:" + closed, fault: "start it, or correct --redis"},
		{url: "redis://" + hole.Addr().String(), fault: "does not answer"},
	} {
		found, err := checks(t, c.url)
		switch {
		case c.found != "" && (err != nil || !strings.Contains(found, c.found)):
			t.Errorf("%s: %q, %v", c.url, found, err)
		case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
			t.Errorf("%s: %q, %v; want %q", c.url, found, err, c.fault)
		case err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "wr0ng")):
			t.Errorf("%s: the error has the password: %v", c.url, err)
		}
	}
}

// TestRedisLeastRights: the rights that the documentation and the error name are enough, for events, limits and the command check, on one server and
// on a Cluster.
func TestRedisLeastRights(t *testing.T) {
	t.Parallel()
	cluster := startCluster(t, false)
	single := startRedis(t)
	for url, servers := range map[string][]*redisServer{
		"redis://least:s3cret@127.0.0.1:" + single.port:             {single},
		"redis+cluster://least:s3cret@127.0.0.1:" + cluster[0].port: cluster,
	} {
		for _, r := range servers {
			rights := []any{"ACL", "SETUSER", "least", "on", ">s3cret", "resetchannels"}
			for right := range strings.FieldsSeq(redisRights) {
				rights = append(rights, right)
			}
			r.must(rights...)
		}
		if _, err := checks(t, url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
		e := listenTo(t, url)
		if owed, err := NewRedisLedger(e.Redis).Owe(t.Context(), []string{"a", "b"}, []time.Duration{time.Minute, time.Hour}); err != nil || owed[1] < time.Minute {
			t.Errorf("%s: %v, %v", url, owed, err)
		}
	}
}
