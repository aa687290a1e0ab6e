package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The front end's and the documentation's types must be those of the Go source that stands beside them.
func TestCommittedFilesAreUpToDate(t *testing.T) {
	if err := run(true); err != nil {
		t.Fatal(err)
	}
}

func TestGenerate(t *testing.T) {
	got := generated(t, source, (*wire).typescript)
	for _, want := range []string{
		`export const protocol = "p.v1"`,
		"/** Kind says what. */\nexport type Kind =\n  | \"a\"\n  | \"b\"\n",
		"/**\n * Outer has two\n * lines.\n */\nexport interface Outer {\n  id: string\n  kind: Kind\n",
		"  tags: Record<string, Inner>\n",
		"  at?: string\n",
		"  agent: string | null\n",
		"  page?: Inner\n",
		"  /** Count counts. */\n  count: number\n",
		"  event: \"gone\"\n",
		"  state: { call: SetState; ok: Outer }\n",
		"  ping: { call: Record<string, never>; ok: PingOK }\n",
		"export type EventFrame =\n  | GoneFrame\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q in:\n%s", want, got)
		}
	}
	for _, never := range []string{"secret", "Plain", "rate:", "Internal"} {
		if strings.Contains(got, never) {
			t.Errorf("shows %q in:\n%s", never, got)
		}
	}
}

func TestStaleFileIsNoticed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wire.gen.ts")
	if err := compare(file, []byte("x")); err == nil {
		t.Error("a missing file passes")
	}
	if err := os.WriteFile(file, []byte("y"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := compare(file, []byte("x")); err == nil || !strings.Contains(err.Error(), "go tool wiregen") {
		t.Errorf("a stale file gives %v", err)
	}
	if err := compare(file, []byte("y")); err != nil {
		t.Error(err)
	}
}

// Source that the generator would have to guess about is refused, not guessed.
func TestRefuses(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown type":   {"Count int64", "Count complex64"},
		"plain struct":   {"Count int64", "Count Plain"},
		"unnamed event":  {"// gone", "// lost"},
		"unknown answer": {"Answered with Outer.", "Answered with Nothing."},
	} {
		folder := t.TempDir()
		text := strings.Replace(source, change[0], change[1], 1)
		if text == source {
			t.Fatalf("%s: nothing changed", name)
		}
		if err := os.WriteFile(filepath.Join(folder, "a.go"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := parse(folder)
		if err == nil {
			_, err = w.typescript()
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSchema(t *testing.T) {
	got := generated(t, source, (*wire).schema)
	for _, want := range []string{
		"  Kind:\n    type: string\n    description: \"Kind says what.\"\n    examples: [\"a\", \"b\"]\n",
		"  Outer:\n    type: object\n    description: \"Outer has two lines.\"\n    required: [id, kind, tags, agent, count]\n    properties:\n      id: {type: string}\n",
		"      kind: {$ref: \"#/$defs/Kind\"}\n",
		"      tags: {type: object, additionalProperties: {$ref: \"#/$defs/Inner\"}}\n",
		"      at: {type: string, format: date-time}\n",
		"      agent: {anyOf: [{type: string}, {type: \"null\"}]}\n",
		"      page: {$ref: \"#/$defs/Inner\"}\n",
		"      count: {type: integer, description: \"Count counts.\"}\n",
		"  GoneFrame:\n    type: object\n    required: [event]\n    properties:\n      event: {const: \"gone\"}\n",
		"  call.state:\n    allOf:\n      - $ref: \"#/$defs/Call\"\n      - properties: {call: {const: \"state\"}}\n      - $ref: \"#/$defs/SetState\"\n",
		"  reply.state:\n    type: object\n    required: [id, ok]\n    properties:\n      id: {type: integer}\n      ok: {$ref: \"#/$defs/Outer\"}\n",
		"  reply.ping:\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q in:\n%s", want, got)
		}
	}
	for _, never := range []string{"secret", "Plain", "Internal"} {
		if strings.Contains(got, never) {
			t.Errorf("shows %q in:\n%s", never, got)
		}
	}
}

func generated(t *testing.T, source string, print func(*wire) ([]byte, error)) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := parse(folder)
	if err != nil {
		t.Fatal(err)
	}
	got, err := print(w)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

const source = `package chat

const Protocol = "p.v1"

// Kind says what.
type Kind string

const (
	KindA Kind = "a"
	KindB Kind = "b"
)

type CallName string

const (
	CallState CallName = "state"
	CallPing  CallName = "ping"
	CallRate  CallName = "rate"
)

type EventType string

const EvGone EventType = "gone"

type Inner struct {
	ID   string ` + "`json:\"id\"`" + `
	Kind Kind ` + "`json:\"kind\"`" + `
}

// Outer has two
// lines.
type Outer struct {
	Inner
	Tags  map[language.Tag]Inner ` + "`json:\"tags\"`" + `
	At    Time ` + "`json:\"at,omitempty\"`" + `
	Agent *string ` + "`json:\"agent\"`" + `
	Page  *Inner ` + "`json:\"page,omitempty\"`" + `
	// Count counts.
	Count int64 ` + "`json:\"count\"`" + `
	Hidden string ` + "`json:\"-\"`" + `
	secret string
}

type Plain struct{ A string }

// SetState changes. Answered with Outer.
type SetState struct {
	To string ` + "`json:\"to\"`" + `
}

type PingOK struct {
	Now Time ` + "`json:\"now\"`" + `
}

// Event is Internal.
type Event struct {
	Node string ` + "`json:\"node\"`" + `
}

type GoneFrame struct {
	Event EventType ` + "`json:\"event\"`" + ` // gone
}
`
