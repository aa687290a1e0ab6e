package browsertest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
)

// What a frame tells of its nodes waits until it is attached, however long a busy machine takes for that; all else, of which attaching may need something, waits for nothing.
func TestNodesAreToldOnceAttached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, attached := nodesHeld()
		defer attached()
		listener(&dom.EventDocumentUpdated{})
		listener(&page.EventLoadEventFired{})
		told := false
		go func() {
			listener(&dom.EventChildNodeInserted{})
			told = true
		}()
		time.Sleep(Patience - time.Second) // synctest's clock
		synctest.Wait()
		if told {
			t.Fatal("a frame's nodes were told before it was attached")
		}
		attached()
		synctest.Wait()
		if !told {
			t.Fatal("a frame's nodes are not told once it is attached")
		}
	})
}
