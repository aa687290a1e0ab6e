package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// wire is what package chat says about the wire, in the order of its source.
type wire struct {
	protocol string
	enums    []*enum
	structs  []*object
	enumOf   map[string]*enum
	structOf map[string]*object
}

// enum is a string type with its constants.
type enum struct {
	name, doc string
	consts    []constant
}

type constant struct{ name, value string }

// object is a struct that is written as JSON.
type object struct {
	name, doc string
	fields    []field
	embeds    []string
	wire      bool // has at least one field with a json name
}

type field struct {
	json, doc, note string // note is the comment at the end of the field's line
	optional        bool
	typ             ast.Expr
}

// parse reads all Go files of folder but tests.
func parse(folder string) (*wire, error) {
	names, err := fs.Glob(os.DirFS(folder), "*.go")
	if err != nil {
		return nil, err
	}
	w := &wire{enumOf: map[string]*enum{}, structOf: map[string]*object{}}
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, filepath.Join(folder, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("cannot read package chat: %w", err)
		}
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
				w.types(gen)
			}
		}
		for _, decl := range file.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.CONST {
				w.constants(gen)
			}
		}
	}
	if w.protocol == "" || len(w.structs) == 0 {
		return nil, fmt.Errorf("cannot find the wire's types in %s", folder)
	}
	return w, nil
}

func (w *wire) types(gen *ast.GenDecl) {
	for _, spec := range gen.Specs {
		spec := spec.(*ast.TypeSpec)
		doc := gen.Doc.Text()
		if spec.Doc != nil {
			doc = spec.Doc.Text()
		}
		switch t := spec.Type.(type) {
		case *ast.Ident:
			if t.Name == "string" {
				e := w.enum(spec.Name.Name)
				e.doc = doc
				w.enums = append(w.enums, e)
			}
		case *ast.StructType:
			o := readStruct(spec.Name.Name, doc, t)
			w.structs = append(w.structs, o)
			w.structOf[o.name] = o
		}
	}
}

// enum returns the enum with this name; constants may be read before their type.
func (w *wire) enum(name string) *enum {
	e := w.enumOf[name]
	if e == nil {
		e = &enum{name: name}
		w.enumOf[name] = e
	}
	return e
}

func (w *wire) constants(gen *ast.GenDecl) {
	for _, spec := range gen.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, name := range spec.Names {
			if i >= len(spec.Values) {
				continue
			}
			literal, ok := spec.Values[i].(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				continue
			}
			value, _ := strconv.Unquote(literal.Value)
			if name.Name == "Protocol" {
				w.protocol = value
			}
			if typ, ok := spec.Type.(*ast.Ident); ok {
				e := w.enum(typ.Name)
				e.consts = append(e.consts, constant{name.Name, value})
			}
		}
	}
}

func readStruct(name, doc string, t *ast.StructType) *object {
	o := &object{name: name, doc: doc}
	for _, f := range t.Fields.List {
		if len(f.Names) == 0 {
			if id, ok := f.Type.(*ast.Ident); ok {
				o.embeds = append(o.embeds, id.Name)
			}
			continue
		}
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		json, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if json == "" || json == "-" {
			continue
		}
		o.wire = true
		o.fields = append(o.fields, field{
			json: json, doc: f.Doc.Text(), note: strings.TrimSpace(f.Comment.Text()),
			optional: strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero"), typ: f.Type,
		})
	}
	return o
}

// allFields returns the fields of o with those of what it embeds first, as encoding/json sees them.
func (w *wire) allFields(o *object) []field {
	var all []field
	for _, name := range o.embeds {
		if e := w.structOf[name]; e != nil {
			all = append(all, w.allFields(e)...)
		}
	}
	return append(all, o.fields...)
}
