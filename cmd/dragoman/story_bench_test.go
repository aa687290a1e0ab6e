package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/internal/browsertest"
)

// A phone on a slow network, as the figures of docs/benchmarks.md have it.
const (
	slowTrip = 150 * time.Millisecond
	slowBits = 1_600_000
	slowCPU  = 4
)

// rounds is how often each figure is taken; the medians are printed.
const rounds = 7

// opening is how one first opening went: ms from the click on the launcher until the frame's page was there, until its script and style were, until the
// composer was painted and had the focus; and how long the frame's main thread had worked by then.
type opening struct{ page, files, usable, busy float64 }

// openingOf opens the demo shop in a new browser with an empty profile, and clicks the launcher. cpu slows the page's and the frame's processor down; 1
// leaves it as it is. The browser is closed before the next one starts: slowing down is done by keeping a processor busy, also for a page that rests.
func openingOf(b *testing.B, shop, chat string, cpu float64) opening {
	b.Helper()
	browser := browsertest.Start(b, "es-ES,es", browsertest.Alone())
	defer browser.Close()
	page := browser.Tab(browsertest.Desktop)
	page.Open(shop)
	page.Wait("window.dragoman?.v")
	page.Do(`addEventListener('pointerdown', e => { window.__down = performance.timeOrigin + e.timeStamp }, true)`)
	page.Slow(cpu)
	frame := openWidgetSlowly(page, chat, cpu)
	frame.Wait("!document.querySelector('textarea').disabled && document.activeElement === document.querySelector('textarea')")
	// The frame is empty until the application draws itself, composer and all: its first paint is the composer's.
	frame.Wait("performance.getEntriesByName('first-contentful-paint').length")
	down := browsertest.Eval[float64](page, "window.__down")
	since := func(when string) float64 {
		return browsertest.Eval[float64](frame, "performance.timeOrigin + "+when) - down
	}
	if shift := browsertest.Eval[float64](page, "new Promise(r => { let n = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) n += e.value }).observe({type: 'layout-shift', buffered: true}); requestAnimationFrame(() => setTimeout(() => r(n))) })"); shift != 0 {
		b.Errorf("the widget moves the shop's page: layout shift %g", shift)
	}
	return opening{
		page:   since("performance.getEntriesByType('navigation')[0].responseEnd"),
		files:  since(`Math.max(...performance.getEntriesByType('resource').filter(e => /widget\.(js|css)$/.test(e.name)).map(e => e.responseEnd))`),
		usable: since("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
		busy:   frame.Busy(),
	}
}

// openWidgetSlowly is openWidget, with the frame's processor slowed down from the moment on at which it can be reached.
func openWidgetSlowly(page *browsertest.Tab, chat string, cpu float64) *browsertest.Tab {
	page.Wait("document.querySelector('dragoman-chat')")
	page.ClickXY(browsertest.Eval[float64](page, "innerWidth - 48"), browsertest.Eval[float64](page, "innerHeight - 48"))
	frame := page.Frame(chat + "/widget/frame")
	frame.Slow(cpu)
	frame.Wait("document.querySelector('textarea')")
	return frame
}

// BenchmarkFirstOpening measures what a shopper waits for: from the click on the launcher, with nothing fetched and nothing
// cached, until the composer is painted. Each round is a new browser with an empty profile. Asked: 350 ms.
func BenchmarkFirstOpening(b *testing.B) {
	s := serve(b, "", "--demo")
	benchOpenings(b, s.under("shop")+"/demo/", s.under("chat"), 1)
}

// BenchmarkFirstOpeningSlow is the same on a slow phone, with the chat server 150 ms away at 1.6 Mbit/s. Asked: 1,500 ms.
func BenchmarkFirstOpeningSlow(b *testing.B) {
	link := laySlow(b, slowTrip, slowBits)
	chat := "http://chat.localhost:" + link.port()
	s := serve(b, "", "--demo", "--public-url", chat)
	link.to(strings.TrimPrefix(s.Public, "http://"))
	benchOpenings(b, s.under("shop")+"/demo/", chat, slowCPU)
}

func benchOpenings(b *testing.B, shop, chat string, cpu float64) {
	b.Helper()
	var page, files, usable, busy []float64
	for b.Loop() {
		for range rounds {
			o := openingOf(b, shop, chat, cpu)
			page, files, usable, busy = append(page, o.page), append(files, o.files), append(usable, o.usable), append(busy, o.busy)
		}
	}
	report(b, usable, "ms-median", "ms-most")
	report(b, page, "ms-page-there", "")
	report(b, files, "ms-files-there", "")
	report(b, busy, "ms-frame-worked", "")
}

func report(b *testing.B, values []float64, median, most string) {
	b.Helper()
	slices.Sort(values)
	b.ReportMetric(0, "ns/op") // a round is mostly the start of a browser
	b.ReportMetric(values[len(values)/2], median)
	if most != "" {
		b.ReportMetric(values[len(values)-1], most)
	}
}
