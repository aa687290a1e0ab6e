package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dragoman/internal/browsertest"
)

// pairs is how often BenchmarkShopPage visits the shop with the tag and without.
const pairs = 20

// visit is what a shop's page cost one visitor, in ms: until the largest paint, blocking beyond 50 ms a task, the longest task, all work of the main thread.
type visit struct{ largest, blocking, longest, busy float64 }

// less is what one visit cost more than another.
func (v visit) less(w visit) visit {
	return visit{v.largest - w.largest, v.blocking - w.blocking, v.longest - w.longest, v.busy - w.busy}
}

// BenchmarkShopPage measures what the widget costs the shop's page before anybody has touched it: the demo shop with the tag minus without, on a slow
// phone, each visit by somebody who has never been there. They come in the order with, without, without, with, so that a machine that gets slower or quicker meanwhile favours
// neither. Printed are the medians of the differences, and for the largest paint their quartiles and the interval in which the median lies with 95 %.
// Asked: largest paint at most 50 ms later, at most 10 ms more blocking, the loader at most 20 ms of the main thread, no task above 50 ms.
func BenchmarkShopPage(b *testing.B) {
	link := laySlow(b, slowTrip, slowBits)
	s := serve(b, "", "--demo", "--public-url", "http://chat.localhost:"+link.port())
	server := httptest.NewServer(withAndWithout(b, s.Public))
	b.Cleanup(server.Close)
	link.to(strings.TrimPrefix(server.URL, "http://"))
	shop := "http://shop.localhost:" + link.port()
	allow(b, s, shop)
	with, without := shop+"/demo/", shop+"/without/demo/"
	// The first visits of a browser's life are slower than all others, and the server compresses what it is asked for the first time.
	visitOf(b, with)
	visitOf(b, without)
	var more []visit
	for b.Loop() {
		for i := range pairs {
			if i%2 == 0 {
				v := visitOf(b, with)
				more = append(more, v.less(visitOf(b, without)))
			} else {
				v := visitOf(b, without)
				more = append(more, visitOf(b, with).less(v))
			}
		}
	}
	largest := each(more, func(v visit) float64 { return v.largest })
	report(b, largest, "ms-largest-paint", "")
	b.Logf("largest paint later by, ms: %.0f", largest)
	b.ReportMetric(largest[len(largest)/4], "ms-largest-paint-q1")
	b.ReportMetric(largest[len(largest)*3/4], "ms-largest-paint-q3")
	low, high := medianLies(largest)
	b.ReportMetric(low, "ms-largest-paint-from")
	b.ReportMetric(high, "ms-largest-paint-to")
	report(b, each(more, func(v visit) float64 { return v.blocking }), "ms-blocking", "")
	report(b, each(more, func(v visit) float64 { return v.busy }), "ms-main-thread", "")
	report(b, each(more, func(v visit) float64 { return v.longest }), "ms-longest-task", "")
}

// allow lets the demo's site have its pages at one origin more, and waits until its loader says so: elsewhere it would draw nothing, and cost nothing.
func allow(b *testing.B, s *serving, origin string) {
	b.Helper()
	good(b, "", "site", "set", demoKey, "--origin", origin, "--data", s.data)
	soon(b, browsertest.Patience, "the loader knows "+origin, func() bool {
		_, _, loader := get(b, s.Public+"/widget/"+demoKey+".js", "")
		return strings.Contains(loader, origin)
	})
}

func each(visits []visit, of func(visit) float64) []float64 {
	var values []float64
	for _, v := range visits {
		values = append(values, of(v))
	}
	return values
}

// medianLies is the interval in which the median of all such values lies with 95 %: what the medians of samples drawn from these values are between (bootstrap).
func medianLies(values []float64) (low, high float64) {
	const samples = 10_000
	draw := rand.New(rand.NewPCG(1, 1))
	medians, sample := make([]float64, samples), make([]float64, len(values))
	for i := range medians {
		for j := range sample {
			sample[j] = values[draw.IntN(len(values))]
		}
		slices.Sort(sample)
		medians[i] = sample[len(sample)/2]
	}
	slices.Sort(medians)
	return medians[samples/40], medians[samples-samples/40]
}

var scriptTags = regexp.MustCompile(`<script async[^>]*></script>`)

// withAndWithout hands on what the server has, under /without/ with no tag of ours in its pages. All of it comes over one link, so both pages have the same way.
func withAndWithout(tb testing.TB, server string) http.Handler {
	tb.Helper()
	to, err := url.Parse(server)
	if err != nil {
		tb.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", handing(to, func(page []byte) []byte { return page }))
	mux.Handle("/without/", http.StripPrefix("/without", handing(to, func(page []byte) []byte { return scriptTags.ReplaceAll(page, nil) })))
	return mux
}

// handing hands on what a server has, as small as the server makes it; its pages are changed on the way, and compressed again.
func handing(to *url.URL, change func(page []byte) []byte) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
			if strings.HasSuffix(r.In.URL.Path, "/") {
				r.Out.Header.Set("Accept-Encoding", "identity")
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if !strings.HasSuffix(r.Request.URL.Path, "/") {
				return nil
			}
			page, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			var small bytes.Buffer
			w := gzip.NewWriter(&small)
			_, _ = w.Write(change(page)) // a bytes.Buffer takes everything
			if err := w.Close(); err != nil {
				return err
			}
			r.Body = io.NopCloser(&small)
			r.Header.Set("Content-Encoding", "gzip")
			r.Header.Set("Content-Length", strconv.Itoa(small.Len()))
			return nil
		},
		ErrorLog: log.New(io.Discard, "", 0), // who leaves a page breaks off what it still asks for
	}
}

// visitOf opens a page as somebody who has never been there, and looks at what it cost once nothing happens there any more. All come into one Chromium, which has run for a
// while by then, and one after the other: a benchmark runs when all tests are over, so nobody else is in it.
func visitOf(b *testing.B, url string) visit {
	b.Helper()
	browser := browsertest.Start(b, "es-ES,es")
	defer browser.Close()
	page := browser.Tab(browsertest.Phone)
	page.Slow(slowCPU)
	page.Script(`window.__visit = {largest: 0, blocking: 0, longest: 0}
new PerformanceObserver(l => { for (const e of l.getEntries()) __visit.largest = e.startTime }).observe({type: 'largest-contentful-paint', buffered: true})
new PerformanceObserver(l => { for (const e of l.getEntries()) { __visit.blocking += e.duration - 50; __visit.longest = Math.max(__visit.longest, e.duration) } }).observe({type: 'longtask', buffered: true})`)
	page.Open(url)
	if !strings.Contains(url, "/without/") {
		page.Wait("document.querySelector('dragoman-chat')")
	}
	page.Wait("__visit.largest")
	page.Do("new Promise(r => setTimeout(r, 2000))")
	return visit{
		largest:  browsertest.Eval[float64](page, "__visit.largest"),
		blocking: browsertest.Eval[float64](page, "__visit.blocking"),
		longest:  browsertest.Eval[float64](page, "__visit.longest"),
		busy:     page.Busy(),
	}
}
