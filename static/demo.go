package static

import (
	"embed"
	"io/fs"
)

//go:embed all:demo
var demo embed.FS

// Demo returns the demo shop's pages. Where the script tag belongs stands <!--dragoman-->.
func Demo() fs.FS { return sub(demo, "demo") }
