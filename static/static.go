// Package static holds the front end: TypeScript and style sheets in src, what "go tool webbuild" made of them in
// dist, which is committed and embedded, and the demo shop. It knows nothing of the rest; cmd hands its file systems on.
//
// What the widget's edge serves of it:
//
//	loader.js              /widget/KEY.js: the text of LoaderSettings in it (quotes included) is replaced by the site's settings as JSON:
//	                       {"key", "name", "color", "position", "language", "labels": {TAG: what the launcher is called}}
//	loader-bubble.js       the same for sites that have a bubble beside their launcher; the settings have "bubble" then
//	widget.js, widget.css  the page in the iframe, and /chat/KEY, load these two
//	widget-PART.js         what widget.js imports when it is wanted; beside it
//	lang/widget/TAG.json   the widget's texts; reachable at lang/widget/TAG.json beside widget.js, for a change of language and for all parts
//	lang/opening/TAG.json  what the first screen says of it; it stands in the page
//
// The console's edge serves console.js, console.css, console-PART.js and console/; beside them lang/console/TAG.json, the console's texts, of which English stands in console.js as well.
//
// The page is this, its settings in a JSON block, so that it needs no inline script (Content-Security-Policy: script-src 'self';
// style-src 'self'; connect-src 'self'):
//
//	<!doctype html>
//	<html lang="TAG" dir="ltr or rtl">
//	<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
//	<title>NAME OF THE SITE</title>
//	<link rel="stylesheet" href="ASSETS/widget.css">
//	<body>
//	<script type="application/json" id="dragoman">SETTINGS</script>
//	<script type="module" src="ASSETS/widget.js"></script>
//
// with SETTINGS as described at Settings in src/widget/settings.ts:
//
//	{"site": SessionSite, "language": TAG of the catalogue, "languages": [TAG of every catalogue...], "texts": OPENING or CATALOGUE, "whole": it is the CATALOGUE,
//	 "origins": [the pages that may embed it...], "hosted": true on /chat/KEY}
//
// The labels of the loader are the entries "launcher.open" of each catalogue. What else the launcher is called the frame tells it.
package static

import (
	"embed"
	"io/fs"
)

// LoaderSettings is what stands in loader.js where the site's settings belong: a literal of JSON and of JavaScript.
const LoaderSettings = `"__DRAGOMAN_SITE__"`

//go:embed all:dist
var dist embed.FS

// Dist returns the built front end.
func Dist() fs.FS { return sub(dist, "dist") }

func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		// Cannot happen: the embedded folder is there, or the package would not have compiled.
		panic(err)
	}
	return s
}
