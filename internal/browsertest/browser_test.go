package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// The package drives other tests, so it is tested on a page that has everything: a field, a frame of another site, a policy.
func TestBrowser(t *testing.T) {
	mux := http.NewServeMux()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	port := srv.URL[strings.LastIndex(srv.URL, ":"):]
	mux.HandleFunc("/frame", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang=es><title>f</title><body><main><h1>Marco</h1><button onclick="this.textContent='pulsado '+navigator.language">Pulsa</button></main>`)
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "img-src 'none'")
		fmt.Fprintf(w, `<!doctype html><html lang=en><title>p</title><body><main><h1>Page</h1><label>Name <input id=in></label><p id=out></p>
			<iframe title=f src="http://chat.localhost%s/frame"></iframe></main><img alt="" src="/x.png">
			<script>document.getElementById('in').addEventListener('keydown', e => { if (e.key === 'Enter') document.getElementById('out').textContent = 'hello ' + e.target.value })</script>`, port)
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang=en><title>c</title><style>* { box-sizing: border-box; margin: 0; font: 16px monospace } .a { width: 60px; padding: 0; border: 0; white-space: nowrap }
			.b { width: 120px; height: 20px; overflow: hidden }</style><body><main><h1 class=a>A name that is long</h1><p><button class=a>Bestellung abschicken</button></p>
			<p class=b>Text that needs some lines more than one</p><input class=a placeholder="Sprachen durchsuchen"><p class=a style="white-space: normal">It all fits</p></main>`)
	})
	mux.HandleFunc("/fade", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang=en><title>d</title><body><main><h1>Page</h1><p>It fades in as soon as somebody looks</p></main><script>
			(look => {
				window.getComputedStyle = (...what) => {
					if (!window.fade) window.fade = document.querySelector('p').animate([{ color: '#ddd' }, { color: '#ddd' }], 1e9)
					return look(...what)
				}
			})(getComputedStyle)</script>`)
	})
	b := Start(t, "es-MX,es")
	tab := b.Tab(Desktop.InDark())
	tab.Watch()
	tab.Guard()
	tab.Open("http://shop.localhost" + port + "/")
	tab.Click("#in")
	tab.Type("José 🙂")
	tab.Press(kb.Enter)
	tab.WaitText("hello José 🙂")
	f := tab.Frame("http://chat.localhost")
	f.Click("button")
	f.WaitText("pulsado es-MX")
	if dark := Eval[bool](f, "matchMedia('(prefers-color-scheme: dark)').matches"); !dark {
		t.Error("the frame is not dark")
	}
	if got := tab.Breaches(); len(got) != 1 || !strings.HasPrefix(got[0], "img-src") {
		t.Errorf("breaches: %q, want the one image", got)
	}
	if got := tab.Ran(); len(got) != 0 {
		t.Errorf("ran before anything did: %q", got)
	}
	tab.Do("__xss(1), alert('x')")
	if got := tab.Ran(); len(got) != 2 || !strings.HasPrefix(got[0], "__xss 1") || !strings.HasPrefix(got[1], "alert x") {
		t.Errorf("ran: %q", got)
	}
	shot := filepath.Join(t.TempDir(), "a", "page.png")
	f.Shot(shot)
	if info, err := os.Stat(shot); err != nil || info.Size() < 1000 {
		t.Errorf("screenshot: %v, %v", info, err)
	}
	tab.Open("http://shop.localhost" + port + "/cut")
	cut := tab.cut("h1")
	if want := []string{"px wide in 60", "px high in 20", "a placeholder of"}; len(cut) != len(want) || !strings.Contains(cut[0], want[0]) || !strings.Contains(cut[1], want[1]) || !strings.Contains(cut[2], want[2]) {
		t.Errorf("cut off: %q, want %q", cut, want)
	}
	tab.Open("http://shop.localhost" + port + "/fade")
	tab.Axe("a text that begins to fade in while the rules run")
}
