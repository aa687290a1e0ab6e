package browsertest

import (
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// Slow makes the processor of the page or frame so many times slower; 1 is as it is.
func (t *Tab) Slow(times float64) {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
	t.must(err, "slow the processor down")
	_, err = chromedp.Call(t.ctx, performance.Enable, performance.EnableParams{})
	t.must(err, "count the time of tasks")
}

// Busy is how many milliseconds the main thread has worked since Slow.
func (t *Tab) Busy() float64 {
	t.tb.Helper()
	got, err := chromedp.Call(t.ctx, performance.GetMetrics, struct{}{})
	t.must(err, "read the time of tasks")
	for _, m := range got.Metrics {
		if m.Name == "TaskDuration" {
			return m.Value * 1000
		}
	}
	t.tb.Fatal("the browser does not count the time of tasks")
	return 0
}
