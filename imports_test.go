package dragoman_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our packages a folder's code may import; "below" is the folder itself and what is under it. A folder
// that is not named follows the nearest one above it that is; where none is, the new folder needs a line here.
// Tests are free, but for those of static, which must build without a server.
var mayImport = map[string]string{
	"chat":             "",
	"translate":        "chat",
	"translate/engine": "chat translate below",
	"translate/detect": "chat below", // knows languages and no translation: the hub's edges use it without an engine
	"translate/eval":   "chat translate translate/detect translate/engine translate/files",
	"hub":              "chat internal/policy",
	"store":            "chat below",
	"store/storetest":  "chat store internal/backing",
	"internal/web":     "chat",
	"internal/policy":  "chat", // who may do what: one table, which the edges and the hub ask
	"widget":           "chat hub internal/web internal/policy below",
	"agent":            "chat hub internal/web internal/policy below",
	"channel":          "chat hub internal/web internal/policy below",
	"static":           "",
	"internal/files":   "chat",     // what people attach, on the disk; the edges know it by interfaces of theirs
	"internal":         "anything", // tools and helpers of tests, which nobody but tests and cmd may import
	"cmd":              "anything",
}

// outside names the only places for packages of others: glob patterns of files. Tests may use any.
var outside = map[string][]string{
	"github.com/redis/go-redis":  {"hub/broker_redis*.go", "hub/limiter_redis.go"},
	"github.com/coder/websocket": {"hub/*", "internal/client/*", "internal/torture/*", "internal/bench/*"},
	"github.com/jackc/pgx":       {"store/*", "internal/backing/*"},
	"modernc.org/sqlite":         {"store/*"},
	"github.com/alecthomas/kong": {"cmd/dragoman/*"},
	"go.yaml.in/yaml":            {"cmd/dragoman/*", "internal/apidoc/*"},
	"github.com/prometheus":      {"cmd/dragoman/*"},
	"github.com/caddyserver":     {"cmd/dragoman/*"},
	"go.uber.org/zap":            {"cmd/dragoman/*"},
	"golang.org/x/crypto/argon2": {"agent/*"},
	"github.com/maypok86/otter":  {"translate/*"},
	"github.com/evanw/esbuild":   {"internal/tools/webbuild/*"},
	"github.com/chromedp":        {"internal/browsertest/*"},
	"database/sql":               {"store/*"},
	"net/http/pprof":             {"cmd/dragoman/*"},
	"dragoman/store/storetest":   {"internal/*/*"},
	"dragoman/internal/client":   {"cmd/dragoman/*", "internal/*/*"},
	"dragoman/internal/files":    {"cmd/dragoman/*", "internal/edgetest/*"},
	"golang.org/x/image":         {"internal/files/*"},
	"dragoman/cmd":               {},
}

// The import table of CONTRIBUTING.md. Whoever needs another line changes both, and says why.
func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && file != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "data") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || file == name {
			return nil
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if why := refuse(filepath.ToSlash(file), imported); why != "" {
				t.Errorf("%s imports %s: %s", file, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("looked at %d files only: run from the module's root", files)
	}
}

// refuse says why file may not import a package, or nothing.
func refuse(file, imported string) string {
	folder := path.Dir(file)
	isTest := strings.HasSuffix(file, "_test.go")
	if own, ours := strings.CutPrefix(imported, "dragoman/"); ours && !allowed(folder, own, isTest) {
		return "not in the import table"
	}
	for prefix, places := range outside {
		if imported != prefix && !strings.HasPrefix(imported, prefix+"/") || isTest {
			continue
		}
		at := false
		for _, place := range places {
			matched, _ := path.Match(place, file)
			at = at || matched
		}
		if !at {
			return "its place is " + strings.Join(append(places, "tests"), ", ")
		}
	}
	return ""
}

func allowed(folder, own string, isTest bool) bool {
	if isTest {
		return !strings.HasPrefix(folder, "static") || own == "chat" || own == folder
	}
	at := folder
	for mayImport[at] == "" && at != "." {
		if _, known := mayImport[at]; known {
			return false
		}
		at = path.Dir(at)
	}
	for _, may := range strings.Fields(mayImport[at]) {
		if may == "anything" || may == own || may == "below" && (own == at || strings.HasPrefix(own, at+"/")) {
			return true
		}
	}
	return false
}

// The table itself must refuse what it is there for.
func TestImportsRefuse(t *testing.T) {
	for _, bad := range [][2]string{
		{"chat/x.go", "dragoman/hub"},
		{"hub/x.go", "dragoman/store"},
		{"store/x.go", "dragoman/hub"},
		{"widget/x.go", "dragoman/agent"},
		{"widget/x.go", "dragoman/internal/client"},
		{"agent/routing/x.go", "dragoman/widget"},
		{"translate/x.go", "dragoman/store"},
		{"newroom/x.go", "dragoman/chat"},
		{"static/x_test.go", "dragoman/store"},
		{"hub/room.go", "github.com/redis/go-redis/v9"},
		{"agent/x.go", "github.com/jackc/pgx/v5"},
		{"store/x.go", "github.com/alecthomas/kong"},
		{"widget/x.go", "github.com/coder/websocket"},
		{"widget/x.go", "dragoman/internal/files"},
		{"internal/files/x.go", "dragoman/store"},
		{"widget/x.go", "golang.org/x/image/webp"},
		{"store/x.go", "dragoman/store/storetest"},
	} {
		if refuse(bad[0], bad[1]) == "" {
			t.Errorf("%s may import %s", bad[0], bad[1])
		}
	}
	for _, good := range [][2]string{
		{"hub/broker_redis.go", "github.com/redis/go-redis/v9"},
		{"agent/routing/x.go", "dragoman/hub"},
		{"agent/x.go", "dragoman/agent/routing"},
		{"cmd/dragoman/x.go", "dragoman/store"},
		{"hub/x_test.go", "dragoman/store/storetest"},
		{"translate/engine/x.go", "dragoman/translate"},
	} {
		if why := refuse(good[0], good[1]); why != "" {
			t.Errorf("%s may not import %s: %s", good[0], good[1], why)
		}
	}
}
