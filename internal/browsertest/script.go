package browsertest

import (
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// addScript runs source in every page of the tab before the page's own scripts.
func addScript(t *Tab, source string) {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
	t.must(err, "add a script")
}
