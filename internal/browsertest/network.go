package browsertest

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Traffic is what a page has asked for, as the browser's own log has it: also what no script of the page can see.
type Traffic struct {
	mu      sync.Mutex // guards what follows
	asked   []string
	cookies []string
}

// Traffic begins to note what the page asks for. Call it before Open. Frames of other sites are not in it.
func (t *Tab) Traffic() *Traffic {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, network.Enable, network.EnableParams{})
	t.must(err, "watch the network")
	asked, answered := chromedp.Events(t.ctx, network.RequestWillBeSent), chromedp.Events(t.ctx, network.ResponseReceivedExtraInfo)
	traffic := &Traffic{}
	var reading sync.WaitGroup
	reading.Go(func() {
		for e, err := range asked {
			if err != nil {
				return
			}
			traffic.mu.Lock()
			traffic.asked = append(traffic.asked, e.Request.URL)
			traffic.mu.Unlock()
		}
	})
	reading.Go(func() {
		for e, err := range answered {
			if err != nil {
				return
			}
			for name, value := range e.Headers {
				if http.CanonicalHeaderKey(name) == "Set-Cookie" {
					traffic.mu.Lock()
					traffic.cookies = append(traffic.cookies, fmt.Sprint(value))
					traffic.mu.Unlock()
				}
			}
		}
	})
	t.tb.Cleanup(func() {
		t.end() // which ends the events
		reading.Wait()
	})
	return traffic
}

// Asked are the addresses that were asked for so far.
func (n *Traffic) Asked() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.asked)
}

// Cookies are the cookies that answers have set so far.
func (n *Traffic) Cookies() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.cookies)
}

// Point moves the pointer to a point of the page, and clicks nothing.
func (t *Tab) Point(x, y float64) {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: "mouseMoved", X: x, Y: y})
	t.must(err, "move the pointer")
}

// Uncached has the browser fetch everything anew, as on a first visit; cookies stay. Call it before Open.
func (t *Tab) Uncached() {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, network.Enable, network.EnableParams{})
	t.must(err, "watch the network")
	_, err = chromedp.Call(t.ctx, network.ClearBrowserCache, struct{}{})
	t.must(err, "empty the cache")
	_, err = chromedp.Call(t.ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
	t.must(err, "fetch everything anew")
}
