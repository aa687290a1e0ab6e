package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

const schemaHead = `# Made by "go tool wiregen" from package chat. Do not edit: change the Go types and run it again.
# What stands on the wire, as JSON Schema; openapi.yaml and asyncapi.yaml refer to it. Objects may have more fields than these, and a string whose values
# are listed under examples may be another one: a newer server knows more. Whoever reads passes over what he does not know.
$schema: https://json-schema.org/draft/2020-12/schema
$defs:
`

// schema returns all wire types as JSON Schema, in YAML.
func (w *wire) schema() ([]byte, error) {
	b := bytes.NewBufferString(schemaHead)
	for _, e := range w.enums {
		if len(e.consts) == 0 {
			continue
		}
		values := make([]string, len(e.consts))
		for i, c := range e.consts {
			values[i] = quoted(c.value)
		}
		fmt.Fprintf(b, "  %s:\n    type: string\n    description: %s\n    examples: [%s]\n", e.name, quoted(e.doc), strings.Join(values, ", "))
	}
	for _, o := range w.structs {
		if !o.wire || slices.Contains(between, o.name) {
			continue
		}
		if err := w.writeSchema(b, o); err != nil {
			return nil, err
		}
	}
	err := w.writeCallSchemas(b)
	return b.Bytes(), err
}

// writeCallSchemas writes the frames of each call and of its reply.
func (w *wire) writeCallSchemas(b *bytes.Buffer) error {
	all, err := w.calls()
	if err != nil {
		return err
	}
	for _, c := range all {
		fmt.Fprintf(b, "  call.%s:\n    allOf:\n      - $ref: \"#/$defs/Call\"\n      - properties: {call: {const: %s}}\n", c.name, quoted(c.name))
		if c.call != nil {
			fmt.Fprintf(b, "      - $ref: \"#/$defs/%s\"\n", c.call.name)
		}
		ok := "{type: object}"
		if c.answer != nil {
			ok = fmt.Sprintf(`{$ref: "#/$defs/%s"}`, c.answer.name)
		}
		fmt.Fprintf(b, "  reply.%s:\n    type: object\n    required: [id, ok]\n    properties:\n      id: {type: integer}\n      ok: %s\n", c.name, ok)
	}
	return nil
}

func (w *wire) writeSchema(b *bytes.Buffer, o *object) error {
	fmt.Fprintf(b, "  %s:\n    type: object\n", o.name)
	if o.doc != "" {
		fmt.Fprintf(b, "    description: %s\n", quoted(o.doc))
	}
	var required []string
	fields := w.allFields(o)
	for _, f := range fields {
		if !f.optional {
			required = append(required, f.json)
		}
	}
	if len(required) > 0 {
		fmt.Fprintf(b, "    required: [%s]\n", strings.Join(required, ", "))
	}
	b.WriteString("    properties:\n")
	for _, f := range fields {
		members, err := w.fieldSchema(f)
		if err != nil {
			return fmt.Errorf("cannot write %s.%s: %w", o.name, f.json, err)
		}
		fmt.Fprintf(b, "      %s: {%s}\n", f.json, strings.Join(members, ", "))
	}
	return nil
}

// fieldSchema returns the members of a field's schema.
func (w *wire) fieldSchema(f field) ([]string, error) {
	if name := w.eventName(f); name != "" {
		return []string{"const: " + quoted(name)}, nil
	}
	what, err := w.schemaOf(f.typ)
	if err != nil {
		return nil, err
	}
	if _, pointer := f.typ.(*ast.StarExpr); pointer && !f.optional {
		what = []string{"anyOf: [{" + strings.Join(what, ", ") + `}, {type: "null"}]`}
	}
	if doc := f.doc + f.note; doc != "" {
		what = append(what, "description: "+quoted(doc))
	}
	return what, nil
}

// schemaOf returns the members of a type's schema. That the type can be written at all is decided where TypeScript is made of it.
func (w *wire) schemaOf(expr ast.Expr) ([]string, error) {
	if _, err := w.typ(expr); err != nil {
		return nil, err
	}
	switch t := expr.(type) {
	case *ast.StarExpr:
		return w.schemaOf(t.X)
	case *ast.ArrayType:
		element, err := w.schemaOf(t.Elt)
		return []string{"type: array", "items: {" + strings.Join(element, ", ") + "}"}, err
	case *ast.MapType:
		element, err := w.schemaOf(t.Value)
		return []string{"type: object", "additionalProperties: {" + strings.Join(element, ", ") + "}"}, err
	case *ast.SelectorExpr:
		if t.Sel.Name == "RawMessage" {
			return nil, nil
		}
		return []string{"type: string", "format: language-tag"}, nil
	}
	switch name := expr.(*ast.Ident).Name; name {
	case "string":
		return []string{"type: string"}, nil
	case "Time":
		return []string{"type: string", "format: date-time"}, nil
	case "bool":
		return []string{"type: boolean"}, nil
	case "int", "int64":
		return []string{"type: integer"}, nil
	case "float64":
		return []string{"type: number"}, nil
	default:
		return []string{`$ref: "#/$defs/` + name + `"`}, nil
	}
}

// quoted writes a text as YAML reads it in any place: as JSON, in one line.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.Join(strings.Fields(s), " ")) // a string: cannot fail
	return strings.TrimSpace(b.String())
}
