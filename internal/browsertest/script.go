package browsertest

import (
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Script runs source in every page that the tab opens from now on, before the page's own scripts.
func (t *Tab) Script(source string) {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
	t.must(err, "add a script")
}
