package widget_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/widget"
)

// The examples of docs/identity.md are run as they stand there, and what they print must be good. Those of languages that the tests do not need
// otherwise are run where they are installed.
func TestExamplesOfSigning(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "identity.md"))
	if err != nil {
		t.Fatal(err)
	}
	site := chat.Site{Key: "shop", IdentitySecret: edgetest.ShopSecret}
	for _, e := range []struct {
		fence, file string
		command     []string
		needed      bool
	}{
		{"js\nconst {", "sign.js", []string{"node"}, true},
		{"python", "sign.py", []string{"python3"}, true},
		{"go", "sign.go", []string{"go", "run"}, true},
		{"php", "sign.php", []string{"php"}, false},
		{"ruby", "sign.rb", []string{"ruby"}, false},
	} {
		program, err := exec.LookPath(e.command[0])
		if err != nil && !e.needed {
			t.Logf("%s is not here: the example in it is not run", e.command[0])
			continue
		}
		if err != nil {
			t.Fatalf("%v; scripts/setup test installs it", err)
		}
		_, code, found := strings.Cut(string(doc), "\n```"+e.fence)
		code, _, closed := strings.Cut(code, "\n```")
		if !found || !closed {
			t.Errorf("there is no example for %s", e.command[0])
			continue
		}
		if _, first, more := strings.Cut(e.fence, "\n"); more {
			code = first + code
		}
		file := filepath.Join(t.TempDir(), e.file)
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		run := exec.CommandContext(t.Context(), program, append(e.command[1:], file)...)
		run.Dir = filepath.Dir(file)
		run.Env = append(os.Environ(), "DRAGOMAN_SITE=shop", "DRAGOMAN_SECRET="+edgetest.ShopSecret, "PYTHONUTF8=1", "LANG=C.UTF-8")
		out, err := run.Output()
		if err != nil {
			t.Errorf("%s: %v", e.command[0], err)
			continue
		}
		sub, p, err := widget.Verify(strings.TrimSpace(string(out)), &site, time.Now())
		if err != nil || sub != "c-1042" || p.Name != "Ana García" || p.Email != "ana@example.com" || p.Attributes["plan"] != "gold" {
			t.Errorf("%s: %q, %+v, %v", e.command[0], sub, p, err)
		}
	}
}
