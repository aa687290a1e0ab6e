package hub

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"dragoman/internal/backing"

	"github.com/redis/go-redis/v9"
)

// freePorts returns ports that are the test's own until it ends; a Cluster's server takes the port 10,000 above its own as well.
func freePorts(t testing.TB, n int, further ...int) []string {
	t.Helper()
	var ports []string
	for range n {
		ports = append(ports, backing.PortOf(t, further...).String())
	}
	return ports
}

// do asks a server something. A machine that is busy with other tests may let it wait for longer than the library does by itself.
func (r *redisServer) do(args ...any) (any, error) {
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + r.port, MaxRetries: -1, Protocol: 2, DialTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute})
	defer c.Close()
	return c.Do(context.Background(), args...).Result()
}

// must asks a server something that it has to do.
func (r *redisServer) must(args ...any) any {
	r.t.Helper()
	v, err := r.do(args...)
	if err != nil {
		r.t.Fatalf("%v: %v", args, err)
	}
	return v
}

// startRedisWith starts a server with further arguments.
func startRedisWith(t testing.TB, port string, args ...string) *redisServer {
	t.Helper()
	r := &redisServer{t: t, port: port, dir: t.TempDir(), args: args}
	r.start()
	t.Cleanup(r.kill)
	return r
}

// redisCluster is a Cluster of our own: three masters, of which the first has a replica if asked for.
func startCluster(t testing.TB, replica bool) []*redisServer {
	t.Helper()
	var all []*redisServer
	// Who is to be replaced must soon be missed; without a replica nobody is to be missed who is late on a busy machine.
	n, missed := 3, "15000"
	if replica {
		n, missed = 4, "1000"
	}
	for _, port := range freePorts(t, n, 10000) {
		all = append(all, startRedisWith(t, port, "--cluster-enabled", "yes", "--cluster-node-timeout", missed,
			"--cluster-config-file", "nodes.conf", "--cluster-require-full-coverage", "no"))
	}
	const each = clusterSlots / 3
	for i, r := range all[:3] {
		last := (i+1)*each - 1
		if i == 2 {
			last = clusterSlots - 1
		}
		r.must("CLUSTER", "ADDSLOTSRANGE", i*each, last)
		r.must("CLUSTER", "SET-CONFIG-EPOCH", i+1)
	}
	for _, r := range all[1:] {
		r.must("CLUSTER", "MEET", "127.0.0.1", all[0].port)
	}
	for _, r := range all {
		until(t, 20*time.Second, "the Cluster knows its slots", func() bool {
			slots, err := r.do("CLUSTER", "SLOTS")
			list, _ := slots.([]any)
			info, _ := r.do("CLUSTER", "INFO")
			return err == nil && len(list) == 3 && len(fmt.Sprint(info)) > 16 && fmt.Sprint(info)[:16] == "cluster_state:ok"
		})
	}
	if replica {
		all[3].must("CLUSTER", "REPLICATE", all[0].must("CLUSTER", "MYID"))
		until(t, 20*time.Second, "the replica follows", func() bool {
			slots, _ := all[0].do("CLUSTER", "SLOTS")
			for _, s := range slots.([]any) {
				if len(s.([]any)) > 3 {
					role, err := all[3].do("ROLE")
					return err == nil && fmt.Sprint(role.([]any)[3]) == "connected"
				}
			}
			return false
		})
	}
	return all
}

func clusterURL(all []*redisServer) string {
	url := "redis+cluster://"
	for i, r := range all {
		if i > 0 {
			url += ","
		}
		url += "127.0.0.1:" + r.port
	}
	return url
}

// startSentinels starts a master, a replica, and three Sentinels that need half a second to agree that the master is gone.
func startSentinels(t testing.TB) (master, replica *redisServer, url string) {
	t.Helper()
	ports := freePorts(t, 5)
	master = startRedisWith(t, ports[0], "--repl-diskless-sync-delay", "0")
	replica = startRedisWith(t, ports[1], "--replicaof", "127.0.0.1 "+ports[0])
	until(t, 20*time.Second, "the replica follows", func() bool {
		role, err := replica.do("ROLE")
		return err == nil && fmt.Sprint(role.([]any)[3]) == "connected"
	})
	url = "redis+sentinel://"
	for i, port := range ports[2:] {
		s := &redisServer{t: t, port: port, dir: t.TempDir(), sentinel: true}
		s.start()
		t.Cleanup(s.kill)
		s.must("SENTINEL", "MONITOR", "shop", "127.0.0.1", master.port, 2)
		s.must("SENTINEL", "SET", "shop", "down-after-milliseconds", 500)
		s.must("SENTINEL", "SET", "shop", "failover-timeout", 3000)
		if i > 0 {
			url += ","
		}
		url += "127.0.0.1:" + port
		t.Cleanup(func() { s.kill() })
	}
	last := &redisServer{t: t, port: ports[4]}
	until(t, 20*time.Second, "the Sentinels know each other and the replica", func() bool {
		others, err := last.do("SENTINEL", "SENTINELS", "shop")
		replicas, _ := last.do("SENTINEL", "REPLICAS", "shop")
		list, _ := others.([]any)
		followers, _ := replicas.([]any)
		return err == nil && len(list) == 2 && len(followers) == 1
	})
	return master, replica, url + "/shop"
}

// command is how this server is started.
func (r *redisServer) command() *exec.Cmd {
	args := []string{"--port", r.port, "--bind", "127.0.0.1", "--dir", r.dir}
	if r.sentinel {
		// A Sentinel writes what it learns into its configuration, which therefore must be a file.
		args = append([]string{r.dir + "/sentinel.conf", "--sentinel"}, args...)
	} else {
		args = append(args, "--save", "", "--appendonly", "no")
	}
	return exec.Command("redis-server", append(args, r.args...)...)
}
