package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"

	"github.com/chromedp/chromedp/kb"
)

// consoleRows is how many conversations the console's figures are taken with, keystrokes and switches how often each is.
const (
	consoleRows = 2000
	keystrokes  = 200
	switches    = 100
)

// painted measures in the page: the time from when a key came down until what it did was painted. done says when it has been done.
const painted = `window.__took = []
window.__measure = done => addEventListener('keydown', function once(e) {
  removeEventListener('keydown', once, true)
  const look = () => done() ? requestAnimationFrame(() => {
    const c = new MessageChannel()
    c.port1.onmessage = () => window.__took.push(performance.now() - e.timeStamp)
    c.port2.postMessage(0)
  }) : requestAnimationFrame(look)
  queueMicrotask(look)
}, true)`

// BenchmarkConsole measures what an agent feels with 2,000 conversations, in a real browser, while visitors write ten lines a second: from a key in
// the composer until its letter is painted (asked: p98 50 ms), and from J until the next conversation stands there with its lines (asked: p98 100 ms).
func BenchmarkConsole(b *testing.B) {
	s := serveFilled(b, consoleRows, "emma@demo.localhost", "--demo", "--limit", "visitors_per_minute=0", "--limit", "conversations_per_hour=0")
	console := browsertest.Start(b, "en-US,en", browsertest.Alone()).Tab(browsertest.Desktop)
	console.Script(painted)
	console.Open("http://chat.localhost:" + strings.TrimPrefix(s.Public[strings.LastIndex(s.Public, ":"):], ":") + "/agent/")
	login(b, console, s, "emma@demo.localhost")
	console.Click("#tab-all")
	allRows(console)
	defer busyShop(b, s)()
	var typed, switched []float64
	for b.Loop() {
		console.Press("j")
		console.Wait("document.querySelector('.lines [data-seq]')")
		console.Click(".composer textarea")
		for range keystrokes {
			typed = append(typed, keyTo(console, "() => true", func() { console.Press("a") }))
		}
		console.Press(kb.Escape)
		for range switches {
			console.Do("window.__was = location.pathname")
			switched = append(switched, keyTo(console, "() => location.pathname !== window.__was && document.querySelector('.lines [data-seq]')", func() { console.Press("j") }))
		}
	}
	report98(b, typed, "ms-keystroke")
	report98(b, switched, "ms-switch")
	b.ReportMetric(browsertest.Eval[float64](console, "document.querySelectorAll('.row').length"), "rows-in-tree")
	b.ReportMetric(browsertest.Eval[float64](console, "Number(document.querySelector('.row').ariaSetSize)"), "rows-loaded")
}

// allRows scrolls to the end of the list until it has come whole.
func allRows(console *browsertest.Tab) {
	console.Wait("document.querySelector('.row')?.ariaSetSize >= 2000 || (document.querySelector('.rows').scrollTop = 1e9) === 0")
	console.Do("document.querySelector('.rows').scrollTop = 0")
}

// keyTo measures one key: press it, and return the milliseconds until done holds and that is painted.
func keyTo(console *browsertest.Tab, done string, press func()) float64 {
	console.Do("(window.__took = [], window.__measure(" + done + "))")
	press()
	console.Wait("window.__took.length")
	return browsertest.Eval[float64](console, "window.__took[0]")
}

// busyShop has visitors write ten lines a second until the returned function is called.
func busyShop(b *testing.B, s *serving) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	for range 10 {
		session, err := client.NewSession(ctx, s.Public, "", chat.SessionRequest{Site: demoKey, Languages: []string{"es"}})
		if err != nil {
			b.Fatal(err)
		}
		c, err := client.Dial{Server: s.Public}.Open(ctx)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Hello(ctx, chat.Hello{Token: session.Token}); err != nil {
			b.Fatal(err)
		}
		running.Go(func() {
			defer c.Drop()
			t := time.NewTicker(time.Second)
			defer t.Stop()
			for {
				if err := c.Call(ctx, chat.CallSend, chat.Send{Key: chat.NewID(), Text: "¿Hay alguien?"}, nil); err != nil && ctx.Err() == nil {
					b.Error(err)
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-t.C:
				}
			}
		})
	}
	return func() { cancel(); running.Wait() }
}

func report98(b *testing.B, values []float64, name string) {
	b.Helper()
	slices.Sort(values)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(values[len(values)/2], name+"-p50")
	b.ReportMetric(values[len(values)*98/100], name+"-p98")
}

// BenchmarkConsoleSlow measures how long an agent who is signed in waits for the console with 2,000 conversations, from the address until the
// first rows are painted, over 150 ms and 1.6 Mbit/s with a slow processor and nothing cached. Asked: 2,000 ms.
func BenchmarkConsoleSlow(b *testing.B) {
	link := laySlow(b, slowTrip, slowBits)
	chatServer := "http://chat.localhost:" + link.port()
	s := serveFilled(b, consoleRows, "emma@demo.localhost", "--demo", "--public-url", chatServer)
	link.to(strings.TrimPrefix(s.Public, "http://"))
	var waited []float64
	for b.Loop() {
		for range rounds {
			browser := browsertest.Start(b, "en-US,en", browsertest.Alone())
			first := browser.Tab(browsertest.Desktop)
			first.Open(chatServer + "/agent/")
			login(b, first, s, "emma@demo.localhost")
			first.Close()
			console := browser.Tab(browsertest.Desktop)
			console.Uncached()
			console.Slow(slowCPU)
			console.Script(`new MutationObserver((_, o) => { if (document.querySelector('.row')) { o.disconnect(); requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => { window.__ready = performance.now() }; c.port2.postMessage(0) }) } }).observe(document, {childList: true, subtree: true})`)
			console.Open(chatServer + "/agent/")
			console.Wait("window.__ready")
			waited = append(waited, browsertest.Eval[float64](console, "window.__ready"))
			browser.Close()
		}
	}
	report(b, waited, "ms-median", "ms-most")
}
