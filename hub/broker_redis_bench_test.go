package hub

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/chat"
)

// BenchmarkHop measures a line's way from one node over Redis to another: both brokers are in this process, Redis has its own. Beside what Go
// counts it prints the CPU of both and of Redis for 1,000 lines.
func BenchmarkHop(b *testing.B) {
	r := startRedis(b)
	one := listenTo(b, r.url())
	two := newRedisBroker(b, r.url())
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	var heard atomic.Int64
	go func() {
		defer close(done)
		two.Run(ctx, func(_ string, evs []chat.Event) { heard.Add(int64(len(evs))) }, func([]string) {})
	}()
	defer func() {
		stop()
		<-done
	}()
	const conversations = 1000
	topics := make([]string, conversations)
	for i := range topics {
		topics[i] = topicConversation + fmt.Sprintf("0192f0c1-0000-7000-8000-%012d", i)
		one.Follow(topics[i])
		two.Follow(topics[i])
	}
	until(b, 10*time.Second, "everything is subscribed to", func() bool {
		n := r.must("PUBSUB", "NUMSUB", r.channelOf(topics[conversations-1])).([]any)
		return n[1] == int64(2) && two.Beating()
	})
	line := parcelSamples()["line"][:1]
	redisBefore, selfBefore := r.cpu(), selfCPU(b)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		must(b, one.Publish(ctx, topics[n%conversations], line...))
		n++
		for int64(n)-heard.Load() > 1000 { // open, but within the queues
			pause(ctx, time.Millisecond)
		}
	}
	until(b, 20*time.Second, "all are heard", func() bool { return heard.Load() == int64(n) })
	per := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(n) * 1000 }
	b.ReportMetric(per(selfCPU(b)-selfBefore), "nodes-ms/1000")
	b.ReportMetric(per(r.cpu()-redisBefore), "redis-ms/1000")
}

// channelOf is where a topic is published with database 0.
func (r *redisServer) channelOf(topic string) string { return "dragoman:0:" + topic }

// cpu is what the server has used.
func (r *redisServer) cpu() time.Duration {
	var all float64
	for line := range strings.Lines(r.must("INFO", "cpu").(string)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			s, err := strconv.ParseFloat(value, 64)
			if err != nil {
				r.t.Fatal(err)
			}
			all += s
		}
	}
	return time.Duration(all * float64(time.Second))
}
