package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
)

// The identity secret is exchanged in two steps, so that no server of the shop signs in vain meanwhile.
func TestRotatingTheIdentitySecret(t *testing.T) {
	data := t.TempDir()
	var now siteRow
	decode(t, good(t, "", "site", "add", "Tea", "--origin", "https://tea.example", "--language", "en", "--data", data, "--json"), &now)
	set := func(flags ...string) (printed string, before siteRow) {
		t.Helper()
		before = now
		printed = good(t, "", append([]string{"site", "set", now.Key, "--data", data}, flags...)...)
		now = siteRow{}
		decode(t, good(t, "", "site", "show", before.Key, "--data", data, "--json"), &now)
		return printed, before
	}
	printed, before := set("--rotate-identity-secret")
	if now.IdentitySecret == before.IdentitySecret || now.OldIdentitySecret != before.IdentitySecret || !strings.Contains(printed, now.IdentitySecret) {
		t.Errorf("%+v, printed %q", now, printed)
	}
	if shown := good(t, "", "site", "show", now.Key, "--data", data); !strings.Contains(shown, now.IdentitySecret) || !strings.Contains(shown, now.OldIdentitySecret) {
		t.Errorf("shown: %s", shown)
	}
	if _, before = set("--name", "Tea & Co"); now.IdentitySecret != before.IdentitySecret || now.OldIdentitySecret != before.OldIdentitySecret {
		t.Error("another change of the site takes a secret away")
	}
	if _, before = set("--drop-old-identity-secret"); now.IdentitySecret != before.IdentitySecret || now.OldIdentitySecret != "" {
		t.Errorf("dropped: %+v", now)
	}
	if set("--rotate-identity-secret", "--drop-old-identity-secret"); now.OldIdentitySecret != "" {
		t.Error("a secret in the wrong hands stays good")
	}
}

func TestSites(t *testing.T) {
	data := t.TempDir()
	var added siteRow
	decode(t, good(t, "", "site", "add", "Tea & Co", "--origin", "https://Tea.example:443/", "--origin", "http://localhost:3000",
		"--language", "pt-br", "--color", "#1A6B5A", "--greeting", "Olá", "--public-url", "https://chat.example", "--data", data, "--json"), &added)
	if added.Key == "" || len(added.IdentitySecret) < 32 || added.Script != `<script async src="https://chat.example/widget/`+added.Key+`.js"></script>` {
		t.Errorf("added %+v", added)
	}
	if strings.Join(added.Origins, " ") != "https://tea.example http://localhost:3000" || added.Language.String() != "pt-BR" || added.Look.Color != "#1a6b5a" {
		t.Errorf("added %+v", added)
	}
	good(t, "", "site", "set", added.Key, "--name", "Tea", "--origin", "https://tea.example", "--position", "start", "--data", data)
	var shown siteRow
	decode(t, good(t, "", "site", "show", added.Key, "--data", data, "--json"), &shown)
	if shown.Name != "Tea" || len(shown.Origins) != 1 || shown.Look.Color != "#1a6b5a" || shown.Look.Position != "start" ||
		shown.Texts.Greeting != "Olá" || shown.IdentitySecret != added.IdentitySecret {
		t.Errorf("after set: %+v", shown)
	}
	if out := good(t, "", "site", "list", "--data", data); !strings.Contains(out, added.Key) || strings.Contains(out, added.IdentitySecret) {
		t.Errorf("list: %s", out)
	}
	good(t, "", "site", "remove", added.Key, "--data", data)
	if out := good(t, "", "site", "list", "--json", "--data", data); strings.TrimSpace(out) != "[]" {
		t.Errorf("after remove: %s", out)
	}
	for _, command := range []string{"show", "set", "remove"} {
		refused(t, exitFailed, `there is no site with the key "nobody"`, "site", command, "nobody", "--data", data)
	}
}

func TestAgents(t *testing.T) {
	data := t.TempDir()
	good(t, "", "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", data)
	const password = "correct horse battery\n"
	out := good(t, password, "agent", "add", "ana@a.example", "--name", "Ana", "--language", "es", "--language", "en", "--data", data)
	if strings.Contains(out, "correct horse") {
		t.Errorf("the password is shown: %s", out)
	}
	refusal(t, command(t, password, nil, "agent", "add", "ANA@a.example", "--name", "Ana", "--language", "es", "--data", data),
		exitFailed, "there is an agent ANA@a.example already")
	for want, stdin := range map[string]string{"no password on standard input": "", "this one has 5": "short\n", "this one has 129": strings.Repeat("x", 129),
		"not text": "correct horse\x00battery\n", "not text (a control": "correct horse\x1b[D battery\n", "not valid UTF-8": "correct horse \xff battery"} {
		refusal(t, command(t, stdin, nil, "agent", "add", "bo@a.example", "--name", "Bo", "--language", "en", "--data", data), exitUsage, want)
	}
	for email, want := range map[string]string{"bo\u0085@a.example": "cannot be seen", "bo\x7f@a.example": "cannot be seen", "bo\n@a.example": "cannot be seen",
		strings.Repeat("b", 250) + "@a.example": "too long", "bo": "not a mail address", "Bo <bo@a.example>": "not a mail address", "": "not a mail address"} {
		refused(t, exitUsage, want, "agent", "add", email, "--name", "Bo", "--language", "en", "--data", data)
	}
	refused(t, exitFailed, `there is no site with the key "nobody"`,
		"agent", "add", "bo@a.example", "--name", "Bo", "--language", "en", "--site", "nobody", "--data", data)
	good(t, "another long password", "agent", "password", "ana@a.example", "--data", data)
	key := addSite(t, "--data", data)
	var before []agentRow
	good(t, "", "agent", "set", "ANA@a.example", "--role", "admin", "--site", key, "--name", "Ana B", "--data", data)
	decode(t, good(t, "", "agent", "list", "--json", "--data", data), &before)
	if len(before) != 1 || before[0].Role != chat.RoleAdmin || before[0].Name != "Ana B" || len(before[0].Sites) != 1 || strings.Join(before[0].Languages, " ") != "es en" {
		t.Errorf("after set: %+v", before)
	}
	good(t, "", "agent", "set", "ana@a.example", "--role", "agent", "--all-sites", "--data", data)
	refused(t, exitUsage, "say what is to be changed", "agent", "set", "ana@a.example", "--data", data)
	refused(t, exitUsage, "", "agent", "set", "ana@a.example", "--role", "owner", "--data", data)
	refused(t, exitFailed, "no site", "agent", "set", "ana@a.example", "--site", "nobody", "--data", data)
	refused(t, exitFailed, "there is no agent nobody@a.example", "agent", "set", "nobody@a.example", "--name", "X", "--data", data)
	second(t, data)
	good(t, "", "agent", "disable", "ana@a.example", "--data", data)
	var rows []agentRow
	decode(t, good(t, "", "agent", "list", "--json", "--data", data), &rows)
	if len(rows) != 1 || !rows[0].Disabled || strings.Join(rows[0].Languages, " ") != "es en" || rows[0].Role != chat.RoleAgent {
		t.Errorf("agents: %+v", rows)
	}
	refused(t, exitFailed, "there is no agent nobody@a.example", "agent", "disable", "nobody@a.example", "--data", data)
	refused(t, exitFailed, "there is no agent nobody@a.example", "agent", "password", "nobody@a.example", "--data", data)
}

// second gives Ana a second step, and takes it away as somebody does who has lost the phone.
func second(t *testing.T, data string) {
	t.Helper()
	totp := func(want string, more ...string) {
		t.Helper()
		r := command(t, "", nil, append([]string{"agent", "totp", "ana@a.example", "--data", data}, more...)...)
		if r.code != exitOK || !strings.Contains(r.stdout+r.stderr, want) {
			t.Errorf("code %d, want %q in: %s%s", r.code, want, r.stdout, r.stderr)
		}
	}
	totp("asks for no code")
	totp("asks for no code", "--off")
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(data, "dragoman.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a, _, err := s.AgentByEmail(t.Context(), "ana@a.example")
	if err == nil {
		err = s.SetSecondStep(t.Context(), a.ID, chat.SecondStep{Secret: "X", Recovery: []string{"a", "b"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	totp("asks for a code; 2 recovery codes are left")
	totp("off: ana@a.example logs in with the password alone", "--off")
	totp("asks for no code")
}

// Only serve and site add make a database; everything else must not leave one behind because of a misspelt --data.
func TestOthersMakeNoDatabase(t *testing.T) {
	for _, line := range []string{"site list", "site show x", "site set x", "site remove x", "agent list", "agent disable a@b.example",
		"agent password a@b.example", "agent add a@b.example --name A --language en"} {
		refused(t, exitFailed, "there is no database at ", append(strings.Fields(line), "--data", t.TempDir()+"/elsewhere")...)
	}
}

// Apertium is installed wherever the tests run: the whole pipeline, from the command line.
func TestTranslate(t *testing.T) {
	var row translationRow
	decode(t, good(t, "", "translate", "--from", "en", "--to", "es", "The order A-1234 is in the house, see https://a.example/x", "--json"), &row)
	if row.State != "done" || row.Engine != "apertium" || !strings.Contains(row.Text, "casa") || !strings.Contains(row.Text, "https://a.example/x") ||
		!strings.Contains(row.Text, "A-1234") || strings.Contains(row.Masked, "a.example") || len(row.Kept) == 0 {
		t.Errorf("got %+v", row)
	}
	if out := good(t, "", "translate", "--from", "en", "--to", "es", "👍 42"); !strings.Contains(out, "needs no translation") {
		t.Errorf("got %s", out)
	}
	refused(t, exitFailed, "no engine has this pair", "translate", "--from", "en", "--to", "ar", "Good morning")
	refused(t, exitFailed, "nothing translates here", "translate", "--from", "en", "--to", "es", "Good morning", "--engine", "none")
	refused(t, exitFailed, "nothing translates here", "translate", "--from", "en", "--to", "es", "Good morning", "--apertium-modes", t.TempDir())
}

func TestEngines(t *testing.T) {
	var rows []engineRow
	decode(t, good(t, "", "engines", "--json"), &rows)
	if len(rows) != 1 || rows[0].Name != "apertium" || !rows[0].Answers || len(rows[0].Pairs) < 10 {
		t.Errorf("got %+v", rows)
	}
	if out := good(t, "", "engines"); !strings.Contains(out, "apertium answers") {
		t.Errorf("got %s", out)
	}
	refused(t, exitFailed, "nothing translates here", "engines", "--apertium-modes", t.TempDir())
}

func TestCheck(t *testing.T) {
	data := t.TempDir()
	out := good(t, "", "check", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	for _, what := range []string{"settings", "listen", "admin-listen", "data", "database", "engines"} {
		if !strings.Contains(out, "ok     "+what) {
			t.Errorf("%s is not ok: %s", what, out)
		}
	}
	s := serve(t, "")
	taken := strings.TrimPrefix(s.Public, "http://")
	r := command(t, "", nil, "check", "--data", write(t, "", data, "file"), "--listen", taken, "--admin-listen", "", "--libretranslate-url", "http://127.0.0.1:1",
		"--database", "postgres://nobody:hunter2@127.0.0.1:1/x", "--redis", "redis://:hunter2@127.0.0.1:1", "--public-url", "x")
	if r.code != exitFailed || strings.Count(r.stdout, "fault ") != 6 || strings.Contains(r.stdout+r.stderr, "hunter2") {
		t.Errorf("code %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestVersion(t *testing.T) {
	var b buildInfo
	decode(t, good(t, "", "version", "--json"), &b)
	if b.Protocol != chat.Protocol || b.Version != release || !strings.HasPrefix(b.Go, "go") {
		t.Errorf("got %+v", b)
	}
	if out := good(t, "", "version"); !strings.Contains(out, chat.Protocol) {
		t.Errorf("got %s", out)
	}
}

// Commands work while the server runs, and the server notices.
func TestCommandsBesideServer(t *testing.T) {
	s := serve(t, "")
	var site siteRow
	decode(t, good(t, "", "site", "add", "Shop", "--origin", "https://a.example", "--language", "en", "--data", s.data, "--json"), &site)
	loader := s.Public + "/widget/" + site.Key + ".js"
	status := func() int { code, _, _ := get(t, loader, ""); return code }
	soon(t, time.Minute, "the new site has a loader", func() bool { return status() == 200 })
	good(t, "", "site", "remove", site.Key, "--data", s.data)
	soon(t, time.Minute, "the removed site has none", func() bool { return status() == 404 })
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}
