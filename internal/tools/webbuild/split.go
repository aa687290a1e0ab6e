package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// An app is a module that loads parts of itself with import() when they are wanted.
type app struct {
	name   string
	source string // under static/src
}

var apps = []app{
	{"widget", "widget/main.tsx"},
	{"console", "console/main.tsx"},
}

// split builds an app: NAME.js holds everything that its first screen imports, NAME-PART.js what import('…/part') names, NAME-sharedN.js what only
// parts have in common.
//
// esbuild cuts chunks by who reaches a module. Each part is made to import the entry, which has run long before; so whatever the entry reaches is
// reached by all, and comes out as one chunk, in one request. That chunk becomes NAME.js.
//
// Chunks name each other's exports by letters that mean something else in another build. A part that comes from another build than the main
// chunk (a deployment in between) must not run: each part imports a name from the main chunk that has the build's hash in it, so a
// browser refuses to link it, with a SyntaxError.
func split(root string, a app, minify bool) (map[string][]byte, error) {
	in := filepath.Join(root, source, filepath.FromSlash(a.source))
	opts := options(root, minify)
	opts.EntryPoints = []string{in}
	opts.Format, opts.Splitting, opts.Metafile = api.FormatESModule, true, true
	opts.EntryNames, opts.ChunkNames = a.name+"-entry", a.name+"-[name]-[hash]"
	opts.Plugins = []api.Plugin{parts(in), sheets(minify)}
	r := api.Build(opts)
	if err := faults(r.Errors); err != nil {
		return nil, err
	}
	outs, err := outputs(root, r)
	if err != nil {
		return nil, err
	}
	names, err := a.chunkNames(outs)
	if err != nil {
		return nil, err
	}
	return a.link(outs, names), nil
}

// An output is one file as esbuild has made it.
type output struct {
	name string // with the hash
	body string
	// entry is the source that the file was made for, relative to the root; empty for what several share.
	entry  string
	inputs []string
	// static are the outputs that are fetched with this one.
	static []string
}

func outputs(root string, r api.BuildResult) ([]output, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string
			Inputs     map[string]json.RawMessage
			Imports    []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(r.Metafile), &meta); err != nil {
		return nil, fmt.Errorf("cannot read what esbuild has made: %w", err)
	}
	var outs []output
	for _, f := range r.OutputFiles {
		rel, err := filepath.Rel(root, f.Path)
		if err != nil {
			return nil, err
		}
		m := meta.Outputs[filepath.ToSlash(rel)]
		o := output{name: filepath.Base(f.Path), body: string(f.Contents), entry: m.EntryPoint}
		for name := range m.Inputs {
			o.inputs = append(o.inputs, name)
		}
		for _, i := range m.Imports {
			if i.Kind == "import-statement" {
				o.static = append(o.static, path.Base(i.Path))
			}
		}
		slices.Sort(o.inputs)
		outs = append(outs, o)
	}
	// By what is in them: the hashes of esbuild must not decide which shared chunk is the first.
	slices.SortFunc(outs, func(x, y output) int { return slices.Compare(x.inputs, y.inputs) })
	return outs, nil
}

// chunkNames maps esbuild's names to those in static/dist; the empty entry, which only imports the main chunk, is left out.
func (a app) chunkNames(outs []output) (map[string]string, error) {
	names, taken, shared := map[string]string{}, map[string]bool{}, 0
	for _, o := range outs {
		name := ""
		switch {
		case slices.Contains(o.inputs, path.Join(source, a.source)):
			name = a.name + ".js"
			if len(o.static) > 0 {
				return nil, fmt.Errorf("the first screen comes in more than one file: %s imports %v", o.name, o.static)
			}
		case o.entry == path.Join(source, a.source):
			continue
		case o.entry != "":
			name = a.name + "-" + strings.TrimSuffix(path.Base(o.entry), path.Ext(o.entry)) + ".js"
		default:
			shared++
			name = fmt.Sprintf("%s-shared%d.js", a.name, shared)
		}
		if taken[name] {
			return nil, fmt.Errorf("two parts would both be %s: parts need different file names", name)
		}
		taken[name], names[o.name] = true, name
	}
	return names, nil
}

// link gives the chunks their names, in them and outside, and ties the parts to this build.
func (a app) link(outs []output, names map[string]string) map[string][]byte {
	rename := make([]string, 0, 2*len(names))
	for from, to := range names {
		rename = append(rename, from, to)
	}
	renamer, sum := strings.NewReplacer(rename...), sha256.New()
	bodies := map[string]string{}
	for _, o := range outs {
		if name := names[o.name]; name != "" {
			bodies[name] = renamer.Replace(o.body)
			fmt.Fprintf(sum, "%s\n%s", name, bodies[name])
		}
	}
	build, main := fmt.Sprintf("build_%x", sum.Sum(nil)[:6]), a.name+".js"
	files := map[string][]byte{}
	for name, body := range bodies {
		switch {
		case len(bodies) == 1: // nothing to be tied to
		case name == main:
			body = strings.TrimRight(body, "\n") + "\nexport const " + build + "=1;\n"
		default:
			body = "import{" + build + `}from"./` + main + "\";\n" + body
		}
		files[name] = []byte(body)
	}
	return files
}

// parts lets everything that is imported with import() import the entry as well.
func parts(entry string) api.Plugin {
	return api.Plugin{Name: "parts", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: `^\.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind != api.ResolveJSDynamicImport {
				return api.OnResolveResult{}, nil
			}
			// As another kind, or this would be asked again.
			found := b.Resolve(args.Path, api.ResolveOptions{Importer: args.Importer, ResolveDir: args.ResolveDir, Kind: api.ResolveJSImportStatement})
			return api.OnResolveResult{Path: found.Path, PluginData: partMark{}, Errors: found.Errors}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: `\.tsx?$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			if _, ok := args.PluginData.(partMark); !ok {
				return api.OnLoadResult{}, nil
			}
			src, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			quoted, err := json.Marshal(filepath.ToSlash(entry))
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text := string(src) + "\nimport " + string(quoted) + "\n"
			loader := api.LoaderTS
			if strings.HasSuffix(args.Path, ".tsx") {
				loader = api.LoaderTSX
			}
			return api.OnLoadResult{Contents: &text, Loader: loader}, nil
		})
	}}
}

// partMark goes with a module from where import() names it to where it is read.
type partMark struct{}

// sheets hands a style sheet that a module imports to it as a text, so that a part and its looks are one request and come together.
func sheets(minify bool) api.Plugin {
	return api.Plugin{Name: "sheets", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `\.css$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			src, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			r := api.Transform(string(src), api.TransformOptions{Loader: api.LoaderCSS, Target: api.ES2022, Charset: api.CharsetUTF8, MinifyWhitespace: minify, MinifySyntax: minify})
			text := strings.TrimSpace(string(r.Code))
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderText, Errors: r.Errors}, nil
		})
	}}
}
