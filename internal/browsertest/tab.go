package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Tab is a page, or a frame of another site in one.
type Tab struct {
	ctx    context.Context
	tb     testing.TB
	device Device
	page   *Tab // of a frame: the page around it
	end    context.CancelFunc
}

func (t *Tab) must(err error, doing string, args ...any) {
	t.tb.Helper()
	if err != nil {
		t.tb.Fatalf("cannot %s: %v", fmt.Sprintf(doing, args...), err)
	}
}

func (t *Tab) emulate() {
	t.tb.Helper()
	if t.page == nil {
		opts := []chromedp.EmulateViewportOption{}
		if t.device.Phone {
			opts = append(opts, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(3))
		}
		t.must(chromedp.Do(t.ctx, chromedp.EmulateViewport(t.device.Width, t.device.Height, opts...)), "set the viewport")
	}
	// Every tab believes that it is the one in front: otherwise only the newest has the focus.
	_, err := chromedp.Call(t.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	t.must(err, "give the tab the focus")
	scheme, motion := "light", "no-preference"
	if t.device.Dark {
		scheme = "dark"
	}
	if t.device.Still {
		motion = "reduce"
	}
	forced, medium := "none", ""
	if t.device.Forced {
		forced = "active"
	}
	if t.device.Paper {
		medium = "print"
	}
	_, err = chromedp.Call(t.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium,
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: motion},
			{Name: "forced-colors", Value: forced},
		},
	})
	t.must(err, "set the colours")
}

// On shows what the tab shows on another device; the page is not loaded again. A touch screen that is there or not the page was told at its start.
func (t *Tab) On(d Device) {
	t.tb.Helper()
	t.device = d
	t.emulate()
}

// Close closes the tab, as a person does: what its page has not done by then it does not do any more.
func (t *Tab) Close() { t.end() }

// Open goes to an address and waits for the page's load event.
func (t *Tab) Open(url string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	t.must(chromedp.Do(ctx, chromedp.Navigate(url)), "open %s", url)
}

// Reload loads the page again.
func (t *Tab) Reload() {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	t.must(chromedp.Do(ctx, chromedp.Reload()), "reload")
}

// Back goes one page back in the tab's history, and waits until that page is there. It tells whether the browser had kept it alive, with everything in it.
func (t *Tab) Back() (kept bool) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	main := func(e page.EventFrameNavigated) bool { return e.Frame.ParentID == "" }
	e, err := chromedp.Run(ctx, chromedp.WaitEvent(page.FrameNavigated, main, chromedp.Evaluate[chromedp.Void]("void history.back()")))
	t.must(err, "go back")
	return e.Type == page.NavigationTypeBackForwardCacheRestore
}

// Eval returns the value of a JavaScript expression; a promise is awaited.
func Eval[T any](t *Tab, expression string) T {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	t.must(err, "evaluate %s", expression)
	return v
}

// Do evaluates an expression for its effect.
func (t *Tab) Do(expression string) {
	t.tb.Helper()
	Eval[chromedp.Void](t, "void("+expression+")")
}

// Wait waits until an expression is true. When it does not become true the test fails with what the page shows.
func (t *Tab) Wait(expression string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	var err error
	for {
		_, err = chromedp.Run(ctx, chromedp.Poll[json.RawMessage](
			"(()=>{try{return !!("+expression+")}catch{return false}})()", chromedp.WithPollingTimeout(Patience)))
		if err == nil {
			return
		}
		// The page went while it was asked; the next one is asked.
		if ctx.Err() != nil || !navigated(err) {
			break
		}
	}
	// A page whose script never ends answers nothing more: that is a failure too, and not the end of all tests.
	last, done := context.WithTimeout(t.ctx, Patience)
	defer done()
	shown, deaf := chromedp.Run(last, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	if deaf != nil {
		shown = "nothing: " + deaf.Error()
	}
	t.tb.Fatalf("never came true: %s (%v)\nscreenshot: %s\nthe page shows:\n%s", expression, err, t.failureShot(), shown)
}

// navigated tells whether a page did not answer because another came in its place.
func navigated(err error) bool {
	return strings.Contains(err.Error(), "Cannot find context") || strings.Contains(err.Error(), "Inspected target navigated")
}

// WaitText waits until the page shows a text.
func (t *Tab) WaitText(text string) {
	t.tb.Helper()
	t.Wait("document.body.innerText.includes(" + quote(text) + ")")
}

// WaitGone waits until the page does not show a text any more.
func (t *Tab) WaitGone(text string) {
	t.tb.Helper()
	t.Wait("!document.body.innerText.includes(" + quote(text) + ")")
}

// Text returns what an element shows.
func (t *Tab) Text(selector string) string {
	t.tb.Helper()
	return Eval[string](t, "document.querySelector("+quote(selector)+").innerText")
}

// Click waits for an element and clicks (on a phone: taps) its middle, as a person would: with the pointer, after it has come to rest.
func (t *Tab) Click(selector string) {
	t.tb.Helper()
	el := "document.querySelector(" + quote(selector) + ")"
	t.Wait(el + " && " + el + ".getClientRects().length")
	t.settle()
	t.Do(el + ".scrollIntoView({block:'nearest'})")
	x := Eval[float64](t, "(r=>r.left+r.width/2)("+el+".getBoundingClientRect())")
	y := Eval[float64](t, "(r=>r.top+r.height/2)("+el+".getBoundingClientRect())")
	if hit := Eval[bool](t, fmt.Sprintf("(h=>!!h&&(%s.contains(h)||h.contains(%s)))(document.elementFromPoint(%g,%g))", el, el, x, y)); !hit {
		t.tb.Fatalf("%s is covered by %s; screenshot: %s", selector,
			Eval[string](t, fmt.Sprintf("document.elementFromPoint(%g,%g)?.outerHTML.slice(0,200) ?? 'nothing'", x, y)), t.failureShot())
	}
	t.ClickXY(x, y)
}

// ClickXY clicks, or on a phone taps, a point of the page.
func (t *Tab) ClickXY(x, y float64) {
	t.tb.Helper()
	if t.device.Phone {
		t.must(chromedp.Do(t.ctx, chromedp.TapXY(x, y)), "tap")
		return
	}
	t.must(chromedp.Do(t.ctx, chromedp.MouseClickXY(x, y)), "click")
}

// Type types a text into what has the focus.
func (t *Tab) Type(text string) {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, input.InsertText, input.InsertTextParams{Text: text})
	t.must(err, "type")
}

// Compose shows a text as input methods do before it is decided: in the field, and not written yet.
func (t *Tab) Compose(text string) {
	t.tb.Helper()
	end := int64(len([]rune(text)))
	_, err := chromedp.Call(t.ctx, input.ImeSetComposition, input.ImeSetCompositionParams{Text: text, SelectionStart: end, SelectionEnd: end})
	t.must(err, "compose")
}

// Press presses keys one after the other, as in kb.Enter. They come down raw, as from a keyboard: what a page takes as a command
// writes no letter.
func (t *Tab) Press(keys string, modifiers ...chromedp.Modifier) {
	t.tb.Helper()
	raw := func(p *input.DispatchKeyEventParams) {
		if p.Type == kb.KeyDown {
			p.Type = kb.KeyRawDown
		}
	}
	t.must(chromedp.Do(t.ctx, chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...), raw)), "press %q", keys)
}

// Frame waits for the frame of another site whose address begins so.
func (t *Tab) Frame(prefix string) *Tab {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	id, err := waitTarget(ctx, prefix)
	t.must(err, "find a frame at %s", prefix)
	hold, attached := nodesHeld()
	frameCtx, end := chromedp.NewContext(t.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel(), chromedp.WithListener(hold))
	t.tb.Cleanup(end)
	f := &Tab{ctx: frameCtx, tb: t.tb, device: t.device, page: t}
	err = chromedp.Do(frameCtx)
	attached()
	t.must(err, "attach to the frame")
	f.emulate()
	return f
}

// nodesHeld returns a listener that keeps what a frame tells of its nodes back until the frame is attached: chromedp writes down which nodes there are in the
// goroutine that attaches, and reads that in the one that listens, with no lock between them. There are none to tell of before the last answer that attaching waits for,
// so nothing waits in a circle; what does not end within Patience is given up.
func nodesHeld() (listener func(event any), attached func()) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	return func(event any) {
		if _, whole := event.(*dom.EventDocumentUpdated); !whole && strings.HasPrefix(fmt.Sprintf("%T", event), "*dom.Event") {
			<-ctx.Done()
		}
	}, cancel
}

// waitTarget finds the frame among the elements of this page: other tabs may show frames of the same address. Chromium gives the process of a
// foreign frame the frame's own id; the walk goes into closed shadow roots.
func waitTarget(ctx context.Context, prefix string) (target.ID, error) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		doc, err := chromedp.Call(ctx, dom.GetDocument, dom.GetDocumentParams{Depth: new(int64(-1)), Pierce: new(true)})
		if err != nil {
			return "", err
		}
		mine := map[string]bool{}
		framesIn(doc.Root, mine)
		infos, err := chromedp.Targets(ctx)
		if err != nil {
			return "", err
		}
		for _, info := range infos {
			if info.Type == "iframe" && mine[string(info.TargetID)] && strings.HasPrefix(info.URL, prefix) {
				return info.TargetID, nil
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return "", errors.Join(ctx.Err(), fmt.Errorf("%d targets, none of them it", len(infos)))
		}
	}
}

func framesIn(n *cdp.Node, found map[string]bool) {
	if n == nil {
		return
	}
	if n.FrameID != "" {
		found[string(n.FrameID)] = true
	}
	for _, c := range n.Children {
		framesIn(c, found)
	}
	for _, s := range n.ShadowRoots {
		framesIn(s, found)
	}
}

// Shot writes a picture of the page (never of a frame alone) to a file, after animations have ended: a PNG of every pixel, or by the file's name a WebP, which is half as
// large on a phone.
func (t *Tab) Shot(path string) {
	t.tb.Helper()
	t.shoot(path, 80, 1)
}

// Thumb writes a WebP that is smaller than the page by a factor, and coarser: for pictures of which there are hundreds.
func (t *Tab) Thumb(path string, scale float64) {
	t.tb.Helper()
	t.shoot(path, 50, scale)
}

func (t *Tab) shoot(path string, quality int64, scale float64) {
	t.tb.Helper()
	t.settle()
	p := t
	if t.page != nil {
		p = t.page
		p.settle()
	}
	params := page.CaptureScreenshotParams{}
	if filepath.Ext(path) == ".webp" {
		params.Format, params.Quality = page.CaptureScreenshotFormatWebp, new(quality)
		params.Clip = &page.Viewport{Width: float64(p.device.Width), Height: float64(p.device.Height), Scale: scale}
		if p.device.Phone {
			params.Clip.Scale = .5
		}
	}
	ctx, done := context.WithTimeout(p.ctx, Patience)
	defer done()
	res, err := chromedp.Call(ctx, page.CaptureScreenshot, params)
	t.must(err, "take a screenshot")
	t.must(os.MkdirAll(filepath.Dir(path), 0o755), "make a folder")
	t.must(os.WriteFile(path, res.Data, 0o644), "write a screenshot")
}

// settle ends what is moving: colours in the middle of a fade fail contrast rules, and a button in flight is missed.
func (t *Tab) settle() {
	t.tb.Helper()
	t.Do(`document.getAnimations().forEach(a => { try { if (a.effect.getComputedTiming().endTime !== Infinity) a.finish() } catch {} })`)
}

func (t *Tab) failureShot() string {
	f, err := os.CreateTemp("", "failed-*.png")
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	p := t
	if t.page != nil {
		p = t.page
	}
	ctx, done := context.WithTimeout(p.ctx, Patience)
	defer done()
	res, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		return err.Error()
	}
	if _, err := f.Write(res.Data); err != nil {
		return err.Error()
	}
	return f.Name()
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}
