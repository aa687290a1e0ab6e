package apidoc

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
)

func TestReferencesLeadSomewhere(t *testing.T) {
	for _, name := range []string{"openapi.yaml", "asyncapi.yaml", "schemas.yaml"} {
		Load(t, name).CheckRefs()
	}
}

// What the generator makes of the source is what encoding/json makes of the types.
func TestSchemasAreTheTypes(t *testing.T) {
	d := Load(t, "schemas.yaml")
	for name, v := range map[string]any{
		"Message": chat.Message{}, "Conversation": chat.Conversation{}, "Visitor": chat.Visitor{}, "Participant": chat.Participant{}, "Translation": chat.Translation{},
		"HelloOK": chat.HelloOK{}, "SendOK": chat.SendOK{}, "Rows": chat.Rows{}, "RowsFrame": chat.RowsFrame{}, "Agent": chat.Agent{}, "Translating": chat.Translating{},
		"Budget": chat.Budget{}, "Term": chat.Term{}, "MemoryEntry": chat.MemoryEntry{}, "Imported": chat.Imported{}, "SessionRequest": chat.SessionRequest{}, "SessionOK": chat.SessionOK{},
		"LoginRequest": chat.LoginRequest{}, "Error": chat.Error{},
	} {
		d.CheckSchema(v, true, "$defs", name)
	}
}

// Every event that there is stands in the document: for agents, but for the one that tells visitors what became of their own lines.
func TestEveryEventIsDescribed(t *testing.T) {
	async, schemas := Load(t, "asyncapi.yaml"), Load(t, "schemas.yaml")
	events, _ := schemas.At("$defs", "EventType", "examples").([]any)
	if len(events) < 9 {
		t.Fatalf("the events are %v", events)
	}
	for _, e := range events {
		name, side := "event."+e.(string), "agent"
		if e == string(chat.EvDelivered) {
			side = "visitor"
		}
		sent, _ := async.At("operations", side+".events", "messages").([]any)
		if async.At("channels", side, "messages", name) == nil || !slices.ContainsFunc(sent, func(v any) bool {
			return reflect.DeepEqual(v, map[string]any{"$ref": "#/channels/" + side + "/messages/" + name})
		}) {
			t.Errorf("%s is not among what %ss are sent", name, side)
		}
		payload, _ := async.At("components", "messages", name, "payload", "$ref").(string)
		if got := schemas.At("$defs", strings.TrimPrefix(payload, "schemas.yaml#/$defs/"), "properties", "event", "const"); got != e {
			t.Errorf("%s is described by %s, whose event is %v", name, payload, got)
		}
	}
}

// failures collects what a check says.
type failures struct {
	testing.TB
	said []string
}

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, a ...any) {
	f.said = append(f.said, fmt.Sprintf(format, a...))
}

// A document that differs from the product is noticed, whichever way it differs.
func TestDifferencesAreNoticed(t *testing.T) {
	type thing struct {
		A string `json:"a"`
		B string `json:"b,omitempty"`
		c string
	}
	_ = thing{}.c
	document := func(f *failures) *Document {
		d := &Document{tb: f, name: "x.yaml", others: map[string]*Document{}, Root: map[string]any{
			"paths":      map[string]any{"/a/{id}": map[string]any{"get": map[string]any{}, "parameters": []any{}}, "/a/files/{name}": map[string]any{"get": nil}, "/b": map[string]any{"post": nil}},
			"channels":   map[string]any{"x": map[string]any{"messages": map[string]any{"call.hello": nil, "call.ping": nil, "call.send": nil, "reply.hello": nil, "reply.ping": nil, "reply.send": nil, "refusal": nil}}},
			"operations": map[string]any{"x.hello": nil, "x.ping": nil, "x.send": nil, "x.events": nil, "y.open": nil},

			"good": map[string]any{"properties": map[string]any{"a": nil, "b": nil}, "required": []any{"a"}},
			"less": map[string]any{"properties": map[string]any{"a": nil}, "required": []any{"a"}},
			"more": map[string]any{"properties": map[string]any{"a": nil, "b": nil, "c": nil}, "required": []any{"a"}},
			"hard": map[string]any{"properties": map[string]any{"a": nil, "b": nil}, "required": []any{"a", "b"}},
			"refs": map[string]any{"list": []any{map[string]any{"$ref": "#/good"}, map[string]any{"$ref": "#/paths/~1b"}}},
		}}
		d.others[d.name] = d
		return d
	}
	for name, c := range map[string]struct {
		check func(d *Document)
		says  string
	}{
		"the same routes": {func(d *Document) { d.CheckRoutes([]string{"GET /a/{id}", "GET /a/files/{name...}"}, "/a/") }, ""},
		"a route more": {func(d *Document) {
			d.CheckRoutes([]string{"GET /a/{id}", "PUT /a/{id}", "GET /a/files/{name...}"}, "/a/")
		}, "PUT /a/{id} is not in"},
		"a route less":        {func(d *Document) { d.CheckRoutes([]string{"GET /a/{id}"}, "/a/") }, "nothing answers there"},
		"the same members":    {func(d *Document) { d.CheckSchema(thing{}, true, "good") }, ""},
		"a member less":       {func(d *Document) { d.CheckSchema(thing{}, true, "less") }, "has the members [a]"},
		"a member more":       {func(d *Document) { d.CheckSchema(thing{}, true, "more") }, "has the members [a b c]"},
		"required by mistake": {func(d *Document) { d.CheckSchema(thing{}, true, "hard") }, "requires [a b]"},
		"required on the way": {func(d *Document) { d.CheckSchema(thing{}, false, "hard") }, ""},
		"no schema at all":    {func(d *Document) { d.CheckSchema(thing{}, true, "gone") }, "has no gone"},
		"references":          {(*Document).CheckRefs, ""},
		"a reference to none": {func(d *Document) {
			d.Root["refs"].(map[string]any)["x"] = map[string]any{"$ref": "#/gone"}
			d.CheckRefs()
		}, `nothing at "#/gone"`},
		"no references at all": {func(d *Document) { delete(d.Root, "refs"); d.CheckRefs() }, "no references"},
	} {
		f := &failures{TB: t}
		c.check(document(f))
		if said := strings.Join(f.said, "; "); (said == "") != (c.says == "") || !strings.Contains(said, c.says) {
			t.Errorf("%s: %q, want %q", name, said, c.says)
		}
	}
	if got := slices.Sorted(maps.Keys(Members(reflect.TypeFor[chat.RowsFrame]()))); !slices.Contains(got, "messages") || !slices.Contains(got, "event") {
		t.Errorf("with what is embedded: %v", got)
	}
}
