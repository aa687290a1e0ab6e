package web

import (
	"bytes"
	"fmt"
	"testing"
)

// What it costs when every request asks for another page, as one with a Host of its own does.
func BenchmarkNewPage(b *testing.B) {
	var p Pages
	body := bytes.Repeat([]byte(`{"composer.label":"Your message","bar.lost":"Connection lost. Reconnecting"},`), 60)
	i := 0
	for b.Loop() {
		i++
		p.Asset("page.html", append(body, fmt.Sprint(i)...)).br()
	}
}
