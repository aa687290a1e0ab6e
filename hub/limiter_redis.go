package hub

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// oweScript adds up what keys owe, in microseconds ahead of Redis's own clock: the nodes' clocks may differ. A key that owes nothing is none.
const oweScript = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local owed = {}
for i, key in ipairs(KEYS) do
  local paid = math.max(tonumber(redis.call('GET', key)) or 0, now) + tonumber(ARGV[i])
  owed[i] = paid - now
  if owed[i] > 0 then
    redis.call('SET', key, string.format('%.0f', paid), 'PX', math.ceil(owed[i] / 1000))
  else
    owed[i] = 0
    redis.call('DEL', key)
  end
end
return owed`

// RedisLedger is where the nodes add up what is limited (the limits' Ledger). It lives in the same servers as the broker, and knows them through it.
type RedisLedger struct {
	broker *Redis
	script *redis.Script
}

// NewRedisLedger makes a ledger beside a broker, which must run.
func NewRedisLedger(b *Redis) *RedisLedger { return &RedisLedger{b, redis.NewScript(oweScript)} }

// Owe adds to what each key owes, and returns what all nodes together say that it owes, in the order of the keys. In a Cluster there is one
// call for each bucket of keys. An error may come after some were added; added again they owe a little too much for a while.
func (r *RedisLedger) Owe(ctx context.Context, keys []string, add []time.Duration) ([]time.Duration, error) {
	owed := make([]time.Duration, len(keys))
	for bucket, part := range r.parts(keys) {
		r.broker.mu.Lock()
		l := r.broker.owners[bucket]
		r.broker.mu.Unlock()
		if l == nil {
			return nil, errors.New("no server of Redis is known")
		}
		if err := r.owe(ctx, l, part, keys, add, owed); err != nil {
			if strings.HasPrefix(err.Error(), "MOVED") || strings.HasPrefix(err.Error(), "READONLY") {
				r.broker.refresh()
			}
			return nil, err
		}
	}
	return owed, nil
}

// parts sorts keys, as their places in the list, by where they live.
func (r *RedisLedger) parts(keys []string) map[int][]int {
	parts := map[int][]int{}
	for i, k := range keys {
		bucket := 0
		if r.broker.address.kind == redisCluster {
			bucket = bucketOf(k)
		}
		parts[bucket] = append(parts[bucket], i)
	}
	return parts
}

func (r *RedisLedger) owe(ctx context.Context, l *redisLink, part []int, keys []string, add, owed []time.Duration) error {
	names, args := make([]string, len(part)), make([]any, len(part))
	for i, at := range part {
		names[i], args[i] = r.broker.channel("limit:"+keys[at]), add[at].Microseconds()
		if r.broker.address.kind == redisCluster {
			names[i] = r.broker.inBucket(bucketOf(keys[at]), "limit:"+keys[at])
		}
	}
	answer, err := r.script.Run(ctx, l.client.Load(), names, args...).Int64Slice()
	if err != nil {
		return err
	}
	if len(answer) != len(part) {
		return errors.New("Redis answers for other keys than were asked")
	}
	for i, at := range part {
		owed[at] = time.Duration(answer[i]) * time.Microsecond
	}
	return nil
}
