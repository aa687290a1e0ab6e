package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

// Where a call's struct is not named as its constant (CallState would be State, which is a conversation's).
var renamed = map[string]string{"State": "SetState", "Status": "SetStatus"}

// between names the structs that nodes tell each other and no client ever sees.
var between = []string{"Event"}

const head = `// Made by "go tool wiregen" from package chat. Do not edit: change the Go types and run it again.

/** The WebSocket subprotocol. */
export const protocol = %q
`

// answeredWith finds the answer of a call that has no struct of its own for it.
var answeredWith = regexp.MustCompile(`Answered with (\w+)\.`)

func (w *wire) typescript() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, head, w.protocol)
	for _, e := range w.enums {
		w.writeEnum(&b, e)
	}
	for _, o := range w.structs {
		if !o.wire || slices.Contains(between, o.name) {
			continue
		}
		if err := w.writeObject(&b, o); err != nil {
			return nil, err
		}
	}
	if err := w.writeCalls(&b); err != nil {
		return nil, err
	}
	if err := w.writeFrames(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (w *wire) writeEnum(b *bytes.Buffer, e *enum) {
	if len(e.consts) == 0 {
		return
	}
	values := make([]string, len(e.consts))
	for i, c := range e.consts {
		values[i] = fmt.Sprintf("%q", c.value)
	}
	b.WriteByte('\n')
	writeDoc(b, "", e.doc)
	fmt.Fprintf(b, "export type %s =\n  | %s\n", e.name, strings.Join(values, "\n  | "))
}

func (w *wire) writeObject(b *bytes.Buffer, o *object) error {
	b.WriteByte('\n')
	writeDoc(b, "", o.doc)
	fmt.Fprintf(b, "export interface %s {\n", o.name)
	for _, f := range w.allFields(o) {
		typ, err := w.fieldType(f)
		if err != nil {
			return fmt.Errorf("cannot write %s.%s: %w", o.name, f.json, err)
		}
		mark := ""
		if f.optional {
			mark = "?"
		}
		doc := f.doc
		if w.eventName(f) == "" {
			doc += f.note
		}
		writeDoc(b, "  ", doc)
		fmt.Fprintf(b, "  %s%s: %s\n", f.json, mark, typ)
	}
	b.WriteString("}\n")
	return nil
}

func (w *wire) fieldType(f field) (string, error) {
	if name := w.eventName(f); name != "" {
		return fmt.Sprintf("%q", name), nil
	}
	typ, err := w.typ(f.typ)
	// A pointer that may be left out is left out when nil; one that may not is null.
	if _, pointer := f.typ.(*ast.StarExpr); pointer && !f.optional {
		typ += " | null"
	}
	return typ, err
}

// eventName returns which event a frame's field stands for: the frames of package chat name it at the end of the line, and
// TypeScript needs it to tell them apart.
func (w *wire) eventName(f field) string {
	id, ok := f.typ.(*ast.Ident)
	if !ok || id.Name != "EventType" {
		return ""
	}
	for _, c := range w.enum("EventType").consts {
		if c.value == f.note {
			return c.value
		}
	}
	return ""
}

func (w *wire) typ(expr ast.Expr) (string, error) {
	switch t := expr.(type) {
	case *ast.StarExpr:
		return w.typ(t.X)
	case *ast.ArrayType:
		element, err := w.typ(t.Elt)
		return element + "[]", err
	case *ast.MapType:
		element, err := w.typ(t.Value)
		return "Record<string, " + element + ">", err
	case *ast.SelectorExpr:
		switch fmt.Sprint(t.X, ".", t.Sel) {
		case "language.Tag":
			return "string", nil
		case "json.RawMessage":
			return "unknown", nil
		}
	case *ast.Ident:
		return w.ident(t.Name)
	}
	return "", fmt.Errorf("no TypeScript is known for its type")
}

func (w *wire) ident(name string) (string, error) {
	switch name {
	case "string", "Time":
		return "string", nil
	case "bool":
		return "boolean", nil
	case "int", "int64", "float64":
		return "number", nil
	}
	if e := w.enumOf[name]; e != nil && len(e.consts) > 0 {
		return name, nil
	}
	if o := w.structOf[name]; o != nil && o.wire {
		return name, nil
	}
	return "", fmt.Errorf("%s is no wire type", name)
}

// called is what a call takes and what its ok holds; nil is no fields.
type called struct {
	name         string
	call, answer *object
}

// calls returns what each call takes and gives. A call without fields and answer in package chat is not built yet and is left out.
func (w *wire) calls() ([]called, error) {
	var all []called
	for _, c := range w.enum("CallName").consts {
		name := strings.TrimPrefix(c.name, "Call")
		if other, ok := renamed[name]; ok {
			name = other
		}
		call, answer := w.structOf[name], w.structOf[name+"OK"]
		if call == nil && answer == nil {
			continue
		}
		if call != nil {
			if m := answeredWith.FindStringSubmatch(call.doc); m != nil {
				if answer = w.structOf[m[1]]; answer == nil {
					return nil, fmt.Errorf("cannot find %s, the answer of %s", m[1], name)
				}
			}
		}
		all = append(all, called{c.value, call, answer})
	}
	return all, nil
}

// writeCalls maps each call's name to what is sent and what comes back.
func (w *wire) writeCalls(b *bytes.Buffer) error {
	all, err := w.calls()
	if err != nil {
		return err
	}
	nameOf := func(o *object) string {
		if o == nil {
			return "Record<string, never>"
		}
		return o.name
	}
	b.WriteString("\n/** What each call takes beside id and call, and what its ok holds. */\nexport interface CallMap {\n")
	for _, c := range all {
		fmt.Fprintf(b, "  %s: { call: %s; ok: %s }\n", c.name, nameOf(c.call), nameOf(c.answer))
	}
	b.WriteString("}\n")
	return nil
}

// writeFrames makes the union of all event frames, told apart by their field event.
func (w *wire) writeFrames(b *bytes.Buffer) error {
	var names []string
	for _, o := range w.structs {
		if strings.HasSuffix(o.name, "Frame") && len(o.fields) > 0 && w.eventName(o.fields[0]) != "" {
			names = append(names, o.name)
		}
	}
	if want := len(w.enum("EventType").consts); len(names) != want {
		return fmt.Errorf("cannot pair %d events with %d frames: each frame names its event at the end of the line of its first field", want, len(names))
	}
	fmt.Fprintf(b, "\n/** An event as a session gets it. */\nexport type EventFrame =\n  | %s\n", strings.Join(names, "\n  | "))
	return nil
}

// writeDoc writes a Go comment as a doc comment of TypeScript.
func writeDoc(b *bytes.Buffer, indent, doc string) {
	doc = strings.ReplaceAll(strings.TrimSpace(doc), "*/", "* /")
	if doc == "" {
		return
	}
	lines := strings.Split(doc, "\n")
	if len(lines) == 1 {
		fmt.Fprintf(b, "%s/** %s */\n", indent, doc)
		return
	}
	fmt.Fprintf(b, "%s/**\n", indent)
	for _, line := range lines {
		fmt.Fprintf(b, "%s\n", strings.TrimRight(indent+" * "+line, " "))
	}
	fmt.Fprintf(b, "%s */\n", indent)
}
