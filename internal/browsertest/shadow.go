package browsertest

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"
)

// WaitAttribute waits until an element of the page has an attribute with this value. It looks into closed shadow roots, where no script gets.
func (t *Tab) WaitAttribute(name, value string) {
	t.tb.Helper()
	ctx, end := context.WithTimeout(t.ctx, Patience)
	defer end()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		doc, err := chromedp.Call(ctx, dom.GetDocument, dom.GetDocumentParams{Depth: new(int64(-1)), Pierce: new(true)})
		if err == nil && hasAttribute(doc.Root, name, value) {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			t.tb.Fatalf("no element with %s=%q came: %v", name, value, ctx.Err())
		}
	}
}

func hasAttribute(n *cdp.Node, name, value string) bool {
	if n == nil {
		return false
	}
	for i := 0; i+1 < len(n.Attributes); i += 2 {
		if n.Attributes[i] == name && n.Attributes[i+1] == value {
			return true
		}
	}
	for _, below := range [][]*cdp.Node{n.Children, n.ShadowRoots} {
		for _, c := range below {
			if hasAttribute(c, name, value) {
				return true
			}
		}
	}
	return false
}
