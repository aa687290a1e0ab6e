package store_test

import (
	"strconv"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func TestCompile(t *testing.T) {
	for _, c := range []struct{ text, sqlite, postgres string }{
		{"SELECT $1, $2, $1", "SELECT ?, ?, ?", "SELECT $1, $2, $1"},
		{"a {any $2} AND b = $1", "a IN (SELECT value FROM json_each(?)) AND b = ?", "a = ANY($2) AND b = $1"},
		{"'$1 {now} it''s' \"$2\"", "'$1 {now} it''s' \"$2\"", "'$1 {now} it''s' \"$2\""},
		{"x -- $1 {odd}\n, $12", "x \n, ?", "x \n, $12"},
		{"x {lock}", "x ", "x FOR UPDATE"},
		{"x LIMIT $2", "x LIMIT ? + 0", "x LIMIT $2"},
	} {
		sqlite, _, postgres, err := store.CompileBoth(c.text)
		must(t, err)
		if sqlite != c.sqlite || postgres != c.postgres {
			t.Errorf("%q: %q and %q, want %q and %q", c.text, sqlite, postgres, c.sqlite, c.postgres)
		}
	}
	_, order, _, err := store.CompileBoth("$2 {any $3} $1 $2")
	must(t, err)
	if len(order) != 4 || order[0] != 1 || order[1] != 2 || order[2] != 0 || order[3] != 1 {
		t.Errorf("order %v", order)
	}
	for _, bad := range []string{"$", "$x", "$0", "{odd}", "{now", "{any}", "{any $}", "{any $1 }", "$99999999999999999999"} {
		if _, _, _, err := store.CompileBoth(bad); err == nil {
			t.Errorf("%q was compiled", bad)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"SELECT $1", "a {any $2} '$3' -- $4\n$5", "{now}{lock}{skip}", "''''", "\"", "--", "$1$2{any $10}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		sqlite, order, postgres, err := store.CompileBoth(text)
		if err != nil {
			return
		}
		// What stands outside quotes and comments has as many question marks more as arguments were written, and PostgreSQL's text names them all.
		if strings.Count(sqlite, "?")-strings.Count(text, "?") != len(order) && !strings.Contains(text, "--") {
			t.Fatalf("%q: %q with the arguments %v", text, sqlite, order)
		}
		for _, n := range order {
			if n < 0 || !strings.Contains(postgres, "$"+strconv.Itoa(n+1)) && !strings.Contains(postgres, "$0") {
				t.Fatalf("%q: argument %d is not in %q", text, n+1, postgres)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add("AQAAAYwAAAAAAZoCAk5MDX6ArjjFtlXXdzo")
	f.Add("AQAAAYwAAAAAAZoCAk5MDX6ArjjFtlXXdzp")
	f.Add(strings.Repeat("A", 34))
	f.Add("AgMAAAGMAAAAAAGaAgJOTA1-gK44xbZV13c6")
	f.Fuzz(func(t *testing.T, s string) {
		order := chat.OrderNewest
		if strings.HasPrefix(s, "Ag") { // the first byte is 2
			order = chat.OrderWaiting
		}
		again, err := store.ParseCursor(s, order)
		if err != nil {
			if chat.CodeOf(err) != chat.BadRequest {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		// What is accepted is exactly what was given out: one place, one text.
		if again != s {
			t.Fatalf("%q was read as %q", s, again)
		}
	})
}
