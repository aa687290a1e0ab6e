package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func talk(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "talk.csv")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestRecognise: a line counts once alone and each time with its writer; what nobody could judge is left out.
func TestRecognise(t *testing.T) {
	name := talk(t, `source_language,source,doc_id,sender
de,"Guten Tag, wo bleibt meine Bestellung?",1,customer
en,"I am sorry to hear that, let me have a look.",1,agent
de,123,1,customer
ko,thank you very much,2,customer
ko,감사합니다,2,customer
pt-br,"Obrigado, ainda não recebi o meu pedido.",3,customer
pt-br,"Obrigado, ainda não recebi o meu pedido.",3,customer
`)
	var out strings.Builder
	if err := run(t.Context(), []string{"-languages", name}, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| each line alone | 100.0 (4) | 100.0 (1) |  | 100.0 (3) |", "| each line alone: pt | 100.0 (1) |", "whose browser says his language | 100.0 (5) |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}

func TestRecogniseRefuses(t *testing.T) {
	for _, c := range []struct{ table, want string }{
		{"", "EOF"},
		{"source,doc_id,sender\n", "source_language"},
		{"source_language,source,doc_id,sender\nde,\"open\n", "quote"},
		{"source_language,source,doc_id,sender\n??,text,1,a\n", "no language"},
	} {
		if err := run(t.Context(), []string{"-languages", talk(t, c.table)}, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.table, err, c.want)
		}
	}
	if err := run(t.Context(), []string{"-languages"}, &strings.Builder{}); err == nil {
		t.Error("nothing to measure, and no error")
	}
}
