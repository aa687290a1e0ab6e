package hub

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// clusterSlots is how many slots a Cluster has; which server has which it says itself.
	clusterSlots = 16384
	// buckets is over how many slots topics are spread. Sharded channels can be subscribed to together only if they have one slot, so with
	// fewer buckets than slots thousands of topics need hundreds of commands.
	buckets = 1024
	// findTimeout bounds what one server is asked about the others.
	findTimeout = time.Second
)

// shard is a server that takes commands, and the buckets that are its own. A single Redis has all.
type shard struct {
	addr string
	has  [buckets]bool
}

// finder finds the servers of an address.
type finder struct {
	address *redisAddress
	known   []string // masters of a Cluster, as found before
}

// find returns the servers as they are now.
func (f *finder) find(ctx context.Context) ([]shard, error) {
	switch f.address.kind {
	case redisSentinel:
		addr, err := f.findMaster(ctx)
		return []shard{whole(addr)}, err
	case redisCluster:
		return f.findCluster(ctx)
	}
	return []shard{whole(f.address.hosts[0])}, nil
}

// whole is a server that has everything.
func whole(addr string) shard {
	s := shard{addr: addr}
	for i := range s.has {
		s.has[i] = true
	}
	return s
}

// findMaster asks the Sentinels for the master; the first that answers is believed, if the server that it names says so too: a Sentinel
// that was cut off still names the one of yesterday.
func (f *finder) findMaster(ctx context.Context) (string, error) {
	var all error
	for _, host := range f.address.hosts {
		addr, err := f.askSentinel(ctx, host)
		if err == nil {
			return addr, nil
		}
		all = errors.Join(all, fmt.Errorf("the Sentinel %s: %w", host, err))
	}
	return "", all
}

func (f *finder) askSentinel(ctx context.Context, host string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	c := redis.NewSentinelClient(f.address.sentinelOptions(host))
	defer c.Close()
	where, err := c.GetMasterAddrByName(ctx, f.address.master).Result()
	if errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("it knows no master %q: correct the name", f.address.master)
	}
	if err != nil {
		return "", err
	}
	addr := net.JoinHostPort(where[0], where[1])
	m := redis.NewClient(f.address.options(addr))
	defer m.Close()
	role, err := m.Do(ctx, "ROLE").Slice()
	if err != nil {
		return "", fmt.Errorf("the master %s: %w", addr, err)
	}
	if len(role) == 0 || role[0] != "master" {
		return "", fmt.Errorf("%s, which it names, is no master at the moment", addr)
	}
	return addr, nil
}

// findCluster asks the servers of a Cluster, in any order, who has what.
func (f *finder) findCluster(ctx context.Context) ([]shard, error) {
	ask := slices.Concat(f.known, f.address.hosts)
	rand.Shuffle(len(ask), func(i, j int) { ask[i], ask[j] = ask[j], ask[i] })
	var all error
	for i, host := range ask {
		if slices.Contains(ask[:i], host) {
			continue
		}
		shards, err := f.askCluster(ctx, host)
		if err == nil {
			f.known = f.known[:0]
			for _, s := range shards {
				f.known = append(f.known, s.addr)
			}
			return shards, nil
		}
		all = errors.Join(all, fmt.Errorf("%s: %w", host, err))
	}
	return nil, all
}

func (f *finder) askCluster(ctx context.Context, host string) ([]shard, error) {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	c := redis.NewClient(f.address.options(host))
	defer c.Close()
	//lint:ignore SA1019 CLUSTER SHARDS would do, but every server that speaks Redis' protocol answers this one, and says first who is the master.
	ranges, err := c.ClusterSlots(ctx).Result()
	if err != nil {
		if strings.Contains(err.Error(), "cluster support disabled") {
			err = errors.New("it is no part of a Cluster: write redis:// if it is alone")
		}
		return nil, err
	}
	return shardsOf(ranges, host)
}

// shardsOf sorts the slots of a Cluster into shards. asked is who told: a server without a name is that one.
func shardsOf(ranges []redis.ClusterSlot, asked string) ([]shard, error) {
	var owners [clusterSlots]string
	for _, r := range ranges {
		if len(r.Nodes) == 0 || r.Start < 0 || r.End >= clusterSlots {
			continue
		}
		addr := r.Nodes[0].Addr // the first is the master
		if host, port, err := net.SplitHostPort(addr); err == nil && host == "" {
			own, _, _ := net.SplitHostPort(asked)
			addr = net.JoinHostPort(own, port)
		}
		for slot := r.Start; slot <= r.End; slot++ {
			owners[slot] = addr
		}
	}
	byAddr := map[string]*shard{}
	for b := range buckets {
		addr := owners[bucketSlot(b)]
		if addr == "" {
			return nil, errors.New("no server has all slots of the Cluster at the moment")
		}
		if byAddr[addr] == nil {
			byAddr[addr] = &shard{addr: addr}
		}
		byAddr[addr].has[b] = true
	}
	shards := make([]shard, 0, len(byAddr))
	for _, s := range byAddr {
		shards = append(shards, *s)
	}
	return shards, nil
}

// bucketOf returns the bucket of a topic.
func bucketOf(topic string) int { return int(crc16(topic)) % buckets }

// bucketSlot returns the slot of all channels of a bucket: only what stands in braces counts.
func bucketSlot(bucket int) int { return int(crc16(strconv.Itoa(bucket))) % clusterSlots }

// crc16 is the checksum by which a Cluster spreads keys (XMODEM: polynomial 0x1021, from 0).
func crc16(s string) uint16 {
	var crc uint16
	for i := range len(s) {
		crc ^= uint16(s[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
