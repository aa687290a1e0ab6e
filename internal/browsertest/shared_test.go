package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// A Chromium that dies fails who is in it. Who comes later gets another one, which later people share again.
func TestSharedChromiumThatDies(t *testing.T) {
	c := &chromium{kind: kind{program(false), "en"}}
	t.Cleanup(c.close)
	for range 2 {
		died, _, err := c.letIn()
		if err != nil {
			t.Fatal(err)
		}
		if err := chromedp.FromContext(died.ctx).Browser.Process().Kill(); err != nil {
			t.Fatal(err)
		}
		p, _, err := c.letIn() // at once: whether the end is known by now or only noticed by asking
		if err != nil || p == died {
			t.Fatalf("after the first has died: %v, the same: %t", err, p == died)
		}
		if died.ctx.Err() == nil {
			t.Error("the first was not ended")
		}
		b := c.guest(t)
		if b.ctx != p.ctx {
			t.Error("there is a third")
		}
		if n := Eval[int](b.Tab(Desktop), "1 + 1"); n != 2 {
			t.Errorf("1 + 1 = %d", n)
		}
		b.Close()
	}
}
