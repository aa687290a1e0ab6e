// Package apidoc holds the documents that describe the product to other programs (docs/openapi.yaml, docs/asyncapi.yaml and the schemas that both refer
// to) against the product, for the tests of whoever has a part of it.
package apidoc

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Document is a file of docs/ that was read.
type Document struct {
	tb     testing.TB
	folder string
	name   string
	Root   map[string]any
	others map[string]*Document // by name, the document itself among them
}

// Load reads a document of docs/, such as openapi.yaml.
func Load(tb testing.TB, name string) *Document {
	tb.Helper()
	return load(tb, filepath.Join(moduleRoot(tb), "docs"), name, map[string]*Document{})
}

func load(tb testing.TB, folder, name string, others map[string]*Document) *Document {
	tb.Helper()
	if d := others[name]; d != nil {
		return d
	}
	d := &Document{tb: tb, folder: folder, name: name, others: others}
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err == nil {
		err = yaml.Unmarshal(text, &d.Root)
	}
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	others[name] = d
	return d
}

// moduleRoot is the nearest folder upwards with a go.mod.
func moduleRoot(tb testing.TB) string {
	tb.Helper()
	folder, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			tb.Fatal("there is no go.mod here or above")
		}
		folder = parent
	}
}

// At returns what stands at a place, by its keys; nil if nothing does.
func (d *Document) At(keys ...string) any {
	var v any = d.Root
	for _, key := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// Map is At for objects.
func (d *Document) Map(keys ...string) map[string]any {
	m, _ := d.At(keys...).(map[string]any)
	return m
}

// methods are those that OpenAPI knows.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Operations returns all operations of an OpenAPI document as "METHOD /path", sorted.
func (d *Document) Operations() []string {
	var all []string
	for path := range d.Map("paths") {
		for name := range d.Map("paths", path) {
			if slices.Contains(methods, name) {
				all = append(all, strings.ToUpper(name)+" "+path)
			}
		}
	}
	slices.Sort(all)
	return all
}

// wildcard is how a pattern of net/http ends that takes the rest of a path.
var wildcard = regexp.MustCompile(`\{([^}]*)\.\.\.\}`)

// CheckRoutes holds the document against the patterns of a mux, both ways: each pattern is an operation, and each operation whose path begins with one of
// the prefixes is a pattern. Patterns that only say that there is nothing are left out by the caller.
func (d *Document) CheckRoutes(patterns []string, prefixes ...string) {
	d.tb.Helper()
	var routed, described []string
	for _, p := range patterns {
		routed = append(routed, wildcard.ReplaceAllString(strings.TrimSuffix(p, "{$}"), "{$1}"))
	}
	for _, o := range d.Operations() {
		_, path, _ := strings.Cut(o, " ")
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
			described = append(described, o)
		}
	}
	for _, p := range routed {
		if !slices.Contains(described, p) {
			d.tb.Errorf("%s is not in %s", p, d.name)
		}
	}
	for _, o := range described {
		if !slices.Contains(routed, o) {
			d.tb.Errorf("%s is in %s, and nothing answers there", o, d.name)
		}
	}
}

// CheckCalls holds the messages of an AsyncAPI channel against the calls that are answered there, both ways; hello and ping are everybody's.
func CheckCalls[N ~string](d *Document, channel string, calls []N) {
	d.tb.Helper()
	answered := []string{"hello", "ping"}
	for _, c := range calls {
		answered = append(answered, string(c))
	}
	slices.Sort(answered)
	var described, replied, operated []string
	for name := range d.Map("channels", channel, "messages") {
		if call, ok := strings.CutPrefix(name, "call."); ok {
			described = append(described, call)
		}
		if call, ok := strings.CutPrefix(name, "reply."); ok {
			replied = append(replied, call)
		}
	}
	for name := range d.Map("operations") {
		if call, ok := strings.CutPrefix(name, channel+"."); ok && call != "events" {
			operated = append(operated, call)
		}
	}
	for what, names := range map[string][]string{"calls": described, "replies": replied, "operations": operated} {
		if slices.Sort(names); !slices.Equal(names, answered) {
			d.tb.Errorf("%s: the channel %s has the %s %v; answered are %v", d.name, channel, what, names, answered)
		}
	}
}

// CheckRefs tells of references, here and in what is referred to, that lead nowhere.
func (d *Document) CheckRefs() {
	d.tb.Helper()
	n := 0
	each(d.Root, func(ref string) {
		n++
		if d.resolve(ref) == nil {
			d.tb.Errorf("%s: there is nothing at %q", d.name, ref)
		}
	})
	if n == 0 {
		d.tb.Errorf("%s has no references: are they looked for?", d.name)
	}
}

// each calls f with every reference in v.
func each(v any, f func(ref string)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if ref, ok := value.(string); ok && key == "$ref" {
				f(ref)
			}
			each(value, f)
		}
	case []any:
		for _, value := range v {
			each(value, f)
		}
	}
}

func (d *Document) resolve(ref string) any {
	file, pointer, _ := strings.Cut(ref, "#/")
	at := d
	if file != "" {
		at = load(d.tb, d.folder, file, d.others)
	}
	keys := strings.Split(pointer, "/")
	for i, key := range keys {
		keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
	}
	return at.At(keys...)
}

// CheckSchema holds the schema at a place against a Go type: the same members by their JSON names, and those are required that encoding/json never
// leaves out. A type whose members are all optional on the way in is checked with required false.
func (d *Document) CheckSchema(v any, required bool, keys ...string) {
	d.tb.Helper()
	where := strings.Join(keys, "/")
	schema := d.Map(keys...)
	if schema == nil {
		d.tb.Errorf("%s has no %s", d.name, where)
		return
	}
	properties, _ := schema["properties"].(map[string]any)
	members := Members(reflect.TypeOf(v))
	if got, want := slices.Sorted(maps.Keys(properties)), slices.Sorted(maps.Keys(members)); !slices.Equal(got, want) {
		d.tb.Errorf("%s: %s has the members %v, the type %T has %v", d.name, where, got, v, want)
	}
	if !required {
		return
	}
	var always []string
	for name, optional := range members {
		if !optional {
			always = append(always, name)
		}
	}
	slices.Sort(always)
	var named []string
	list, _ := schema["required"].([]any)
	for _, name := range list {
		text, _ := name.(string)
		named = append(named, text)
	}
	slices.Sort(named)
	if !slices.Equal(named, always) {
		d.tb.Errorf("%s: %s requires %v, the type %T always has %v", d.name, where, named, v, always)
	}
}

// Members returns the JSON names of a struct's fields, with those of what it embeds, and whether each may be left out.
func Members(t reflect.Type) map[string]bool {
	members := map[string]bool{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous && name == "" || name == "-" {
			continue
		}
		members[name] = strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
	}
	return members
}
