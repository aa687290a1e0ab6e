package store_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/process"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// BenchmarkAppendPaced sends so many lines a second from 400 visitors, whoever waits or not: what a busy server costs that is not at its limit.
func BenchmarkAppendPaced(b *testing.B) {
	const producers = 400
	for _, kind := range kinds {
		for _, rate := range []int{500, 2000, 6000} {
			b.Run(fmt.Sprintf("%s/rate=%d", kind.name, rate), func(b *testing.B) {
				benchmarkAppendAt(b, kind.open(b), producers, rate)
			})
		}
	}
}

var kinds = []struct {
	name string
	open func(testing.TB) *store.Store
}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}}

// BenchmarkAppend measures visitors' lines with key, all indexes and one pending translation, each acknowledged after its commit:
//
//	go test ./store -run '^$' -bench Append -benchtime 20000x
//
// Beside the time per line it prints lines/s, the 50th and 99th percentile of one acknowledgement, and this process's CPU per 1,000 lines.
func BenchmarkAppend(b *testing.B) {
	for _, kind := range kinds {
		for _, producers := range []int{1, 32, 256} {
			b.Run(fmt.Sprintf("%s/producers=%d", kind.name, producers), func(b *testing.B) {
				benchmarkAppend(b, kind.open(b), producers)
			})
		}
	}
}

func benchmarkAppend(b *testing.B, s *store.Store, producers int) {
	benchmarkAppendAt(b, s, producers, 0)
}

// benchmarkAppendAt sends rate lines a second, or with 0 as many as it can. A line that comes late because all producers wait counts from its turn.
func benchmarkAppendAt(b *testing.B, s *store.Store, producers, rate int) {
	sh := newShop(b, s)
	visitors := make([]chat.Visitor, producers)
	conversations := make([]string, producers)
	for i := range visitors {
		v, err := s.AddVisitor(b.Context(), chat.NewVisitor{Site: sh.site.Key, Token: [32]byte{9, byte(i), byte(i >> 8)}, Language: language.Spanish})
		must(b, err)
		visitors[i] = v
		conversations[i] = sh.append(b, line(v, "", "hola")).Conversation
	}
	const text = "Buenos días, ¿podría decirme dónde está mi pedido 2026-114477? Lo pagué el lunes y todavía no ha llegado nada a casa."
	times := make([][]time.Duration, producers)
	var next atomic.Int64
	before, servers := cpu(), serverCPU(b, s)
	b.ResetTimer()
	start := time.Now()
	var all sync.WaitGroup
	for i := range producers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				begin := time.Now()
				if rate > 0 {
					begin = start.Add(time.Duration(n) * time.Second / time.Duration(rate))
					<-time.After(time.Until(begin))
				}
				if _, err := s.Append(b.Context(), line(visitors[i], conversations[i], text)); err != nil {
					b.Error(err)
					return
				}
				times[i] = append(times[i], time.Since(begin))
			}
		})
	}
	all.Wait()
	b.StopTimer()
	took := slices.Sorted(slices.Values(slices.Concat(times...)))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-ms/1000")
	if servers > 0 {
		b.ReportMetric(float64((serverCPU(b, s)-servers).Microseconds())/float64(b.N), "postgres-ms/1000")
	}
}

// serverCPU is what PostgreSQL's processes have used so far, those that have ended included; 0 for SQLite.
func serverCPU(b *testing.B, s *store.Store) time.Duration {
	if !strings.HasPrefix(s.Describe(), "postgres://") {
		return 0
	}
	own, err := s.Int(b.Context(), `SELECT pg_backend_pid()`)
	must(b, err)
	// The second word after the name in parentheses is the process that all of PostgreSQL come from.
	stat, err := os.ReadFile("/proc/" + strconv.FormatInt(own, 10) + "/stat")
	must(b, err)
	mother, err := strconv.Atoi(strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))[1])
	must(b, err)
	used, err := process.TreeCPU(mother)
	must(b, err)
	return used
}

func line(v chat.Visitor, conversation, text string) chat.Post {
	return chat.Post{Site: "shop", Conversation: conversation, Author: v.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: text, Language: language.Spanish}
}

// cpu is what this process has used so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
